/** Handing a portfolio over in three steps: the day and the successor, what would happen, and doing it; and taking it back. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, ask } from "../../api/client";
import type { HandOverOutcome } from "./outcome";
import { useFormat, useWords } from "../../i18n";
import { useEmployees } from "../../lib/queries";
import { Button, Link, Ready, Section, Trouble } from "../../parts/basics";
import { Confirm } from "../../parts/dialog";
import { DayField, EmployeeField, TextField } from "../../parts/fields";
import { useToasts } from "../../parts/toasts";
import { words } from "../team/words";

export function HandOver({ id }: { id: string }) {
  const say = useWords(words);
  const format = useFormat();
  const queries = useQueryClient();
  const employees = useEmployees();
  const { say: toast } = useToasts();
  const [on, setOn] = useState("");
  const [successor, setSuccessor] = useState("");
  const [reason, setReason] = useState("");
  const [seen, setSeen] = useState<HandOverOutcome | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [asking, setAsking] = useState(false);
  const [back, setBack] = useState<number | null>(null);
  const name = (of: string) => employees.data?.find((one) => one.employee_id === of)?.name ?? of;
  const made = useQuery({ queryKey: ["handovers"], queryFn: () => ask(api.GET("/api/v1/handovers", { params: { query: { limit: 200 } } })) });
  const preview = async () => {
    setError(null);
    setSeen(null);
    try {
      setSeen((await ask(api.GET("/api/v1/handovers/preview", { params: { query: { employee: id, on, ...(successor && { successor }) } } }))) as unknown as HandOverOutcome);
    } catch (refused) {
      setError(refused);
    }
  };
  return (
    <>
      <Section title={say.handover}>
        <form
          className="form"
          onSubmit={(event) => {
            event.preventDefault();
            void preview();
          }}
        >
          <div className="form-row">
            <DayField label={say.leave} value={on} onChange={setOn} required />
            <EmployeeField label={say.successor} value={successor} onChange={setSuccessor} hint={say.successorHint} />
          </div>
          <div>
            <Button type="submit">{say.preview}</Button>
          </div>
        </form>
        {error !== null && <Trouble error={error} />}
        {seen && (
          <div className="stack" role="status">
            <p>
              <strong>{say.passes(format.number(seen.passed.length))}</strong>
              {seen.nobody.length > 0 && <> · {say.nobody(format.number(seen.nobody.length))}</>}
            </p>
            <ul>
              {Object.entries(seen.to).map(([of, count]) => (
                <li key={of}>
                  {name(of)}: {format.number(count)}
                </li>
              ))}
            </ul>
            <h3>{say.checklist}</h3>
            <ul className="plain-list">
              {seen.checklist.introduce.map((one) => (
                <li key={one.employee_id}>☐ {say.introduce(format.number(one.accounts), name(one.employee_id))}</li>
              ))}
              {seen.checklist.manages.length > 0 && <li>☐ {say.manages}: {format.list(seen.checklist.manages.map(name))}</li>}
              {seen.checklist.stands_in_for.length > 0 && <li>☐ {say.stands}: {format.list(seen.checklist.stands_in_for.map(name))}</li>}
              {seen.checklist.matters.length > 0 && (
                <li>
                  ☐ {say.openMatters}:{" "}
                  {seen.checklist.matters.map((number) => (
                    <span key={number}>
                      <Link href={`/inbox/${number}`}>{`№ ${number}`}</Link>{" "}
                    </span>
                  ))}
                </li>
              )}
            </ul>
            <TextField label={say.why} value={reason} onChange={setReason} />
            <div>
              <Button look="main" onPress={() => setAsking(true)}>
                {say.doIt}
              </Button>
            </div>
          </div>
        )}
      </Section>
      <Section title={say.made}>
        <Ready of={made}>
          {(data) => {
            const own = data.handovers.filter((one) => one.employee_id === id);
            if (own.length === 0) return <p className="soft">{say.noneMade}</p>;
            return (
              <ul className="plain-list">
                {own.map((one) => (
                  <li key={one.handover_id} className="row">
                    <strong>{format.day(one.on)}</strong> <span className="soft">{one.reason}</span>
                    <Button look="quiet" onPress={() => setBack(one.handover_id)}>
                      {say.takeBack}
                    </Button>
                  </li>
                ))}
              </ul>
            );
          }}
        </Ready>
      </Section>
      <Confirm
        title={say.doIt}
        open={asking}
        onClose={() => setAsking(false)}
        action={say.doIt}
        text={seen ? say.passes(format.number(seen.passed.length)) : ""}
        onSubmit={async () => {
          await ask(api.POST("/api/v1/handovers", { body: { employee_id: id, on, successor_id: successor || null, reason: reason || null } }));
          setSeen(null);
          await queries.invalidateQueries();
          toast(say.done);
        }}
      />
      <Confirm
        title={say.takeBack}
        open={back !== null}
        onClose={() => setBack(null)}
        action={say.takeBack}
        text={say.takeBackAsk}
        onSubmit={async () => {
          await ask(api.POST("/api/v1/handovers/{id}/take-back", { params: { path: { id: back! } }, body: {} }));
          await queries.invalidateQueries();
          toast(say.takenBack);
        }}
      />
    </>
  );
}
