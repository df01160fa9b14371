/** Matters as rows; each leads to its page. */
import { useMemo } from "react";
import type { Matter } from "../../api/answers";
import { useFormat, useWords } from "../../i18n";
import { Badge, Link } from "../../parts/basics";
import { DataTable, type Column } from "../../parts/table";
import { words } from "./words";

export function MatterTable({ rows, name }: { rows: Matter[]; name: string }) {
  const say = useWords(words);
  const format = useFormat();
  const columns = useMemo<Column<Matter>[]>(
    () => [
      { id: "number", header: say.number, value: (row) => row.number, numeric: true, width: 0.6 },
      { id: "subject", header: say.subject, value: (row) => row.subject, cell: (row) => <Link href={`/inbox/${row.number}`}>{row.subject}</Link>, width: 2.4 },
      { id: "account", header: say.account, value: (row) => row.account_name ?? row.caller ?? say.unknown, cell: (row) => (row.account ? <Link href={`/accounts/${encodeURIComponent(row.account)}`}>{row.account_name ?? row.account}</Link> : (row.caller ?? say.unknown)), width: 2 },
      { id: "channel", header: say.channel, value: (row) => row.channel, say: (value) => (say.channels as Record<string, string>)[value] ?? value, filter: "choice" },
      { id: "came", header: say.came, value: (row) => row.received_at, cell: (row) => format.moment(row.received_at), width: 1.4 },
      { id: "due", header: say.due, value: (row) => row.due ?? "9999", cell: (row) => row.due && <>{format.day(row.due)} {row.overdue && <Badge tone="bad">{say.overdue}</Badge>}</>, width: 1.5 },
      { id: "state", header: say.state, value: (row) => row.state, say: (value) => (say.states as Record<string, string>)[value] ?? value, filter: "choice" },
      { id: "waits", header: say.waits, value: (row) => row.waits_for?.employee ?? "—", width: 1.4 },
    ],
    [say, format],
  );
  return <DataTable name={name} caption={say.title} columns={columns} rows={rows} rowKey={(row) => String(row.number)} />;
}
