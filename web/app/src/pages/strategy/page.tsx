/** How many people of each role, and where; where the effort goes against the strategy; and what if. */
import { useWords } from "../../i18n";
import { PageHead } from "../../parts/basics";
import { StudyFrame } from "../../parts/study";
import { Tabs } from "../../parts/tabs";
import { EffortOfSegments } from "./effort";
import { NewScenario, Scenario, nameOf } from "./scenario";
import { Sizing } from "./sizing";
import { words } from "./words";

export function Component() {
  const say = useWords(words);
  return (
    <>
      <PageHead title={say.title} />
      <Tabs
        label={say.parts}
        forget={["study", "pool"]}
        tabs={[
          {
            id: "sizing",
            title: say.tabs.sizing,
            content: () => (
              <StudyFrame of="sizing" lesson={{ icon: "team", ...say.sizingLesson }}>
                {(study) => study.sizing && <Sizing pools={study.sizing} />}
              </StudyFrame>
            ),
          },
          {
            id: "effort",
            title: say.tabs.effort,
            content: () => (
              <StudyFrame of="effort" lesson={{ icon: "chart", ...say.effortLesson }}>
                {(study) => study.effort && <EffortOfSegments effort={study.effort} />}
              </StudyFrame>
            ),
          },
          {
            id: "scenario",
            title: say.tabs.scenario,
            content: () => (
              <StudyFrame of="scenario" lesson={{ icon: "plans", ...say.scenarioLesson }} begin={(send) => <NewScenario onSend={send} />} name={nameOf}>
                {(study) => study.scenario && <Scenario told={study.scenario} />}
              </StudyFrame>
            ),
          },
        ]}
      />
    </>
  );
}
