/** Plans, the studio and the comparison: the journey once by mouse in English, once by keyboard alone in Bulgarian; and twenty thousand points. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch, open, settle, tabTo, violations } from "./page.mjs";
import { makePlan } from "./prepare.mjs";
import { session, start } from "./service.mjs";

let service, browser;
before(async () => ([service, browser] = await Promise.all([start(), launch()])));
after(async () => {
  await browser?.close();
  await service?.stop();
});

const REFUSALS = ["422 /api/v1/plans", "412 /api/v1/plans", "403 /api/v1/plans"];

/** Draws on the map, in shares of its width and height. */
async function draw(page, places) {
  const box = await page.locator(".studio-draw").boundingBox();
  const at = ([x, y]) => [box.x + box.width * x, box.y + box.height * y];
  await page.mouse.move(...at(places[0]));
  await page.mouse.down();
  for (const place of places.slice(1)) await page.mouse.move(...at(place), { steps: 6 });
  await page.mouse.up();
}

const chosen = (page) => page.locator(".chosen-count").innerText();
const count = async (page) => Number((await chosen(page)).match(/\d[\d\s,]*/)?.[0].replace(/\D/g, "") ?? 0);

test("a draft is worked on by mouse, compared, proposed, approved and applied", async () => {
  const planner = await session(service, "planner");
  const plan = await makePlan(planner, "2026-12-01");
  const { page, faults, close } = await open(browser, service, "/plans", { user: "planner", allow: REFUSALS, height: 1400 });
  await page.getByRole("link", { name: plan, exact: true }).click();
  await page.getByRole("heading", { name: "Plan studio" }).waitFor();
  await page.locator(".studio-draw").waitFor({ state: "attached" });
  await page.waitForFunction(() => document.querySelector(".studio-map canvas"));
  await settle(page);
  assert.deepEqual(await violations(page), []);

  // A lasso, a rectangle, a brush, a click.
  await page.getByRole("radio", { name: "Lasso" }).click();
  await draw(page, [[0.05, 0.05], [0.95, 0.05], [0.95, 0.95], [0.05, 0.95], [0.05, 0.06]]);
  const all = await count(page);
  assert.ok(all > 100, `${all} by the lasso`);
  await page.getByRole("radio", { name: "Rectangle" }).click();
  await draw(page, [[0.3, 0.3], [0.7, 0.7]]);
  const some = await count(page);
  assert.ok(some > 0 && some < all, `${some} by the rectangle`);
  await page.getByRole("radio", { name: "Brush" }).click();
  await draw(page, [[0.2, 0.5], [0.8, 0.5]]);
  const brushed = await count(page);
  assert.ok(brushed > 0 && brushed < all, `${brushed} by the brush`);

  // All that has nobody's lock goes to whoever is chosen.
  await page.getByRole("radio", { name: "Lasso" }).click();
  await draw(page, [[0.05, 0.05], [0.95, 0.05], [0.95, 0.95], [0.05, 0.95], [0.05, 0.06]]);
  await page.getByRole("button", { name: /Give to/ }).click();
  await page.locator(".listbox .option").nth(1).click();
  await page.getByRole("textbox", { name: "Because" }).fill("they share a warehouse");
  const loads = async () => (await page.locator(".loads").allInnerTexts()).join("\n");
  const before = await loads();
  await page.getByRole("button", { name: /^Give \d/ }).click();
  await page.getByRole("button", { name: /Undo: given by hand \(planner\)/ }).waitFor();
  const edited = await loads();
  assert.notEqual(edited, before);
  await page.getByRole("button", { name: /Undo: given by hand/ }).click();
  await page.getByRole("button", { name: /Do again: given by hand/ }).waitFor();
  assert.equal(await loads(), before);
  await page.getByRole("button", { name: /Do again: given by hand/ }).click();
  await page.getByRole("button", { name: /Undo: given by hand/ }).waitFor();
  assert.equal(await loads(), edited);

  // From the table, too: the first account is locked, and unlocked.
  await page.getByRole("button", { name: "Choose none" }).click();
  await page.locator("#studio-table tbody [role=checkbox], #studio-table tbody input[type=checkbox]").first().click();
  assert.equal(await count(page), 1);
  await page.getByRole("button", { name: "Unlock", exact: true }).click();
  await page.getByRole("button", { name: /Undo: unlocked/ }).or(page.getByText("Everything is so already")).first().waitFor();

  // The rest is divided anew; the second time it is stopped.
  await page.getByRole("button", { name: "Optimise the rest" }).click();
  await page.getByRole("progressbar").waitFor();
  await page.getByRole("button", { name: /Undo: optimised/ }).waitFor({ timeout: 90_000 });
  await page.getByRole("button", { name: "Optimise the rest" }).click();
  await page.getByRole("button", { name: "Stop" }).click();
  await page.getByText("Stopped. Nothing was changed.").waitFor({ timeout: 30_000 });

  await page.getByRole("link", { name: "Compare" }).click();
  await page.getByRole("heading", { name: "Compare" }).waitFor();
  await page.locator("#compare-people table").waitFor();
  await page.locator("#compare-changes table").waitFor();
  await settle(page);
  assert.deepEqual(await violations(page), []);
  await page.getByRole("button", { name: "Comment" }).click();
  await page.getByRole("textbox", { name: /Comment/ }).fill("ready for spring");
  await page.getByRole("dialog").getByRole("button", { name: "Comment" }).click();
  await page.getByText("planner: said — ready for spring").waitFor();
  await page.getByRole("button", { name: "Propose" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Propose" }).click();
  await page.getByRole("button", { name: "Approve" }).waitFor();
  // Whoever edited it does not approve it.
  await page.getByRole("button", { name: "Approve" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Approve" }).click();
  await page.getByRole("dialog").getByRole("alert").getByText("somebody else has to approve it").waitFor();
  assert.deepEqual(faults, []);
  await close();

  const other = await open(browser, service, `/plans/${plan}/compare`, { user: "admin" });
  await other.page.getByRole("button", { name: "Approve" }).click();
  await other.page.getByRole("dialog").getByRole("button", { name: "Approve" }).click();
  await other.page.getByRole("button", { name: "Apply" }).click();
  await other.page.getByRole("dialog").getByRole("button", { name: "Apply" }).click();
  await other.page.getByText("admin: applied").waitFor({ timeout: 30_000 });
  assert.deepEqual(other.faults, []);
  await other.close();
});

test("the same by keyboard alone, in Bulgarian", async () => {
  const planner = await session(service, "planner");
  const plan = await makePlan(planner, "2027-02-01");
  const { page, faults, close } = await open(browser, service, `/plans/${plan}`, { user: "planner", language: "bg", allow: REFUSALS, height: 1400 });
  await page.getByRole("heading", { name: "Ателие за планове" }).waitFor();
  await page.locator("#studio-table table").waitFor();
  await settle(page);
  assert.deepEqual(await violations(page), []);
  // The first account of the table is chosen, and locked.
  await tabTo(page, "#studio-table tbody [role=checkbox], #studio-table tbody input[type=checkbox]", 200);
  await page.keyboard.press("Space");
  assert.equal(await count(page), 1);
  await page.locator("body").press("Shift+Tab");
  await page.locator("h1").focus();
  await tabTo(page, ".chosen-bar button:nth-of-type(2)", 200);
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: /Отмени: заключено/ }).waitFor();
  // Undone and done again by the keys that everybody knows.
  await page.locator("h1").focus();
  await page.keyboard.press("Control+z");
  await page.getByRole("button", { name: /Повтори: заключено/ }).waitFor();
  await page.keyboard.press("Control+y");
  await page.getByRole("button", { name: /Отмени: заключено/ }).waitFor();
  await tabTo(page, "a[href$='/compare']");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Сравнение" }).waitFor();
  await page.locator("#compare-changes table").waitFor();
  await tabTo(page, ".page-head .button.main");
  await page.keyboard.press("Enter");
  await page.getByRole("dialog").waitFor();
  await tabTo(page, ".dialog textarea");
  await page.keyboard.type("за пролетта");
  await tabTo(page, ".dialog button[type=submit]");
  await page.keyboard.press("Enter");
  await page.getByText("planner: предложен — за пролетта").waitFor();
  assert.deepEqual(faults, []);
  await close();
});

test("a front is found, and a plan of it is taken", async () => {
  const planner = await session(service, "planner");
  const plan = await makePlan(planner, "2027-03-01");
  const { page, faults, close } = await open(browser, service, `/plans/${plan}`, { user: "planner", height: 1400 });
  await page.getByRole("button", { name: "Find plans to choose between" }).click();
  const slider = page.getByRole("slider", { name: "Plan of the front" });
  await slider.waitFor({ timeout: 110_000 });
  await slider.focus();
  await page.keyboard.press("End");
  await page.getByRole("button", { name: "Take this plan" }).click();
  await page.getByRole("button", { name: /Undo: plan of the front taken/ }).waitFor();
  assert.deepEqual(await violations(page), []);
  assert.deepEqual(faults, []);
  await close();
});
