/** A draft that is worked on: chosen on a map or in a table, given to others, locked, undone; with everybody's load beside it. */
import "./studio.css";
import { lazy, Suspense, useCallback, useEffect, useMemo, useRef, useState } from "react";
import { ToggleButton, ToggleButtonGroup } from "react-aria-components";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useParams } from "react-router";
import { Refusal, api, ask, askTagged } from "../../api/client";
import type { DraftChanged, DraftStanding, MapData, PoolLive } from "../../api/schema";
import { useSession } from "../../api/session";
import { useFormat, useLanguage, useWords } from "../../i18n";
import { useRoleTitle } from "../../lib/queries";
import { useParam } from "../../lib/url";
import { Badge, Button, Facts, Link, Loading, PageHead, Ready, Section } from "../../parts/basics";
import { CheckField, SelectField, TextField } from "../../parts/fields";
import { DataTable, type Column } from "../../parts/table";
import { useToasts } from "../../parts/toasts";
import { Front } from "./Front";
import { JobBar, useJob } from "../../parts/job";
import { Loads } from "./Loads";
import type { MapHandle, Tool } from "./StudioMap";
import { words } from "./words";

const StudioMap = lazy(() => import("./StudioMap"));
const TOOLS: Tool[] = ["move", "rectangle", "brush", "lasso"];

interface Row {
  at: number;
  id: string;
}

/** Asks the service for a change of the draft as it is known by then; none: there is nothing to change. */
type Call = (headers: { "if-match": string; "accept-language": string }, known: DraftStanding) => Promise<{ data: DraftChanged; etag: string } | null>;

export function Component() {
  const { id = "" } = useParams();
  const draft = useQuery({ queryKey: ["draft", id], queryFn: () => askTagged(api.GET("/api/v1/plans/{id}/draft", { params: { path: { id } } })) });
  return <Ready of={draft}>{({ data, etag }) => <Studio draft={data} etag={etag} />}</Ready>;
}

/** What changed, laid into what is known. */
function laidInto(draft: DraftStanding, changed: DraftChanged): DraftStanding {
  const pools = draft.pools.map((known) => {
    const fresh = changed.pools.find((one) => one.pool === known.pool);
    if (!fresh) return known;
    const people = known.people.map((person) => fresh.people.find((one) => one.employee_id === person.employee_id) ?? person);
    return { ...fresh, people };
  });
  const history = { undo: changed.undo ?? null, redo: changed.redo ?? null, steps: [changed.step, ...draft.history.steps].slice(0, 50) };
  return { ...draft, pools, history, version: changed.version };
}

function Studio({ draft, etag }: { draft: DraftStanding; etag: string }) {
  const say = useWords(words);
  const format = useFormat();
  const { language } = useLanguage();
  const session = useSession();
  const toasts = useToasts();
  const title = useRoleTitle();
  const queries = useQueryClient();
  const plan = draft.plan_id;
  const keyOf = (role: { role: string; product_line?: string | null }) => (role.product_line ? `${role.role}|${role.product_line}` : role.role);
  // A role with territories is what a map is best for.
  const drawn = draft.roles.find((one) => draft.pools.some((pool) => pool.form === "territories" && keyOf(pool) === keyOf(one))) ?? draft.roles[0];
  const [roleKey, setRole] = useParam("role", drawn ? keyOf(drawn) : "");
  const role = draft.roles.find((one) => keyOf(one) === roleKey) ?? drawn;
  const of = { role: role?.role ?? "", ...(role?.product_line ? { product_line: role.product_line } : {}) };
  const pools = draft.pools.filter((pool) => pool.role === role?.role && (pool.product_line ?? null) === (role?.product_line ?? null));
  const measures = pools[0]?.measures.map((one) => one.name) ?? [];
  const balanced = pools.flatMap((pool) => pool.measures.filter((one) => one.tolerance != null).map((one) => one.name));
  const [measure, setMeasure] = useParam("measure", balanced[0] ?? measures[0] ?? "");

  const map = useQuery({ queryKey: ["draft-map", plan, roleKey], staleTime: Infinity, queryFn: () => ask(api.GET("/api/v1/plans/{id}/map", { params: { path: { id: plan }, query: of } })) });
  const outlines = useQuery({ queryKey: ["draft-outlines", plan, roleKey, draft.version], placeholderData: (before) => before, queryFn: () => ask(api.GET("/api/v1/plans/{id}/outlines", { params: { path: { id: plan }, query: of } })) });
  const loose = useQuery({ queryKey: ["draft-loose", plan, roleKey, draft.version], placeholderData: (before) => before, queryFn: () => ask(api.GET("/api/v1/plans/{id}/loose", { params: { path: { id: plan }, query: of } })) });

  const [selected, setSelected] = useState<ReadonlySet<number>>(new Set());
  const [tool, setTool] = useState<Tool>("lasso");
  const [to, setTo] = useState("");
  const [reason, setReason] = useState("");
  const [lockToo, setLockToo] = useState(true);
  const [running, setRunning] = useState<string | null>(null);
  const handle = useRef<MapHandle>(null);
  const editable = draft.state === "draft" && session.may("make-plans");

  useEffect(() => setSelected(new Set()), [roleKey]);
  const onSelect = useCallback((rows: number[], add: boolean) => setSelected((now) => new Set(add ? [...now, ...rows] : rows)), []);
  const data = map.data;
  const rows = useMemo<Row[]>(() => (data?.id ?? []).map((one, at) => ({ at, id: one })), [data?.id]);
  const selectedIds = useMemo(() => new Set([...selected].map((at) => data?.id[at] ?? "")), [selected, data?.id]);
  const marked = useMemo(() => (data?.locked ?? []).map((locked, at) => locked > 0 || (data?.part[at] ?? 0) > 0), [data?.locked, data?.part]);
  const indexOf = useMemo(() => new Map((data?.people ?? []).map((one, at) => [one.employee_id, at])), [data?.people]);
  const areas = useMemo(() => (outlines.data?.outlines ?? []).map((one) => ({ owner: indexOf.get(one.employee_id) ?? -1, ring: one.ring })), [outlines.data, indexOf]);

  /** Everything anew, for what cannot be laid into what is known. */
  const again = () => Promise.all([queries.invalidateQueries({ queryKey: ["draft", plan] }), queries.invalidateQueries({ queryKey: ["draft-map", plan] })]);
  /** The draft as the last change left it, which this page may not have been drawn with yet. */
  const latest = () => queries.getQueryData<{ data: DraftStanding; etag: string }>(["draft", plan]) ?? { data: draft, etag };
  const change = async (call: Call, then?: (map: MapData) => MapData) => {
    try {
      const known = latest();
      const made = await call({ "if-match": known.etag, "accept-language": language }, known.data);
      if (!made) return;
      const { data: changed, etag: tag } = made;
      queries.setQueryData(["draft", plan], { data: laidInto(known.data, changed), etag: tag });
      if (then && changed.pools.every((pool) => pool.detached_accounts === 0)) queries.setQueryData<MapData>(["draft-map", plan, roleKey], (map) => map && then(map));
      else await queries.invalidateQueries({ queryKey: ["draft-map", plan] });
      if (changed.exceptions.length > 0) toasts.say(`${say.fresh} ${changed.exceptions[0]!.words[language]}`);
    } catch (refused) {
      if (refused instanceof Refusal && refused.status === 412) {
        await again();
        toasts.say(`${refused.detail} ${say.quicker}`);
      } else if (refused instanceof Refusal && refused.findings.length > 1) toasts.complain(new Refusal(refused.status, refused.findings.map((one) => one.message).join("; "), refused.remedy));
      else toasts.complain(refused);
    }
  };
  // One after the other, in the order they were asked for: whoever presses faster than the service answers loses nothing, and
  // no button is taken from under the focus meanwhile.
  const turn = useRef<Promise<void>>(Promise.resolve());
  const act = (call: Call, then?: (map: MapData) => MapData) => (turn.current = turn.current.then(() => change(call, then)));
  // What may be theirs: free accounts of pools that they serve. Skills are judged by the service.
  const givable = useMemo(() => {
    const served = new Set(pools.filter((pool) => pool.people.some((one) => one.employee_id === to)).map((pool) => pool.pool));
    return [...selected].filter((at) => served.has(data?.pool[at] ?? -1) && data?.locked[at] === 0);
    // eslint-disable-next-line
  }, [selected, to, data, draft.pools, roleKey]);
  const edit = (kind: "reassign" | "lock" | "unlock") => {
    const concerned = kind === "reassign" ? givable : [...selected];
    const accounts = concerned.map((at) => data?.id[at] ?? "");
    const body = { kind, ...of, accounts, lock: kind === "reassign" && lockToo, ...(kind === "reassign" && { employee_id: to }), ...(reason && { reason }) };
    return act(
      (headers) => askTagged(api.POST("/api/v1/plans/{id}/edits", { params: { path: { id: plan }, header: { "If-Match": headers["if-match"] } }, headers, body })),
      (known) => {
        const [owner, locked, byHand] = [[...known.owner], [...known.locked], [...known.by_hand]];
        for (const at of concerned) {
          if (kind === "reassign" && owner[at] !== indexOf.get(to)) [owner[at], byHand[at]] = [indexOf.get(to) ?? -1, true];
          if (kind === "lock" || (kind === "reassign" && lockToo)) locked[at] = Math.max(1, locked[at]!);
          if (kind === "unlock" && locked[at] === 1) locked[at] = 0;
        }
        return { ...known, owner, locked, by_hand: byHand };
      },
    );
  };
  const step = (which: "undo" | "redo") => act(async (headers, known) => (known.history[which] ? askTagged(api.POST(`/api/v1/plans/{id}/${which}`, { params: { path: { id: plan }, header: { "If-Match": headers["if-match"] } }, headers, body: {} })) : null));
  const take = (job: string, name: string) => act((headers) => askTagged(api.POST("/api/v1/plans/{id}/take", { params: { path: { id: plan }, header: { "If-Match": headers["if-match"] } }, headers, body: { job_id: job, plan: name } })));

  const job = useJob(running, (done) => {
    setRunning(null);
    if (done.state === "done") toasts.say(say.optimised(format.number(Number((done.result as { rows?: number } | null)?.rows ?? 0))));
    else toasts.say(done.state === "cancelled" ? say.stopped : `${say.failed}: ${done.error ?? done.state}`);
    void again();
  });
  const optimise = async () => {
    try {
      await turn.current;
      const tag = latest().etag;
      const started = await ask(api.POST("/api/v1/plans/{id}/optimise", { params: { path: { id: plan }, header: { "If-Match": tag } }, headers: { "if-match": tag, "accept-language": language }, body: { seconds: 20 } }));
      setRunning(started.job_id);
    } catch (refused) {
      toasts.complain(refused);
    }
  };

  // Ctrl+Z and Ctrl+Y (or Ctrl+Shift+Z), but where somebody writes.
  const keys = useRef({ step, editable });
  keys.current = { step, editable };
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      const now = keys.current;
      if (!(event.ctrlKey || event.metaKey) || !now.editable || (event.target as HTMLElement).closest("input, textarea, [contenteditable]")) return;
      const key = event.key.toLowerCase();
      const which = key === "y" || (key === "z" && event.shiftKey) ? "redo" : key === "z" ? "undo" : null;
      if (!which) return;
      event.preventDefault();
      void now.step(which);
    };
    addEventListener("keydown", press);
    return () => removeEventListener("keydown", press);
  }, []);

  const person = useCallback((index: number) => (index === -2 ? say.gone : (data?.people[index]?.name ?? say.nobody)), [data?.people, say]);
  const columns = useMemo<Column<Row>[]>(
    () =>
      data === undefined
        ? []
        : [
            { id: "id", header: "ID", value: (row) => row.id },
            { id: "account", header: say.account, value: (row) => data.name[row.at] ?? "", width: 2 },
            { id: "has", header: say.has, value: (row) => person(data.owner[row.at] ?? -1), filter: "choice", width: 1.5 },
            { id: "today", header: say.today, value: (row) => person(data.before[row.at] ?? -1), filter: "choice", width: 1.5 },
            { id: "moved", header: say.moved, value: (row) => (data.before[row.at] !== -1 && data.before[row.at] !== data.owner[row.at] ? say.yes : say.no), filter: "choice" },
            { id: "locked", header: say.locked, value: (row) => say.lockedWords[String(data.locked[row.at] ?? 0) as "0"], filter: "choice" },
            { id: "hand", header: say.byHand, value: (row) => (data.by_hand[row.at] ? say.yes : say.no), filter: "choice", hidden: true },
            ...(data.price.length > 0 ? [{ id: "price", header: say.price, value: (row: Row) => data.price[row.at] ?? 0, cell: (row: Row) => format.number(data.price[row.at] ?? 0, 1), numeric: true }] : []),
            ...Object.keys(data.measures).filter((name) => name !== "count").map((name): Column<Row> => ({ id: `m-${name}`, header: name, value: (row) => data.measures[name]?.[row.at] ?? 0, cell: (row) => format.number(data.measures[name]?.[row.at] ?? 0, 1), numeric: true })),
          ],
    [data, say, format, person],
  );
  const staff = useMemo(() => {
    const may = new Set(pools.flatMap((pool) => pool.people.map((one) => one.employee_id)));
    return (data?.people ?? []).filter((one) => one.at_work && may.has(one.employee_id)).map((one) => ({ value: one.employee_id, label: one.name }));
    // eslint-disable-next-line
  }, [data?.people, draft.pools, roleKey]);
  const { undo, redo } = draft.history;
  const count = say.chosen(format.number(selected.size));

  return (
    <>
      <PageHead title={say.title} under={<>{say.of(plan, format.day(draft.on))} <Badge tone={draft.state === "draft" ? "info" : "plain"}>{say.states[draft.state as "draft"]}</Badge></>}>
        <Button icon="left" isDisabled={!editable || !undo} aria-label={undo ? say.undoOf(say.kinds[undo.kind as "lock"], undo.actor) : say.undo} onPress={() => void step("undo")}>{say.undo}</Button>
        <Button icon="right" isDisabled={!editable || !redo} aria-label={redo ? say.redoOf(say.kinds[redo.kind as "lock"], redo.actor) : say.redo} onPress={() => void step("redo")}>{say.redo}</Button>
        <Button icon="chart" isDisabled={!editable || running !== null} onPress={() => void optimise()}>{say.optimise}</Button>
        <Link className="button plain" href={`/plans/${encodeURIComponent(plan)}/compare`}>{say.compare}</Link>
      </PageHead>
      {!editable && draft.state !== "draft" && <p className="soft">{say.readOnly}</p>}
      {running && <JobBar id={running} job={job} label={say.optimising} stop={say.stop} />}
      <div className="row">
        {draft.roles.length > 1 && <SelectField label={say.role} value={roleKey} onChange={setRole} choices={draft.roles.map((one) => ({ value: keyOf(one), label: one.product_line ? `${title(one.role, one.title)} (${one.product_line})` : title(one.role, one.title) }))} />}
        {measures.length > 1 && <SelectField label={say.measure} value={measure} onChange={setMeasure} choices={measures.map((name) => ({ value: name, label: name }))} />}
      </div>
      <div className="studio">
        <div className="stack">
          <Section id="studio-map" title={say.map}>
            <ToggleButtonGroup className="toolgroup no-print" aria-label={say.tools.label} selectionMode="single" disallowEmptySelection selectedKeys={[tool]} onSelectionChange={(chosen) => setTool([...chosen][0] as Tool)}>
              {TOOLS.map((one) => (
                <ToggleButton key={one} id={one} className="button plain">
                  {say.tools[one]}
                </ToggleButton>
              ))}
            </ToggleButtonGroup>
            <Suspense fallback={<Loading />}>
              {data ? <StudioMap label={say.map} longitude={data.longitude} latitude={data.latitude} owner={data.owner} marked={marked} outlines={areas} selected={selected} tool={tool} onSelect={onSelect} handle={handle} /> : <Loading />}
            </Suspense>
            {editable && (
              <div className="chosen-bar" role="group" aria-label={count}>
                <span className="chosen-count" role="status">
                  {selected.size === 0 ? say.chooseHint : count}
                  {to !== "" && givable.length < selected.size && <span className="soft">{` ${say.notAll(format.number(givable.length))}`}</span>}
                </span>
                <SelectField label={say.to} value={to} onChange={setTo} choices={staff} />
                <TextField label={say.reason} value={reason} onChange={setReason} placeholder={say.reasonHint} />
                <CheckField label={say.lockToo} value={lockToo} onChange={setLockToo} />
                <Button look="main" isDisabled={givable.length === 0} onPress={() => void edit("reassign")}>{givable.length > 0 ? say.giveSome(format.number(givable.length)) : say.give}</Button>
                <Button icon="lock" isDisabled={selected.size === 0} onPress={() => void edit("lock")}>{say.lock}</Button>
                <Button isDisabled={selected.size === 0} onPress={() => void edit("unlock")}>{say.unlock}</Button>
                <Button look="quiet" isDisabled={selected.size === 0} onPress={() => setSelected(new Set())}>{say.clear}</Button>
              </div>
            )}
          </Section>
          <Section id="studio-table" title={say.table}>
            <Ready of={map}>
              {() => (
                <DataTable<Row>
                  name="accounts"
                  caption={say.table}
                  columns={columns}
                  rows={rows}
                  rowKey={(row) => row.id}
                  selected={selectedIds}
                  onSelect={(ids) => setSelected(new Set(rows.filter((row) => ids.has(row.id)).map((row) => row.at)))}
                  height={13}
                />
              )}
            </Ready>
          </Section>
        </div>
        <div className="stack">
          {pools.map((pool) => (
            <PoolCard key={pool.pool} pool={pool} measure={measure} indexOf={(employee) => indexOf.get(employee) ?? 0} />
          ))}
          <Section id="studio-loose" title={say.loose}>
            <Ready of={loose}>
              {(found) =>
                found.unassigned.length === 0 && found.detached.length === 0 ? (
                  <p className="soft">{say.looseNone}</p>
                ) : (
                  <ul className="plain-list">
                    {found.unassigned.length > 0 && (
                      <LooseLine text={say.unassigned(format.number(found.unassigned.length))} show={say.show} onShow={() => look(found.unassigned.map((one) => one.account_id))} />
                    )}
                    {found.detached.slice(0, 30).map((part) => (
                      <LooseLine key={`${part.pool}-${part.employee_id}-${part.part}`} text={say.detached(part.employee, format.number(part.accounts.length))} show={say.show} onShow={() => look(part.accounts)} />
                    ))}
                  </ul>
                )
              }
            </Ready>
          </Section>
          <Section id="studio-front" title={say.front}>
            <Front plan={plan} disabled={!editable} onTake={take} />
          </Section>
          <Section id="studio-history" title={say.history}>
            {draft.history.steps.length === 0 ? (
              <p className="soft">{say.historyNone}</p>
            ) : (
              <ol className="plain-list">
                {draft.history.steps.slice(0, 12).map((one) => (
                  <li key={one.number}>
                    <span>{`${one.actor}: ${say.kinds[one.kind as "lock"]} (${format.number(one.rows)}), ${say.steps[one.step as "edit"]}`}</span>
                    <span className="soft">{format.moment(one.at)}</span>
                  </li>
                ))}
              </ol>
            )}
          </Section>
        </div>
      </div>
    </>
  );

  /** Chooses accounts, and brings them into sight. */
  function look(ids: string[]) {
    if (!data) return;
    const wanted = new Set(ids);
    const found = rows.filter((row) => wanted.has(row.id)).map((row) => row.at);
    setSelected(new Set(found));
    const placed = found.filter((at) => data.longitude[at] != null && data.latitude[at] != null);
    if (placed.length === 0) return;
    const [lons, lats] = [placed.map((at) => data.longitude[at]!), placed.map((at) => data.latitude[at]!)];
    handle.current?.show([Math.min(...lons), Math.min(...lats), Math.max(...lons), Math.max(...lats)]);
  }
}

const LooseLine = ({ text, show, onShow }: { text: string; show: string; onShow(): void }) => (
  <li>
    <span>{text}</span>
    <Button icon="search" onPress={onShow} aria-label={`${show}: ${text}`}>
      {show}
    </Button>
  </li>
);

function PoolCard({ pool, measure, indexOf }: { pool: PoolLive; measure: string; indexOf(employee: string): number }) {
  const say = useWords(words);
  const format = useFormat();
  const { language } = useLanguage();
  return (
    <Section id={`pool-${pool.pool}`} title={`${say.loads} — ${pool.segment}`}>
      <div className="loads-scroll" tabIndex={0} role="region" aria-label={`${say.loads} — ${pool.segment}`}>
        <Loads pool={pool} measure={measure} indexOf={indexOf} />
      </div>
      <p className="gap-words" aria-live="polite">
        <strong>{say.gap}:</strong> {pool.gap_words[language]}
      </p>
      <Facts
        of={[
          [say.figures.moved, format.number(pool.moved)],
          [say.figures.kept, format.number(pool.kept)],
          [say.figures.locked, format.number(pool.locked)],
          [say.figures.unassigned, format.number(pool.unassigned)],
          [say.figures.detached, pool.contiguous == null ? "" : format.number(pool.detached_accounts)],
          [say.figures.price, pool.move_price == null ? "" : format.number(pool.move_price, 1)],
        ]}
      />
      {pool.exceptions.length === 0 ? (
        <p className="soft">{say.noExceptions}</p>
      ) : (
        <details>
          <summary>{`${say.exceptions}: ${format.number(pool.exceptions.length)}`}</summary>
          <ul>
            {pool.exceptions.slice(0, 30).map((one, at) => (
              <li key={at}>{one.words[language]}</li>
            ))}
          </ul>
        </details>
      )}
    </Section>
  );
}
