/** Plans between which there is to choose: what each costs in balance, way and disturbed relationships, as charts and as a table. */
import * as Plot from "@observablehq/plot";
import { paintToWidth, show } from "../chart";
import type { Context } from "../context";
import type { Dimension, Front, FrontPoint } from "../data";
import { h } from "../dom";
import { measureName } from "../pool_view";
import { dataTable, type Column } from "../table";

export function frontSection(context: Context): HTMLElement | null {
  const { report, words, format } = context;
  const { front } = report;
  if (!front || front.points.length === 0) return null;
  const has = (dimension: Dimension) => front.dimensions.includes(dimension);
  const number: Record<Dimension, (point: FrontPoint) => number> = { balance: (point) => point.maxDeviation, travel: (point) => point.cost, moves: (point) => point.moves };
  const name: Record<Dimension, string> = { balance: words.front.deviation, travel: words.front.cost(front.costUnit), moves: words.front.moves };
  const measures = has("moves") ? Object.keys(front.points[0].moved).filter((measure) => measure !== "count") : [];
  const columns: Column<FrontPoint>[] = [
    { id: "plan", header: words.front.plan, class: "main", value: (point) => Number(point.plan), cell: (point) => h("span", null, `${point.plan} `, point.recommended && h("span", { class: "chip good" }, words.front.recommended)) },
    { id: "deviation", header: words.front.deviation, numeric: true, value: number.balance, cell: (point) => format.percent(point.maxDeviation) },
    { id: "cost", header: name.travel, numeric: true, value: number.travel, cell: (point) => format.number(point.cost) },
    { id: "moves", header: words.front.moves, numeric: true, value: number.moves, cell: (point) => format.number(point.moves) },
    ...measures.map((measure): Column<FrontPoint> => ({ id: `moved-${measure}`, header: words.front.moved(measureName(context, measure)), numeric: true, value: (point) => point.moved[measure] ?? 0, cell: (point) => format.compact(point.moved[measure] ?? 0) })),
    { id: "keeps", header: words.front.keeps, value: (point) => Number(point.keepsPolicy), cell: (point) => (point.keepsPolicy ? words.front.yes : words.front.no) },
  ];
  const tick: Record<Dimension, (value: number) => string> = { balance: format.percent, travel: format.number, moves: format.compact };
  // Disturbance, where there is any, is what one pays with; else the way is.
  const x: Dimension = has("moves") ? "moves" : "travel";
  const others = front.dimensions.filter((dimension) => dimension !== x);
  const charts = others.map((y) => chart(context, front, { x, y, number, name, tick }));
  return h(
    "section",
    { id: "front", "aria-labelledby": "front-title" },
    h("h2", { id: "front-title" }, words.front.title),
    h("p", { class: "lead" }, words.front.lead),
    h("div", { class: charts.length > 1 ? "two" : null }, charts),
    h("p", { class: "quiet" }, words.front.knee),
    h("div", { class: "card" }, dataTable(context, { caption: words.front.caption, rows: front.points, columns }).element),
  );
}

interface Axes {
  x: Dimension;
  y: Dimension;
  number: Record<Dimension, (point: FrontPoint) => number>;
  name: Record<Dimension, string>;
  tick: Record<Dimension, (value: number) => string>;
}

/** A dot a plan with its number; joined by a line where only two things were weighed. */
function chart(context: Context, front: Front, { x, y, number, name, tick }: Axes): HTMLElement {
  const place = h("div", { class: "chart", tabindex: 0, role: "region", "aria-label": context.words.front.chart(name[x], name[y]) });
  const paint = (width: number) => {
    const value = (dimension: Dimension) => number[dimension];
    const plot = Plot.plot({
      width,
      height: Math.min(360, Math.max(240, width * 0.6)),
      marginLeft: 58,
      marginBottom: 42,
      marginRight: 22,
      style: { fontSize: "12px", fontFamily: "inherit", background: "transparent", overflow: "visible" },
      x: { label: name[x], labelAnchor: "center", labelArrow: "none", tickFormat: tick[x], ticks: Math.floor(width / 90), nice: true },
      y: { label: null, tickFormat: tick[y], ticks: 6, zero: y === "balance", nice: true, grid: true },
      marks: [
        Plot.line(front.dimensions.length === 2 ? front.points : [], { x: value(x), y: value(y), stroke: "var(--quiet)", strokeWidth: 1.5 }),
        Plot.dot(front.points, { x: value(x), y: value(y), r: 10, fill: (point: FrontPoint) => (point.recommended ? "var(--good)" : "var(--card)"), stroke: "var(--ink)", strokeWidth: 1.5 }),
        Plot.text(front.points, { x: value(x), y: value(y), text: (point: FrontPoint) => String(Number(point.plan)), fill: (point: FrontPoint) => (point.recommended ? "var(--card)" : "var(--ink)"), fontWeight: 700, fontSize: 10 }),
      ],
    });
    show(place, plot);
  };
  paintToWidth(place, paint);
  return h("figure", { class: "card balance" }, h("figcaption", null, h("span", { class: "balance-title" }, name[y])), place);
}
