import * as Plot from "@observablehq/plot";
import type { Effort, EffortOf, PoolChange, PoolSizing } from "../../api/schema";
import { useFormat, useWords } from "../../i18n";
import { useRoleTitle } from "../../lib/queries";
import { Chart } from "../../parts/chart";
import { colour } from "../../shell/theme";
import { titleOf } from "./sizing";
import { words } from "./words";

const short = (text: string, width: number) => (text.length > width / 17 ? `${text.slice(0, Math.floor(width / 17))}…` : text);

/** Full-time people needed in each pool, with a mark at how many there are. */
export function SizingChart({ pools }: { pools: PoolSizing[] }) {
  const say = useWords(words);
  const format = useFormat();
  const role = useRoleTitle();
  const rows = pools.map((pool, at) => ({ id: String(at), title: titleOf(pool, role), needed: pool.needed, present: pool.present }));
  return (
    <Chart
      label={say.sizingChart}
      of={rows}
      plot={(width) => ({
        height: 46 + rows.length * 22,
        marginLeft: Math.min(340, width * 0.45),
        marginRight: 20,
        x: { label: null, grid: true, zero: true, tickFormat: (people: number) => format.number(people) },
        y: { label: null, domain: rows.map((one) => one.id), tickFormat: (id: string) => short(rows[Number(id)]!.title, width) },
        marks: [
          Plot.barX(rows, { y: "id", x: "needed", fill: (one: { needed: number; present: number }) => (one.needed > one.present * 1.005 ? colour("bad") : colour("accent")), insetTop: 3, insetBottom: 3 }),
          Plot.tickX(rows, { y: "id", x: "present", stroke: colour("ink"), strokeWidth: 2.5 }),
        ],
      })}
    />
  );
}

/** Profit by the number of people, with a mark at the best. */
export function CurveChart({ profit }: { profit: NonNullable<PoolSizing["profit"]> }) {
  const say = useWords(words);
  const format = useFormat();
  return (
    <Chart
      label={say.curve}
      of={profit}
      plot={() => ({
        height: 240,
        marginLeft: 76,
        marginBottom: 40,
        x: { label: say.staff, tickFormat: (people: number) => format.number(people, 1) },
        y: { label: say.profit, grid: true, tickFormat: (amount: number) => format.number(amount) },
        marks: [
          Plot.lineY(profit.steps, { x: "employees", y: "profit", stroke: colour("accent"), strokeWidth: 2.5 }),
          Plot.dot(profit.steps, { x: "employees", y: "profit", fill: colour("accent") }),
          Plot.ruleX([profit.best.employees], { stroke: colour("good"), strokeWidth: 2, strokeDasharray: "4 3" }),
        ],
      })}
    />
  );
}

/** Share of hours by segment, with a mark at the target. */
export function EffortChart({ effort }: { effort: Effort }) {
  const say = useWords(words);
  const format = useFormat();
  const off = (one: EffortOf) => one.difference != null && Math.abs(one.difference) > effort.tolerance + 1e-9;
  return (
    <Chart
      label={say.effortChart}
      of={effort}
      plot={(width) => ({
        height: 46 + effort.segments.length * 34,
        marginLeft: Math.min(220, width * 0.4),
        marginRight: 20,
        x: { label: null, grid: true, zero: true, tickFormat: (share: number) => format.percent(share) },
        y: { label: null, domain: effort.segments.map((one) => one.segment), tickFormat: (text: string) => short(text, width) },
        marks: [
          Plot.barX(effort.segments, { y: "segment", x: "share", fill: (one: EffortOf) => (off(one) ? colour("bad") : colour("accent")), insetTop: 5, insetBottom: 5 }),
          Plot.tickX(effort.segments.filter((one) => one.target != null), { y: "segment", x: "target", stroke: colour("ink"), strokeWidth: 3 }),
        ],
      })}
    />
  );
}

/** Use of each pool's hours: a hollow dot before, a full one after. */
export function PoolsChart({ pools }: { pools: PoolChange[] }) {
  const say = useWords(words);
  const format = useFormat();
  const role = useRoleTitle();
  const rows = pools.map((pool, at) => ({ id: String(at), title: [role(pool.role), pool.segment, pool.product_line, pool.rule].filter(Boolean).join(" · "), before: pool.before?.utilisation ?? null, after: pool.after?.utilisation ?? null }));
  return (
    <Chart
      label={say.poolChart}
      of={rows}
      plot={(width) => ({
        height: 60 + rows.length * 22,
        marginLeft: Math.min(340, width * 0.45),
        marginRight: 20,
        x: { label: null, grid: true, zero: true, tickFormat: (share: number) => format.percent(share) },
        y: { label: null, domain: rows.map((one) => one.id), tickFormat: (id: string) => short(rows[Number(id)]!.title, width) },
        marks: [
          Plot.ruleX([1], { stroke: colour("ink"), strokeDasharray: "4 3" }),
          Plot.ruleY(rows.filter((one) => one.before !== null && one.after !== null), { y: "id", x1: "before", x2: "after", stroke: colour("line-strong"), strokeWidth: 2 }),
          Plot.dot(rows.filter((one) => one.before !== null), { y: "id", x: "before", r: 5, stroke: colour("accent"), strokeWidth: 2, fill: colour("surface") }),
          Plot.dot(rows.filter((one) => one.after !== null), { y: "id", x: "after", r: 5, fill: colour("accent") }),
        ],
      })}
    />
  );
}
