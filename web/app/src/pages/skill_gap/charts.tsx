import * as Plot from "@observablehq/plot";
import type { Training } from "../../api/schema";
import { useFormat, useWords } from "../../i18n";
import { Chart } from "../../parts/chart";
import { colour } from "../../shell/theme";
import { words } from "./words";

/** What each training saves: what was confirmed, with a mark at what had been estimated. */
export default function TrainingsChart({ trainings }: { trainings: Training[] }) {
  const say = useWords(words);
  const format = useFormat();
  const name = (one: Training) => `${one.employee} · ${one.skill} ${format.number(one.to, 1)}`;
  return (
    <Chart
      label={say.chart}
      of={trainings}
      plot={(width) => ({
        height: 46 + trainings.length * 24,
        marginLeft: Math.min(280, width * 0.45),
        marginRight: 20,
        x: { label: null, grid: true, zero: true, tickFormat: (levels: number) => format.number(levels, 1) },
        y: { label: null, domain: trainings.map(name), tickFormat: (text: string) => (text.length > width / 17 ? `${text.slice(0, Math.floor(width / 17))}…` : text) },
        marks: [
          Plot.barX(trainings, { y: name, x: "confirmed", fill: colour("accent"), insetTop: 4, insetBottom: 4 }),
          Plot.tickX(trainings, { y: name, x: "estimated", stroke: colour("warn"), strokeWidth: 2.5 }),
        ],
      })}
    />
  );
}
