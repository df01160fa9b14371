/** Where one is signed in; a session on a machine that is out of reach is ended from here. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, ask } from "../../api/client";
import type { Session } from "../../api/schema";
import { useSignOut } from "../../api/session";
import { useFormat, useWords } from "../../i18n";
import { Badge, Button, Ready, Section } from "../../parts/basics";
import { Confirm } from "../../parts/dialog";
import { useToasts } from "../../parts/toasts";
import { words } from "./words";

export function Sessions() {
  const say = useWords(words);
  const format = useFormat();
  const queries = useQueryClient();
  const signOut = useSignOut();
  const { say: toast } = useToasts();
  const sessions = useQuery({ queryKey: ["sessions"], queryFn: () => ask(api.GET("/api/v1/sessions")) });
  const [ending, setEnding] = useState<Session | null>(null);
  const end = async () => {
    if (!ending) return;
    if (ending.here) return signOut();
    await ask(api.DELETE("/api/v1/sessions/{id}", { params: { path: { id: ending.session_id } } }));
    await queries.invalidateQueries({ queryKey: ["sessions"] });
    toast(say.sessionEnded);
  };
  return (
    <Section title={say.sessions} id="sessions">
      <p className="soft">{say.sessionsLead}</p>
      <Ready of={sessions}>
        {(data) => (
          <ul className="plain-list">
            {data.sessions.map((one) => (
              <li key={one.session_id} className="row">
                <span>
                  {say.opened(format.moment(one.created_at))} · {say.seen(format.moment(one.seen_at))} · {say.ends(format.moment(one.expires_at))}
                </span>
                {one.here && <Badge tone="good">{say.here}</Badge>}
                <span className="spread" />
                <Button look="quiet" onPress={() => setEnding(one)} aria-label={`${say.endSession}: ${say.opened(format.moment(one.created_at))}`}>
                  {say.endSession}
                </Button>
              </li>
            ))}
          </ul>
        )}
      </Ready>
      <Confirm title={say.endSession} open={ending !== null} onClose={() => setEnding(null)} action={say.endSession} danger text={ending?.here ? say.endHere : say.endAsk} onSubmit={end} />
    </Section>
  );
}
