/**
 * A journey is told once and walked by two hands: with the mouse in English, and with the keyboard alone in Bulgarian. With
 * EVERY=1 both hands walk it in both languages.
 *
 *     journey("a contact is added", { at: () => "/accounts/C00130?tab=people" }, async ({ page, hand, say }) => {
 *       await hand.press(page.getByRole("button", { name: say("Add a contact", "Добави контакт") }));
 *
 * The keyboard hand touches nothing but keys: it gets to a thing by Tab (or arrows inside lists, tabs and menus), as somebody
 * without a mouse does, and fails if that does not lead there.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { open, settle } from "./page.mjs";

const WAYS = [
  { hand: "mouse", language: "en" },
  { hand: "keyboard", language: "bg" },
  ...(process.env.EVERY ? [{ hand: "mouse", language: "bg" }, { hand: "keyboard", language: "en" }] : []),
];

/**
 * `house()` gives the browser and the service, `at(way)` the address, where a walk may begin from what `ready` made for it.
 * `number` tells the walks apart, so that each has a customer of its own to change.
 */
export function journey(house, name, { at, user = "admin", ready, ...options }, walk) {
  WAYS.forEach((way, number) =>
    test(`${name}: by ${way.hand}, ${way.language}`, async () => {
      const { browser, service } = house();
      const made = ready ? await ready({ number, service }) : undefined;
      const address = typeof at === "function" ? at({ number, made }) : at;
      const { page, faults, context, close } = await open(browser, service, address, { user, language: way.language, ...options });
      const say = (en, bg) => (way.language === "bg" ? bg : en);
      await walk({ page, context, service, made, number, say, hand: handOf(page, way.hand === "keyboard"), byKeys: way.hand === "keyboard" });
      await settle(page);
      assert.deepEqual(faults, []);
      await close();
    }),
  );
}

/** The hand for another page of the same walk. */
export const handOf = (page, byKeys) => (byKeys ? keyboard(page) : mouse(page));

function mouse(page) {
  return {
    press: (what) => what.click(),
    write: async (what, text) => {
      await what.click();
      await what.fill(text);
    },
    tick: async (what) => {
      // Where a box is drawn in place of the browser's, that is what is seen and clicked.
      const label = what.locator("xpath=ancestor::label[1]");
      await ((await label.count()) > 0 ? label : what).click();
    },
    /** A list that opens: its button or field, and the option's name. */
    choose: async (what, option) => {
      await what.click();
      await page.locator(".listbox").getByRole("option", { name: option }).first().click();
    },
    /** Writes into a field that offers what fits, and takes the offer that says so. */
    find: async (what, text) => {
      await what.click();
      await what.fill(text);
      await page.locator(".listbox").getByRole("option").filter({ hasText: text }).first().click();
    },
    select: (what, value) => what.selectOption(value),
    upload: (what, file) => chosenFile(page, () => what.click(), file),
  };
}

/** The driver does not wait until the browser tells it of windows for files: a question to the page in between is answered
 * after that, so that no key comes before it. */
async function chosenFile(page, press, file) {
  const pressed = async () => {
    await page.evaluate(() => 0);
    await press();
  };
  const [chooser] = await Promise.all([page.waitForEvent("filechooser"), pressed()]);
  await chooser.setFiles(file);
}

/** Where the focus is, as seen from an element: on it, in the same composite widget, before or after it. */
const seenFrom = (element) => {
  const now = document.activeElement;
  if (now === element) return "here";
  if (now?.contains(element) && now.matches("[role=row], [role=gridcell]")) return "row";
  if (!now || now === document.body) return "before";
  return now.compareDocumentPosition(element) & Node.DOCUMENT_POSITION_FOLLOWING ? "before" : "after";
};

const WIDGETS = "[role=tablist], [role=menu], [role=listbox], [role=radiogroup], [role=toolbar]";

/** Whether arrows, not Tab, lead on to it. */
const composite = (element) => element.closest("[role=tablist], [role=menu], [role=listbox], [role=radiogroup], [role=toolbar]")?.getAttribute("role") ?? (element.closest("[role=grid] [role=row]") ? "grid" : null);

function keyboard(page) {
  const key = (name) => page.keyboard.press(name);
  // Elements, not locators: a list that opens on the way hides the rest of the page from whoever looks by role.
  const focused = (element) => element.evaluate((one) => one === document.activeElement || (one.matches("label") && one.contains(document.activeElement)));
  const holdsFocus = (element) => element.evaluate((one) => one.contains(document.activeElement));
  const within = async (element, path) => (await element.evaluateHandle((one, selector) => one.closest(selector), path)).asElement();

  /** Tab, or Shift and Tab, until `there`. */
  async function tab(element, there, what, most) {
    for (let times = 0; times < most; times++) {
      if (await there()) return;
      await key((await element.evaluate(seenFrom)) === "after" ? "Shift+Tab" : "Tab");
    }
    throw new Error(`Tab does not lead to ${what}`);
  }
  async function arrows(element, name, what, most = 60) {
    for (let times = 0; times < most; times++) {
      if (await focused(element)) return;
      await key(name);
    }
    throw new Error(`${name} does not lead to ${what}`);
  }
  async function reach(what, most = 160) {
    await what.waitFor();
    const element = await what.elementHandle();
    // A dialog that closes gives the focus back to what opened it; only then is it ours to move.
    await page.waitForFunction((one) => [...document.querySelectorAll(".overlay")].every((overlay) => overlay.contains(one)), element);
    await settle(page);
    const inside = await element.evaluate(composite);
    if (inside === "grid") {
      const grid = await within(element, "[role=grid]");
      await tab(grid, () => holdsFocus(grid), what, most);
      await key("Home");
      await arrows(await within(element, "[role=row]"), "ArrowDown", what);
      return arrows(element, "ArrowRight", what);
    }
    if (inside) {
      const whole = await within(element, WIDGETS);
      await tab(whole, () => holdsFocus(whole), what, most);
      if (await focused(element)) return;
      return arrows(element, ["tablist", "radiogroup", "toolbar"].includes(inside) ? "ArrowRight" : "ArrowDown", what);
    }
    return tab(element, () => focused(element), what, most);
  }
  return {
    press: async (what) => {
      await reach(what);
      await key("Enter");
    },
    write: async (what, text) => {
      await reach(what);
      if ((await what.getAttribute("type")) === "date") return typeDay(page, what, text);
      await key("Control+a");
      await page.keyboard.insertText(text);
    },
    tick: async (what) => {
      await reach(what);
      await key("Space");
    },
    choose: async (what, option) => {
      await reach(what);
      await key("Enter");
      const wanted = page.locator(".listbox").getByRole("option", { name: option }).first();
      await wanted.waitFor();
      await arrows(await wanted.elementHandle(), "ArrowDown", option, 200);
      await key("Enter");
    },
    find: async (what, text) => {
      await reach(what);
      await page.keyboard.type(text);
      await page.locator(".listbox").getByRole("option").filter({ hasText: text }).first().waitFor();
      // The focus stays in the field; what is chosen is told beside it.
      for (let times = 0; times < 20; times++) {
        await key("ArrowDown");
        const active = await what.getAttribute("aria-activedescendant");
        if (active && (await page.locator(`[id="${active}"]`).evaluate((element, wanted) => element.textContent.includes(wanted), text))) break;
      }
      await key("Enter");
    },
    select: async (what, value) => {
      await reach(what);
      const places = await what.evaluate((element, wanted) => [element.selectedIndex, [...element.options].findIndex((one) => one.value === wanted)], value);
      for (let place = places[0]; place !== places[1]; place += Math.sign(places[1] - places[0])) await key(places[1] > places[0] ? "ArrowDown" : "ArrowUp");
      assert.equal(await what.inputValue(), value);
    },
    upload: async (what, file) => {
      await reach(what);
      assert.ok(await focused(await what.elementHandle()), "the focus went elsewhere before the key was pressed");
      await chosenFile(page, () => key("Space"), file);
    },
  };
}

/** A field for a day is written part by part, in the order of the browser's own language (see `launch`), whatever the page's. */
async function typeDay(page, what, day) {
  const [year, month, date] = day.split("-");
  for (const part of [month, date, year]) await page.keyboard.type(part);
  assert.equal(await what.inputValue(), day);
}

/** The dialog that is open, whether it asks or warns. */
export const dialog = (page) => page.getByRole("dialog").or(page.getByRole("alertdialog"));
/** What the page says, and not what still stands in the field of a dialog that closes. */
export const told = (page, text) => page.getByText(text).and(page.locator(":not(textarea)"));
export const button = (page, name, exact = true) => page.getByRole("button", { name, exact });
