/** Every page, in both languages, light and dark, wide and on a phone: no fault, no violation, nothing wider than the screen. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { ADDRESSES } from "./addresses.mjs";
import { launch, open, settle, violations } from "./page.mjs";
import { prepare } from "./prepare.mjs";
import { start } from "./service.mjs";

let service, browser, known;
before(async () => {
  [service, browser] = await Promise.all([start(), launch()]);
  known = await prepare(service);
});
after(async () => {
  await browser?.close();
  await service?.stop();
});

const WAYS = [
  { language: "en", theme: "light", width: 1280 },
  { language: "bg", theme: "dark", width: 390 },
];

for (const address of ADDRESSES)
  for (const way of WAYS)
    test(`${address.name}, ${way.language}, ${way.theme}, ${way.width} px`, async () => {
      const path = address.path.replace(/\{(\w+)\}/g, (_, name) => known[name]);
      const { page, faults, close } = await open(browser, service, path, { user: address.user === undefined ? "admin" : address.user, ...way });
      if (address.wait) await page.waitForSelector(address.wait);
      await settle(page);
      assert.equal(await page.evaluate(() => document.documentElement.lang), way.language);
      assert.equal(await page.locator("h1").count(), 1);
      assert.deepEqual(await violations(page), []);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      assert.ok(wide <= 0, `${wide} px wider than the screen`);
      assert.deepEqual(faults, []);
      await close();
    });
