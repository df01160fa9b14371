/** Building of elements without a framework: `h("p", { class: "note" }, "text")`. Text is always set as text, never as markup. */

type Child = Node | string | null | undefined | false;
type Attributes = Record<string, string | number | boolean | null | undefined | ((event: any) => void)>;

const svgNames = new Set(["svg", "path", "circle", "g", "rect", "line"]);

export function h<K extends keyof HTMLElementTagNameMap>(name: K, attributes?: Attributes | null, ...children: (Child | Child[])[]): HTMLElementTagNameMap[K];
export function h(name: string, attributes?: Attributes | null, ...children: (Child | Child[])[]): Element;
export function h(name: string, attributes?: Attributes | null, ...children: (Child | Child[])[]): Element {
  const element = svgNames.has(name) ? document.createElementNS("http://www.w3.org/2000/svg", name) : document.createElement(name);
  for (const [key, value] of Object.entries(attributes ?? {})) {
    if (value == null || value === false) continue;
    if (typeof value === "function") element.addEventListener(key.slice(2), value);
    else if (key === "style") (element as HTMLElement).style.cssText = String(value);
    else element.setAttribute(key, value === true ? "" : String(value));
  }
  for (const child of children.flat()) if (child != null && child !== false) element.append(child);
  return element;
}

/** Line icons, 24 × 24, drawn with the current colour. */
const icons: Record<string, string> = {
  check: "M5 12.5l4.5 4.5L19 7.5",
  alert: "M12 4L2.8 19.5h18.4L12 4zM12 10v4.5M12 17.2v.3",
  cross: "M6 6l12 12M18 6L6 18",
  info: "M12 3.5a8.5 8.5 0 100 17 8.5 8.5 0 000-17zM12 11v5.5M12 7.6v.3",
  plus: "M12 5v14M5 12h14",
  minus: "M5 12h14",
  fit: "M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5",
  sun: "M12 8a4 4 0 100 8 4 4 0 000-8zM12 2.5v2M12 19.5v2M2.5 12h2M19.5 12h2M5.3 5.3l1.4 1.4M17.3 17.3l1.4 1.4M5.3 18.7l1.4-1.4M17.3 6.7l1.4-1.4",
  moon: "M20 14.5A8.5 8.5 0 019.5 4a8.5 8.5 0 1010.5 10.5z",
  print: "M7 9V3.5h10V9M7 17H4V9h16v8h-3M7 14h10v6.5H7z",
  download: "M12 4v11M7.5 11L12 15.5 16.5 11M5 20h14",
  left: "M14.5 5.5L8 12l6.5 6.5",
  right: "M9.5 5.5L16 12l-6.5 6.5",
  pin: "M12 21s-6.5-6-6.5-11a6.5 6.5 0 0113 0c0 5-6.5 11-6.5 11zM12 7.8a2.2 2.2 0 100 4.4 2.2 2.2 0 000-4.4z",
};

export function icon(name: keyof typeof icons | string, size = 18): Element {
  return h("svg", { viewBox: "0 0 24 24", width: size, height: size, "aria-hidden": "true", class: "icon" }, h("path", { d: icons[name] }));
}

/** Replaces the children of an element. */
export function fill(element: Element, ...children: (Child | Child[])[]): void {
  element.replaceChildren(...(children.flat().filter((child) => child != null && child !== false) as (Node | string)[]));
}
