/** What people earn: statements by period, disputes, orders divided by hand, and income under another plan. */
import { useMemo, useState } from "react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { api, ask } from "../../api/client";
import type { PayPeriods, StatementSummary } from "../../api/schema";
import { useSession } from "../../api/session";
import { useFormat, useWords } from "../../i18n";
import { usePayPeriods } from "../../lib/periods";
import { useParam } from "../../lib/url";
import { Badge, Button, Empty, Link, PageHead, Ready, Section } from "../../parts/basics";
import { Confirm } from "../../parts/dialog";
import { SelectField } from "../../parts/fields";
import { DataTable, type Column } from "../../parts/table";
import { Tabs } from "../../parts/tabs";
import { ReadyOr } from "../../parts/teach";
import { useToasts } from "../../parts/toasts";
import { DisputeList } from "./disputes";
import { Splits } from "./splits";
import { Under } from "./under";
import { words } from "./words";

export function Component() {
  const say = useWords(words);
  const session = useSession();
  const all = session.may("read-pay", "all");
  const tabs = [
    { id: "statements", title: say.tabs.statements, content: () => <Statements /> },
    { id: "disputes", title: say.tabs.disputes, content: () => <DisputeList /> },
    { id: "under", title: say.tabs.under, content: () => <Under /> },
    ...(all ? [{ id: "splits", title: say.tabs.splits, content: () => <Splits /> }] : []),
  ];
  return (
    <>
      <PageHead title={say.title} under={all ? undefined : session.may("read-pay", "below") ? say.belowSeen : say.ownSeen} />
      <Tabs label={say.parts} tabs={tabs} />
    </>
  );
}

/** Which period is looked at; it stands in the address. */
export function usePeriod(periods: PayPeriods): [string, (period: string) => void] {
  return useParam("period", periods.periods[0]?.period ?? "");
}

export function PeriodField({ periods, value, onChange }: { periods: PayPeriods; value: string; onChange(period: string): void }) {
  const say = useWords(words);
  return <SelectField label={say.period} value={value} onChange={onChange} choices={periods.periods.map((one) => ({ value: one.period, label: `${one.period} · ${one.closed ? say.closed : say.open}` }))} />;
}

function Statements() {
  const say = useWords(words);
  const periods = usePayPeriods();
  return (
    <ReadyOr of={periods} lesson={{ icon: "pay", ...say.lesson }}>
      {(data) => <OfPeriod periods={data} />}
    </ReadyOr>
  );
}

function OfPeriod({ periods }: { periods: PayPeriods }) {
  const say = useWords(words);
  const session = useSession();
  const [period, setPeriod] = usePeriod(periods);
  const known = periods.periods.find((one) => one.period === period);
  const found = useQuery({ queryKey: ["pay", "statements", period], queryFn: () => ask(api.GET("/api/v1/statements/{period}", { params: { path: { period } } })) });
  const own = session.user.employee_id;
  return (
    <>
      <div className="controls no-print">
        <PeriodField periods={periods} value={period} onChange={setPeriod} />
        {known && session.may("manage-pay") && <Close period={known} people={found.data?.statements.length ?? 0} />}
      </div>
      {known && <p className="soft">{known.closed ? say.closedText : say.openText}</p>}
      <Ready of={found}>
        {(data) => (
          <>
            {own != null && <Own of={data.statements.find((one) => one.employee_id === own)} />}
            {(session.may("read-pay", "below") || own == null) && <List statements={data.statements} />}
          </>
        )}
      </Ready>
    </>
  );
}

const total = (one: StatementSummary, money: (amount: string, currency: string) => string) => one.pay.map((pay) => money(pay.amount, pay.currency)).join(" + ");
export const statementAddress = (period: string, employee: string) => `/pay/${encodeURIComponent(period)}/${encodeURIComponent(employee)}`;

function Own({ of }: { of: StatementSummary | undefined }) {
  const say = useWords(words);
  const format = useFormat();
  return (
    <Section title={say.own} id="own">
      {of ? (
        <>
          <p className="pay-total">
            <Link href={statementAddress(of.period, of.employee_id)}>{total(of, format.money)}</Link>
          </p>
          <p className="row">
            <Badge tone={of.closed ? "info" : "warn"}>{of.closed ? say.closed : say.open}</Badge> {of.period} · {of.plans.join(", ") || say.noPlan}
          </p>
        </>
      ) : (
        <p className="soft">{say.ownNone}</p>
      )}
    </Section>
  );
}

function List({ statements }: { statements: StatementSummary[] }) {
  const say = useWords(words);
  const format = useFormat();
  const columns = useMemo<Column<StatementSummary>[]>(
    () => [
      { id: "person", header: say.person, value: (one) => one.name || say.nobody, cell: (one) => (one.employee_id ? <Link href={statementAddress(one.period, one.employee_id)}>{one.name}</Link> : say.nobody), width: 1.6 },
      { id: "plans", header: say.plans, value: (one) => one.plans.join(", ") || say.noPlan, filter: "choice", width: 2 },
      { id: "credited", header: say.credited, value: (one) => Number(one.credited), cell: (one) => format.cents(one.credited), numeric: true, width: 1.2 },
      { id: "pay", header: say.pay, value: (one) => Number(one.pay[0]?.amount ?? 0), cell: (one) => (one.employee_id ? <Link href={statementAddress(one.period, one.employee_id)} aria-label={`${total(one, format.money)} — ${say.of(one.name)}`}>{total(one, format.money)}</Link> : total(one, format.money)), numeric: true, width: 1.2 },
    ],
    [say, format],
  );
  return (
    <Section title={say.list} id="list">
      <DataTable name="statements" caption={say.list} columns={columns} rows={statements} rowKey={(one) => one.employee_id} empty={<Empty icon="pay" title={say.none}>{say.noneText}</Empty>} />
    </Section>
  );
}

function Close({ period, people }: { period: PayPeriods["periods"][number]; people: number }) {
  const say = useWords(words);
  const format = useFormat();
  const toasts = useToasts();
  const queries = useQueryClient();
  const [asked, setAsked] = useState(false);
  if (period.closed) return null;
  const close = async () => {
    await ask(api.POST("/api/v1/statements/{period}/close", { params: { path: { period: period.period } } }));
    toasts.say(say.closedNow);
    await queries.invalidateQueries({ queryKey: ["pay"] });
  };
  return (
    <>
      <Button icon="lock" isDisabled={!period.closes_next} onPress={() => setAsked(true)}>
        {say.close}
      </Button>
      {!period.closes_next && <span className="hint">{say.notNext}</span>}
      <Confirm title={say.close} action={say.close} danger open={asked} onClose={() => setAsked(false)} onSubmit={close} text={say.closeAsk(period.period, format.number(people))} />
    </>
  );
}
