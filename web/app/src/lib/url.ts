/** State that lives in the address, so that a link brings it back. */
import { useCallback } from "react";
import { useSearchParams } from "react-router";

/** One value of the address: `const [tab, setTab] = useParam("tab", "needs")`. The default is not written. */
export function useParam(name: string, fallback = ""): [string, (value: string) => void] {
  const [params, setParams] = useSearchParams();
  const set = useCallback(
    (value: string) =>
      setParams(
        (now) => {
          const next = new URLSearchParams(now);
          if (value === fallback || value === "") next.delete(name);
          else next.set(name, value);
          return next;
        },
        { replace: true },
      ),
    [name, fallback, setParams],
  );
  return [params.get(name) ?? fallback, set];
}
