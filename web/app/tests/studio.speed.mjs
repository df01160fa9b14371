/** `node tests/studio.speed.mjs [ACCOUNTS]`: how long the studio takes with twenty thousand accounts, in Chromium without a graphics card. */
import { watchFrames } from "./measure.mjs";
import { launch, open, settle } from "./page.mjs";
import { makePlan } from "./prepare.mjs";
import { session, start } from "./service.mjs";

const accounts = Number(process.argv[2] ?? 20000);
const [service, browser] = await Promise.all([start({ accounts }), launch()]);
const planner = await session(service, "planner");
const plan = await makePlan(planner, "2026-12-01");
const timed = async (name, act) => {
  const begin = performance.now();
  const result = await act();
  console.log(`${name}: ${Math.round(performance.now() - begin)} ms`);
  return result;
};
await timed("draft, first time", () => planner("GET", `/plans/${plan}/draft`));
await timed("draft, warm", () => planner("GET", `/plans/${plan}/draft`));
const map = await timed("map, warm", () => planner("GET", `/plans/${plan}/map`));
console.log(`${map.body.id.length} accounts`);
await timed("outlines", () => planner("GET", `/plans/${plan}/outlines`));
await timed("comparison", () => planner("GET", `/plans/${plan}/comparison`));
const { page, close } = await open(browser, service, `/plans/${plan}`, { user: "planner", height: 1400 });
await page.waitForSelector(".studio-map[data-drawn]", { timeout: 60_000 });
await settle(page);

const frames = await watchFrames(page);
const box = await page.locator(".studio-map").boundingBox();
const at = (x, y) => [box.x + box.width * x, box.y + box.height * y];
const drag = async (places) => {
  await page.mouse.move(...at(...places[0]));
  await page.mouse.down();
  for (const place of places.slice(1)) await page.mouse.move(...at(...place), { steps: 15 });
  await page.mouse.up();
};
await frames("lasso over everything", () => drag([[0.05, 0.05], [0.95, 0.05], [0.95, 0.95], [0.05, 0.95], [0.05, 0.1]]));
await frames("after the lasso", () => page.waitForTimeout(1000));
console.log(await page.locator(".chosen-count").innerText());
await page.getByRole("radio", { name: "Brush" }).click();
await frames("brush across", () => drag([[0.1, 0.5], [0.9, 0.5]]));
await page.getByRole("radio", { name: "Click or move" }).click();
await frames("moving the map", () => drag([[0.5, 0.5], [0.3, 0.3], [0.7, 0.6], [0.5, 0.5]]));
await frames("zooming", async () => {
  for (let times = 0; times < 5; times++) {
    await page.mouse.wheel(0, -300);
    await page.waitForTimeout(200);
  }
});
await close();
await browser.close();
await service.stop();
