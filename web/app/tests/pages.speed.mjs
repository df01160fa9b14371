/** `node tests/pages.speed.mjs [ACCOUNTS]`: how soon pages are there, and how the table of customers feels, with twenty thousand accounts. */
import { launch, open, settle } from "./page.mjs";
import { start } from "./service.mjs";

const accounts = Number(process.argv[2] ?? 20000);
const [service, browser] = await Promise.all([start({ accounts }), launch()]);

const largest = (page) => page.evaluate(() => new Promise((done) => new PerformanceObserver((list) => done(Math.round(list.getEntries().at(-1).startTime))).observe({ type: "largest-contentful-paint", buffered: true })));
/** From what is done until what it leads to is drawn. */
async function until(page, name, act, there) {
  const begin = performance.now();
  await act();
  await there();
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
  console.log(`${name}: ${Math.round(performance.now() - begin)} ms`);
}

for (const path of ["/", "/accounts", "/team", "/policy", "/mine"]) {
  const begin = performance.now();
  const { page, close } = await open(browser, service, path, { user: path === "/mine" ? "member" : "admin" });
  await settle(page);
  console.log(`${path}: largest paint ${await largest(page)} ms, all there after ${Math.round(performance.now() - begin)} ms`);
  await close();
}

const { page, close } = await open(browser, service, "/accounts");
const count = page.locator(".table-count");
await until(page, "sorting by name", () => page.locator("th:nth-child(2) .sort").click(), () => page.locator("th[aria-sort=ascending]").waitFor());
const all = await count.innerText();
await until(page, "filtering by a segment", () => page.getByRole("combobox", { name: "Filter by Segment" }).selectOption("Chains"), () => page.waitForFunction((before) => document.querySelector(".table-count").textContent !== before, all));
await until(page, "no filter again", () => page.getByRole("button", { name: "Clear filters" }).click(), () => page.getByText(`${accounts.toLocaleString("en-GB")} rows`).waitFor());
await until(page, "searching, 200 ms of patience included", () => page.getByRole("searchbox").fill("Market"), () => page.waitForFunction(() => location.search.includes("Market")));
await page.getByRole("searchbox").fill("");
await page.getByText(`${accounts.toLocaleString("en-GB")} rows`).waitFor();
const frames = await page.evaluate(async () => {
  const scroller = document.querySelector(".table-scroll");
  const times = [];
  let last = performance.now();
  for (let step = 0; step < 120; step++) {
    scroller.scrollTop += 600;
    await new Promise((done) => requestAnimationFrame(done));
    const now = performance.now();
    times.push(now - last);
    last = now;
  }
  return times.sort((a, b) => a - b);
});
const at = (share) => Math.round(frames[Math.min(frames.length - 1, Math.floor(frames.length * share))]);
console.log(`scrolling: median ${at(0.5)} ms a frame, p95 ${at(0.95)} ms, worst ${at(1)} ms`);
console.log(`rows drawn: ${await page.locator("tbody tr:not(.filler)").count()}`);
await close();
await browser.close();
await service.stop();
