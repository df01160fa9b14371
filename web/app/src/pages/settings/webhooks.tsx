import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, ask } from "../../api/client";
import type { Webhook } from "../../api/schema";
import { useFormat, useWords } from "../../i18n";
import { common } from "../../i18n/common";
import { Badge, Button, Ready, Section } from "../../parts/basics";
import { Confirm, Dialog, FormDialog } from "../../parts/dialog";
import { TextField } from "../../parts/fields";
import { useToasts } from "../../parts/toasts";
import { Secret } from "./secret";
import { words } from "./words";

export function Webhooks() {
  const say = useWords(words);
  const shared = useWords(common);
  const format = useFormat();
  const queries = useQueryClient();
  const { complain } = useToasts();
  const [open, setOpen] = useState(false);
  const [url, setUrl] = useState("https://");
  const [events, setEvents] = useState("");
  const [secret, setSecret] = useState<string | null>(null);
  const [removing, setRemoving] = useState<Webhook | null>(null);
  const [shown, setShown] = useState<Webhook | null>(null);
  const found = useQuery({ queryKey: ["webhooks"], queryFn: () => ask(api.GET("/api/v1/webhooks", { params: { query: { limit: 200 } } })) });
  const again = () => queries.invalidateQueries({ queryKey: ["webhooks"] });
  const make = async () => {
    const made = await ask(api.POST("/api/v1/webhooks", { body: { url, events: events.split(",").map((one) => one.trim()).filter(Boolean) } }));
    setSecret(made.secret ?? null);
    await again();
  };
  const renew = async (hook: Webhook) => {
    try {
      const made = await ask(api.POST("/api/v1/webhooks/{id}/secret", { params: { path: { id: hook.webhook_id }, header: { "If-Match": `"${hook.version}"` } }, body: {} }));
      setSecret(made.secret ?? null);
      await again();
    } catch (refused) {
      complain(refused);
    }
  };
  return (
    <Section title={say.webhooks} actions={<Button icon="plus" onPress={() => setOpen(true)}>{say.addHook}</Button>}>
      <p className="soft">{say.hookLead}</p>
      {secret && <Secret text={secret} />}
      <Ready of={found}>
        {(data) =>
          data.webhooks.length === 0 ? (
            <p>{say.noHooks}</p>
          ) : (
            <ul className="plain-list">
              {data.webhooks.map((one) => (
                <li key={one.webhook_id} className="row">
                  <strong>{one.url}</strong> <span className="soft">{one.events.join(", ")}</span>
                  {!one.active && <Badge tone="bad">{say.off}</Badge>}
                  {one.failing_since && <Badge tone="warn">{say.failing(format.day(one.failing_since))}</Badge>}
                  <Button look="quiet" aria-label={`${say.deliveries}: ${one.url}`} onPress={() => setShown(one)}>{say.deliveries}</Button>
                  <Button look="quiet" aria-label={`${say.renew}: ${one.url}`} onPress={() => void renew(one)}>{say.renew}</Button>
                  <Button look="quiet" aria-label={`${say.remove}: ${one.url}`} onPress={() => setRemoving(one)}>{say.remove}</Button>
                </li>
              ))}
            </ul>
          )
        }
      </Ready>
      <FormDialog title={say.addHook} open={open} onClose={() => setOpen(false)} action={shared.create} onSubmit={make}>
        <TextField label={say.url} value={url} onChange={setUrl} type="url" required autoFocus />
        <TextField label={say.events} value={events} onChange={setEvents} hint={say.eventsHint} />
      </FormDialog>
      <Confirm
        title={say.remove}
        open={removing !== null}
        onClose={() => setRemoving(null)}
        action={say.remove}
        danger
        text={`${removing?.url ?? ""}: ${say.removeAsk}`}
        onSubmit={async () => {
          await ask(api.DELETE("/api/v1/webhooks/{id}", { params: { path: { id: removing!.webhook_id }, header: { "If-Match": `"${removing!.version}"` } } }));
          await again();
        }}
      />
      {shown && (
        <Dialog title={`${say.deliveries}: ${shown.url}`} open onClose={() => setShown(null)} wide>
          <Deliveries hook={shown} />
        </Dialog>
      )}
    </Section>
  );
}

function Deliveries({ hook }: { hook: Webhook }) {
  const say = useWords(words);
  const format = useFormat();
  const { say: toast, complain } = useToasts();
  const found = useQuery({ queryKey: ["webhooks", hook.webhook_id, "deliveries"], queryFn: () => ask(api.GET("/api/v1/webhooks/{id}/deliveries", { params: { path: { id: hook.webhook_id }, query: { limit: 50 } } })) });
  const replay = (delivery: number) =>
    ask(api.POST("/api/v1/webhooks/{id}/deliveries/{delivery}/replay", { params: { path: { id: hook.webhook_id, delivery } }, body: {} })).then(() => toast(say.sent), complain);
  return (
    <Ready of={found}>
      {(data) =>
        data.deliveries.length === 0 ? (
          <p>{say.noDeliveries}</p>
        ) : (
          <ul className="plain-list">
            {data.deliveries.map((one) => (
              <li key={one.delivery_id} className="row">
                <Badge tone={one.state === "delivered" ? "good" : "warn"}>{one.state}</Badge> {one.event} <span className="soft">{[one.status, one.error, format.moment(one.tried_at)].filter(Boolean).join(" · ")}</span>
                <Button look="quiet" onPress={() => void replay(one.delivery_id)}>{say.replay}</Button>
              </li>
            ))}
          </ul>
        )
      }
    </Ready>
  );
}
