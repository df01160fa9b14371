/** Links by which the customer sees who answers for what. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, ask } from "../../api/client";
import type { CardLink } from "../../api/schema";
import { useFormat, useWords } from "../../i18n";
import { common } from "../../i18n/common";
import { Badge, Button, Ready, Section } from "../../parts/basics";
import { Confirm, FormDialog } from "../../parts/dialog";
import { TextField } from "../../parts/fields";
import { useToasts } from "../../parts/toasts";
import { words } from "./words";

export function CardLinks({ id }: { id: string }) {
  const say = useWords(words);
  const shared = useWords(common);
  const format = useFormat();
  const queries = useQueryClient();
  const { say: toast } = useToasts();
  const [making, setMaking] = useState(false);
  const [label, setLabel] = useState("");
  const [days, setDays] = useState("90");
  const [made, setMade] = useState<string | null>(null);
  const [revoking, setRevoking] = useState<CardLink | null>(null);
  const links = useQuery({ queryKey: ["account", id, "card-links"], queryFn: () => ask(api.GET("/api/v1/accounts/{id}/card-links", { params: { path: { id }, query: { limit: 200 } } })) });
  const make = async () => {
    const link = await ask(api.POST("/api/v1/accounts/{id}/card-links", { params: { path: { id } }, body: { label, days: days ? Number(days) : null } }));
    setMade(new URL(link.path, location.origin).href);
    setLabel("");
    await queries.invalidateQueries({ queryKey: ["account", id, "card-links"] });
  };
  return (
    <Section title={say.card} actions={<Button icon="plus" onPress={() => setMaking(true)}>{say.share}</Button>}>
      <p>{say.cardLead}</p>
      {made && (
        <div className="note stack" role="status">
          <p>{say.link}</p>
          <p className="row">
            <a className="link" href={made} target="_blank" rel="noreferrer">
              {made}
            </a>
            <Button icon="copy" onPress={() => void navigator.clipboard.writeText(made).then(() => toast(shared.copied))}>
              {shared.copy}
            </Button>
          </p>
        </div>
      )}
      <Ready of={links}>
        {(data) =>
          data.links.length === 0 ? (
            <p className="soft">{say.noLinks}</p>
          ) : (
            <ul className="plain-list">
              {data.links.map((link) => (
                <li key={link.number} className="row">
                  <strong>{link.label || `#${link.number}`}</strong> <span className="soft">{link.expires_at ? say.expires(format.moment(link.expires_at)) : say.endless}</span>
                  {link.revoked ? <Badge>{say.revoked}</Badge> : <Button look="quiet" aria-label={`${say.revoke}: ${link.label || link.number}`} onPress={() => setRevoking(link)}>{say.revoke}</Button>}
                </li>
              ))}
            </ul>
          )
        }
      </Ready>
      <p>
        <a className="link" href={`/api/v1/accounts/${encodeURIComponent(id)}/card?format=vcard`}>
          {say.vcard}
        </a>
      </p>
      <FormDialog title={say.share} open={making} onClose={() => setMaking(false)} action={shared.create} onSubmit={make}>
        <TextField label={say.label} value={label} onChange={setLabel} autoFocus />
        <TextField label={say.days} value={days} onChange={setDays} type="number" />
      </FormDialog>
      <Confirm
        title={say.revoke}
        open={revoking !== null}
        onClose={() => setRevoking(null)}
        action={say.revoke}
        danger
        text={say.revokeAsk}
        onSubmit={async () => {
          await ask(api.DELETE("/api/v1/accounts/{id}/card-links/{number}", { params: { path: { id, number: revoking!.number } } }));
          setMade(null);
          await queries.invalidateQueries({ queryKey: ["account", id, "card-links"] });
        }}
      />
    </Section>
  );
}
