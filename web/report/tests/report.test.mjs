/** The report in a real browser, opened from disk: nothing fails, nothing is fetched, everybody can use it. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { after, before, describe, test } from "node:test";
import { launch, open, report, settle, writeReport } from "./page.mjs";
import { awkwardPlan, emptyPlan, samplePlan } from "./sample_plan.mjs";

const axe = createRequire(import.meta.url).resolve("axe-core/axe.min.js");
const axeSource = readFileSync(axe, "utf8");
const urls = {};
let browser;

before(async () => {
  urls.en = writeReport("test-en", samplePlan());
  urls.bg = writeReport("test-bg", samplePlan({ language: "bg" }));
  urls.awkward = writeReport("test-awkward", awkwardPlan());
  urls.empty = writeReport("test-empty", emptyPlan());
  urls.large = writeReport("test-large", samplePlan({ accounts: 20000, seed: 11 }));
  browser = await launch();
});
after(() => browser?.close());

/** Runs axe through the debugging protocol, which the page's content security policy does not touch. */
async function violations(page) {
  const session = await page.context().newCDPSession(page);
  await session.send("Runtime.evaluate", { expression: axeSource });
  const { result } = await session.send("Runtime.evaluate", {
    expression: `axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] }).then((r) => JSON.stringify(r.violations.map((v) => v.id + ": " + v.nodes.slice(0, 3).map((n) => n.target.join(" ") + " " + (n.any[0]?.message ?? "")).join(" | "))))`,
    awaitPromise: true,
    returnByValue: true,
  });
  return JSON.parse(result.value);
}

describe("the file", () => {
  test("is one file within its size, with the placeholder once and a policy that allows only its own script", () => {
    const html = readFileSync(report, "utf8");
    assert.ok(statSync(report).size <= 2_500_000);
    assert.equal(html.split("/*BAILIWICK_DATA*/null").length, 2);
    const script = html.match(/<script type="module"[^>]*>([\s\S]*?)<\/script>/)[1];
    assert.ok(html.includes(`'sha256-${createHash("sha256").update(script).digest("base64")}'`));
    assert.match(html, /default-src 'none'/);
    assert.doesNotMatch(html, /file:\/\/|\/home\/|\/root\//);
  });
});

describe("choice and staff", () => {
  test("every plan of the front and every pool of the sizing is in a table, in both languages", async () => {
    for (const [url, recommended] of [[urls.en, "recommended"], [urls.bg, "препоръчан"]]) {
      const { page, close } = await open(browser, url);
      assert.equal(await page.locator("#front tbody tr").count(), 9);
      assert.equal(await page.locator("#front .chart svg").count(), 2, "moves against balance, and against the way");
      assert.match(await page.locator("#front tbody tr").nth(4).innerText(), new RegExp(`05[\\s\\S]*${recommended}`));
      assert.equal(await page.locator("#sizing > div.card tbody tr").count(), 3);
      assert.equal(await page.locator("#sizing figure").count(), 1, "a curve where profit is known");
      await close();
    }
  });
  test("a plan without a front and without sizing has neither section", async () => {
    const { page, close } = await open(browser, urls.awkward);
    assert.equal(await page.locator("#front, #sizing").count(), 0);
    await close();
  });
});

describe("opens without errors, without requests, and clean for axe", () => {
  const ways = [
    ["en", "light", 1280], ["en", "dark", 1280], ["bg", "light", 1280], ["bg", "dark", 1280], ["en", "light", 390], ["bg", "dark", 390],
    ["awkward", "light", 1280], ["awkward", "dark", 390], ["empty", "light", 1280], ["empty", "dark", 390],
  ];
  for (const [name, colorScheme, width] of ways) {
    test(`${name}, ${colorScheme}, ${width} wide`, async () => {
      const { page, faults, close } = await open(browser, urls[name], { colorScheme, viewport: { width, height: 850 } });
      assert.deepEqual(await violations(page), []);
      assert.ok((await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)) <= 0, "no sideways scrolling");
      assert.deepEqual(faults, []);
      await close();
    });
  }
  test("320 wide (400 % zoom) does not scroll sideways", async () => {
    for (const name of ["en", "bg", "awkward"]) {
      const { page, close } = await open(browser, urls[name], { viewport: { width: 320, height: 640 } });
      assert.ok((await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)) <= 0, name);
      await close();
    }
  });
});

describe("what a reader sees", () => {
  test("markup in the data stays text", async () => {
    const { page, faults, close } = await open(browser, urls.awkward);
    assert.equal(await page.title(), "Awkward <script>alert(0)</script> plan");
    assert.equal(await page.locator("main script, main img").count(), 0);
    assert.match(await page.locator("h1").innerText(), /<script>alert\(0\)<\/script>/);
    assert.deepEqual(faults, []);
    await close();
  });

  test("what could not be kept comes first, and leads to the pool and to the accounts", async () => {
    const { page, close } = await open(browser, urls.awkward);
    const sections = await page.locator("main > section").evaluateAll((all) => all.map((s) => s.id));
    assert.equal(sections[0], "problems");
    await page.getByRole("button", { name: "Show on the map" }).nth(1).click();
    assert.equal(await page.locator("#pool-select").inputValue(), "1");
    await page.getByRole("button", { name: "List these accounts" }).click();
    assert.match(await page.locator(".found").innerText(), /^36 accounts of 600$/);
    await close();
  });

  test("a plan that keeps its promises has no such section", async () => {
    const plan = samplePlan();
    for (const pool of plan.pools) for (const measure of pool.measures) measure.kept = true;
    const { page, close } = await open(browser, writeReport("test-kept", plan));
    assert.equal(await page.locator("#problems").count(), 0);
    assert.match(await page.locator(".verdict").innerText(), /All kept.*Every promise of the policy is kept/s);
    await close();
  });

  test("the language can be changed and numbers follow", async () => {
    const { page, close } = await open(browser, urls.en);
    await page.getByRole("button", { name: "Български" }).click();
    assert.equal(await page.locator("html").getAttribute("lang"), "bg");
    assert.match(await page.locator(".verdict").innerText(), /възлагания/);
    assert.equal(await page.evaluate(() => document.activeElement.id), "language-bg");
    await close();
  });

  test("the theme follows the system until it is chosen", async () => {
    const { page, close } = await open(browser, urls.en, { colorScheme: "dark" });
    assert.equal(await page.locator("html").getAttribute("data-theme"), "dark");
    await page.emulateMedia({ colorScheme: "light" });
    await page.waitForFunction(() => document.documentElement.dataset.theme === "light");
    await page.getByRole("button", { name: "Dark colours" }).click();
    assert.equal(await page.locator("html").getAttribute("data-theme"), "dark");
    await close();
  });
});

describe("with the keyboard alone", () => {
  test("skip link, pool, legend, map, card of an account", async () => {
    const { page, faults, close } = await open(browser, urls.en);
    await page.keyboard.press("Tab");
    assert.equal(await page.evaluate(() => document.activeElement.className), "skip");
    await page.keyboard.press("Enter");
    assert.equal(await page.evaluate(() => document.activeElement.id), "main");

    await page.locator("#pool-select").focus();
    const before = await page.locator("#pool-select").inputValue();
    await page.keyboard.press("ArrowDown");
    assert.notEqual(await page.locator("#pool-select").inputValue(), before);
    await settle(page);

    await page.locator(".legend-item").first().focus();
    await page.keyboard.press("Space");
    assert.equal(await page.locator(".legend-item").first().getAttribute("aria-pressed"), "true");
    await page.keyboard.press("Space");

    await page.locator(".map-frame").scrollIntoViewIfNeeded();
    await page.locator("h3", { hasText: "Employees of this pool" }).waitFor();
    // By Tab, so that the focus is visible and the cross appears.
    await page.locator(".pool-bar .button").last().focus();
    for (let i = 0; i < 10 && !(await page.evaluate(() => document.activeElement.classList.contains("map-surface"))); i++) await page.keyboard.press("Tab");
    await page.keyboard.press("+");
    await settle(page);
    let found = false;
    for (const key of ["ArrowLeft", "ArrowLeft", "ArrowUp", "ArrowLeft", "ArrowDown", "ArrowDown", "ArrowRight", "ArrowRight", "ArrowDown", "ArrowRight", "ArrowRight"]) {
      await page.keyboard.press(key);
      await settle(page);
      if ((found = await page.locator("#map-tip").isVisible())) break;
    }
    assert.ok(found, "an account under the cross");
    assert.match(await page.locator("body > .sr-only").innerText(), /Responsible: /);
    await page.keyboard.press("Enter");
    assert.ok(await page.locator("dialog").isVisible());
    assert.deepEqual(await violations(page), []);
    await page.keyboard.press("Escape");
    assert.ok(!(await page.locator("dialog").isVisible()));
    assert.ok(await page.evaluate(() => document.activeElement.classList.contains("map-surface")), "focus returns");
    assert.deepEqual(faults, []);
    await close();
  });

  test("every control can be reached and shows its focus", async () => {
    const { page, close } = await open(browser, urls.en);
    const controls = await page.evaluate(() => [...document.querySelectorAll("button, select, input, summary, a[href], [tabindex='0']")].filter((e) => e.checkVisibility() && !e.disabled).length);
    let reached = 0;
    const poor = [];
    for (let i = 0; i < controls + 20; i++) {
      await page.keyboard.press("Tab");
      const state = await page.evaluate(() => {
        const e = document.activeElement;
        if (e === document.body) return null;
        const style = getComputedStyle(e);
        return { shown: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2, what: e.outerHTML.slice(0, 80) };
      });
      if (!state) break;
      reached++;
      if (!state.shown) poor.push(state.what);
    }
    assert.deepEqual(poor, []);
    // One radio of two is a stop; the others count.
    assert.ok(reached >= controls - 2, `${reached} of ${controls}`);
    await close();
  });
});

describe("lists", () => {
  test("accounts are found, filtered, sorted and paged", async () => {
    const { page, close } = await open(browser, urls.en);
    const section = page.locator("#accounts");
    await section.getByRole("searchbox").fill("A-00042");
    await page.waitForFunction(() => document.querySelector(".found").textContent.startsWith("1 account "));
    await section.getByRole("button", { name: "Clear filters" }).click();
    await section.getByLabel("Show").selectOption("moved");
    await page.waitForFunction(() => !document.querySelector(".found").textContent.startsWith("5,000"));
    await section.getByRole("button", { name: "Number" }).click();
    assert.equal(await section.locator("th[aria-sort=ascending]").innerText(), "Number");
    await section.getByRole("button", { name: "Next page" }).click();
    assert.match(await section.locator(".pager-place").innerText(), /^Page 2 of /);
    await close();
  });

  test("the CSV defuses formulas and keeps what is shown", async () => {
    const { page, close } = await open(browser, urls.awkward);
    const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Save as CSV" }).click()]);
    const text = readFileSync(await download.path(), "utf8");
    assert.equal(text.charCodeAt(0), 0xfeff);
    assert.equal(text.trim().split("\r\n").length, 601);
    assert.match(text, /"'=HYPERLINK\(""http:\/\/example.com""\)"/);
    for (const cell of text.split(/\r\n|,(?=(?:[^"]*"[^"]*")*[^"]*$)/)) assert.doesNotMatch(cell.replace(/^\uFEFF?"?/, ""), /^[=+\-@]/);
    await close();
  });
});

describe("20,000 accounts", () => {
  test("open and zoom without a fault; the frame time is told, not judged", async () => {
    const { page, faults, close } = await open(browser, urls.large);
    await page.locator(".map-frame").scrollIntoViewIfNeeded();
    const box = await page.locator(".map-surface").boundingBox();
    await page.locator(".map-surface").focus();
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    const frames = page.evaluate(() => new Promise((done) => {
      const times = [];
      let before = performance.now();
      const step = (now) => {
        times.push(now - before);
        before = now;
        if (times.length < 40) requestAnimationFrame(step);
        else done(times.slice(3).sort((a, b) => a - b));
      };
      requestAnimationFrame(step);
    }));
    for (let i = 0; i < 10; i++) await page.mouse.wheel(0, i < 5 ? -120 : 120);
    const times = await frames;
    console.log(`frames while zooming: median ${times[18].toFixed(1)} ms, worst ${times.at(-1).toFixed(1)} ms`);
    assert.notEqual(await page.locator(".scale").innerText(), "");
    assert.deepEqual(faults, []);
    await close();
  });
});

test("prints light, with map and lists, without controls", async () => {
  const { page, close } = await open(browser, urls.en, { colorScheme: "dark" });
  const pdf = await page.pdf({ format: "A4", printBackground: true });
  assert.ok(pdf.length > 50_000);
  assert.equal(await page.locator("html").getAttribute("data-theme"), "dark");
  await close();
});
