/** The pool on show: selector, facts, map with its legend, and the balance beside it. */
import type { Context } from "../context";
import { poolKept } from "../data";
import { fill, h, icon } from "../dom";
import { MapView } from "../map/view";
import { poolName, roleTitle, viewPool, type PoolView } from "../pool_view";
import { balance } from "./balance";

export interface MapSection {
  element: HTMLElement;
  map: MapView;
  view(): PoolView | null;
}

export function mapSection(context: Context): MapSection | null {
  const { report, words, format, choice } = context;
  if (report.pools.length === 0) return null;
  const map = new MapView(context);
  const facts = h("dl", { class: "facts" });
  const rule = h("p", { class: "rule" });
  const notes = h("div", { class: "map-notes" });
  const legend = h("div", { class: "legend card" });
  const bars = h("div", { class: "balances" });
  const empty = h("p", { class: "quiet card pad no-map", hidden: true }, words.map.noPoints);
  const place = h("span", { class: "quiet" });
  let view: PoolView | null = null;

  const byRole = new Map<string, number[]>();
  report.pools.forEach((pool, i) => {
    const key = roleTitle(context, pool.role) + (pool.productLine ? ` (${pool.productLine})` : "");
    byRole.set(key, [...(byRole.get(key) ?? []), i]);
  });
  const order = [...byRole.values()].flat();
  const select = h(
    "select",
    { id: "pool-select", onchange: () => context.choosePool(Number(select.value)) },
    [...byRole].map(([role, indices]) => h("optgroup", { label: role }, indices.map((i) => h("option", { value: i }, `${poolKept(report.pools[i]) ? "" : "⚠ "}${role} · ${report.pools[i].segment}`)))),
  );
  const step = (by: number) => context.choosePool(order[(order.indexOf(choice.pool) + by + order.length) % order.length]);
  const selector = h(
    "div",
    { class: "pool-bar no-print" },
    h("label", { for: "pool-select" }, words.map.pool),
    select,
    order.length > 1 && h("button", { type: "button", class: "button icon-only", "aria-label": words.map.previous, title: words.map.previous, onclick: () => step(-1) }, icon("left")),
    order.length > 1 && h("button", { type: "button", class: "button icon-only", "aria-label": words.map.next, title: words.map.next, onclick: () => step(1) }, icon("right")),
    place,
  );
  const printed = h("p", { class: "print-only pool-name" });

  const element = h(
    "section",
    { id: "map", "aria-labelledby": "map-title" },
    h("h2", { id: "map-title", tabindex: -1 }, words.map.title),
    selector,
    printed,
    h("div", { class: "card pad pool-facts" }, facts, rule),
    h("div", { class: "map-grid" }, h("div", { class: "map-side" }, map.element, empty, h("p", { id: "map-help", class: "map-help" }, words.map.help), notes, legend), bars),
  );

  function show(): void {
    const index = choice.pool;
    const pool = report.pools[index];
    view = viewPool(context, index);
    select.value = String(index);
    place.textContent = words.map.poolOf(format.number(order.indexOf(index) + 1), format.number(order.length));
    printed.textContent = poolName(context, pool);
    const fact = (label: string, value: string) => h("div", null, h("dt", null, label), h("dd", null, value));
    fill(
      facts,
      fact(words.facts.method, Object.hasOwn(words.methods, pool.method) ? words.methods[pool.method] : pool.method),
      fact(words.facts.accounts, format.number(pool.accounts)),
      fact(words.facts.employees, format.number(pool.employees)),
      pool.gap != null && fact(words.facts.gap, pool.gap < 0.00005 ? words.tiles.best : `≤ ${format.percent(pool.gap)}`),
      pool.contiguous != null && fact(words.facts.contiguous, pool.contiguous ? words.facts.yes : words.facts.no),
      pool.moved + pool.kept > 0 && fact(words.facts.moved, format.number(pool.moved)),
      pool.moved + pool.kept > 0 && fact(words.facts.kept, format.number(pool.kept)),
    );
    fill(rule, pool.rule ? [h("span", { class: "rule-label" }, words.facts.rule), " ", h("code", { lang: context.foreign }, pool.rule)] : []);
    const drawn = view.accounts.length - view.withoutPlace;
    const anyHome = view.employees.some((e) => report.employees[e].lat != null);
    const mapless = drawn === 0 && (view.accounts.length > 0 || !anyHome);
    map.element.hidden = mapless;
    empty.hidden = !mapless;
    element.querySelector<HTMLElement>("#map-help")!.hidden = mapless;
    const missing = view.withoutPlace;
    fill(
      notes,
      !mapless && missing > 0 && h("p", { class: "note" }, words.map.missing(missing, format.number(missing))),
      report.accounts.total > report.accounts.id.length && h("p", { class: "note" }, words.map.sample(format.number(report.accounts.id.length), format.number(report.accounts.total))),
      !mapless && h("p", { class: "note" }, words.map.shapes),
    );
    drawLegend(view);
    balance(context, view, bars);
    if (!mapless) map.show(view);
  }

  function drawLegend(current: PoolView): void {
    const column = current.column;
    const buttons: { employee: number; button: HTMLElement }[] = [];
    const clear = h("button", { type: "button", class: "button", onclick: () => context.chooseEmployees([]) }, words.legend.clear);
    const list = h("button", { type: "button", class: "button", onclick: () => context.listAccounts({ column, employees: [...choice.employees] }) }, words.legend.list);
    const filter = h("input", {
      type: "search",
      class: "legend-filter no-print",
      placeholder: words.legend.filter,
      "aria-label": words.legend.filter,
      oninput: () => {
        const text = filter.value.trim().toLocaleLowerCase();
        buttons.forEach(({ employee, button }) => (button.parentElement!.hidden = !report.employees[employee].name.toLocaleLowerCase().includes(text)));
      },
    });
    const items = current.employees.map((employee) => {
      const badge = current.badge.get(employee)!;
      const load = current.load.get(employee) ?? 0;
      const button = h(
        "button",
        { type: "button", class: "legend-item", "aria-pressed": "false", onclick: () => context.toggleEmployee(employee) },
        h("span", { class: "swatch", style: `--c: var(--e${badge.colour})` }, String(badge.number)),
        h("span", { class: "legend-name" }, report.employees[employee].name),
        h("span", { class: "legend-load", "aria-hidden": "true" }, format.number(load)),
        h("span", { class: "sr-only" }, words.legend.accounts(load, format.number(load))),
      );
      buttons.push({ employee, button });
      return h("li", null, button);
    });
    const changes = current.column >= 0 && current.accounts.some((i) => report.accounts.columns[column].moved[i] === 1);
    const movedBox = h("input", { type: "checkbox", onchange: () => context.chooseMovedOnly(movedBox.checked) });
    const housed = !map.element.hidden && current.employees.some((e) => report.employees[e].lat != null);
    const keys = h(
      "p",
      { class: "legend-keys" },
      housed && h("span", null, h("svg", { viewBox: "0 0 18 18", width: 16, height: 16, "aria-hidden": "true" }, h("path", { d: "M9 1.5L17 8.5h-2.3V16H3.3V8.5H1z", fill: "none", stroke: "currentColor", "stroke-width": 1.6 })), words.map.home),
      current.unassigned > 0 && h("span", null, h("span", { class: "swatch none", "aria-hidden": "true" }), `${words.map.unassigned}: ${format.number(current.unassigned)}`),
    );
    fill(
      legend,
      h("div", { class: "legend-head" }, h("h3", null, words.legend.title), current.employees.length > 15 && filter, h("span", { class: "legend-actions no-print" }, list, clear)),
      h("p", { class: "note no-print" }, words.legend.help),
      h("ul", { class: "legend-list" }, items),
      changes && !map.element.hidden && h("label", { class: "radio no-print" }, movedBox, h("span", null, words.legend.moved)),
      keys,
    );
    const mark = () => {
      buttons.forEach(({ employee, button }) => button.setAttribute("aria-pressed", String(choice.employees.has(employee))));
      clear.disabled = choice.employees.size === 0;
      movedBox.checked = choice.movedOnly;
      list.disabled = choice.employees.size === 0;
    };
    mark();
    legendMark = mark;
  }
  let legendMark: () => void = () => {};

  context.listen((change) => {
    if (change === "pool") show();
    else if (change === "employees") {
      legendMark();
      map.repaint();
    }
  });
  // Drawn once it stands in the page and has a size.
  requestAnimationFrame(show);
  return { element, map, view: () => view };
}
