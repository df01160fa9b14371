/**
 * The plan report: reads the plan embedded in the page and builds the page from it. Everything is drawn again when the language changes;
 * the choices (pool, employees) stay.
 */
import "./styles/base.css";
import "./styles/sections.css";
import "./styles/print.css";
import type { AccountFilter, Change, Choice, Context } from "./context";
import { readReport, type Language, type Report } from "./data";
import { fill, h, icon } from "./dom";
import { dictionaries, formatFor } from "./i18n";
import { accountsSection } from "./sections/accounts";
import { accountCard } from "./sections/card";
import { employeesSection } from "./sections/employees";
import { frontSection } from "./sections/front";
import { header } from "./sections/header";
import { mapSection } from "./sections/map";
import { methodSection } from "./sections/method";
import { overview } from "./sections/overview";
import { problems } from "./sections/problems";
import { segmentsSection } from "./sections/segments";
import { sizingSection } from "./sections/sizing";
import { currentTheme, watchTheme, switchTheme } from "./theme";

const app = document.getElementById("app")!;
const announcer = h("div", { class: "sr-only", "aria-live": "polite" });
document.body.append(announcer);

function start(report: Report): void {
  const choice: Choice = { pool: report.pools.length ? 0 : -1, employees: new Set(), scale: "zero", movedOnly: false };
  const worst = report.pools.findIndex((pool) => pool.infeasible.length > 0 || pool.measures.some((m) => !m.kept));
  const withMap = report.pools.findIndex((pool) => pool.territories.length > 0);
  if (report.pools.length) choice.pool = Math.max(0, worst >= 0 ? worst : withMap);
  let language: Language = report.language === "bg" ? "bg" : "en";
  let repaintMap: (sharpness?: number) => void = () => {};

  function draw(focus?: string): void {
    const words = dictionaries[language];
    const format = formatFor(language);
    const listeners: ((change: Change) => void)[] = [];
    const tell = (change: Change) => listeners.forEach((listener) => listener(change));
    document.documentElement.lang = language;
    document.title = [report.title, report.company].filter(Boolean).join(" – ") || "Bailiwick";

    const context: Context = {
      report,
      words,
      format,
      choice,
      foreign: language === report.language ? null : report.language,
      listen: (listener) => listeners.push(listener),
      choosePool(pool) {
        if (pool === choice.pool || !report.pools[pool]) return;
        choice.pool = pool;
        choice.employees = new Set();
        choice.movedOnly = false;
        tell("pool");
      },
      toggleEmployee(employee) {
        if (!choice.employees.delete(employee)) choice.employees.add(employee);
        tell("employees");
      },
      chooseEmployees(employees) {
        choice.employees = new Set(employees);
        tell("employees");
      },
      chooseScale(scale) {
        choice.scale = scale;
        tell("scale");
      },
      chooseMovedOnly(on) {
        choice.movedOnly = on;
        tell("employees");
      },
      openAccount: (account) => card.open(account),
      showOnMap(account, pool) {
        context.choosePool(pool);
        context.chooseEmployees([]);
        document.getElementById("map")?.scrollIntoView();
        map?.map.goTo(account);
      },
      listAccounts: (filter: AccountFilter) => accounts.filter(filter),
      announce: (text) => (announcer.textContent = text),
    };

    const card = accountCard(context);
    const trouble = problems(context);
    const grid = overview(context);
    const map = mapSection(context);
    const accounts = accountsSection(context);
    const front = frontSection(context);
    const sizing = sizingSection(context);
    const segments = segmentsSection(context);
    repaintMap = (sharpness) => (sharpness ? map?.map.paintNow(sharpness) : map?.map.repaint());

    const links: [string, string, unknown][] = [
      ["problems", words.nav.problems, trouble.broken],
      ["overview", words.nav.overview, grid],
      ["map", words.nav.map, map],
      ["front", words.nav.front, front],
      ["sizing", words.nav.sizing, sizing],
      ["employees", words.nav.employees, true],
      ["accounts", words.nav.accounts, true],
      ["segments", words.nav.segments, segments],
      ["method", words.nav.method, true],
    ];
    const languageButton = (code: Language, name: string) =>
      h("button", { type: "button", id: `language-${code}`, lang: code, class: "button", "aria-pressed": String(language === code), onclick: () => ((language = code), draw(`language-${code}`)) }, name);
    const themeButton = h("button", { type: "button", class: "button icon-only" });
    const drawTheme = () => {
      const dark = currentTheme() === "dark";
      const label = dark ? words.themeLight : words.themeDark;
      themeButton.setAttribute("aria-label", label);
      themeButton.title = label;
      fill(themeButton, icon(dark ? "sun" : "moon"));
      map?.map.repaint();
    };
    themeButton.addEventListener("click", switchTheme);
    onTheme = drawTheme;
    drawTheme();

    fill(
      app,
      h("a", { class: "skip", href: "#main" }, words.skip),
      h(
        "header",
        { class: "topbar no-print" },
        h("div", { class: "topbar-inner" },
          h("span", { class: "brand" }, h("span", { class: "brand-mark", "aria-hidden": "true" }), h("span", { class: "brand-name" }, "Bailiwick")),
          h("nav", { class: "contents", "aria-label": words.contents }, links.filter((link) => link[2]).map(([id, name]) => h("a", { href: `#${id}` }, name))),
          h("div", { class: "switches" }, h("div", { role: "group", class: "group", "aria-label": words.language }, languageButton("en", "English"), languageButton("bg", "Български")), themeButton, h("button", { type: "button", class: "button icon-only", "aria-label": words.print, title: words.print, onclick: () => print() }, icon("print"))),
        ),
      ),
      h("main", { id: "main", tabindex: -1 }, header(context), context.foreign && h("p", { class: "note" }, words.sourceLanguage), trouble.broken, grid, map?.element, front, sizing, employeesSection(context), accounts.element, segments, methodSection(context), trouble.notes),
      card.element,
    );
    if (focus) document.getElementById(focus)?.focus();
  }

  let onTheme: () => void = () => {};
  watchTheme(() => onTheme());
  // Paper is white whatever the theme, and finer than a screen.
  let before = currentTheme();
  addEventListener("beforeprint", () => {
    for (const frame of document.querySelectorAll<HTMLElement>(".map-frame")) frame.style.setProperty("--ratio", String(frame.clientWidth / Math.max(1, frame.clientHeight)));
    before = currentTheme();
    document.documentElement.dataset.theme = "light";
    repaintMap(4);
  });
  addEventListener("afterprint", () => {
    document.documentElement.dataset.theme = before;
    repaintMap();
  });
  draw();
}

const report = readReport();
if (report) start(report);
else fill(app, h("main", { id: "main" }, h("h1", null, "Bailiwick"), h("p", null, dictionaries.en.noData), h("p", { lang: "bg" }, dictionaries.bg.noData)));
