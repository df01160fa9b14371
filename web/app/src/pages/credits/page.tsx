/** The order lines behind a figure: every credit with its order, its rule and the assignment it comes from. */
import { useMemo } from "react";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useSearchParams } from "react-router";
import { api, ask } from "../../api/client";
import type { CreditRow } from "../../api/schema";
import { useFormat, useWords } from "../../i18n";
import { common } from "../../i18n/common";
import { useEmployees, useRoleTitle } from "../../lib/queries";
import { address, useChange } from "../../lib/url";
import { Badge, Button, Empty, Figure, Link, PageHead } from "../../parts/basics";
import { Span } from "../../parts/span";
import { DataTable, type Column } from "../../parts/table";
import { ReadyOr } from "../../parts/teach";
import { creditWords, words } from "../contribution/words";

const FILTERS = ["employee", "team", "nobody", "role", "segment", "stage", "product_line", "territory", "account", "order", "customers", "overlay"] as const;
type Filter = (typeof FILTERS)[number];

export function Component() {
  const say = useWords(words);
  const shared = useWords(common);
  const format = useFormat();
  const [params] = useSearchParams();
  const change = useChange();
  const employees = useEmployees();
  const asked = Object.fromEntries(["from", "to", ...FILTERS].map((name) => [name, params.get(name) ?? ""]).filter(([, value]) => value !== "")) as Record<string, string>;
  const found = useInfiniteQuery({
    queryKey: ["credits", JSON.stringify(asked)],
    initialPageParam: undefined as number | undefined,
    queryFn: ({ pageParam }) => ask(api.GET("/api/v1/credits", { params: { query: { ...asked, limit: 200, ...(pageParam !== undefined && { after: pageParam }) } as never } })),
    getNextPageParam: (last) => last.next ?? undefined,
  });
  const first = found.data?.pages[0];
  const told = (filter: Filter): string => {
    const value = asked[filter] ?? "";
    if (filter === "employee" || filter === "team") return employees.data?.find((one) => one.employee_id === value)?.name ?? value;
    if (filter === "customers") return say.customersWords[value as "new"] ?? value;
    if (filter === "overlay" || filter === "nobody") return value === "true" ? shared.yes : shared.no;
    return value;
  };
  return (
    <>
      <PageHead title={say.credits} under={first && say.creditsUnder(format.day(first.from), format.day(first.to))}>
        <Link className="button plain" href={address("/contribution", { from: asked.from, to: asked.to })}>
          {say.back}
        </Link>
      </PageHead>
      <div className="controls no-print">
        <Span />
      </div>
      <div className="row">
        {FILTERS.filter((filter) => asked[filter]).map((filter) => (
          <Button key={filter} icon="close" aria-label={say.remove(`${say.filter[filter]}: ${told(filter)}`)} onPress={() => change({ [filter]: "" })}>
            {`${say.filter[filter]}: ${told(filter)}`}
          </Button>
        ))}
      </div>
      <ReadyOr of={found} lesson={{ icon: "chart", ...say.lesson }}>
        {(data) => (
          <Lines rows={data.pages.flatMap((page) => page.credits)} first={data.pages[0]!} more={found.hasNextPage ? () => void found.fetchNextPage() : undefined} busy={found.isFetchingNextPage} />
        )}
      </ReadyOr>
    </>
  );
}

function Lines({ rows, first, more, busy }: { rows: CreditRow[]; first: { currency: string; amount: string; overlay: string; total: number }; more: (() => void) | undefined; busy: boolean }) {
  const say = useWords(words);
  const credit = useWords(creditWords);
  const shared = useWords(common);
  const format = useFormat();
  const role = useRoleTitle();
  const columns = useMemo<Column<CreditRow>[]>(() => {
    const money = (amount: string) => format.money(amount, first.currency);
    return [
      { id: "date", header: say.date, value: (one) => one.date, cell: (one) => format.day(one.date), width: 1.1 },
      { id: "order", header: say.order, value: (one) => `${one.order} / ${one.line}`, width: 1.1 },
      { id: "kind", header: say.kind, value: (one) => one.kind, say: (kind) => credit.kind[kind as "order"] ?? kind, cell: (one) => <>{credit.kind[one.kind as "order"] ?? one.kind}{one.reference && <span className="soft"> ({one.reference})</span>}</>, filter: "choice", width: 0.9 },
      { id: "customer", header: say.customer, value: (one) => one.account_name, cell: (one) => <Link href={`/accounts/${encodeURIComponent(one.account)}`}>{one.account_name}</Link>, width: 1.8 },
      { id: "segment", header: say.segment, value: (one) => one.segment, filter: "choice", width: 1.3 },
      { id: "product", header: say.product, value: (one) => one.product_line ?? "", filter: "choice", width: 1.3 },
      { id: "employee", header: say.person, value: (one) => one.employee_name || shared.none, cell: (one) => (one.employee ? <Link href={`/team/${encodeURIComponent(one.employee)}`}>{one.employee_name}</Link> : <Badge tone="bad">{shared.none}</Badge>), filter: "choice", width: 1.4 },
      { id: "role", header: say.role, value: (one) => role(one.role ?? ""), filter: "choice", width: 1.3 },
      { id: "stage", header: say.stage, value: (one) => one.stage ?? "", hidden: true },
      { id: "rule", header: say.rule, value: (one) => one.rule, width: 1.3 },
      { id: "why", header: say.why, value: (one) => `${credit.why[one.why as "holder"] ?? one.why}${one.overlay ? `, ${credit.overlay}` : ""}`, cell: (one) => <span title={one.reason ?? ""}>{`${credit.why[one.why as "holder"] ?? one.why}${one.overlay ? `, ${credit.overlay}` : ""}${one.reason ? `: ${one.reason}` : ""}`}</span>, width: 1.6 },
      { id: "assignment", header: say.assignment, value: (one) => one.assignment ?? "", width: 2, hidden: true },
      { id: "share", header: say.share, value: (one) => Number(one.share), cell: (one) => format.percent(Number(one.share), 2), numeric: true, width: 0.8 },
      { id: "line", header: say.ofLine, value: (one) => Number(one.line_amount), cell: (one) => money(one.line_amount), numeric: true, width: 1.1 },
      { id: "amount", header: say.credit, value: (one) => Number(one.amount), cell: (one) => money(one.amount), numeric: true, width: 1.1 },
    ];
  }, [first.currency, role, say, credit, shared, format]);
  if (rows.length === 0) return <Empty icon="chart" title={say.noCredits}>{say.noCreditsText}</Empty>;
  return (
    <>
      <div className="figures">
        <Figure value={format.money(first.amount, first.currency)} label={say.sum} />
        {Number(first.overlay) !== 0 && <Figure value={format.money(first.overlay, first.currency)} label={say.overlay} />}
        <Figure value={say.shown(format.number(rows.length), format.number(first.total))} label={say.credits} />
      </div>
      <DataTable name="credits" caption={say.credits} columns={columns} rows={rows} rowKey={(one) => `${one.order}/${one.line}/${one.employee ?? ""}/${one.role ?? ""}/${one.stage ?? ""}/${one.why}/${one.overlay}/${one.kind}/${one.reference ?? ""}`} />
      {more && (
        <div className="row">
          <Button isPending={busy} onPress={more}>
            {shared.more}
          </Button>
        </div>
      )}
    </>
  );
}
