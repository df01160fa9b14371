/**
 * A table with sorting and pages for any rows. TanStack Table keeps order and page; this file draws an ordinary `<table>`, so that a
 * screen reader knows it as one, and turns rows into cards on a phone. Pages instead of endless rows: the place is stated and can be printed.
 */
import {
  constructTable,
  createPaginatedRowModel,
  createSortedRowModel,
  rowPaginationFeature,
  rowSortingFeature,
  tableFeatures,
  type ColumnDef,
  type SortingState,
} from "@tanstack/table-core";
import { storeReactivityBindings } from "@tanstack/table-core/store-reactivity-bindings";
import type { Context } from "./context";
import { fill, h, icon } from "./dom";

export interface Column<Row> {
  id: string;
  header: string;
  /** What is sorted. */
  value(row: Row): string | number;
  /** What is shown; by default the value. */
  cell?(row: Row): Node | string;
  numeric?: boolean;
  sortable?: boolean;
  /** Extra class of the cells. */
  class?: string;
}

export interface TableOptions<Row> {
  caption: string;
  columns: Column<Row>[];
  rows: Row[];
  pageSize?: number;
  sort?: SortingState;
  rowClass?(row: Row): string;
}

export interface DataTable<Row> {
  element: HTMLElement;
  setRows(rows: Row[]): void;
  /** All rows in the order shown, not only this page. */
  sortedRows(): Row[];
}

const features = tableFeatures({
  coreReactivityFeature: storeReactivityBindings(),
  rowSortingFeature,
  rowPaginationFeature,
  sortedRowModel: createSortedRowModel(),
  paginatedRowModel: createPaginatedRowModel(),
});

export function dataTable<Row extends object>(context: Context, options: TableOptions<Row>): DataTable<Row> {
  const { words, format } = context;
  const columns: ColumnDef<typeof features, Row>[] = options.columns.map((column) => ({
    id: column.id,
    accessorFn: (row: Row) => column.value(row),
    enableSorting: column.sortable !== false,
    sortDescFirst: column.numeric === true,
    sortFn: (a, b) => {
      const x = column.value(a.original);
      const y = column.value(b.original);
      return typeof x === "number" && typeof y === "number" ? x - y : format.compare(String(x), String(y));
    },
  }));
  const table = constructTable({
    features,
    columns,
    data: options.rows,
    enableSortingRemoval: false,
    initialState: { pagination: { pageIndex: 0, pageSize: options.pageSize ?? 25 }, sorting: options.sort ?? [] },
  });

  const head = h("tr", { role: "row" });
  const body = h("tbody", { role: "rowgroup" });
  const place = h("span", { class: "pager-place", "aria-live": "polite" });
  const pager = h("nav", { class: "pager no-print", "aria-label": words.table.pages(options.caption) });
  const truncated = h("p", { class: "print-only note" }, words.table.truncated);

  const go = (name: string, label: string, act: () => void) =>
    h("button", { type: "button", class: "button icon-only", "aria-label": label, title: label, onclick: act }, icon(name, 16));
  const first = h("button", { type: "button", class: "button icon-only", "aria-label": words.table.first, title: words.table.first, onclick: () => (table.setPageIndex(0), draw()) }, "«");
  const previous = go("left", words.table.previous, () => (table.previousPage(), draw()));
  const next = go("right", words.table.next, () => (table.nextPage(), draw()));
  const last = h("button", { type: "button", class: "button icon-only", "aria-label": words.table.last, title: words.table.last, onclick: () => (table.setPageIndex(table.getPageCount() - 1), draw()) }, "»");
  const size = h(
    "select",
    { onchange: (event: Event) => (table.setPageSize(Number((event.target as HTMLSelectElement).value)), table.setPageIndex(0), draw()) },
    [10, 25, 50, 100, 250].map((n) => h("option", { value: n, selected: n === (options.pageSize ?? 25) }, format.number(n))),
  );
  pager.append(first, previous, place, next, last, h("label", { class: "pager-size" }, h("span", null, words.table.size), size));

  const headers = options.columns.map((column) => {
    const cell = h("th", { scope: "col", role: "columnheader", class: (column.numeric ? "numeric " : "") + (column.class ?? "") });
    if (column.sortable === false) cell.append(column.header);
    else
      cell.append(
        h("button", { type: "button", class: "sort", title: words.table.sortBy(column.header), onclick: () => (table.getColumn(column.id)?.toggleSorting(), table.setPageIndex(0), draw()) }, h("span", null, column.header), h("span", { class: "sort-mark", "aria-hidden": "true" })),
      );
    head.append(cell);
    return cell;
  });

  let filtered = false;
  function draw(): void {
    const sorting = table.store.state.sorting;
    headers.forEach((cell, i) => {
      const sorted = sorting.find((entry) => entry.id === options.columns[i].id);
      if (options.columns[i].sortable !== false) cell.setAttribute("aria-sort", sorted ? (sorted.desc ? "descending" : "ascending") : "none");
    });
    const rows = table.getRowModel().rows;
    fill(
      body,
      rows.map(({ original }) =>
        h(
          "tr",
          { role: "row", class: options.rowClass?.(original) || null },
          options.columns.map((column) =>
            h("td", { role: "cell", "data-label": column.header, class: ((column.numeric ? "numeric " : "") + (column.class ?? "")).trim() || null }, column.cell ? column.cell(original) : String(column.value(original))),
          ),
        ),
      ),
      rows.length === 0 && h("tr", { role: "row" }, h("td", { role: "cell", class: "empty", colspan: options.columns.length }, options.rows.length === 0 && !filtered ? words.table.nothing : words.table.empty)),
    );
    const pages = Math.max(1, table.getPageCount());
    const page = table.store.state.pagination.pageIndex;
    place.textContent = words.table.page(format.number(page + 1), format.number(pages));
    first.disabled = previous.disabled = page === 0;
    last.disabled = next.disabled = page >= pages - 1;
    pager.hidden = table.getPrePaginatedRowModel().rows.length <= Math.min(25, options.pageSize ?? 25);
    truncated.hidden = pages === 1;
  }
  draw();

  const element = h(
    "div",
    { class: "table-block" },
    h(
      "div",
      { class: "table-scroll", tabindex: 0, role: "region", "aria-label": words.table.scroll(options.caption) },
      h("table", { class: "data stack", role: "table" }, h("caption", { class: "sr-only" }, options.caption), h("thead", { role: "rowgroup" }, head), body),
    ),
    truncated,
    pager,
  );
  return {
    element,
    setRows(rows) {
      filtered = true;
      table.setOptions((old) => ({ ...old, data: rows }));
      table.setPageIndex(0);
      draw();
    },
    sortedRows: () => table.getPrePaginatedRowModel().rows.map((row) => row.original),
  };
}
