/** What the check says of the text as it is now: what each segment gets of today's customers, and what is wrong or odd. */
import { useQuery } from "@tanstack/react-query";
import { Refusal, api, ask, type Finding } from "../../api/client";
import type { Checked, SegmentTried } from "../../api/schema";
import { useFormat, useWords } from "../../i18n";
import { Badge, Link, Section, Trouble } from "../../parts/basics";
import { useSettled } from "../../parts/fields";
import { words } from "./words";

/** The check of a text, a moment after it was last changed; what was found before stays until then. */
export function useChecked(text: string) {
  const settled = useSettled(text, 500);
  return useQuery({
    queryKey: ["policy-check", settled],
    enabled: settled.trim() !== "",
    staleTime: 60_000,
    placeholderData: (before) => before,
    queryFn: () => ask(api.POST("/api/v1/policies/check", { body: { text: settled } })),
  });
}

export function Findings({ checked }: { checked: ReturnType<typeof useChecked> }) {
  const say = useWords(words);
  const refused = checked.error instanceof Refusal && checked.error.findings.length > 0 ? checked.error : null;
  const found = refused ? refused.findings : ((checked.data?.findings ?? []) as unknown as Finding[]);
  return (
    <Section title={say.findings} id="findings">
      <div className="stack" aria-busy={checked.isFetching}>
        <p role="status" className="soft">
          {checked.isFetching ? say.checking : checked.data && !refused ? (found.length === 0 ? say.sound : say.found(found.length)) : ""}
        </p>
        {checked.error && !refused && <Trouble error={checked.error} />}
        <FindingList of={found} />
        {checked.data?.trial && <Counts of={checked.data.trial} />}
      </div>
    </Section>
  );
}

const TONES = { error: "bad", warning: "warn", info: "info" } as const;

function FindingList({ of }: { of: Finding[] }) {
  const say = useWords(words);
  const format = useFormat();
  if (of.length === 0) return null;
  return (
    <ul className="plain-list findings">
      {of.map((one, at) => (
        <li key={at}>
          <div>
            <Badge tone={TONES[(one.severity ?? "warning") as "error"] ?? "warn"}>{one.code}</Badge> {one.message}{" "}
            {one.count !== undefined && <span className="soft">{say.count(format.number(one.count))}</span>} {one.place?.line !== undefined && <span className="soft">{say.line(one.place.line)}</span>}
            {one.remedy && <p className="soft">{one.remedy}</p>}
            {one.samples && one.samples.length > 0 && <Samples of={one.samples} />}
          </div>
        </li>
      ))}
    </ul>
  );
}

function Samples({ of }: { of: string[] }) {
  return (
    <p className="soft row">
      {of.map((id) => (
        <Link key={id} href={`/accounts/${encodeURIComponent(id)}`}>
          {id}
        </Link>
      ))}
    </p>
  );
}

/** How many meet each condition, and how many of them an earlier segment takes. */
function Counts({ of }: { of: NonNullable<Checked["trial"]> }) {
  const say = useWords(words);
  const format = useFormat();
  return (
    <>
      <h3>{say.counts}</h3>
      <div className="table-scroll" tabIndex={0} role="region" aria-label={say.counts}>
        <table className="data plain">
          <thead>
            <tr>
              <th scope="col">{say.segment}</th>
              <th scope="col" className="numeric">{say.gets}</th>
              <th scope="col" className="numeric">{say.meets}</th>
              <th scope="col" className="numeric">{say.taken}</th>
            </tr>
          </thead>
          <tbody>
            {of.segments.map((one) => (
              <tr key={one.segment}>
                <th scope="row">{one.segment}</th>
                <td className="numeric">{format.number(one.gets)}</td>
                <td className="numeric">{format.number(one.meets)}</td>
                <td className="numeric">{one.meets > one.gets ? format.number(one.meets - one.gets) : "—"}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p className="soft">{of.without > 0 ? say.without(format.number(of.without), format.number(of.accounts)) : say.allIn(format.number(of.accounts))}</p>
    </>
  );
}

/** Beside a segment in the list: what it gets, or that nothing reaches it. */
export function Gets({ of }: { of: SegmentTried | undefined }) {
  const say = useWords(words);
  const format = useFormat();
  if (!of) return null;
  return <Badge tone={of.gets > 0 ? "plain" : "bad"}>{of.gets > 0 ? say.count(format.number(of.gets)) : of.meets > 0 ? say.shadowed : say.nobody}</Badge>;
}
