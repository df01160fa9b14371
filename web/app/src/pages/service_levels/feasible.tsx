/** Whether there are hours for what is promised, what gives way first, and what would mend it. */
import { Suspense, lazy, useMemo } from "react";
import type { Below, Mend, PersonState, PromiseState, Qualified, ServiceLevels } from "../../api/schema";
import { useFormat, useWords } from "../../i18n";
import { useRoleTitle } from "../../lib/queries";
import { Badge, Figure, Link, Loading, Section } from "../../parts/basics";
import { Segment, segmentPath } from "../../parts/segment";
import { DataTable, type Column } from "../../parts/table";
import { words } from "./words";

const PromisesChart = lazy(() => import("./charts").then((all) => ({ default: all.PromisesChart })));
const PeopleChart = lazy(() => import("./charts").then((all) => ({ default: all.PeopleChart })));

export function Feasible({ service }: { service: ServiceLevels }) {
  const say = useWords(words);
  const format = useFormat();
  const role = useRoleTitle();
  const breaks = service.breaks_first;
  return (
    <>
      <div className="figures">
        <Figure value={format.number(service.hours_promised)} label={say.promisedHours} href="#promises" />
        <Figure value={format.number(service.hours_available)} label={say.availableHours} href="#people" />
        <Figure value={format.number(service.hours_short)} label={say.shortHours} tone={service.hours_short > 0 ? "bad" : "good"} href="#mends" />
        {service.headroom != null && <Figure value={format.percent(service.headroom, 0)} label={say.headroom} tone="good" />}
      </div>
      {breaks ? (
        <div className="note warn stack">
          <p>
            <strong>{say.breaks}:</strong> <Link href={segmentPath(breaks.segment)}>{say.breaksText(breaks.segment, role(breaks.role), format.number(breaks.accounts_short), format.number(breaks.hours_short, 1))}</Link>
          </p>
          <p>{`${say.whose}: ${breaks.employees.map((id) => service.people.find((one) => one.employee_id === id)?.employee ?? id).join(", ")}`}</p>
        </div>
      ) : (
        <p className="note">{say.holds}</p>
      )}
      <Promises promises={service.promises} />
      <People people={service.people} />
      <Section title={say.mends} id="mends">
        {service.mends.length === 0 ? <p className="soft">{say.noMends}</p> : <Mends mends={service.mends} />}
      </Section>
      {service.qualified.length > 0 && <Qualification qualified={service.qualified} below={service.below} />}
    </>
  );
}

function Promises({ promises }: { promises: PromiseState[] }) {
  const say = useWords(words);
  const format = useFormat();
  const role = useRoleTitle();
  const columns = useMemo<Column<PromiseState>[]>(
    () => [
      { id: "segment", header: say.segment, value: (one) => one.segment, cell: (one) => <Segment name={one.segment} />, filter: "choice", width: 1.5 },
      { id: "role", header: say.role, value: (one) => role(one.role), filter: "choice", width: 1.4 },
      { id: "product", header: say.product, value: (one) => one.product_line ?? "", hidden: promises.every((one) => one.product_line == null) },
      { id: "accounts", header: say.accounts, value: (one) => one.accounts, cell: (one) => format.number(one.accounts), numeric: true },
      { id: "response", header: say.response, value: (one) => one.response_hours ?? 9999, cell: (one) => (one.response_hours == null ? "—" : format.number(one.response_hours, 1)), numeric: true },
      { id: "contacts", header: say.contacts, value: (one) => one.contacts_per_year, cell: (one) => format.number(one.contacts_per_year, 1), numeric: true },
      { id: "each", header: say.each, value: (one) => one.hours_each, cell: (one) => format.number(one.hours_each, 1), numeric: true },
      { id: "promised", header: say.promised, value: (one) => one.hours_promised, cell: (one) => format.number(one.hours_promised), numeric: true },
      { id: "short", header: say.short, value: (one) => one.hours_short, cell: (one) => format.number(one.hours_short, 1), numeric: true },
      { id: "ashort", header: say.accountsShort, value: (one) => one.accounts_short, cell: (one) => <span title={one.samples.join(", ")}>{format.number(one.accounts_short)}</span>, numeric: true },
      { id: "state", header: say.state, value: (one) => (one.hours_short > 0 ? say.breaksWord : say.fits), cell: (one) => <Badge tone={one.hours_short > 0 ? "bad" : "good"}>{one.hours_short > 0 ? say.breaksWord : say.fits}</Badge>, filter: "choice", width: 1.1 },
    ],
    [promises, role, say, format],
  );
  return (
    <Section title={say.promises} id="promises">
      <Suspense fallback={<Loading />}>
        <PromisesChart promises={promises} />
      </Suspense>
      <DataTable name="promises" caption={say.promises} columns={columns} rows={promises} rowKey={(one) => `${one.segment} ${one.role} ${one.product_line ?? ""}`} />
    </Section>
  );
}

function People({ people }: { people: PersonState[] }) {
  const say = useWords(words);
  const format = useFormat();
  const role = useRoleTitle();
  const columns = useMemo<Column<PersonState>[]>(
    () => [
      { id: "person", header: say.person, value: (one) => one.employee, cell: (one) => <Link href={`/team/${encodeURIComponent(one.employee_id)}`}>{one.employee}</Link>, width: 1.6 },
      { id: "roles", header: say.role, value: (one) => one.roles.map((name) => role(name)).join(", "), width: 1.8 },
      { id: "accounts", header: say.accounts, value: (one) => one.accounts, cell: (one) => format.number(one.accounts), numeric: true },
      { id: "promised", header: say.promised, value: (one) => one.hours_promised, cell: (one) => format.number(one.hours_promised), numeric: true },
      { id: "available", header: say.available, value: (one) => one.hours_available, cell: (one) => format.number(one.hours_available), numeric: true },
      { id: "short", header: say.short, value: (one) => one.hours_short, cell: (one) => format.number(one.hours_short, 1), numeric: true },
      { id: "use", header: say.utilisation, value: (one) => one.utilisation ?? 0, cell: (one) => (one.utilisation == null ? "—" : format.percent(one.utilisation)), numeric: true },
    ],
    [role, say, format],
  );
  return (
    <Section title={say.people} id="people">
      <Suspense fallback={<Loading />}>
        <PeopleChart people={people} />
      </Suspense>
      <DataTable name="people" caption={say.people} columns={columns} rows={people} rowKey={(one) => one.employee_id} height={10} />
    </Section>
  );
}

function Mends({ mends }: { mends: Mend[] }) {
  const say = useWords(words);
  const format = useFormat();
  const role = useRoleTitle();
  return (
    <>
      <p className="soft">{say.mendsLead}</p>
      {mends.map((mend) => (
        <div key={`${mend.segment} ${mend.role} ${mend.product_line ?? ""}`} className="stack">
          <h3>{[mend.segment, role(mend.role), mend.product_line].filter(Boolean).join(" · ")}</h3>
          <ol className="timeline">
            {mend.remedies.map((remedy, at) => (
              <li key={at}>
                <Badge tone={at === 0 ? "good" : "plain"}>{say.means[(remedy as { means: string }).means as "move"]}</Badge> {remedy.words} <span className="soft">{`${say.cost}: ${remedy.cost == null ? say.noCost : format.number(remedy.cost)}`}</span>
              </li>
            ))}
          </ol>
        </div>
      ))}
    </>
  );
}

function Qualification({ qualified, below }: { qualified: Qualified[]; below: Below[] }) {
  const say = useWords(words);
  const format = useFormat();
  const role = useRoleTitle();
  const columns = useMemo<Column<Qualified>[]>(() => {
    const of = (part: number, whole: number) => (whole === 0 ? "—" : `${format.number(part)} · ${format.percent(part / whole)}`);
    return [
      { id: "segment", header: say.segment, value: (one) => one.segment, cell: (one) => <Segment name={one.segment} />, width: 1.4 },
      { id: "role", header: say.role, value: (one) => role(one.role), width: 1.4 },
      { id: "asks", header: say.asks, value: (one) => one.qualification.join(", "), width: 1.8 },
      { id: "people", header: say.haveIt, value: (one) => one.people, numeric: true },
      { id: "accounts", header: say.accounts, value: (one) => one.accounts, cell: (one) => format.number(one.accounts), numeric: true },
      { id: "qualified", header: say.qualifiedCount, value: (one) => one.qualified, cell: (one) => of(one.qualified, one.accounts), numeric: true, width: 1.3 },
      { id: "best", header: say.best, value: (one) => one.by_the_best, cell: (one) => of(one.by_the_best, one.accounts), numeric: true, width: 1.3 },
    ];
  }, [role, say, format]);
  const under = useMemo<Column<Below>[]>(
    () => [
      { id: "customer", header: say.customer, value: (one) => one.account, cell: (one) => <Link href={`/accounts/${encodeURIComponent(one.account_id)}`}>{one.account}</Link>, width: 1.8 },
      { id: "segment", header: say.segment, value: (one) => one.segment, filter: "choice", width: 1.3 },
      { id: "role", header: say.role, value: (one) => role(one.role), filter: "choice", width: 1.3 },
      { id: "person", header: say.person, value: (one) => one.employee ?? say.nobody, cell: (one) => (one.employee_id ? <Link href={`/team/${encodeURIComponent(one.employee_id)}?tab=skills`}>{one.employee}</Link> : <Badge tone="bad">{say.nobody}</Badge>), width: 1.4 },
      { id: "skill", header: say.skill, value: (one) => one.skill, filter: "choice", width: 1.2 },
      { id: "level", header: say.level, value: (one) => one.level, cell: (one) => format.number(one.level, 1), numeric: true, width: 0.7 },
      { id: "least", header: say.least, value: (one) => one.least, cell: (one) => format.number(one.least, 1), numeric: true, width: 0.8 },
      { id: "instead", header: say.instead, value: (one) => one.instead ?? say.nobody, width: 1.4 },
    ],
    [role, say, format],
  );
  return (
    <Section title={say.qualified} id="qualified">
      <p className="soft">{say.qualifiedLead}</p>
      <DataTable name="qualified" caption={say.qualified} columns={columns} rows={qualified} rowKey={(one) => `${one.segment} ${one.role} ${one.product_line ?? ""}`} height={8} />
      <h3>{say.below}</h3>
      {below.length === 0 ? (
        <p className="soft">{say.noneBelow}</p>
      ) : (
        <>
          <p className="soft">{say.belowLead}</p>
          <DataTable name="below" caption={say.below} columns={under} rows={below} rowKey={(one) => `${one.account_id} ${one.role} ${one.skill} ${one.product_line ?? ""}`} height={10} />
        </>
      )}
    </Section>
  );
}
