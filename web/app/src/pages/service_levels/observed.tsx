/** What the desk recorded, against what is promised. */
import { Suspense, lazy, useMemo } from "react";
import { useQuery } from "@tanstack/react-query";
import { api, ask } from "../../api/client";
import type { Kept } from "../../api/schema";
import { useSession } from "../../api/session";
import { useFormat, useWords } from "../../i18n";
import { common } from "../../i18n/common";
import { useRoleTitle } from "../../lib/queries";
import { useParam } from "../../lib/url";
import { Badge, Link, Loading, Ready, Section } from "../../parts/basics";
import { DayField } from "../../parts/fields";
import { Segment } from "../../parts/segment";
import { DataTable, type Column } from "../../parts/table";
import { Teach } from "../../parts/teach";
import { words } from "./words";

const ObservedChart = lazy(() => import("./charts").then((all) => ({ default: all.ObservedChart })));

export function Observed() {
  const say = useWords(words);
  const format = useFormat();
  const session = useSession();
  const [from, setFrom] = useParam("from");
  const [to, setTo] = useParam("to");
  const found = useQuery({ queryKey: ["observed", from, to], placeholderData: (before) => before, queryFn: () => ask(api.GET("/api/v1/service-levels/observed", { params: { query: { ...(from && { from }), ...(to && { to }) } } })) });
  return (
    <Ready of={found}>
      {(data) => (
        <>
          <div className="controls no-print">
            <DayField label={say.from} value={from || data.from} onChange={setFrom} />
            <DayField label={say.to} value={to || data.to} onChange={setTo} />
          </div>
          <p className="soft">
            {say.observedLead(data.business_hours)} {from && from < data.from && `${say.recordedSince(format.day(data.from))} `}
            {!session.may("read-communications", "all") && say.ownOnly}
          </p>
          {data.segments.length === 0 ? (
            <Teach icon="inbox" {...say.observedLesson} />
          ) : (
            <>
              <Section title={say.bySegment} id="segments">
                <Suspense fallback={<Loading />}>
                  <ObservedChart kept={data.segments} />
                </Suspense>
                <Rows name="segments" caption={say.bySegment} rows={data.segments} />
              </Section>
              <Section title={say.byPerson} id="employees">
                <Rows name="employees" caption={say.byPerson} rows={data.employees} people />
              </Section>
            </>
          )}
        </>
      )}
    </Ready>
  );
}

function Rows({ name, caption, rows, people }: { name: string; caption: string; rows: Kept[]; people?: boolean }) {
  const say = useWords(words);
  const format = useFormat();
  const role = useRoleTitle();
  const { notKnown } = useWords(common);
  const columns = useMemo<Column<Kept>[]>(() => {
    const hours = (value: number | null | undefined) => (value == null ? "—" : format.number(value, 1));
    const share = (value: number | null | undefined) => (value == null ? "—" : format.percent(value));
    const verdict = (one: Kept) => (one.kept == null ? say.unknown : one.kept ? say.yes : say.no);
    return [
      ...(people ? [{ id: "person", header: say.person, value: (one: Kept) => one.employee ?? say.nobody, cell: (one: Kept) => (one.employee_id ? <Link href={`/team/${encodeURIComponent(one.employee_id)}`}>{one.employee ?? one.employee_id}</Link> : say.nobody), width: 1.5 }] : []),
      { id: "segment", header: say.segment, value: (one) => one.segment, cell: (one) => <Segment name={one.segment} />, filter: "choice", width: 1.5 },
      // Of some matters nobody said which role they concern.
      { id: "role", header: say.role, value: (one) => (one.role === "" ? notKnown : role(one.role)), filter: "choice", width: 1.4 },
      { id: "response", header: say.response, value: (one) => one.responses.promised_hours ?? 9999, cell: (one) => hours(one.responses.promised_hours), numeric: true },
      { id: "received", header: say.received, value: (one) => one.responses.received, cell: (one) => <Link href="/inbox?whose=all">{format.number(one.responses.received)}</Link>, numeric: true },
      { id: "waiting", header: say.waiting, value: (one) => one.responses.waiting, numeric: true, width: 0.8 },
      { id: "median", header: say.median, value: (one) => one.responses.median_hours ?? 9999, cell: (one) => hours(one.responses.median_hours), numeric: true },
      { id: "p90", header: say.p90, value: (one) => one.responses.p90_hours ?? 9999, cell: (one) => hours(one.responses.p90_hours), numeric: true, width: 1.2 },
      { id: "in-time", header: say.inTime, value: (one) => one.responses.in_time ?? -1, cell: (one) => share(one.responses.in_time), numeric: true, width: 1.1 },
      { id: "contacts", header: say.contactsMade, value: (one) => one.contacts.contacts, cell: (one) => format.number(one.contacts.contacts), numeric: true },
      { id: "contacted", header: say.contactsInTime, value: (one) => one.contacts.in_time ?? -1, cell: (one) => share(one.contacts.in_time), numeric: true, width: 1.2 },
      { id: "needs", header: say.needs, value: (one) => one.share_promised, cell: (one) => share(one.share_promised), numeric: true },
      { id: "verdict", header: say.verdict, value: verdict, cell: (one) => <Badge tone={one.kept == null ? "plain" : one.kept ? "good" : "bad"}>{verdict(one)}</Badge>, filter: "choice", width: 1.2 },
    ];
  }, [people, role, notKnown, say, format]);
  return <DataTable name={name} caption={caption} columns={columns} rows={rows} rowKey={(one) => `${one.segment} ${one.role} ${one.employee_id ?? ""}`} />;
}
