/** A chart's place on the page: it is painted when it is first seen, and again when its width changes. */

/** Narrower than this nothing can be read. */
const NARROWEST = 80;

export function paintToWidth(place: HTMLElement, paint: (width: number) => void): void {
  let width = 0;
  new ResizeObserver(() => {
    if (place.clientWidth < NARROWEST || Math.abs(place.clientWidth - width) < 2) return;
    width = place.clientWidth;
    paint(width);
  }).observe(place);
}

/** Puts a picture into its place. Whoever cannot see it has the table beside it. */
export function show(place: HTMLElement, plot: Element): void {
  plot.setAttribute("aria-hidden", "true");
  plot.removeAttribute("aria-label");
  place.replaceChildren(plot);
}
