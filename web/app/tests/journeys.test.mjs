/** What people do all day, by mouse and by keyboard alone, against the real service. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { launch, open, settle, tabTo } from "./page.mjs";
import { session, start } from "./service.mjs";

let service, browser, call;
before(async () => {
  [service, browser] = await Promise.all([start(), launch()]);
  call = await session(service);
});
after(async () => {
  await browser?.close();
  await service?.stop();
});

test("from a number of the overview to its rows, by mouse", async () => {
  const { page, faults, close } = await open(browser, service);
  await page.getByRole("link", { name: "9", exact: true }).first().click();
  await page.waitForURL("**/accounts?accounts.f.segment=Key**");
  await page.getByText("9 of 1,000 rows").waitFor();
  assert.deepEqual(faults, []);
  await close();
});

test("customers are searched, sorted and exported by keyboard", async () => {
  const { page, faults, close } = await open(browser, service, "/accounts");
  await page.keyboard.press("/");
  await page.keyboard.type("Lavender Market");
  await page.waitForURL("**accounts.q=Lavender**");
  await tabTo(page, "th:nth-child(2) .sort");
  await page.keyboard.press("Enter");
  await page.waitForURL("**accounts.sort=name**");
  await page.locator("th[aria-sort=ascending]").waitFor();
  const names = await page.locator("tbody td:nth-child(2)").allTextContents();
  assert.ok(names.length > 1 && names.every((name) => name.includes("Lavender Market")), names.join());
  assert.deepEqual(names, [...names].sort(new Intl.Collator("en-GB", { numeric: true, sensitivity: "base" }).compare));
  const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Download the rows" }).click()]);
  const text = readFileSync(await file.path(), "utf8");
  assert.ok(text.split("\r\n").length > names.length && text.startsWith("\ufeffId,Customer"), text.slice(0, 40));
  assert.deepEqual(faults, []);
  await close();
});

test("a view is saved under a name and comes back", async () => {
  const { page, faults, close } = await open(browser, service, "/accounts?accounts.f.segment=Chains");
  await page.getByRole("button", { name: "Views" }).click();
  await page.getByLabel("Name of the view").fill("Chains only");
  await page.getByRole("button", { name: "Save this view" }).click();
  await page.getByRole("button", { name: "Chains only", exact: true }).waitFor();
  await page.goto(`${service.address}/accounts`);
  await page.getByText("1,000 rows").waitFor();
  await page.getByRole("button", { name: "Views" }).click();
  await page.getByRole("button", { name: "Chains only", exact: true }).click();
  await page.waitForURL("**accounts.f.segment=Chains**");
  assert.deepEqual(faults, []);
  await close();
});

test("why somebody answers is opened in place, and a customer is given by hand", async () => {
  const { page, faults, close } = await open(browser, service, "/accounts/C00120", { user: "planner" });
  await page.locator("summary").first().click();
  await page.getByText("Segments in order").first().waitFor();
  await page.getByRole("button", { name: /Give to somebody: Administrator/ }).click();
  await page.getByRole("combobox", { name: /^To/ }).fill("Georgi Atanasov");
  await page.getByRole("option", { name: /Georgi Atanasov/ }).click();
  await page.getByLabel("Why by hand").fill("Speaks with them already");
  await page.getByRole("button", { name: "Give", exact: true }).click();
  await page.getByText("Given.").waitFor();
  const who = await call("GET", "/accounts/C00120/responsible?role=administrator");
  assert.equal(who.body.responsible[0].employee, "Georgi Atanasov");
  assert.deepEqual(faults, []);
  await close();
});

test("a contact, a need and a card's link", async () => {
  const { page, faults, close, context } = await open(browser, service, "/accounts/C00130?tab=people");
  await page.getByRole("button", { name: "Add a contact" }).click();
  await page.getByLabel("Name").fill("Anna Koleva");
  await page.keyboard.press("Enter");
  await page.getByText("Anna Koleva").waitFor();
  await page.getByRole("button", { name: "Add a need" }).click();
  await page.getByLabel("What is needed").fill("Two ovens");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("Two ovens").waitFor();
  await page.getByRole("tab", { name: "Contact card" }).click();
  await page.getByRole("button", { name: "Make a link" }).click();
  await page.getByLabel("For whom").fill("Purchasing");
  await page.getByRole("button", { name: "Create" }).click();
  const link = await page.locator("a[href*='/card/']").getAttribute("href");
  const card = await context.newPage();
  assert.equal((await card.goto(link)).status(), 200);
  await card.close();
  await page.getByRole("button", { name: "Revoke: Purchasing" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Revoke", exact: true }).click();
  await page.getByText("revoked").waitFor();
  assert.equal((await fetch(link)).status, 404);
  assert.deepEqual(faults, []);
  await close();
});

test("a call is registered, passed, commented and done by keyboard, in Bulgarian", async () => {
  const { page, faults, close } = await open(browser, service, "/inbox?new=C00140", { language: "bg" });
  await page.getByRole("textbox", { name: /^Тема/ }).waitFor();
  await page.keyboard.type("Хладилникът тече");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Хладилникът тече" }).waitFor();
  await page.waitForURL("**/inbox/*");
  await tabTo(page, "#content .actions button:nth-child(2)");
  await page.keyboard.press("Enter");
  await page.getByRole("dialog").waitFor();
  await page.getByRole("button", { name: "По роля или етап" }).focus();
  await page.keyboard.press("Enter");
  await page.getByRole("listbox").waitFor();
  await page.keyboard.type("Repair");
  await page.keyboard.press("Enter");
  await page.getByLabel("Бележка").focus();
  await page.keyboard.type("моля днес");
  await page.getByRole("dialog").getByRole("button", { name: "Предай", exact: true }).focus();
  await page.keyboard.press("Enter");
  await page.getByText("предаден", { exact: true }).first().waitFor();
  // A dialog that closes gives the focus back to what opened it; only then is it ours to move.
  await page.getByRole("dialog").waitFor({ state: "hidden" });
  await settle(page);
  await page.getByRole("button", { name: "Готово" }).focus();
  await page.keyboard.press("Enter");
  await page.getByRole("dialog").waitFor();
  await page.getByRole("dialog").getByRole("button", { name: "Готово" }).focus();
  await page.keyboard.press("Enter");
  await page.getByText("готов", { exact: true }).first().waitFor();
  assert.deepEqual(faults, []);
  await close();
});

test("an absence names a substitute; a portfolio is handed over and taken back", async () => {
  const { page, faults, close } = await open(browser, service, "/team/E-032?tab=absences");
  await page.getByRole("button", { name: "Record an absence" }).click();
  await page.getByLabel("First day away").fill("2030-01-07");
  await page.getByLabel("First day back").fill("2030-01-14");
  await page.getByRole("dialog").getByRole("button", { name: "Record an absence" }).click();
  await page.getByText("Stands in:").first().waitFor();
  await page.getByRole("tab", { name: "Hand over" }).click();
  await page.getByLabel("First day without").fill("2030-03-01");
  await page.getByRole("button", { name: "See what would happen" }).click();
  await page.getByText("customer roles would pass on").first().waitFor();
  await page.getByLabel("Why").fill("Retires");
  await page.getByRole("button", { name: "Hand over", exact: true }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Hand over" }).click();
  await page.getByText("Retires").waitFor();
  await page.getByRole("button", { name: "Take back" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Take back" }).click();
  await page.getByText("Nothing was handed over.").waitFor();
  assert.deepEqual(faults, []);
  await close();
});

test("a member sees their own customers and no system pages", async () => {
  const { page, faults, close } = await open(browser, service, "/mine", { user: "member" });
  assert.ok((await page.locator("tbody tr").count()) > 0);
  const links = await page.getByRole("navigation", { name: "Pages" }).getByRole("link").allTextContents();
  assert.ok(links.includes("My customers") && !links.includes("Audit") && !links.includes("Import"), links.join());
  await page.goto(`${service.address}/audit`);
  await page.getByRole("heading", { name: "not for your role" }).waitFor();
  assert.deepEqual(faults, []);
  await close();
});

test("the audit trail is filtered by the address and verified", async () => {
  const { page, faults, close } = await open(browser, service, "/audit?action=plan.applied");
  await page.getByText("4 rows").waitFor();
  await page.getByRole("button", { name: "Verify the trail" }).click();
  await page.getByText("Whole:").waitFor();
  assert.deepEqual(faults, []);
  await close();
});

test("users and tokens are made; a token's secret is shown once", async () => {
  const { page, faults, close } = await open(browser, service, "/settings?tab=users");
  await page.getByRole("button", { name: "Add a user" }).click();
  await page.getByRole("textbox", { name: "Name", exact: false }).first().fill("boris");
  await page.getByLabel("New password").fill("a long enough secret");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByRole("cell", { name: "boris" }).first().waitFor();
  await page.getByRole("tab", { name: "Tokens" }).click();
  await page.getByRole("button", { name: "Make a token" }).click();
  await page.getByRole("dialog").getByLabel("Name").fill("CRM");
  await page.getByRole("button", { name: "Create" }).click();
  await page.locator(".secret").waitFor();
  await page.reload();
  await page.getByText("CRM").waitFor();
  assert.equal(await page.locator(".secret").count(), 0);
  assert.deepEqual(faults, []);
  await close();
});

test("a segment is moved by keyboard and by mouse, checked and saved", async () => {
  const { page, faults, close } = await open(browser, service, "/policy", { user: "planner" });
  const first = () => page.locator(".segment strong").first().textContent();
  assert.equal(await first(), "1. State customers");
  await page.getByRole("button", { name: "State customers: down" }).click();
  assert.equal(await first(), "1. Key accounts");
  await page.getByRole("button", { name: "Move Key accounts" }).focus();
  await page.keyboard.press("Enter");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => document.querySelector(".segment strong").textContent !== "1. Key accounts");
  await page.getByRole("button", { name: "Condition of Chains" }).click();
  await page.locator(".builder").waitFor();
  await page.getByLabel("As text", { exact: true }).fill("channel = 'chain'");
  await page.getByRole("button", { name: "Use it" }).click();
  await page.getByText("channel = 'chain'", { exact: true }).first().waitFor();
  await page.getByRole("button", { name: "Save as a new version" }).click();
  await page.getByRole("dialog").getByLabel("Why").fill("Key accounts first");
  await page.getByRole("dialog").getByRole("button", { name: "Save as a new version" }).click();
  await page.getByText("Saved as version 2.").waitFor();
  await page.getByRole("tab", { name: "Versions" }).click();
  await page.locator(".diff .added").first().waitFor();
  assert.deepEqual(faults, []);
  await close();
});

test("a file is mapped, mended, brought in and undone", async () => {
  const { page, faults, close } = await open(browser, service, "/import");
  const text = "code,customer,where\nNEW-1,New One,Sofia\n,Without an id,Ruse\nNEW-2,New Two,Varna\n";
  await page.getByLabel("CSV file").setInputFiles({ name: "new.csv", mimeType: "text/csv", buffer: Buffer.from(text) });
  await page.getByText("Map a column to account_id.").waitFor();
  await page.getByLabel("code", { exact: true }).selectOption("account_id");
  await page.getByLabel("customer", { exact: true }).selectOption("name");
  await page.getByLabel("where", { exact: true }).selectOption("city");
  await page.getByLabel("customer, row 1").fill("New One Ltd");
  await page.getByRole("button", { name: "Bring in 3 rows" }).click();
  await page.getByText("1 rows could not be used").waitFor();
  await page.getByLabel("account_id, row 2").fill("NEW-3");
  await page.getByRole("button", { name: "Bring in the mended rows" }).click();
  await page.getByText("1 of 1 rows").first().waitFor();
  assert.equal((await call("GET", "/accounts/NEW-3")).body.name, "Without an id");
  await page.getByRole("button", { name: /^Undo/ }).first().click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Undo" }).click();
  await page.getByText(/Undone: [12] removed/).waitFor();
  await settle(page);
  assert.deepEqual(faults, []);
  await close();
});
