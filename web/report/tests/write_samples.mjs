/** `npm run sample`: writes sample reports to tests/output, and pictures of them with `--pictures`. */
import { join } from "node:path";
import { launch, open, output, settle, writeReport } from "./page.mjs";
import { awkwardPlan, emptyPlan, samplePlan } from "./sample_plan.mjs";

const urls = { sample: writeReport("sample", samplePlan()), bulgarian: writeReport("bulgarian", samplePlan({ language: "bg" })), awkward: writeReport("awkward", awkwardPlan()), empty: writeReport("empty", emptyPlan()) };
for (const url of Object.values(urls)) console.log(url);
if (process.argv.includes("--pictures")) {
  const browser = await launch();
  const shots = [
    ["light-1280", urls.sample, {}],
    ["dark-1280", urls.sample, { colorScheme: "dark" }],
    ["bg-1280", urls.bulgarian, {}],
    ["light-390", urls.sample, { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2 }],
    ["awkward-1280", urls.awkward, {}],
    ["awkward-390", urls.awkward, { viewport: { width: 390, height: 844 } }],
    ["wide-1920", urls.sample, { viewport: { width: 1920, height: 1080 } }],
    ["empty-1280", urls.empty, {}],
  ];
  for (const [name, url, options] of shots) {
    const { page, faults, close } = await open(browser, url, options);
    await settle(page);
    await page.screenshot({ path: join(output, `${name}.png`), fullPage: true });
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    console.log(name, faults, overflow > 0 ? `overflows by ${overflow}` : "");
    await close();
  }
  const { page, close } = await open(browser, urls.sample);
  await page.pdf({ path: join(output, "print.pdf"), format: "A4", printBackground: true });
  await close();
  await browser.close();
}
