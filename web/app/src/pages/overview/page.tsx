import { PageHead } from "../../parts/basics";
import { dictionary, useWords } from "../../i18n";

const words = dictionary({ title: "Overview" }, { title: "Преглед" });

export function Component() {
  const say = useWords(words);
  return <PageHead title={say.title} />;
}
