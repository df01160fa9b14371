/** Team, import and settings, told once and walked by both hands: see hands.mjs. */
import assert from "node:assert/strict";
import { after, before } from "node:test";
import { button, dialog, journey, told } from "./hands.mjs";
import { launch } from "./page.mjs";
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

journey(house, "the team is looked through; an absence names a substitute", { at: "/team" }, async ({ page, hand, say, number }) => {
  const employee = ["E-032", "E-033", "E-031", "E-030"][number];
  await hand.write(page.getByRole("searchbox"), employee);
  await page.getByText(say(/^1 of/, /^1 от/)).waitFor();
  await hand.press(page.locator(`a[href='/team/${employee}']`));
  await hand.press(page.getByRole("tab", { name: say("Absences", "Отсъствия") }));
  await hand.press(button(page, say("Record an absence", "Запиши отсъствие")));
  await hand.write(page.getByLabel(say("First day away", "Първи ден отсъствие")), `203${number}-01-07`);
  await hand.write(page.getByLabel(say("First day back", "Първи ден обратно")), `203${number}-01-14`);
  await hand.press(dialog(page).getByRole("button", { name: say("Record an absence", "Запиши отсъствие") }));
  await page.getByText(say("Stands in:", "Замества:")).first().waitFor();
});

journey(house, "a portfolio is handed over and taken back", { at: ({ number }) => `/team/${["E-032", "E-033", "E-031", "E-030"][number]}?tab=handover` }, async ({ page, hand, say }) => {
  await hand.write(page.getByLabel(say("First day without", "Първи ден без"), { exact: false }), "2040-03-01");
  await hand.press(button(page, say("See what would happen", "Виж какво ще стане")));
  await page.getByText(say("customer roles would pass on", "клиентски роли ще преминат")).first().waitFor();
  await hand.write(page.getByLabel(say("Why", "Защо"), { exact: true }), "Retires");
  await hand.press(button(page, say("Hand over", "Предай")));
  await hand.press(page.getByRole("alertdialog").getByRole("button", { name: say("Hand over", "Предай") }));
  await told(page, "Retires").waitFor();
  await hand.press(button(page, say("Take back", "Върни")));
  await hand.press(page.getByRole("alertdialog").getByRole("button", { name: say("Take back", "Върни") }));
  await page.getByText(say("Nothing was handed over.", "Нищо не е предавано.")).waitFor();
});

journey(house, "a file is mapped, mended, brought in and undone", { at: "/import" }, async ({ page, hand, say, number }) => {
  const text = `code,customer,where\nNEW-${number}1,New One,Sofia\n,Without an id,Ruse\nNEW-${number}2,New Two,Varna\n`;
  await hand.upload(page.getByLabel(say("CSV file", "CSV файл")), { name: "new.csv", mimeType: "text/csv", buffer: Buffer.from(text) });
  await page.getByText(say("Map a column to account_id.", "Съпоставете колона с account_id.")).waitFor();
  await hand.select(page.getByLabel("code", { exact: true }), "account_id");
  await hand.select(page.getByLabel("customer", { exact: true }), "name");
  await hand.select(page.getByLabel("where", { exact: true }), "city");
  await hand.write(page.getByLabel(say("customer, row 1", "customer, ред 1")), "New One Ltd");
  await hand.press(button(page, say("Bring in 3 rows", "Внеси 3 реда")));
  await page.getByText(say("1 rows could not be used", "1 реда не можаха да се използват")).first().waitFor();
  await hand.write(page.getByLabel(say("account_id, row 2", "account_id, ред 2")), `NEW-${number}3`);
  await hand.press(button(page, say("Bring in the mended rows", "Внеси поправените редове")));
  await page.getByText(say("1 of 1 rows", "1 от 1 реда")).nth(number).waitFor();
  assert.equal((await call("GET", `/accounts/NEW-${number}3`)).body.name, "Without an id");
  assert.equal((await call("GET", `/accounts/NEW-${number}1`)).body.name, "New One Ltd");
  await hand.press(button(page, say(/^Undo/, /^Отмени/)).first());
  await hand.press(page.getByRole("alertdialog").getByRole("button", { name: say("Undo", "Отмени") }));
  await page.getByText(say(/Undone: [12] removed/, /Отменено: [12] премахнати/)).first().waitFor();
});

journey(house, "users and tokens are made, a secret is shown once, a session elsewhere is ended", { at: "/settings?tab=users" }, async ({ page, hand, say, number, service: of }) => {
  await hand.press(button(page, say("Add a user", "Добави потребител")));
  await hand.write(dialog(page).getByRole("textbox", { name: say("Name", "Потребител") }).first(), `boris${number}`);
  await hand.write(dialog(page).getByLabel(say("New password", "Нова парола")), "a long enough secret");
  await hand.tick(dialog(page).getByRole("checkbox", { name: say(/^Auditor/, /^Одитор/) }));
  await hand.press(dialog(page).getByRole("button", { name: say("Save", "Запиши") }));
  await page.getByRole("cell", { name: `boris${number}`, exact: true }).first().waitFor();
  await hand.press(page.getByRole("tab", { name: say("Tokens", "Токени") }));
  await hand.press(button(page, say("Make a token", "Направи токен")));
  await hand.write(dialog(page).getByLabel(say("Name", "Потребител")).first(), `CRM ${number}`);
  await hand.press(dialog(page).getByRole("button", { name: say("Create", "Създай") }));
  await page.locator(".secret").waitFor();
  await page.reload();
  await page.getByText(`CRM ${number}`).waitFor();
  assert.equal(await page.locator(".secret").count(), 0);
  await hand.press(button(page, say(`Revoke: CRM ${number}`, `Отмени: CRM ${number}`)));
  await hand.press(page.getByRole("alertdialog").getByRole("button", { name: say("Revoke", "Отмени"), exact: true }));
  await page.getByText(say("revoked", "отменен"), { exact: true }).first().waitFor();

  const elsewhere = await session(of, "admin");
  await hand.press(page.getByRole("tab", { name: say("Password and sessions", "Парола и сесии") }));
  const others = page.locator("#sessions li").filter({ hasNot: page.getByText(say("here", "тук"), { exact: true }) });
  await page.locator("#sessions li").nth(1).waitFor();
  const before = await page.locator("#sessions li").count();
  assert.ok(before >= 2, `${before} sessions`);
  await hand.press(others.first().getByRole("button"));
  await hand.press(page.getByRole("alertdialog").getByRole("button", { name: say("Sign out", "Изход"), exact: true }));
  await page.getByText(say("The session has ended.", "Сесията е прекратена.")).waitFor();
  await page.waitForFunction((count) => document.querySelectorAll("#sessions li").length === count - 1, before);
  // The one used last stands first, and that was the one opened elsewhere.
  await assert.rejects(elsewhere("GET", "/session"), /401/);
});

journey(house, "the audit trail is filtered and verified", { at: "/audit?action=plan.applied" }, async ({ page, hand, say }) => {
  await page.getByText(say("4 rows", "4 реда")).waitFor();
  await hand.press(button(page, say("Verify the trail", "Провери веригата")));
  await page.getByText(say("Whole:", "Цяла:")).waitFor();
});
