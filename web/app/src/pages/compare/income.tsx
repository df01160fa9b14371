/** What everybody would have earned in a past period if the plan had held all along: the same orders, the same incentive plans. */
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { Refusal, api, ask } from "../../api/client";
import { dictionary, useFormat, useWords } from "../../i18n";
import { useParam } from "../../lib/url";
import { Facts, Loading, Ready, Section, sentence } from "../../parts/basics";
import { SelectField } from "../../parts/fields";
import { DataTable, type Column } from "../../parts/table";

/** As `bailiwick_app::incentives::scenario::Scenario` writes it. */
interface Scenario {
  period: string;
  currency: string;
  people: { employee: string; name: string; now: string; then: string; difference: string }[];
  now: Spread;
  then: Spread;
}
interface Spread {
  total: string;
  median: string;
  gini: number;
}
interface Row {
  employee: string;
  name: string;
  now: number;
  then: number;
  other: number | null;
}

const words = dictionary(
  {
    title: "Expected income", lead: "What each would have earned in the period if the plan had held all along: the same orders and the same incentive plans. What another person would have sold is not known, and not guessed.",
    period: "Period", person: "Employee", now: "As it was", then: "Under this plan", other: "Under the other plan", difference: "Difference",
    none: "Nobody would earn anything by an incentive plan in this period: the policy has no incentive plan, or there were no orders. Add one under [[incentives.plans]] of the policy.", failed: "The income cannot be worked out", unrecorded: "The ledger says of nobody what they held in this period, so there is no income to compare with. Choose another plan to lay beside this one, or a later period.",
    total: "All together", median: "Half earn at most", gini: "Inequality (Gini, 0 is equal)", to: (before: string, after: string) => `${before} → ${after}`,
  },
  {
    title: "Очакван доход", lead: "Колко би получил всеки за периода, ако планът беше в сила през цялото време: същите поръчки и същите планове за стимулиране. Какво би продал друг човек, не се знае и не се гадае.",
    period: "Период", person: "Служител", now: "Както беше", then: "При този план", other: "При другия план", difference: "Разлика",
    none: "За този период никой не би получил нищо по план за стимулиране: политиката няма такъв план или не е имало поръчки. Добавете го под [[incentives.plans]] в политиката.", failed: "Доходът не може да се изчисли", unrecorded: "Регистърът не казва кой какво е държал през този период, затова няма доход за сравнение. Изберете друг план за сравнение или по-късен период.",
    total: "Общо", median: "Половината получават най-много", gini: "Неравенство (Джини, 0 е равенство)", to: (before, after) => `${before} → ${after}`,
  },
);

/** Quarters that are over, the latest first; none after the one in which the last order came. */
function quarters(today: Date, lastOrder: string | undefined, count: number): string[] {
  const of = (day: Date) => day.getUTCFullYear() * 4 + Math.floor(day.getUTCMonth() / 3);
  const last = Math.min(of(today) - 1, lastOrder === undefined ? Infinity : of(new Date(`${lastOrder}T00:00:00Z`)));
  return Array.from({ length: count }, (_, back) => `${Math.floor((last - back) / 4)}-Q${((last - back) % 4) + 1}`);
}

const useUnder = (plan: string, period: string, enabled: boolean) =>
  useQuery({
    queryKey: ["income", plan, period],
    enabled: enabled && plan !== "",
    queryFn: async () => (await ask(api.GET("/api/v1/statements/{period}/under/{plan}", { params: { path: { period, plan } } }))) as unknown as Scenario,
  });

export function Income({ plan, other }: { plan: string; other: string }) {
  const say = useWords(words);
  const format = useFormat();
  const orders = useQuery({ queryKey: ["orders", "last"], staleTime: 300_000, queryFn: async () => (await ask(api.GET("/api/v1/contribution"))) as unknown as { to: string } });
  const periods = useMemo(() => quarters(new Date(), orders.data?.to, 8), [orders.data?.to]);
  const [period, setPeriod] = useParam("period", periods[0]!);
  const under = useUnder(plan, period, !orders.isPending);
  const beside = useUnder(other, period, !orders.isPending);
  const rows = useMemo<Row[]>(() => {
    const theirs = new Map((beside.data?.people ?? []).map((one) => [one.employee, Number(one.then)]));
    return (under.data?.people ?? []).map((one) => ({ employee: one.employee, name: one.name, now: Number(one.now), then: Number(one.then), other: other === "" ? null : (theirs.get(one.employee) ?? 0) }));
  }, [under.data, beside.data, other]);
  const currency = under.data?.currency ?? "EUR";
  // Before the ledger begins nobody held anything, and a difference to that says nothing.
  const recorded = Number(under.data?.now.total ?? 0) !== 0;
  const columns = useMemo<Column<Row>[]>(() => {
    const money = (value: number) => format.money(value, currency);
    return [
      { id: "person", header: say.person, value: (one) => one.name, width: 1.6 },
      ...(recorded ? [{ id: "now", header: say.now, value: (one: Row) => one.now, cell: (one: Row) => money(one.now), numeric: true }] : []),
      { id: "then", header: say.then, value: (one) => one.then, cell: (one) => money(one.then), numeric: true },
      ...(recorded ? [{ id: "difference", header: say.difference, value: (one: Row) => one.then - one.now, cell: (one: Row) => `${one.then >= one.now ? "+" : "−"}${money(Math.abs(one.then - one.now))}`, numeric: true }] : []),
      ...(other === "" ? [] : [{ id: "other", header: say.other, value: (one: Row) => one.other ?? 0, cell: (one: Row) => money(one.other ?? 0), numeric: true }]),
    ];
  }, [say, format, currency, other, recorded]);
  const both = (before: string, after: string) => (recorded ? say.to(before, after) : after);
  const refused = under.error instanceof Refusal && under.error.status < 500 ? under.error : null;
  return (
    <Section id="compare-income" title={say.title} actions={<SelectField label={say.period} value={period} onChange={setPeriod} choices={periods.map((value) => ({ value, label: value }))} />}>
      <p className="soft">{say.lead}</p>
      {refused ? (
        <p>{`${say.failed}: ${sentence(refused.detail)} ${sentence(refused.remedy ?? "")}`}</p>
      ) : (
        <Ready of={under}>
          {(data) =>
            data.people.length === 0 ? (
              <p>{say.none}</p>
            ) : beside.isLoading ? (
              <Loading />
            ) : (
              <>
                {!recorded && <p className="note">{say.unrecorded}</p>}
                <Facts
                  of={[
                    [say.total, both(format.money(data.now.total, currency), format.money(data.then.total, currency))],
                    [say.median, both(format.money(data.now.median, currency), format.money(data.then.median, currency))],
                    [say.gini, both(format.number(data.now.gini, 3), format.number(data.then.gini, 3))],
                  ]}
                />
                <DataTable<Row> name="income" caption={say.title} columns={columns} rows={rows} rowKey={(one) => one.employee} height={10} />
              </>
            )
          }
        </Ready>
      )}
    </Section>
  );
}
