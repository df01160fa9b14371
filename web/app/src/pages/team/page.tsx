/** Everybody, with what they carry. */
import { useMemo } from "react";
import { useSession } from "../../api/session";
import { useFormat, useWords } from "../../i18n";
import { common } from "../../i18n/common";
import { useEmployees, useRoleTitle, useTeam } from "../../lib/queries";
import { Badge, Empty, Link, PageHead, Ready } from "../../parts/basics";
import { DataTable, type Column } from "../../parts/table";
import type { Employee, Team, TeamMember } from "../../api/schema";
import { words } from "./words";

interface Row extends Employee {
  carried: TeamMember | undefined;
  total: number;
}

export function Component() {
  const say = useWords(words);
  const session = useSession();
  const employees = useEmployees();
  const team = useTeam(session.may("read-loads"));
  return (
    <>
      <PageHead title={say.title} />
      <Ready of={employees}>{(data) => <Everybody employees={data} team={team.data} />}</Ready>
    </>
  );
}

function Everybody({ employees, team }: { employees: Employee[]; team: Team | undefined }) {
  const say = useWords(words);
  const shared = useWords(common);
  const format = useFormat();
  const title = useRoleTitle();
  const rows = useMemo<Row[]>(() => {
    const carried = new Map(team?.members.map((one) => [one.employee_id, one]));
    return employees.map((one) => {
      const of = carried.get(one.employee_id);
      return { ...one, carried: of, total: Object.values(of?.accounts ?? {}).reduce((sum, count) => sum + count, 0) };
    });
  }, [employees, team]);
  const columns = useMemo<Column<Row>[]>(() => {
    const name = new Map(employees.map((one) => [one.employee_id, one.name]));
    return [
      { id: "id", header: say.id, value: (row) => row.employee_id, width: 0.7 },
      { id: "name", header: say.name, value: (row) => row.name, cell: (row) => <Link href={`/team/${encodeURIComponent(row.employee_id)}`}>{row.name}</Link>, width: 1.6 },
      { id: "position", header: say.position, value: (row) => row.position ?? "", width: 1.5 },
      { id: "department", header: say.department, value: (row) => row.department ?? "", filter: "choice", width: 1.3 },
      { id: "manager", header: say.manager, value: (row) => name.get(row.manager_id ?? "") ?? "", hidden: true },
      { id: "away", header: say.away, value: (row) => (row.carried?.away ? "yes" : "no"), say: (value) => (value === "yes" ? shared.yes : shared.no), cell: (row) => row.carried?.away && <Badge tone="warn">{row.carried.away.to ? format.day(row.carried.away.to) : say.open}</Badge>, filter: "choice" },
      ...(team?.roles ?? []).map((role): Column<Row> => ({ id: `role:${role.role}`, header: title(role.role, role.title), value: (row) => row.carried?.accounts[role.role] ?? 0, cell: (row) => (row.carried?.accounts[role.role] ? format.number(row.carried.accounts[role.role]!) : ""), numeric: true, width: 1.1 })),
      { id: "total", header: say.total, value: (row) => row.total, cell: (row) => format.number(row.total), numeric: true, width: 0.9 },
    ];
  }, [employees, team, say, shared, format, title]);
  return <DataTable name="team" caption={say.title} columns={columns} rows={rows} rowKey={(row) => row.employee_id} empty={<Empty icon="team" title={say.empty}>{say.emptyText}</Empty>} />;
}
