import * as Plot from "@observablehq/plot";
import { Chart } from "../../parts/chart";
import { colour } from "../../shell/theme";

interface Row {
  key: string;
  pool: string;
  measure: string;
  tolerance: number;
  deviation: number;
}

/** One bar a promise, with a mark at what was promised. */
export default function BalanceChart({ rows, label }: { rows: Row[]; label: string }) {
  const names = new Map(rows.map((row) => [row.key, `${row.pool} · ${row.measure}`]));
  const short = (text: string, most: number) => (text.length > most ? `${text.slice(0, most)}…` : text);
  return (
    <Chart
      label={label}
      of={rows}
      plot={(width) => ({
        height: 40 + rows.length * 26,
        marginLeft: Math.min(340, width * 0.45),
        marginRight: 20,
        x: { label: null, tickFormat: (share: number) => `${Math.round(share * 100)} %`, zero: true, grid: true },
        // Several pools may be called alike: each has a bar of its own.
        y: { label: null, domain: rows.map((row) => row.key), tickFormat: (key: string) => short(names.get(key) ?? "", width / 17) },
        marks: [
          Plot.barX(rows, { y: "key", x: "deviation", fill: (row: Row) => (row.deviation <= row.tolerance + 1e-9 ? colour("accent") : colour("bad")), insetTop: 3, insetBottom: 3 }),
          Plot.tickX(rows, { y: "key", x: "tolerance", stroke: colour("ink"), strokeWidth: 2.5 }),
        ],
      })}
    />
  );
}
