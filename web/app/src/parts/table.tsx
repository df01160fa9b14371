/**
 * A table for any number of rows: an ordinary `<table>`, so that a reader of screens knows it as one, of which only the rows
 * in sight are drawn. What is filtered and how it is ordered stands in the address (`name.q`, `name.sort`, `name.f.column`);
 * which columns are shown, and views saved under a name, are kept for each user in this browser.
 */
import { memo, useCallback, useEffect, useMemo, useRef, useState, type ReactNode } from "react";
import { columnFilteringFeature, columnVisibilityFeature, createFilteredRowModel, createSortedRowModel, rowSortingFeature, tableFeatures, useTable, type ColumnDef } from "@tanstack/react-table";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useSearchParams } from "react-router";
import { useFormat, useWords } from "../i18n";
import { common } from "../i18n/common";
import { csv, download } from "../lib/download";
import { Button } from "./basics";
import { useSettled } from "./fields";
import { usePrinting } from "./printing";
import { ColumnMenu, ViewMenu } from "./table_menus";

export interface Column<Row> {
  id: string;
  header: string;
  /** What is sorted, searched and exported. */
  value(row: Row): string | number;
  /** What is shown; by default the value. */
  cell?(row: Row): ReactNode;
  numeric?: boolean;
  /** `choice` offers the values that occur. */
  filter?: "choice" | undefined;
  /** Words for values of a `choice`. */
  say?(value: string): string;
  /** Hidden until somebody chooses it. */
  hidden?: boolean;
  /** Of 1 for an ordinary column. */
  width?: number;
}

interface TableProps<Row> {
  /** Of the saved views and in the address; unique on its page. */
  name: string;
  caption: string;
  columns: Column<Row>[];
  rows: Row[];
  rowKey(row: Row): string;
  /** Most rows that are in sight at once, not pixels; fewer take less room. */
  height?: number;
  selected?: ReadonlySet<string>;
  onSelect?(keys: Set<string>): void;
  /** Beside the search. */
  tools?: ReactNode;
  /** What to say where there is no row at all. */
  empty?: ReactNode;
  /** Told whenever the rows that fit change, such as to draw them on a map. */
  onRows?(rows: Row[]): void;
  /** A row stands out. */
  current?: string | undefined;
}

const features = tableFeatures({ rowSortingFeature, columnFilteringFeature, columnVisibilityFeature, sortedRowModel: createSortedRowModel(), filteredRowModel: createFilteredRowModel() });
const ROW = 40;
/** More rows than this are a file, not a print. */
const PRINTED = 3000;

export function DataTable<Row extends object>(props: TableProps<Row>) {
  const { name, caption, columns, rows, rowKey, selected, onSelect, empty, onRows } = props;
  const words = useWords(common).table;
  const format = useFormat();
  const [params, setParams] = useSearchParams();
  const write = useCallback(
    (change: (next: URLSearchParams) => void) =>
      setParams(
        (now) => {
          const next = new URLSearchParams(now);
          change(next);
          return next;
        },
        { replace: true },
      ),
    [setParams],
  );

  const sort = params.get(`${name}.sort`) ?? "";
  const sorting = useMemo(() => (sort ? [{ id: sort.replace(/^-/, ""), desc: sort.startsWith("-") }] : []), [sort]);
  const text = params.get(`${name}.q`) ?? "";
  const [typed, setTyped] = useState(text);
  const settled = useSettled(typed);
  useEffect(() => {
    if (settled !== text) write((next) => (settled ? next.set(`${name}.q`, settled) : next.delete(`${name}.q`)));
    // Only what is typed is written; what comes by the address is read below.
    // eslint-disable-next-line
  }, [settled]);
  useEffect(() => setTyped(text), [text]);

  const filterText = columns.map((column) => params.get(`${name}.f.${column.id}`) ?? "").join("\u0000");
  const columnFilters = useMemo(() => {
    const values = filterText.split("\u0000");
    return columns.map((column, at) => ({ id: column.id, value: values[at] ?? "" })).filter((filter) => filter.value !== "");
  }, [columns, filterText]);
  const choices = useMemo(
    () =>
      columns
        .filter((column) => column.filter === "choice")
        .map((column) => {
          const values = new Set<string>();
          for (const row of rows) values.add(String(column.value(row)));
          values.delete("");
          return { column, values: [...values].sort(format.compare) };
        }),
    [columns, rows, format],
  );

  const [hiddenText, setHiddenText] = useState(() => localStorage.getItem(`bailiwick.columns.${name}`));
  const columnVisibility = useMemo(() => {
    const hidden = hiddenText === null ? columns.filter((column) => column.hidden).map((column) => column.id) : hiddenText.split(",");
    return Object.fromEntries(columns.map((column) => [column.id, !hidden.includes(column.id)]));
  }, [columns, hiddenText]);
  const showColumns = (hidden: string[]) => {
    localStorage.setItem(`bailiwick.columns.${name}`, hidden.join(","));
    setHiddenText(hidden.join(","));
  };

  const found = useMemo(() => {
    const wanted = text.toLowerCase();
    if (!wanted) return rows;
    return rows.filter((row) => columns.some((column) => String(column.value(row)).toLowerCase().includes(wanted)));
  }, [rows, columns, text]);
  const definitions = useMemo(
    () =>
      columns.map(
        (column): ColumnDef<typeof features, Row> => ({
          id: column.id,
          accessorFn: (row: Row) => column.value(row),
          sortDescFirst: false,
          filterFn: (row, id, value) => String(row.getValue(id)) === value,
          sortFn: (a, b) => {
            const [x, y] = [column.value(a.original), column.value(b.original)];
            return typeof x === "number" && typeof y === "number" ? x - y : format.compare(String(x), String(y));
          },
        }),
      ),
    [columns, format],
  );
  const table = useTable({ features, columns: definitions, data: found, state: { sorting, columnFilters, columnVisibility }, enableSortingRemoval: true });
  const shown = table.getRowModel().rows;
  const shownRows = useMemo(() => shown.map((row) => row.original), [shown]);
  useEffect(() => onRows?.(shownRows), [shownRows, onRows]);
  const visible = useMemo(() => columns.filter((column) => columnVisibility[column.id]), [columns, columnVisibility]);

  const toggleSort = useCallback(
    (id: string) => write((next) => (sort === id ? next.set(`${name}.sort`, `-${id}`) : sort === `-${id}` ? next.delete(`${name}.sort`) : next.set(`${name}.sort`, id))),
    [write, name, sort],
  );
  const filtered = text !== "" || columnFilters.length > 0;
  const clear = () => {
    setTyped("");
    write((next) => [...next.keys()].filter((key) => key === `${name}.q` || key.startsWith(`${name}.f.`)).forEach((key) => next.delete(key)));
  };
  const exported = () =>
    download(`${name}.csv`, csv([visible.map((column) => column.header), ...shownRows.map((row) => visible.map((column) => column.value(row)))]));
  // The same function all along, so that a row is drawn anew only when it changes.
  const choosing = useRef({ selected, onSelect });
  choosing.current = { selected, onSelect };
  const choose = useCallback((keys: string[], on: boolean) => {
    const next = new Set(choosing.current.selected);
    for (const key of keys) on ? next.add(key) : next.delete(key);
    choosing.current.onSelect?.(next);
  }, []);

  if (rows.length === 0 && empty) return <>{empty}</>;
  return (
    <div className="table-block">
      <div className="table-tools no-print">
        <input className="input table-search" type="search" value={typed} onChange={(event) => setTyped(event.target.value)} aria-label={`${words.search}: ${caption}`} placeholder={words.search} />
        {choices.map(({ column, values }) => (
          <FilterChoice key={column.id} label={words.filter(column.header)} value={params.get(`${name}.f.${column.id}`) ?? ""} onChange={(value) => write((next) => (value ? next.set(`${name}.f.${column.id}`, value) : next.delete(`${name}.f.${column.id}`)))}>
            <option value="">
              {column.header}: {words.all}
            </option>
            {values.map((value) => (
              <option key={value} value={value}>
                {column.say?.(value) ?? value}
              </option>
            ))}
          </FilterChoice>
        ))}
        {filtered && (
          <Button look="quiet" icon="close" onPress={clear}>
            {words.clear}
          </Button>
        )}
        <span className="spread" />
        {props.tools}
        <ViewMenu name={name} params={params} write={write} hidden={hiddenText} showColumns={showColumns} />
        <ColumnMenu columns={columns} visible={columnVisibility} showColumns={showColumns} />
        <Button look="quiet" icon="download" onPress={exported} aria-label={words.csvHint}>
          {words.csv}
        </Button>
      </div>
      <p className="table-count soft" role="status">
        {words.rows(format.number(shownRows.length), format.number(rows.length))}
        {selected && selected.size > 0 && ` · ${words.selected(format.number(selected.size))}`}
      </p>
      <Rows caption={caption} columns={visible} rows={shownRows} rowKey={rowKey} height={props.height ?? 14} selected={selected} choose={onSelect ? choose : undefined} current={props.current} sort={sort} toggleSort={toggleSort} />
    </div>
  );
}

/** Shows what was chosen before the address says so: whoever presses arrows quickly goes on from there. */
function FilterChoice({ label, value, onChange, children }: { label: string; value: string; onChange(value: string): void; children: ReactNode }) {
  const [chosen, setChosen] = useState(value);
  useEffect(() => setChosen(value), [value]);
  return (
    <select className="input" aria-label={label} value={chosen} onChange={(event) => (setChosen(event.target.value), onChange(event.target.value))}>
      {children}
    </select>
  );
}

interface RowsProps<Row> {
  caption: string;
  columns: Column<Row>[];
  rows: Row[];
  rowKey(row: Row): string;
  height: number;
  selected: ReadonlySet<string> | undefined;
  choose: ((keys: string[], on: boolean) => void) | undefined;
  current: string | undefined;
  sort: string;
  toggleSort(id: string): void;
}

/** The rows in sight, apart from the tools above them: what is there to choose from is not drawn anew while somebody scrolls. */
function Rows<Row extends object>({ caption, columns, rows, rowKey, height, selected, choose, current, sort, toggleSort }: RowsProps<Row>) {
  const words = useWords(common).table;
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({ count: rows.length, getScrollElement: () => scroller.current, estimateSize: () => ROW, overscan: 12 });
  const printing = usePrinting();
  const items = printing ? rows.slice(0, PRINTED).map((_, index) => ({ index, start: 0, end: virtual.getTotalSize() })) : virtual.getVirtualItems();
  const before = items.length ? items[0]!.start : 0;
  const after = items.length ? virtual.getTotalSize() - items[items.length - 1]!.end : 0;
  const allSelected = useMemo(() => selected !== undefined && rows.length > 0 && rows.every((row) => selected.has(rowKey(row))), [rows, rowKey, selected]);
  return (
    <div className="table-scroll" ref={scroller} tabIndex={0} role="region" aria-label={words.scroll(caption)} style={{ maxHeight: `${height * ROW + 44}px` }}>
      <table className="data" aria-rowcount={rows.length + 1}>
        <caption className="sr-only">{caption}</caption>
        <colgroup>
          {choose && <col className="col-select" />}
          {columns.map((column) => (
            <col key={column.id} style={{ width: `${(column.width ?? 1) * 9}rem` }} />
          ))}
        </colgroup>
        <thead>
          <tr aria-rowindex={1}>
            {choose && (
              <th scope="col">
                <input type="checkbox" checked={allSelected} aria-label={words.selectAll} onChange={(event) => choose(rows.map(rowKey), event.target.checked)} />
              </th>
            )}
            {columns.map((column) => {
              const order = sort === column.id ? "ascending" : sort === `-${column.id}` ? "descending" : "none";
              return (
                <th key={column.id} scope="col" aria-sort={order} className={column.numeric ? "numeric" : undefined}>
                  <button type="button" className="sort" title={words.sortBy(column.header)} onClick={() => toggleSort(column.id)}>
                    <span>{column.header}</span>
                    <span className="sort-mark" aria-hidden="true" />
                  </button>
                </th>
              );
            })}
          </tr>
        </thead>
        <tbody>
          {before > 0 && <tr className="filler" aria-hidden="true" style={{ height: `${before}px` }} />}
          {items.map((item) => {
            const row = rows[item.index];
            if (!row) return null;
            const key = rowKey(row);
            return <OneRow key={key} row={row} id={key} index={item.index} columns={columns} isSelected={selected?.has(key) ?? false} isCurrent={current === key} choose={choose} select={words.select} />;
          })}
          {after > 0 && <tr className="filler" aria-hidden="true" style={{ height: `${after}px` }} />}
          {rows.length === 0 && (
            <tr>
              <td className="table-empty" colSpan={columns.length + (choose ? 1 : 0)}>
                {words.empty}
              </td>
            </tr>
          )}
        </tbody>
      </table>
    </div>
  );
}
interface RowProps<Row> {
  row: Row;
  id: string;
  index: number;
  columns: Column<Row>[];
  isSelected: boolean;
  isCurrent: boolean;
  choose: ((keys: string[], on: boolean) => void) | undefined;
  select(row: string): string;
}

function RowOf<Row>({ row, id, index, columns, isSelected, isCurrent, choose, select }: RowProps<Row>) {
  return (
    <tr aria-rowindex={index + 2} className={isSelected || isCurrent ? "is-selected" : undefined}>
      {choose && (
        <td>
          <input type="checkbox" checked={isSelected} aria-label={select(String(columns[0] ? columns[0].value(row) : id))} onChange={(event) => choose([id], event.target.checked)} />
        </td>
      )}
      {columns.map((column) => (
        <td key={column.id} className={column.numeric ? "numeric" : undefined}>
          {column.cell ? column.cell(row) : (column.say?.(String(column.value(row))) ?? column.value(row))}
        </td>
      ))}
    </tr>
  );
}
const OneRow = memo(RowOf) as typeof RowOf;
