/** Contribution, pay and studies: a figure opened down to its order, disputed and settled; a study stopped, and run to its end. By mouse and by keyboard. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { launch, open, settle, tabTo, violations } from "./page.mjs";
import { creditedOrders, periodOf } from "./prepare_people.mjs";
import { session, start } from "./service.mjs";

const MEMBER = "E-020";
let service, browser, admin, own;
before(async () => {
  [service, browser] = await Promise.all([start(), launch()]);
  admin = await session(service);
  await creditedOrders(service);
  own = await periodOf(service, MEMBER);
});
after(async () => {
  await browser?.close();
  await service?.stop();
});

const euros = (amount, language = "en-GB") => new Intl.NumberFormat(language, { style: "currency", currency: "EUR" }).format(Number(amount));

test("contribution is summed by segment, filtered, and opened to its order lines, by mouse", async () => {
  const { body: told } = await admin("GET", "/contribution");
  const row = told.by_segment[0];
  const { page, faults, close } = await open(browser, service, "/contribution");
  await page.getByRole("tab", { name: "Segment" }).click();
  await page.waitForURL("**by=segment**");
  // The address is there before the table that it names.
  await page.locator("#sums").getByRole("link", { name: `Order lines: ${row.name}` }).waitFor();
  await page.locator("#sums input[type=search]").fill(row.name);
  await page.waitForURL("**segment.q=**");
  await page.locator("#sums").getByText(`1 of ${told.by_segment.length} rows`).waitFor();
  await page.locator("#sums").getByRole("link", { name: `${euros(row.amount)} — Order lines: ${row.name}` }).click();
  await page.getByRole("heading", { name: "Order lines" }).waitFor();
  await page.locator(".figure").getByText(euros(row.amount), { exact: true }).waitFor();
  const { body: lines } = await admin("GET", `/credits?segment=${encodeURIComponent(row.key)}&overlay=false&limit=1`);
  assert.equal(lines.amount, row.amount);
  await page.getByText(`of ${new Intl.NumberFormat("en-GB").format(lines.total)}`).waitFor();
  // A condition is left out, and the link brings everything back.
  await page.getByRole("button", { name: `Leave out: Segment: ${row.name}` }).click();
  await page.locator(".figure").getByText(euros(told.amount), { exact: true }).waitFor();
  await page.goto(`${service.address}/contribution?by=segment&segment.q=${encodeURIComponent(row.name)}`);
  await page.locator("#sums").getByText(`1 of ${told.by_segment.length} rows`).waitFor();
  assert.deepEqual(faults, []);
  await close();
});

test("contribution is opened by keyboard, in Bulgarian, and a member sees their own alone", async () => {
  const member = await session(service, "member");
  const { body: told } = await member("GET", "/contribution");
  assert.equal(told.whole, false);
  const { page, faults, close } = await open(browser, service, "/contribution", { user: "member", language: "bg" });
  await page.getByText("Виждате собствените си кредити.").waitFor();
  await tabTo(page, "#sums [role=tab]");
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowRight");
  await page.waitForURL("**by=role**");
  await tabTo(page, "#sums tbody a[href*='role=']");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Редове от поръчки" }).waitFor();
  await page.locator("table tbody tr").first().waitFor();
  const people = new Set(await page.locator("table tbody td:nth-child(7)").allTextContents());
  assert.equal(people.size, 1, [...people].join());
  await settle(page);
  assert.deepEqual(await violations(page), []);
  assert.deepEqual(faults, []);
  await close();
});

test("a statement is opened down to an order, disputed, answered and settled, by mouse", async () => {
  const member = await open(browser, service, `/pay?period=${own.period}`, { user: "member" });
  await member.page.locator("#own .pay-total a").click();
  await member.page.getByRole("heading", { name: /^Statement:/ }).waitFor();
  await member.page.getByRole("link", { name: /Open: / }).first().click();
  await member.page.getByRole("heading", { name: /^Only those of:/ }).waitFor();
  await member.page.waitForURL("**part=**");
  // The workbook, and the page that prints.
  const [file] = await Promise.all([member.page.waitForEvent("download"), member.page.getByRole("link", { name: "Workbook (XLSX)" }).click()]);
  assert.equal(readFileSync(await file.path()).subarray(0, 2).toString(), "PK");
  const printed = await member.context.newPage();
  await printed.goto(`${service.address}/api/v1/statements/${own.period}/${MEMBER}?format=html`);
  assert.ok((await printed.locator("body").innerText()).includes(own.credit.order));
  await printed.close();
  await member.page.getByRole("link", { name: "Page to print" }).waitFor();
  await member.page.getByRole("button", { name: "All", exact: true }).click();
  await member.page.emulateMedia({ media: "print" });
  assert.equal(await member.page.locator(".navigation").isVisible(), false);
  assert.equal(await member.page.locator("#credits tbody tr").count(), (await admin("GET", `/statements/${own.period}/${MEMBER}`)).body.credits.length);
  await member.page.emulateMedia({ media: "screen" });
  await member.page.getByRole("button", { name: `Dispute: ${own.credit.order} / ${own.credit.line}` }).first().click();
  await member.page.getByRole("textbox", { name: "What is wrong" }).fill("Half of this order is mine alone.");
  await member.page.getByRole("button", { name: "Open the dispute" }).click();
  await member.page.getByRole("heading", { name: /^Dispute \d+$/ }).waitFor();
  const address = new URL(member.page.url()).pathname;
  assert.equal(await member.page.getByRole("button", { name: "Settle" }).count(), 0, "a member settles nothing");

  const manager = await open(browser, service, "/pay?tab=disputes", { user: "manager" });
  await manager.page.getByRole("link", { name: `Dispute ${address.split("/").pop()}`, exact: true }).click();
  await manager.page.getByRole("button", { name: "Answer" }).click();
  await manager.page.getByRole("dialog").getByLabel("Answer").fill("We look into it.");
  await manager.page.getByRole("dialog").getByRole("button", { name: "Answer", exact: true }).click();
  await manager.page.getByText("We look into it.").waitFor();

  const settles = await open(browser, service, address, { user: "admin" });
  await settles.page.getByRole("button", { name: "Settle" }).click();
  await settles.page.getByLabel("Amount").fill("12.50");
  await settles.page.getByLabel("Why").fill("Granted: the visit was yours.");
  await settles.page.getByRole("dialog").getByRole("button", { name: "Settle", exact: true }).click();
  await settles.page.locator(".page-head .badge").getByText("granted").waitFor();

  await member.page.reload();
  await member.page.getByText("Granted: the visit was yours.").waitFor();
  await member.page.getByText("12.50").waitFor();
  for (const one of [member, manager, settles]) {
    // What was just announced is in the page for some seconds, as a picture without words.
    await one.page.reload();
    await one.page.locator("#claim").waitFor();
    await settle(one.page);
    assert.deepEqual(await violations(one.page), []);
    assert.deepEqual(one.faults, []);
    await one.close();
  }
});

test("a credit is disputed and settled by keyboard alone, in Bulgarian", async () => {
  const member = await open(browser, service, `/pay/${own.period}/${MEMBER}`, { user: "member", language: "bg" });
  await member.page.locator("#credits tbody tr button").first().waitFor();
  await tabTo(member.page, "#credits tbody button", 120);
  await member.page.keyboard.press("Enter");
  await member.page.getByRole("dialog").waitFor();
  await member.page.locator(".dialog textarea:focus").waitFor();
  await member.page.keyboard.type("Тази поръчка е само моя.");
  await tabTo(member.page, ".dialog button[type=submit]");
  await member.page.keyboard.press("Enter");
  await member.page.getByRole("heading", { name: /^Възражение \d+$/ }).waitFor();
  const address = new URL(member.page.url()).pathname;
  const settles = await open(browser, service, address, { language: "bg" });
  await settles.page.getByText("Тази поръчка е само моя.").waitFor();
  await tabTo(settles.page, ".page-head .button.main");
  await settles.page.keyboard.press("Enter");
  await settles.page.getByRole("dialog").waitFor();
  await tabTo(settles.page, ".dialog textarea");
  await settles.page.keyboard.type("Двама я спечелихте.");
  await tabTo(settles.page, ".dialog button[type=submit]");
  await settles.page.keyboard.press("Enter");
  await settles.page.locator(".page-head .badge").getByText("отхвърлено").waitFor();
  for (const one of [member, settles]) {
    assert.deepEqual(one.faults, []);
    await one.close();
  }
});

test("an order is divided by hand with a reason, and that is taken back", async () => {
  const { page, faults, close } = await open(browser, service, "/pay?tab=splits", { allow: ["422 /api/v1/credit-splits"] });
  await page.getByRole("button", { name: "Divide an order by hand" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Order").fill(own.credit.order);
  await dialog.getByLabel("Parts").fill("E-020 sixty");
  await dialog.getByLabel("Reason").fill("Won together at the fair");
  await dialog.getByRole("button", { name: "Divide", exact: true }).click();
  await dialog.getByText("Write each part as").waitFor();
  await dialog.getByLabel("Parts").fill("E-020 = 60\nE-021 = 40");
  await dialog.getByRole("button", { name: "Divide", exact: true }).click();
  await page.getByText("Won together at the fair").first().waitFor();
  const { body } = await admin("GET", `/credits?order=${own.credit.order}`);
  assert.deepEqual(body.credits.map((one) => [one.employee, one.why, one.reason]), [["E-020", "by-hand", "Won together at the fair"], ["E-021", "by-hand", "Won together at the fair"]]);
  await page.getByRole("button", { name: `Take back: ${own.credit.order}` }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Take back", exact: true }).click();
  await page.locator(".badge").getByText("taken back", { exact: true }).waitFor();
  assert.deepEqual(faults, []);
  await close();
});

test("a study is started, stopped, and run to its end by mouse; its address brings the result back", async () => {
  const { page, faults, close } = await open(browser, service, "/strategy?tab=scenario", { user: "planner" });
  await page.getByText("No scenario has been planned yet").waitFor();
  const begin = async () => {
    await page.getByRole("button", { name: "Plan a scenario" }).click();
    await page.getByLabel("The scenario").fill('name = "One more"\n\n[[joiners]]\nlike = "E-020"\n');
    await page.getByRole("button", { name: "Plan it" }).click();
    await page.getByRole("progressbar").waitFor();
  };
  await begin();
  await page.getByRole("button", { name: "Stop", exact: true }).click();
  await page.getByText("Stopped. Nothing was changed.").waitFor({ timeout: 60_000 });
  await page.getByText("It was stopped before it was done.").waitFor();
  await begin();
  await page.getByRole("heading", { name: "One more" }).waitFor({ timeout: 110_000 });
  const address = page.url();
  assert.match(address, /study=/);
  await page.getByRole("row", { name: /People at work/ }).waitFor();
  const cells = await page.getByRole("row", { name: /People at work/ }).locator("td").allTextContents();
  assert.equal(Number(cells[1]), Number(cells[0]) + 1);
  await page.goto(address);
  await page.getByRole("heading", { name: "One more" }).waitFor();
  await settle(page);
  assert.deepEqual(await violations(page), []);
  assert.deepEqual(faults, []);
  await close();
});

test("a study is begun by keyboard, in Bulgarian; who may not begin one reads it", async () => {
  const { page, faults, close } = await open(browser, service, "/strategy?tab=effort", { user: "planner", language: "bg" });
  await page.getByText("Усилието още не е сравнено със стратегията").waitFor();
  await tabTo(page, ".controls .button.main");
  await page.keyboard.press("Enter");
  await page.getByRole("dialog").waitFor();
  await tabTo(page, ".dialog button[type=submit]");
  await page.keyboard.press("Enter");
  await page.locator("#effort table").waitFor({ timeout: 110_000 });
  const { body } = await admin("GET", "/studies?of=effort");
  assert.equal(body.studies[0].state, "done");
  assert.deepEqual(faults, []);
  await close();
  const reads = await open(browser, service, "/strategy?tab=effort", { user: "auditor" });
  await reads.page.locator("#effort table").waitFor();
  assert.equal(await reads.page.getByRole("button", { name: "Compute anew" }).count(), 0);
  assert.deepEqual(reads.faults, []);
  await reads.close();
});

test("the command menu and the keys find the new pages", async () => {
  const { page, faults, close } = await open(browser, service, "/settings");
  await page.keyboard.press("Control+k");
  await page.keyboard.type("Contrib");
  await page.getByRole("menuitem", { name: "Contribution" }).waitFor();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.waitForURL("**/contribution");
  await page.getByRole("heading", { name: "Contribution", exact: true }).waitFor();
  await page.keyboard.press("g");
  await page.keyboard.press("y");
  await page.waitForURL("**/pay");
  assert.deepEqual(faults, []);
  await close();
});
