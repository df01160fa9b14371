/**
 * A study: long work of the service that changes nothing. It is begun here, followed and stopped, and what came of it is
 * read again: the study looked at stands in the address, by default the newest that is done.
 */
import { useState, type ReactNode } from "react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { api, ask } from "../api/client";
import type { Study, StudyInList } from "../api/schema";
import { useSession } from "../api/session";
import { dictionary, useFormat, useWords } from "../i18n";
import { useParam } from "../lib/url";
import { Badge, Button, Loading, Ready, Trouble, sentence } from "./basics";
import { FormDialog } from "./dialog";
import { CheckField, DayField, SelectField, TextField } from "./fields";
import { JobBar, useJob } from "./job";
import { Teach, type Lesson } from "./teach";
import { useToasts } from "./toasts";

const words = dictionary(
  {
    study: "Study", begin: "Compute anew", beginTitle: "Compute from the project and the ledger", begun: "It is being computed.", on: "Day it is asked for", onHint: "Empty: today", planned: "By a plan made anew, even if somebody holds the customers today", seed: "Seed", seedHint: "The same seed gives the same result", running: "Computing", waiting: "Waits for its turn", stop: "Stop", stopped: "Stopped. Nothing was changed.", done: "It is done.",
    states: { queued: "waits", running: "is computed", done: "done", failed: "failed", cancelled: "stopped", stopped: "ended with the service", undone: "undone" }, by: (actor: string, when: string) => `${actor}, ${when}`, failed: "It could not be computed", cancelledText: "It was stopped before it was done. Compute it anew to see a result.", onlyPlanners: "Planners compute it.", for: (day: string) => `for ${day}`, choose: "Choose a study",
  },
  {
    study: "Изчисление", begin: "Изчисли наново", beginTitle: "Изчисли от проекта и регистъра", begun: "Изчислява се.", on: "За кой ден", onHint: "Празно: днес", planned: "По нов план, дори ако днес някой държи клиентите", seed: "Начално число", seedHint: "Едно и също число дава един и същ резултат", running: "Изчислява се", waiting: "Чака реда си", stop: "Спри", stopped: "Спряно. Нищо не е променено.", done: "Готово.",
    states: { queued: "чака", running: "изчислява се", done: "готово", failed: "неуспешно", cancelled: "спряно", stopped: "прекъснато с услугата", undone: "отменено" }, by: (actor: string, when: string) => `${actor}, ${when}`, failed: "Не можа да се изчисли", cancelledText: "Спряно е, преди да завърши. Изчислете наново, за да видите резултат.", onlyPlanners: "Изчисляват го планиращите.", for: (day: string) => `за ${day}`, choose: "Изберете изчисление",
  },
);

export type StudyKind = "service-levels" | "skills" | "effort" | "scenario" | "sizing";
type State = keyof typeof words.en.states;

interface FrameProps {
  of: StudyKind;
  /** What to say while there is none. */
  lesson: Lesson;
  children(study: Study): ReactNode;
  /** Begins one in another way than by day and seed. */
  begin?(send: (wish: { scenario: string }) => Promise<void>): ReactNode;
  /** What a study in the list is called, beside its day. */
  name?(study: StudyInList): string;
}

const KEY = (of: StudyKind) => ["studies", of];

export function StudyFrame({ of, lesson, children, begin, name }: FrameProps) {
  const say = useWords(words);
  const toasts = useToasts();
  const queries = useQueryClient();
  const session = useSession();
  const [chosen, choose] = useParam("study");
  const list = useQuery({ queryKey: KEY(of), queryFn: () => ask(api.GET("/api/v1/studies", { params: { query: { of, limit: 50 } } })) });
  const studies = list.data?.studies ?? [];
  const going = studies.find((one) => one.study_id === chosen && (one.state === "queued" || one.state === "running")) ?? studies.find((one) => one.state === "queued" || one.state === "running");
  const id = chosen || (studies.find((one) => one.state === "done")?.study_id ?? "");
  const send = async (wish: Record<string, unknown>) => {
    const job = await ask(api.POST("/api/v1/studies", { body: { of, ...wish } }));
    toasts.say(say.begun);
    await queries.invalidateQueries({ queryKey: KEY(of) });
    choose(job.job_id);
  };
  return (
    <>
      <div className="controls no-print">
        {studies.length > 0 && <Choice studies={studies} value={id} onChange={choose} name={name} />}
        {session.may("make-plans", "all") ? begin ? begin((wish) => send(wish)) : <Begin onSend={send} /> : <span className="hint">{say.onlyPlanners}</span>}
      </div>
      {going && <Going key={going.study_id} of={of} id={going.study_id} />}
      <Ready of={list}>{() => (id === "" ? !going && <Teach {...lesson} /> : <Told id={id} lesson={lesson}>{children}</Told>)}</Ready>
    </>
  );
}

function Choice({ studies, value, onChange, name }: { studies: StudyInList[]; value: string; onChange(id: string): void; name: FrameProps["name"] }) {
  const say = useWords(words);
  const format = useFormat();
  const label = (one: StudyInList) => [name?.(one), say.for(format.day(one.on)), say.by(one.actor, format.moment(one.created_at)), say.states[one.state as State] ?? one.state].filter(Boolean).join(" · ");
  return (
    <div className="grow">
      <SelectField label={say.study} value={value} onChange={onChange} choices={studies.map((one) => ({ value: one.study_id, label: label(one) }))} />
    </div>
  );
}

function Begin({ onSend }: { onSend(wish: Record<string, unknown>): Promise<void> }) {
  const say = useWords(words);
  const [open, setOpen] = useState(false);
  const [on, setOn] = useState("");
  const [seed, setSeed] = useState("1");
  const [planned, setPlanned] = useState(false);
  return (
    <>
      <Button look="main" icon="refresh" onPress={() => setOpen(true)}>
        {say.begin}
      </Button>
      <FormDialog title={say.beginTitle} action={say.begin} open={open} onClose={() => setOpen(false)} onSubmit={() => onSend({ planned, seed: Number(seed) || 1, ...(on && { on }) })}>
        <div className="form-row">
          <DayField label={say.on} value={on} onChange={setOn} hint={say.onHint} />
          <TextField label={say.seed} type="number" value={seed} onChange={setSeed} hint={say.seedHint} />
        </div>
        <CheckField label={say.planned} value={planned} onChange={setPlanned} />
      </FormDialog>
    </>
  );
}

/** One that is under way. */
function Going({ of, id }: { of: StudyKind; id: string }) {
  const say = useWords(words);
  const toasts = useToasts();
  const queries = useQueryClient();
  const job = useJob(id, (ended) => {
    if (ended.state === "done") toasts.say(say.done);
    if (ended.state === "cancelled") toasts.say(say.stopped);
    void queries.invalidateQueries({ queryKey: KEY(of) });
    void queries.invalidateQueries({ queryKey: ["study", id] });
  });
  return <JobBar id={id} job={job} label={job === null || job.state === "queued" ? say.waiting : say.running} stop={say.stop} />;
}

function Told({ id, lesson, children }: { id: string; lesson: Lesson; children(study: Study): ReactNode }) {
  const say = useWords(words);
  const format = useFormat();
  const found = useQuery({ queryKey: ["study", id], queryFn: () => ask(api.GET("/api/v1/studies/{id}", { params: { path: { id } } })) });
  if (found.isPending) return <Loading />;
  if (found.error || found.data === undefined) return <Trouble error={found.error} retry={() => void found.refetch()} />;
  const study = found.data;
  if (study.state === "failed") return <Teach {...lesson} title={say.failed} said={study.error ?? undefined} />;
  if (study.state === "queued" || study.state === "running") return null;
  return (
    <>
      <p className="row">
        <Badge tone={study.state === "done" ? "good" : "warn"}>{say.states[study.state as State] ?? study.state}</Badge>
        <span className="soft">{`${say.for(format.day(study.on))} · ${say.by(study.actor, format.moment(study.created_at))}`}</span>
      </p>
      {study.state === "done" ? children(study as Study) : <p>{sentence(study.error ?? say.cancelledText)}</p>}
    </>
  );
}
