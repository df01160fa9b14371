/** One dispute: what is claimed, what was answered, and how it is settled, by who may. */
import { useState } from "react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useParams } from "react-router";
import { api, ask } from "../../api/client";
import type { Dispute } from "../../api/schema";
import { useSession } from "../../api/session";
import { useFormat, useWords } from "../../i18n";
import { useEmployees } from "../../lib/queries";
import { daysOf } from "../../lib/periods";
import { address } from "../../lib/url";
import { Button, Facts, Link, PageHead, Ready, Section } from "../../parts/basics";
import { FormDialog } from "../../parts/dialog";
import { TextField } from "../../parts/fields";
import { useToasts } from "../../parts/toasts";
import { DisputeState } from "./disputes";
import { statementAddress } from "./page";
import { words } from "./words";

export function Component() {
  const { number = "" } = useParams();
  const found = useQuery({ queryKey: ["pay", "dispute", number], queryFn: () => ask(api.GET("/api/v1/disputes/{number}", { params: { path: { number: Number(number) } } })) });
  return <Ready of={found}>{(dispute) => <Told dispute={dispute} />}</Ready>;
}

function Told({ dispute }: { dispute: Dispute }) {
  const say = useWords(words);
  const format = useFormat();
  const session = useSession();
  const employees = useEmployees();
  const name = employees.data?.find((one) => one.employee_id === dispute.employee_id)?.name ?? dispute.employee_id;
  const waits = dispute.state === "open" || dispute.state === "answered";
  const mine = dispute.opened_by === session.user.name;
  return (
    <>
      <PageHead title={say.disputeOf(String(dispute.number))} under={<DisputeState state={dispute.state} />}>
        {waits && session.may("dispute-pay") && <Act of="answer" dispute={dispute} />}
        {waits && session.may("manage-pay") && !mine && <Act of="settle" dispute={dispute} />}
      </PageHead>
      {waits && session.may("manage-pay") && mine && <p className="note">{say.ownDispute}</p>}
      <Section title={say.claim} id="claim">
        <p className="said">{dispute.claim}</p>
        <Facts
          of={[
            [say.person, <Link key="person" href={`/team/${encodeURIComponent(dispute.employee_id)}`}>{name}</Link>],
            [say.statement, <Link key="statement" href={address(statementAddress(dispute.period, dispute.employee_id), { order: dispute.order_id ?? "" })}>{dispute.period}</Link>],
            [say.order, dispute.order_id ? <Link key="order" href={address("/contribution/credits", { order: dispute.order_id, ...daysOf(dispute.period) })}>{[dispute.order_id, dispute.line].filter(Boolean).join(" / ")}</Link> : null],
            [say.openedBy, dispute.opened_by],
            [say.amount, dispute.amount == null ? null : format.cents(dispute.amount)],
          ]}
        />
      </Section>
      <Section title={say.answer} id="answer">
        {dispute.answer ? <p className="said">{dispute.answer}</p> : <p className="soft">{say.noAnswer}</p>}
        {!waits && <p className="soft">{say.isSettled}</p>}
      </Section>
    </>
  );
}

function Act({ of, dispute }: { of: "answer" | "settle"; dispute: Dispute }) {
  const say = useWords(words);
  const toasts = useToasts();
  const queries = useQueryClient();
  const [open, setOpen] = useState(false);
  const [answer, setAnswer] = useState("");
  const [amount, setAmount] = useState("");
  const path = { number: dispute.number };
  const settles = of === "settle";
  const submit = async () => {
    if (settles) await ask(api.POST("/api/v1/disputes/{number}/settle", { params: { path }, body: { answer, ...(amount.trim() && { amount: amount.trim() }) } }));
    else await ask(api.POST("/api/v1/disputes/{number}/answer", { params: { path }, body: { answer } }));
    toasts.say(settles ? say.settled : say.answered);
    setAnswer("");
    await queries.invalidateQueries({ queryKey: ["pay"] });
  };
  return (
    <>
      <Button look={settles ? "main" : "plain"} onPress={() => setOpen(true)}>
        {settles ? say.settle : say.answerDo}
      </Button>
      <FormDialog title={settles ? say.settle : say.answerDo} action={settles ? say.settle : say.answerDo} open={open} onClose={() => setOpen(false)} onSubmit={submit}>
        {settles && <TextField label={say.amount} value={amount} onChange={setAmount} hint={say.settleHint} />}
        <TextField label={settles ? say.why : say.answer} value={answer} onChange={setAnswer} lines={4} required />
      </FormDialog>
    </>
  );
}
