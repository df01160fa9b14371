/** Answers that the description of the API leaves free, as `bailiwick_app::desk` writes them. */
export interface Somebody {
  employee_id: string;
  employee: string;
}
export interface Step {
  version: number;
  step: string;
  state: string;
  note: string;
  role: string | null;
  given_to: string | null;
  at: string;
  actor: string;
}
export interface Matter {
  number: number;
  version: number;
  account: string | null;
  account_name: string | null;
  caller: string | null;
  contact: number | null;
  channel: string;
  task: string | null;
  direction: string;
  subject: string;
  text: string;
  role: string | null;
  product_line: string | null;
  stage: string | null;
  due: string | null;
  received_by: string | null;
  received_at: string;
  state: string;
  given_to: string | null;
  overdue: boolean;
  waits_for: Somebody | null;
  instead_of: Somebody | null;
  why: unknown;
  changed_at: string;
  steps?: Step[];
}
export interface MatterPage {
  communications: Matter[];
  next: string | number | null;
}
