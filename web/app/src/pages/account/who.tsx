/** Who answers for the customer in each role and stage, why, and who else was considered. */
import { useQueryClient } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { api, ask } from "../../api/client";
import type { Answer, Responsible } from "../../api/schema";
import { useSession } from "../../api/session";
import { useFormat, useWords } from "../../i18n";
import { useRoleTitle } from "../../lib/queries";
import { useParam } from "../../lib/url";
import { Badge, Button, Empty, Facts, Link, Section } from "../../parts/basics";
import { FormDialog } from "../../parts/dialog";
import { CheckField, DayField, EmployeeField, TextField } from "../../parts/fields";
import { useToasts } from "../../parts/toasts";
import { NewAppeal } from "../appeals/new";
import { words as appeals } from "../appeals/words";
import { words } from "./words";

export function Who({ answer }: { answer: Answer }) {
  const say = useWords(words);
  const [on, setOn] = useParam("on");
  return (
    <>
      <div className="form-row day-row no-print">
        <DayField label={say.on} value={on || answer.on} onChange={setOn} />
      </div>
      {answer.responsible.length === 0 && <Empty icon="warning" title={say.nobody} />}
      <div className="columns">
        {answer.responsible.map((one) => (
          <Role key={`${one.role} ${one.product_line ?? ""}`} one={one} answer={answer} />
        ))}
      </div>
      {answer.group && (
        <Section title={say.group}>
          <Facts
            of={[
              [say.parent, answer.group.parent && <Link href={`/accounts/${encodeURIComponent(answer.group.parent.account_id)}`}>{answer.group.parent.account}</Link>],
              [say.place, answer.group.place ?? ""],
            ]}
          />
          {answer.group.members.length > 0 && (
            <>
              <h3>{say.members}</h3>
              <ul>
                {answer.group.members.map((member) => (
                  <li key={member.account_id}>
                    <Link href={`/accounts/${encodeURIComponent(member.account_id)}`}>{member.account}</Link> {member.place && <span className="soft">{member.place}</span>}
                  </li>
                ))}
              </ul>
            </>
          )}
        </Section>
      )}
    </>
  );
}

function Role({ one, answer }: { one: Responsible; answer: Answer }) {
  const say = useWords(words);
  const appealWords = useWords(appeals);
  const format = useFormat();
  const session = useSession();
  const why = answer.explanation?.find((entry) => entry.role === one.role && (entry.product_line ?? null) === (one.product_line ?? null));
  const [giving, setGiving] = useState(false);
  const [appealing, setAppealing] = useState(false);
  const titleOf = useRoleTitle();
  const role = titleOf(one.role, one.role_title);
  const title = one.product_line ? `${role} · ${one.product_line}` : role;
  const mine = one.employee_id === session.user.employee_id && session.may("appeal");
  const held = useMemo(() => [{ account_id: answer.account_id, account: answer.account, role: one.role, title: role, product_line: one.product_line ?? null }], [answer, one, role]);
  return (
    <Section
      title={title}
      actions={
        <>
          {mine && (
            <Button look="quiet" onPress={() => setAppealing(true)} aria-label={`${appealWords.send}: ${title}`}>
              {appealWords.send}
            </Button>
          )}
          {session.may("assign") && (
            <Button look="quiet" onPress={() => setGiving(true)} aria-label={`${say.assign}: ${title}`}>
              {say.assign}
            </Button>
          )}
        </>
      }
    >
      <p className="person">
        <Link href={`/team/${encodeURIComponent(one.employee_id)}`}>{one.employee}</Link> <span className="soft">{one.position}</span>
      </p>
      {one.away && (
        <p className="note warn">
          {one.away.until ? say.away(format.day(one.away.until)) : say.awayOpen}. {one.away.substitute ? say.standsIn(one.away.substitute.employee) : say.noStandIn}
        </p>
      )}
      <p className="soft">
        {[one.email, one.phone, one.territory, say.since(format.day(one.since)), one.until && say.until(format.day(one.until))].filter(Boolean).join(" · ")}
      </p>
      {one.stages.length > 0 && (
        <p>
          {say.stages}: {one.stages.map((stage) => stage.stage).join(", ")}
        </p>
      )}
      <p>{one.reason}</p>
      {why && (
        <details>
          <summary>
            {say.why} <span className="sr-only">{title}</span>
          </summary>
          <div className="stack">
            <p className="soft">
              {say.policy(why.policy_version)} · {why.rule}
            </p>
            <Facts of={why.principles.map((pair) => [pair[0]!, pair[1]!])} />
            <h4>{say.order}</h4>
            <ol>
              {why.segments.map((step) => (
                <li key={step.segment}>
                  {step.matched ? "✓" : "✗"} {step.segment}: <code>{step.when}</code>
                </li>
              ))}
            </ol>
            {why.candidates.length > 0 && (
              <>
                <h4>{say.considered}</h4>
                <ol>
                  {why.candidates.slice(0, 12).map((candidate) => (
                    <li key={`${candidate.employee_id} ${candidate.territory ?? ""}`}>
                      {candidate.employee}: {candidate.because} {candidate.barred ? <Badge tone="bad">{say.barred}</Badge> : candidate.full && <Badge tone="warn">{say.full}</Badge>}
                    </li>
                  ))}
                </ol>
              </>
            )}
          </div>
        </details>
      )}
      {mine && <NewAppeal held={held} open={appealing} onClose={() => setAppealing(false)} />}
      <Give open={giving} onClose={() => setGiving(false)} one={one} account={answer.account_id} title={title} />
    </Section>
  );
}

function Give({ open, onClose, one, account, title }: { open: boolean; onClose(): void; one: Responsible; account: string; title: string }) {
  const say = useWords(words);
  const queries = useQueryClient();
  const { say: toast } = useToasts();
  const [employee, setEmployee] = useState("");
  const [reason, setReason] = useState("");
  const [pinned, setPinned] = useState(true);
  const submit = async () => {
    await ask(api.POST("/api/v1/assignments", { body: { account_id: account, role: one.role, product_line: one.product_line ?? null, employee_id: employee, reason, pinned } }));
    await queries.invalidateQueries();
    toast(say.given);
  };
  return (
    <FormDialog title={`${say.assign}: ${title}`} open={open} onClose={onClose} action={say.assignAction} onSubmit={submit}>
      <EmployeeField label={say.newOwner} value={employee} onChange={setEmployee} required />
      <TextField label={say.reason} value={reason} onChange={setReason} required />
      <CheckField label={say.pinned} value={pinned} onChange={setPinned} />
    </FormDialog>
  );
}
