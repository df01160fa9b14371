/** Who did what, when and why; and whether the trail is whole. */
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { api, ask } from "../../api/client";
import { dictionary, useFormat, useWords } from "../../i18n";
import { common } from "../../i18n/common";
import { useParam } from "../../lib/url";
import { Badge, Button, Empty, Link, PageHead, Ready, Section, Trouble } from "../../parts/basics";
import { DayField, TextField } from "../../parts/fields";
import { DataTable, type Column } from "../../parts/table";

const words = dictionary(
  { title: "Audit", lead: "Every change of the ledger, with who, when and why. Each entry seals the one before.", verify: "Verify the trail", intact: (count: string) => `Whole: ${count} entries, each sealed by the next.`, broken: (at: number) => `Broken at entry ${at}.`, filters: "Which entries", actor: "Who", action: "What", actionHint: "Such as plan.applied", account: "Customer's id", from: "From", until: "Until", number: "Entry", at: "When", subject: "Concerns", reason: "Why", none: "No entry fits", noneText: "Widen the days or clear a filter.", details: "Before and after" },
  { title: "Одит", lead: "Всяка промяна в регистъра: кой, кога и защо. Всеки запис запечатва предишния.", verify: "Провери веригата", intact: (count) => `Цяла: ${count} записа, всеки запечатан от следващия.`, broken: (at) => `Прекъсната при запис ${at}.`, filters: "Кои записи", actor: "Кой", action: "Какво", actionHint: "Например plan.applied", account: "Номер на клиент", from: "От", until: "До", number: "Запис", at: "Кога", subject: "Отнася се за", reason: "Защо", none: "Няма такъв запис", noneText: "Разширете дните или изчистете филтър.", details: "Преди и след" },
);
interface Entry {
  seq: number;
  at: string;
  actor: string;
  action: string;
  subject: string;
  reason: string;
  before?: unknown;
  after?: unknown;
}

export function Component() {
  const say = useWords(words);
  const shared = useWords(common);
  const format = useFormat();
  const [actor, setActor] = useParam("actor");
  const [action, setAction] = useParam("action");
  const [account, setAccount] = useParam("account");
  const [from, setFrom] = useParam("from");
  const [until, setUntil] = useParam("until");
  const verdict = useQuery({ queryKey: ["audit", "verify"], enabled: false, queryFn: () => ask(api.GET("/api/v1/audit/verify")) });
  const found = useInfiniteQuery({
    queryKey: ["audit", actor, action, account, from, until],
    initialPageParam: 0,
    queryFn: ({ pageParam }) => ask(api.GET("/api/v1/audit", { params: { query: { limit: 200, ...(pageParam > 0 && { after: pageParam }), ...(actor && { actor }), ...(action && { action }), ...(account && { account }), ...(from && { from: `${from}T00:00:00Z` }), ...(until && { until: `${until}T23:59:59Z` }) } } })),
    getNextPageParam: (page) => page.next ?? undefined,
  });
  const rows = useMemo(() => (found.data?.pages.flatMap((page) => page.entries) ?? []) as unknown as Entry[], [found.data]);
  const columns = useMemo<Column<Entry>[]>(
    () => [
      { id: "seq", header: say.number, value: (row) => row.seq, numeric: true, width: 0.7 },
      { id: "at", header: say.at, value: (row) => row.at, cell: (row) => format.moment(row.at), width: 1.5 },
      { id: "actor", header: say.actor, value: (row) => row.actor, filter: "choice" },
      { id: "action", header: say.action, value: (row) => row.action, filter: "choice", width: 1.5 },
      { id: "subject", header: say.subject, value: (row) => (typeof row.subject === "string" ? row.subject : JSON.stringify(row.subject)), width: 2 },
      { id: "reason", header: say.reason, value: (row) => row.reason, width: 2 },
    ],
    [say, format],
  );
  return (
    <>
      <PageHead title={say.title} under={say.lead}>
        <Button icon="audit" isPending={verdict.isFetching} onPress={() => void verdict.refetch()}>
          {say.verify}
        </Button>
      </PageHead>
      <div role="status">
        {verdict.data && (
          <p className={`note ${verdict.data.intact ? "" : "warn"}`}>
            <Badge tone={verdict.data.intact ? "good" : "bad"}>{verdict.data.intact ? "✓" : "✗"}</Badge> {verdict.data.intact ? say.intact(format.number(verdict.data.entries ?? 0)) : `${say.broken(verdict.data.broken_at ?? 0)} ${verdict.data.what ?? ""}`}
          </p>
        )}
      </div>
      {verdict.error && <Trouble error={verdict.error} />}
      <Section title={say.filters}>
        <div className="form-row">
          <TextField label={say.actor} value={actor} onChange={setActor} />
          <TextField label={say.action} value={action} onChange={setAction} hint={say.actionHint} />
          <TextField label={say.account} value={account} onChange={setAccount} />
          <DayField label={say.from} value={from} onChange={setFrom} />
          <DayField label={say.until} value={until} onChange={setUntil} />
        </div>
      </Section>
      <Ready of={found}>{() => <DataTable name="audit" caption={say.title} columns={columns} rows={rows} rowKey={(row) => String(row.seq)} empty={<Empty icon="audit" title={say.none} action={<Link href="/audit">{shared.table.clear}</Link>}>{say.noneText}</Empty>} />}</Ready>
      {found.hasNextPage && <Button onPress={() => void found.fetchNextPage()}>{shared.more}</Button>}
    </>
  );
}
