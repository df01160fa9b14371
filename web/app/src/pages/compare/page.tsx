/** A plan beside another, or beside today: what differs on a map and in a table, winners and losers, and the plan's way on. */
import "../studio/studio.css";
import { lazy, Suspense, useMemo, useState } from "react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useParams } from "react-router";
import { api, ask, askTagged } from "../../api/client";
import type { EmployeeCompared, Plan, PlanChange } from "../../api/schema";
import { useSession } from "../../api/session";
import { dictionary, useFormat, useLanguage, useWords } from "../../i18n";
import { useRoleTitle } from "../../lib/queries";
import { useParam } from "../../lib/url";
import { Badge, Button, Figure, Link, Loading, PageHead, Ready, Section } from "../../parts/basics";
import { FormDialog } from "../../parts/dialog";
import { DayField, SelectField, TextField } from "../../parts/fields";
import { DataTable, type Column } from "../../parts/table";
import { useToasts } from "../../parts/toasts";
import { Income } from "./income";

const MapView = lazy(() => import("../../parts/map"));

const words = dictionary(
  {
    title: "Compare",
    of: (plan: string, day: string) => `${plan}, from ${day}`,
    studio: "Studio",
    with: "Beside",
    today: "What holds on its first day",
    figures: { moved: "change hands", opened: "get somebody", closed: "have nobody any more", unchanged: "stay", price: "price of the moves" },
    map: "Where it changes",
    mapHint: "Each dot is an account that changes hands. The same is in the table below.",
    changes: "Accounts that change hands",
    shown: (some: string, all: string) => `The ${some} dearest of ${all}. Narrow it down by an employee.`,
    account: "Account",
    role: "Role",
    kind: "Change",
    kinds: { moved: "moves", opened: "gets somebody", closed: "has nobody any more" },
    from: "From",
    to: "To",
    price: "Price",
    why: "Why",
    nobody: "nobody",
    people: "Winners and losers",
    person: "Employee",
    before: "Before",
    gains: "Gets",
    loses: "Gives",
    after: "After",
    loadBefore: (measure: string) => `${measure} before`,
    loadAfter: (measure: string) => `${measure} after`,
    only: "Only with",
    everybody: "everybody",
    way: "The plan's way",
    states: { draft: "draft", proposed: "proposed", approved: "approved", applied: "applied", archived: "archived" },
    steps: { draft: "drafted", propose: "proposed", approve: "approved", return: "given back", withdraw: "withdrawn", comment: "said", apply: "applied" },
    acts: { propose: "Propose", approve: "Approve", return: "Give back", withdraw: "Withdraw", comments: "Comment", apply: "Apply" },
    done: { propose: "Proposed.", approve: "Approved.", return: "Given back.", withdraw: "Withdrawn.", comments: "Said.", apply: "Applied." },
    comment: "Comment",
    on: "First day",
    onHint: "The plan's own day, or a later one",
  },
  {
    title: "Сравнение",
    of: (plan: string, day: string) => `${plan}, от ${day}`,
    studio: "Ателие",
    with: "Спрямо",
    today: "Каквото е в сила на първия му ден",
    figures: { moved: "сменят отговорника", opened: "получават отговорник", closed: "остават без отговорник", unchanged: "остават", price: "цена на преместванията" },
    map: "Къде се променя",
    mapHint: "Всяка точка е клиент, който сменя отговорника. Същото е в таблицата долу.",
    changes: "Клиенти, които сменят отговорника",
    shown: (some: string, all: string) => `Най-скъпите ${some} от ${all}. Ограничете по служител.`,
    account: "Клиент",
    role: "Роля",
    kind: "Промяна",
    kinds: { moved: "преминава", opened: "получава отговорник", closed: "остава без отговорник" },
    from: "От",
    to: "Към",
    price: "Цена",
    why: "Защо",
    nobody: "никой",
    people: "Печелещи и губещи",
    person: "Служител",
    before: "Преди",
    gains: "Получава",
    loses: "Отдава",
    after: "След",
    loadBefore: (measure: string) => `${measure} преди`,
    loadAfter: (measure: string) => `${measure} след`,
    only: "Само със",
    everybody: "всички",
    way: "Пътят на плана",
    states: { draft: "проект", proposed: "предложен", approved: "одобрен", applied: "приложен", archived: "архивиран" },
    steps: { draft: "направен", propose: "предложен", approve: "одобрен", return: "върнат", withdraw: "оттеглен", comment: "каза", apply: "приложен" },
    acts: { propose: "Предложи", approve: "Одобри", return: "Върни", withdraw: "Оттегли", comments: "Коментирай", apply: "Приложи" },
    done: { propose: "Предложен.", approve: "Одобрен.", return: "Върнат.", withdraw: "Оттеглен.", comments: "Записано.", apply: "Приложен." },
    comment: "Коментар",
    on: "Първи ден",
    onHint: "Денят на плана или по-късен",
  },
);

type Act = "propose" | "approve" | "return" | "withdraw" | "comments" | "apply";
/** What may be done next, by where the plan stands. */
const NEXT: Record<string, Act[]> = { draft: ["propose", "withdraw"], proposed: ["approve", "return", "withdraw"], approved: ["apply", "return", "withdraw"] };
const NEEDS: Record<Act, "make-plans" | "approve-plans" | "apply-plans"> = { propose: "make-plans", withdraw: "make-plans", comments: "make-plans", approve: "approve-plans", return: "approve-plans", apply: "apply-plans" };
/** Changes that are read for the table. */
const MOST = 1000;

async function someChanges(id: string, query: Record<string, string>): Promise<{ changes: PlanChange[]; total: number }> {
  const changes: PlanChange[] = [];
  let [after, total] = [0 as number | null | undefined, 0];
  while (after != null && changes.length < MOST) {
    const page: { changes: PlanChange[]; total: number; next?: number | null } = await ask(api.GET("/api/v1/plans/{id}/comparison/changes", { params: { path: { id }, query: { ...query, limit: 200, ...(after > 0 && { after }) } } }));
    changes.push(...page.changes);
    [after, total] = [page.next, page.total];
  }
  return { changes, total };
}

export function Component() {
  const { id = "" } = useParams();
  const plan = useQuery({ queryKey: ["plan", id], queryFn: () => askTagged(api.GET("/api/v1/plans/{id}", { params: { path: { id } } })) });
  return <Ready of={plan}>{({ data, etag }) => <Compare plan={data} etag={etag} />}</Ready>;
}

function Compare({ plan, etag }: { plan: Plan; etag: string }) {
  const say = useWords(words);
  const format = useFormat();
  const session = useSession();
  const title = useRoleTitle();
  const { language } = useLanguage();
  const id = plan.plan_id;
  const [other, setOther] = useParam("with");
  const [employee, setEmployee] = useParam("employee");
  const others = useQuery({ queryKey: ["plans", "first"], queryFn: () => ask(api.GET("/api/v1/plans", { params: { query: { limit: 200 } } })) });
  const query = { ...(other && { with: other }), ...(employee && { employee }) };
  const whole = useQuery({ queryKey: ["comparison", id, other, plan.version], queryFn: () => ask(api.GET("/api/v1/plans/{id}/comparison", { params: { path: { id }, query: other ? { with: other } : {} } })) });
  const changes = useQuery({ queryKey: ["comparison-changes", id, other, employee, plan.version], queryFn: () => someChanges(id, query) });
  const where = useQuery({ queryKey: ["comparison-map", id, other, employee, plan.version], queryFn: () => ask(api.GET("/api/v1/plans/{id}/comparison/map", { params: { path: { id }, query } })) });
  const points = useMemo(
    () =>
      (where.data?.id ?? []).flatMap((one, at) => {
        const [longitude, latitude] = [where.data!.longitude[at], where.data!.latitude[at]];
        if (longitude == null || latitude == null) return [];
        return [{ id: one, longitude, latitude, colour: `hsl(${Math.round(((where.data!.to[at] ?? 0) * 137.508 + 20) % 360)} 62% 45%)`, radius: 4 }];
      }),
    [where.data],
  );
  const choices = [{ value: "-", label: say.today }, ...(others.data?.plans ?? []).filter((one) => one.plan_id !== id && one.events.length > 0).map((one) => ({ value: one.plan_id, label: `${one.plan_id} (${say.states[one.state as "draft"]}, ${format.day(one.on)})` }))];
  const measures = Object.keys(whole.data?.measures ?? {}).filter((name) => name !== "count");
  const people: Column<EmployeeCompared>[] = [
    { id: "person", header: say.person, value: (one) => one.employee, width: 1.6 },
    { id: "before", header: say.before, value: (one) => one.before, numeric: true },
    { id: "gains", header: say.gains, value: (one) => one.gains, numeric: true },
    { id: "loses", header: say.loses, value: (one) => one.loses, numeric: true },
    { id: "after", header: say.after, value: (one) => one.after, numeric: true },
    ...measures.flatMap((name): Column<EmployeeCompared>[] => [
      { id: `b-${name}`, header: say.loadBefore(name), value: (one) => one.loads[name]?.before ?? 0, cell: (one) => format.number(one.loads[name]?.before ?? 0), numeric: true },
      { id: `a-${name}`, header: say.loadAfter(name), value: (one) => one.loads[name]?.after ?? 0, cell: (one) => format.number(one.loads[name]?.after ?? 0), numeric: true },
    ]),
  ];
  const columns: Column<PlanChange>[] = [
    { id: "account", header: say.account, value: (one) => one.account, cell: (one) => <Link href={`/accounts/${encodeURIComponent(one.account_id)}`}>{one.account}</Link>, width: 1.8 },
    { id: "role", header: say.role, value: (one) => title(one.role), filter: "choice" },
    { id: "kind", header: say.kind, value: (one) => one.kind, filter: "choice", say: (kind) => say.kinds[kind as "moved"], cell: (one) => say.kinds[one.kind as "moved"] },
    { id: "from", header: say.from, value: (one) => one.from ?? say.nobody, filter: "choice", width: 1.4 },
    { id: "to", header: say.to, value: (one) => one.to ?? say.nobody, filter: "choice", width: 1.4 },
    { id: "price", header: say.price, value: (one) => one.price ?? 0, cell: (one) => (one.price == null ? "" : format.number(one.price, 1)), numeric: true },
    ...measures.map((name): Column<PlanChange> => ({ id: `m-${name}`, header: name, value: (one) => one.measures[name] ?? 0, cell: (one) => format.number(one.measures[name] ?? 0, 1), numeric: true })),
    { id: "why", header: say.why, value: (one) => one.reason, width: 3, hidden: true },
  ];
  return (
    <>
      <PageHead title={say.title} under={<>{say.of(id, format.day(plan.on))} <Badge>{say.states[plan.state as "draft"]}</Badge></>}>
        <Link className="button plain" href={`/plans/${encodeURIComponent(id)}`}>{say.studio}</Link>
        <Way plan={plan} etag={etag} />
      </PageHead>
      <div className="row">
        <SelectField label={say.with} value={other || "-"} onChange={(value) => setOther(value === "-" ? "" : value)} choices={choices} />
        <SelectField
          label={say.only}
          value={employee || "-"}
          onChange={(value) => setEmployee(value === "-" ? "" : value)}
          choices={[{ value: "-", label: say.everybody }, ...(whole.data?.employees ?? []).map((one) => ({ value: one.employee_id, label: one.employee }))]}
        />
      </div>
      <Ready of={whole}>
        {(data) => (
          <>
            <div className="figures">
              <Figure value={format.number(data.moved)} label={say.figures.moved} />
              <Figure value={format.number(data.opened)} label={say.figures.opened} tone={data.opened > 0 ? "good" : "plain"} />
              <Figure value={format.number(data.closed)} label={say.figures.closed} tone={data.closed > 0 ? "bad" : "plain"} />
              <Figure value={format.number(data.unchanged)} label={say.figures.unchanged} />
              {data.price != null && <Figure value={format.number(data.price, 1)} label={say.figures.price} />}
            </div>
            <Section id="compare-people" title={say.people}>
              <DataTable<EmployeeCompared> name="people" caption={say.people} columns={people} rows={data.employees} rowKey={(one) => one.employee_id} height={10} current={employee || undefined} />
            </Section>
          </>
        )}
      </Ready>
      {session.may("read-pay") && <Income plan={id} other={other} />}
      <Section id="compare-map" title={say.map}>
        <p className="soft">{say.mapHint}</p>
        <Suspense fallback={<Loading />}>
          <MapView key={`${language}${points.length}`} label={say.map} points={points} />
        </Suspense>
      </Section>
      <Section id="compare-changes" title={say.changes}>
        <Ready of={changes}>
          {(found) => (
            <>
              {found.total > found.changes.length && <p className="soft">{say.shown(format.number(found.changes.length), format.number(found.total))}</p>}
              <DataTable<PlanChange> name="changes" caption={say.changes} columns={columns} rows={found.changes} rowKey={(one) => `${one.account_id} ${one.role} ${one.product_line ?? ""}`} height={12} />
            </>
          )}
        </Ready>
      </Section>
      <Section id="compare-way" title={say.way}>
        <ol className="plain-list">
          {plan.events.map((event, at) => (
            <li key={at}>
              <span>{`${event.actor}: ${say.steps[event.step as "draft"]}${event.comment ? ` — ${event.comment}` : ""}`}</span>
              <span className="soft">{format.moment(event.at)}</span>
            </li>
          ))}
        </ol>
      </Section>
    </>
  );
}

/** What can be done with the plan next, each in a dialog with a comment; applying asks for the day. */
function Way({ plan, etag }: { plan: Plan; etag: string }) {
  const say = useWords(words);
  const session = useSession();
  const toasts = useToasts();
  const queries = useQueryClient();
  const [asked, setAsked] = useState<Act | null>(null);
  const [comment, setComment] = useState("");
  const [on, setOn] = useState(plan.on);
  const acts = [...(NEXT[plan.state] ?? []), "comments" as const].filter((act) => session.may(NEEDS[act]));
  const submit = async () => {
    const path = { id: plan.plan_id };
    const act = asked!;
    if (act === "apply") await ask(api.POST("/api/v1/plans/{id}/apply", { params: { path }, body: { on } }));
    else await ask(api.POST(`/api/v1/plans/{id}/${act}`, { params: { path, header: { "If-Match": etag } }, headers: { "if-match": etag }, body: comment ? { comment } : {} }));
    toasts.say(say.done[act]);
    setComment("");
    await Promise.all([queries.invalidateQueries({ queryKey: ["plan", plan.plan_id] }), queries.invalidateQueries({ queryKey: ["plans"] }), queries.invalidateQueries({ queryKey: ["draft", plan.plan_id] })]);
  };
  return (
    <>
      {acts.map((act) => (
        <Button key={act} look={act === "propose" || act === "approve" || act === "apply" ? "main" : "plain"} onPress={() => setAsked(act)}>
          {say.acts[act]}
        </Button>
      ))}
      <FormDialog title={asked ? say.acts[asked] : ""} action={asked ? say.acts[asked] : ""} open={asked !== null} onClose={() => setAsked(null)} onSubmit={submit} danger={asked === "withdraw"}>
        {asked === "apply" ? <DayField label={say.on} value={on} onChange={setOn} hint={say.onHint} required /> : <TextField label={say.comment} value={comment} onChange={setComment} lines={3} required={asked === "comments"} />}
      </FormDialog>
    </>
  );
}
