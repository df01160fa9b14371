/** Keys that work on every page: Ctrl-K, `?`, `/`, and `g` followed by the letter of a page. */
import { useEffect, useRef } from "react";
import type { PageEntry } from "../pages";

interface Acts {
  commands(): void;
  help(): void;
  go(path: string): void;
}

const PATIENCE = 1500;
const writes = (target: EventTarget | null): boolean => target instanceof HTMLElement && (target.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(target.tagName));

export function useKeys(pages: PageEntry[], acts: Acts): void {
  const latest = useRef({ pages, acts });
  latest.current = { pages, acts };
  useEffect(() => {
    let led = 0;
    const press = (event: KeyboardEvent) => {
      const { pages, acts } = latest.current;
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
        event.preventDefault();
        return acts.commands();
      }
      if (event.ctrlKey || event.metaKey || event.altKey || writes(event.target) || document.querySelector(".overlay")) return;
      if (event.key === "?") return acts.help();
      if (event.key === "/") {
        const search = document.querySelector<HTMLInputElement>("#content input[type=search]");
        if (search) {
          event.preventDefault();
          search.focus();
        }
        return;
      }
      // The place of the key, so that it works with Cyrillic letters on it.
      const letter = event.code.startsWith("Key") ? event.code.slice(3).toLowerCase() : "";
      if (led > event.timeStamp - PATIENCE && led > 0) {
        led = 0;
        const page = pages.find((one) => one.keys === letter);
        if (page) acts.go(page.path);
        return;
      }
      led = letter === "g" ? event.timeStamp : 0;
    };
    addEventListener("keydown", press);
    return () => removeEventListener("keydown", press);
  }, []);
}
