/** Gives the company some of everything, so that pages have something to show. What it made is named for `addresses.mjs`. */
import { preparePay, prepareStudies } from "./prepare_people.mjs";
import { session } from "./service.mjs";

/** A plan from a day on, as a draft. */
export async function makePlan(ask, on) {
  const { body } = await ask("POST", "/plans/compute", { on, seconds: 2, comment: "for the season" });
  for (;;) {
    const { body: job } = await ask("GET", `/jobs/${body.job_id}`);
    if (job.state === "done") return job.result.plan_id;
    if (!["queued", "running"].includes(job.state)) throw new Error(job.error);
    await new Promise((done) => setTimeout(done, 200));
  }
}

export async function prepare(service) {
  const call = await session(service);
  const account = "C00100";
  await call("POST", `/accounts/${account}/contacts`, { name: "Vera Petrova", position: "Head of purchasing", email: "vera@example.com", phones: ["+359 2 555 01 01"], main: true });
  await call("POST", `/accounts/${account}/needs`, { text: "A colder store before the summer" });
  const matter = await call("POST", "/communications", { account_id: account, channel: "call", subject: "The cold room is too warm", text: "Since yesterday; asks for somebody today.", due: "2026-01-15", stage: "Repair" });
  await call("POST", "/communications", { caller: "A restaurant in Varna", channel: "e-mail", subject: "Price of a display case" });
  await call("POST", "/absences", { employee_id: "E-021", from: "2026-01-01", reason: "Parental leave" });
  const member = await session(service, "member");
  const mine = (await member("GET", "/accounts/rows?employee=E-020")).body.rows.slice(0, 2);
  for (const row of mine) {
    const held = row.holders.find((one) => one.employee_id === "E-020");
    await member("POST", "/appeals", { account_id: row.account_id, role: held.role, product_line: held.product_line, reason: "Their director is my brother, and buys from me for that alone" });
  }
  await call("POST", "/appeals/2/answer", { granted: false, words: "He does not decide what they buy" });
  const plan = await makePlan(await session(service, "planner"), "2026-12-01");
  const pay = await preparePay(service, "E-020");
  await prepareStudies(service);
  return { account, employee: "E-020", matter: matter.body.number, audit: 1, plan, ...pay };
}
