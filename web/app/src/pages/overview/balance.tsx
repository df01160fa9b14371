import * as Plot from "@observablehq/plot";
import { Chart } from "../../parts/chart";
import { colour } from "../../shell/theme";

interface Row {
  pool: string;
  measure: string;
  tolerance: number;
  deviation: number;
}

/** One bar a promise, with a mark at what was promised. */
export default function BalanceChart({ rows, label }: { rows: Row[]; label: string }) {
  const name = (row: Row) => `${row.pool} · ${row.measure}`;
  return (
    <Chart
      label={label}
      of={rows}
      plot={(width) => ({
        height: 40 + rows.length * 26,
        marginLeft: Math.min(340, width * 0.45),
        marginRight: 20,
        x: { label: null, tickFormat: (share: number) => `${Math.round(share * 100)} %`, zero: true, grid: true },
        y: { label: null, domain: rows.map(name), tickFormat: (text: string) => (text.length > width / 17 ? `${text.slice(0, width / 17)}…` : text) },
        marks: [
          Plot.barX(rows, { y: name, x: "deviation", fill: (row: Row) => (row.deviation <= row.tolerance + 1e-9 ? colour("accent") : colour("bad")), insetTop: 3, insetBottom: 3 }),
          Plot.tickX(rows, { y: name, x: "tolerance", stroke: colour("ink"), strokeWidth: 2.5 }),
        ],
      })}
    />
  );
}
