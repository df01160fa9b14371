/** All customers that the caller sees. */
import { useSession } from "../../api/session";
import { useFormat, useWords } from "../../i18n";
import { useAccountRows } from "../../lib/queries";
import { AccountTable, COLUMNS } from "../../parts/account_table";
import { Empty, Link, PageHead, Ready } from "../../parts/basics";
import { words } from "./words";

export function Component() {
  const say = useWords(words);
  const format = useFormat();
  const session = useSession();
  const rows = useAccountRows(COLUMNS.join(","));
  return (
    <>
      <PageHead title={say.title} under={rows.data && say.lead(format.number(rows.data.rows.length))} />
      <Ready of={rows}>
        {(data) => (
          <AccountTable
            data={data}
            name="accounts"
            caption={say.title}
            empty={
              <Empty icon="accounts" title={say.empty} action={session.may("import") ? <Link href="/import">{say.import}</Link> : undefined}>
                {say.emptyText}
              </Empty>
            }
          />
        )}
      </Ready>
    </>
  );
}
