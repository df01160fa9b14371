/**
 * Charts by Observable Plot, in the colours of the page, each with what it shows as a table for who cannot see it.
 * Bring it in lazily where a page does not always need one: the library is 200 kB.
 */
import * as Plot from "@observablehq/plot";
import { useEffect, useRef } from "react";
import { useWords } from "../i18n";
import { common } from "../i18n/common";
import { useTheme } from "../shell/theme";

interface ChartProps {
  /** What it shows, in one sentence. */
  label: string;
  /** Made anew when the width, the colours or `of` change. */
  plot(width: number): Plot.PlotOptions;
  /** What the chart is made of. */
  of: unknown;
  table?: { head: string[]; rows: (string | number)[][] };
  /** What colours mean: name and colour of the style sheets. Plot's own legend would write a style that the page does not allow. */
  legend?: [name: string, token: string][];
}

export function Chart({ label, plot, of, table, legend }: ChartProps) {
  const place = useRef<HTMLDivElement>(null);
  const { dark } = useTheme();
  const words = useWords(common).chart;
  const latest = useRef(plot);
  latest.current = plot;
  useEffect(() => {
    const box = place.current!;
    const draw = () => {
      // Not laid out yet, or about to go.
      if (box.clientWidth < 120) return;
      const drawn = Plot.plot({ ...latest.current(box.clientWidth), width: box.clientWidth, style: { background: "transparent", color: "inherit" } });
      // One picture with one name; its groups are no elements of their own.
      drawn.querySelectorAll("g[aria-label]").forEach((group) => group.removeAttribute("aria-label"));
      drawn.setAttribute("role", "img");
      drawn.setAttribute("aria-label", label);
      box.replaceChildren(drawn);
    };
    const watch = new ResizeObserver(draw);
    watch.observe(box);
    return () => watch.disconnect();
  }, [of, dark, label]);
  return (
    <figure className="chart">
      {legend && (
        <ul className="legend">
          {legend.map(([name, token]) => (
            <li key={name}>
              <span className="legend-mark" style={{ background: `var(--${token})` }} aria-hidden="true" />
              {name}
            </li>
          ))}
        </ul>
      )}
      <div ref={place} />
      {table && (
        <details>
          <summary>{words.asTable}</summary>
          <div className="table-scroll" tabIndex={0} role="region" aria-label={label}>
            <table className="data plain">
              <thead>
                <tr>
                  {table.head.map((head) => (
                    <th key={head} scope="col">
                      {head}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {table.rows.map((row, at) => (
                  <tr key={at}>
                    {row.map((cell, place) => (
                      <td key={place} className={typeof cell === "number" ? "numeric" : undefined}>
                        {cell}
                      </td>
                    ))}
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        </details>
      )}
    </figure>
  );
}
