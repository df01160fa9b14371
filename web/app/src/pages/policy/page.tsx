/** The policy: segments moved by drag or keyboard, conditions built or written, the check's findings as one works, versions. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Suspense, lazy, useEffect, useMemo, useState } from "react";
import { Button as AriaButton, GridList, GridListItem, useDragAndDrop } from "react-aria-components";
import { api, ask, askTagged } from "../../api/client";
import type { SegmentTried } from "../../api/schema";
import { useSession } from "../../api/session";
import { useFormat, useWords } from "../../i18n";
import { Button, Empty, Loading, PageHead, Ready, Section } from "../../parts/basics";
import { Dialog, FormDialog } from "../../parts/dialog";
import { TextField } from "../../parts/fields";
import { Icon } from "../../parts/icons";
import { Tabs } from "../../parts/tabs";
import { useToasts } from "../../parts/toasts";
import { Findings, Gets, useChecked } from "./findings";
import { parts, withCondition, withSegments, type Segment } from "./segments";
import { Try } from "./try";
import { words } from "./words";

const Builder = lazy(() => import("./builder"));

export function Component() {
  const say = useWords(words);
  const latest = useQuery({
    queryKey: ["policies", "latest"],
    queryFn: async () => {
      const versions = (await ask(api.GET("/api/v1/policies", { params: { query: { limit: 200 } } }))).policies;
      const last = versions.reduce((most, one) => Math.max(most, one.version), 0);
      if (last === 0) return { version: 0, text: "", etag: '"0"', versions };
      const { data, etag } = await askTagged(api.GET("/api/v1/policies/{version}", { params: { path: { version: last } } }));
      return { version: last, text: (data as unknown as { text: string }).text, etag: etag || `"${last}"`, versions };
    },
  });
  return (
    <>
      <PageHead title={say.title} under={latest.data && latest.data.version > 0 && say.lead(latest.data.version)} />
      <Ready of={latest}>
        {(data) => (
          <>
            {data.version === 0 && <Empty icon="policy" title={say.noVersions}>{say.noVersionsText}</Empty>}
            <Work key={data.version} from={data} />
          </>
        )}
      </Ready>
    </>
  );
}

interface From {
  version: number;
  text: string;
  etag: string;
  versions: { version: number; actor: string; recorded_at: string }[];
}

/** What is being written stays while one looks at the other parts. */
function Work({ from }: { from: From }) {
  const say = useWords(words);
  const [text, setText] = useState(from.text);
  return (
    <Tabs
      label={say.parts}
      tabs={[
        { id: "edit", title: say.edit, content: () => <Edit from={from} text={text} setText={setText} /> },
        { id: "try", title: say.try, content: () => <Try text={text} changed={text !== from.text} /> },
        { id: "versions", title: say.versions, content: () => <Versions of={from.versions} /> },
      ]}
    />
  );
}

function Edit({ from, text, setText }: { from: From; text: string; setText(text: string): void }) {
  const say = useWords(words);
  const session = useSession();
  const queries = useQueryClient();
  const { say: toast } = useToasts();
  const may = session.may("edit-policies", "all");
  const [saving, setSaving] = useState(false);
  const [reason, setReason] = useState("");
  const checked = useChecked(text);
  const save = async () => {
    const made = (await ask(api.POST("/api/v1/policies", { params: { header: { "If-Match": from.etag } }, body: { text, reason: reason || null } }))) as unknown as { version: number };
    await queries.invalidateQueries({ queryKey: ["policies"] });
    toast(say.saved(made.version));
  };
  return (
    <>
      <div className="columns">
        <Segments text={text} change={setText} may={may} tried={checked.data?.trial?.segments ?? []} />
        <Findings checked={checked} />
      </div>
      <Section
        title={say.text}
        actions={
          may && (
            <>
              <Button isDisabled={text === from.text} onPress={() => setText(from.text)}>
                {say.revert}
              </Button>
              <Button look="main" isDisabled={text === from.text} onPress={() => setSaving(true)}>
                {say.save}
              </Button>
            </>
          )
        }
      >
        <textarea className="input code policy-text" aria-label={say.text} spellCheck={false} rows={28} value={text} readOnly={!may} onChange={(event) => setText(event.target.value)} />
      </Section>
      <FormDialog title={say.save} open={saving} onClose={() => setSaving(false)} action={say.save} onSubmit={save}>
        <TextField label={say.reason} value={reason} onChange={setReason} required autoFocus />
      </FormDialog>
    </>
  );
}

function Segments({ text, change, may, tried }: { text: string; change(text: string): void; may: boolean; tried: SegmentTried[] }) {
  const say = useWords(words);
  const { segments } = useMemo(() => parts(text), [text]);
  const [building, setBuilding] = useState<number | null>(null);
  const items = segments.map((segment, at) => ({ ...segment, id: `${at} ${segment.name}`, at }));
  const move = (from: number, to: number) => {
    const next = [...segments];
    const [taken] = next.splice(from, 1);
    next.splice(to, 0, taken!);
    change(withSegments(text, next));
  };
  const { dragAndDropHooks } = useDragAndDrop({
    isDisabled: !may,
    getItems: (keys) => [...keys].map((key) => ({ "text/plain": String(key) })),
    onReorder: ({ keys, target }) => {
      const from = items.findIndex((one) => one.id === [...keys][0]);
      const over = items.findIndex((one) => one.id === target.key);
      if (from < 0 || over < 0) return;
      const wanted = target.dropPosition === "after" ? over + 1 : over;
      move(from, wanted > from ? wanted - 1 : wanted);
    },
  });
  return (
    <Section title={say.segments}>
      <p className="soft">{say.segmentsLead}</p>
      <GridList className="segments" aria-label={say.segments} items={items} dragAndDropHooks={dragAndDropHooks} selectionMode="none" dependencies={[text, tried]}>
        {(one) => (
          <GridListItem className="segment" textValue={one.name}>
            {may && (
              <AriaButton slot="drag" className="handle" aria-label={say.handle(one.name)}>
                <Icon name="drag" />
              </AriaButton>
            )}
            <div className="segment-words">
              <strong>
                {one.at + 1}. {one.name}
              </strong>{" "}
              <Gets of={tried.find((known) => known.segment === one.name)} />
              <code>{one.when}</code>
            </div>
            {may && (
              <span className="row">
                <Button look="quiet" icon="up" aria-label={say.up(one.name)} isDisabled={one.at === 0} onPress={() => move(one.at, one.at - 1)} />
                <Button look="quiet" icon="down" aria-label={say.down(one.name)} isDisabled={one.at === items.length - 1} onPress={() => move(one.at, one.at + 1)} />
                <Button look="quiet" aria-label={say.buildOf(one.name)} onPress={() => setBuilding(one.at)}>
                  {say.condition}
                </Button>
              </span>
            )}
          </GridListItem>
        )}
      </GridList>
      {building !== null && segments[building] && (
        <Dialog title={say.buildOf(segments[building].name)} open onClose={() => setBuilding(null)} wide>
          <Suspense fallback={<Loading />}>
            <Builder
              when={segments[building].when}
              onUse={(when) => {
                change(withSegments(text, segments.map((segment: Segment, at) => (at === building ? withCondition(segment, when) : segment))));
                setBuilding(null);
              }}
            />
          </Suspense>
        </Dialog>
      )}
    </Section>
  );
}

function Versions({ of }: { of: { version: number; actor: string; recorded_at: string }[] }) {
  const say = useWords(words);
  const format = useFormat();
  const [shown, setShown] = useState<number | null>(null);
  const diff = useQuery({ queryKey: ["policies", shown, "diff"], enabled: shown !== null && shown > 1, queryFn: () => ask(api.GET("/api/v1/policies/{version}/diff", { params: { path: { version: shown! }, query: { from: shown! - 1 } } })) });
  useEffect(() => setShown(of.at(-1)?.version ?? null), [of]);
  return (
    <Section title={say.versions}>
      <ul className="plain-list">
        {[...of].reverse().map((one) => (
          <li key={one.version} className="row">
            <Button look="quiet" aria-pressed={shown === one.version} onPress={() => setShown(one.version)}>
              {say.version(one.version)}
            </Button>
            <span className="soft">
              {one.actor} · {format.moment(one.recorded_at)}
            </span>
          </li>
        ))}
      </ul>
      {diff.data && (
        <>
          <h3>{say.compared}</h3>
          <pre className="diff" tabIndex={0}>
            {diff.data.diff.split("\n").map((line, at) => (
              <span key={at} className={line.startsWith("+") ? "added" : line.startsWith("-") ? "removed" : undefined}>
                {line}
                {"\n"}
              </span>
            ))}
          </pre>
        </>
      )}
    </Section>
  );
}
