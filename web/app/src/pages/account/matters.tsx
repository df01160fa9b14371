/** What came from this customer. */
import { useQuery } from "@tanstack/react-query";
import { api, ask } from "../../api/client";
import type { MatterPage } from "../../api/answers";
import { useSession } from "../../api/session";
import { useWords } from "../../i18n";
import { Link, Ready, Section } from "../../parts/basics";
import { MatterTable } from "../inbox/table";
import { words } from "./words";

export function Matters({ id }: { id: string }) {
  const say = useWords(words);
  const session = useSession();
  const found = useQuery({ queryKey: ["account", id, "matters"], queryFn: async () => (await ask(api.GET("/api/v1/communications", { params: { query: { account: id, limit: 200 } } }))) as unknown as MatterPage });
  return (
    <Section title={say.matters} actions={session.may("record-communications") && <Link href={`/inbox?new=${encodeURIComponent(id)}`}>{say.register}</Link>}>
      <Ready of={found}>{(data) => (data.communications.length === 0 ? <p className="soft">{say.noMatters}</p> : <MatterTable rows={data.communications} name="matters" />)}</Ready>
    </Section>
  );
}
