/** Plans on their way and plans applied; a new one is made here, and each leads to the studio and to the comparison. */
import { useState } from "react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "react-router";
import { api, ask } from "../../api/client";
import type { Plan } from "../../api/schema";
import { useSession } from "../../api/session";
import { dictionary, useFormat, useWords } from "../../i18n";
import { Badge, Button, Empty, Link, PageHead, Ready } from "../../parts/basics";
import { FormDialog } from "../../parts/dialog";
import { DayField, TextField } from "../../parts/fields";
import { DataTable, type Column } from "../../parts/table";
import { useToasts } from "../../parts/toasts";
import { JobBar, useJob } from "../../parts/job";

const words = dictionary(
  {
    title: "Plans",
    plan: "Plan",
    state: "State",
    states: { draft: "draft", proposed: "proposed", approved: "approved", applied: "applied", archived: "archived" },
    from: "From",
    by: "By",
    assigned: "Assigned",
    unassigned: "Without anybody",
    moved: "Move",
    edits: "Edits",
    when: "Came in",
    open: "Studio",
    compare: "Compare",
    make: "Make a plan",
    making: "Making a plan",
    day: "First day",
    seconds: "Seconds at most",
    comment: "What for",
    stop: "Stop",
    stopped: "Stopped. Nothing was made.",
    failed: "No plan was made",
    none: "There is no plan yet",
    noneHint: "A plan says who answers for which customer from a day on. Make one from the policy and the sources of the project.",
    table: "Plans",
  },
  {
    title: "Планове",
    plan: "План",
    state: "Състояние",
    states: { draft: "проект", proposed: "предложен", approved: "одобрен", applied: "приложен", archived: "архивиран" },
    from: "От",
    by: "От кого",
    assigned: "Възложени",
    unassigned: "Без отговорник",
    moved: "Преместени",
    edits: "Промени",
    when: "Постъпил",
    open: "Ателие",
    compare: "Сравни",
    make: "Направи план",
    making: "Прави се план",
    day: "Първи ден",
    seconds: "Най-много секунди",
    comment: "За какво",
    stop: "Спри",
    stopped: "Спряно. Нищо не е направено.",
    failed: "Не беше направен план",
    none: "Все още няма план",
    noneHint: "Планът казва кой за кой клиент отговаря от даден ден. Направете го от политиката и източниците на проекта.",
    table: "Планове",
  },
);

const TONES = { draft: "info", proposed: "warn", approved: "good", applied: "good", archived: "plain" } as const;
const number = (plan: Plan, name: string): number => Number((plan.summary as Record<string, unknown> | null)?.[name] ?? 0);

async function everyPlan(): Promise<Plan[]> {
  const plans: Plan[] = [];
  let after: number | null | undefined;
  do {
    const page = await ask(api.GET("/api/v1/plans", { params: { query: { limit: 200, ...(after != null && { after }) } } }));
    plans.push(...page.plans);
    after = page.next;
  } while (after != null);
  return plans.reverse();
}

export function Component() {
  const say = useWords(words);
  const format = useFormat();
  const session = useSession();
  const toasts = useToasts();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const plans = useQuery({ queryKey: ["plans"], queryFn: everyPlan });
  const [asking, setAsking] = useState(false);
  const [day, setDay] = useState(new Date().toISOString().slice(0, 10));
  const [seconds, setSeconds] = useState("20");
  const [comment, setComment] = useState("");
  const [running, setRunning] = useState<string | null>(null);
  const job = useJob(running, (done) => {
    setRunning(null);
    void queries.invalidateQueries({ queryKey: ["plans"] });
    const made = (done.result as { plan_id?: string } | null)?.plan_id;
    if (done.state === "done" && made) void navigate(`/plans/${encodeURIComponent(made)}`);
    else toasts.say(done.state === "cancelled" ? say.stopped : `${say.failed}: ${done.error ?? done.state}`);
  });
  const make = async () => {
    const started = await ask(api.POST("/api/v1/plans/compute", { body: { on: day, seconds: Number(seconds), ...(comment && { comment }) } }));
    setRunning(started.job_id);
  };
  const address = (plan: Plan) => `/plans/${encodeURIComponent(plan.plan_id)}`;
  // A plan that was applied without a draft holds no tables to work on.
  const hasDraft = (plan: Plan) => plan.events.length > 0;
  const columns: Column<Plan>[] = [
    { id: "plan", header: say.plan, value: (plan) => plan.plan_id, cell: (plan) => (hasDraft(plan) ? <Link href={address(plan)}>{plan.plan_id}</Link> : plan.plan_id), width: 1.5 },
    { id: "state", header: say.state, value: (plan) => plan.state, cell: (plan) => <Badge tone={TONES[plan.state as "draft"]}>{say.states[plan.state as "draft"]}</Badge>, filter: "choice", say: (state) => say.states[state as "draft"] },
    { id: "from", header: say.from, value: (plan) => plan.on, cell: (plan) => format.day(plan.on), width: 1.1 },
    { id: "by", header: say.by, value: (plan) => plan.actor, filter: "choice" },
    { id: "assigned", header: say.assigned, value: (plan) => number(plan, "assigned"), cell: (plan) => format.number(number(plan, "assigned")), numeric: true },
    { id: "unassigned", header: say.unassigned, value: (plan) => number(plan, "unassigned"), cell: (plan) => format.number(number(plan, "unassigned")), numeric: true },
    { id: "moved", header: say.moved, value: (plan) => number(plan, "moved"), cell: (plan) => format.number(number(plan, "moved")), numeric: true },
    { id: "edits", header: say.edits, value: (plan) => number(plan, "edits"), cell: (plan) => format.number(number(plan, "edits")), numeric: true },
    { id: "when", header: say.when, value: (plan) => plan.recorded_at, cell: (plan) => format.moment(plan.recorded_at) },
    { id: "compare", header: say.compare, value: () => "", cell: (plan) => hasDraft(plan) && <Link href={`${address(plan)}/compare`} aria-label={`${say.compare}: ${plan.plan_id}`}>{say.compare}</Link> },
  ];
  return (
    <>
      <PageHead title={say.title}>
        {session.may("make-plans") && (
          <Button look="main" icon="plus" isDisabled={running !== null} onPress={() => setAsking(true)}>
            {say.make}
          </Button>
        )}
      </PageHead>
      {running && <JobBar id={running} job={job} label={say.making} stop={say.stop} />}
      <Ready of={plans}>
        {(rows) => (
          <DataTable<Plan>
            name="plans"
            caption={say.table}
            columns={columns}
            rows={rows}
            rowKey={(plan) => plan.plan_id}
            empty={
              <Empty icon="plans" title={say.none}>
                {say.noneHint}
              </Empty>
            }
          />
        )}
      </Ready>
      <FormDialog title={say.make} action={say.make} open={asking} onClose={() => setAsking(false)} onSubmit={make}>
        <DayField label={say.day} value={day} onChange={setDay} required />
        <TextField label={say.seconds} type="number" value={seconds} onChange={setSeconds} required />
        <TextField label={say.comment} value={comment} onChange={setComment} lines={2} />
      </FormDialog>
    </>
  );
}
