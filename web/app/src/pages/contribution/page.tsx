/** Who contributed how much, by whatever one asks for; what of it the territory explains, and whether territories are fair. */
import { Suspense, lazy, useMemo } from "react";
import { useQuery } from "@tanstack/react-query";
import { api, ask } from "../../api/client";
import type { Contribution, ContributionRow } from "../../api/schema";
import { useSession } from "../../api/session";
import { useFormat, useWords } from "../../i18n";
import { daysOf } from "../../lib/periods";
import { useRoleTitle } from "../../lib/queries";
import { address } from "../../lib/url";
import { Empty, Figure, Link, Loading, PageHead, Section } from "../../parts/basics";
import { segmentPath } from "../../parts/segment";
import { Span, useSpan } from "../../parts/span";
import { DataTable, type Column } from "../../parts/table";
import { Tabs } from "../../parts/tabs";
import { ReadyOr, Teach } from "../../parts/teach";
import { FairSection } from "./fair";
import { words } from "./words";

const TrendChart = lazy(() => import("./charts").then((all) => ({ default: all.TrendChart })));
const StagesChart = lazy(() => import("./charts").then((all) => ({ default: all.StagesChart })));

const GROUPS = ["employee", "team", "role", "segment", "stage", "product_line", "territory", "period"] as const;
type Group = (typeof GROUPS)[number];
/** Where the order lines behind a figure are. */
type Lines = (query: Record<string, string>) => string;

export function Component() {
  const say = useWords(words);
  const format = useFormat();
  const session = useSession();
  const { from, to } = useSpan();
  const found = useQuery({
    queryKey: ["contribution", from, to],
    placeholderData: (before) => before,
    queryFn: () => ask(api.GET("/api/v1/contribution", { params: { query: { ...(from && { from }), ...(to && { to }) } } })),
  });
  return (
    <>
      <PageHead title={say.title} under={found.data && say.under(found.data.company, format.day(found.data.from), format.day(found.data.to))} />
      {found.data && !found.data.whole && <p className="note">{session.may("read-pay", "below") ? say.belowOnly : say.ownOnly}</p>}
      <ReadyOr of={found} lesson={{ icon: "chart", ...say.lesson }}>
        {(data) => <Told data={data} />}
      </ReadyOr>
    </>
  );
}

function Told({ data }: { data: Contribution }) {
  const say = useWords(words);
  const format = useFormat();
  const { from, to } = useSpan();
  const lines: Lines = (query) => address("/contribution/credits", { from, to, ...query });
  const money = (amount: string) => format.money(amount, data.currency, 0);
  return (
    <>
      <div className="controls no-print">
        <Span />
      </div>
      <div className="figures money">
        <Figure value={money(data.amount)} label={say.amount} href={lines({ overlay: "false" })} />
        <Figure value={money(data.new_customers)} label={say.newOnes} href={lines({ customers: "new", overlay: "false" })} />
        <Figure value={money(data.kept_customers)} label={say.keptOnes} href={lines({ customers: "kept", overlay: "false" })} />
        {data.whole && <Figure value={money(data.nobody)} label={say.nobody} tone={Number(data.nobody) > 0 ? "bad" : "good"} href={Number(data.nobody) === 0 ? undefined : lines({ nobody: "true", overlay: "false" })} />}
        {Number(data.overlay) !== 0 && <Figure value={money(data.overlay)} label={say.overlay} href={lines({ overlay: "true" })} />}
        <Figure value={format.number(data.lines)} label={data.returns > 0 ? `${say.lines}; ${say.returns(format.number(data.returns))}` : say.lines} href={lines({})} />
      </div>
      {data.trend.length > 0 && (
        <Section title={say.trend} id="trend">
          <Suspense fallback={<Loading />}>
            <TrendChart trend={data.trend} currency={data.currency} />
          </Suspense>
        </Section>
      )}
      <Section title={say.by} id="sums">
        <Tabs label={say.by} param="by" tabs={GROUPS.map((group) => ({ id: group, title: say.group[group], content: () => (group === "period" ? <Periods data={data} lines={lines} /> : <Sums data={data} group={group} lines={lines} />) }))} />
      </Section>
      <Stages data={data} />
      <FairSection data={data} lines={lines} />
      {data.findings.length > 0 && (
        <Section title={say.findings} id="findings">
          <ul>
            {data.findings.map((one, at) => (
              <li key={at}>
                {one.message} <span className="soft">{one.remedy}</span>
              </li>
            ))}
          </ul>
        </Section>
      )}
    </>
  );
}

/** Where the name of a row leads, beside its order lines. */
function place(group: Group, key: string): string | undefined {
  if (key === "") return undefined;
  if (group === "employee" || group === "team") return `/team/${encodeURIComponent(key)}`;
  if (group === "segment") return segmentPath(key);
  return undefined;
}

function Sums({ data, group, lines }: { data: Contribution; group: Exclude<Group, "period">; lines: Lines }) {
  const say = useWords(words);
  const format = useFormat();
  const title = useRoleTitle();
  const rows = useMemo(() => (group === "role" ? data.by_role.map((row) => ({ ...row, name: row.key === "" ? row.name : title(row.key, row.name) })) : data[`by_${group}`]), [data, group, title]);
  const columns = useMemo<Column<ContributionRow>[]>(() => {
    const money = (amount: string) => format.money(amount, data.currency);
    const top = Math.max(...rows.map((row) => Number(row.share ?? 0)), 0.0001);
    return [
      { id: "name", header: say.group[group], value: (row) => row.name, cell: (row) => (place(group, row.key) ? <Link href={place(group, row.key)!}>{row.name}</Link> : row.name), width: 2 },
      {
        id: "amount", header: say.amount, value: (row) => Number(row.amount), numeric: true, width: 1.4,
        cell: (row) => (
          <Link href={lines({ [group]: row.key, overlay: "false" })} aria-label={`${money(row.amount)} — ${say.openLines(row.name)}`}>
            {money(row.amount)}
          </Link>
        ),
      },
      {
        id: "share", header: say.share, value: (row) => Number(row.share ?? 0), numeric: true, width: 1.6,
        cell: (row) => (
          <span className="share">
            <span className="share-track" aria-hidden="true">
              <span style={{ width: `${(Math.max(Number(row.share ?? 0), 0) / top) * 100}%` }} />
            </span>
            {row.share == null ? "—" : format.percent(Number(row.share), 1)}
          </span>
        ),
      },
      ...(rows.some((row) => row.margin != null) ? [{ id: "margin", header: say.margin, value: (row: ContributionRow) => Number(row.margin ?? 0), cell: (row: ContributionRow) => (row.margin == null ? "" : money(row.margin)), numeric: true, width: 1.3 }] : []),
      ...(rows.some((row) => Number(row.overlay) !== 0) ? [{ id: "overlay", header: say.overlay, value: (row: ContributionRow) => Number(row.overlay), cell: (row: ContributionRow) => money(row.overlay), numeric: true, width: 1.3 }] : []),
      { id: "lines", header: say.lines, value: (row) => row.lines, cell: (row) => format.number(row.lines), numeric: true },
    ];
  }, [rows, data, group, lines, say, format]);
  if (rows.length === 0) return <Empty icon="chart" title={say.groupEmpty[group]}>{say.noneText}</Empty>;
  return <DataTable name={group} caption={say.group[group]} columns={columns} rows={rows} rowKey={(row) => row.key} />;
}

function Periods({ data, lines }: { data: Contribution; lines: Lines }) {
  const say = useWords(words);
  const format = useFormat();
  type Row = Contribution["trend"][number];
  const columns = useMemo<Column<Row>[]>(() => {
    const money = (amount: string) => format.money(amount, data.currency);
    const cell = (row: Row, amount: string, query: Record<string, string>) => <Link href={lines({ ...daysOf(row.period), overlay: "false", ...query })} aria-label={`${money(amount)} — ${say.openLines(row.period)}`}>{money(amount)}</Link>;
    return [
      { id: "period", header: say.periodHead, value: (row) => row.period },
      { id: "amount", header: say.amount, value: (row) => Number(row.amount), cell: (row) => cell(row, row.amount, {}), numeric: true, width: 1.4 },
      { id: "new", header: say.newOnes, value: (row) => Number(row.new_customers), cell: (row) => cell(row, row.new_customers, { customers: "new" }), numeric: true, width: 1.4 },
      { id: "kept", header: say.keptOnes, value: (row) => Number(row.kept_customers), cell: (row) => cell(row, row.kept_customers, { customers: "kept" }), numeric: true, width: 1.4 },
      { id: "change", header: say.change, value: (row) => Number(row.change ?? 0), cell: (row) => (row.change == null ? "" : `${Number(row.change) > 0 ? "+" : ""}${format.percent(Number(row.change), 1)}`), numeric: true, width: 1.3 },
    ];
  }, [data, lines, say, format]);
  return <DataTable name="period" caption={say.group.period} columns={columns} rows={data.trend} rowKey={(row) => row.period} />;
}

function Stages({ data }: { data: Contribution }) {
  const say = useWords(words);
  const format = useFormat();
  type Row = Contribution["stages"][number];
  const columns = useMemo<Column<Row>[]>(
    () => [
      { id: "stage", header: say.stage, value: (row) => row.stage, width: 1.6 },
      { id: "process", header: say.process, value: (row) => row.process, filter: "choice", width: 1.4 },
      { id: "entered", header: say.entered, value: (row) => row.entered, cell: (row) => format.number(row.entered), numeric: true },
      { id: "on", header: say.wentOn, value: (row) => row.went_on, cell: (row) => format.number(row.went_on), numeric: true },
      { id: "conversion", header: say.conversion, value: (row) => Number(row.conversion ?? -1), cell: (row) => (row.conversion == null ? "—" : format.percent(Number(row.conversion), 1)), numeric: true },
      { id: "days", header: say.days, value: (row) => Number(row.days ?? -1), cell: (row) => (row.days == null ? "—" : format.number(Number(row.days), 1)), numeric: true, width: 1.2 },
    ],
    [say, format],
  );
  return (
    <Section title={say.stages} id="stages">
      {data.stages.length === 0 ? (
        <Teach icon="chart" {...say.stagesLesson} />
      ) : (
        <>
          <p className="soft">{say.stagesLead}</p>
          <Suspense fallback={<Loading />}>
            <StagesChart stages={data.stages} />
          </Suspense>
          <DataTable name="stages" caption={say.stages} columns={columns} rows={data.stages} rowKey={(row) => `${row.process} ${row.stage}`} />
        </>
      )}
    </Section>
  );
}
