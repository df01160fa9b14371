/** Everybody's load in one measure against target and limits: a bar each, and the numbers beside it. */
import type { PoolLive } from "../../api/schema";
import { useFormat, useWords } from "../../i18n";
import { Badge } from "../../parts/basics";
import { useTheme } from "../../shell/theme";
import { hue } from "./points";
import { words } from "./words";

export function Loads({ pool, measure, indexOf }: { pool: PoolLive; measure: string; indexOf(employee: string): number }) {
  const say = useWords(words);
  const format = useFormat();
  const { dark } = useTheme();
  const at = Math.max(0, pool.measures.findIndex((one) => one.name === measure));
  const people = pool.people.map((person) => ({ person, load: person.loads[at]! }));
  const most = Math.max(1e-9, ...people.map(({ load }) => Math.max(load.load, load.upper ?? 0, load.target ?? 0)));
  const share = (value: number) => `${Math.min(100, (value / most) * 100)}%`;
  const targeted = people.some(({ load }) => load.target != null || !load.within);
  people.sort((a, b) => b.load.load - a.load.load);
  return (
    <table className="loads">
      <caption className="sr-only">{`${say.loads}: ${measure}`}</caption>
      <thead>
        <tr>
          <th scope="col">{say.person}</th>
          <th scope="col" className="num">{say.accounts}</th>
          <th scope="col" aria-hidden="true" className="loads-bar" />
          <th scope="col" className="num">{say.load}</th>
          {targeted && <th scope="col" className="num">{say.ofTarget}</th>}
        </tr>
      </thead>
      <tbody>
        {people.map(({ person, load }) => (
          <tr key={person.employee_id}>
            <th scope="row">
              <span className="swatch" style={{ background: hue(indexOf(person.employee_id), dark) }} aria-hidden="true" />
              {person.name}
            </th>
            <td className="num">{format.number(person.accounts)}</td>
            <td aria-hidden="true" className="loads-bar">
              <span className={`bar${load.within ? "" : " out"}`}>
                <span className="bar-fill" style={{ width: share(load.load) }} />
                {load.lower != null && load.upper != null && <span className="bar-range" style={{ left: share(load.lower), right: `calc(100% - ${share(load.upper)})` }} />}
                {load.target != null && <span className="bar-target" style={{ left: share(load.target) }} />}
              </span>
            </td>
            <td className="num">{format.number(load.load, 1)}</td>
            {targeted && <td className="num">
              {load.target ? format.percent(load.load / load.target) : "–"}{" "}
              {!load.within && <Badge tone="warn">{load.upper != null && load.load > load.upper ? say.over : say.under}</Badge>}
            </td>}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
