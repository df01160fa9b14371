/** Rows that could not be used, with why not; mended here and brought in again. */
import { useQuery } from "@tanstack/react-query";
import { csvParseRows } from "d3-dsv";
import { useState } from "react";
import { askRaw } from "../../api/client";
import type { Job } from "../../api/schema";
import { useFormat, useWords } from "../../i18n";
import { Button, Trouble } from "../../parts/basics";
import { words } from "./words";

export interface Mended {
  of: "accounts" | "employees";
  table: string[][];
}

export function Mend({ job, columns, again }: { job: Job; columns: string[]; again(mended: Mended): void }) {
  const say = useWords(words);
  const format = useFormat();
  const [changed, setChanged] = useState<Record<number, Record<string, string>>>({});
  const found = useQuery({ queryKey: ["jobs", job.job_id, "rejects"], // Rows as lists: objects would be made by code written at run time, which the policy of content forbids.
    queryFn: async () => csvParseRows(await (await askRaw(`/api/v1/jobs/${job.job_id}/rejects`)).text()).slice(1) });
  if (found.error) return <Trouble error={found.error} />;
  if (!found.data || found.data.length === 0) return null;
  const rows = found.data.map((row) => ({ number: row[0] ?? "", reason: row[1] ?? "", content: contentOf(row[2] ?? "", columns) }));
  const names = columns;
  const value = (at: number, name: string) => changed[at]?.[name] ?? rows[at]!.content[name] ?? "";
  const of = (job.params as { of?: "accounts" | "employees" }).of ?? "accounts";
  return (
    <div className="stack">
      <h3>{say.rejected(format.number(rows.length))}</h3>
      <div className="table-scroll cells" tabIndex={0} role="region" aria-label={say.mendTitle}>
        <table className="data plain">
          <thead>
            <tr>
              <th scope="col">{say.row}</th>
              <th scope="col">{say.why}</th>
              {names.map((name) => (
                <th key={name} scope="col">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row, at) => (
              <tr key={at}>
                <td>{row.number}</td>
                <td>{row.reason}</td>
                {names.map((name) => (
                  <td key={name}>
                    <input className="input" aria-label={say.cell(name, Number(row.number))} value={value(at, name)} onChange={(event) => setChanged({ ...changed, [at]: { ...changed[at], [name]: event.target.value } })} />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <div>
        <Button look="main" onPress={() => again({ of, table: [names, ...rows.map((_, at) => names.map((name) => value(at, name)))] })}>
          {say.again}
        </Button>
      </div>
    </div>
  );
}

/** The service tells a row as it was sent: its cells, in the order of the columns. */
function contentOf(text: string, columns: string[]): Record<string, string> {
  const cells = csvParseRows(text)[0] ?? [];
  return Object.fromEntries(columns.map((name, at) => [name, cells[at] ?? ""]));
}
