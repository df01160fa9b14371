/** Gives the company some of everything, so that pages have something to show. What it made is named for `addresses.mjs`. */
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
  const planner = await session(service, "planner");
  return { account: "C00100", employee: "E-020", plan: await makePlan(planner, "2026-12-01") };
}
