/** Appeals with where they stand; what may be done next with each: answering it, or taking it back. */
import { useQueryClient } from "@tanstack/react-query";
import { useMemo, useState, type ReactNode } from "react";
import { useNavigate } from "react-router";
import { api, ask } from "../../api/client";
import type { Appeal } from "../../api/schema";
import { useSession } from "../../api/session";
import { useFormat, useWords } from "../../i18n";
import { useRoleTitle } from "../../lib/queries";
import { Badge, Button, Link } from "../../parts/basics";
import { Confirm, Dialog, FormDialog } from "../../parts/dialog";
import { SelectField, TextField } from "../../parts/fields";
import { DataTable, type Column } from "../../parts/table";
import { useToasts } from "../../parts/toasts";
import { words } from "./words";

const TONES = { open: "info", granted: "good", denied: "warn", withdrawn: "plain" } as const;

export function AppealTable({ of, name, empty, own = false }: { of: Appeal[]; name: string; empty: ReactNode; own?: boolean }) {
  const say = useWords(words);
  const format = useFormat();
  const session = useSession();
  const title = useRoleTitle();
  const [answering, setAnswering] = useState<Appeal | null>(null);
  const [withdrawing, setWithdrawing] = useState<Appeal | null>(null);
  const [reading, setReading] = useState<Appeal | null>(null);
  const me = session.user.employee_id ?? null;
  const columns = useMemo<Column<Appeal>[]>(() => {
    const what = (one: Appeal) => `${one.account}, ${title(one.role)}`;
    return [
      { id: "number", header: say.number, value: (one) => one.number, numeric: true, width: 0.6 },
      { id: "account", header: say.account, value: (one) => one.account, cell: (one) => <Link href={`/accounts/${encodeURIComponent(one.account_id)}`}>{one.account}</Link>, width: 1.6 },
      { id: "state", header: say.state, value: (one) => one.state, cell: (one) => <Badge tone={TONES[one.state as "open"]}>{say.states[one.state as "open"]}</Badge>, filter: "choice", say: (state) => say.states[state as "open"], width: 0.9 },
      {
        id: "next",
        header: say.actions,
        value: () => "",
        cell: (one) => {
          const [does, words, label] =
            one.state === "open" && session.may("answer-appeals") && one.employee_id !== me
              ? [() => setAnswering(one), say.act, say.actOf(what(one))]
              : one.state === "open" && session.may("appeal") && one.employee_id === me
                ? [() => setWithdrawing(one), say.withdraw, say.withdrawOf(what(one))]
                : [() => setReading(one), say.read, say.readOf(what(one))];
          return (
            <Button look="quiet" onPress={does} aria-label={label}>
              {words}
            </Button>
          );
        },
        width: 1,
      },
      ...(own ? [] : [{ id: "employee", header: say.employee, value: (one: Appeal) => one.employee, cell: (one: Appeal) => <Link href={`/team/${encodeURIComponent(one.employee_id)}`}>{one.employee}</Link>, filter: "choice" as const, width: 1.2 }]),
      { id: "role", header: say.role, value: (one) => title(one.role), filter: "choice", width: 1.2 },
      { id: "reason", header: say.reason, value: (one) => one.reason, width: 2.4 },
      { id: "answer", header: say.answer, value: (one) => one.answer, width: 1.6 },
      { id: "when", header: say.when, value: (one) => one.recorded_at, cell: (one) => format.moment(one.recorded_at), width: 1.1 },
    ];
  }, [say, format, session, title, own, me]);
  return (
    <>
      <DataTable<Appeal> name={name} caption={say.table} columns={columns} rows={of} rowKey={(one) => String(one.number)} height={own ? 6 : 14} empty={empty} />
      {answering && <Answering of={answering} onClose={() => setAnswering(null)} />}
      {withdrawing && <Withdrawing of={withdrawing} onClose={() => setWithdrawing(null)} />}
      {reading && (
        <Dialog title={say.readOf(`${reading.account}, ${title(reading.role)}`)} open onClose={() => setReading(null)}>
          <Words of={reading} />
        </Dialog>
      )}
    </>
  );
}

/** What was said on both sides, in full. */
function Words({ of }: { of: Appeal }) {
  return (
    <div className="stack">
      <blockquote className="quote">
        {of.reason} <span className="soft">— {of.employee}</span>
      </blockquote>
      {of.answer && (
        <blockquote className="quote">
          {of.answer} <span className="soft">— {of.answered_by}</span>
        </blockquote>
      )}
    </div>
  );
}

const headers = (of: Appeal) => ({ "if-match": `"${of.version}"` });

function Answering({ of, onClose }: { of: Appeal; onClose(): void }) {
  const say = useWords(words);
  const title = useRoleTitle();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const session = useSession();
  const { say: toast } = useToasts();
  const [granted, setGranted] = useState("");
  const [text, setText] = useState("");
  const submit = async () => {
    await ask(api.POST("/api/v1/appeals/{number}/answer", { params: { path: { number: of.number } }, headers: headers(of), body: { granted: granted === "yes", words: text } }));
    await queries.invalidateQueries({ queryKey: ["appeals"] });
    if (granted === "yes" && session.may("assign")) {
      toast(say.then);
      void navigate(`/accounts/${encodeURIComponent(of.account_id)}`);
    } else toast(say.answered);
  };
  return (
    <FormDialog title={say.actOf(`${of.account}, ${title(of.role)}`)} open onClose={onClose} action={say.act} onSubmit={submit}>
      <Words of={of} />
      <SelectField
        label={say.decision}
        value={granted}
        onChange={setGranted}
        choices={[
          { value: "yes", label: say.grant },
          { value: "no", label: say.deny },
        ]}
        required
      />
      <TextField label={say.words} value={text} onChange={setText} hint={say.wordsHint} lines={3} required />
    </FormDialog>
  );
}

function Withdrawing({ of, onClose }: { of: Appeal; onClose(): void }) {
  const say = useWords(words);
  const title = useRoleTitle();
  const queries = useQueryClient();
  const { say: toast } = useToasts();
  const submit = async () => {
    await ask(api.POST("/api/v1/appeals/{number}/withdraw", { params: { path: { number: of.number } }, headers: headers(of), body: {} }));
    await queries.invalidateQueries({ queryKey: ["appeals"] });
    toast(say.withdrawn);
  };
  return <Confirm title={say.withdrawOf(`${of.account}, ${title(of.role)}`)} open onClose={onClose} action={say.withdraw} text={say.withdrawAsk} onSubmit={submit} />;
}
