/** A browser that collects what must not happen: errors, refusals nobody expected, and requests to anywhere but the service. */
import { createRequire } from "node:module";
import { chromium } from "playwright-core";
import { PASSWORD } from "./service.mjs";

const axeSource = createRequire(import.meta.url).resolve("axe-core/axe.min.js");

// A machine without a graphics card draws the map in software.
export const launch = () => chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--lang=en-US", "--no-sandbox", "--enable-unsafe-swiftshader", "--ignore-gpu-blocklist"] });

const sessions = new Map();

/** The cookie of a user, asked for once for each service. */
async function cookieOf(service, user) {
  const key = `${service.address} ${user}`;
  if (!sessions.has(key)) {
    const opened = await fetch(`${service.address}/api/v1/session`, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ name: user, password: PASSWORD }) });
    if (opened.status !== 204) throw new Error(await opened.text());
    const [name, value] = opened.headers.get("set-cookie").split(";")[0].split("=");
    sessions.set(key, { name, value, url: service.address });
  }
  return sessions.get(key);
}

/**
 * Opens `path` as `user` (none: nobody). `allow` names refusals that belong to the test, as `"409 /api/v1/plans"`.
 */
export async function open(browser, service, path = "/", { user = "admin", language = "en", theme = "light", width = 1280, height = 900, allow = [], patience = 15_000, ...options } = {}) {
  const context = await browser.newContext({ viewport: { width, height }, colorScheme: theme, reducedMotion: "reduce", locale: language === "bg" ? "bg-BG" : "en-GB", acceptDownloads: true, ...options });
  if (user) await context.addCookies([await cookieOf(service, user)]);
  await context.addInitScript((chosen) => localStorage.getItem("bailiwick.language") ?? localStorage.setItem("bailiwick.language", chosen), language);
  const page = await context.newPage();
  page.setDefaultTimeout(patience);
  const faults = [];
  page.on("console", (message) => {
    if (!["error", "warning"].includes(message.type())) return;
    // The browser repeats refusals here; they are judged below. Software drawing is slow, and says so.
    if (/^Failed to load resource|GL Driver Message|WebGL.*software|swiftshader/i.test(message.text())) return;
    faults.push(`console: ${message.text()}`);
  });
  page.on("pageerror", (error) => faults.push(`error: ${error.message}`));
  page.on("request", (request) => {
    const url = request.url();
    if (!url.startsWith(service.address) && !url.startsWith("data:") && !url.startsWith("blob:")) faults.push(`request: ${url}`);
  });
  page.on("response", (response) => {
    if (response.status() < 400) return;
    const what = `${response.status()} ${new URL(response.url()).pathname}`;
    const expected = !user && what === "401 /api/v1/session";
    if (!expected && !allow.some((one) => what.startsWith(one))) faults.push(`refused: ${what}`);
  });
  await page.goto(service.address + path);
  await page.waitForSelector("h1");
  await settle(page);
  return { page, faults, context, close: () => context.close() };
}

/** Waits until nothing is being asked for and what came is drawn. */
export async function settle(page) {
  await page.waitForFunction(() => !document.querySelector(".loading"));
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
}

/** What axe finds against WCAG 2.2 A and AA, in words. */
export async function violations(page) {
  if (!(await page.evaluate(() => "axe" in window))) await page.evaluate((await import("node:fs")).readFileSync(axeSource, "utf8"));
  const result = await page.evaluate(() => globalThis.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] }));
  return result.violations.map((one) => `${one.id}: ${one.help} — ${one.nodes.map((node) => `${node.target.join(" ")} [${node.any.map((any) => any.message).join("; ")}]`).join(" | ")}`);
}

/** Presses Tab until what has the focus fits; a keyboard gets everywhere or the test fails. */
export async function tabTo(page, selector, most = 80) {
  for (let times = 0; times < most; times++) {
    await page.keyboard.press("Tab");
    if (await page.evaluate((wanted) => document.activeElement?.matches(wanted) ?? false, selector)) return;
  }
  throw new Error(`Tab does not get to ${selector}`);
}
