import { useState, type FormEvent } from "react";
import { api, ask } from "../../api/client";
import { useWords } from "../../i18n";
import { Button, Section, Trouble } from "../../parts/basics";
import { TextField } from "../../parts/fields";
import { useToasts } from "../../parts/toasts";
import { PASSWORD_LENGTH } from "../../shell/Door";
import { words } from "./words";

export function Password() {
  const say = useWords(words);
  const { say: toast } = useToasts();
  const [current, setCurrent] = useState("");
  const [fresh, setFresh] = useState("");
  const [again, setAgain] = useState("");
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const differ = again !== "" && again !== fresh;
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (differ || busy) return;
    setBusy(true);
    setError(null);
    try {
      await ask(api.PUT("/api/v1/session/password", { body: { current, new: fresh } }));
      [setCurrent, setFresh, setAgain].forEach((set) => set(""));
      toast(say.changed);
    } catch (refused) {
      setError(refused);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Section title={say.password}>
      <p className="soft">{say.passwordLead}</p>
      <form className="form day-row" onSubmit={(event) => void submit(event)}>
        <TextField label={say.current} value={current} onChange={setCurrent} type="password" autoComplete="current-password" required />
        <TextField label={say.fresh} value={fresh} onChange={setFresh} type="password" autoComplete="new-password" hint={say.length} minLength={PASSWORD_LENGTH} required />
        <TextField label={say.again} value={again} onChange={setAgain} type="password" autoComplete="new-password" error={differ ? say.differ : undefined} required />
        {error !== null && <Trouble error={error} />}
        <div>
          <Button look="main" type="submit" isPending={busy}>
            {say.change}
          </Button>
        </div>
      </form>
    </Section>
  );
}
