/** What people do all day with customers, told once and walked by both hands: see hands.mjs. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before } from "node:test";
import { button, dialog, handOf, journey, told } from "./hands.mjs";
import { launch, open, settle } from "./page.mjs";
import { session, start } from "./service.mjs";

let service, browser, call;
const house = () => ({ service, browser });
before(async () => {
  [service, browser] = await Promise.all([start(), launch()]);
  call = await session(service);
});
after(async () => {
  await browser?.close();
  await service?.stop();
});

journey(house, "from a number of the overview to its rows", { at: "/" }, async ({ page, hand, say }) => {
  await hand.press(page.locator("#coverage td a[href*='segment=Key']").first());
  await page.waitForURL("**/accounts?accounts.f.segment=Key**");
  await page.getByText(say("9 of 1,000 rows", /9 от 1\s?000 реда/)).waitFor();
});

journey(house, "customers are searched, filtered, sorted, kept as a view and exported", { at: "/accounts" }, async ({ page, hand, say, context, byKeys }) => {
  if (byKeys) {
    await page.keyboard.press("/");
    await page.keyboard.type("Market");
  } else await hand.write(page.getByRole("searchbox"), "Market");
  await page.waitForURL("**accounts.q=Market**");
  await hand.select(page.getByRole("combobox", { name: say("Filter by Segment", "Филтър по „Сегмент“") }), "Chains");
  await page.waitForURL("**accounts.f.segment=Chains**");
  await hand.press(page.locator("th:nth-child(2) .sort"));
  await page.locator("th[aria-sort=ascending]").waitFor();
  const names = await page.locator("tbody tr:not(.filler) td:nth-child(2)").allTextContents();
  assert.ok(names.length > 1 && names.every((name) => name.includes("Market")), names.join());
  assert.deepEqual(names, [...names].sort(new Intl.Collator(say("en-GB", "bg-BG"), { numeric: true, sensitivity: "base" }).compare));
  await hand.press(button(page, say("Columns", "Колони")));
  await hand.tick(dialog(page).getByRole("checkbox", { name: "industry" }));
  await page.keyboard.press("Escape");
  await page.getByRole("columnheader", { name: "industry" }).waitFor();
  await hand.press(button(page, say("Views", "Изгледи")));
  await hand.write(page.getByLabel(say("Name of the view", "Име на изгледа")), "Markets of chains");
  await hand.press(button(page, say("Save this view…", "Запази този изглед…")));
  await button(page, "Markets of chains").waitFor();
  await page.keyboard.press("Escape");
  // The address alone brings the same rows to whoever opens it.
  const link = await context.newPage();
  await link.goto(page.url());
  await link.locator("tbody tr:not(.filler)").first().waitFor();
  assert.deepEqual(await link.locator("tbody tr:not(.filler) td:nth-child(2)").allTextContents(), names);
  await link.close();
  const file = page.waitForEvent("download");
  await hand.press(button(page, say("Download the rows", "Изтегли показаните редове"), false));
  const text = readFileSync(await (await file).path(), "utf8");
  assert.ok(text.split("\r\n").length > names.length && text.startsWith(say("\ufeffId,Customer", "\ufeffНомер,Клиент")), text.slice(0, 40));
  await hand.press(button(page, say("Clear filters", "Изчисти филтрите")));
  await page.waitForURL((url) => !url.search.includes("Chains"));
  await hand.press(button(page, say("Views", "Изгледи")));
  await hand.press(button(page, "Markets of chains"));
  await page.waitForURL("**accounts.f.segment=Chains**");
});

journey(house, "why somebody answers is opened in place, and a customer is given by hand", { at: ({ number }) => `/accounts/C0012${number}`, user: "planner" }, async ({ page, hand, say, number }) => {
  await hand.press(page.locator("summary").first());
  await page.getByText(say("Segments in order", "Сегменти по ред")).first().waitFor();
  await hand.press(button(page, say(/Give to somebody: Administrator/, /Дай на някого: Администратор/)));
  await hand.find(dialog(page).getByRole("combobox"), "Georgi Atanasov");
  await hand.write(page.getByLabel(say("Why by hand", "Защо на ръка")), "Speaks with them already");
  await hand.press(dialog(page).getByRole("button", { name: say("Give", "Дай"), exact: true }));
  await page.getByText(say("Given.", "Дадено.")).waitFor();
  const who = await call("GET", `/accounts/C0012${number}/responsible?role=administrator`);
  assert.equal(who.body.responsible[0].employee, "Georgi Atanasov");
});

journey(house, "history, contacts, needs and a card's link", { at: ({ number }) => `/accounts/C0013${number}` }, async ({ page, hand, say, context }) => {
  await hand.press(page.getByRole("tab", { name: say("History", "История") }));
  await page.getByRole("tabpanel").getByRole("heading").first().waitFor();
  await hand.press(page.getByRole("tab", { name: say("Contacts and needs", "Контакти и нужди") }));
  await hand.press(button(page, say("Add a contact", "Добави контакт")));
  await hand.write(dialog(page).getByLabel(say("Name", "Име"), { exact: false }).first(), "Anna Koleva");
  await hand.press(dialog(page).getByRole("button", { name: say("Save", "Запиши") }));
  await page.getByText("Anna Koleva").waitFor();
  await hand.press(button(page, say("Add a need", "Добави нужда")));
  await hand.write(dialog(page).getByLabel(say("What is needed", "Какво е нужно")), "Two ovens");
  await hand.press(dialog(page).getByRole("button", { name: say("Save", "Запиши") }));
  await told(page, "Two ovens").waitFor();
  await hand.press(page.getByRole("tab", { name: say("Contact card", "Визитка") }));
  await hand.press(button(page, say("Make a link", "Направи връзка")));
  await hand.write(dialog(page).getByLabel(say("For whom", "За кого")), "Purchasing");
  await hand.press(dialog(page).getByRole("button", { name: say("Create", "Създай") }));
  const link = await page.locator("a[href*='/card/']").getAttribute("href");
  const card = await context.newPage();
  assert.equal((await card.goto(link)).status(), 200);
  await card.close();
  await hand.press(button(page, say("Revoke: Purchasing", "Отмени: Purchasing")));
  await hand.press(page.getByRole("alertdialog").getByRole("button", { name: say("Revoke", "Отмени"), exact: true }));
  await page.getByText(say("revoked", "отменена")).waitFor();
  assert.equal((await fetch(link)).status, 404);
});

journey(house, "a call is registered, passed on, commented and done", { at: ({ number }) => `/inbox?new=C0014${number}` }, async ({ page, hand, say }) => {
  await hand.write(page.getByRole("textbox", { name: say(/^Subject/, /^Тема/) }), "The fridge leaks");
  await hand.press(dialog(page).getByRole("button", { name: say("Register", "Запиши"), exact: true }));
  await page.getByRole("heading", { name: "The fridge leaks" }).waitFor();
  await page.waitForURL(/\/inbox\/\d+$/);
  await hand.press(button(page, say("Pass on", "Предай")));
  await hand.choose(dialog(page).getByRole("button", { name: say("By role or stage", "По роля или етап") }), /Repair/);
  await hand.write(dialog(page).getByLabel(say("Note", "Бележка")), "today please");
  await hand.press(dialog(page).getByRole("button", { name: say("Pass on", "Предай"), exact: true }));
  await page.getByText(say("passed", "предаден"), { exact: true }).first().waitFor();
  await hand.press(button(page, say("Comment", "Бележка")));
  await hand.write(dialog(page).getByLabel(say("Note", "Бележка")), "they called again");
  await hand.press(dialog(page).getByRole("button", { name: say("Comment", "Бележка"), exact: true }));
  await told(page, "they called again").waitFor();
  await hand.press(button(page, say("Done", "Готово")));
  await hand.press(dialog(page).getByRole("button", { name: say("Done", "Готово"), exact: true }));
  await page.getByText(say("done", "готов"), { exact: true }).first().waitFor();
  await hand.press(page.getByRole("link", { name: say("To the inbox", "Към входящите") }));
  await hand.press(page.getByRole("tab", { name: say("All", "Всички") }));
  await page.getByRole("link", { name: "The fridge leaks" }).first().waitFor();
});

journey(house, "a member appeals from their customers, and whoever leads them answers", { at: "/mine", user: "member" }, async ({ page, hand, say, number, service: of, byKeys }) => {
  assert.ok((await page.locator("tbody tr").count()) > 0);
  const pages = await page.getByRole("navigation", { name: say("Pages", "Страници") }).getByRole("link").allTextContents();
  assert.ok(pages.includes(say("My customers", "Моите клиенти")) && !pages.some((one) => ["Audit", "Одит", "Appeals", "Възражения"].includes(one)), pages.join());
  await hand.press(button(page, say("Appeal against an assignment", "Възрази срещу разпределение")));
  const customer = await (await session(of, "member"))("GET", "/accounts/rows?employee=E-020");
  const own = customer.body.rows.filter((row) => row.holders.filter((one) => one.employee_id === "E-020").length === 1)[number];
  await hand.choose(dialog(page).getByRole("button", { name: say(/Customer/, /Клиент/) }), new RegExp(own.account_id));
  await hand.write(dialog(page).getByRole("textbox"), "Their director is my brother");
  await hand.press(dialog(page).getByRole("button", { name: say("Appeal", "Възрази"), exact: true }));
  await page.locator("#appeal .badge", { hasText: say("open", "открито") }).first().waitFor();

  // Whoever leads them finds it from the overview, and answers.
  const above = await open(browser, of, "/", { user: "manager", language: say("en", "bg") });
  const theirs = handOf(above.page, byKeys);
  await theirs.press(above.page.locator("#decide a[href^='/appeals']").first());
  await above.page.waitForURL("**/appeals?appeals.f.state=open");
  await theirs.press(above.page.getByRole("button", { name: new RegExp(`${say("Answer", "Отговори")}: ${own.name}`) }));
  await theirs.choose(dialog(above.page).getByRole("button", { name: say(/Decision/, /Решение/) }), say(/Deny/, /Отхвърли/));
  await theirs.write(dialog(above.page).getByRole("textbox"), "He does not decide what they buy");
  await theirs.press(dialog(above.page).getByRole("button", { name: say("Answer", "Отговори"), exact: true }));
  await above.page.getByText(say("Answered.", "Отговорено.")).waitFor();
  await settle(above.page);
  assert.deepEqual(above.faults, []);
  await above.close();

  await page.reload();
  await page.locator("#appeal").getByRole("cell", { name: "He does not decide what they buy" }).first().waitFor();
});

journey(house, "a customer, a page and the colours are found by the command menu, and the keys are told", { at: "/" }, async ({ page, hand, say, byKeys }) => {
  const field = page.locator(".command-search input");
  const find = async (text, name) => {
    if (byKeys) await page.keyboard.press("Control+k");
    else await hand.press(page.locator(".command-button"));
    await field.waitFor();
    await page.keyboard.type(text);
    const wanted = page.locator(".command-list").getByRole("menuitem", { name }).first();
    await wanted.waitFor();
    if (!byKeys) return wanted.click();
    // The focus stays in the field; what is chosen is told beside it.
    for (let times = 0; times < 20; times++) {
      await page.keyboard.press("ArrowDown");
      const chosen = await field.getAttribute("aria-activedescendant");
      if (chosen !== null && chosen === (await wanted.getAttribute("id"))) break;
    }
    await page.keyboard.press("Enter");
  };
  await find("C00100", /C00100/);
  await page.waitForURL("**/accounts/C00100");
  await find(say("inbox", "входящи"), say("Inbox", "Входящи"));
  await page.waitForURL("**/inbox");
  await find(say("dark", "тъмни"), say("Dark", "Тъмни"));
  await page.locator("html[data-theme=dark]").waitFor();
  if (byKeys) await page.keyboard.press("?");
  else {
    await hand.press(page.getByRole("button", { name: say("Signed in as Admin", "Влезли сте като Admin") }));
    await page.getByRole("menuitem", { name: say("Keyboard shortcuts", "Клавишни комбинации") }).click();
  }
  await page.getByRole("dialog", { name: say("Keyboard shortcuts", "Клавишни комбинации") }).waitFor();
  await page.keyboard.press("Escape");
  await dialog(page).waitFor({ state: "detached" });
  if (byKeys) {
    await page.keyboard.press("g");
    await page.keyboard.press("t");
  } else await hand.press(page.getByRole("navigation", { name: say("Pages", "Страници") }).getByRole("link", { name: say("Team", "Екип") }));
  await page.waitForURL("**/team");
});

journey(house, "where there is nothing, the page says what would be there; an address that leads nowhere leads back", { at: "/audit?actor=nobody+of+that+name" }, async ({ page, hand, say }) => {
  await page.locator(".empty").waitFor();
  await hand.press(page.locator(".empty").getByRole("link", { name: say("Clear filters", "Изчисти филтрите") }));
  await page.locator("tbody tr").first().waitFor();
  await page.goto(new URL("/no/such/page", page.url()).href);
  await hand.press(page.locator(".empty").getByRole("link"));
  await page.locator("#coverage").waitFor();
});
