import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, ask } from "../../api/client";
import type { User } from "../../api/schema";
import { useWords } from "../../i18n";
import { common } from "../../i18n/common";
import { Badge, Button, Ready, Section } from "../../parts/basics";
import { FormDialog } from "../../parts/dialog";
import { CheckField, EmployeeField, TextField } from "../../parts/fields";
import { DataTable } from "../../parts/table";
import { PASSWORD_LENGTH } from "../../shell/Door";
import { words } from "./words";

export function Users() {
  const say = useWords(words);
  const [edited, edit] = useState<User | "new" | null>(null);
  const found = useQuery({
    queryKey: ["users"],
    queryFn: async () => {
      const all: User[] = [];
      let after: string | undefined;
      do {
        const page = await ask(api.GET("/api/v1/users", { params: { query: { limit: 200, ...(after !== undefined && { after }) } } }));
        all.push(...page.users);
        after = page.next ?? undefined;
      } while (after !== undefined);
      return all;
    },
  });
  return (
    <Section title={say.users} actions={<Button icon="plus" onPress={() => edit("new")}>{say.addUser}</Button>}>
      <Ready of={found}>
        {(users) => (
          <DataTable<User>
            name="users"
            caption={say.users}
            rows={users}
            rowKey={(row) => row.user_id}
            columns={[
              { id: "name", header: say.name, value: (row) => row.name, width: 1.3 },
              { id: "display", header: say.display, value: (row) => row.display_name, width: 1.5 },
              { id: "roles", header: say.roles, value: (row) => row.roles.join(", "), filter: "choice", width: 1.3 },
              { id: "employee", header: say.employee, value: (row) => row.employee_id ?? "" },
              { id: "active", header: say.active, value: (row) => (row.active ? "✓" : say.inactive), cell: (row) => (row.active ? "✓" : <Badge tone="warn">{say.inactive}</Badge>) },
              { id: "edit", header: say.edit, value: () => "", cell: (row) => <Button look="quiet" aria-label={`${say.editUser}: ${row.name}`} onPress={() => edit(row)}>{say.edit}</Button> },
            ]}
          />
        )}
      </Ready>
      {edited && <UserForm key={edited === "new" ? "new" : edited.user_id} of={edited === "new" ? null : edited} onClose={() => edit(null)} />}
    </Section>
  );
}

function UserForm({ of, onClose }: { of: User | null; onClose(): void }) {
  const say = useWords(words);
  const shared = useWords(common);
  const queries = useQueryClient();
  const [name, setName] = useState("");
  const [display, setDisplay] = useState(of?.display_name ?? "");
  const [password, setPassword] = useState("");
  const [roles, setRoles] = useState<string[]>(of?.roles ?? ["member"]);
  const [employee, setEmployee] = useState(of?.employee_id ?? "");
  const [active, setActive] = useState(of?.active ?? true);
  const submit = async () => {
    if (of) await ask(api.PUT("/api/v1/users/{id}", { params: { path: { id: of.user_id }, header: { "If-Match": `"${of.version}"` } }, body: { display_name: display, roles, employee_id: employee || null, active } }));
    else await ask(api.POST("/api/v1/users", { body: { name, password, roles, employee_id: employee || null, ...(display && { display_name: display }) } }));
    await queries.invalidateQueries({ queryKey: ["users"] });
  };
  return (
    <FormDialog title={of ? `${say.editUser}: ${of.name}` : say.addUser} open onClose={onClose} action={shared.save} onSubmit={submit}>
      {!of && <TextField label={say.name} value={name} onChange={setName} required autoFocus autoComplete="off" />}
      <TextField label={say.display} value={display} onChange={setDisplay} required={of !== null} />
      {!of && <TextField label={say.fresh} value={password} onChange={setPassword} type="password" autoComplete="new-password" hint={say.length} minLength={PASSWORD_LENGTH} required />}
      <fieldset className="fieldset">
        <legend>{say.roles}</legend>
        {Object.entries(say.role).map(([role, label]) => (
          <CheckField key={role} label={label} value={roles.includes(role)} onChange={(on) => setRoles(on ? [...roles, role] : roles.filter((one) => one !== role))} />
        ))}
      </fieldset>
      <EmployeeField label={say.employee} value={employee} onChange={setEmployee} shown={employee} />
      {of && <CheckField label={say.active} value={active} onChange={setActive} />}
    </FormDialog>
  );
}
