/** Where the people's time goes, segment by segment, and where the strategy wants it. */
import { Suspense, lazy, useMemo } from "react";
import type { Effort, EffortOf } from "../../api/schema";
import { useFormat, useWords } from "../../i18n";
import { useRoleTitle } from "../../lib/queries";
import { Badge, Loading, Section } from "../../parts/basics";
import { Segment } from "../../parts/segment";
import { DataTable, type Column } from "../../parts/table";
import { words } from "./words";

const EffortChart = lazy(() => import("./charts").then((all) => ({ default: all.EffortChart })));

export function EffortOfSegments({ effort }: { effort: Effort }) {
  const say = useWords(words);
  const format = useFormat();
  const role = useRoleTitle();
  const columns = useMemo<Column<EffortOf>[]>(() => {
    const state = (one: EffortOf) => (one.difference == null ? say.noTarget : Math.abs(one.difference) <= effort.tolerance + 1e-9 ? say.fits : say.off);
    const percent = (value: number | null | undefined) => (value == null ? "—" : format.percent(value, 1));
    return [
      { id: "segment", header: say.segment, value: (one) => one.segment, cell: (one) => <Segment name={one.segment} />, width: 1.6 },
      { id: "accounts", header: say.accounts, value: (one) => one.accounts, cell: (one) => format.number(one.accounts), numeric: true },
      { id: "hours", header: say.hours, value: (one) => one.hours, cell: (one) => <span title={one.roles.map(([name, hours]) => `${role(String(name))}: ${format.number(Number(hours))}`).join(", ")}>{format.number(one.hours)}</span>, numeric: true },
      { id: "share", header: say.share, value: (one) => one.share, cell: (one) => percent(one.share), numeric: true },
      { id: "target", header: say.target, value: (one) => one.target ?? -1, cell: (one) => percent(one.target), numeric: true },
      { id: "difference", header: say.difference, value: (one) => one.difference ?? 0, cell: (one) => (one.difference == null ? "—" : `${one.difference > 0 ? "+" : ""}${percent(one.difference)}`), numeric: true },
      { id: "to", header: say.toTarget, value: (one) => one.hours_to_target ?? 0, cell: (one) => (one.hours_to_target == null ? "—" : format.number(one.hours_to_target)), numeric: true, width: 1.1 },
      { id: "contacts", header: say.contactShare, value: (one) => one.contact_share ?? -1, cell: (one) => percent(one.contact_share), numeric: true, width: 1.1 },
      { id: "state", header: say.state, value: state, cell: (one) => <Badge tone={one.difference == null ? "plain" : state(one) === say.fits ? "good" : "bad"}>{state(one)}</Badge>, filter: "choice", width: 1.3 },
      { id: "words", header: say.words, value: (one) => one.words, cell: (one) => <span title={one.words}>{one.words}</span>, width: 3, hidden: true },
    ];
  }, [effort, role, say, format]);
  return (
    <Section title={say.tabs.effort} id="effort">
      <p className="soft">{say.effortLead(format.number(effort.hours), format.percent(effort.tolerance, 1))}</p>
      <Suspense fallback={<Loading />}>
        <EffortChart effort={effort} />
      </Suspense>
      <DataTable name="effort" caption={say.tabs.effort} columns={columns} rows={effort.segments} rowKey={(one) => one.segment} />
      <ul>
        {effort.segments.filter((one) => one.words).map((one) => (
          <li key={one.segment}>{one.words}</li>
        ))}
      </ul>
    </Section>
  );
}
