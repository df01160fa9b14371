/** What waits for somebody's decision: each line leads to its rows, the gravest kind first. */
import type { ReactNode } from "react";
import type { MatterPage } from "../../api/answers";
import type { Appeal, Overview } from "../../api/schema";
import { useFormat, useWords } from "../../i18n";
import { useEmployees, useRoleTitle } from "../../lib/queries";
import { Badge, Link, Loading, Section } from "../../parts/basics";
import { words } from "./words";

/** So many of a kind are named; the rest is counted. */
const NAMED = 6;

interface Line {
  key: string;
  tone: "info" | "warn" | "bad";
  kind: string;
  text: ReactNode;
}

export interface Waiting {
  proposed: { plan_id: string; on: string; actor: string }[];
  /** Open ones that the reader may answer. */
  appeals: Appeal[];
  /** Employees who are away, hold customers and have nobody who stands in. */
  alone: string[];
  overdue: MatterPage | undefined;
  desk: MatterPage | undefined;
}

/** `data`: what is without an owner, once it is known. */
export function Decisions({ data, waiting }: { data: Overview | undefined; waiting: Waiting }) {
  const say = useWords(words);
  const format = useFormat();
  const title = useRoleTitle();
  const employees = useEmployees();
  const name = (id: string) => employees.data?.find((one) => one.employee_id === id)?.name ?? id;
  const many = (page: MatterPage) => `${format.number(page.communications.length)}${page.next ? "+" : ""}`;
  const rest = (key: string, count: number, href: string): Line[] => (count > NAMED ? [{ key, tone: "info", kind: "…", text: <Link href={href}>{say.more(format.number(count - NAMED))}</Link> }] : []);

  const unowned = (data?.coverage ?? []).flatMap((role) => role.segments).reduce((sum, one) => sum + one.accounts - one.owned, 0);
  const lines: Line[] = [
    ...(data?.unowned ?? []).slice(0, NAMED).map((one): Line => {
      const stages = data?.coverage.find((role) => role.role === one.role)?.stages ?? [];
      return {
        key: `${one.account_id} ${one.role}`,
        tone: "bad",
        kind: say.nobody,
        text: (
          <>
            <Link href={`/accounts/${encodeURIComponent(one.account_id)}`}>{one.account}</Link> · {title(one.role)} {stages.length > 0 && <span className="soft">({stages.join(", ")})</span>}
          </>
        ),
      };
    }),
    ...rest("unowned", unowned, "#coverage"),
    ...(waiting.overdue && waiting.overdue.communications.length > 0 ? [{ key: "overdue", tone: "bad" as const, kind: say.late, text: <Link href="/inbox?whose=overdue">{say.overdueLine(many(waiting.overdue))}</Link> }] : []),
    ...waiting.alone.slice(0, NAMED).map((id): Line => ({ key: id, tone: "warn", kind: say.uncovered, text: <Link href={`/team/${encodeURIComponent(id)}?tab=absences`}>{say.absence(name(id))}</Link> })),
    ...rest("alone", waiting.alone.length, "/team?team.f.away=yes"),
    ...(waiting.desk && waiting.desk.communications.length > 0 ? [{ key: "desk", tone: "warn" as const, kind: say.unassigned, text: <Link href="/inbox?whose=desk">{say.deskLine(many(waiting.desk))}</Link> }] : []),
    ...waiting.appeals.slice(0, NAMED).map((one): Line => ({ key: `appeal ${one.number}`, tone: "info", kind: say.appeal, text: <Link href="/appeals?appeals.f.state=open">{say.appealLine(one.employee, one.account)}</Link> })),
    ...rest("appeals", waiting.appeals.length, "/appeals?appeals.f.state=open"),
    ...waiting.proposed.map((plan): Line => ({
      key: plan.plan_id,
      tone: "info",
      kind: say.state.proposed,
      text: (
        <>
          <Link href={`/plans/${encodeURIComponent(plan.plan_id)}/compare`}>{plan.plan_id}</Link> {say.by(plan.actor)} · {say.approvedFrom(format.day(plan.on))}
        </>
      ),
    })),
  ];
  return (
    <Section id="decide" title={say.decide}>
      {data === undefined && <Loading />}
      {data && lines.length === 0 && <p className="soft">{say.nothing}</p>}
      <ul className="plain-list">
        {lines.map((line) => (
          <li key={line.key}>
            <Badge tone={line.tone}>{line.kind}</Badge> {line.text}
          </li>
        ))}
      </ul>
    </Section>
  );
}
