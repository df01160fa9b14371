/** Short messages that appear, are read out, and go. */
import { createContext, useCallback, useContext, useMemo, useRef, useState, type ReactNode } from "react";
import { Refusal } from "../api/client";
import { useWords } from "../i18n";
import { common } from "../i18n/common";
import { Button, sentence } from "./basics";

interface Toast {
  id: number;
  text: string;
  tone: "good" | "bad";
}
interface Say {
  say(text: string): void;
  /** Says what was refused and what to do. */
  complain(error: unknown): void;
}
const Context = createContext<Say>({ say: () => undefined, complain: () => undefined });
export const useToasts = (): Say => useContext(Context);

const SECONDS = { good: 6, bad: 15 };

export function Toasts({ children }: { children: ReactNode }) {
  const [toasts, setToasts] = useState<Toast[]>([]);
  const last = useRef(0);
  const words = useWords(common);
  const drop = useCallback((id: number) => setToasts((now) => now.filter((toast) => toast.id !== id)), []);
  const add = useCallback(
    (text: string, tone: Toast["tone"]) => {
      const id = ++last.current;
      setToasts((now) => [...now.slice(-3), { id, text, tone }]);
      setTimeout(() => drop(id), SECONDS[tone] * 1000);
    },
    [drop],
  );
  const said = useMemo<Say>(
    () => ({
      say: (text) => add(text, "good"),
      complain: (error) => {
        if (!(error instanceof Refusal)) return add(words.problem.defect, "bad");
        if (error.status === 0) return add(`${words.problem.offline} ${words.problem.offlineRemedy}`, "bad");
        add([error.detail, error.remedy].filter((part) => part !== null && part !== "").map((part) => sentence(part!)).join(" "), "bad");
      },
    }),
    [add, words],
  );
  return (
    <Context.Provider value={said}>
      {children}
      <div className="toasts no-print" role="status" aria-live="polite" aria-atomic="false">
        {toasts.map((toast) => (
          <div key={toast.id} className={`toast ${toast.tone}`}>
            <span>{toast.text}</span>
            <Button look="quiet" icon="close" aria-label={words.close} onPress={() => drop(toast.id)} />
          </div>
        ))}
      </div>
    </Context.Provider>
  );
}
