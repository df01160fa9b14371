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
  group?: "day" | "people" | "results" | "rules" | "system";
  icon?: IconName;
  may?: Operation;
  reach?: Reach;
  keys?: string;
}

export const pages: PageEntry[] = [
  { path: "", title: { en: "Overview", bg: "Преглед" }, load: () => import("./pages/overview/page"), group: "day", icon: "overview", may: "read-assignments", keys: "o" },
  { path: "mine", title: { en: "My customers", bg: "Моите клиенти" }, load: () => import("./pages/mine/page"), group: "day", icon: "person", may: "read-assignments", keys: "m" },
  { path: "inbox", title: { en: "Inbox", bg: "Входящи" }, load: () => import("./pages/inbox/page"), group: "day", icon: "inbox", may: "read-communications", keys: "i" },
  { path: "inbox/:number", title: { en: "Matter", bg: "Въпрос" }, load: () => import("./pages/matter/page"), may: "read-communications" },
  { path: "appeals", title: { en: "Appeals", bg: "Възражения" }, load: () => import("./pages/appeals/page"), group: "day", icon: "appeal", may: "answer-appeals", keys: "e" },
  { path: "accounts", title: { en: "Customers", bg: "Клиенти" }, load: () => import("./pages/accounts/page"), group: "people", icon: "accounts", may: "read-assignments", keys: "a" },
  { path: "accounts/:id", title: { en: "Customer", bg: "Клиент" }, load: () => import("./pages/account/page"), may: "read-assignments" },
  { path: "team", title: { en: "Team", bg: "Екип" }, load: () => import("./pages/team/page"), group: "people", icon: "team", may: "read-employees", keys: "t" },
  { path: "team/:id", title: { en: "Employee", bg: "Служител" }, load: () => import("./pages/employee/page"), may: "read-employees" },
  { path: "contribution", title: { en: "Contribution", bg: "Принос" }, load: () => import("./pages/contribution/page"), group: "results", icon: "chart", may: "read-pay", keys: "c" },
  { path: "contribution/credits", title: { en: "Order lines", bg: "Редове от поръчки" }, load: () => import("./pages/credits/page"), may: "read-pay" },
  { path: "pay", title: { en: "Pay", bg: "Възнаграждение" }, load: () => import("./pages/pay/page"), group: "results", icon: "pay", may: "read-pay", keys: "y" },
  { path: "pay/disputes/:number", title: { en: "Dispute", bg: "Възражение" }, load: () => import("./pages/pay/dispute"), may: "read-pay" },
  { path: "pay/:period/:employee", title: { en: "Statement", bg: "Извлечение" }, load: () => import("./pages/statement/page"), may: "read-pay" },
  { path: "service-levels", title: { en: "Service levels", bg: "Нива на обслужване" }, load: () => import("./pages/service_levels/page"), group: "results", icon: "promise", may: "read-communications", keys: "l" },
  { path: "plans", title: { en: "Plans", bg: "Планове" }, load: () => import("./pages/plans/page"), group: "rules", icon: "plans", may: "read-plans", reach: "all", keys: "p" },
  { path: "plans/:id", title: { en: "Plan studio", bg: "Ателие за планове" }, load: () => import("./pages/studio/page"), may: "read-plans", reach: "all" },
  { path: "plans/:id/compare", title: { en: "Compare", bg: "Сравнение" }, load: () => import("./pages/compare/page"), may: "read-plans", reach: "all" },
  { path: "skills", title: { en: "Skills", bg: "Умения" }, load: () => import("./pages/skill_gap/page"), group: "rules", icon: "skills", may: "read-loads", reach: "all", keys: "k" },
  { path: "strategy", title: { en: "Sizing and strategy", bg: "Численост и стратегия" }, load: () => import("./pages/strategy/page"), group: "rules", icon: "strategy", may: "read-loads", reach: "all", keys: "z" },
  { path: "policy", title: { en: "Policy", bg: "Политика" }, load: () => import("./pages/policy/page"), group: "rules", icon: "policy", may: "read-policies", keys: "r" },
  { path: "import", title: { en: "Import", bg: "Внасяне" }, load: () => import("./pages/import/page"), group: "system", icon: "import", may: "import", reach: "all", keys: "f" },
  { path: "audit", title: { en: "Audit", bg: "Одит" }, load: () => import("./pages/audit/page"), group: "system", icon: "audit", may: "read-audit", keys: "d" },
  { path: "settings", title: { en: "Settings", bg: "Настройки" }, load: () => import("./pages/settings/page"), group: "system", icon: "settings", keys: "s" },
];
