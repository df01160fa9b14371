/** Puts a plan into the built report as the planner does, and opens it from disk in a browser that may reach nothing else. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

export const report = join(import.meta.dirname, "../../../crates/app/assets/report.html");
export const output = join(import.meta.dirname, "output");
const placeholder = "/*BAILIWICK_DATA*/null";

export function writeReport(name, plan) {
  mkdirSync(output, { recursive: true });
  const parts = readFileSync(report, "utf8").split(placeholder);
  if (parts.length !== 2) throw new Error("the report has no placeholder");
  const path = join(output, `${name}.html`);
  writeFileSync(path, parts.join(JSON.stringify(plan).replaceAll("<", "\\u003c")));
  return pathToFileURL(path).href;
}

export const launch = () => chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu"] });

/** Opens a page and collects what must not happen: errors and requests. */
export async function open(browser, url, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, colorScheme: "light", reducedMotion: "reduce", ...options });
  const page = await context.newPage();
  const faults = [];
  page.on("console", (message) => ["error", "warning"].includes(message.type()) && faults.push(`console: ${message.text()}`));
  page.on("pageerror", (error) => faults.push(`error: ${error.message}`));
  page.on("dialog", (dialog) => (faults.push(`dialog: ${dialog.message()}`), dialog.dismiss()));
  page.on("request", (request) => request.url() !== url && !request.url().startsWith("data:") && !request.url().startsWith("blob:") && faults.push(`request: ${request.url()}`));
  await page.goto(url);
  await page.waitForSelector("h1");
  await settle(page);
  return { page, faults, close: () => context.close() };
}

/** Waits for two frames, so that canvas and charts are drawn. */
export const settle = (page) => page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => requestAnimationFrame(done)))));
