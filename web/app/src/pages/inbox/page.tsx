/** What came in: mine, the desk's, overdue ones; and the form that registers another. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { useNavigate } from "react-router";
import { api, ask } from "../../api/client";
import type { Matter, MatterPage } from "../../api/answers";
import { useSession } from "../../api/session";
import { useWords } from "../../i18n";
import { useParam } from "../../lib/url";
import { Button, Empty, PageHead, Ready } from "../../parts/basics";
import { FormDialog } from "../../parts/dialog";
import { AccountField, DayField, SelectField, TextField } from "../../parts/fields";
import { Tabs } from "../../parts/tabs";
import { useToasts } from "../../parts/toasts";
import { useStages } from "./stages";
import { MatterTable } from "./table";
import { words } from "./words";

type Whose = "mine" | "desk" | "overdue" | "all";

export function Component() {
  const say = useWords(words);
  const session = useSession();
  const [fresh, setFresh] = useParam("new");
  const mine: Whose[] = session.user.employee_id ? ["mine"] : [];
  return (
    <>
      <PageHead title={say.title}>
        {session.may("record-communications") && (
          <Button look="main" icon="plus" onPress={() => setFresh("yes")}>
            {say.register}
          </Button>
        )}
      </PageHead>
      <Tabs label={say.whose} param="whose" tabs={([...mine, "desk", "overdue", "all"] as Whose[]).map((whose) => ({ id: whose, title: say[whose], content: () => <Matters whose={whose} /> }))} />
      {fresh && <Register account={fresh === "yes" ? "" : fresh} onClose={() => setFresh("")} />}
    </>
  );
}

function Matters({ whose }: { whose: Whose }) {
  const say = useWords(words);
  const found = useQuery({
    queryKey: ["inbox", whose],
    queryFn: async () => {
      const call = whose === "mine" || whose === "desk" ? api.GET("/api/v1/inbox", { params: { query: { desk: whose === "desk", limit: 200 } } }) : api.GET("/api/v1/communications", { params: { query: { overdue: whose === "overdue", limit: 200 } } });
      return (await ask(call as Promise<{ data?: unknown; response: Response }>)) as MatterPage;
    },
  });
  return (
    <Ready of={found}>
      {(data) =>
        data.communications.length === 0 ? (
          <Empty icon="inbox" title={say.empty[whose]}>
            {say.emptyText}
          </Empty>
        ) : (
          <MatterTable rows={data.communications} name="inbox" />
        )
      }
    </Ready>
  );
}

function Register({ account: given, onClose }: { account: string; onClose(): void }) {
  const say = useWords(words);
  const queries = useQueryClient();
  const navigate = useNavigate();
  const { say: toast } = useToasts();
  const [account, setAccount] = useState(given);
  const [caller, setCaller] = useState("");
  const [channel, setChannel] = useState("call");
  const [subject, setSubject] = useState("");
  const [text, setText] = useState("");
  const [task, setTask] = useState("");
  const [due, setDue] = useState("");
  const [stage, setStage] = useState("");
  const stages = useStages(account);
  const opened = useRef<number | null>(null);
  // To the new matter; or back to the list, which the address then names without the form.
  const close = () => (opened.current === null ? onClose() : void navigate(`/inbox/${opened.current}`));
  const choices = (of: Record<string, string>) => Object.entries(of).map(([value, label]) => ({ value, label }));
  const submit = async () => {
    const body = { account_id: account || null, caller: caller || null, channel, subject, text, task: task || null, due: due || null, ...stages.target(stage) };
    const made = (await ask(api.POST("/api/v1/communications", { body }) as Promise<{ data?: unknown; response: Response }>)) as Matter;
    await queries.invalidateQueries();
    toast(say.registered(made.number));
    opened.current = made.number;
  };
  return (
    <FormDialog title={say.registerTitle} open onClose={close} action={say.register} onSubmit={submit} wide>
      <TextField label={say.subject} value={subject} onChange={setSubject} required autoFocus />
      <div className="form-row">
        <AccountField label={say.account} value={account} onChange={setAccount} shown={given} />
        <TextField label={say.caller} value={caller} onChange={setCaller} hint={say.callerHint} />
      </div>
      <div className="form-row">
        <SelectField label={say.channel} value={channel} onChange={setChannel} choices={choices(say.channels)} required />
        <SelectField label={say.task} value={task} onChange={setTask} choices={[{ value: "", label: say.noTask }, ...choices(say.tasks)].slice(1)} />
        <DayField label={say.due} value={due} onChange={setDue} />
      </div>
      <TextField label={say.text} value={text} onChange={setText} lines={4} />
      {account && <SelectField label={say.passTo} value={stage} onChange={setStage} choices={stages.choices} hint={say.nobodyYet} />}
    </FormDialog>
  );
}
