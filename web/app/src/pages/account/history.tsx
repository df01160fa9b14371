/** Who held the customer through time, also as it was known then; and everything else that happened. */
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { api, ask } from "../../api/client";
import { useFormat, useWords } from "../../i18n";
import { common } from "../../i18n/common";
import { useEmployees, useRoleTitle } from "../../lib/queries";
import { useParam } from "../../lib/url";
import { Badge, Button, Ready, Section } from "../../parts/basics";
import { DayField } from "../../parts/fields";
import { DataTable, type Column } from "../../parts/table";
import type { Assignment } from "../../api/schema";
import { words } from "./words";
import { useMemo } from "react";

export function History({ id }: { id: string }) {
  const say = useWords(words);
  const shared = useWords(common);
  const format = useFormat();
  const [known, setKnown] = useParam("known");
  const employees = useEmployees();
  const title = useRoleTitle();
  const held = useQuery({
    queryKey: ["account", id, "assignments", known],
    queryFn: () => ask(api.GET("/api/v1/accounts/{id}/assignments", { params: { path: { id }, query: known ? { as_known_at: `${known}T23:59:59Z` } : {} } })),
  });
  const happened = useInfiniteQuery({
    queryKey: ["account", id, "history"],
    initialPageParam: "",
    queryFn: ({ pageParam }) => ask(api.GET("/api/v1/accounts/{id}/history", { params: { path: { id }, query: { limit: 50, ...(pageParam && { after: pageParam }) } } })),
    getNextPageParam: (page) => page.next ?? undefined,
  });
  const name = (of: string | null | undefined) => (of ? (employees.data?.find((one) => one.employee_id === of)?.name ?? of) : "");
  const columns = useMemo<Column<Assignment>[]>(
    () => [
      { id: "role", header: say.role, value: (row) => title(row.role), filter: "choice", width: 1.9 },
      { id: "line", header: say.line, value: (row) => row.product_line ?? "", width: 1.3 },
      { id: "employee", header: say.employee, value: (row) => name(row.employee_id), width: 1.4 },
      { id: "from", header: say.from, value: (row) => row.from, cell: (row) => format.day(row.from) },
      { id: "to", header: say.to, value: (row) => row.to ?? "9999", cell: (row) => (row.to ? format.day(row.to) : say.current), width: 1.6 },
      { id: "reason", header: say.why, value: (row) => row.reason, width: 3 },
      { id: "recorded", header: say.recorded, value: (row) => row.recorded_at, cell: (row) => format.moment(row.recorded_at), width: 1.5 },
      { id: "superseded", header: say.superseded, value: (row) => row.superseded_at ?? "", cell: (row) => format.moment(row.superseded_at), hidden: true },
    ],
    // eslint-disable-next-line
    [say, format, title, employees.data],
  );
  return (
    <>
      <Section title={say.history}>
        <div className="form-row day-row no-print">
          <DayField label={say.asKnown} value={known} onChange={setKnown} hint={say.asKnownHint} />
        </div>
        <Ready of={held}>{(data) => <DataTable name="held" caption={say.history} columns={columns} rows={data.assignments} rowKey={(row) => `${row.role} ${row.product_line ?? ""} ${row.from} ${row.recorded_at} ${row.employee_id}`} />}</Ready>
      </Section>
      <Section title={say.timeline}>
        <ol className="timeline">
          {happened.data?.pages.flatMap((page) =>
            page.history.map((one) => (
              <li key={`${one.kind} ${one.number} ${one.at} ${one.role ?? ""} ${one.product_line ?? ""}`}>
                <span className="soft">{format.moment(one.at)}</span> <Badge>{(say.kinds as Record<string, string>)[one.kind] ?? one.kind}</Badge> {[one.role && title(one.role), name(one.employee_id), one.text].filter(Boolean).join(" · ")} <span className="soft">{one.actor}</span>
              </li>
            )),
          )}
        </ol>
        {happened.hasNextPage && <Button onPress={() => void happened.fetchNextPage()}>{shared.more}</Button>}
      </Section>
    </>
  );
}
