/** Which skills customers ask for and who holds them, and which training or hiring would improve the plan most by its cost. */
import { Suspense, lazy, useMemo } from "react";
import type { BetterServed, Hire, SkillsGap, Training } from "../../api/schema";
import { useFormat, useWords } from "../../i18n";
import { useRoleTitle } from "../../lib/queries";
import { Figure, Link, Loading, PageHead, Section } from "../../parts/basics";
import { StudyFrame } from "../../parts/study";
import { DataTable, type Column } from "../../parts/table";
import { Matrix } from "./matrix";
import { words } from "./words";

const TrainingsChart = lazy(() => import("./charts"));

export function Component() {
  const say = useWords(words);
  return (
    <>
      <PageHead title={say.title} />
      <StudyFrame of="skills" lesson={{ icon: "team", ...say.lesson }}>
        {(study) => study.skills && <Told gap={study.skills} />}
      </StudyFrame>
    </>
  );
}

function Told({ gap }: { gap: SkillsGap }) {
  const say = useWords(words);
  const format = useFormat();
  // Every dimension has all of the demand.
  const cells = gap.cells.filter((cell) => cell.dimension === "segment");
  const sum = (pick: (cell: SkillsGap["cells"][number]) => number) => cells.reduce((all, cell) => all + pick(cell), 0);
  return (
    <>
      <p className="soft">{say.basis[gap.basis as "present"]}</p>
      <div className="figures">
        <Figure value={format.number(gap.missing, 1)} label={say.missing} tone={gap.missing > 0 ? "bad" : "good"} href="#matrix" />
        <Figure value={format.number(sum((cell) => cell.gap_hours))} label={say.gaps} href="#matrix" />
        <Figure value={format.number(sum((cell) => cell.accounts_below))} label={say.belowAll} href="#matrix" />
        <Figure value={format.number(gap.trainings.length)} label={say.trainable} href="#trainings" />
      </div>
      <Matrix cells={gap.cells} />
      <Trainings gap={gap} />
      <Hires hires={gap.hires} />
    </>
  );
}

function Customers({ of, all }: { of: BetterServed[]; all: number }) {
  const format = useFormat();
  return (
    <>
      {of.map((one, at) => (
        <span key={one.account_id}>
          {at > 0 && ", "}
          <Link href={`/accounts/${encodeURIComponent(one.account_id)}`}>{one.account}</Link>
        </span>
      ))}
      {all > of.length && <span className="soft">{` … (${format.number(all)})`}</span>}
    </>
  );
}

function Trainings({ gap }: { gap: SkillsGap }) {
  const say = useWords(words);
  const format = useFormat();
  const role = useRoleTitle();
  const rows = gap.trainings;
  const columns = useMemo<Column<Training>[]>(
    () => [
      { id: "person", header: say.person, value: (one) => one.employee, cell: (one) => <Link href={`/team/${encodeURIComponent(one.employee_id)}?tab=skills`}>{one.employee}</Link>, width: 1.5 },
      { id: "skill", header: say.skill, value: (one) => one.skill, filter: "choice", width: 1.2 },
      { id: "to", header: say.to, value: (one) => one.to, cell: (one) => `${format.number(one.from, 1)} → ${format.number(one.to, 1)}`, numeric: true },
      { id: "confirmed", header: say.confirmed, value: (one) => one.confirmed, cell: (one) => <strong>{format.number(one.confirmed, 2)}</strong>, numeric: true, width: 1.1 },
      { id: "cost", header: say.cost, value: (one) => one.cost ?? 0, cell: (one) => (one.cost == null ? say.noCost : format.number(one.cost)), numeric: true, width: 0.8 },
      { id: "per", header: say.perCost, value: (one) => one.per_cost, cell: (one) => format.number(one.per_cost, 2), numeric: true, width: 1.3 },
      { id: "estimated", header: say.estimated, value: (one) => one.estimated, cell: (one) => <span className="soft">{format.number(one.estimated, 2)}</span>, numeric: true, width: 1.2 },
      { id: "helped", header: say.helped, value: (one) => one.accounts, cell: (one) => format.number(one.accounts), numeric: true, width: 1, hidden: true },
      { id: "whom", header: say.forWhom, value: (one) => one.customers.map((customer) => customer.account).join(", "), cell: (one) => <Customers of={one.customers} all={one.accounts} />, width: 3.2 },
      { id: "role", header: say.role, value: (one) => one.roles.map((name) => role(name)).join(", "), width: 1.4 },
    ],
    [role, say, format],
  );
  return (
    <Section title={say.trainings} id="trainings">
      {rows.length === 0 ? (
        <p className="soft">{say.noTraining}</p>
      ) : (
        <>
          <p>{say.trainingsLead}</p>
          <Suspense fallback={<Loading />}>
            <TrainingsChart trainings={rows} />
          </Suspense>
          <DataTable name="trainings" caption={say.trainings} columns={columns} rows={rows} rowKey={(one) => `${one.employee_id} ${one.skill} ${one.to}`} height={10} />
          <p className="soft">{gap.method}</p>
        </>
      )}
    </Section>
  );
}

function Hires({ hires }: { hires: Hire[] }) {
  const say = useWords(words);
  const format = useFormat();
  const role = useRoleTitle();
  const columns = useMemo<Column<Hire>[]>(
    () => [
      { id: "role", header: say.role, value: (one) => role(one.role), filter: "choice", width: 1.4 },
      { id: "segment", header: say.segment, value: (one) => one.segment, filter: "choice", width: 1.4 },
      { id: "product", header: say.product, value: (one) => one.product_line ?? "", hidden: hires.every((one) => one.product_line == null) },
      { id: "like", header: say.like, value: (one) => one.like ?? "", width: 1.3 },
      { id: "skills", header: say.skills, value: (one) => one.skills.join(", "), width: 1.8 },
      { id: "confirmed", header: say.confirmed, value: (one) => one.confirmed, cell: (one) => <strong>{format.number(one.confirmed, 2)}</strong>, numeric: true, width: 1.1 },
      { id: "cost", header: say.cost, value: (one) => one.cost ?? 0, cell: (one) => (one.cost == null ? say.noCost : format.number(one.cost)), numeric: true, width: 0.9 },
      { id: "per", header: say.perCost, value: (one) => one.per_cost, cell: (one) => format.number(one.per_cost, 3), numeric: true, width: 1.3 },
      { id: "estimated", header: say.estimated, value: (one) => one.estimated, cell: (one) => <span className="soft">{format.number(one.estimated, 2)}</span>, numeric: true, width: 1.2 },
      { id: "whom", header: say.forWhom, value: (one) => one.customers.map((customer) => customer.account).join(", "), cell: (one) => <Customers of={one.customers} all={one.accounts} />, width: 3 },
    ],
    [hires, role, say, format],
  );
  return (
    <Section title={say.hires} id="hires">
      {hires.length === 0 ? (
        <p className="soft">{say.noHire}</p>
      ) : (
        <>
          <p className="soft">{say.hiresLead}</p>
          <DataTable name="hires" caption={say.hires} columns={columns} rows={hires} rowKey={(one) => `${one.role} ${one.segment} ${one.product_line ?? ""} ${one.like ?? ""} ${one.skills.join()}`} height={8} />
        </>
      )}
    </Section>
  );
}
