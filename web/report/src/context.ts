/** What every section needs: the report, the language, and the choices that sections share (pool, chosen employees). */
import type { Report } from "./data";
import type { Words } from "./i18n/en";
import type { Format } from "./i18n";

export interface Choice {
  /** Charts start at zero, or show the distance from the target. */
  scale: "zero" | "target";
  /** The map singles out accounts that change hands. */
  movedOnly: boolean;
  /** Index of the pool on show; -1 when the report has none. */
  pool: number;
  /** Employees picked in the legend; empty: all. */
  employees: Set<number>;
}

export type Change = "pool" | "employees" | "scale";

export interface Context {
  report: Report;
  words: Words;
  format: Format;
  choice: Choice;
  /** Calls the listener after each change of a choice. */
  listen(listener: (change: Change) => void): void;
  choosePool(pool: number): void;
  toggleEmployee(employee: number): void;
  chooseEmployees(employees: Iterable<number>): void;
  chooseScale(scale: Choice["scale"]): void;
  chooseMovedOnly(on: boolean): void;
  /** Opens the card of one account. */
  openAccount(account: number): void;
  /** Shows one account on the map in the pool given, and moves the focus there. */
  showOnMap(account: number, pool: number): void;
  /** Filters the accounts table and scrolls to it. */
  listAccounts(filter: AccountFilter): void;
  /** The language the planner wrote its texts in, when it differs from the language of the page. */
  foreign: string | null;
  /** Says something to a screen reader. */
  announce(text: string): void;
}

export interface AccountFilter {
  column?: number;
  employees?: number[];
  segment?: number | null;
  status?: "all" | "moved" | "unassigned";
  text?: string;
}
