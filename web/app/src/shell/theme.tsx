/** Light, dark, or as the system is. The style sheets know both by `light-dark()`; drawings ask for colours here. */
import { createContext, useCallback, useContext, useEffect, useMemo, useState, type ReactNode } from "react";

export type Theme = "light" | "dark" | "system";
interface Chosen {
  theme: Theme;
  setTheme(theme: Theme): void;
  dark: boolean;
}
const Context = createContext<Chosen>({ theme: "system", setTheme: () => undefined, dark: false });
const system = matchMedia("(prefers-color-scheme: dark)");

export function ThemeProvider({ children }: { children: ReactNode }) {
  const [theme, set] = useState<Theme>(() => (document.documentElement.dataset.theme as Theme | undefined) ?? "system");
  const [systemDark, setSystemDark] = useState(system.matches);
  useEffect(() => {
    const look = () => setSystemDark(system.matches);
    system.addEventListener("change", look);
    return () => system.removeEventListener("change", look);
  }, []);
  const setTheme = useCallback((next: Theme) => {
    localStorage.setItem("bailiwick.theme", next);
    if (next === "system") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = next;
    set(next);
  }, []);
  const dark = theme === "dark" || (theme === "system" && systemDark);
  const chosen = useMemo(() => ({ theme, setTheme, dark }), [theme, setTheme, dark]);
  return <Context.Provider value={chosen}>{children}</Context.Provider>;
}

export const useTheme = (): Chosen => useContext(Context);

/** A colour of the style sheets as drawings need it: `rgb(…)`. */
export function colour(token: string): string {
  const probe = document.createElement("span");
  probe.style.color = `var(--${token})`;
  document.body.append(probe);
  const value = getComputedStyle(probe).color;
  probe.remove();
  return value;
}
