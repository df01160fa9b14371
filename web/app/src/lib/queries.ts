/** Reads that several pages share. */
import { useQuery } from "@tanstack/react-query";
import { useCallback, useMemo } from "react";
import { api, ask } from "../api/client";
import type { Appeal, Employee } from "../api/schema";
import { useLanguage } from "../i18n";

/** All employees that the caller may see, by id. */
export const useEmployees = () =>
  useQuery({
    queryKey: ["employees"],
    staleTime: 60_000,
    queryFn: async () => {
      const all: Employee[] = [];
      let after: string | undefined;
      do {
        const page = await ask(api.GET("/api/v1/employees", { params: { query: { limit: 200, ...(after !== undefined && { after }) } } }));
        all.push(...page.employees);
        after = page.next ?? undefined;
      } while (after !== undefined);
      return all;
    },
  });

export const useAccountRows = (columns: string, employee?: string) =>
  useQuery({
    queryKey: ["account-rows", columns, employee ?? ""],
    queryFn: () => ask(api.GET("/api/v1/accounts/rows", { params: { query: { columns, ...(employee !== undefined && { employee }) } } })),
  });

export const useTeam = (enabled = true) => useQuery({ queryKey: ["team"], enabled, queryFn: () => ask(api.GET("/api/v1/team")) });

/** All appeals that the caller may see, the latest first. */
export const useAppeals = (enabled = true) =>
  useQuery({
    queryKey: ["appeals"],
    enabled,
    queryFn: async () => {
      const all: Appeal[] = [];
      let after: number | undefined;
      do {
        const page = await ask(api.GET("/api/v1/appeals", { params: { query: { limit: 200, ...(after !== undefined && { after }) } } }));
        all.push(...page.appeals);
        after = page.next ?? undefined;
      } while (after !== undefined);
      return all;
    },
  });

/** What roles are called. The frame of all pages asks for it, so that no table is made a second time when it comes. */
export const useRoles = (enabled = true) => useQuery({ queryKey: ["roles"], enabled, staleTime: 300_000, queryFn: () => ask(api.GET("/api/v1/roles")) });

/** How a role is called in the language of whoever reads, where the policy says so; else its title, or its name. */
export function useRoleTitle(): (role: string, title?: string) => string {
  const { language } = useLanguage();
  const roles = useRoles();
  const known = useMemo(() => new Map((roles.data?.roles ?? []).map((one) => [one.role, one.titles[language] ?? one.title])), [roles.data, language]);
  return useCallback((role, title) => known.get(role) ?? title ?? role, [known]);
}
