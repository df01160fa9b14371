/** Plans, the studio and the comparison, told once and walked by both hands: see hands.mjs. */
import assert from "node:assert/strict";
import { after, before } from "node:test";
import { handOf, journey } from "./hands.mjs";
import { launch, open, settle, violations } from "./page.mjs";
import { makePlan } from "./prepare.mjs";
import { session, start } from "./service.mjs";

let service, browser;
const house = () => ({ service, browser });
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

const count = async (page) => Number((await page.locator(".chosen-count").innerText()).match(/\d+([\s,]\d{3})*/)?.[0].replace(/\D/g, "") ?? 0);
const dialog = (page) => page.getByRole("dialog");
const button = (page, name) => page.getByRole("button", { name });

/** Everybody is chosen: on the map by the mouse, after trying its other tools; in the table by the keyboard. */
async function choose({ page, hand, say, byKeys }) {
  if (byKeys) {
    await hand.tick(page.getByRole("checkbox", { name: say("Select all rows shown", "Избери всички показани редове") }));
    return assert.ok((await count(page)) > 100);
  }
  const lasso = () => draw(page, [[0.05, 0.05], [0.95, 0.05], [0.95, 0.95], [0.05, 0.95], [0.05, 0.06]]);
  await hand.press(page.getByRole("radio", { name: say("Lasso", "Ласо") }));
  await lasso();
  const all = await count(page);
  assert.ok(all > 100, `${all} by the lasso`);
  await hand.press(page.getByRole("radio", { name: say("Rectangle", "Правоъгълник") }));
  await draw(page, [[0.3, 0.3], [0.7, 0.7]]);
  const some = await count(page);
  assert.ok(some > 0 && some < all, `${some} by the rectangle`);
  await hand.press(page.getByRole("radio", { name: say("Brush", "Четка") }));
  await draw(page, [[0.2, 0.5], [0.8, 0.5]]);
  const brushed = await count(page);
  assert.ok(brushed > 0 && brushed < all, `${brushed} by the brush`);
  await hand.press(page.getByRole("radio", { name: say("Lasso", "Ласо") }));
  await lasso();
}

const ready = async ({ number, service: of }) => makePlan(await session(of, "planner"), `2026-12-0${number + 1}`);

journey(house, "a draft is worked on, compared, proposed, approved and applied", { at: "/plans", user: "planner", ready, allow: REFUSALS, height: 1400 }, async (walk) => {
  const { page, hand, say, made: plan, service: of, byKeys } = walk;
  await hand.press(page.getByRole("link", { name: plan, exact: true }));
  await page.getByRole("heading", { name: say("Plan studio", "Ателие за планове") }).waitFor();
  await page.locator("#studio-table table").waitFor();
  await page.locator(".studio-map[data-drawn]").waitFor();
  await settle(page);
  assert.deepEqual(await violations(page), []);
  await choose(walk);

  // All that has nobody's lock goes to whoever is chosen; it is undone, and done again.
  const name = await page.locator(".loads tbody th").last().innerText();
  await hand.choose(button(page, say(/Give to/, /Възложи на/)).first(), name);
  await hand.write(page.getByRole("textbox", { name: say("Because", "Защото") }), "they share a warehouse");
  const loads = async () => (await page.locator(".loads").allInnerTexts()).join("\n");
  const before = await loads();
  await hand.press(button(page, say(/^Give \d/, /^Възложи \d/)));
  await button(page, say(/Undo: given by hand \(planner\)/, /Отмени: възложено ръчно \(planner\)/)).waitFor();
  const edited = await loads();
  assert.notEqual(edited, before);
  await hand.press(button(page, say(/^Undo: /, /^Отмени: /)));
  await button(page, say(/^Do again: /, /^Повтори: /)).waitFor();
  assert.equal(await loads(), before);
  await hand.press(button(page, say(/^Do again: /, /^Повтори: /)));
  await button(page, say(/^Undo: given by hand/, /^Отмени: /)).waitFor();
  assert.equal(await loads(), edited);

  // From the table, too: one account is locked, and unlocked.
  await hand.press(button(page, say("Choose none", "Изчисти избора")));
  await hand.write(page.locator("#studio-table").getByRole("searchbox"), "C00111");
  await page.waitForFunction(() => document.querySelectorAll("#studio-table tbody tr:not(.filler)").length === 1);
  await hand.tick(page.locator("#studio-table tbody input[type=checkbox]"));
  assert.equal(await count(page), 1);
  await hand.press(page.getByRole("button", { name: say("Lock", "Заключи"), exact: true }));
  await button(page, say(/Undo: locked/, /Отмени: заключено/)).or(page.locator(".toast.bad")).first().waitFor();
  await hand.press(page.getByRole("button", { name: say("Unlock", "Отключи"), exact: true }));
  await button(page, say(/Undo: unlocked/, /Отмени: отключено/)).waitFor();

  // The rest is divided anew; the second time it is stopped.
  const optimise = button(page, say("Optimise the rest", "Оптимизирай останалото"));
  await hand.press(optimise);
  await page.getByRole("progressbar").waitFor();
  await button(page, say(/Undo: optimised/, /Отмени: оптимизирано/)).waitFor({ timeout: 90_000 });
  await hand.press(optimise);
  await hand.press(button(page, say("Stop", "Спри")));
  await page.getByText(say("Stopped. Nothing was changed.", "Спряно. Нищо не е променено.")).waitFor({ timeout: 30_000 });

  await hand.press(page.locator("a[href$='/compare']"));
  await page.getByRole("heading", { name: say("Compare", "Сравнение"), exact: true }).waitFor();
  await page.locator("#compare-people table").waitFor();
  await page.locator("#compare-changes table").waitFor();
  await settle(page);
  assert.deepEqual(await violations(page), []);
  // What everybody would have earned under it, in the last quarter with orders and the one before.
  await page.locator("#compare-income tbody tr").first().waitFor();
  await hand.choose(page.locator("#compare-income").getByRole("button", { name: say(/Period/, /Период/) }), "2025-Q3");
  await page.waitForURL("**period=2025-Q3**");
  await page.locator("#compare-income tbody tr").first().waitFor();

  await hand.press(button(page, say("Comment", "Коментирай")));
  await hand.write(dialog(page).getByRole("textbox"), "ready for spring");
  await hand.press(dialog(page).getByRole("button", { name: say("Comment", "Коментирай") }));
  await page.getByText(say("planner: said — ready for spring", /planner: .* — ready for spring/)).waitFor();
  await hand.press(button(page, say("Propose", "Предложи")));
  await hand.press(dialog(page).getByRole("button", { name: say("Propose", "Предложи") }));
  // Whoever edited it does not approve it.
  const approve = say("Approve", "Одобри");
  await hand.press(button(page, approve));
  await hand.press(dialog(page).getByRole("button", { name: approve }));
  await dialog(page).getByRole("alert").getByText("somebody else has to approve it").waitFor();

  const other = await open(browser, of, `/plans/${plan}/compare`, { user: "admin", language: say("en", "bg") });
  const theirs = handOf(other.page, byKeys);
  const apply = say("Apply", "Приложи");
  await theirs.press(button(other.page, approve));
  await theirs.press(dialog(other.page).getByRole("button", { name: approve }));
  await theirs.press(button(other.page, apply));
  await theirs.press(dialog(other.page).getByRole("button", { name: apply }));
  await other.page.getByText(say("admin: applied", /admin: приложен/)).waitFor({ timeout: 30_000 });
  await settle(other.page);
  assert.deepEqual(other.faults, []);
  await other.close();
});
