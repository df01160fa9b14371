/** All accounts: who is responsible and why; found, filtered, sorted, saved as CSV. */
import type { AccountFilter, Context } from "../context";
import { isUnassigned } from "../data";
import { saveFile, toCsv } from "../csv";
import { fill, h, icon } from "../dom";
import { roleTitle } from "../pool_view";
import { dataTable, type DataTable } from "../table";

interface Row {
  i: number;
}

export interface AccountsSection {
  element: HTMLElement;
  filter(filter: AccountFilter): void;
}

export function accountsSection(context: Context): AccountsSection {
  const { report, words, format } = context;
  const { accounts } = report;
  const rows: Row[] = accounts.id.map((_id, i) => ({ i }));
  const search = accounts.id.map((id, i) => `${id}\n${accounts.name[i]}`.toLocaleLowerCase());
  const columnTitle = (c: number) => {
    const column = accounts.columns[c];
    return column ? roleTitle(context, column.role) + (column.productLine ? ` (${column.productLine})` : "") : "";
  };
  const segmentName = (i: number) => report.segments[accounts.segment[i]]?.name ?? words.accounts.noSegment;

  const text = h("input", { type: "search", oninput: () => apply() });
  const role = h("select", { onchange: () => build() }, accounts.columns.map((_column, c) => h("option", { value: c }, columnTitle(c))));
  const segment = h("select", { onchange: () => apply() }, h("option", { value: "" }, words.accounts.all), report.segments.map((s, i) => h("option", { value: i }, s.name)));
  const employee = h("select", { onchange: () => apply() });
  const status = h("select", { onchange: () => apply() }, h("option", { value: "all" }, words.accounts.statusAll), h("option", { value: "moved" }, words.accounts.statusMoved), h("option", { value: "unassigned" }, words.accounts.statusUnassigned));
  const found = h("p", { class: "found", role: "status" });
  const place = h("div", { class: "card" });
  let table: DataTable<Row>;
  let typing = 0;
  /** More than one employee, chosen on the map. */
  let several: Set<number> | null = null;

  const field = (label: string, control: HTMLElement, wide = false) => h("label", { class: wide ? "field grow" : "field" }, h("span", null, label), control);
  const element = h(
    "section",
    { id: "accounts", "aria-labelledby": "accounts-title" },
    h("h2", { id: "accounts-title", tabindex: -1 }, words.accounts.title),
    h(
      "div",
      { class: "toolbar no-print" },
      field(words.accounts.find, text, true),
      accounts.columns.length > 1 && field(words.accounts.role, role),
      report.segments.length > 1 && field(words.accounts.segment, segment),
      field(words.accounts.employee, employee),
      field(words.accounts.status, status),
    ),
    h("div", { class: "table-top" }, found, h("span", { class: "spread no-print" }, h("button", { type: "button", class: "button", onclick: () => clear() }, words.accounts.clear), h("button", { type: "button", class: "button", onclick: () => save() }, icon("download", 16), words.accounts.csv))),
    place,
  );

  const column = () => accounts.columns[Number(role.value || 0)];

  function wanted({ i }: Row): boolean {
    const current = column();
    const words_ = text.value.trim().toLocaleLowerCase();
    if (words_ && !search[i].includes(words_)) return false;
    if (segment.value !== "" && accounts.segment[i] !== Number(segment.value)) return false;
    if (!current) return true;
    if (employee.value === "several") {
      if (current.employee[i] == null || !several?.has(current.employee[i]!)) return false;
    } else if (employee.value !== "" && current.employee[i] !== Number(employee.value)) return false;
    if (status.value === "moved" && current.moved[i] !== 1) return false;
    return status.value !== "unassigned" || isUnassigned(current, i);
  }

  function apply(): void {
    clearTimeout(typing);
    typing = window.setTimeout(applyNow, 120);
  }

  function applyNow(): void {
    clearTimeout(typing);
    const shown = rows.filter(wanted);
    if (rows.length > 0) table.setRows(shown);
    found.textContent = words.accounts.found(shown.length, format.number(shown.length), format.number(rows.length));
  }

  /** Columns depend on the role chosen. */
  function build(): void {
    const current = column();
    const who = (i: number) => (current?.employee[i] == null ? null : report.employees[current.employee[i]!]);
    const holders = new Set(current?.employee.filter((e): e is number => e != null && report.employees[e] != null) ?? []);
    const before = employee.value;
    fill(
      employee,
      h("option", { value: "" }, words.accounts.anyone),
      several && h("option", { value: "several" }, words.map.chosen(format.number(several.size))),
      [...holders].sort((a, b) => format.compare(report.employees[a].name, report.employees[b].name)).map((e) => h("option", { value: e }, report.employees[e].name)),
    );
    employee.value = [...employee.options].some((option) => option.value === before) ? before : "";
    table = dataTable<Row>(context, {
      caption: words.accounts.caption(columnTitle(Number(role.value || 0))),
      rows: rows.filter(wanted),
      sort: [{ id: "name", desc: false }],
      columns: [
        {
          id: "name",
          header: words.accounts.name,
          class: "main",
          value: ({ i }) => accounts.name[i] || accounts.id[i],
          cell: ({ i }) => h("button", { type: "button", class: "link strong", "aria-label": words.accounts.details(accounts.name[i] || accounts.id[i]), onclick: () => context.openAccount(i) }, accounts.name[i] || accounts.id[i]),
        },
        { id: "id", header: words.accounts.id, value: ({ i }) => accounts.id[i], class: "mono" },
        { id: "segment", header: words.accounts.segment, value: ({ i }) => segmentName(i) },
        {
          id: "employee",
          header: words.accounts.employee,
          value: ({ i }) => who(i)?.name ?? "",
          cell: ({ i }) => {
            const person = who(i);
            if (person) return person.name;
            return current && isUnassigned(current, i) ? h("span", { class: "chip bad" }, words.accounts.nobody) : h("span", { class: "quiet" }, words.accounts.notCovered);
          },
        },
        {
          id: "moved",
          header: words.accounts.moved,
          value: ({ i }) => current?.moved[i] ?? 0,
          cell: ({ i }) => (current?.moved[i] === 1 ? h("span", { class: "chip" }, words.accounts.yes) : h("span", { class: "quiet" }, words.accounts.no)),
        },
        { id: "reason", header: words.accounts.reason, sortable: false, class: "why", value: ({ i }) => current?.reason[i] ?? "", cell: ({ i }) => h("span", { lang: context.foreign }, current?.reason[i] ?? "") },
      ],
    });
    fill(place, table.element);
    applyNow();
  }

  function clear(): void {
    text.value = segment.value = employee.value = "";
    status.value = "all";
    applyNow();
    text.focus();
  }

  function save(): void {
    const delimiter = format.language === "bg" ? ";" : ",";
    const { csv } = words;
    const head = [csv.account, csv.name, csv.segment, ...accounts.columns.flatMap((_c, c) => [csv.employee, csv.employeeName, csv.reason, csv.moved].map((name) => (accounts.columns.length > 1 ? `${columnTitle(c)}: ${name}` : name)))];
    const lines = table.sortedRows().map(({ i }) => [
      accounts.id[i],
      accounts.name[i],
      segmentName(i),
      ...accounts.columns.flatMap((c) => {
        const person = c.employee[i] == null ? null : report.employees[c.employee[i]!];
        return [person?.id ?? "", person?.name ?? "", c.reason[i] ?? "", c.moved[i] === 1 ? words.accounts.yes : words.accounts.no];
      }),
    ]);
    saveFile(`accounts-${report.date}.csv`, toCsv([head, ...lines], delimiter), "text/csv;charset=utf-8");
  }

  build();
  return {
    element,
    filter(filter) {
      text.value = filter.text ?? "";
      if (filter.column != null && filter.column >= 0) role.value = String(filter.column);
      segment.value = filter.segment == null ? "" : String(filter.segment);
      status.value = filter.status ?? "all";
      employee.value = "";
      const people = filter.employees ?? [];
      several = people.length > 1 ? new Set(people) : null;
      build();
      employee.value = several ? "several" : people.length === 1 ? String(people[0]) : "";
      applyNow();
      const title = element.querySelector<HTMLElement>("#accounts-title")!;
      element.scrollIntoView();
      title.focus({ preventScroll: true });
    },
  };
}
