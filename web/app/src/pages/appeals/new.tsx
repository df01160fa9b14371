/** The form of an appeal: which assignment of one's own, and why it should be another's. */
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, ask } from "../../api/client";
import { useWords } from "../../i18n";
import { FormDialog } from "../../parts/dialog";
import { SelectField, TextField } from "../../parts/fields";
import { useToasts } from "../../parts/toasts";
import { words } from "./words";

/** An assignment that can be appealed against. */
export interface Held {
  account_id: string;
  account: string;
  role: string;
  title: string;
  product_line: string | null;
}

const key = (one: Held) => JSON.stringify([one.account_id, one.role, one.product_line]);

/** With one assignment, the form is about it; of several, one is chosen. */
export function NewAppeal({ held, open, onClose }: { held: Held[]; open: boolean; onClose(): void }) {
  const say = useWords(words);
  const queries = useQueryClient();
  const { say: toast } = useToasts();
  const [account, setAccount] = useState("");
  const [chosen, setChosen] = useState("");
  const [reason, setReason] = useState("");
  const only = held.length === 1 ? held[0] : undefined;
  const accounts = [...new Map(held.map((one) => [one.account_id, one.account]))].map(([value, name]) => ({ value, label: `${name} (${value})` }));
  const ofAccount = held.filter((one) => one.account_id === account);
  const roles = ofAccount.map((one) => ({ value: key(one), label: one.product_line ? `${one.title} · ${one.product_line}` : one.title }));
  const about = only ?? ofAccount.find((one) => key(one) === chosen) ?? (ofAccount.length === 1 ? ofAccount[0] : undefined);
  const submit = async () => {
    if (!about) return;
    await ask(api.POST("/api/v1/appeals", { body: { account_id: about.account_id, role: about.role, product_line: about.product_line, reason } }));
    await queries.invalidateQueries({ queryKey: ["appeals"] });
    setReason("");
    toast(say.sent);
  };
  return (
    <FormDialog title={only ? say.openOf(`${only.account}, ${only.title}`) : say.open} open={open} onClose={onClose} action={say.send} onSubmit={submit}>
      {!only && <SelectField label={say.account} value={account} onChange={(to) => (setAccount(to), setChosen(""))} choices={accounts} required />}
      {!only && roles.length > 1 && <SelectField label={say.role} value={chosen} onChange={setChosen} choices={roles} required />}
      <TextField label={say.reason} value={reason} onChange={setReason} hint={say.reasonHint} lines={4} required autoFocus={only !== undefined} />
    </FormDialog>
  );
}
