/** What is said to be wrong with pay, and the form that says it. */
import { useMemo, useState } from "react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "react-router";
import { api, ask } from "../../api/client";
import type { Dispute } from "../../api/schema";
import { useFormat, useWords } from "../../i18n";
import { useEmployees } from "../../lib/queries";
import { Badge, Empty, Link, Ready } from "../../parts/basics";
import { FormDialog } from "../../parts/dialog";
import { TextField } from "../../parts/fields";
import { DataTable, type Column } from "../../parts/table";
import { useToasts } from "../../parts/toasts";
import { words } from "./words";

export const useDisputes = () => useQuery({ queryKey: ["pay", "disputes"], queryFn: () => ask(api.GET("/api/v1/disputes")) });

type State = "open" | "answered" | "granted" | "refused";
const TONES = { open: "warn", answered: "info", granted: "good", refused: "plain" } as const;

export function DisputeState({ state }: { state: string }) {
  const say = useWords(words);
  return <Badge tone={TONES[state as State] ?? "plain"}>{say.states[state as State] ?? state}</Badge>;
}

export function DisputeList() {
  const say = useWords(words);
  const format = useFormat();
  const found = useDisputes();
  const employees = useEmployees();
  const columns = useMemo<Column<Dispute>[]>(() => {
    const name = new Map(employees.data?.map((one) => [one.employee_id, one.name]));
    const person = (one: Dispute) => name.get(one.employee_id) ?? one.employee_id;
    return [
      { id: "number", header: say.number, value: (one) => one.number, cell: (one) => <Link href={`/pay/disputes/${one.number}`}>{say.disputeOf(String(one.number))}</Link>, width: 1.2 },
      { id: "person", header: say.person, value: person, filter: "choice", width: 1.4 },
      { id: "period", header: say.period, value: (one) => one.period, filter: "choice" },
      { id: "order", header: say.order, value: (one) => [one.order_id, one.line].filter(Boolean).join(" / "), width: 1.2 },
      { id: "state", header: say.state, value: (one) => one.state, say: (state) => say.states[state as State] ?? state, cell: (one) => <DisputeState state={one.state} />, filter: "choice" },
      { id: "claim", header: say.claim, value: (one) => one.claim, width: 2.4 },
      { id: "amount", header: say.amount, value: (one) => Number(one.amount ?? 0), cell: (one) => (one.amount == null ? "" : format.cents(one.amount)), numeric: true },
      { id: "by", header: say.openedBy, value: (one) => one.opened_by },
    ];
  }, [employees.data, say, format]);
  return <Ready of={found}>{(data) => (data.disputes.length === 0 ? <Empty icon="pay" title={say.noDisputes}>{say.noDisputesText}</Empty> : <DataTable name="disputes" caption={say.tabs.disputes} columns={columns} rows={data.disputes} rowKey={(one) => String(one.number)} />)}</Ready>;
}

/** Says what is wrong with a statement, or with one of its orders; then the dispute itself is opened. */
export function DisputeDialog({ employee, period, of, onClose }: { employee: string; period: string; of: { order: string; line: string } | null; onClose(): void }) {
  const say = useWords(words);
  const toasts = useToasts();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const [claim, setClaim] = useState("");
  const submit = async () => {
    const made = await ask(api.POST("/api/v1/disputes", { body: { employee_id: employee, period, claim, ...(of?.order && { order_id: of.order, line: of.line }) } }));
    toasts.say(say.opened);
    await queries.invalidateQueries({ queryKey: ["pay", "disputes"] });
    void navigate(`/pay/disputes/${made.number}`);
  };
  return (
    <FormDialog title={say.disputeTitle} action={say.openDispute} open={of !== null} onClose={onClose} onSubmit={submit}>
      <p>{of?.order ? `${say.order}: ${of.order} / ${of.line}` : say.orderHint}</p>
      <TextField label={say.claim} value={claim} onChange={setClaim} lines={4} required autoFocus hint={say.claimHint} />
    </FormDialog>
  );
}
