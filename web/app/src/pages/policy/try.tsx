/** One customer under the policy as it is being written: its principles, the segments in order, who may serve it in each role. */
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api, ask } from "../../api/client";
import { useFormat, useWords } from "../../i18n";
import { useRoleTitle } from "../../lib/queries";
import { Badge, Facts, Ready, Section } from "../../parts/basics";
import { AccountField, useSettled } from "../../parts/fields";
import { words } from "./words";

export function Try({ text, changed }: { text: string; changed: boolean }) {
  const say = useWords(words);
  const format = useFormat();
  const title = useRoleTitle();
  const [account, setAccount] = useState("");
  const settled = useSettled(text, 500);
  const tried = useQuery({ queryKey: ["policy-try", settled, account], enabled: account !== "" && settled.trim() !== "", queryFn: () => ask(api.POST("/api/v1/policies/try", { body: { text: settled, account_id: account } })) });
  return (
    <Section title={say.try} id="try">
      <p className="soft">{changed ? say.tryEdited : say.tryLead}</p>
      <div className="day-row">
        <AccountField label={say.try} value={account} onChange={setAccount} />
      </div>
      {account !== "" && (
        <Ready of={tried}>
          {(found) => (
            <div className="stack" role="status">
              <p>
                <strong>{found.account}</strong> → {found.segment ? <Badge tone="good">{found.segment}</Badge> : <Badge tone="bad">{say.noSegment}</Badge>}
              </p>
              <Facts of={found.principles.map((pair) => [pair[0]!, pair[1]!])} />
              <ol>
                {found.steps.map((step) => (
                  <li key={step.segment}>
                    {step.matched ? "✓" : "✗"} {step.segment}: <code>{step.when}</code>
                  </li>
                ))}
              </ol>
              {found.roles.length === 0 ? (
                <p className="note warn">{say.noRole}</p>
              ) : (
                <table className="data plain">
                  <caption className="sr-only">{say.serves}</caption>
                  <thead>
                    <tr>
                      <th scope="col">{say.role}</th>
                      <th scope="col">{say.divided}</th>
                      <th scope="col" className="numeric">{say.people}</th>
                      <th scope="col" className="numeric">{say.shared}</th>
                    </tr>
                  </thead>
                  <tbody>
                    {found.roles.map((one) => (
                      <tr key={`${one.role} ${one.product_line ?? ""}`}>
                        <th scope="row">{[title(one.role, one.title), one.product_line].filter(Boolean).join(" · ")}</th>
                        <td>{say.forms[one.divide as "to"] ?? one.divide}</td>
                        <td className="numeric">{one.divide === "same_as" || one.divide === "to" ? "—" : format.number(one.people)}</td>
                        <td className="numeric">{format.number(one.accounts)}</td>
                      </tr>
                    ))}
                  </tbody>
                </table>
              )}
            </div>
          )}
        </Ready>
      )}
    </Section>
  );
}
