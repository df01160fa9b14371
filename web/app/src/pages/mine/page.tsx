/** The customers of whoever has signed in: why they are theirs, what changes and when. */
import { useQuery } from "@tanstack/react-query";
import { api, ask } from "../../api/client";
import { useSession } from "../../api/session";
import { useFormat, useWords } from "../../i18n";
import { useAccountRows } from "../../lib/queries";
import { AccountTable, COLUMNS } from "../../parts/account_table";
import { Empty, PageHead, Ready, Section } from "../../parts/basics";
import { words } from "../accounts/words";

export function Component() {
  const say = useWords(words);
  const format = useFormat();
  const { user } = useSession();
  const rows = useAccountRows(COLUMNS.join(","), user.employee_id ?? "");
  const plans = useQuery({ queryKey: ["plans", "approved"], queryFn: () => ask(api.GET("/api/v1/plans", { params: { query: { state: "approved" } } })) });
  const nothing = (
    <Empty icon="accounts" title={say.noMine}>
      {say.noMineText}
    </Empty>
  );
  if (!user.employee_id) return <><PageHead title={say.mine} />{nothing}</>;
  return (
    <>
      <PageHead title={say.mine} under={rows.data && format.number(rows.data.rows.length)} />
      <Ready of={rows}>{(data) => <AccountTable data={data} name="mine" caption={say.mine} empty={nothing} />}</Ready>
      <div className="columns">
        <Section title={say.changes}>
          <p className="soft">{say.changesLead}</p>
          {plans.data && plans.data.plans.length > 0 ? <ul>{plans.data.plans.map((plan) => <li key={plan.plan_id}>{plan.plan_id} · {format.day(plan.on)}</li>)}</ul> : <p>{say.noChange}</p>}
        </Section>
        {/* The form of an appeal comes here. */}
        <Section title={say.appeal} id="appeal">
          <p>{say.appealText}</p>
        </Section>
      </div>
    </>
  );
}
