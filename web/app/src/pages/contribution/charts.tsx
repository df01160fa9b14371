import * as Plot from "@observablehq/plot";
import { useFormat, useWords } from "../../i18n";
import { Chart } from "../../parts/chart";
import { colour } from "../../shell/theme";
import type { ContributionTrend, FairPerson, StageConversion, TerritoryEquity } from "../../api/schema";
import { words } from "./words";

const short = (text: string, width: number) => (text.length > width / 17 ? `${text.slice(0, Math.floor(width / 17))}…` : text);

/** Sales by period: those of kept customers, and on top of them those of new ones. */
export function TrendChart({ trend, currency }: { trend: ContributionTrend[]; currency: string }) {
  const say = useWords(words);
  const format = useFormat();
  const rows = trend.flatMap((one) => [
    { period: one.period, of: say.keptOnes, amount: Number(one.kept_customers) },
    { period: one.period, of: say.newOnes, amount: Number(one.new_customers) },
  ]);
  return (
    <Chart
      label={say.trendChart}
      legend={[[say.keptOnes, "accent"], [say.newOnes, "good"]]}
      of={trend}
      plot={(width) => ({
        height: 260,
        marginLeft: 64,
        marginBottom: 40,
        x: { label: null, type: "band", tickFormat: (period: string, at: number) => (trend.length > width / 62 && at % Math.ceil((trend.length * 62) / width) !== 0 ? "" : period) },
        y: { label: currency, grid: true, tickFormat: (amount: number) => format.number(amount) },
        color: { domain: [say.keptOnes, say.newOnes], range: [colour("accent"), colour("good")] },
        marks: [Plot.barY(rows, { x: "period", y: "amount", fill: "of" }), Plot.ruleY([0], { stroke: colour("line-strong") })],
      })}
    />
  );
}

/** Each person's ratio with the interval in which it lies with 95 %. */
export function FairChart({ people }: { people: FairPerson[] }) {
  const say = useWords(words);
  const format = useFormat();
  return (
    <Chart
      label={say.fairChart}
      of={people}
      plot={(width) => ({
        height: 46 + people.length * 22,
        marginLeft: Math.min(220, width * 0.4),
        marginRight: 20,
        x: { label: null, grid: true, tickFormat: (ratio: number) => format.number(ratio, 2) },
        y: { label: null, domain: people.map((one) => one.employee), tickFormat: (id: string) => short(people.find((one) => one.employee === id)?.name ?? id, width) },
        marks: [
          Plot.ruleX([1], { stroke: colour("ink"), strokeDasharray: "4 3" }),
          Plot.ruleY(people, { y: "employee", x1: "low", x2: "high", stroke: colour("line-strong"), strokeWidth: 3 }),
          Plot.dot(people, { y: "employee", x: "adjusted", r: 5, fill: (one: FairPerson) => (one.low > 1 ? colour("good") : one.high < 1 ? colour("bad") : colour("accent")) }),
        ],
      })}
    />
  );
}

/** How many entered each stage, and how many of them went on. */
export function StagesChart({ stages }: { stages: StageConversion[] }) {
  const say = useWords(words);
  const format = useFormat();
  const name = (one: StageConversion) => `${one.stage} (${one.process})`;
  return (
    <Chart
      label={say.stagesChart}
      of={stages}
      plot={(width) => ({
        height: 46 + stages.length * 30,
        marginLeft: Math.min(280, width * 0.45),
        marginRight: 20,
        x: { label: null, grid: true, tickFormat: (count: number) => format.number(count) },
        y: { label: null, domain: stages.map(name), tickFormat: (text: string) => short(text, width) },
        marks: [
          Plot.barX(stages, { y: name, x: "entered", fill: colour("line-strong"), insetTop: 3, insetBottom: 3 }),
          Plot.barX(stages, { y: name, x: "went_on", fill: colour("accent"), insetTop: 8, insetBottom: 8 }),
        ],
      })}
    />
  );
}

/** How equal the territories of each role are. */
export function EquityChart({ equity }: { equity: (TerritoryEquity & { title: string })[] }) {
  const say = useWords(words);
  const format = useFormat();
  const of = (one: TerritoryEquity) => say.ofWords[one.of as "potential"];
  const name = (one: TerritoryEquity & { title: string }) => `${one.title} · ${of(one)}`;
  return (
    <Chart
      label={say.equityChart}
      of={equity}
      plot={(width) => ({
        height: 46 + equity.length * 24,
        marginLeft: Math.min(340, width * 0.45),
        marginRight: 20,
        x: { label: null, domain: [0, 1], grid: true, tickFormat: (share: number) => format.number(share, 1) },
        y: { label: null, domain: equity.map(name), tickFormat: (text: string) => short(text, width) },
        marks: [Plot.barX(equity, { y: name, x: "jain", fill: colour("accent"), insetTop: 4, insetBottom: 4 })],
      })}
    />
  );
}
