/** The studio and the comparison by keyboard alone, in Bulgarian; and a plan of the front. */
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

const chosen = (page) => page.locator(".chosen-count").innerText();
const count = async (page) => Number((await chosen(page)).match(/\d[\d\s,]*/)?.[0].replace(/\D/g, "") ?? 0);

test("a draft is worked on by keyboard alone, in Bulgarian", async () => {
  const planner = await session(service, "planner");
  const plan = await makePlan(planner, "2027-02-01");
  const { page, faults, close } = await open(browser, service, `/plans/${plan}`, { user: "planner", language: "bg", allow: REFUSALS, height: 1400 });
  await page.getByRole("heading", { name: "Ателие за планове" }).waitFor();
  await page.locator("#studio-table table").waitFor();
  await page.locator(".studio-map[data-drawn]").waitFor();
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
  // Pressed one upon the other, faster than the service answers: each counts, in its order.
  for (const keys of ["Control+z", "Control+y", "Control+z", "Control+y"]) await page.keyboard.press(keys);
  await page.locator("#studio-history li").nth(6).waitFor();
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
