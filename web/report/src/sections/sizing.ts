/** How many employees the roles need: hours wanted against hours there are, and what one more would bring. */
import * as Plot from "@observablehq/plot";
import { paintToWidth, show } from "../chart";
import type { Context } from "../context";
import type { Sizing, SizingStep } from "../data";
import { h } from "../dom";
import { roleTitle } from "../pool_view";
import { dataTable, type Column } from "../table";

export function sizingSection(context: Context): HTMLElement | null {
  const { report, words, format } = context;
  const pools = report.sizing ?? [];
  if (pools.length === 0) return null;
  const title = (pool: Sizing) => [pool.segment, roleTitle(context, pool.role), pool.productLine].filter(Boolean).join(" · ");
  const next = (pool: Sizing) => pool.profit?.steps.find((step) => step.change === 1)?.marginal;
  const money = (value: number | undefined) => (value == null ? "–" : `${format.number(value)} ${report.currency}`);
  const columns: Column<Sizing>[] = [
    { id: "pool", header: words.sizing.pool, class: "main", value: title },
    { id: "wanted", header: words.sizing.wanted, numeric: true, value: (pool) => pool.hoursWanted, cell: (pool) => format.number(Math.round(pool.hoursWanted)) },
    { id: "available", header: words.sizing.available, numeric: true, value: (pool) => pool.hoursAvailable, cell: (pool) => format.number(Math.round(pool.hoursAvailable)) },
    { id: "present", header: words.sizing.present, numeric: true, value: (pool) => pool.present, cell: (pool) => format.number(pool.present) },
    { id: "needed", header: words.sizing.needed, numeric: true, value: (pool) => pool.needed, cell: (pool) => format.number(pool.needed) },
    { id: "utilisation", header: words.sizing.utilisation, numeric: true, value: (pool) => pool.utilisation ?? Infinity, cell: (pool) => (pool.utilisation == null ? words.sizing.nobody : format.percent(pool.utilisation)) },
    { id: "next", header: words.sizing.next, numeric: true, value: (pool) => next(pool) ?? 0, cell: (pool) => money(next(pool)) },
    { id: "best", header: words.sizing.best, numeric: true, value: (pool) => pool.profit?.best.employees ?? 0, cell: (pool) => (pool.profit ? format.number(pool.profit.best.employees) : "–") },
  ];
  return h(
    "section",
    { id: "sizing", "aria-labelledby": "sizing-title" },
    h("h2", { id: "sizing-title" }, words.sizing.title),
    h("p", { class: "lead" }, words.sizing.lead),
    h("div", { class: "card" }, dataTable(context, { caption: words.sizing.caption, rows: pools, columns }).element),
    pools.filter((pool) => pool.profit).map((pool) => curve(context, title(pool), pool)),
  );
}

/** Profit by the number of employees, the best one marked, and the same as a table. */
function curve(context: Context, title: string, pool: Sizing): HTMLElement {
  const { words, format } = context;
  const { steps, best, elasticity } = pool.profit!;
  const place = h("div", { class: "chart", tabindex: 0, role: "region", "aria-label": words.sizing.chart(title) });
  const column = (name: string) => h("th", { scope: "col", class: "numeric" }, name);
  const cell = (value: number) => h("td", { class: "numeric" }, format.number(Math.round(value)));
  const table = h(
    "table",
    { class: "data compact" },
    h("caption", { class: "sr-only" }, title),
    h("thead", null, h("tr", null, h("th", { scope: "col" }, words.sizing.employees), column(words.sizing.sales), column(words.sizing.profit), column(words.sizing.last))),
    h("tbody", null, steps.map((step) => h("tr", null, h("th", { scope: "row" }, format.number(step.employees)), cell(step.sales), cell(step.profit), cell(step.marginal)))),
  );
  const paint = (width: number) => {
    const profit = (step: SizingStep) => step.profit;
    const employees = (step: SizingStep) => step.employees;
    const plot = Plot.plot({
      width,
      height: 220,
      marginLeft: 64,
      marginBottom: 40,
      style: { fontSize: "12px", fontFamily: "inherit", background: "transparent", overflow: "visible" },
      x: { label: words.sizing.employees, labelAnchor: "center", labelArrow: "none", tickFormat: format.number, ticks: steps.map(employees) },
      y: { label: null, tickFormat: format.compact, ticks: 5, grid: true, nice: true },
      marks: [
        Plot.line(steps, { x: employees, y: profit, stroke: "var(--ink)", strokeWidth: 1.5 }),
        Plot.dot(steps, { x: employees, y: profit, r: 6, fill: (step: SizingStep) => (step.change === best.change ? "var(--good)" : "var(--card)"), stroke: "var(--ink)", strokeWidth: 1.5 }),
      ],
    });
    show(place, plot);
  };
  paintToWidth(place, paint);
  return h(
    "figure",
    { class: "card balance" },
    h("figcaption", null, h("span", { class: "balance-title" }, `${title}: ${words.sizing.profit}`), h("span", { class: "balance-note" }, words.sizing.elasticity(format.percent(elasticity / 100)))),
    place,
    h("details", null, h("summary", null, words.balance.table), h("div", { class: "table-scroll", tabindex: 0, role: "region", "aria-label": words.table.scroll(title) }, table)),
  );
}
