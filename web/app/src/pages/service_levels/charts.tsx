import * as Plot from "@observablehq/plot";
import type { Kept, PersonState, PromiseState } from "../../api/schema";
import { useFormat, useWords } from "../../i18n";
import { useRoleTitle } from "../../lib/queries";
import { Chart } from "../../parts/chart";
import { colour } from "../../shell/theme";
import { words } from "./words";

const short = (text: string, width: number) => (text.length > width / 17 ? `${text.slice(0, Math.floor(width / 17))}…` : text);

/** Hours promised by segment and role: those that find somebody, and those that do not. */
export function PromisesChart({ promises: all }: { promises: PromiseState[] }) {
  const say = useWords(words);
  const format = useFormat();
  const role = useRoleTitle();
  const promises = all.filter((one) => one.hours_promised > 0);
  const name = (one: PromiseState) => [one.segment, role(one.role), one.product_line].filter(Boolean).join(" · ");
  const rows = promises.flatMap((one) => [{ name: name(one), of: say.kept, hours: one.hours_kept }, { name: name(one), of: say.short, hours: one.hours_short }]);
  return (
    <Chart
      label={say.promisesChart}
      legend={[[say.kept, "accent"], [say.short, "bad"]]}
      of={rows}
      plot={(width) => ({
        height: 46 + promises.length * 26,
        marginLeft: Math.min(320, width * 0.45),
        marginRight: 20,
        x: { label: null, grid: true, tickFormat: (hours: number) => format.number(hours) },
        y: { label: null, domain: promises.map(name), tickFormat: (text: string) => short(text, width) },
        color: { domain: [say.kept, say.short], range: [colour("accent"), colour("bad")] },
        marks: [Plot.barX(rows, { y: "name", x: "hours", fill: "of", insetTop: 4, insetBottom: 4 })],
      })}
    />
  );
}

/** Hours promised by each, with a mark at the hours they have. */
export function PeopleChart({ people }: { people: PersonState[] }) {
  const say = useWords(words);
  const format = useFormat();
  const name = new Map(people.map((one) => [one.employee_id, one.employee]));
  return (
    <Chart
      label={say.peopleChart}
      of={people}
      plot={(width) => ({
        height: 46 + people.length * 20,
        marginLeft: Math.min(200, width * 0.4),
        marginRight: 20,
        x: { label: null, grid: true, zero: true, tickFormat: (hours: number) => format.number(hours) },
        y: { label: null, domain: people.map((one) => one.employee_id), tickFormat: (id: string) => short(name.get(id) ?? id, width) },
        marks: [
          Plot.barX(people, { y: "employee_id", x: "hours_promised", fill: (one: PersonState) => (one.hours_short > 0 ? colour("bad") : colour("accent")), insetTop: 3, insetBottom: 3 }),
          Plot.tickX(people, { y: "employee_id", x: "hours_available", stroke: colour("ink"), strokeWidth: 2.5 }),
        ],
      })}
    />
  );
}

/** Answers in time by segment and role, with a mark at what is promised. */
export function ObservedChart({ kept }: { kept: Kept[] }) {
  const say = useWords(words);
  const format = useFormat();
  const role = useRoleTitle();
  const rows = kept.filter((one) => one.responses.in_time != null).map((one) => ({ name: [one.segment, role(one.role)].filter(Boolean).join(" · "), share: one.responses.in_time!, promised: one.share_promised }));
  return (
    <Chart
      label={say.observedChart}
      of={rows}
      plot={(width) => ({
        height: 46 + rows.length * 26,
        marginLeft: Math.min(320, width * 0.45),
        marginRight: 20,
        x: { label: null, domain: [0, 1], grid: true, tickFormat: (share: number) => format.percent(share) },
        y: { label: null, domain: rows.map((one) => one.name), tickFormat: (text: string) => short(text, width) },
        marks: [
          Plot.barX(rows, { y: "name", x: "share", fill: (one: { share: number; promised: number }) => (one.share >= one.promised ? colour("accent") : colour("bad")), insetTop: 4, insetBottom: 4 }),
          Plot.tickX(rows, { y: "name", x: "promised", stroke: colour("ink"), strokeWidth: 2.5 }),
        ],
      })}
    />
  );
}
