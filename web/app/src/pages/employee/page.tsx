/** One employee: portfolio, load, skills, absences, and handing over. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useParams } from "react-router";
import { api, ask, askTagged } from "../../api/client";
import type { Absence, Load } from "../../api/schema";
import { useSession } from "../../api/session";
import { useFormat, useWords } from "../../i18n";
import { common } from "../../i18n/common";
import { useAccountRows, useEmployees, useRoleTitle, useTeam } from "../../lib/queries";
import { AccountTable, COLUMNS } from "../../parts/account_table";
import { Badge, Button, Empty, Link, PageHead, Ready, Section } from "../../parts/basics";
import { FormDialog } from "../../parts/dialog";
import { DayField, EmployeeField, TextField } from "../../parts/fields";
import { DataTable } from "../../parts/table";
import { Tabs } from "../../parts/tabs";
import { words } from "../team/words";
import { HandOver } from "./handover";

export function Component() {
  const id = useParams()["id"]!;
  const say = useWords(words);
  const session = useSession();
  const employee = useQuery({ queryKey: ["employee", id], queryFn: () => ask(api.GET("/api/v1/employees/{id}", { params: { path: { id } } })) });
  const tabs = [
    { id: "portfolio", title: say.portfolio, content: () => <Portfolio id={id} /> },
    ...(session.may("read-loads") ? [{ id: "load", title: say.load, content: () => <Loads id={id} /> }, { id: "skills", title: say.skills, content: () => <Skills id={id} /> }, { id: "absences", title: say.absences, content: () => <Absences id={id} /> }] : []),
    ...(session.may("hand-over") ? [{ id: "handover", title: say.handover, content: () => <HandOver id={id} /> }] : []),
  ];
  return (
    <Ready of={employee}>
      {(data) => (
        <>
          <PageHead title={data.name} under={[data.employee_id, data.position, data.department, data.email, data.phone].filter(Boolean).join(" · ")} />
          <Tabs label={say.parts} tabs={tabs} />
        </>
      )}
    </Ready>
  );
}

function Portfolio({ id }: { id: string }) {
  const say = useWords(words);
  const rows = useAccountRows(COLUMNS.join(","), id);
  return <Ready of={rows}>{(data) => <AccountTable data={data} name="portfolio" caption={say.portfolio} empty={<Empty icon="accounts" title={say.nothingHeld} />} />}</Ready>;
}

function Loads({ id }: { id: string }) {
  const say = useWords(words);
  const format = useFormat();
  const title = useRoleTitle();
  const team = useTeam();
  return (
    <Section title={say.load}>
      <p className="soft">{say.loadLead}</p>
      <Ready of={team}>
        {(data) => {
          const loads = data.members.find((one) => one.employee_id === id)?.loads ?? [];
          if (loads.length === 0) return <p>{say.noLoad}</p>;
          return (
            <DataTable<Load>
              name="loads"
              caption={say.load}
              rows={loads}
              rowKey={(row) => `${row.role} ${row.segment} ${row.product_line ?? ""} ${row.measure}`}
              columns={[
                { id: "role", header: say.role, value: (row) => title(row.role), filter: "choice", width: 1.5 },
                { id: "segment", header: say.segment, value: (row) => [row.segment, row.product_line].filter(Boolean).join(" · "), width: 2 },
                { id: "measure", header: say.measure, value: (row) => row.measure, filter: "choice", width: 1.3 },
                { id: "load", header: say.carried, value: (row) => row.load, cell: (row) => format.number(row.load, 1), numeric: true },
                { id: "mean", header: say.mean, value: (row) => row.mean, cell: (row) => <>{format.number(row.mean, 1)} {row.mean > 0 && <span className="soft">({row.load >= row.mean ? "+" : "−"}{format.percent(Math.abs(row.load / row.mean - 1))})</span>}</>, numeric: true, width: 1.5 },
                { id: "limit", header: say.limit, value: (row) => row.limit ?? 0, cell: (row) => (row.limit == null ? "" : format.number(row.limit, 1)), numeric: true },
              ]}
            />
          );
        }}
      </Ready>
    </Section>
  );
}

function Skills({ id }: { id: string }) {
  const say = useWords(words);
  const shared = useWords(common);
  const format = useFormat();
  const may = useSession().may("manage-skills");
  const queries = useQueryClient();
  const [open, setOpen] = useState(false);
  const [text, setText] = useState("");
  const [reason, setReason] = useState("");
  const found = useQuery({ queryKey: ["employee", id, "skills"], queryFn: () => askTagged(api.GET("/api/v1/employees/{id}/skills", { params: { path: { id } } })) });
  const submit = async () => {
    const skills = text.split("\n").map((line) => line.trim()).filter(Boolean).map((line) => {
      const at = line.lastIndexOf(":");
      return { name: (at < 0 ? line : line.slice(0, at)).trim(), level: at < 0 ? 1 : Number(line.slice(at + 1)) };
    });
    await ask(api.PUT("/api/v1/employees/{id}/skills", { params: { path: { id }, header: { "If-Match": found.data!.etag } }, body: { skills, reason: reason || null } }));
    await queries.invalidateQueries({ queryKey: ["employee", id] });
  };
  return (
    <Section
      title={say.skills}
      actions={
        may && found.data && (
          <Button
            onPress={() => {
              setText(found.data.data.skills.map((one) => `${one.name}: ${one.level}`).join("\n"));
              setOpen(true);
            }}
          >
            {say.editSkills}
          </Button>
        )
      }
    >
      <Ready of={found}>
        {({ data }) =>
          data.skills.length === 0 ? (
            <p className="soft">{say.noSkills}</p>
          ) : (
            <ul className="plain-list">
              {data.skills.map((one) => (
                <li key={one.name}>
                  {one.name} <Badge tone="info">{`${say.level} ${format.number(one.level, 1)}`}</Badge>
                </li>
              ))}
            </ul>
          )
        }
      </Ready>
      <FormDialog title={say.editSkills} open={open} onClose={() => setOpen(false)} action={shared.save} onSubmit={submit}>
        <TextField label={say.skills} value={text} onChange={setText} lines={8} hint={say.skillsHint} autoFocus />
        <TextField label={say.reason} value={reason} onChange={setReason} />
      </FormDialog>
    </Section>
  );
}

function Absences({ id }: { id: string }) {
  const say = useWords(words);
  const format = useFormat();
  const may = useSession().may("manage-absences");
  const queries = useQueryClient();
  const employees = useEmployees();
  const [open, setOpen] = useState(false);
  const [ending, setEnding] = useState<Absence | null>(null);
  const [from, setFrom] = useState("");
  const [to, setTo] = useState("");
  const [substitute, setSubstitute] = useState("");
  const [reason, setReason] = useState("");
  const found = useQuery({ queryKey: ["employee", id, "absences"], queryFn: () => ask(api.GET("/api/v1/absences", { params: { query: { employee: id, limit: 200 } } })) });
  const name = (of: string) => employees.data?.find((one) => one.employee_id === of)?.name ?? of;
  const record = async () => {
    await ask(api.POST("/api/v1/absences", { body: { employee_id: id, from, to: to || null, substitute_id: substitute || null, reason: reason || null } }));
    await queries.invalidateQueries();
  };
  const end = async () => {
    await ask(api.POST("/api/v1/absences/{id}/end", { params: { path: { id: ending!.absence_id } }, body: { on: to || null, reason: reason || null } }));
    await queries.invalidateQueries();
  };
  return (
    <Section title={say.absences} actions={may && <Button icon="plus" onPress={() => (setTo(""), setOpen(true))}>{say.record}</Button>}>
      <Ready of={found}>
        {(data) =>
          data.absences.length === 0 ? (
            <p className="soft">{say.noAbsences}</p>
          ) : (
            <ul className="plain-list">
              {data.absences.map((one) => (
                <li key={one.absence_id} className="row">
                  <strong>
                    {format.day(one.from)} – {one.to ? format.day(one.to) : say.open}
                  </strong>
                  <span className="soft">{one.reason}</span>
                  {[...new Set(one.covers.map((cover) => cover.substitute_id))].map((of) => (
                    <span key={of}>
                      {say.standsIn}: <Link href={`/team/${of}`}>{name(of)}</Link>
                    </span>
                  ))}
                  {may && <Button look="quiet" onPress={() => (setTo(""), setEnding(one))}>{say.back}</Button>}
                </li>
              ))}
            </ul>
          )
        }
      </Ready>
      <FormDialog title={say.record} open={open} onClose={() => setOpen(false)} action={say.record} onSubmit={record}>
        <div className="form-row">
          <DayField label={say.from} value={from} onChange={setFrom} required />
          <DayField label={say.to} value={to} onChange={setTo} />
        </div>
        <EmployeeField label={say.substitute} value={substitute} onChange={setSubstitute} hint={say.substituteHint} />
        <TextField label={say.reason} value={reason} onChange={setReason} />
      </FormDialog>
      <FormDialog title={say.endTitle} open={ending !== null} onClose={() => setEnding(null)} action={say.back} onSubmit={end}>
        <DayField label={say.to} value={to} onChange={setTo} />
        <TextField label={say.reason} value={reason} onChange={setReason} />
      </FormDialog>
    </Section>
  );
}
