/** What the territory explains and what the person, with the interval drawn and the way it is found; and whether the territories are fair. */
import { Suspense, lazy, useMemo } from "react";
import type { Contribution, FairPerson, FairToTerritory, TerritoryEquity, TerritoryFairness, TerritoryHeld } from "../../api/schema";
import { useFormat, useWords } from "../../i18n";
import { useRoleTitle } from "../../lib/queries";
import { Badge, Link, Loading, Section } from "../../parts/basics";
import { DataTable, type Column } from "../../parts/table";
import { Teach } from "../../parts/teach";
import { words } from "./words";

const FairChart = lazy(() => import("./charts").then((all) => ({ default: all.FairChart })));
const EquityChart = lazy(() => import("./charts").then((all) => ({ default: all.EquityChart })));

type Lines = (query: Record<string, string>) => string;

export function FairSection({ data, lines }: { data: Contribution; lines: Lines }) {
  const say = useWords(words);
  return (
    <>
      <Section title={say.fair} id="fair">
        {data.fair ? <Fair fair={data.fair} currency={data.currency} lines={lines} /> : <Teach icon="chart" {...say.fairLesson} />}
      </Section>
      {data.territories && data.territories.equity.length > 0 && (
        <Section title={say.equity} id="equity">
          <Equity territories={data.territories} data={data} />
        </Section>
      )}
    </>
  );
}

const verdict = (one: FairPerson): "above" | "below" | "open" => (one.low > 1 ? "above" : one.high < 1 ? "below" : "open");

function Fair({ fair, currency, lines }: { fair: FairToTerritory; currency: string; lines: Lines }) {
  const say = useWords(words);
  const format = useFormat();
  const how = fair.is_estimated ? say.fairHow(format.number(fair.elasticity, 2), fair.accounts == null ? "" : format.number(fair.accounts), fair.r_squared == null ? "" : format.number(fair.r_squared, 2)) : say.fairTaken;
  const columns = useMemo<Column<FairPerson>[]>(() => {
    const money = (amount: number) => format.money(amount, currency);
    return [
      { id: "person", header: say.person, value: (one) => one.name, cell: (one) => <Link href={`/team/${encodeURIComponent(one.employee)}`}>{one.name}</Link>, width: 1.6 },
      { id: "accounts", header: say.accounts, value: (one) => one.accounts, cell: (one) => format.number(one.accounts), numeric: true },
      { id: "actual", header: say.actual, value: (one) => one.actual, cell: (one) => <Link href={lines({ employee: one.employee, overlay: "false" })} aria-label={`${money(one.actual)} — ${say.openLines(one.name)}`}>{money(one.actual)}</Link>, numeric: true, width: 1.4 },
      { id: "expected", header: say.expected, value: (one) => one.expected, cell: (one) => money(one.expected), numeric: true, width: 1.4 },
      { id: "ratio", header: say.ratio, value: (one) => one.ratio, cell: (one) => format.number(one.ratio, 2), numeric: true },
      { id: "adjusted", header: say.adjusted, value: (one) => one.adjusted, cell: (one) => format.number(one.adjusted, 2), numeric: true },
      { id: "interval", header: say.interval, value: (one) => one.low, cell: (one) => `${format.number(one.low, 2)} – ${format.number(one.high, 2)}`, numeric: true, width: 1.2 },
      { id: "verdict", header: say.verdict, value: (one) => say.certain[verdict(one)], cell: (one) => <Badge tone={verdict(one) === "above" ? "good" : verdict(one) === "below" ? "bad" : "plain"}>{say.certain[verdict(one)]}</Badge>, filter: "choice", width: 1.4 },
      { id: "own", header: say.own, value: (one) => one.own, cell: (one) => money(one.own), numeric: true, width: 1.4 },
    ];
  }, [currency, lines, say, format]);
  return (
    <>
      <p>{say.fairLead}</p>
      <Suspense fallback={<Loading />}>
        <FairChart people={fair.people} />
      </Suspense>
      <p className="soft">
        {how} {say.fairSource}
      </p>
      <DataTable name="fair" caption={say.fair} columns={columns} rows={fair.people} rowKey={(one) => one.employee} height={10} />
    </>
  );
}

function Equity({ territories, data }: { territories: TerritoryFairness; data: Contribution }) {
  const say = useWords(words);
  const format = useFormat();
  const title = useRoleTitle();
  const name = useMemo(() => new Map(data.by_employee.map((row) => [row.key, row.name])), [data]);
  const equity = useMemo(() => territories.equity.map((one) => ({ ...one, title: title(one.role) })), [territories, title]);
  const columns = useMemo<Column<TerritoryEquity & { title: string }>[]>(
    () => [
      { id: "role", header: say.role, value: (one) => one.title, filter: "choice", width: 1.5 },
      { id: "of", header: say.of, value: (one) => say.ofWords[one.of as "potential"], filter: "choice", width: 1.5 },
      { id: "people", header: say.people, value: (one) => one.people, numeric: true },
      { id: "jain", header: say.jain, value: (one) => one.jain, cell: (one) => format.number(one.jain, 3), numeric: true },
      { id: "gini", header: say.gini, value: (one) => one.gini, cell: (one) => format.number(one.gini, 3), numeric: true },
      { id: "least", header: say.least, value: (one) => one.least, cell: (one) => format.number(one.least), numeric: true },
      { id: "most", header: say.most, value: (one) => one.most, cell: (one) => format.number(one.most), numeric: true },
    ],
    [say, format],
  );
  const held = useMemo<Column<TerritoryHeld>[]>(
    () => [
      { id: "person", header: say.person, value: (one) => name.get(one.employee) ?? one.employee, cell: (one) => <Link href={`/team/${encodeURIComponent(one.employee)}`}>{name.get(one.employee) ?? one.employee}</Link>, width: 1.6 },
      { id: "role", header: say.role, value: (one) => title(one.role), filter: "choice", width: 1.5 },
      { id: "potential", header: say.potential, value: (one) => one.potential, cell: (one) => format.number(one.potential), numeric: true },
      { id: "work", header: say.work, value: (one) => one.work ?? 0, cell: (one) => (one.work == null ? "" : format.number(one.work)), numeric: true },
      { id: "expected", header: say.expectedSales, value: (one) => one.expected_sales, cell: (one) => format.money(one.expected_sales, data.currency), numeric: true, width: 1.4 },
    ],
    [data, name, title, say, format],
  );
  return (
    <>
      <p className="soft">{say.equityLead}</p>
      <Suspense fallback={<Loading />}>
        <EquityChart equity={equity} />
      </Suspense>
      <DataTable name="equity" caption={say.equity} columns={columns} rows={equity} rowKey={(one) => `${one.role} ${one.of}`} height={10} />
      {territories.people.length > 0 && (
        <details>
          <summary>{say.held}</summary>
          <DataTable name="held" caption={say.held} columns={held} rows={territories.people} rowKey={(one) => one.employee} height={10} />
        </details>
      )}
    </>
  );
}
