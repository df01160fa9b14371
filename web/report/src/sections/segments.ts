/** Segments with their conditions, and the roles with their goals. */
import type { Context } from "../context";
import { h } from "../dom";

export function segmentsSection(context: Context): HTMLElement | null {
  const { report, words, format } = context;
  if (report.segments.length === 0 && report.roles.length === 0) return null;
  const total = Math.max(1, ...report.segments.map((s) => s.accounts));
  return h(
    "section",
    { id: "segments", "aria-labelledby": "segments-title" },
    h("h2", { id: "segments-title" }, words.segments.title),
    h("p", { class: "lead" }, words.segments.lead),
    h(
      "div",
      { class: "two" },
      report.segments.length > 0 &&
        h(
          "ol",
          { class: "card segments" },
          report.segments.map((segment) =>
            h(
              "li",
              null,
              h("div", { class: "segment-head" }, h("strong", null, segment.name), h("button", { type: "button", class: "link", "aria-label": `${segment.name}: ${words.overview.accounts(segment.accounts, format.number(segment.accounts))}`, onclick: () => context.listAccounts({ segment: report.segments.indexOf(segment) }) }, words.overview.accounts(segment.accounts, format.number(segment.accounts)))),
              h("div", { class: "meter", "aria-hidden": "true" }, h("span", { style: `inline-size: ${(100 * segment.accounts) / total}%` })),
              segment.when.trim() === "true" || segment.when === "" ? h("p", { class: "quiet" }, words.segments.everything) : h("code", null, segment.when),
            ),
          ),
        ),
      report.roles.length > 0 &&
        h(
          "div",
          { class: "card pad roles" },
          h("h3", null, words.segments.roles),
          h("dl", null, report.roles.map((role) => h("div", null, h("dt", { lang: context.foreign }, role.title || role.name), h("dd", { lang: context.foreign }, role.goal)))),
        ),
    ),
  );
}
