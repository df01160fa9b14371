/** The gap matrix as a heat table: a table whose cells say their number, and are the darker the more is missing. */
import { useMemo, useState, type CSSProperties } from "react";
import type { SkillCell } from "../../api/schema";
import { useFormat, useWords } from "../../i18n";
import { useRoleTitle } from "../../lib/queries";
import { useParam } from "../../lib/url";
import { Button, Facts, Section } from "../../parts/basics";
import { Dialog } from "../../parts/dialog";
import { SelectField } from "../../parts/fields";
import { DataTable, type Column } from "../../parts/table";
import { words } from "./words";

type Show = "gap" | "below" | "demand" | "held";
const PICK: Record<Show, (cell: SkillCell) => number> = { gap: (cell) => cell.gap_hours, below: (cell) => cell.accounts_below, demand: (cell) => cell.accounts, held: (cell) => cell.qualified };

export function Matrix({ cells }: { cells: SkillCell[] }) {
  const say = useWords(words);
  const format = useFormat();
  const role = useRoleTitle();
  const [by, setBy] = useParam("by", "segment");
  const [show, setShow] = useParam("show", "gap");
  const [open, setOpen] = useState<SkillCell | null>(null);
  const known = (["gap", "below", "demand", "held"] as const).find((one) => one === show) ?? "gap";
  const pick = PICK[known];
  const { rows, groups, most } = useMemo(() => {
    const here = cells.filter((cell) => cell.dimension === by);
    const groups = [...new Set(here.map((cell) => cell.group))].sort(format.compare);
    const rows = new Map<string, { skill: string; role: string; cells: Map<string, SkillCell> }>();
    for (const cell of here) {
      const key = `${cell.skill}\u0000${cell.role}`;
      const row = rows.get(key) ?? { skill: cell.skill, role: cell.role, cells: new Map<string, SkillCell>() };
      row.cells.set(cell.group, cell);
      rows.set(key, row);
    }
    return { rows: [...rows.values()], groups, most: Math.max(1e-9, ...here.map(pick)) };
  }, [cells, by, pick, format]);
  const group = (name: string) => name || say.noGroup;
  return (
    <Section title={say.matrix} id="matrix">
      <p className="soft">{say.matrixLead}</p>
      <div className="controls no-print">
        <SelectField label={say.by} value={by} onChange={setBy} choices={(["segment", "product-line", "region"] as const).map((value) => ({ value, label: say.dimensions[value] }))} />
        <SelectField label={say.show} value={known} onChange={setShow} choices={(["gap", "below", "demand", "held"] as const).map((value) => ({ value, label: say.shows[value] }))} />
      </div>
      <div className="table-scroll" tabIndex={0} role="region" aria-label={say.matrix} style={{ maxHeight: "40rem" }}>
        <table className="data plain">
          <caption className="sr-only">{`${say.matrix}: ${say.shows[known]}`}</caption>
          <thead>
            <tr>
              <th scope="col">{say.skill}</th>
              <th scope="col">{say.role}</th>
              {groups.map((name) => (
                <th key={name} scope="col" className="numeric">
                  {group(name)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={`${row.skill} ${row.role}`}>
                <th scope="row">{row.skill}</th>
                <td>{role(row.role)}</td>
                {groups.map((name) => {
                  const cell = row.cells.get(name);
                  if (!cell)
                    return (
                      <td key={name} className="numeric">
                        <span className="soft" aria-label={say.noDemand}>—</span>
                      </td>
                    );
                  const value = pick(cell);
                  return (
                    <td key={name} className="heat" style={{ "--heat": known === "held" ? 0 : Math.max(0, value / most) } as CSSProperties}>
                      <Button look="quiet" aria-label={say.cell(`${row.skill}, ${role(row.role)}`, group(name), format.number(value, known === "gap" ? 1 : 0))} onPress={() => setOpen(cell)}>
                        {format.number(value, known === "gap" ? 1 : 0)}
                      </Button>
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <details>
        <summary>{say.all}</summary>
        <AllCells cells={cells.filter((cell) => cell.dimension === by)} />
      </details>
      <Dialog title={open ? `${open.skill} · ${role(open.role)} · ${group(open.group)}` : ""} open={open !== null} onClose={() => setOpen(null)}>
        {open && <OneCell cell={open} />}
      </Dialog>
    </Section>
  );
}

function OneCell({ cell }: { cell: SkillCell }) {
  const say = useWords(words);
  const format = useFormat();
  const people = Object.entries(cell.people).map(([level, count]) => say.levelOf(level, format.number(count)));
  return (
    <Facts
      of={[
        [say.level, format.number(cell.level, 1)],
        [say.accounts, format.number(cell.accounts)],
        [say.hours, format.number(cell.hours, 1)],
        [say.revenue, cell.revenue == null ? null : format.number(cell.revenue)],
        [say.accountsBelow, format.number(cell.accounts_below)],
        [say.hoursBelow, format.number(cell.hours_below, 1)],
        [say.people, people.join(", ")],
        [say.qualified, format.number(cell.qualified)],
        [say.hoursQualified, format.number(cell.hours_qualified, 1)],
        [say.gapHours, format.number(cell.gap_hours, 1)],
      ]}
    />
  );
}

function AllCells({ cells }: { cells: SkillCell[] }) {
  const say = useWords(words);
  const format = useFormat();
  const role = useRoleTitle();
  const columns = useMemo<Column<SkillCell>[]>(
    () => [
      { id: "skill", header: say.skill, value: (cell) => cell.skill, filter: "choice", width: 1.3 },
      { id: "role", header: say.role, value: (cell) => role(cell.role), filter: "choice", width: 1.3 },
      { id: "group", header: say.group, value: (cell) => cell.group || say.noGroup, filter: "choice", width: 1.3 },
      { id: "level", header: say.level, value: (cell) => cell.level, numeric: true },
      { id: "accounts", header: say.accounts, value: (cell) => cell.accounts, cell: (cell) => format.number(cell.accounts), numeric: true },
      { id: "hours", header: say.hours, value: (cell) => cell.hours, cell: (cell) => format.number(cell.hours, 1), numeric: true },
      { id: "below", header: say.accountsBelow, value: (cell) => cell.accounts_below, cell: (cell) => format.number(cell.accounts_below), numeric: true },
      { id: "qualified", header: say.qualified, value: (cell) => cell.qualified, numeric: true },
      { id: "have", header: say.hoursQualified, value: (cell) => cell.hours_qualified, cell: (cell) => format.number(cell.hours_qualified, 1), numeric: true },
      { id: "gap", header: say.gapHours, value: (cell) => cell.gap_hours, cell: (cell) => format.number(cell.gap_hours, 1), numeric: true },
    ],
    [role, say, format],
  );
  return <DataTable name="cells" caption={say.all} columns={columns} rows={cells} rowKey={(cell) => `${cell.skill} ${cell.role} ${cell.group}`} height={10} />;
}
