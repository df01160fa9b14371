/** The frame: first day, signing in and out, the ways about by mouse and by keyboard, languages, colours, speed. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch, open, settle, tabTo, violations } from "./page.mjs";
import { PASSWORD, start } from "./service.mjs";

let service, browser;
before(async () => ([service, browser] = await Promise.all([start(), launch()])));
after(async () => {
  await browser?.close();
  await service?.stop();
});

test("the first administrator is made on the first day", async () => {
  const fresh = await start({ accounts: 500, users: false });
  const { page, faults, close } = await open(browser, fresh, "/", { user: null, allow: ["403 /api/v1/setup"] });
  assert.match(await page.textContent("h1"), /Set up/);
  assert.deepEqual(await violations(page), []);
  await page.getByLabel("Secret for setting up").fill("a guess");
  await page.getByLabel("Your name").fill("maria");
  await page.getByLabel("Password", { exact: false }).first().fill(PASSWORD);
  await page.getByLabel("The password once more").fill(PASSWORD);
  await page.getByRole("button", { name: "Create the administrator" }).click();
  await page.getByRole("alert").getByText("not the secret").waitFor();
  await page.getByLabel("Secret for setting up").fill(fresh.secret);
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Signed in as maria" }).waitFor();
  assert.deepEqual(faults, []);
  await close();
  await fresh.stop();
});

test("signing in and out by keyboard alone", async () => {
  const { page, faults, close } = await open(browser, service, "/", { user: null, allow: ["401 /api/v1/session"] });
  await page.keyboard.type("planner");
  await page.keyboard.press("Tab");
  await page.keyboard.type("wrong, and long enough");
  await page.keyboard.press("Enter");
  await page.getByRole("alert").getByText("wrong").waitFor();
  await page.getByLabel("Password").fill(PASSWORD);
  await page.keyboard.press("Enter");
  await page.getByRole("navigation", { name: "Pages" }).waitFor();
  await page.waitForLoadState("networkidle");
  await settle(page);
  await tabTo(page, "[aria-label^='Signed in as']");
  await page.keyboard.press("Enter");
  await page.getByRole("menu").waitFor();
  await page.keyboard.press("End");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
  assert.deepEqual(faults, []);
  await close();
});

test("the skip link leads to the content", async () => {
  const { page, close } = await open(browser, service);
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.className), "skip");
  await page.keyboard.press("Enter");
  assert.equal(await page.evaluate(() => document.activeElement.id), "content");
  await close();
});

test("language and colours are kept", async () => {
  const { page, faults, close } = await open(browser, service);
  await page.getByRole("button", { name: "Български" }).click();
  await page.getByRole("heading", { name: "Преглед" }).waitFor();
  await page.getByRole("button", { name: "Цветове" }).click();
  await page.getByRole("menuitemradio", { name: "Тъмни" }).click();
  assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), "dark");
  await page.reload();
  await page.getByRole("heading", { name: "Преглед" }).waitFor();
  assert.deepEqual(await page.evaluate(() => [document.documentElement.lang, document.documentElement.dataset.theme]), ["bg", "dark"]);
  assert.deepEqual(faults, []);
  await close();
});

test("Ctrl-K finds a customer, ? shows the keys", async () => {
  const { page, faults, close } = await open(browser, service);
  await page.keyboard.press("Control+k");
  await page.getByPlaceholder("A page, a customer").waitFor();
  assert.deepEqual(await violations(page), []);
  await page.keyboard.type("C00100");
  await page.getByRole("menuitem", { name: /C00100/ }).waitFor();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.waitForURL("**/accounts/C00100");
  await page.keyboard.press("?");
  await page.getByRole("dialog", { name: "Keyboard shortcuts" }).waitFor();
  assert.deepEqual(await violations(page), []);
  await page.keyboard.press("Escape");
  assert.deepEqual(faults, []);
  await close();
});

test("the largest paint comes within 1.5 seconds", async () => {
  const { page, close } = await open(browser, service);
  await settle(page);
  const paint = await page.evaluate(() => new Promise((done) => new PerformanceObserver((list) => done(list.getEntries().at(-1).startTime)).observe({ type: "largest-contentful-paint", buffered: true })));
  console.log(`largest paint: ${Math.round(paint)} ms`);
  assert.ok(paint <= 1500, `${paint} ms`);
  await close();
});

test("on paper a table has all its rows, and is no wider than the page", async () => {
  const { page, faults, close } = await open(browser, service, "/team");
  const rows = page.locator("tbody tr:not(.filler)");
  assert.ok((await rows.count()) < 42);
  await page.setViewportSize({ width: 794, height: 1123 });
  await page.emulateMedia({ media: "print" });
  await rows.nth(41).waitFor();
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
  await page.emulateMedia({ media: "screen" });
  await page.waitForFunction(() => document.querySelectorAll("tbody tr:not(.filler)").length < 42);
  assert.deepEqual(faults, []);
  await close();
});

test("no page of another server, and none inside another", async () => {
  const answer = await fetch(`${service.address}/plans/some/where`, { headers: { accept: "text/html" } });
  assert.equal(answer.status, 200);
  const policy = answer.headers.get("content-security-policy");
  assert.match(policy, /default-src 'none'; script-src 'self';/);
  assert.match(policy, /frame-ancestors 'none'/);
  assert.equal(answer.headers.get("cache-control"), "no-cache");
  const script = (await answer.text()).match(/src="(\/assets\/[^"]+\.js)"/)[1];
  const kept = await fetch(service.address + script);
  assert.match(kept.headers.get("cache-control"), /immutable/);
  assert.equal((await fetch(`${service.address}/assets/none.js`)).status, 404);
  assert.equal((await fetch(`${service.address}/plans/some/where`, { headers: { accept: "application/json" } })).status, 404);
  assert.equal((await fetch(`${service.address}/api/v1/nothing`, { headers: { accept: "text/html" } })).status, 404);
});
