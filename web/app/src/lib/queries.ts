/** Reads that several pages share. */
import { useQuery } from "@tanstack/react-query";
import { api, ask } from "../api/client";
import type { Employee } from "../api/schema";

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
