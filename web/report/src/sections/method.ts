/** How the plan was made and how far it can be from the best possible, for a manager. */
import type { Context } from "../context";
import { h } from "../dom";
import { poolName } from "../pool_view";
import { dataTable } from "../table";

export function methodSection(context: Context): HTMLElement {
  const { report, words, format } = context;
  const money = (value: number | null, unit: string) => (value == null ? words.method.unknown : `${format.number(value)}${unit ? ` ${unit}` : ""}`);
  const fact = (label: string, value: string) => value && h("div", null, h("dt", null, label), h("dd", null, value));
  return h(
    "section",
    { id: "method", "aria-labelledby": "method-title" },
    h("h2", { id: "method-title" }, words.method.title),
    h("div", { class: "prose" }, h("p", null, words.method.p1), h("p", null, words.method.p2), h("p", null, words.method.p3)),
    report.pools.length > 0 &&
      h(
        "div",
        { class: "card" },
        dataTable(context, {
          caption: words.method.caption,
          rows: report.pools,
          columns: [
            { id: "pool", header: words.method.pool, class: "main", value: (pool) => poolName(context, pool) },
            { id: "way", header: words.method.way, value: (pool) => (Object.hasOwn(words.methods, pool.method) ? words.methods[pool.method] : pool.method) },
            { id: "plan", header: words.method.plan, numeric: true, value: (pool) => pool.objective, cell: (pool) => money(pool.objective, pool.objectiveUnit) },
            { id: "bound", header: words.method.bound, numeric: true, value: (pool) => pool.lowerBound ?? -1, cell: (pool) => money(pool.lowerBound, pool.objectiveUnit) },
            { id: "gap", header: words.method.gap, numeric: true, value: (pool) => pool.gap ?? -1, cell: (pool) => (pool.gap == null ? words.method.unknown : format.percent(pool.gap)) },
            { id: "words", header: words.method.words, sortable: false, class: "why", value: (pool) => pool.gapWords, cell: (pool) => h("span", { lang: context.foreign }, pool.gapWords) },
          ],
        }).element,
      ),
    h(
      "dl",
      { class: "facts colophon" },
      fact(words.method.policy, report.policyFile),
      fact(words.method.seed, String(report.seed)),
      fact(words.method.seconds, words.method.secondsValue(format.seconds(report.seconds))),
      fact(words.method.version, `Bailiwick ${report.version}`),
    ),
  );
}
