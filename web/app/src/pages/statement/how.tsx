/** How a part of pay comes about: tier by tier, with bonuses, ramp and exchange rate, and whom or which customers it counts. */
import type { PartStatement } from "../../api/schema";
import { useFormat, useWords, type Format } from "../../i18n";
import { useEmployees } from "../../lib/queries";
import { Link } from "../../parts/basics";
import { words } from "../pay/words";

/** A measure in its own unit: money, customers or a share. */
export function reached(value: string, measure: string, currency: string, format: Format): string {
  if (measure === "revenue" || measure === "margin") return format.money(value, currency);
  if (measure === "retention") return format.percent(Number(value), 1);
  return format.number(Number(value), 2);
}

export function How({ part, currency }: { part: PartStatement; currency: string }) {
  const say = useWords(words);
  const format = useFormat();
  const money = (amount: string) => format.money(amount, currency);
  const percent = (share: string) => format.percent(Number(share), 2);
  const by = part.rate != null ? format.number(Number(part.rate), 6) : part.target != null ? `${money(part.target)} ${say.target}` : "";
  const steps = part.earned.steps.map((step) => `${reached(step.units, part.measure, currency, format)} × ${by}${Number(step.times) === 1 ? "" : ` × ${format.number(Number(step.times), 4)}`} = ${money(step.pay)}`);
  const rest = [
    ...part.earned.bonuses.map((one) => `${say.bonus(percent(one.at))}: ${money(one.pay)}`),
    ...(part.earned.attainment == null ? [] : [`${say.attainment}: ${percent(part.earned.attainment)}`]),
    ...(part.ramp == null ? [] : [say.ramp(percent(part.ramp))]),
    ...(part.exchange_rate == null ? [] : [say.exchange(format.number(Number(part.exchange_rate), 6))]),
  ];
  return (
    <>
      <ul className="steps">
        {[...steps, ...rest].map((line, at) => (
          <li key={at}>{line}</li>
        ))}
      </ul>
      {part.people.length > 0 && part.of !== "own" && <People people={part.people} part={part} currency={currency} />}
      {part.accounts.length > 0 && (
        <details>
          <summary>{say.accounts(format.number(part.accounts.length))}</summary>
          <ul className="steps">
            {part.accounts.map((id) => (
              <li key={id}>
                <Link href={`/accounts/${encodeURIComponent(id)}`}>{id}</Link>
              </li>
            ))}
          </ul>
        </details>
      )}
    </>
  );
}

function People({ people, part, currency }: { people: PartStatement["people"]; part: PartStatement; currency: string }) {
  const say = useWords(words);
  const format = useFormat();
  const employees = useEmployees();
  const name = (id: string) => employees.data?.find((one) => one.employee_id === id)?.name ?? id;
  return (
    <details>
      <summary>{say.people(format.number(people.length))}</summary>
      <ul className="steps">
        {people.map((one) => (
          <li key={one.employee}>
            <Link href={`/team/${encodeURIComponent(one.employee)}`}>{name(one.employee)}</Link>: {reached(one.value, part.measure, currency, format)}
          </li>
        ))}
      </ul>
    </details>
  );
}
