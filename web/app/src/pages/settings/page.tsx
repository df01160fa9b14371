/** One's own password and tokens; users and webhooks for who may. */
import { useSession } from "../../api/session";
import { useWords } from "../../i18n";
import { PageHead } from "../../parts/basics";
import { Tabs } from "../../parts/tabs";
import { Password } from "./password";
import { Sessions } from "./sessions";
import { Tokens } from "./tokens";
import { Users } from "./users";
import { Webhooks } from "./webhooks";
import { words } from "./words";

export function Component() {
  const say = useWords(words);
  const session = useSession();
  const tabs = [
    { id: "password", title: say.password, content: () => <><Password /><Sessions /></> },
    ...(session.may("manage-tokens") ? [{ id: "tokens", title: say.tokens, content: () => <Tokens /> }] : []),
    ...(session.may("manage-users") ? [{ id: "users", title: say.users, content: () => <Users /> }] : []),
    ...(session.may("manage-webhooks", "all") ? [{ id: "webhooks", title: say.webhooks, content: () => <Webhooks /> }] : []),
  ];
  return (
    <>
      <PageHead title={say.title} />
      <Tabs label={say.parts} tabs={tabs} />
    </>
  );
}
