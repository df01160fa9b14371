import { useQuery } from "@tanstack/react-query";
import { api, ask } from "../api/client";

/** The attributes that customers have, by the first of them. */
export const useAttributes = (enabled = true) =>
  useQuery({
    queryKey: ["attributes"],
    enabled,
    staleTime: 300_000,
    queryFn: async () => Object.keys((await ask(api.GET("/api/v1/accounts", { params: { query: { limit: 1 } } }))).accounts[0]?.attributes ?? {}),
  });
