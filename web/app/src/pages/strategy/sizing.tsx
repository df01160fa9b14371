/** How many people of each role, where: what the hours need, and whether one more would pay. */
import { Suspense, lazy, useMemo } from "react";
import type { PoolSizing } from "../../api/schema";
import { useFormat, useWords } from "../../i18n";
import { useRoleTitle } from "../../lib/queries";
import { useParam } from "../../lib/url";
import { Button, Figure, Loading, Section } from "../../parts/basics";
import { SelectField } from "../../parts/fields";
import { Segment } from "../../parts/segment";
import { DataTable, type Column } from "../../parts/table";
import { words } from "./words";

const SizingChart = lazy(() => import("./charts").then((all) => ({ default: all.SizingChart })));
const CurveChart = lazy(() => import("./charts").then((all) => ({ default: all.CurveChart })));

/** How a pool is told from others of the same role and segment. */
export function titleOf(pool: PoolSizing, role: (name: string) => string): string {
  return [role(pool.role), pool.segment, pool.product_line, pool.when].filter(Boolean).join(" · ");
}

export function Sizing({ pools }: { pools: PoolSizing[] }) {
  const say = useWords(words);
  const format = useFormat();
  const role = useRoleTitle();
  const [pool, setPool] = useParam("pool");
  const chosen = pools[Number(pool || -1)];
  const roles = useMemo(() => {
    const sums = new Map<string, { needed: number; present: number }>();
    for (const one of pools) {
      const sum = sums.get(one.role) ?? { needed: 0, present: 0 };
      sums.set(one.role, { needed: sum.needed + one.needed, present: sum.present + one.present });
    }
    return [...sums];
  }, [pools]);
  const rows = useMemo(() => pools.map((one, at) => ({ ...one, at })), [pools]);
  const columns = useMemo<Column<PoolSizing & { at: number }>[]>(
    () => [
      { id: "role", header: say.role, value: (one) => role(one.role), filter: "choice", width: 1.4 },
      { id: "segment", header: say.segment, value: (one) => one.segment, cell: (one) => <Segment name={one.segment} />, filter: "choice", width: 1.4 },
      { id: "product", header: say.product, value: (one) => one.product_line ?? "", hidden: pools.every((one) => one.product_line == null) },
      { id: "where", header: say.where, value: (one) => one.when ?? say.everywhere, cell: (one) => (one.when ? <code title={one.when}>{one.when}</code> : say.everywhere), width: 1.8 },
      { id: "who", header: say.who, value: (one) => one.staff ?? "", cell: (one) => one.staff && <code title={one.staff}>{one.staff}</code>, hidden: true, width: 1.8 },
      { id: "accounts", header: say.accounts, value: (one) => one.accounts, cell: (one) => format.number(one.accounts), numeric: true },
      { id: "present", header: say.present, value: (one) => one.present, cell: (one) => format.number(one.present, 1), numeric: true, width: 1.1 },
      { id: "needed", header: say.needed, value: (one) => one.needed, cell: (one) => format.number(one.needed, 1), numeric: true, width: 1.1 },
      { id: "missing", header: say.missing, value: (one) => one.needed - one.present, cell: (one) => `${one.needed > one.present ? "+" : ""}${format.number(one.needed - one.present, 1)}`, numeric: true },
      { id: "use", header: say.use, value: (one) => one.utilisation ?? 9, cell: (one) => (one.utilisation == null ? "—" : format.percent(one.utilisation)), numeric: true },
      {
        id: "best", header: say.best, value: (one) => one.profit?.best.employees ?? 0, numeric: true, width: 1.2,
        cell: (one) => one.profit && <Button look="quiet" aria-label={`${format.number(one.profit.best.employees, 1)}. ${say.open(titleOf(one, role))}`} onPress={() => setPool(String(one.at))}>{format.number(one.profit.best.employees, 1)}</Button>,
      },
    ],
    [pools, role, say, format, setPool],
  );
  const withMore = rows.filter((one) => one.profit || one.territories.length > 0);
  return (
    <>
      <p>{say.sizingLead}</p>
      <div className="figures">
        {roles.map(([name, sum]) => (
          <Figure key={name} value={`${format.number(sum.present, 1)} → ${format.number(sum.needed, 1)}`} label={role(name)} tone={sum.needed > sum.present * 1.005 ? "bad" : "good"} href={`/strategy?pools.f.role=${encodeURIComponent(role(name))}`} />
        ))}
      </div>
      <Section title={say.tabs.sizing} id="pools">
        <Suspense fallback={<Loading />}>
          <SizingChart pools={pools} />
        </Suspense>
        <DataTable name="pools" caption={say.tabs.sizing} columns={columns} rows={rows} rowKey={(one) => String(one.at)} current={pool || undefined} />
      </Section>
      {withMore.length > 0 && (
        <Section title={say.curveTitle} id="curve">
          <div className="controls">
            <SelectField label={say.choosePool} value={pool || String(withMore[0]!.at)} onChange={setPool} choices={withMore.map((one) => ({ value: String(one.at), label: titleOf(one, role) }))} />
          </div>
          <Curve pool={chosen ?? withMore[0]!} />
        </Section>
      )}
    </>
  );
}

function Curve({ pool }: { pool: PoolSizing }) {
  const say = useWords(words);
  const format = useFormat();
  const profit = pool.profit;
  return (
    <>
      {profit && (
        <>
          <p className="soft">{say.curveLead(format.number(profit.elasticity, 2), say.sources[(profit as unknown as { source: string }).source as "stated"])}</p>
          <Suspense fallback={<Loading />}>
            <CurveChart profit={profit} />
          </Suspense>
          <div className="table-scroll" tabIndex={0} role="region" aria-label={say.curve}>
            <table className="data plain">
              <thead>
                <tr>
                  {[say.staff, say.sales, say.profit, say.marginal].map((head) => (
                    <th key={head} scope="col" className="numeric">{head}</th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {profit.steps.map((step) => (
                  <tr key={step.change} className={step.employees === profit.best.employees ? "is-selected" : undefined}>
                    <th scope="row" className="numeric">{format.number(step.employees, 1)}</th>
                    <td className="numeric">{format.number(step.sales)}</td>
                    <td className="numeric">{format.number(step.profit)}</td>
                    <td className="numeric">{format.number(step.marginal)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        </>
      )}
      {pool.territories.length > 0 && (
        <div className="table-scroll" tabIndex={0} role="region" aria-label={say.territories}>
          <table className="data plain">
            <thead>
              <tr>
                {[say.territories, say.km, say.deviation, say.kept].map((head) => (
                  <th key={head} scope="col" className="numeric">{head}</th>
                ))}
              </tr>
            </thead>
            <tbody>
              {pool.territories.map((one) => (
                <tr key={one.territories}>
                  <th scope="row" className="numeric">{format.number(one.territories)}</th>
                  <td className="numeric">{format.number(one.mean_km, 1)}</td>
                  <td className="numeric">{format.percent(one.max_deviation, 1)}</td>
                  <td className="numeric">{one.balanced ? "✓" : "—"}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </>
  );
}
