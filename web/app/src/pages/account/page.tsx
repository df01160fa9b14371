/** One customer: who answers and why, what happened, whom one meets there, what they need, and their contact card. */
import { useQuery } from "@tanstack/react-query";
import { useParams } from "react-router";
import { api, ask } from "../../api/client";
import { useSession } from "../../api/session";
import { useWords } from "../../i18n";
import { useParam } from "../../lib/url";
import { Facts, PageHead, Ready, Section } from "../../parts/basics";
import { Tabs } from "../../parts/tabs";
import { CardLinks } from "./card";
import { History } from "./history";
import { Matters } from "./matters";
import { People } from "./people";
import { Who } from "./who";
import { words } from "./words";

export function Component() {
  const id = useParams()["id"]!;
  const say = useWords(words);
  const session = useSession();
  const [on] = useParam("on");
  const answer = useQuery({ queryKey: ["account", id, "who", on], queryFn: () => ask(api.GET("/api/v1/accounts/{id}/responsible", { params: { path: { id }, query: { explain: true, ...(on && { on }) } } })) });
  return (
    <Ready of={answer}>
      {(data) => (
        <>
          <PageHead title={data.account} under={`${data.account_id} · ${say.segment}: ${data.segment}`} />
          <Tabs
            label={say.tabs}
            tabs={[
              { id: "who", title: say.who, content: () => <Who answer={data} /> },
              { id: "history", title: say.history, content: () => <History id={id} /> },
              { id: "people", title: say.people, content: () => <People id={id} /> },
              ...(session.may("read-communications") ? [{ id: "matters", title: say.matters, content: () => <Matters id={id} /> }] : []),
              ...(session.may("share-cards") ? [{ id: "card", title: say.card, content: () => <CardLinks id={id} /> }] : []),
              { id: "data", title: say.data, content: () => <Section title={say.data}><Facts of={Object.entries(data.attributes as Record<string, unknown>).map(([name, value]) => [name, value === null ? "" : String(value)])} /></Section> },
            ]}
          />
        </>
      )}
    </Ready>
  );
}
