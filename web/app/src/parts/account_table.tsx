/** Customers with who answers for each in every role, and the same as points on a map. */
import { Suspense, lazy, useMemo, useState, type ReactNode } from "react";
import type { AccountRow, AccountRows } from "../api/schema";
import { useWords } from "../i18n";
import { useRoleTitle } from "../lib/queries";
import { useParam } from "../lib/url";
import { words } from "../pages/accounts/words";
import { colour, useTheme } from "../shell/theme";
import { Button, Link, Loading } from "./basics";
import { DataTable, type Column } from "./table";
import type { MapPoint } from "./map";

const MapView = lazy(() => import("./map"));
/** Attributes shown beside the fixed ones, where accounts have them. */
export const COLUMNS = ["country", "city", "industry", "channel", "importance", "ownership", "potential", "revenue_12m"];
const HIDDEN = new Set(["industry", "channel", "ownership", "potential", "revenue_12m"]);
const text = (value: unknown): string | number => (value === null || value === undefined ? "" : typeof value === "number" ? value : String(value));

export function AccountTable({ data, name, caption, empty }: { data: AccountRows; name: string; caption: string; empty: ReactNode }) {
  const say = useWords(words);
  const title = useRoleTitle();
  const [map, setMap] = useParam("map");
  const [shown, setShown] = useState<AccountRow[]>(data.rows);
  const [picked, setPicked] = useState<string>();
  const named = useMemo(() => namesOf(data), [data]);
  const columns = useMemo<Column<AccountRow>[]>(
    () => [
      { id: "account_id", header: say.id, value: (row) => row.account_id, width: 0.8 },
      { id: "name", header: say.name, value: (row) => row.name, cell: (row) => <Link href={`/accounts/${encodeURIComponent(row.account_id)}`}>{row.name}</Link>, width: 2.4 },
      { id: "segment", header: say.segment, value: (row) => row.segment, filter: "choice", width: 1.4 },
      ...COLUMNS.map((column, at): Column<AccountRow> => ({ id: column, header: column, value: (row) => text(row.values[at]), hidden: HIDDEN.has(column), filter: column === "country" ? "choice" : undefined })).filter((column) => data.attributes.includes(column.id)),
      ...data.roles.map((role, at): Column<AccountRow> => ({ id: `role:${role.role}`, header: title(role.role, role.title), value: (row) => named(row, at), filter: at < 2 ? "choice" : undefined, width: 1.4 })),
      { id: "group", header: say.group, value: (row) => row.parent_id ?? "", hidden: true },
    ],
    [data, named, say, title],
  );
  return (
    <>
      {map && (
        <Suspense fallback={<Loading />}>
          <AccountMap rows={shown} picked={picked} onPick={setPicked} />
        </Suspense>
      )}
      <DataTable
        name={name}
        caption={caption}
        columns={columns}
        rows={data.rows}
        rowKey={(row) => row.account_id}
        onRows={map ? setShown : undefined}
        current={picked}
        empty={empty}
        tools={
          <Button look="quiet" icon="plans" aria-pressed={map !== ""} onPress={() => setMap(map ? "" : "yes")}>
            {map ? say.hideMap : say.showMap}
          </Button>
        }
      />
    </>
  );
}

/** Who holds the role at that place, in words. Said once for each account and kept: a table of thousands asks again and again. */
function namesOf(data: AccountRows): (row: AccountRow, role: number) => string {
  const said = new WeakMap<AccountRow, string[]>();
  const say = (row: AccountRow): string[] =>
    data.roles.map(({ role }) => {
      const holders: string[] = [];
      // Of several product lines, one may hold more than one.
      for (const one of row.holders) if (one.role === role && !holders.includes(one.employee_id)) holders.push(one.employee_id);
      return holders.map((id) => data.employees[id] || id).join(", ") || "—";
    });
  return (row, role) => {
    let names = said.get(row);
    if (!names) said.set(row, (names = say(row)));
    return names[role]!;
  };
}

function AccountMap({ rows, picked, onPick }: { rows: AccountRow[]; picked: string | undefined; onPick(id: string): void }) {
  const say = useWords(words);
  const { dark } = useTheme();
  // eslint-disable-next-line
  const point = useMemo(() => colour("accent"), [dark]);
  const points = useMemo<MapPoint[]>(() => rows.filter((row) => row.latitude != null && row.longitude != null).map((row) => ({ id: row.account_id, latitude: row.latitude!, longitude: row.longitude!, colour: point })), [rows, point]);
  const selected = useMemo(() => new Set(picked ? [picked] : []), [picked]);
  return <MapView label={say.mapLabel} points={points} selected={selected} onPick={onPick} />;
}
