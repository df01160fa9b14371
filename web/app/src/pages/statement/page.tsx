/** One person's statement of a period: what is paid, how each figure comes about, and the order lines and rules it rests on. */
import { useEffect, useState } from "react";
import { useQuery } from "@tanstack/react-query";
import { useParams } from "react-router";
import { api, ask } from "../../api/client";
import type { PlanStatement, Statement } from "../../api/schema";
import { useSession } from "../../api/session";
import { useFormat, useWords } from "../../i18n";
import { usePayPeriods } from "../../lib/periods";
import { address, useParam } from "../../lib/url";
import { Badge, Button, Link, PageHead, Section } from "../../parts/basics";
import { ReadyOr } from "../../parts/teach";
import { DisputeDialog } from "../pay/disputes";
import { statementAddress } from "../pay/page";
import { words } from "../pay/words";
import { Credits } from "./credits";
import { How, reached } from "./how";

export function Component() {
  const { period = "", employee = "" } = useParams();
  const say = useWords(words);
  const found = useQuery({ queryKey: ["pay", "statement", period, employee], queryFn: async () => (await ask(api.GET("/api/v1/statements/{period}/{employee}", { params: { path: { period, employee } } }))) as unknown as Statement });
  return (
    <ReadyOr of={found} lesson={{ icon: "pay", ...say.lesson }}>
      {(statement) => <Told key={`${period} ${employee}`} statement={statement} />}
    </ReadyOr>
  );
}

function Told({ statement }: { statement: Statement }) {
  const say = useWords(words);
  const format = useFormat();
  const session = useSession();
  const [disputed, setDisputed] = useState<{ order: string; line: string } | null>(null);
  const [part, setPart] = useParam("part");
  const pay = statement.pay.map((one) => format.money(one.amount, one.currency)).join(" + ") || format.number(0, 2);
  const corrections = statement.credits.filter((one) => one.kind === "correction");
  const may = session.may("dispute-pay");
  // "plan.part": whose order lines are looked at.
  const [planAt, partAt] = part.split(".").map(Number);
  const chosen = part === "" ? undefined : statement.plans[planAt ?? -1]?.parts[partAt ?? -1];
  useEffect(() => {
    if (part !== "") document.getElementById("credits")?.scrollIntoView({ block: "start" });
  }, [part]);
  return (
    <>
      <Head statement={statement} onDispute={may ? () => setDisputed({ order: "", line: "" }) : undefined} />
      <Section title={say.toPay} id="to-pay">
        <p className="pay-total">{pay}</p>
        <p className="row">
          <Badge tone={statement.closed ? "info" : "warn"}>{statement.closed ? say.closed : say.open}</Badge> {statement.closed ? say.closedText : say.openText}
        </p>
      </Section>
      {statement.plans.map((plan, at) => (
        <Plan key={plan.plan} plan={plan} at={at} chosen={part} here={statementAddress(statement.period, statement.employee)} />
      ))}
      {statement.adjustments && statement.adjustments.length > 0 && (
        <Section title={say.adjustments} id="adjustments">
          <ul className="timeline">
            {statement.adjustments.map((one) => (
              <li key={one.dispute}>
                <Link href={`/pay/disputes/${one.dispute}`}>{say.disputeOf(String(one.dispute))}</Link>: {format.money(one.amount, one.currency)} — {one.reason}
              </li>
            ))}
          </ul>
        </Section>
      )}
      {corrections.length > 0 && (
        <Section title={say.corrections} id="corrections">
          <p className="soft">{say.correctionsLead}</p>
          <Credits name="corrections" caption={say.corrections} credits={corrections} statement={statement} onDispute={may ? setDisputed : undefined} />
        </Section>
      )}
      <Section
        title={chosen ? say.onlyPart(chosen.name) : say.credits}
        id="credits"
        actions={
          chosen && (
            <Button icon="close" onPress={() => setPart("")}>
              {say.all}
            </Button>
          )
        }
      >
        <p className="soft no-print">{say.creditsLead}</p>
        <Credits name="credits" caption={say.credits} credits={chosen ? chosen.credits.flatMap((place) => statement.credits[place] ?? []) : statement.credits} statement={statement} onDispute={may ? setDisputed : undefined} />
      </Section>
      <DisputeDialog employee={statement.employee} period={statement.period} of={disputed} onClose={() => setDisputed(null)} />
    </>
  );
}

function Head({ statement, onDispute }: { statement: Statement; onDispute: (() => void) | undefined }) {
  const say = useWords(words);
  const format = useFormat();
  const periods = usePayPeriods().data?.periods ?? [];
  const at = periods.findIndex((one) => one.period === statement.period);
  const file = (kind: string) => `/api/v1/statements/${encodeURIComponent(statement.period)}/${encodeURIComponent(statement.employee)}?format=${kind}`;
  const beside = (place: number, title: string) => {
    const one = at < 0 ? undefined : periods[place];
    return one && <Link className="button plain" href={statementAddress(one.period, statement.employee)}>{`${title}: ${one.period}`}</Link>;
  };
  return (
    <PageHead title={say.of(statement.name)} under={say.days(statement.period, format.day(statement.from), format.day(statement.to))}>
      {beside(at + 1, say.before)}
      {beside(at - 1, say.after)}
      <Link className="button plain" href={`/pay?period=${encodeURIComponent(statement.period)}`}>
        {say.back}
      </Link>
      <a className="button plain" href={file("xlsx")} download={`${statement.period} ${statement.employee}.xlsx`}>
        {say.xlsx}
      </a>
      <a className="button plain" href={file("html")} target="_blank" rel="noreferrer">
        {say.page}
      </a>
      {onDispute && (
        <Button look="main" onPress={onDispute}>
          {say.disputePay}
        </Button>
      )}
    </PageHead>
  );
}

function Plan({ plan, at, chosen, here }: { plan: PlanStatement; at: number; chosen: string; here: string }) {
  const say = useWords(words);
  const format = useFormat();
  const money = (amount: string) => format.money(amount, plan.currency);
  const rest: [string, string][] = [[say.guarantee, plan.guarantee], [say.cap, Number(plan.cap) === 0 ? "0" : `-${plan.cap}`]];
  return (
    <Section title={plan.plan} id={`plan-${at}`}>
      <div className="table-scroll" tabIndex={0} role="region" aria-label={plan.plan}>
        <table className="data plain">
          <thead>
            <tr>
              <th scope="col">{say.measure}</th>
              <th scope="col" className="numeric">{say.reached}</th>
              <th scope="col" className="numeric">{say.quota}</th>
              <th scope="col">{say.how}</th>
              <th scope="col" className="numeric">{say.earned}</th>
            </tr>
          </thead>
          <tbody>
            {plan.parts.map((part, place) => (
              <tr key={place} className={chosen === `${at}.${place}` ? "is-selected" : undefined}>
                <th scope="row">
                  {part.name}
                  <div className="soft under-name">{`${say.measures[part.measure as "revenue"] ?? part.measure}, ${say.ofWho[part.of as "own"] ?? part.of}`}</div>
                </th>
                <td className="numeric">
                  {part.credits.length > 0 ? (
                    <Link href={address(here, { part: chosen === `${at}.${place}` ? "" : `${at}.${place}` })} aria-label={`${reached(part.value, part.measure, plan.currency, format)}. ${say.openPart(part.name)}, ${say.orders(format.number(part.credits.length))}`}>
                      {reached(part.value, part.measure, plan.currency, format)}
                    </Link>
                  ) : (
                    reached(part.value, part.measure, plan.currency, format)
                  )}
                </td>
                <td className="numeric">{part.quota == null ? "" : reached(part.quota, part.measure, plan.currency, format)}</td>
                <td>
                  <How part={part} currency={plan.currency} />
                </td>
                <td className="numeric">{money(part.earned.pay)}</td>
              </tr>
            ))}
            {rest
              .filter(([, amount]) => Number(amount) !== 0)
              .map(([name, amount]) => (
                <tr key={name}>
                  <th scope="row" colSpan={4}>{name}</th>
                  <td className="numeric">{money(amount)}</td>
                </tr>
              ))}
            <tr className="sum">
              <th scope="row" colSpan={4}>{say.sum}</th>
              <td className="numeric">{money(plan.pay)}</td>
            </tr>
          </tbody>
        </table>
      </div>
    </Section>
  );
}
