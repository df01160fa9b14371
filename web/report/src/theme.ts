/** Light or dark: follows the system until a person chooses; the choice is remembered where the browser allows it. */

type Theme = "light" | "dark";
const key = "bailiwick.theme";
const system = matchMedia("(prefers-color-scheme: dark)");
let chosen: Theme | null = remembered();
let listener: () => void = () => {};

function remembered(): Theme | null {
  try {
    const value = localStorage.getItem(key);
    return value === "light" || value === "dark" ? value : null;
  } catch {
    return null;
  }
}

export function currentTheme(): Theme {
  return chosen ?? (system.matches ? "dark" : "light");
}

function apply(): void {
  document.documentElement.dataset.theme = currentTheme();
  listener();
}

export function switchTheme(): void {
  chosen = currentTheme() === "dark" ? "light" : "dark";
  try {
    localStorage.setItem(key, chosen);
  } catch {
    // A page opened from disk may have no storage; the choice then lasts as long as the page.
  }
  apply();
}

export function watchTheme(act: () => void): void {
  listener = act;
}

system.addEventListener("change", apply);
document.documentElement.dataset.theme = currentTheme();
