/** `npm run pictures`: every page in light, dark, on a phone and in Bulgarian, for docs/images/app. Names after the command choose some. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { ADDRESSES } from "./addresses.mjs";
import { launch, open, settle } from "./page.mjs";
import { prepare } from "./prepare.mjs";
import { start } from "./service.mjs";

const folder = join(import.meta.dirname, "../../../docs/images/app");
mkdirSync(folder, { recursive: true });
const wanted = process.argv.slice(2);
const [service, browser] = await Promise.all([start(), launch()]);
const known = await prepare(service);
const WAYS = { light: {}, dark: { theme: "dark" }, narrow: { width: 390, height: 844 }, bg: { language: "bg" } };
for (const address of ADDRESSES.filter((one) => wanted.length === 0 || wanted.includes(one.name)))
  for (const [way, options] of Object.entries(WAYS)) {
    const path = address.path.replace(/\{(\w+)\}/g, (_, name) => known[name]);
    const { page, close } = await open(browser, service, path, { user: address.user === undefined ? "admin" : address.user, patience: 60_000, ...options });
    await settle(page);
    if (address.wait) await page.waitForSelector(address.wait);
    await page.screenshot({ path: join(folder, `${address.name}-${way}.png`) });
    console.log(`${address.name}-${way}.png`);
    await close();
  }
await browser.close();
await service.stop();
