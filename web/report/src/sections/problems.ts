/** "What could not be kept", first on the page when there is any; null when all is well. */
import type { Context } from "../context";
import { isUnassigned } from "../data";
import { h, icon } from "../dom";
import { measureName, poolName } from "../pool_view";

interface Problem {
  tone: "bad" | "warn" | "info";
  label: string;
  title: string;
  text: string;
  where: string;
  by: string;
  remedy: string;
  action: HTMLElement | null;
  /** Written by the planner, in its language. */
  planner: boolean;
}

const firstShown = 6;

export function problems(context: Context): { broken: HTMLElement | null; notes: HTMLElement | null } {
  const { words, format, report } = context;
  const list = [...unassigned(context), ...promises(context), ...findings(context, ["error", "warning"])];
  const notes = findings(context, ["info"]);
  const cards = list.map((problem) => card(context, problem));
  let more: HTMLElement | null = null;
  if (cards.length > firstShown + 2) {
    const rest = cards.slice(firstShown);
    rest.forEach((element) => element.classList.add("folded"));
    more = h(
      "button",
      {
        type: "button",
        class: "button no-print",
        onclick: () => {
          rest.forEach((element) => element.classList.remove("folded"));
          more?.remove();
          rest[0].setAttribute("tabindex", "-1");
          rest[0].focus();
        },
      },
      words.problems.more(rest.length, format.number(rest.length)),
    );
  }
  const broken =
    list.length === 0
      ? null
      : h("section", { id: "problems", "aria-labelledby": "problems-title" }, h("h2", { id: "problems-title" }, words.problems.title), h("p", { class: "lead" }, words.problems.lead), h("ul", { class: "problems" }, cards), more);
  return {
    broken,
    notes: notes.length === 0 ? null : h("details", { class: "notes" }, h("summary", null, words.problems.notes(notes.length, format.number(notes.length))), h("ul", { class: "problems" }, notes.map((note) => card(context, note)))),
  };

  function unassigned(_: Context): Problem[] {
    if (report.counts.unassigned === 0) return [];
    let column = -1;
    for (let c = 0; c < report.accounts.columns.length && column < 0; c++) if (report.accounts.id.some((_id, i) => isUnassigned(report.accounts.columns[c], i))) column = c;
    return [
      {
        tone: "bad",
        label: words.problems.severity.error,
        title: words.problems.unassigned(report.counts.unassigned, format.number(report.counts.unassigned)),
        text: words.problems.unassignedText,
        where: "",
        by: "",
        remedy: "",
        planner: false,
        action: column < 0 ? null : h("button", { type: "button", class: "button no-print", onclick: () => context.listAccounts({ column, status: "unassigned" }) }, words.problems.unassignedList),
      },
    ];
  }
}

function showButton(context: Context, pool: number): HTMLElement {
  return h(
    "button",
    {
      type: "button",
      class: "button no-print",
      onclick: () => {
        context.choosePool(pool);
        const title = document.getElementById("map-title");
        title?.scrollIntoView();
        title?.focus();
      },
    },
    icon("pin", 16),
    context.words.problems.show,
  );
}

function promises(context: Context): Problem[] {
  const { report, words, format } = context;
  return report.pools.flatMap((pool, index) => {
    const where = poolName(context, pool);
    const base = { tone: "warn" as const, label: words.problems.severity.warning, where, action: showButton(context, index) };
    if (pool.infeasible.length > 0) return pool.infeasible.map((entry): Problem => ({ ...base, title: entry.what, text: "", where: entry.where ? `${where}: ${entry.where}` : where, by: entry.by, remedy: entry.remedy, planner: true }));
    const shown: Problem[] = pool.measures
      .filter((measure) => !measure.kept)
      .map((measure) => ({
        ...base,
        title: words.problems.measure(measureName(context, measure.name)),
        text: measure.tolerance == null ? "" : words.problems.measureText(format.percent(measure.maxDeviation), format.percent(measure.tolerance)),
        by: "",
        remedy: "",
        planner: false,
      }));
    if (pool.contiguous === false) shown.push({ ...base, title: words.problems.notContiguous, text: words.problems.notContiguousText, by: "", remedy: "", planner: false });
    return shown;
  });
}

function findings(context: Context, severities: string[]): Problem[] {
  const { words } = context;
  return context.report.findings
    .filter((finding) => severities.includes(finding.severity))
    .sort((a, b) => severities.indexOf(a.severity) - severities.indexOf(b.severity))
    .map((finding) => ({
      tone: finding.severity === "error" ? "bad" : finding.severity === "warning" ? "warn" : "info",
      label: words.problems.severity[finding.severity],
      title: finding.title,
      text: finding.text,
      where: "",
      by: "",
      remedy: finding.remedy,
      planner: true,
      action: null,
    }));
}

function card(context: Context, problem: Problem): HTMLElement {
  const { words } = context;
  const lang = problem.planner ? context.foreign : null;
  const row = (label: string, text: string, own: string | null) => text && h("div", null, h("dt", null, label), h("dd", { lang: own }, text));
  return h(
    "li",
    { class: `problem ${problem.tone}` },
    h("span", { class: "problem-mark" }, icon(problem.tone === "info" ? "info" : problem.tone === "bad" ? "cross" : "alert", 18), h("span", { class: "sr-only" }, problem.label)),
    h(
      "div",
      { class: "problem-body" },
      h("h3", { lang }, problem.title),
      problem.text && h("p", { lang }, problem.text),
      h("dl", null, row(words.problems.where, problem.where, null), row(words.problems.by, problem.by, lang), row(words.problems.remedy, problem.remedy, lang)),
      problem.action,
    ),
  );
}
