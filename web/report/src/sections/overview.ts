/** Segments × roles as a table of buttons: the whole coverage at a glance, and the way to any pool. */
import type { Context } from "../context";
import { poolKept } from "../data";
import { h, icon } from "../dom";
import { poolName, roleTitle } from "../pool_view";

export function overview(context: Context): HTMLElement | null {
  const { report, words, format } = context;
  if (report.pools.length < 2) return null;
  const columns: { role: string; productLine: string | null }[] = [];
  for (const { role, productLine } of [...report.accounts.columns, ...report.pools]) if (!columns.some((c) => c.role === role && c.productLine === productLine)) columns.push({ role, productLine });
  const rows = [...new Set([...report.segments.map((s) => s.name), ...report.pools.map((p) => p.segment)])];
  const buttons: { pool: number; button: HTMLElement }[] = [];
  const cell = (segment: string, column: (typeof columns)[number]) => {
    const pools = report.pools.map((pool, index) => ({ pool, index })).filter(({ pool }) => pool.segment === segment && pool.role === column.role && pool.productLine === column.productLine);
    if (pools.length === 0) return h("td", { role: "cell" }, h("span", { class: "uncovered" }, "–", h("span", { class: "sr-only" }, words.overview.none)));
    return h("td", { role: "cell" }, pools.map(({ index }) => poolButton(index)));
  };
  const poolButton = (index: number) => {
    const pool = report.pools[index];
    const kept = poolKept(pool);
    const button = h(
      "button",
      {
        type: "button",
        class: `pool-cell ${kept ? "good" : "warn"}`,
        "aria-pressed": "false",
        onclick: () => {
          context.choosePool(index);
          document.getElementById("map-title")?.scrollIntoView();
        },
      },
      h("span", { class: "pool-cell-top" }, h("strong", null, words.overview.accounts(pool.accounts, format.number(pool.accounts))), icon(kept ? "check" : "alert", 15), h("span", { class: "sr-only" }, kept ? words.overview.kept : words.overview.missed)),
      h("span", { class: "pool-cell-note" }, words.overview.employees(pool.employees, format.number(pool.employees)), pool.gap != null && pool.gap >= 0.0005 && ` · ≤ ${format.percent(pool.gap)}`),
      h("span", { class: "sr-only" }, poolName(context, pool)),
    );
    buttons.push({ pool: index, button });
    return button;
  };
  const mark = () => buttons.forEach(({ pool, button }) => button.setAttribute("aria-pressed", String(pool === context.choice.pool)));
  const element = h(
    "section",
    { id: "overview", "aria-labelledby": "overview-title" },
    h("h2", { id: "overview-title" }, words.overview.title),
    h("p", { class: "lead" }, words.overview.lead),
    h(
      "div",
      { class: "table-scroll card", tabindex: 0, role: "region", "aria-label": words.table.scroll(words.overview.title) },
      h(
        "table",
        { class: columns.length === 1 ? "matrix single" : "matrix", role: "table" },
        h("thead", { role: "rowgroup" }, h("tr", { role: "row" }, h("th", { scope: "col", role: "columnheader" }, words.overview.segment), columns.map((c) => h("th", { scope: "col", role: "columnheader" }, roleTitle(context, c.role), c.productLine && h("span", { class: "line" }, c.productLine))))),
        h("tbody", { role: "rowgroup" }, rows.map((segment) => h("tr", { role: "row" }, h("th", { scope: "row", role: "rowheader" }, segment), columns.map((column) => cell(segment, column))))),
      ),
    ),
  );
  mark();
  context.listen((change) => change === "pool" && mark());
  return element;
}
