/** Balance of each measure: a bar for each employee (Observable Plot), the target as a line and the promised range as a band, and the same as a table. */
import * as Plot from "@observablehq/plot";
import { paintToWidth, show } from "../chart";
import type { Choice, Context } from "../context";
import type { Load, Measure } from "../data";
import { fill, h, icon } from "../dom";
import { measureName, type PoolView } from "../pool_view";

export function balance(context: Context, view: PoolView, into: HTMLElement): void {
  const { words } = context;
  const { measures } = view.pool;
  const targeted = measures.some((measure) => measure.loads.some((load) => load.target));
  fill(into, h("div", { class: "balance-head" }, h("h3", null, words.balance.title), targeted && scaleSwitch(context)), measures.length === 0 ? h("p", { class: "quiet card pad" }, words.balance.none) : measures.map((measure) => figure(context, view, measure)));
}

/** Bars from zero are honest about size; the distance from the target shows small differences. */
function scaleSwitch(context: Context): HTMLElement {
  const { words, choice } = context;
  const button = (scale: Choice["scale"], label: string) => h("button", { type: "button", class: "button small", "aria-pressed": String(choice.scale === scale), onclick: () => context.chooseScale(scale) }, label);
  const buttons = [button("zero", words.balance.fromZero), button("target", words.balance.fromTarget)];
  context.listen((change) => change === "scale" && buttons.forEach((b, i) => b.setAttribute("aria-pressed", String((choice.scale === "zero") === (i === 0)))));
  return h("div", { role: "group", class: "group no-print", "aria-label": words.balance.scale }, buttons);
}

export function deviation(load: Load): number | null {
  return load.target ? load.value / load.target - 1 : null;
}

export function outside(load: Load): boolean {
  const slack = 1e-9 * Math.max(1, Math.abs(load.value));
  return (load.lower != null && load.value < load.lower - slack) || (load.upper != null && load.value > load.upper + slack);
}

function figure(context: Context, view: PoolView, measure: Measure): HTMLElement {
  const { words, format } = context;
  const name = measureName(context, measure.name);
  const promised = measure.tolerance != null;
  const targeted = measure.loads.some((load) => load.target != null);
  const tone = !promised ? "plain" : measure.kept ? "good" : "warn";
  const status = !promised ? words.balance.noPromise : measure.kept ? words.balance.kept : words.balance.missed;
  const chart = h("div", { class: "chart", tabindex: 0, role: "region", "aria-label": words.balance.chart(name) });
  const loads = [...measure.loads].filter((load) => context.report.employees[load.employee]).sort((a, b) => b.value - a.value);
  const table = h(
    "table",
    { class: "data compact" },
    h("caption", { class: "sr-only" }, name),
    h("thead", null, h("tr", null, h("th", { scope: "col" }, words.employees.name), h("th", { scope: "col", class: "numeric" }, words.balance.value), h("th", { scope: "col", class: "numeric" }, words.balance.target), h("th", { scope: "col", class: "numeric" }, words.balance.deviation))),
    h(
      "tbody",
      null,
      loads.map((load) =>
        h(
          "tr",
          null,
          h("th", { scope: "row" }, context.report.employees[load.employee].name),
          h("td", { class: "numeric" }, format.number(load.value)),
          h("td", { class: "numeric" }, load.target == null ? "–" : format.number(load.target)),
          h("td", { class: "numeric" }, deviation(load) == null ? "–" : format.signedPercent(deviation(load)!), outside(load) && h("span", { class: "chip warn" }, words.balance.over)),
        ),
      ),
    ),
  );
  const element = h(
    "figure",
    { class: "card balance" },
    h(
      "figcaption",
      null,
      h("span", { class: "balance-title" }, name),
      h("span", { class: `chip ${tone}` }, tone !== "plain" && icon(tone === "good" ? "check" : "alert", 14), status),
      h("span", { class: "balance-note" }, promised ? words.balance.summary(format.percent(measure.maxDeviation), `≤ ${format.percent(measure.tolerance!)}`) : words.balance.summaryNone(format.percent(measure.maxDeviation))),
    ),
    h("p", { class: "chart-key", "aria-hidden": "true" }, targeted && h("span", { class: "key-line" }), targeted && words.balance.target, promised && h("span", { class: "key-band" }), promised && words.balance.band),
    chart,
    h("details", null, h("summary", null, words.balance.table), h("div", { class: "table-scroll", tabindex: 0, role: "region", "aria-label": words.table.scroll(name) }, table)),
  );
  const paint = () => drawBars(context, view, loads, chart);
  paintToWidth(chart, paint);
  context.listen((change) => change !== "pool" && element.isConnected && paint());
  return element;
}

function drawBars(context: Context, view: PoolView, loads: Load[], chart: HTMLElement): void {
  const { format, choice, report } = context;
  const width = chart.clientWidth;
  if (width < 80) return;
  const nameWidth = Math.min(158, Math.max(112, width * 0.3));
  const letters = Math.floor((nameWidth - 30) / 7);
  const label = (employee: number) => {
    const name = report.employees[employee].name;
    return name.length > letters ? `${name.slice(0, letters - 1).trimEnd()}…` : name;
  };
  const relative = choice.scale === "target" && loads.every((load) => load.target);
  const place = (load: Load, n: number) => (relative ? n / load.target! - 1 : n);
  const rows = loads.map((load, order) => ({ ...load, order, badge: view.badge.get(load.employee), on: choice.employees.size === 0 || choice.employees.has(load.employee) }));
  const value = (row: Load) => `${format.number(row.value)}${deviation(row) == null ? "" : `  ${format.signedPercent(deviation(row)!)}`}${outside(row) ? " !" : ""}`;
  const ends = rows.flatMap((row) => [row.value, row.upper ?? row.value, row.lower ?? row.value, row.target ?? row.value].map((n) => place(row, n)));
  const most = Math.max(...ends, relative ? 0.001 : Math.max(...ends) > 0 ? 0 : 1);
  const least = Math.min(relative ? -0.001 : 0, ...(relative ? ends : rows.map((row) => row.value)));
  const right = most + (most - least) * 0.02;
  const text = Math.max(...rows.map((row) => value(row).length)) * 7 + 16;
  const y = (row: { order: number }) => row.order;
  const plot = Plot.plot({
    width,
    height: rows.length * 24 + 30,
    marginLeft: nameWidth,
    marginRight: Math.min(text, width * 0.4),
    marginTop: 22,
    marginBottom: 6,
    style: { fontSize: "12px", fontFamily: "inherit", background: "transparent", overflow: "visible" },
    x: { domain: [relative ? least - (most - least) * 0.02 : least, right], axis: "top", label: null, ticks: Math.max(2, Math.floor((width - nameWidth - text) / 70)), tickFormat: (n: number) => (relative ? format.signedPercent(n) : format.compact(n)), tickSize: 0 },
    y: { type: "band", domain: rows.map(y), padding: 0, axis: null },
    marks: [
      Plot.gridX({ stroke: "var(--line)", strokeOpacity: 1, ticks: Math.max(2, Math.floor((width - nameWidth - text) / 70)) }),
      Plot.barX(rows.filter((row) => row.lower != null && row.upper != null), { x1: (r) => place(r, r.lower!), x2: (r) => place(r, r.upper!), y, fill: "var(--band)" }),
      Plot.barX(rows, { x1: () => 0, x2: (r) => place(r, r.value), y, insetTop: 4.5, insetBottom: 4.5, rx2: relative ? 0 : 3, fill: (r) => (r.on ? `var(--e${r.badge?.colour ?? 0})` : "var(--map-muted)") }),
      ...[
        { stroke: "var(--card)", strokeWidth: 5 },
        { stroke: "var(--ink)", strokeWidth: 2 },
      ].map((line) => Plot.tickX(rows.filter((row) => row.target != null), { x: (r) => place(r, r.target!), y, ...line })),
      Plot.text(rows, { x: () => right, y, text: value, dx: 8, textAnchor: "start", fill: (r) => (outside(r) ? "var(--bad)" : "var(--ink)") }),
      Plot.text(rows, { frameAnchor: "left", y, text: (r) => label(r.employee), dx: -nameWidth + 26, textAnchor: "start", fill: (r) => (r.on ? "var(--ink)" : "var(--quiet)") }),
      Plot.dot(rows, { frameAnchor: "left", y, dx: -nameWidth + 11, r: 9, fill: (r) => (r.on ? `var(--e${r.badge?.colour ?? 0})` : "var(--quiet)") }),
      Plot.text(rows, { frameAnchor: "left", y, dx: -nameWidth + 11, text: (r) => String(r.badge?.number ?? ""), textAnchor: "middle", fill: "var(--card)", fontWeight: 700, fontSize: rows.length > 99 ? 8 : 10 }),
    ],
  });
  show(chart, plot);
}
