/** A secret that is shown once. */
import { useWords } from "../../i18n";
import { common } from "../../i18n/common";
import { Button } from "../../parts/basics";
import { useToasts } from "../../parts/toasts";
import { words } from "./words";

export function Secret({ text }: { text: string }) {
  const say = useWords(words);
  const shared = useWords(common);
  const { say: toast } = useToasts();
  return (
    <div className="note stack" role="status">
      <p>{say.secret}</p>
      <p className="row">
        <code className="secret">{text}</code>
        <Button icon="copy" onPress={() => void navigator.clipboard.writeText(text).then(() => toast(shared.copied))}>
          {shared.copy}
        </Button>
      </p>
    </div>
  );
}
