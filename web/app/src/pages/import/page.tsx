/** Bringing a file in: columns mapped, rows looked at and mended in place, progress as it goes, undone in one step. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { csvFormatRows, csvParseRows } from "d3-dsv";
import { useEffect, useState } from "react";
import { api, ask, askRaw } from "../../api/client";
import type { Job } from "../../api/schema";
import { useFormat, useWords } from "../../i18n";
import { useAttributes } from "../../lib/attributes";
import { Badge, Button, PageHead, Ready, Section, Trouble } from "../../parts/basics";
import { Confirm } from "../../parts/dialog";
import { SelectField } from "../../parts/fields";
import { useToasts } from "../../parts/toasts";
import { Mend, type Mended } from "./mend";
import { words } from "./words";

/** So many rows can be mended in the page. */
const SHOWN = 100;
type Of = "accounts" | "employees";
const KNOWN: Record<Of, string[]> = {
  accounts: ["account_id", "name", "parent_id", "latitude", "longitude"],
  employees: ["employee_id", "name", "position", "department", "manager_id", "latitude", "longitude", "capacity", "skills"],
};
const over = (job: Job) => !["queued", "running"].includes(job.state);

export function Component() {
  const say = useWords(words);
  const format = useFormat();
  const queries = useQueryClient();
  const [of, setOf] = useState<Of>("accounts");
  const [head, setHead] = useState<string[]>([]);
  const [rows, setRows] = useState<string[][]>([]);
  const [target, setTarget] = useState<string[]>([]);
  const [error, setError] = useState<unknown>(null);
  const [running, setRunning] = useState<Job | null>(null);
  const [sent, setSent] = useState<string[]>([]);
  const id = KNOWN[of][0]!;

  const read = async (file: File | undefined) => {
    if (!file) return;
    const parsed = csvParseRows((await file.text()).replace(/^\ufeff/, ""));
    const names = parsed[0] ?? [];
    setHead(names);
    setRows(parsed.slice(1));
    setTarget(names.map((name) => name.trim()));
  };
  const send = async (kind: Of, table: string[][]) => {
    setError(null);
    try {
      const answer = await askRaw(`/api/v1/imports?of=${kind}`, { method: "POST", headers: { "content-type": "text/csv", "idempotency-key": crypto.randomUUID() }, body: csvFormatRows(table) });
      setSent(table[0]!);
      setRunning((await answer.json()) as Job);
    } catch (refused) {
      setError(refused);
    }
  };
  const bring = () => {
    const kept = target.map((name, at) => ({ name, at })).filter((one) => one.name !== "");
    return send(of, [kept.map((one) => one.name), ...rows.map((row) => kept.map((one) => row[one.at] ?? ""))]);
  };
  const attributes = useAttributes(of === "accounts");
  const names = [...new Set([...KNOWN[of], ...(of === "accounts" ? (attributes.data ?? []) : [])])];

  return (
    <>
      <PageHead title={say.title} under={say.lead} />
      <Section title={say.choose}>
        <div className="form-row day-row">
          <SelectField label={say.of} value={of} onChange={(value) => setOf(value as Of)} choices={[{ value: "accounts", label: say.accounts }, { value: "employees", label: say.employees }]} />
          <div className="field">
            <label htmlFor="file">{say.file}</label>
            <input id="file" type="file" accept=".csv,text/csv" onChange={(event) => void read(event.target.files?.[0])} />
          </div>
        </div>
      </Section>
      {head.length > 0 && (
        <>
          <Section title={say.map}>
            <p className="soft">{say.mapLead}</p>
            <div className="form-row">
              {head.map((name, at) => (
                <div key={`${name} ${at}`} className="field">
                  <label htmlFor={`column-${at}`}>{name || `#${at + 1}`}</label>
                  <select id={`column-${at}`} className="input" value={target[at]} onChange={(event) => setTarget(target.map((one, place) => (place === at ? event.target.value : one)))}>
                    <option value="">{say.leave}</option>
                    {[...new Set([name.trim(), ...names])].filter(Boolean).map((one) => (
                      <option key={one} value={one}>
                        {one}
                      </option>
                    ))}
                  </select>
                </div>
              ))}
            </div>
          </Section>
          <Section title={say.look}>
            <p className="soft">{say.lookLead(format.number(Math.min(SHOWN, rows.length)), format.number(rows.length))}</p>
            <Cells head={head} rows={rows.slice(0, SHOWN)} change={(row, column, text) => setRows(rows.map((cells, at) => (at === row ? cells.map((cell, place) => (place === column ? text : cell)) : cells)))} />
            {!target.includes(id) && <p className="note warn">{say.needId(id)}</p>}
            <div>
              <Button look="main" isDisabled={!target.includes(id) || rows.length === 0} onPress={() => void bring()}>
                {say.bring(format.number(rows.length))}
              </Button>
            </div>
            {error !== null && <Trouble error={error} />}
          </Section>
        </>
      )}
      {running && <Progress key={running.job_id} job={running} sent={sent} onEnd={() => void queries.invalidateQueries()} again={(mended) => void send(mended.of, mended.table)} />}
      <Jobs />
    </>
  );
}

function Cells({ head, rows, change }: { head: string[]; rows: string[][]; change(row: number, column: number, text: string): void }) {
  const say = useWords(words);
  return (
    <div className="table-scroll cells" tabIndex={0} role="region" aria-label={say.look}>
      <table className="data plain">
        <thead>
          <tr>
            {head.map((name, at) => (
              <th key={at} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, at) => (
            <tr key={at}>
              {head.map((name, column) => (
                <td key={column}>
                  <input className="input" aria-label={say.cell(name, at + 1)} value={row[column] ?? ""} onChange={(event) => change(at, column, event.target.value)} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** A job as it goes on, told by the service. */
function Progress({ job: first, sent, onEnd, again }: { job: Job; sent: string[]; onEnd(): void; again(mended: Mended): void }) {
  const say = useWords(words);
  const format = useFormat();
  const [job, setJob] = useState(first);
  useEffect(() => {
    const events = new EventSource(`/api/v1/jobs/${first.job_id}/events`);
    events.addEventListener("job", (event) => {
      const now = JSON.parse((event as MessageEvent<string>).data) as Job;
      setJob(now);
      if (!over(now)) return;
      events.close();
      onEnd();
    });
    events.onerror = () => events.close();
    return () => events.close();
    // eslint-disable-next-line
  }, [first.job_id]);
  return (
    <Section title={say.progress}>
      <div role="status" className="stack">
        <progress max={Math.max(job.total, 1)} value={over(job) ? Math.max(job.total, 1) : job.done} aria-label={say.progress} />
        <p>
          <Badge tone={job.state === "done" ? "good" : over(job) ? "bad" : "info"}>{(say.state as Record<string, string>)[job.state] ?? job.state}</Badge> {say.of_rows(format.number(job.done), format.number(job.total))} {job.error}
        </p>
      </div>
      {over(job) && <Mend job={job} columns={sent} again={again} />}
    </Section>
  );
}

function Jobs() {
  const say = useWords(words);
  const format = useFormat();
  const queries = useQueryClient();
  const { say: toast } = useToasts();
  const [undoing, setUndoing] = useState<Job | null>(null);
  const found = useQuery({ queryKey: ["jobs"], queryFn: () => ask(api.GET("/api/v1/jobs", { params: { query: { limit: 50 } } })) });
  return (
    <Section title={say.jobs}>
      <Ready of={found}>
        {(data) => {
          const imports = data.jobs.filter((job) => job.kind === "import");
          if (imports.length === 0) return <p className="soft">{say.noJobs}</p>;
          return (
            <ul className="plain-list">
              {imports.map((job) => (
                <li key={job.job_id} className="row">
                  <Badge tone={job.state === "done" ? "good" : "warn"}>{(say.state as Record<string, string>)[job.state] ?? job.state}</Badge> {say.by(job.actor, format.moment(job.created_at))} <span className="soft">{say.of_rows(format.number(job.done), format.number(job.total))}</span>
                  {job.state === "done" && (
                    <Button look="quiet" onPress={() => setUndoing(job)} aria-label={`${say.undo}: ${format.moment(job.created_at)}`}>
                      {say.undo}
                    </Button>
                  )}
                </li>
              ))}
            </ul>
          );
        }}
      </Ready>
      <Confirm
        title={say.undo}
        open={undoing !== null}
        onClose={() => setUndoing(null)}
        action={say.undo}
        danger
        text={say.undoAsk}
        onSubmit={async () => {
          const done = await ask(api.POST("/api/v1/jobs/{id}/undo", { params: { path: { id: undoing!.job_id } }, body: {} }));
          await queries.invalidateQueries();
          toast(say.undone(format.number(done.removed), format.number(done.restored)));
        }}
      />
    </Section>
  );
}
