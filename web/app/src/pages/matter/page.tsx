/** One matter: for whom it waits, what was done, and what can be done now. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useParams } from "react-router";
import { api, ask } from "../../api/client";
import type { Matter } from "../../api/answers";
import { useSession } from "../../api/session";
import { useFormat, useWords } from "../../i18n";
import { useRoleTitle } from "../../lib/queries";
import { Badge, Button, Facts, Link, PageHead, Ready, Section } from "../../parts/basics";
import { FormDialog } from "../../parts/dialog";
import { AccountField, EmployeeField, SelectField, TextField } from "../../parts/fields";
import { useStages } from "../inbox/stages";
import { words } from "../inbox/words";

type Doing = "take" | "pass" | "give-back" | "done" | "drop" | "reopen" | "comment" | "link";

export function Component() {
  const number = Number(useParams()["number"]);
  const say = useWords(words);
  const found = useQuery({ queryKey: ["matter", number], queryFn: async () => (await ask(api.GET("/api/v1/communications/{number}", { params: { path: { number } } }) as Promise<{ data?: unknown; response: Response }>)) as Matter });
  return (
    <Ready of={found}>
      {(matter) => (
        <>
          <PageHead title={matter.subject} under={<Link href="/inbox">{say.back}</Link>} />
          <One matter={matter} />
        </>
      )}
    </Ready>
  );
}

function One({ matter }: { matter: Matter }) {
  const say = useWords(words);
  const role = useRoleTitle();
  const format = useFormat();
  const session = useSession();
  const [doing, setDoing] = useState<Doing | null>(null);
  const closed = matter.state === "done" || matter.state === "dropped";
  const can: Doing[] = closed ? ["reopen", "comment"] : [...(session.user.employee_id ? (["take"] as const) : []), "pass", ...(matter.given_to ? (["give-back"] as const) : []), "done", "comment", ...(matter.account ? [] : (["link"] as const)), "drop"];
  const titles: Record<Doing, string> = { take: say.take, pass: say.pass, "give-back": say.giveBack, done: say.done, drop: say.drop, reopen: say.reopen, comment: say.comment, link: say.link };
  return (
    <>
      {session.may("record-communications") && (
        <div className="actions no-print">
          {can.map((one, at) => (
            <Button key={one} look={at === 0 ? "main" : "plain"} onPress={() => setDoing(one)}>
              {titles[one]}
            </Button>
          ))}
        </div>
      )}
      <div className="columns">
        <Section title={`${say.number} ${matter.number}`} actions={<Badge tone={matter.overdue ? "bad" : closed ? "good" : "info"}>{(say.states as Record<string, string>)[matter.state]}</Badge>}>
          <Facts
            of={[
              [say.account, matter.account ? <Link href={`/accounts/${encodeURIComponent(matter.account)}`}>{matter.account_name ?? matter.account}</Link> : (matter.caller ?? say.unknown)],
              [say.channel, (say.channels as Record<string, string>)[matter.channel]],
              [say.task, matter.task && (say.tasks as Record<string, string>)[matter.task]],
              [say.came, format.moment(matter.received_at)],
              [say.due, matter.due && format.day(matter.due)],
              [say.concerns, [matter.stage ?? (matter.role ? role(matter.role) : null), matter.product_line].filter(Boolean).join(" · ")],
              [say.standsWith, closed ? "" : matter.waits_for ? <><Link href={`/team/${matter.waits_for.employee_id}`}>{matter.waits_for.employee}</Link> {matter.instead_of && say.insteadOf(matter.instead_of.employee)}</> : say.forNobody],
            ]}
          />
          {matter.text && <p className="said">{matter.text}</p>}
        </Section>
        <Section title={say.history}>
          <ol className="timeline">
            {matter.steps?.map((step) => (
              <li key={step.version}>
                <span className="soft">{format.moment(step.at)}</span> <Badge>{(say.steps as Record<string, string>)[step.step] ?? step.step}</Badge> {step.actor}
                {step.note && <p className="said">{step.note}</p>}
              </li>
            ))}
          </ol>
        </Section>
      </div>
      {doing && <Do key={doing} doing={doing} title={titles[doing]} matter={matter} onClose={() => setDoing(null)} />}
    </>
  );
}

function Do({ doing, title, matter, onClose }: { doing: Doing; title: string; matter: Matter; onClose(): void }) {
  const say = useWords(words);
  const queries = useQueryClient();
  const [note, setNote] = useState("");
  const [stage, setStage] = useState("");
  const [employee, setEmployee] = useState("");
  const [account, setAccount] = useState("");
  const stages = useStages(doing === "pass" ? (matter.account ?? "") : "");
  const submit = async () => {
    const params = { path: { number: matter.number } };
    const headers = { "if-match": `"${matter.version}"` };
    if (doing === "take") await ask(api.POST("/api/v1/communications/{number}/take", { params, headers, body: { note } }));
    if (doing === "give-back") await ask(api.POST("/api/v1/communications/{number}/give-back", { params, headers, body: { note } }));
    if (doing === "done" || doing === "drop") await ask(api.POST("/api/v1/communications/{number}/done", { params, headers, body: { note, dropped: doing === "drop" } }));
    if (doing === "reopen") await ask(api.POST("/api/v1/communications/{number}/reopen", { params, headers, body: { note } }));
    if (doing === "comment") await ask(api.POST("/api/v1/communications/{number}/comment", { params, headers, body: { note } }));
    if (doing === "link") await ask(api.POST("/api/v1/communications/{number}/link", { params, headers, body: { account_id: account, note } }));
    if (doing === "pass") await ask(api.POST("/api/v1/communications/{number}/pass", { params, headers, body: { note, ...(employee ? { employee_id: employee } : stages.target(stage)) } }));
    await queries.invalidateQueries();
  };
  return (
    <FormDialog title={`${title}: ${matter.subject}`} open onClose={onClose} action={title} danger={doing === "drop"} onSubmit={submit}>
      {doing === "pass" && (
        <>
          {stages.choices.length > 0 && <SelectField label={say.toRole} value={stage} onChange={setStage} choices={stages.choices} />}
          <EmployeeField label={say.toPerson} value={employee} onChange={setEmployee} />
        </>
      )}
      {doing === "link" && <AccountField label={say.account} value={account} onChange={setAccount} required />}
      <TextField label={say.note} value={note} onChange={setNote} lines={3} required={doing === "comment"} autoFocus />
    </FormDialog>
  );
}
