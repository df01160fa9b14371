/** What roles are called, as the policy in force says. */
import { useCallback, useMemo } from "react";
import { useTeam } from "./queries";
import { useSession } from "../api/session";

export function useRoles(): (role: string) => string {
  const team = useTeam(useSession().may("read-loads"));
  const titles = useMemo(() => new Map(team.data?.roles.map((one) => [one.role, one.title])), [team.data]);
  return useCallback((role: string) => titles.get(role) ?? role, [titles]);
}
