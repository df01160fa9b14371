/** What people would earn under another plan, and how pay would be distributed over the team. */
import { Suspense, lazy, useMemo, useState } from "react";
import { useQuery } from "@tanstack/react-query";
import { api, ask } from "../../api/client";
import type { PayOfPerson, PayPeriods, PayUnderPlan } from "../../api/schema";
import { useSession } from "../../api/session";
import { useFormat, useWords } from "../../i18n";
import { usePayPeriods } from "../../lib/periods";
import { useParam } from "../../lib/url";
import { Button, Empty, Figure, Link, Loading, Ready, Section } from "../../parts/basics";
import { SelectField, TextField } from "../../parts/fields";
import { DataTable, type Column } from "../../parts/table";
import { ReadyOr } from "../../parts/teach";
import { PeriodField, statementAddress, usePeriod } from "./page";
import { words } from "./words";

const SpreadChart = lazy(() => import("./charts").then((all) => ({ default: all.SpreadChart })));
const ChangeChart = lazy(() => import("./charts").then((all) => ({ default: all.ChangeChart })));

export function Under() {
  const say = useWords(words);
  const periods = usePayPeriods();
  return (
    <ReadyOr of={periods} lesson={{ icon: "pay", ...say.lesson }}>
      {(data) => <Asked periods={data} />}
    </ReadyOr>
  );
}

function Asked({ periods }: { periods: PayPeriods }) {
  const say = useWords(words);
  const session = useSession();
  const [period, setPeriod] = usePeriod(periods);
  const [plan, setPlan] = useParam("plan");
  const lists = session.may("read-plans", "all");
  const found = useQuery({ queryKey: ["pay", "under", period, plan], enabled: plan !== "", queryFn: () => ask(api.GET("/api/v1/statements/{period}/under/{plan}", { params: { path: { period, plan } } })) });
  return (
    <>
      <p>{say.underLead}</p>
      <div className="controls no-print">
        <PeriodField periods={periods} value={period} onChange={setPeriod} />
        {lists ? <PlanChoice value={plan} onChange={setPlan} /> : <PlanName value={plan} onChange={setPlan} />}
      </div>
      {plan === "" ? <Empty icon="plans" title={say.choosePlan}>{say.choosePlanText}</Empty> : <Ready of={found}>{(data) => <Told data={data} period={period} />}</Ready>}
    </>
  );
}

function PlanChoice({ value, onChange }: { value: string; onChange(plan: string): void }) {
  const say = useWords(words);
  const format = useFormat();
  const plans = useQuery({ queryKey: ["plans", "first"], queryFn: () => ask(api.GET("/api/v1/plans", { params: { query: { limit: 200 } } })) });
  return <SelectField label={say.plan} value={value} onChange={onChange} choices={(plans.data?.plans ?? []).map((one) => ({ value: one.plan_id, label: `${one.plan_id} · ${format.day(one.on)}` }))} />;
}

function PlanName({ value, onChange }: { value: string; onChange(plan: string): void }) {
  const say = useWords(words);
  const [typed, setTyped] = useState(value);
  return (
    <form className="controls" onSubmit={(event) => (event.preventDefault(), onChange(typed.trim()))}>
      <TextField label={say.plan} value={typed} onChange={setTyped} hint={say.planHint} />
      <Button type="submit">{say.choosePlan}</Button>
    </form>
  );
}

function Told({ data, period }: { data: PayUnderPlan; period: string }) {
  const say = useWords(words);
  const format = useFormat();
  const money = (amount: string) => format.money(amount, data.currency);
  const signed = (amount: string) => `${Number(amount) > 0 ? "+" : ""}${money(amount)}`;
  const columns = useMemo<Column<PayOfPerson>[]>(
    () => [
      { id: "person", header: say.person, value: (one) => one.name, cell: (one) => <Link href={`/team/${encodeURIComponent(one.employee)}`}>{one.name}</Link>, width: 1.6 },
      { id: "now", header: say.now, value: (one) => Number(one.now), cell: (one) => <Link href={statementAddress(period, one.employee)} aria-label={`${money(one.now)} — ${say.of(one.name)}`}>{money(one.now)}</Link>, numeric: true, width: 1.2 },
      { id: "then", header: say.then, value: (one) => Number(one.then), cell: (one) => money(one.then), numeric: true, width: 1.2 },
      { id: "difference", header: say.difference, value: (one) => Number(one.difference), cell: (one) => signed(one.difference), numeric: true, width: 1.2 },
    ],
    // eslint-disable-next-line
    [data, period, say, format],
  );
  const spread: [string, (of: PayUnderPlan["now"]) => string][] = [
    [say.total, (of) => money(of.total)], [say.mean, (of) => money(of.mean)], [say.least, (of) => money(of.least)], [say.lower, (of) => money(of.lower_quartile)], [say.median, (of) => money(of.median)],
    [say.upper, (of) => money(of.upper_quartile)], [say.most, (of) => money(of.most)], [say.gini, (of) => format.number(of.gini, 3)],
  ];
  return (
    <>
      {data.people.length === 1 ? (
        <div className="figures">
          <Figure value={money(data.people[0]!.now)} label={say.now} href={statementAddress(period, data.people[0]!.employee)} />
          <Figure value={money(data.people[0]!.then)} label={say.then} />
          <Figure value={signed(data.people[0]!.difference)} label={say.difference} tone={Number(data.people[0]!.difference) < 0 ? "bad" : "good"} />
        </div>
      ) : (
        <>
          <Section title={say.changeChart} id="changes">
            <Suspense fallback={<Loading />}>
              <ChangeChart data={data} />
            </Suspense>
            <DataTable name="under" caption={say.under} columns={columns} rows={data.people} rowKey={(one) => one.employee} />
          </Section>
          <Section title={say.spread} id="spread">
            <Suspense fallback={<Loading />}>
              <SpreadChart data={data} />
            </Suspense>
            <div className="table-scroll" tabIndex={0} role="region" aria-label={say.spread}>
              <table className="data plain">
                <thead>
                  <tr>
                    <th scope="col">{say.spread}</th>
                    <th scope="col" className="numeric">{say.now}</th>
                    <th scope="col" className="numeric">{say.then}</th>
                  </tr>
                </thead>
                <tbody>
                  {spread.map(([name, of]) => (
                    <tr key={name}>
                      <th scope="row">{name}</th>
                      <td className="numeric">{of(data.now)}</td>
                      <td className="numeric">{of(data.then)}</td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
          </Section>
        </>
      )}
    </>
  );
}
