/** What one sees in the morning: is everything owned, is it fair, what holds, and what waits for a decision. */
import { useQuery } from "@tanstack/react-query";
import { Suspense, lazy, useMemo } from "react";
import { api, ask } from "../../api/client";
import type { Overview, PoolState } from "../../api/schema";
import type { MatterPage } from "../../api/answers";
import { useSession } from "../../api/session";
import { useFormat, useWords } from "../../i18n";
import { useAppeals, useRoleTitle, useTeam } from "../../lib/queries";
import { Badge, Empty, Figure, Link, Loading, PageHead, Ready, Section, Trouble } from "../../parts/basics";
import { segmentPath } from "../../parts/segment";
import { DataTable, type Column } from "../../parts/table";
import { Decisions } from "./decisions";
import { words } from "./words";

const BalanceChart = lazy(() => import("./balance"));

/** What waits is asked for beside what is summed over all customers, which takes longest. */
export function Component() {
  const say = useWords(words);
  const format = useFormat();
  const session = useSession();
  const plans = session.may("read-plans", "all");
  const reads = session.may("read-communications");
  const overview = useQuery({ queryKey: ["overview"], queryFn: () => ask(api.GET("/api/v1/overview")) });
  const team = useTeam(session.may("read-loads"));
  const own = session.user.employee_id;
  const proposed = useQuery({ queryKey: ["plans", "proposed"], enabled: plans, queryFn: () => ask(api.GET("/api/v1/plans", { params: { query: { state: "proposed" } } })) });
  const approved = useQuery({ queryKey: ["plans", "approved"], enabled: plans, queryFn: () => ask(api.GET("/api/v1/plans", { params: { query: { state: "approved" } } })) });
  const mine = useQuery({ queryKey: ["inbox", "mine"], enabled: reads && own != null, queryFn: async () => (await ask(api.GET("/api/v1/inbox", { params: { query: { limit: 200 } } }))) as unknown as MatterPage });
  const desk = useQuery({ queryKey: ["inbox", "desk"], enabled: reads, queryFn: async () => (await ask(api.GET("/api/v1/inbox", { params: { query: { desk: true, limit: 200 } } }))) as unknown as MatterPage });
  const overdue = useQuery({ queryKey: ["inbox", "overdue"], enabled: reads, queryFn: async () => (await ask(api.GET("/api/v1/communications", { params: { query: { overdue: true, limit: 200 } } }))) as unknown as MatterPage });
  const answers = session.may("answer-appeals");
  const appeals = useAppeals(answers);
  const open = (appeals.data ?? []).filter((one) => one.state === "open" && one.employee_id !== own);

  const data = overview.data;
  const pairs = data?.coverage.flatMap((role) => role.segments) ?? [];
  const [all, owned] = [pairs.reduce((sum, one) => sum + one.accounts, 0), pairs.reduce((sum, one) => sum + one.owned, 0)];
  const away = team.data?.members.filter((one) => one.away) ?? [];
  const alone = away.filter((one) => one.away!.substitutes.length === 0 && Object.keys(one.accounts).length > 0);
  const many = (page: MatterPage | undefined) => (page ? `${format.number(page.communications.length)}${page.next ? "+" : ""}` : "…");
  const counted = (number: number, known: unknown) => (known ? format.number(number) : "…");
  if (overview.error && !data)
    return (
      <>
        <PageHead title={say.title} />
        <Trouble error={overview.error} retry={() => void overview.refetch()} />
      </>
    );
  return (
    <>
      <PageHead title={say.title} />
      <div className="figures">
        <Figure value={counted(data?.accounts ?? 0, data)} label={say.seen} href="/accounts" />
        <Figure value={counted(all - owned, data)} label={say.roles} tone={data === undefined ? "plain" : all === owned ? "good" : "bad"} href={all === owned ? undefined : "#coverage"} />
        {answers && <Figure value={counted(open.length, appeals.data)} label={say.appeals} href="/appeals?appeals.f.state=open" />}
        {plans && <Figure value={counted(proposed.data?.plans.length ?? 0, proposed.data)} label={say.proposed} href="/plans?state=proposed" />}
        {own != null && reads && <Figure value={many(mine.data)} label={say.waits} href="/inbox" />}
        {reads && <Figure value={many(desk.data)} label={say.desk} href="/inbox?whose=desk" />}
        {reads && <Figure value={many(overdue.data)} label={say.overdue} tone={(overdue.data?.communications.length ?? 0) > 0 ? "bad" : "plain"} href="/inbox?whose=overdue" />}
        {session.may("read-loads") && <Figure value={counted(away.length, team.data)} label={say.away} href="/team?team.f.away=yes" />}
      </div>
      <div className="columns">
        <Decisions data={data} waiting={{ proposed: proposed.data?.plans ?? [], appeals: open, alone: alone.map((one) => one.employee_id), overdue: overdue.data, desk: desk.data }} />
        {plans && (
          <Section title={say.plan}>
            <Ready of={overview}>
              {({ plan }) =>
                plan ? (
                  <p>
                    <Link href={`/plans/${encodeURIComponent(plan.plan_id)}`}>{plan.plan_id}</Link> · {say.from(format.day(plan.on))} · {say.policy(plan.policy_version)}
                  </p>
                ) : (
                  <Empty icon="plans" title={say.noPlan}>
                    {say.noPlanText}
                  </Empty>
                )
              }
            </Ready>
            <h3>{say.next}</h3>
            {approved.data && approved.data.plans.length > 0 ? (
              <ul>
                {approved.data.plans.map((plan) => (
                  <li key={plan.plan_id}>
                    <Link href={`/plans/${encodeURIComponent(plan.plan_id)}`}>{plan.plan_id}</Link> · {say.approvedFrom(format.day(plan.on))}
                  </li>
                ))}
              </ul>
            ) : (
              approved.data && <p className="soft">{say.nothingNext}</p>
            )}
          </Section>
        )}
      </div>
      {data && <Coverage data={data} all={all} owned={owned} />}
      {data?.plan && data.plan.pools.length > 0 && <Balance pools={data.plan.pools} roles={data.coverage} />}
    </>
  );
}

function Coverage({ data, all, owned }: { data: Overview; all: number; owned: number }) {
  const say = useWords(words);
  const format = useFormat();
  const title = useRoleTitle();
  const segments = useMemo(() => [...new Set(data.coverage.flatMap((role) => role.segments.map((one) => one.segment)))], [data]);
  if (data.coverage.length === 0) return null;
  return (
    <Section id="coverage" title={say.coverage}>
      <p>{all === owned ? say.allOwned : say.covered(format.number(owned), format.number(all))}</p>
      <div className="table-scroll" tabIndex={0} role="region" aria-label={say.coverage}>
        <table className="data plain">
          <thead>
            <tr>
              <th scope="col">{say.role}</th>
              <th scope="col">{say.answers}</th>
              {segments.map((segment) => (
                <th key={segment} scope="col" className="numeric">
                  {segment}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {data.coverage.map((role) => (
              <tr key={role.role}>
                <th scope="row">{title(role.role, role.title)}</th>
                <td>{role.stages.join(", ")}</td>
                {segments.map((segment) => {
                  const cell = role.segments.find((one) => one.segment === segment);
                  return (
                    <td key={segment} className="numeric">
                      {cell ? (
                        <Link href={`${segmentPath(segment)}${cell.owned < cell.accounts ? `&accounts.f.role:${role.role}=${encodeURIComponent("—")}` : ""}`}>
                          {format.number(cell.owned)}
                          {cell.owned < cell.accounts && ` / ${format.number(cell.accounts)}`}
                        </Link>
                      ) : (
                        "—"
                      )}
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Section>
  );
}

function Balance({ pools, roles }: { pools: PoolState[]; roles: Overview["coverage"] }) {
  const say = useWords(words);
  const format = useFormat();
  const titleOf = useRoleTitle();
  const rows = useMemo(
    () =>
      pools.flatMap((pool, at) => {
        const promised = Object.entries(pool.balance ?? {}).filter(([, one]) => one.tolerance != null && one.max_deviation != null);
        const title = titleOf(pool.role, roles.find((role) => role.role === pool.role)?.title);
        const name = [title, pool.segment, pool.product_line].filter(Boolean).join(" · ");
        return promised.map(([measure, one]) => ({ key: `${at} ${measure}`, pool: name, measure, tolerance: one.tolerance!, deviation: one.max_deviation!, gap: pool.gap ?? null, gapWords: pool.gap_words ?? "", accounts: pool.accounts ?? 0, employees: pool.employees ?? 0 }));
      }),
    [pools, roles, titleOf],
  );
  const columns = useMemo<Column<(typeof rows)[number]>[]>(
    () => [
      { id: "pool", header: say.pool, value: (row) => row.pool, width: 2.6 },
      { id: "measure", header: say.measure, value: (row) => row.measure, filter: "choice" },
      { id: "accounts", header: say.accounts, value: (row) => row.accounts, cell: (row) => format.number(row.accounts), numeric: true },
      { id: "employees", header: say.employees, value: (row) => row.employees, numeric: true },
      { id: "deviation", header: say.deviation, value: (row) => row.deviation, cell: (row) => <>{format.percent(row.deviation, 1)} {row.deviation <= row.tolerance + 1e-9 ? <Badge tone="good">{say.kept}</Badge> : <Badge tone="bad">{say.broken}</Badge>}</>, numeric: true, width: 1.5 },
      { id: "tolerance", header: say.tolerance, value: (row) => row.tolerance, cell: (row) => format.percent(row.tolerance), numeric: true },
      { id: "gap", header: say.gap, value: (row) => row.gap ?? 9, cell: (row) => (row.gap === null ? "—" : <span title={row.gapWords}>{format.percent(row.gap, 1)}</span>), numeric: true, width: 1.3 },
    ],
    [say, format],
  );
  return (
    <Section title={say.balance} id="balance">
      <p className="soft">{say.balanceLead}</p>
      <Suspense fallback={<Loading />}>
        <BalanceChart label={say.chart} rows={rows} />
      </Suspense>
      <DataTable name="pools" caption={say.balance} columns={columns} rows={rows} rowKey={(row) => row.key} />
    </Section>
  );
}
