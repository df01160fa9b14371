/** The policy, told once and walked by both hands: see hands.mjs. */
import assert from "node:assert/strict";
import { after, before } from "node:test";
import { button, dialog, journey } from "./hands.mjs";
import { launch } from "./page.mjs";
import { session, start } from "./service.mjs";

let service, browser, call;
const house = () => ({ service, browser });
before(async () => {
  [service, browser] = await Promise.all([start(), launch()]);
  call = await session(service, "planner");
});
after(async () => {
  await browser?.close();
  await service?.stop();
});
const order = (page) => page.locator(".segment strong").allTextContents();

/** A segment is dragged onto the place of another: by the mouse over its lower half, or by the keys that the page names. */
async function drag({ page, hand, byKeys, say }, name, onto) {
  const handle = button(page, say(`Move ${name}`, `Премести ${name}`));
  const rows = page.locator(".segment");
  const names = (await order(page)).map((one) => one.replace(/^\d+\. /, ""));
  const [from, to] = [names.indexOf(name), names.indexOf(onto)];
  if (byKeys) {
    await hand.press(handle);
    // Drop targets lie between rows; the first is before the first row.
    for (let times = 0; times < 20; times++) {
      const told = await page.evaluate(() => document.activeElement?.getAttribute("aria-label") ?? "");
      if (told.includes(onto) && !told.includes(names[to - 1] ?? "\u0000")) break;
      await page.keyboard.press("ArrowDown");
    }
    await page.keyboard.press("Enter");
  } else {
    const grip = await handle.boundingBox();
    const target = await rows.nth(to).boundingBox();
    await page.mouse.move(grip.x + grip.width / 2, grip.y + grip.height / 2);
    await page.mouse.down();
    await page.mouse.move(target.x + 60, target.y + target.height / 2, { steps: 8 });
    await page.mouse.move(target.x + 60, target.y + target.height - 3, { steps: 4 });
    await page.mouse.up();
  }
  await page.waitForFunction(([at, before]) => document.querySelectorAll(".segment strong")[at].textContent !== before, [from, `${from + 1}. ${name}`]);
}

journey(house, "segments are moved, built, tried on a customer, checked and saved", { at: "/policy", user: "planner" }, async (walk) => {
  const { page, hand, say } = walk;
  const first = (await order(page))[0].replace(/^1\. /, "");
  const latest = (await call("GET", "/policies?limit=200")).body.policies.length;
  // What each segment gets of today's customers stands beside it.
  await page.locator("#findings table tbody tr").first().waitFor();
  assert.match(await page.locator(".segment").first().innerText(), /\d+/);

  await hand.press(button(page, say(`${first}: down`, `${first}: надолу`)));
  assert.notEqual((await order(page))[0], `1. ${first}`);
  const now = (await order(page)).map((one) => one.replace(/^\d+\. /, ""));
  await drag(walk, now[0], now[2]);
  assert.notDeepEqual((await order(page)).map((one) => one.replace(/^\d+\. /, "")), now);

  await hand.press(button(page, say("Condition of Chains", "Условие на Chains")));
  await page.locator(".builder").waitFor();
  await hand.write(dialog(page).getByLabel(say("As text", "Като текст"), { exact: true }), "channel = 'chain'");
  await hand.press(dialog(page).getByRole("button", { name: say("Use it", "Използвай") }));
  await page.locator(".segment code", { hasText: "channel = 'chain'" }).first().waitFor();

  // Put together from fields, the text follows.
  await hand.press(button(page, say("Condition of Chains", "Условие на Chains")));
  await page.locator(".builder").waitFor();
  await hand.press(dialog(page).getByRole("button", { name: say("+ Condition", "+ Условие") }).first());
  const rule = page.locator(".builder .rule").last();
  await hand.select(rule.getByRole("combobox", { name: say("Column", "Колона") }), "country");
  await hand.select(rule.getByRole("combobox", { name: say("Comparison", "Сравнение") }), "!=");
  await hand.write(rule.getByRole("textbox", { name: say("Value", "Стойност") }), "RO");
  assert.equal(await dialog(page).getByLabel(say("As text", "Като текст"), { exact: true }).inputValue(), "channel = 'chain' and country != 'RO'");
  await hand.press(dialog(page).getByRole("button", { name: say("Use it", "Използвай") }));
  await page.locator(".segment code", { hasText: "country != 'RO'" }).first().waitFor();

  // A condition that nobody meets is told at once, with its line.
  await hand.press(button(page, say("Condition of Chains", "Условие на Chains")));
  await hand.write(dialog(page).getByLabel(say("As text", "Като текст"), { exact: true }), "channel = 'nowhere'");
  await hand.press(dialog(page).getByRole("button", { name: say("Use it", "Използвай") }));
  await page.locator("#findings").getByText("segment-empty").waitFor();
  await page.locator(".segment", { hasText: say("nobody meets it", "никой не отговаря") }).waitFor();

  // The text that is being written is what is tried.
  await hand.press(page.getByRole("tab", { name: say("Try on one customer", "Опитайте върху един клиент") }));
  await hand.find(page.getByRole("combobox"), "C00100");
  await page.locator("#try ol li", { hasText: "channel = 'nowhere'" }).or(page.locator("#try ol li", { hasText: "✓" })).first().waitFor();
  assert.ok((await page.locator("#try tbody tr").count()) > 1);
  await hand.press(page.getByRole("tab", { name: say("Segments and text", "Сегменти и текст") }));
  await page.locator(".segment code", { hasText: "nowhere" }).waitFor();

  await hand.press(button(page, say("Condition of Chains", "Условие на Chains")));
  await hand.write(dialog(page).getByLabel(say("As text", "Като текст"), { exact: true }), `channel = 'chain' AND ${latest} = ${latest}`);
  await hand.press(dialog(page).getByRole("button", { name: say("Use it", "Използвай") }));
  await hand.press(button(page, say("Save as a new version", "Запиши като нова версия")));
  await hand.write(dialog(page).getByLabel(say("Why", "Защо")), "Chains first");
  await hand.press(dialog(page).getByRole("button", { name: say("Save as a new version", "Запиши като нова версия") }));
  await page.getByText(say(`Saved as version ${latest + 1}.`, `Записана като версия ${latest + 1}.`)).waitFor();
  await hand.press(page.getByRole("tab", { name: say("Versions", "Версии") }));
  await page.locator(".diff .added").first().waitFor();
});
