/**
 * The data contract between the planner and this report. The planner replaces the placeholder inside
 * `<script type="application/json" id="data">` with one JSON object of type `Report`,
 * writing every `<` as `\u003c`: escaping only `</` is not enough, since `<!--` followed by `<script` in a name would swallow the end of the block.
 *
 * Conventions: an index points into another array of the report; `lat`/`lon` are degrees (WGS 84); a share is a fraction
 * (0.05 is 5 %); texts such as `rule`, `reason`, `what` are written by the planner in `Report.language`.
 */

export type Language = "en" | "bg";

export interface Report {
  title: string;
  company: string;
  /** ISO 4217 code, e.g. "EUR"; may be empty. */
  currency: string;
  language: Language;
  /** The day the plan is for, ISO 8601 (`2025-01-31`). */
  date: string;
  seed: number;
  /** How long planning took. */
  seconds: number;
  policyFile: string;
  /** Version of the planner. */
  version: string;
  counts: Counts;
  employees: Employee[];
  roles: Role[];
  pools: Pool[];
  segments: Segment[];
  accounts: Accounts;
  findings: Finding[];
  /** Plans between which there is to choose; absent where no front was asked for. */
  front?: Front | null;
  /** How many employees the roles need; empty where the policy does not say what to compute with. */
  sizing?: Sizing[];
}

export type Dimension = "balance" | "travel" | "moves";

export interface Front {
  /** What was weighed against each other, two or all three. */
  dimensions: Dimension[];
  /** `km`, or another unit, shown as it is. */
  costUnit: string;
  /** In the order of moves. */
  points: FrontPoint[];
}

export interface FrontPoint {
  /** The plan's folder. */
  plan: string;
  maxDeviation: number;
  cost: number;
  moves: number;
  /** What the moved accounts add up to, by measure. */
  moved: Record<string, number>;
  keepsPolicy: boolean;
  recommended: boolean;
}

export interface Sizing {
  segment: string;
  role: string;
  productLine: string | null;
  accounts: number;
  /** Hours a year. */
  hoursWanted: number;
  hoursAvailable: number;
  /** Full-time employees there are, and needed for the hours wanted. */
  present: number;
  needed: number;
  /** Hours wanted by hours available; null: there is nobody. */
  utilisation: number | null;
  profit: { elasticity: number; steps: SizingStep[]; best: SizingStep } | null;
}

/** A number of employees and what it brings a year, in the company's currency. */
export interface SizingStep {
  change: number;
  employees: number;
  sales: number;
  profit: number;
  marginal: number;
}

export interface Counts {
  accounts: number;
  employees: number;
  /** Assignments made: account × role (× product line). */
  assigned: number;
  /** Assignments the policy asks for that nobody could take. */
  unassigned: number;
  /** Assignments that go to another employee than today's. */
  moved: number;
  /** Assignments that stay with today's employee. */
  kept: number;
  /** Rows of the sources that could not be read. */
  rejected: number;
}

export interface Employee {
  id: string;
  name: string;
  position: string;
  department: string;
  lat: number | null;
  lon: number | null;
}

export interface Role {
  name: string;
  title: string;
  goal: string;
}

/** One coverage of the policy: the accounts of a segment and the employees who serve them in a role. */
export interface Pool {
  segment: string;
  role: string;
  productLine: string | null;
  /** `to`, `by`, `territories`, `fit`, `balance`, `same_as`, or any other word, shown as it is. */
  method: string;
  /** The rule of the policy in words or as written in the file. */
  rule: string;
  accounts: number;
  employees: number;
  objective: number;
  objectiveUnit: string;
  /** No plan whatsoever can have a smaller objective; null: no bound is known. */
  lowerBound: number | null;
  /** (objective − lower bound) / lower bound, a fraction; null: unknown. */
  gap: number | null;
  gapWords: string;
  /** Null: not asked for. */
  contiguous: boolean | null;
  moved: number;
  kept: number;
  measures: Measure[];
  territories: Territory[];
  infeasible: Infeasible[];
}

export interface Measure {
  name: string;
  /** Promised greatest deviation from the target, a fraction; null: none promised. */
  tolerance: number | null;
  /** Greatest deviation reached, a fraction. */
  maxDeviation: number;
  kept: boolean;
  loads: Load[];
}

export interface Load {
  /** Index into `Report.employees`. */
  employee: number;
  value: number;
  target: number | null;
  lower: number | null;
  upper: number | null;
}

/** Longitude, latitude. */
export type Position = [number, number];

export interface Territory {
  name: string;
  /** Index into `Report.employees`. */
  employee: number;
  centre: Position | null;
  /** Rings; a ring inside another is a hole. */
  outline: Position[][];
  accounts: number;
}

/** A promise of the policy that cannot be kept. */
export interface Infeasible {
  what: string;
  where: string;
  by: string;
  remedy: string;
}

export interface Segment {
  name: string;
  when: string;
  accounts: number;
}

/** Accounts in columns: entry `i` of each array is the same account. May be a sample; `total` is the true number. */
export interface Accounts {
  total: number;
  id: string[];
  name: string[];
  lat: (number | null)[];
  lon: (number | null)[];
  /** Index into `Report.segments`; out of range: in no segment. */
  segment: number[];
  columns: AssignmentColumn[];
}

/** One role (× product line): who is responsible for each account. */
export interface AssignmentColumn {
  role: string;
  productLine: string | null;
  /** Index into `Report.employees`; null: nobody. */
  employee: (number | null)[];
  /** Index into `Report.pools`; null: the policy has no coverage of this role for the account. */
  pool: (number | null)[];
  reason: string[];
  moved: (0 | 1)[];
}

export interface Finding {
  severity: "error" | "warning" | "info";
  title: string;
  text: string;
  remedy: string;
}

/** Reads the report embedded in the page; null when this is the bare template. */
export function readReport(): Report | null {
  const text = document.getElementById("data")?.textContent?.trim() ?? "";
  if (text === "" || text.startsWith("/*")) return null;
  return JSON.parse(text) as Report;
}

/** An account that should have a responsible employee in this column and has none. */
export function isUnassigned(column: AssignmentColumn, account: number): boolean {
  return column.employee[account] == null && (column.pool[account] != null || (column.reason[account] ?? "") !== "");
}

/** True when every promise made for this pool is kept. */
export function poolKept(pool: Pool): boolean {
  return pool.infeasible.length === 0 && pool.contiguous !== false && pool.measures.every((measure) => measure.kept);
}

/** The column of assignments that a pool belongs to, or -1. */
export function columnOfPool(report: Report, pool: Pool): number {
  return report.accounts.columns.findIndex((column) => column.role === pool.role && column.productLine === pool.productLine);
}
