import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, ask } from "../../api/client";
import type { Token } from "../../api/schema";
import { useFormat, useWords } from "../../i18n";
import { common } from "../../i18n/common";
import { Badge, Button, Ready, Section } from "../../parts/basics";
import { Confirm, FormDialog } from "../../parts/dialog";
import { CheckField, TextField } from "../../parts/fields";
import { Secret } from "./secret";
import { words } from "./words";

export function Tokens() {
  const say = useWords(words);
  const shared = useWords(common);
  const format = useFormat();
  const queries = useQueryClient();
  const [open, setOpen] = useState(false);
  const [name, setName] = useState("");
  const [scopes, setScopes] = useState<string[]>(["read"]);
  const [days, setDays] = useState("90");
  const [secret, setSecret] = useState<string | null>(null);
  const [revoking, setRevoking] = useState<Token | null>(null);
  const found = useQuery({ queryKey: ["tokens"], queryFn: () => ask(api.GET("/api/v1/tokens")) });
  const make = async () => {
    const made = await ask(api.POST("/api/v1/tokens", { body: { name, scopes, days: days ? Number(days) : null } }));
    setSecret(made.secret ?? null);
    setName("");
    await queries.invalidateQueries({ queryKey: ["tokens"] });
  };
  return (
    <Section title={say.tokens} actions={<Button icon="plus" onPress={() => setOpen(true)}>{say.addToken}</Button>}>
      <p className="soft">{say.tokenLead}</p>
      {secret && <Secret text={secret} />}
      <Ready of={found}>
        {(data) =>
          data.tokens.length === 0 ? (
            <p>{say.noTokens}</p>
          ) : (
            <ul className="plain-list">
              {data.tokens.map((one) => (
                <li key={one.token_id} className="row">
                  <strong>{one.name}</strong>
                  {one.scopes.map((scope) => (
                    <Badge key={scope}>{(say.scope as Record<string, string>)[scope] ?? scope}</Badge>
                  ))}
                  <span className="soft">{[say.expires(format.day(one.expires_at)), one.used_on && say.used(format.day(one.used_on))].filter(Boolean).join(" · ")}</span>
                  {one.revoked_at ? <Badge tone="warn">{say.revoked}</Badge> : <Button look="quiet" aria-label={`${say.revoke}: ${one.name}`} onPress={() => setRevoking(one)}>{say.revoke}</Button>}
                </li>
              ))}
            </ul>
          )
        }
      </Ready>
      <FormDialog title={say.addToken} open={open} onClose={() => setOpen(false)} action={shared.create} onSubmit={make}>
        <TextField label={say.name} value={name} onChange={setName} required autoFocus />
        <fieldset className="fieldset">
          <legend>{say.scopes}</legend>
          {Object.entries(say.scope).map(([scope, label]) => (
            <CheckField key={scope} label={label} value={scopes.includes(scope)} onChange={(on) => setScopes(on ? [...scopes, scope] : scopes.filter((one) => one !== scope))} />
          ))}
        </fieldset>
        <TextField label={say.days} value={days} onChange={setDays} type="number" />
      </FormDialog>
      <Confirm
        title={say.revoke}
        open={revoking !== null}
        onClose={() => setRevoking(null)}
        action={say.revoke}
        danger
        text={`${revoking?.name ?? ""}: ${say.revokeAsk}`}
        onSubmit={async () => {
          await ask(api.DELETE("/api/v1/tokens/{id}", { params: { path: { id: revoking!.token_id } } }));
          await queries.invalidateQueries({ queryKey: ["tokens"] });
        }}
      />
    </Section>
  );
}
