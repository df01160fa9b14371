/** `node tests/pages.speed.mjs [ACCOUNTS]`: how soon every page is there, and how the table of customers feels, with twenty thousand accounts. */
import { ADDRESSES } from "./addresses.mjs";
import { largest, slowest, watchFrames } from "./measure.mjs";
import { launch, open, settle } from "./page.mjs";
import { prepare } from "./prepare.mjs";
import { start } from "./service.mjs";

const accounts = Number(process.argv[2] ?? 20000);
const [service, browser] = await Promise.all([start({ accounts }), launch()]);
const known = await prepare(service);

/** From what is done until what it leads to is drawn. */
async function until(page, name, act, there) {
  const begin = performance.now();
  await act();
  await there();
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
  console.log(`${name}: ${Math.round(performance.now() - begin)} ms`);
}

const times = [];
for (const address of ADDRESSES) {
  const path = address.path.replace(/\{(\w+)\}/g, (_, name) => known[name]);
  const begin = performance.now();
  const { page, close } = await open(browser, service, path, { user: address.user === undefined ? "admin" : address.user });
  if (address.wait) await page.waitForSelector(address.wait);
  await settle(page);
  times.push(await largest(page));
  console.log(`${address.name}: largest paint ${times.at(-1)} ms, all there after ${Math.round(performance.now() - begin)} ms; slowest ${await slowest(page)}`);
  await close();
}
console.log(`${times.length} pages: ${times.filter((one) => one > 1500).length} over 1.5 s, the slowest ${Math.max(...times)} ms`);

const { page, close } = await open(browser, service, "/accounts");
const count = page.locator(".table-count");
await until(page, "sorting by name", () => page.locator("th:nth-child(2) .sort").click(), () => page.locator("th[aria-sort=ascending]").waitFor());
const all = await count.innerText();
await until(page, "filtering by a segment", () => page.getByRole("combobox", { name: "Filter by Segment" }).selectOption("Chains"), () => page.waitForFunction((before) => document.querySelector(".table-count").textContent !== before, all));
await until(page, "no filter again", () => page.getByRole("button", { name: "Clear filters" }).click(), () => page.getByText(`${accounts.toLocaleString("en-GB")} rows`).waitFor());
await until(page, "searching, 200 ms of patience included", () => page.getByRole("searchbox").fill("Market"), () => page.waitForFunction(() => location.search.includes("Market")));
await page.getByRole("searchbox").fill("");
await page.getByText(`${accounts.toLocaleString("en-GB")} rows`).waitFor();
const frames = await watchFrames(page);
await frames("scrolling", () =>
  page.evaluate(async () => {
    const scroller = document.querySelector(".table-scroll");
    for (let step = 0; step < 120; step++) {
      scroller.scrollTop += 600;
      await new Promise((done) => requestAnimationFrame(done));
    }
  }),
);
console.log(`rows drawn: ${await page.locator("tbody tr:not(.filler)").count()}`);
await close();
await browser.close();
await service.stop();
