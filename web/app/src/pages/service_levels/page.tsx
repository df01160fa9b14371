/** What customers are promised: whether it can be kept, which promise breaks first, what would mend it, and what was kept. */
import { useSession } from "../../api/session";
import { useWords } from "../../i18n";
import { PageHead } from "../../parts/basics";
import { StudyFrame } from "../../parts/study";
import { Tabs } from "../../parts/tabs";
import { Feasible } from "./feasible";
import { Observed } from "./observed";
import { words } from "./words";

export function Component() {
  const say = useWords(words);
  const session = useSession();
  const kept = { id: "kept", title: say.tabs.kept, content: () => <Observed /> };
  const feasible = {
    id: "feasible",
    title: say.tabs.feasible,
    content: () => (
      <StudyFrame of="service-levels" lesson={{ icon: "chart", ...say.lesson }}>
        {(study) => study.service_levels && <Feasible service={study.service_levels} />}
      </StudyFrame>
    ),
  };
  return (
    <>
      <PageHead title={say.title} />
      <Tabs label={say.parts} tabs={session.may("read-loads", "all") ? [feasible, kept] : [kept]} />
    </>
  );
}
