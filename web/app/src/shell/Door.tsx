/** Signing in, and the first administrator while there is no user. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState, type FormEvent } from "react";
import { api, ask } from "../api/client";
import { renewSession } from "../api/session";
import { dictionary, useWords } from "../i18n";
import { common } from "../i18n/common";
import { Button, Ready, Trouble } from "../parts/basics";
import { TextField } from "../parts/fields";
import { Icon } from "../parts/icons";
import { LanguageSwitch } from "./Switches";

export const PASSWORD_LENGTH = 12;

const words = dictionary(
  {
    signIn: "Sign in",
    lead: "Who is responsible for which customer, and why.",
    name: "Your name",
    password: "Password",
    openid: "Sign in by your organisation",
    or: "or",
    first: "Set up Bailiwick",
    firstLead: "There is no user yet. Whoever started the service makes the first administrator.",
    secret: "Secret for setting up",
    secretHint: "As printed on the terminal by “bailiwick serve”",
    display: "Name as others see it",
    length: `At least ${PASSWORD_LENGTH} characters`,
    again: "The password once more",
    differ: "The two passwords differ.",
    create: "Create the administrator",
  },
  {
    signIn: "Вход",
    lead: "Кой за кой клиент отговаря и защо.",
    name: "Потребител",
    password: "Парола",
    openid: "Вход чрез вашата организация",
    or: "или",
    first: "Първа настройка на Bailiwick",
    firstLead: "Още няма потребители. Който е пуснал услугата, създава първия администратор.",
    secret: "Тайна за настройка",
    secretHint: "Както е отпечатана на терминала от „bailiwick serve“",
    display: "Име, както другите го виждат",
    length: `Поне ${PASSWORD_LENGTH} знака`,
    again: "Паролата още веднъж",
    differ: "Двете пароли се различават.",
    create: "Създай администратора",
  },
);

export function Door() {
  const ways = useQuery({ queryKey: ["session", "ways"], queryFn: () => ask(api.GET("/api/v1/session/ways")) });
  return (
    <main className="door">
      <div className="door-top">
        <LanguageSwitch />
      </div>
      <Ready of={ways}>{(data) => (data.setup ? <SetUp /> : <SignIn openid={data.openid} />)}</Ready>
    </main>
  );
}

function Card({ title, lead, children, onSubmit, error }: { title: string; lead: string; children: React.ReactNode; onSubmit(): Promise<unknown>; error: unknown }) {
  const product = useWords(common).product;
  useEffect(() => {
    document.title = `${title} — ${product}`;
  }, [title, product]);
  return (
    <form
      className="card form door-card"
      onSubmit={(event: FormEvent) => {
        event.preventDefault();
        void onSubmit();
      }}
    >
      <p className="brand">
        <Icon name="plans" size={26} /> {product}
      </p>
      <h1>{title}</h1>
      <p className="soft">{lead}</p>
      {children}
      {error !== null && <Trouble error={error} />}
    </form>
  );
}

/** Sends once and keeps what was refused. */
function useSending() {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const queries = useQueryClient();
  const send = async (act: () => Promise<unknown>) => {
    setBusy(true);
    setError(null);
    try {
      await act();
      await renewSession(queries);
    } catch (refused) {
      setError(refused);
    } finally {
      setBusy(false);
    }
  };
  return { busy, error, send };
}

function SignIn({ openid }: { openid: boolean }) {
  const say = useWords(words);
  const { busy, error, send } = useSending();
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  return (
    <Card title={say.signIn} lead={say.lead} error={error} onSubmit={() => send(() => ask(api.POST("/api/v1/session", { body: { name, password } })))}>
      <TextField label={say.name} value={name} onChange={setName} autoComplete="username" required autoFocus />
      <TextField label={say.password} value={password} onChange={setPassword} type="password" autoComplete="current-password" required />
      <Button look="main" type="submit" isPending={busy}>
        {say.signIn}
      </Button>
      {openid && (
        <>
          <p className="door-or soft">{say.or}</p>
          <a className="button plain" href="/api/v1/session/oidc">
            {say.openid}
          </a>
        </>
      )}
    </Card>
  );
}

function SetUp() {
  const say = useWords(words);
  const { busy, error, send } = useSending();
  const [secret, setSecret] = useState("");
  const [name, setName] = useState("");
  const [display, setDisplay] = useState("");
  const [password, setPassword] = useState("");
  const [again, setAgain] = useState("");
  const differ = again !== "" && again !== password;
  const submit = async () => {
    if (differ) return;
    await send(() => ask(api.POST("/api/v1/setup", { body: { secret: secret.trim(), name, display_name: display || null, password } })));
  };
  return (
    <Card title={say.first} lead={say.firstLead} error={error} onSubmit={submit}>
      <TextField label={say.secret} value={secret} onChange={setSecret} hint={say.secretHint} required autoComplete="off" autoFocus />
      <TextField label={say.name} value={name} onChange={setName} autoComplete="username" required />
      <TextField label={say.display} value={display} onChange={setDisplay} autoComplete="name" />
      <TextField label={say.password} value={password} onChange={setPassword} type="password" autoComplete="new-password" hint={say.length} minLength={PASSWORD_LENGTH} required />
      <TextField label={say.again} value={again} onChange={setAgain} type="password" autoComplete="new-password" error={differ ? say.differ : undefined} required />
      <Button look="main" type="submit" isPending={busy}>
        {say.create}
      </Button>
    </Card>
  );
}
