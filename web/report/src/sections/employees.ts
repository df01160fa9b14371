/** Employees with their load by measure, in the pool on show or in the whole plan. */
import type { Context } from "../context";
import { fill, h } from "../dom";
import { measureName, poolName, viewPool } from "../pool_view";
import { dataTable, type Column } from "../table";
import { deviation, outside } from "./balance";

interface Row {
  employee: number;
  accounts: number;
  moved: number;
  loads: Map<string, { value: number; deviation: number | null; outside: boolean }>;
}

export function employeesSection(context: Context): HTMLElement {
  const { report, words, format, choice } = context;
  const sampled = report.accounts.total > report.accounts.id.length;
  let whole = report.pools.length === 0;
  let find = "";
  const place = h("div");
  const radio = (value: boolean, label: string) =>
    h("label", { class: "radio" }, h("input", { type: "radio", name: "scope", checked: whole === value, onchange: () => ((whole = value), draw()) }), h("span", null, label));
  const element = h(
    "section",
    { id: "employees", "aria-labelledby": "employees-title" },
    h("h2", { id: "employees-title" }, words.employees.title),
    h(
      "div",
      { class: "toolbar no-print" },
      report.pools.length > 0 && h("fieldset", { class: "radios" }, h("legend", null, words.employees.scope), radio(false, words.employees.thisPool), radio(true, words.employees.wholePlan)),
      h("label", { class: "field grow" }, h("span", null, words.employees.find), h("input", { type: "search", oninput: (event: Event) => ((find = (event.target as HTMLInputElement).value.toLocaleLowerCase()), draw()) })),
    ),
    place,
    sampled && h("p", { class: "note" }, words.employees.sampleNote),
  );

  function rows(): { rows: Row[]; measures: string[] } {
    const pools = whole ? report.pools.map((_pool, i) => i) : [choice.pool];
    const all = new Map<number, Row>();
    const row = (employee: number) => {
      let found = all.get(employee);
      if (!found) all.set(employee, (found = { employee, accounts: 0, moved: 0, loads: new Map() }));
      return found;
    };
    if (whole) report.employees.forEach((_employee, i) => row(i));
    else if (report.pools[choice.pool]) viewPool(context, choice.pool).employees.forEach(row);
    const wanted = new Set(pools);
    for (const column of report.accounts.columns)
      column.employee.forEach((employee, i) => {
        if (employee == null || (!whole && !wanted.has(column.pool[i] ?? -1)) || !report.employees[employee]) return;
        const entry = row(employee);
        entry.accounts++;
        entry.moved += column.moved[i];
      });
    const measures: string[] = [];
    for (const index of pools)
      for (const measure of report.pools[index]?.measures ?? []) {
        if (!measures.includes(measure.name)) measures.push(measure.name);
        for (const load of measure.loads) {
          if (!report.employees[load.employee]) continue;
          const loads = row(load.employee).loads;
          const before = loads.get(measure.name);
          loads.set(measure.name, before ? { value: before.value + load.value, deviation: null, outside: before.outside || outside(load) } : { value: load.value, deviation: deviation(load), outside: outside(load) });
        }
      }
    const list = [...all.values()].filter(({ employee }) => {
      const { name, position, department } = report.employees[employee];
      return `${name} ${position} ${department}`.toLocaleLowerCase().includes(find);
    });
    return { rows: list, measures };
  }

  function draw(): void {
    const { rows: list, measures } = rows();
    const badge = whole || !report.pools[choice.pool] ? null : viewPool(context, choice.pool).badge;
    const scope = whole ? words.employees.wholePlan : poolName(context, report.pools[choice.pool]);
    const column = whole ? -1 : viewPool(context, choice.pool).column;
    const columns: Column<Row>[] = [
      {
        id: "name",
        header: words.employees.name,
        value: (row) => report.employees[row.employee].name,
        class: "main",
        cell: (row) => {
          const own = badge?.get(row.employee);
          return h("span", { class: "person" }, own && h("span", { class: "swatch", style: `--c: var(--e${own.colour})` }, String(own.number)), h("span", null, report.employees[row.employee].name));
        },
      },
      { id: "position", header: words.employees.position, value: (row) => report.employees[row.employee].position },
      { id: "department", header: words.employees.department, value: (row) => report.employees[row.employee].department },
      {
        id: "accounts",
        header: words.employees.accounts,
        value: (row) => row.accounts,
        numeric: true,
        cell: (row) =>
          column < 0
            ? format.number(row.accounts)
            : h("button", { type: "button", class: "link", "aria-label": `${format.number(row.accounts)}: ${words.employees.listOf(report.employees[row.employee].name)}`, onclick: () => context.listAccounts({ column, employees: [row.employee] }) }, format.number(row.accounts)),
      },
      { id: "moved", header: words.employees.moved, value: (row) => row.moved, numeric: true, cell: (row) => format.number(row.moved) },
      ...measures.map(
        (name): Column<Row> => ({
          id: `measure:${name}`,
          header: measureName(context, name),
          value: (row) => row.loads.get(name)?.value ?? -1,
          numeric: true,
          cell: (row) => {
            const load = row.loads.get(name);
            if (!load) return "–";
            return h("span", null, format.number(load.value), load.deviation != null && h("span", { class: load.outside ? "delta out" : "delta" }, format.signedPercent(load.deviation), load.outside && h("span", { class: "sr-only" }, words.balance.over)));
          },
        }),
      ),
    ];
    fill(place, h("div", { class: "card" }, dataTable(context, { caption: words.employees.caption(scope), columns, rows: list, sort: [{ id: "name", desc: false }] }).element));
  }
  draw();
  context.listen((change) => change === "pool" && !whole && draw());
  return element;
}
