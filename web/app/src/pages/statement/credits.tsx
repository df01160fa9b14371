/** Credits of a statement: each names its order line, its rule and the assignment, and can be disputed. */
import { useMemo } from "react";
import type { Credit, Statement } from "../../api/schema";
import { useFormat, useWords } from "../../i18n";
import { useAccountRows, useRoleTitle } from "../../lib/queries";
import { daysOf } from "../../lib/periods";
import { address, useParam } from "../../lib/url";
import { Button, Link } from "../../parts/basics";
import { DataTable, type Column } from "../../parts/table";
import { creditWords, words as lineWords } from "../contribution/words";
import { words } from "../pay/words";

export function Credits({ name, caption, credits, statement, onDispute }: { name: string; caption: string; credits: Credit[]; statement: Statement; onDispute: ((of: { order: string; line: string }) => void) | undefined }) {
  const say = useWords(words);
  const lines = useWords(lineWords);
  const credit = useWords(creditWords);
  const format = useFormat();
  const role = useRoleTitle();
  const [order] = useParam("order");
  // What customers are called, of those that the employee answers for today.
  const known = useAccountRows("", statement.employee);
  const columns = useMemo<Column<Credit>[]>(() => {
    const names = new Map(known.data?.rows.map((row) => [row.account_id, row.name]));
    const called = (one: Credit) => names.get(one.account) ?? one.account;
    const why = (one: Credit) => `${credit.why[one.why as "holder"] ?? one.why}${one.overlay ? `, ${credit.overlay}` : ""}${one.reason ? `: ${one.reason}` : ""}`;
    return [
      { id: "order", header: lines.order, value: (one) => `${one.order} / ${one.line}`, cell: (one) => <Link href={address("/contribution/credits", { order: one.order, ...daysOf(statement.period) })}>{`${one.order} / ${one.line}`}</Link>, width: 1.1 },
      { id: "date", header: lines.date, value: (one) => one.date, cell: (one) => format.day(one.date), width: 1.1 },
      { id: "customer", header: lines.customer, value: called, cell: (one) => <Link href={`/accounts/${encodeURIComponent(one.account)}`}>{called(one)}</Link>, width: 1.6 },
      { id: "rule", header: lines.rule, value: (one) => one.rule, filter: "choice", width: 1.3 },
      { id: "line", header: lines.ofLine, value: (one) => Number(one.line_amount), cell: (one) => format.cents(one.line_amount), numeric: true, width: 0.9 },
      { id: "share", header: lines.share, value: (one) => Number(one.share), cell: (one) => format.percent(Number(one.share), 2), numeric: true, width: 0.75 },
      { id: "amount", header: lines.credit, value: (one) => Number(one.amount), cell: (one) => format.cents(one.amount), numeric: true, width: 0.9 },
      ...(onDispute ? [{ id: "dispute", header: say.dispute, value: () => "", cell: (one: Credit) => <Button look="quiet" aria-label={say.disputeThis(`${one.order} / ${one.line}`)} onPress={() => onDispute({ order: one.order, line: one.line })}>{say.disputeShort}</Button>, width: 0.9 }] : []),
      { id: "why", header: lines.why, value: why, cell: (one) => <span title={one.assignment ?? ""}>{why(one)}</span>, width: 1.5 },
      { id: "role", header: lines.role, value: (one) => role(one.role ?? ""), filter: "choice", width: 1.2 },
      { id: "kind", header: lines.kind, value: (one) => one.kind, say: (kind) => credit.kind[kind as "order"] ?? kind, cell: (one) => <>{credit.kind[one.kind as "order"] ?? one.kind}{one.reference && <span className="soft"> ({one.reference})</span>}</>, filter: "choice", width: 0.9 },
      { id: "assignment", header: lines.assignment, value: (one) => one.assignment ?? "", width: 2, hidden: true },
    ];
  }, [known.data, statement.period, onDispute, role, say, lines, credit, format]);
  return <DataTable name={name} caption={caption} columns={columns} rows={credits} rowKey={(one) => String(credits.indexOf(one))} current={order ? String(credits.findIndex((one) => one.order === order)) : undefined} />;
}
