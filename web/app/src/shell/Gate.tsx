/** Lets in who has signed in; everybody else meets the door. */
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useMemo } from "react";
import { RouterProvider as AriaRouter } from "react-aria-components";
import { useHref, useNavigate } from "react-router";
import { onSessionEnd } from "../api/client";
import { SessionContext, renewSession, sessionOf, useMe } from "../api/session";
import { useWords } from "../i18n";
import { common } from "../i18n/common";
import { Loading, Trouble } from "../parts/basics";
import { useToasts } from "../parts/toasts";
import { Door } from "./Door";
import { Shell } from "./Shell";

export function Gate() {
  const me = useMe();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const { say } = useToasts();
  const words = useWords(common);
  useEffect(
    () =>
      onSessionEnd(() => {
        say(words.session.ended);
        void renewSession(queries);
      }),
    [queries, say, words],
  );
  const session = useMemo(() => (me.data ? sessionOf(me.data) : null), [me.data]);
  return (
    <AriaRouter navigate={(path) => void navigate(path)} useHref={useHref}>
      {session ? (
        <SessionContext.Provider value={session}>
          <Shell />
        </SessionContext.Provider>
      ) : me.isPending ? (
        <Loading />
      ) : me.error ? (
        <main className="door">
          <Trouble error={me.error} retry={() => void me.refetch()} />
        </main>
      ) : (
        <Door />
      )}
    </AriaRouter>
  );
}
