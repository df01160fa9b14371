/** What if: a scenario's text is written, planned as long work, and read beside the present. */
import { Suspense, lazy, useMemo, useState } from "react";
import type { PayUnderPlan, PlanSide, PoolChange, StudyInList, WhatIf } from "../../api/schema";
import { useFormat, useWords, type Format } from "../../i18n";
import { useRoleTitle } from "../../lib/queries";
import { Button, Facts, Figure, Loading, Section } from "../../parts/basics";
import { FormDialog } from "../../parts/dialog";
import { SelectField, TextField } from "../../parts/fields";
import { DataTable, type Column } from "../../parts/table";
import { words } from "./words";

const PoolsChart = lazy(() => import("./charts").then((all) => ({ default: all.PoolsChart })));

/** The name that a scenario gives itself. */
export function nameOf(study: StudyInList): string {
  return study.scenario?.match(/^\s*name\s*=\s*"([^"]*)"/m)?.[1] ?? "";
}

const TEXTS = {
  leave: 'name = "Two leave"\nleavers = ["E-012", "E-015"]\n',
  more: 'name = "One more"\n\n[[joiners]]\nlike = "E-012"                 # an employee; count = 2 for two of them\n',
  region: 'name = "Open Hungary"\n\n[[accounts]]\nlike  = "country = \'RO\'"      # accounts with the profile of these\nshare = 0.3                   # or count = 200\nset   = { country = "\'HU\'", latitude = "latitude + 1.3", revenue_12m = "revenue_12m * 0.3" }\n',
  line: 'name = "Ventilation as well"\npolicy = \'\'\'\n[product_lines.ventilation]\nwhen = "industry = \'hospitality\'"\n\n[[coverage]]\nrole = "sales-specialist"\nproduct_line = "ventilation"\nstaff = "department = \'Key accounts\'"\ndivide = { balance = { count = 0.2 } }\n\'\'\'\n',
};
type Template = keyof typeof TEXTS;

export function NewScenario({ onSend, begin }: { onSend(wish: { scenario: string }): Promise<void>; begin?: string }) {
  const say = useWords(words);
  const [open, setOpen] = useState(false);
  const [template, setTemplate] = useState<Template>("leave");
  const [text, setText] = useState<string>(begin ?? TEXTS.leave);
  const choose = (value: string) => {
    setTemplate(value as Template);
    setText(TEXTS[value as Template]);
  };
  return (
    <>
      <Button look="main" icon="plus" onPress={() => setOpen(true)}>
        {say.newScenario}
      </Button>
      <FormDialog title={say.scenarioTitle} action={say.run} open={open} onClose={() => setOpen(false)} wide onSubmit={() => onSend({ scenario: text })}>
        <SelectField label={say.template} value={template} onChange={choose} choices={(Object.keys(TEXTS) as Template[]).map((value) => ({ value, label: say.templates[value] }))} />
        <TextField label={say.text} value={text} onChange={setText} lines={14} required hint={say.textHint} />
      </FormDialog>
    </>
  );
}

const FIGURES = ["accounts", "employees", "assigned", "unassigned", "hours_wanted", "hours_available", "needed", "max_deviation", "broken", "sales", "profit"] as const;
type Named = (typeof FIGURES)[number];

/** What the scenario comes to, in the language of whoever reads; the service says it in the company's. */
function sentences({ before, after, moved, new: fresh }: WhatIf, say: (typeof words)["en"]["sentences"], format: Format): string[] {
  const number = (value: number) => format.number(value);
  const lines = [say.hours(number(after.hours_wanted), number(before.hours_wanted), number(after.hours_available), number(before.hours_available)), say.moves(number(moved), number(fresh))];
  if (before.profit != null && after.profit != null) lines.push(say.profit(number(after.profit), number(before.profit), signed(after.profit - before.profit, format)));
  if (after.unassigned > before.unassigned) lines.push(say.unassigned(number(after.unassigned - before.unassigned)));
  return lines;
}

const signed = (value: number, format: Format) => `${value > 0 ? "+" : ""}${format.number(value)}`;

function told(side: PlanSide, name: Named, format: Format): string {
  const value = side[name];
  if (value == null) return "—";
  if (name === "max_deviation") return format.percent(value, 1);
  return format.number(value, name === "needed" ? 1 : 0);
}

export function Scenario({ told: what }: { told: WhatIf }) {
  const say = useWords(words);
  const format = useFormat();
  const role = useRoleTitle();
  const columns = useMemo<Column<PoolChange>[]>(() => {
    const pair = (id: string, headers: [string, string], pick: (side: NonNullable<PoolChange["before"]>) => number | null | undefined, write: (value: number) => string): Column<PoolChange>[] =>
      (["before", "after"] as const).map((side, at) => ({
        id: `${id}-${side}`, header: headers[at]!, numeric: true, value: (one: PoolChange) => { const of = one[side]; return (of && pick(of)) ?? -1; },
        cell: (one: PoolChange) => { const of = one[side]; const value = of ? pick(of) : null; return value == null ? "—" : write(value); },
      }));
    return [
      { id: "segment", header: say.segment, value: (one) => one.segment, filter: "choice", width: 1.4 },
      { id: "role", header: say.role, value: (one) => role(one.role), filter: "choice", width: 1.4 },
      { id: "product", header: say.product, value: (one) => one.product_line ?? "", width: 1.3 },
      { id: "rule", header: say.rule, value: (one) => one.rule, cell: (one) => <span title={one.rule}>{one.rule}</span>, width: 1.5 },
      ...pair("people", [say.peopleBefore, say.peopleAfter], (side) => side.employees, (value) => format.number(value)),
      ...pair("use", [say.useBefore, say.useAfter], (side) => side.utilisation, (value) => format.percent(value)),
      ...pair("profit", [say.profitBefore, say.profitAfter], (side) => side.profit, (value) => format.number(value)),
      { id: "moved", header: say.moved, value: (one) => one.moved, cell: (one) => format.number(one.moved), numeric: true },
    ];
  }, [role, say, format]);
  return (
    <>
      <h2>{what.scenario}</h2>
      <div className="figures">
        <Figure value={format.number(what.moved)} label={say.moved} />
        <Figure value={format.number(what.moved_from_leavers)} label={say.movedFromLeavers} />
        <Figure value={format.number(what.new)} label={say.fresh} />
        {what.before.profit != null && what.after.profit != null && <Figure value={signed(what.after.profit - what.before.profit, format)} label={say.figures.profit} tone={what.after.profit < what.before.profit ? "bad" : "good"} />}
      </div>
      <Section title={say.inWords} id="words">
        <ul>
          {sentences(what, say.sentences, format).map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ul>
        <Facts of={[[say.joiners, what.joiners.join(", ")], [say.leavers, what.leavers.join(", ")]]} />
      </Section>
      <Section title={say.beside} id="beside">
        <div className="table-scroll" tabIndex={0} role="region" aria-label={say.beside}>
          <table className="data plain">
            <thead>
              <tr>
                <th scope="col">{say.beside}</th>
                <th scope="col" className="numeric">{say.before}</th>
                <th scope="col" className="numeric">{say.after}</th>
              </tr>
            </thead>
            <tbody>
              {FIGURES.filter((name) => what.before[name] != null || what.after[name] != null).map((name) => (
                <tr key={name}>
                  <th scope="row">{say.figures[name]}</th>
                  <td className="numeric">{told(what.before, name, format)}</td>
                  <td className="numeric">{told(what.after, name, format)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </Section>
      <Section title={say.pools} id="pools">
        <Suspense fallback={<Loading />}>
          <PoolsChart pools={what.pools} />
        </Suspense>
        <DataTable name="pools" caption={say.pools} columns={columns} rows={what.pools} rowKey={(one) => `${one.segment} ${one.role} ${one.product_line ?? ""} ${one.rule}`} />
      </Section>
      {what.pay != null && what.pay.people.length > 0 && <Pay of={what.pay} />}
    </>
  );
}

type Person = PayUnderPlan["people"][number];

/** What each would have earned under both plans, and how it is spread over the team. */
function Pay({ of }: { of: PayUnderPlan }) {
  const say = useWords(words);
  const format = useFormat();
  const money = (value: string | number) => format.money(value, of.currency);
  const columns = useMemo<Column<Person>[]>(
    () => [
      { id: "person", header: say.person, value: (one) => one.name, width: 1.6 },
      ...(["now", "then", "difference"] as const).map((name): Column<Person> => ({
        id: name, header: say.pay[name], numeric: true, value: (one) => Number(one[name]),
        cell: (one) => `${name === "difference" && Number(one[name]) > 0 ? "+" : ""}${format.money(one[name], of.currency)}`,
      })),
    ],
    [say, format, of.currency],
  );
  const both = (write: (side: PayUnderPlan["now"]) => string) => say.to(write(of.now), write(of.then));
  return (
    <Section title={say.pay.title(of.period)} id="pay">
      <p className="soft">{say.pay.lead}</p>
      <Facts
        of={[
          [say.pay.total, both((side) => money(side.total))],
          [say.pay.quarter, both((side) => money(side.lower_quartile))],
          [say.pay.median, both((side) => money(side.median))],
          [say.pay.three, both((side) => money(side.upper_quartile))],
          [say.pay.gini, both((side) => format.number(side.gini, 3))],
        ]}
      />
      <DataTable<Person> name="scenario-pay" caption={say.pay.title(of.period)} columns={columns} rows={of.people} rowKey={(one) => one.employee} height={10} />
    </Section>
  );
}
