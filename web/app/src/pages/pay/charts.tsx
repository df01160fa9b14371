import * as Plot from "@observablehq/plot";
import type { PayUnderPlan } from "../../api/schema";
import { useFormat, useWords } from "../../i18n";
import { Chart } from "../../parts/chart";
import { colour } from "../../shell/theme";
import { words } from "./words";

/** Pay now and then: a line from least to most, a bar from the lower to the upper quartile, a mark at the median. */
export function SpreadChart({ data }: { data: PayUnderPlan }) {
  const say = useWords(words);
  const format = useFormat();
  const rows = ([[say.now, data.now], [say.then, data.then]] as const).map(([name, of]) => ({ name, least: Number(of.least), lower: Number(of.lower_quartile), median: Number(of.median), upper: Number(of.upper_quartile), most: Number(of.most) }));
  return (
    <Chart
      label={say.chart}
      of={data}
      plot={(width) => ({
        height: 150,
        marginLeft: Math.min(140, width * 0.3),
        marginRight: 24,
        x: { label: data.currency, grid: true, zero: true, tickFormat: (amount: number) => format.number(amount) },
        y: { label: null, domain: rows.map((one) => one.name) },
        marks: [
          Plot.ruleY(rows, { y: "name", x1: "least", x2: "most", stroke: colour("line-strong"), strokeWidth: 2 }),
          Plot.barX(rows, { y: "name", x1: "lower", x2: "upper", fill: colour("accent"), insetTop: 10, insetBottom: 10 }),
          Plot.tickX(rows, { y: "name", x: "median", stroke: colour("surface"), strokeWidth: 3 }),
        ],
      })}
    />
  );
}

/** What changes for each: to the right more, to the left less; the largest changes first. */
export function ChangeChart({ data }: { data: PayUnderPlan }) {
  const say = useWords(words);
  const format = useFormat();
  const rows = data.people.map((one) => ({ id: one.employee, name: one.name, difference: Number(one.difference) })).filter((one) => one.difference !== 0);
  rows.sort((a, b) => b.difference - a.difference);
  const name = new Map(rows.map((one) => [one.id, one.name]));
  return (
    <Chart
      label={say.changeChart}
      of={data}
      plot={(width) => ({
        height: 46 + rows.length * 20,
        marginLeft: Math.min(200, width * 0.4),
        marginRight: 24,
        x: { label: data.currency, grid: true, tickFormat: (amount: number) => format.number(amount) },
        y: { label: null, domain: rows.map((one) => one.id), tickFormat: (id: string) => (name.get(id) ?? id).slice(0, Math.floor(width / 17)) },
        marks: [Plot.barX(rows, { y: "id", x: "difference", fill: (one: { difference: number }) => (one.difference < 0 ? colour("bad") : colour("good")), insetTop: 3, insetBottom: 3 }), Plot.ruleX([0], { stroke: colour("line-strong") })],
      })}
    />
  );
}
