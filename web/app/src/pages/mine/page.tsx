/** The customers of whoever has signed in: why they are theirs, what changes and when, and appeals against that. */
import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { api, ask } from "../../api/client";
import type { AccountRows } from "../../api/schema";
import { useSession } from "../../api/session";
import { useFormat, useWords } from "../../i18n";
import { useAccountRows, useAppeals, useRoleTitle } from "../../lib/queries";
import { AccountTable, COLUMNS } from "../../parts/account_table";
import { Button, Empty, PageHead, Ready, Section } from "../../parts/basics";
import { words } from "../accounts/words";
import { AppealTable } from "../appeals/list";
import { NewAppeal, type Held } from "../appeals/new";
import { words as appealWords } from "../appeals/words";

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
      <Section title={say.changes}>
        <p className="soft">{say.changesLead}</p>
        {plans.data && plans.data.plans.length > 0 ? <ul>{plans.data.plans.map((plan) => <li key={plan.plan_id}>{plan.plan_id} · {format.day(plan.on)}</li>)}</ul> : <p>{say.noChange}</p>}
      </Section>
      <Appeals rows={rows.data} employee={user.employee_id} />
    </>
  );
}

function Appeals({ rows, employee }: { rows: AccountRows | undefined; employee: string }) {
  const say = useWords(appealWords);
  const session = useSession();
  const title = useRoleTitle();
  const appeals = useAppeals();
  const [asking, setAsking] = useState(false);
  const held = useMemo<Held[]>(
    () =>
      (rows?.rows ?? []).flatMap((row) =>
        row.holders.filter((one) => one.employee_id === employee).map((one) => ({ account_id: row.account_id, account: row.name, role: one.role, title: title(one.role), product_line: one.product_line ?? null })),
      ),
    [rows, employee, title],
  );
  const own = useMemo(() => (appeals.data ?? []).filter((one) => one.employee_id === employee), [appeals.data, employee]);
  return (
    <Section
      id="appeal"
      title={say.mine}
      actions={
        session.may("appeal") &&
        held.length > 0 && (
          <Button icon="plus" onPress={() => setAsking(true)}>
            {say.open}
          </Button>
        )
      }
    >
      <p className="soft">{say.mineLead}</p>
      <Ready of={appeals}>{() => <AppealTable of={own} name="appeals" own empty={<p>{say.noneMine}</p>} />}</Ready>
      {held.length > 0 && <NewAppeal held={held} open={asking} onClose={() => setAsking(false)} />}
    </Section>
  );
}
