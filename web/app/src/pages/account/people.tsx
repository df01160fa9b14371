/** Contacts, needs, and what one has to know of a customer. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, ask, askTagged } from "../../api/client";
import type { Contact, Need } from "../../api/schema";
import { useSession } from "../../api/session";
import { useFormat, useWords } from "../../i18n";
import { common } from "../../i18n/common";
import { Badge, Button, Ready, Section } from "../../parts/basics";
import { FormDialog } from "../../parts/dialog";
import { CheckField, SelectField, TextField } from "../../parts/fields";
import { words } from "./words";

export function People({ id }: { id: string }) {
  return (
    <>
      <Contacts id={id} />
      <div className="columns">
        <Needs id={id} />
        <Particulars id={id} />
      </div>
    </>
  );
}

function Contacts({ id }: { id: string }) {
  const say = useWords(words);
  const may = useSession().may("edit-accounts");
  const [edited, edit] = useState<Contact | "new" | null>(null);
  const found = useQuery({ queryKey: ["account", id, "contacts"], queryFn: () => ask(api.GET("/api/v1/accounts/{id}/contacts", { params: { path: { id }, query: { limit: 200 } } })) });
  return (
    <Section title={say.contacts} actions={may && <Button icon="plus" onPress={() => edit("new")}>{say.addContact}</Button>}>
      <Ready of={found}>
        {(data) =>
          data.contacts.length === 0 ? (
            <p className="soft">{say.noContacts}</p>
          ) : (
            <ul className="plain-list">
              {data.contacts.map((one) => (
                <li key={one.number} className="row">
                  <strong>{one.name}</strong> {one.main && <Badge tone="info">{say.main}</Badge>} <span className="soft">{[one.position, one.email, ...one.phones, one.language].filter(Boolean).join(" · ")}</span>
                  {may && <Button look="quiet" aria-label={`${say.editContact}: ${one.name}`} onPress={() => edit(one)}>{say.edit}</Button>}
                </li>
              ))}
            </ul>
          )
        }
      </Ready>
      {edited && <ContactForm key={edited === "new" ? "new" : edited.number} id={id} of={edited === "new" ? null : edited} onClose={() => edit(null)} />}
    </Section>
  );
}

function ContactForm({ id, of, onClose }: { id: string; of: Contact | null; onClose(): void }) {
  const say = useWords(words);
  const shared = useWords(common);
  const queries = useQueryClient();
  const [name, setName] = useState(of?.name ?? "");
  const [position, setPosition] = useState(of?.position ?? "");
  const [email, setEmail] = useState(of?.email ?? "");
  const [phones, setPhones] = useState(of?.phones.join(", ") ?? "");
  const [language, setLanguage] = useState(of?.language ?? "");
  const [main, setMain] = useState(of?.main ?? false);
  const [active, setActive] = useState(of?.active ?? true);
  const submit = async () => {
    const body = { name, position: position || null, email: email || null, phones: phones.split(",").map((one) => one.trim()).filter(Boolean), language: language || null, main, active };
    if (of) await ask(api.PUT("/api/v1/accounts/{id}/contacts/{number}", { params: { path: { id, number: of.number }, header: { "If-Match": `"${of.version}"` } }, body }));
    else await ask(api.POST("/api/v1/accounts/{id}/contacts", { params: { path: { id } }, body }));
    await queries.invalidateQueries({ queryKey: ["account", id] });
  };
  return (
    <FormDialog title={of ? say.editContact : say.addContact} open onClose={onClose} action={shared.save} onSubmit={submit}>
      <TextField label={say.name} value={name} onChange={setName} required autoFocus />
      <TextField label={say.position} value={position} onChange={setPosition} />
      <TextField label={say.email} value={email} onChange={setEmail} type="email" />
      <TextField label={say.phones} value={phones} onChange={setPhones} hint={say.phonesHint} />
      <TextField label={say.language} value={language} onChange={setLanguage} />
      <CheckField label={say.main} value={main} onChange={setMain} />
      <CheckField label={say.active} value={active} onChange={setActive} />
    </FormDialog>
  );
}

function Needs({ id }: { id: string }) {
  const say = useWords(words);
  const format = useFormat();
  const may = useSession().may("edit-accounts");
  const [edited, edit] = useState<Need | "new" | null>(null);
  const found = useQuery({ queryKey: ["account", id, "needs"], queryFn: () => ask(api.GET("/api/v1/accounts/{id}/needs", { params: { path: { id }, query: { limit: 200 } } })) });
  return (
    <Section title={say.needs} actions={may && <Button icon="plus" onPress={() => edit("new")}>{say.addNeed}</Button>}>
      <Ready of={found}>
        {(data) =>
          data.needs.length === 0 ? (
            <p className="soft">{say.noNeeds}</p>
          ) : (
            <ul className="plain-list">
              {data.needs.map((one) => (
                <li key={one.number} className="row">
                  <Badge tone={one.state === "open" ? "warn" : "plain"}>{(say.states as Record<string, string>)[one.state] ?? one.state}</Badge> {one.text} <span className="soft">{[one.product_line, one.stage, format.day(one.since)].filter(Boolean).join(" · ")}</span>
                  {may && <Button look="quiet" aria-label={`${say.editNeed}: ${one.text}`} onPress={() => edit(one)}>{say.edit}</Button>}
                </li>
              ))}
            </ul>
          )
        }
      </Ready>
      {edited && <NeedForm key={edited === "new" ? "new" : edited.number} id={id} of={edited === "new" ? null : edited} onClose={() => edit(null)} />}
    </Section>
  );
}

function NeedForm({ id, of, onClose }: { id: string; of: Need | null; onClose(): void }) {
  const say = useWords(words);
  const shared = useWords(common);
  const queries = useQueryClient();
  const [text, setText] = useState(of?.text ?? "");
  const [state, setState] = useState(of?.state ?? "open");
  const submit = async () => {
    const body = { text, state, product_line: of?.product_line ?? null, stage: of?.stage ?? null };
    if (of) await ask(api.PUT("/api/v1/accounts/{id}/needs/{number}", { params: { path: { id, number: of.number }, header: { "If-Match": `"${of.version}"` } }, body }));
    else await ask(api.POST("/api/v1/accounts/{id}/needs", { params: { path: { id } }, body }));
    await queries.invalidateQueries({ queryKey: ["account", id] });
  };
  return (
    <FormDialog title={of ? say.editNeed : say.addNeed} open onClose={onClose} action={shared.save} onSubmit={submit}>
      <TextField label={say.text} value={text} onChange={setText} lines={3} required autoFocus />
      <SelectField label={say.state} value={state} onChange={setState} choices={Object.entries(say.states).map(([value, label]) => ({ value, label }))} />
    </FormDialog>
  );
}

function Particulars({ id }: { id: string }) {
  const say = useWords(words);
  const shared = useWords(common);
  const may = useSession().may("edit-accounts");
  const queries = useQueryClient();
  const [open, setOpen] = useState(false);
  const [text, setText] = useState("");
  const found = useQuery({ queryKey: ["account", id, "particulars"], queryFn: () => askTagged(api.GET("/api/v1/accounts/{id}/particulars", { params: { path: { id } } })) });
  const submit = async () => {
    await ask(api.PUT("/api/v1/accounts/{id}/particulars", { params: { path: { id }, header: { "If-Match": found.data!.etag } }, body: { text } }));
    await queries.invalidateQueries({ queryKey: ["account", id] });
  };
  return (
    <Section
      title={say.particulars}
      actions={
        may &&
        found.data && (
          <Button
            aria-label={`${say.edit}: ${say.particulars}`}
            onPress={() => {
              setText(found.data.data.text);
              setOpen(true);
            }}
          >
            {say.edit}
          </Button>
        )
      }
    >
      <Ready of={found}>{({ data }) => (data.text ? <p className="said">{data.text}</p> : <p className="soft">{say.noParticulars}</p>)}</Ready>
      <FormDialog title={say.particulars} open={open} onClose={() => setOpen(false)} action={shared.save} onSubmit={submit}>
        <TextField label={say.particulars} value={text} onChange={setText} lines={6} hint={say.particularsHint} autoFocus />
      </FormDialog>
    </Section>
  );
}
