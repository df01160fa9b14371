/**
 * The table of contents: all pages, in the order of the navigation. To add one, see README.md.
 *
 * `load` brings the page's own file when it is first opened; the file exports `Component`. A page with `may` is shown to
 * who may do that; `group` puts it into the navigation, `keys` after `g` open it from the keyboard.
 */
import type { Operation, Reach } from "./api/session";
import type { Language } from "./i18n";
import type { IconName } from "./parts/icons";

export interface PageEntry {
  /** Below `/`, in the syntax of React Router. */
  path: string;
  title: Record<Language, string>;
  load(): Promise<{ Component: React.ComponentType }>;
  group?: "day" | "people" | "rules" | "system";
  icon?: IconName;
  may?: Operation;
  reach?: Reach;
  keys?: string;
}

export const pages: PageEntry[] = [
  { path: "", title: { en: "Overview", bg: "Преглед" }, load: () => import("./pages/overview/page"), group: "day", icon: "overview", keys: "o" },
  { path: "plans", title: { en: "Plans", bg: "Планове" }, load: () => import("./pages/plans/page"), group: "rules", icon: "plans", may: "read-plans", reach: "all", keys: "p" },
  { path: "plans/:id", title: { en: "Plan studio", bg: "Ателие за планове" }, load: () => import("./pages/studio/page"), may: "read-plans", reach: "all" },
  { path: "plans/:id/compare", title: { en: "Compare", bg: "Сравнение" }, load: () => import("./pages/compare/page"), may: "read-plans", reach: "all" },
];
