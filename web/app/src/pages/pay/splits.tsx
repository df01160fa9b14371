/** Orders divided by hand, with the reason; taken back, the rules hold again. */
import { useMemo, useState } from "react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Refusal, api, ask } from "../../api/client";
import type { Split } from "../../api/schema";
import { useSession } from "../../api/session";
import { useWords } from "../../i18n";
import { useEmployees } from "../../lib/queries";
import { address } from "../../lib/url";
import { Badge, Button, Empty, Link, Ready, Section } from "../../parts/basics";
import { Confirm, FormDialog } from "../../parts/dialog";
import { TextField } from "../../parts/fields";
import { DataTable, type Column } from "../../parts/table";
import { useToasts } from "../../parts/toasts";
import { words } from "./words";

/** `E-01 = 60`, one a line; none if any line is something else. */
export function partsOf(text: string): { employee_id: string; part: string }[] | null {
  const lines = text.split("\n").map((line) => line.trim()).filter((line) => line !== "");
  const parts = lines.map((line) => line.match(/^(.+?)\s*[=:]\s*(\d+(?:[.,]\d+)?)\s*%?$/));
  if (lines.length === 0 || parts.some((part) => part === null)) return null;
  return parts.map((part) => ({ employee_id: part![1]!.trim(), part: part![2]!.replace(",", ".") }));
}

export function Splits() {
  const say = useWords(words);
  const session = useSession();
  const may = session.may("manage-pay");
  const employees = useEmployees();
  const found = useQuery({ queryKey: ["pay", "splits"], queryFn: () => ask(api.GET("/api/v1/credit-splits")) });
  const [open, setOpen] = useState(false);
  const [back, setBack] = useState<Split | null>(null);
  const columns = useMemo<Column<Split>[]>(() => {
    const name = new Map(employees.data?.map((one) => [one.employee_id, one.name]));
    const parts = (one: Split) => one.parts.map((part) => `${name.get(part.employee_id) ?? part.employee_id}: ${part.part}`).join(", ");
    return [
      { id: "order", header: say.order, value: (one) => [one.order_id, one.line].filter(Boolean).join(" / "), cell: (one) => <Link href={address("/contribution/credits", { order: one.order_id })}>{[one.order_id, one.line].filter(Boolean).join(" / ")}</Link>, width: 1.2 },
      { id: "parts", header: say.partsOf, value: parts, width: 2.2 },
      { id: "reason", header: say.reason, value: (one) => one.reason, width: 2.2 },
      { id: "state", header: say.state, value: (one) => (one.active ? say.active : say.takenBack), cell: (one) => <Badge tone={one.active ? "good" : "plain"}>{one.active ? say.active : say.takenBack}</Badge>, filter: "choice" },
      ...(may ? [{ id: "back", header: say.takeBack, value: () => "", cell: (one: Split) => one.active && <Button look="quiet" aria-label={`${say.takeBack}: ${one.order_id}`} onPress={() => setBack(one)}>{say.takeBack}</Button> }] : []),
    ];
  }, [employees.data, may, say]);
  return (
    <Section
      title={say.splits}
      id="splits"
      actions={
        may && (
          <Button icon="plus" look="main" onPress={() => setOpen(true)}>
            {say.divide}
          </Button>
        )
      }
    >
      <p className="soft">{say.splitsLead}</p>
      <Ready of={found}>{(data) => <DataTable name="splits" caption={say.splits} columns={columns} rows={data.credit_splits} rowKey={(one) => String(one.number)} empty={<Empty icon="pay" title={say.noSplits}>{say.noSplitsText}</Empty>} />}</Ready>
      <Divide open={open} onClose={() => setOpen(false)} />
      <TakeBack split={back} onClose={() => setBack(null)} />
    </Section>
  );
}

function Divide({ open, onClose }: { open: boolean; onClose(): void }) {
  const say = useWords(words);
  const toasts = useToasts();
  const queries = useQueryClient();
  const [order, setOrder] = useState("");
  const [line, setLine] = useState("");
  const [text, setText] = useState("");
  const [reason, setReason] = useState("");
  const submit = async () => {
    const parts = partsOf(text);
    if (parts === null) throw new Refusal(422, say.badParts, say.partsHint);
    await ask(api.POST("/api/v1/credit-splits", { body: { order_id: order, parts, reason, ...(line && { line }) } }));
    toasts.say(say.divided);
    [setOrder, setLine, setText, setReason].forEach((set) => set(""));
    await queries.invalidateQueries({ queryKey: ["pay"] });
  };
  return (
    <FormDialog title={say.divide} action={say.divideDo} open={open} onClose={onClose} onSubmit={submit}>
      <div className="form-row">
        <TextField label={say.order} value={order} onChange={setOrder} required />
        <TextField label={say.line} value={line} onChange={setLine} hint={say.lineHint} />
      </div>
      <TextField label={say.partsOf} value={text} onChange={setText} lines={4} required hint={say.partsHint} />
      <TextField label={say.reason} value={reason} onChange={setReason} lines={2} required />
    </FormDialog>
  );
}

function TakeBack({ split, onClose }: { split: Split | null; onClose(): void }) {
  const say = useWords(words);
  const toasts = useToasts();
  const queries = useQueryClient();
  const submit = async () => {
    const etag = `"${split!.version}"`;
    await ask(api.DELETE("/api/v1/credit-splits/{number}", { params: { path: { number: split!.number }, header: { "If-Match": etag } }, headers: { "if-match": etag } }));
    toasts.say(say.back2);
    await queries.invalidateQueries({ queryKey: ["pay"] });
  };
  return <Confirm title={say.takeBack} action={say.takeBack} danger open={split !== null} onClose={onClose} onSubmit={submit} text={say.takeBackAsk} />;
}
