/** Appeals of all whom one may see: open ones first, to be answered. */
import { useWords } from "../../i18n";
import { useAppeals } from "../../lib/queries";
import { Empty, PageHead, Ready } from "../../parts/basics";
import { AppealTable } from "./list";
import { words } from "./words";

export function Component() {
  const say = useWords(words);
  const appeals = useAppeals();
  return (
    <>
      <PageHead title={say.title} under={say.lead} />
      <Ready of={appeals}>
        {(found) => (
          <AppealTable
            of={found}
            name="appeals"
            empty={
              <Empty icon="info" title={say.none}>
                {say.noneText}
              </Empty>
            }
          />
        )}
      </Ready>
    </>
  );
}
