/** The card of one account: every role, who is responsible, and why. */
import type { Context } from "../context";
import { isUnassigned } from "../data";
import { fill, h, icon } from "../dom";
import { roleTitle } from "../pool_view";

export function accountCard(context: Context): { element: HTMLDialogElement; open(account: number): void } {
  const { report, words } = context;
  const element = h("dialog", { class: "account-card", "aria-labelledby": "card-title" });
  element.addEventListener("click", (event) => event.target === element && element.close());
  return {
    element,
    open(i) {
      const { accounts } = report;
      const placed = accounts.lat[i] != null && accounts.lon[i] != null;
      fill(
        element,
        h(
          "div",
          { class: "account-inner" },
          h("button", { type: "button", class: "button icon-only close", "aria-label": words.card.close, title: words.card.close, onclick: () => element.close() }, icon("cross")),
          h("h2", { id: "card-title" }, accounts.name[i] || accounts.id[i]),
          h("p", { class: "quiet" }, h("span", { class: "mono" }, accounts.id[i]), ` · ${words.card.segment}: ${report.segments[accounts.segment[i]]?.name ?? words.accounts.noSegment}`, !placed && ` · ${words.card.noPlace}`),
          h("h3", null, words.card.roles),
          h(
            "ul",
            { class: "card-roles" },
            accounts.columns.map((column) => {
              const e = column.employee[i];
              const person = e == null ? null : report.employees[e];
              const pool = column.pool[i];
              if (!person && !isUnassigned(column, i)) return null;
              return h(
                "li",
                null,
                h("p", { class: "card-role" }, roleTitle(context, column.role), column.productLine && ` (${column.productLine})`),
                h("p", { class: "card-who" }, person ? h("strong", null, person.name) : h("span", { class: "chip bad" }, words.card.nobody), person?.position && h("span", { class: "quiet" }, ` ${person.position}`), column.moved[i] === 1 && h("span", { class: "chip" }, words.card.moved)),
                column.reason[i] && h("p", { class: "card-why", lang: context.foreign }, column.reason[i]),
                placed && pool != null && report.pools[pool] && h("button", { type: "button", class: "button", onclick: () => (element.close(), context.showOnMap(i, pool)) }, icon("pin", 16), words.card.showOnMap),
              );
            }),
          ),
        ),
      );
      element.showModal();
    },
  };
}
