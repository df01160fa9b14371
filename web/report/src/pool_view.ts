/** What the map, the legend and the charts know about the pool on show, worked out once when it is chosen. */
import type { Context } from "./context";
import { columnOfPool, type Pool, type Position } from "./data";
import { badges, type Badge } from "./palette";

export interface PoolView {
  index: number;
  pool: Pool;
  /** Index of the column of assignments; -1: none. */
  column: number;
  /** Accounts of the pool (of the sample). */
  accounts: number[];
  /** Employees in the order of the legend. */
  employees: number[];
  badge: Map<number, Badge>;
  /** Accounts of each employee in this pool. */
  load: Map<number, number>;
  unassigned: number;
  withoutPlace: number;
}

export function viewPool(context: Context, index: number): PoolView {
  const { report } = context;
  const pool = report.pools[index];
  const column = columnOfPool(report, pool);
  const { lat, lon } = report.accounts;
  const accounts: number[] = [];
  const load = new Map<number, number>();
  const centre = new Map<number, [number, number, number]>();
  let unassigned = 0;
  let withoutPlace = 0;
  if (column >= 0) {
    const { employee, pool: pools } = report.accounts.columns[column];
    for (let i = 0; i < pools.length; i++) {
      if (pools[i] !== index) continue;
      accounts.push(i);
      if (lat[i] == null || lon[i] == null) withoutPlace++;
      const e = employee[i];
      if (e == null) {
        unassigned++;
        continue;
      }
      load.set(e, (load.get(e) ?? 0) + 1);
      if (lat[i] == null || lon[i] == null) continue;
      const sum = centre.get(e) ?? [0, 0, 0];
      centre.set(e, [sum[0] + lon[i]!, sum[1] + lat[i]!, sum[2] + 1]);
    }
  }
  const everyone = new Set<number>([...load.keys(), ...pool.measures.flatMap((m) => m.loads.map((l) => l.employee)), ...pool.territories.map((t) => t.employee)]);
  const sampled = report.accounts.total > report.accounts.id.length;
  for (const territory of pool.territories) if (sampled) load.set(territory.employee, territory.accounts);
  const employees = [...everyone].filter((e) => report.employees[e]).sort((a, b) => context.format.compare(report.employees[a].name, report.employees[b].name));
  const places = employees.map((employee) => {
    const territory = pool.territories.find((t) => t.employee === employee);
    const sum = centre.get(employee);
    const place: Position | null = territory?.centre ?? (sum ? [sum[0] / sum[2], sum[1] / sum[2]] : null);
    return { employee, place };
  });
  return { index, pool, column, accounts, employees, badge: badges(places), load, unassigned, withoutPlace };
}

/** "Sales specialist · VIP", with the product line where there is one. */
export function poolName(context: Context, pool: Pool): string {
  const line = pool.productLine ? ` (${pool.productLine})` : "";
  return `${roleTitle(context, pool.role)}${line} · ${pool.segment}`;
}

export function roleTitle(context: Context, name: string): string {
  return context.report.roles.find((role) => role.name === name)?.title || name;
}

export function measureName(context: Context, name: string): string {
  const known = context.words.measures;
  if (Object.hasOwn(known, name)) return known[name];
  return name.charAt(0).toUpperCase() + name.slice(1).replaceAll("_", " ");
}
