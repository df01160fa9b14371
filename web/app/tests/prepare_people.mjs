/** Pay and studies that pages have to show: a dispute, an order divided by hand, and one study of each kind. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { session } from "./service.mjs";

/**
 * Sees that orders have somebody to be credited to: where the company's orders are all older than its ledger, they are moved
 * a year on, into the time of its assignments.
 */
export async function creditedOrders(service) {
  const admin = await session(service);
  const { body } = await admin("GET", "/contribution");
  if (Number(body.credited) > 0) return;
  const file = join(service.demo, "orders.csv");
  writeFileSync(file, readFileSync(file, "utf8").replace(/(?<=,)(\d{4})(?=-\d\d-\d\d,)/g, (year) => String(Number(year) + 1)));
}

/** A study of the project, once it is done. */
export async function study(service, wish) {
  const planner = await session(service, "planner");
  const { body: job } = await planner("POST", "/studies", wish);
  for (;;) {
    const { body } = await planner("GET", `/studies/${job.job_id}`);
    if (body.state === "done") return body;
    if (!["queued", "running"].includes(body.state)) throw new Error(`${wish.of}: ${body.error}`);
    await new Promise((done) => setTimeout(done, 200));
  }
}

/** The newest period in which somebody has credits, with one of them. */
export async function periodOf(service, employee) {
  const admin = await session(service);
  const { body: periods } = await admin("GET", "/pay-periods");
  for (const { period } of periods.periods) {
    const { body } = await admin("GET", `/statements/${period}/${employee}`).catch(() => ({ body: null }));
    if (body && body.credits.length > 1) return { period, credit: body.credits[0] };
  }
  throw new Error(`${employee} has no credits in any period`);
}

export async function preparePay(service, employee) {
  const admin = await session(service);
  await creditedOrders(service);
  const { period, credit } = await periodOf(service, employee);
  const dispute = await admin("POST", "/disputes", { employee_id: employee, period, order_id: credit.order, line: credit.line, claim: "I won this order together with a colleague." });
  const { body: lines } = await admin("GET", `/credits?employee=E-002&limit=1`);
  const order = lines.credits[0]?.order ?? credit.order;
  await admin("POST", "/credit-splits", { order_id: order, parts: [{ employee_id: employee, part: "60" }, { employee_id: "E-002", part: "40" }], reason: "Won together at the fair" });
  return { period, dispute: dispute.body.number };
}

export async function prepareStudies(service) {
  for (const wish of [{ of: "service-levels" }, { of: "skills" }, { of: "sizing" }, { of: "effort" }, { of: "scenario", scenario: 'name = "One more"\n\n[[joiners]]\nlike = "E-020"\n' }]) await study(service, wish);
}
