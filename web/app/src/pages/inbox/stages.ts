/** The stages and roles of a customer, as whereto a matter can be passed. */
import { useQuery } from "@tanstack/react-query";
import { api, ask } from "../../api/client";
import { useRoleTitle } from "../../lib/queries";

export function useStages(account: string) {
  const found = useQuery({ queryKey: ["account", account, "stages"], enabled: account !== "", queryFn: () => ask(api.GET("/api/v1/accounts/{id}/stages", { params: { path: { id: account } } })) });
  const title = useRoleTitle();
  const choices = (found.data?.stages ?? []).filter((one) => one.responsible.length > 0).map((one, at) => ({ value: String(at), label: `${one.stage ?? title(one.role ?? "", one.role_title ?? undefined)} → ${one.responsible.map((who) => who.employee).join(", ")}` }));
  const target = (value: string) => {
    const one = (found.data?.stages ?? []).filter((entry) => entry.responsible.length > 0)[Number(value)];
    if (value === "" || !one) return {};
    return one.stage ? { stage: one.stage } : { role: one.role! };
  };
  return { choices, target };
}
