/** Who has signed in, and what they may do. */
import { useQuery, useQueryClient, type QueryClient } from "@tanstack/react-query";
import { createContext, useContext } from "react";
import { Refusal, api, ask } from "./client";
import type { Me, User } from "./schema";

/** The words of `bailiwick_domain::access::Operation`. */
export type Operation =
  | "read-accounts" | "edit-accounts" | "read-assignments" | "assign" | "appeal" | "answer-appeals" | "hand-over" | "route" | "read-employees" | "edit-employees"
  | "read-loads" | "manage-absences" | "manage-skills" | "read-policies" | "edit-policies" | "read-plans" | "make-plans" | "approve-plans"
  | "apply-plans" | "read-communications" | "record-communications" | "share-cards" | "import" | "export" | "read-pay" | "dispute-pay"
  | "manage-pay" | "read-audit" | "manage-users" | "manage-tokens" | "manage-webhooks" | "manage-settings";
export type Reach = "own" | "below" | "all";

export interface Session {
  user: User;
  /** Whether it may be done at all, or at least as far as `reach`. */
  may(operation: Operation, reach?: Reach): boolean;
}

const REACHES: Reach[] = ["own", "below", "all"];

export function sessionOf(me: Me): Session {
  const may = me.may as Record<string, Reach | undefined>;
  return {
    user: me.user,
    may: (operation, reach = "own") => {
      const held = may[operation];
      return held !== undefined && REACHES.indexOf(held) >= REACHES.indexOf(reach);
    },
  };
}

const KEY = ["session"];

/** None: nobody has signed in. */
export function useMe() {
  return useQuery({
    queryKey: KEY,
    staleTime: 5 * 60_000,
    queryFn: async (): Promise<Me | null> => {
      try {
        return await ask(api.GET("/api/v1/session"));
      } catch (error) {
        if (error instanceof Refusal && error.status === 401) return null;
        throw error;
      }
    },
  });
}

/** Looks again who has signed in; what was read for somebody else is forgotten. */
export async function renewSession(queries: QueryClient): Promise<void> {
  queries.removeQueries({ predicate: (query) => query.queryKey[0] !== KEY[0] });
  await queries.invalidateQueries({ queryKey: KEY });
}

export function useSignOut() {
  const queries = useQueryClient();
  return async () => {
    await ask(api.DELETE("/api/v1/session"));
    queries.setQueryData(KEY, null);
    // Once the pages are gone, which would read them again.
    setTimeout(() => queries.removeQueries({ predicate: (query) => query.queryKey[0] !== KEY[0] }));
  };
}

export const SessionContext = createContext<Session | null>(null);

/** The session of a page, which is only shown to who has signed in. */
export function useSession(): Session {
  const session = useContext(SessionContext);
  if (!session) throw new Error("a page was shown to nobody");
  return session;
}
