/**
 * The map a person works with: pointer, touch and keyboard over the painted canvas. With the keyboard the arrows move the map under a cross in
 * the middle, and the account nearest to it is read out, so nothing needs a mouse. The page scrolls past the map: the wheel zooms only
 * when the map has the focus or Ctrl is held.
 */
import { quadtree, type Quadtree } from "d3-quadtree";
import { pointer, select } from "d3-selection";
import { zoom, zoomIdentity, type ZoomBehavior, type ZoomTransform } from "d3-zoom";
import type { Context } from "../context";
import type { Position } from "../data";
import { fill, h, icon } from "../dom";
import { poolName, type PoolView } from "../pool_view";
import { cutLand } from "./land";
import { Painter, readLook, stands, type Area, type Point, type Scene } from "./painter";
import { fitProjection } from "./projection";

export class MapView {
  readonly element: HTMLElement;
  private readonly canvas = h("canvas", { "aria-hidden": "true" });
  private readonly surface: HTMLElement;
  private readonly tip = h("div", { class: "tip", role: "tooltip", id: "map-tip", hidden: true });
  private readonly cross = h("div", { class: "cross", "aria-hidden": "true", hidden: true });
  private readonly hint: HTMLElement;
  private readonly scale = h("div", { class: "scale", "aria-hidden": "true" });
  private readonly painter: Painter;
  private readonly behaviour: ZoomBehavior<HTMLElement, unknown>;
  private transform: ZoomTransform = zoomIdentity;
  private scene: Scene | null = null;
  private tree: Quadtree<Point> | null = null;
  private hit: number | null = null;
  private frame = 0;
  private speech = 0;
  private leaving = 0;
  private sharpness = Math.min(3, Math.max(1.5, devicePixelRatio));
  private view: PoolView | null = null;
  private shownWidth = 0;

  constructor(private readonly context: Context) {
    const { words, format } = context;
    this.painter = new Painter(this.canvas, format);
    this.hint = h("div", { class: "wheel-hint", "aria-hidden": "true" }, words.map.wheel);
    this.surface = h("div", { class: "map-surface", tabindex: 0, role: "application", "aria-roledescription": words.nav.map, "aria-describedby": "map-help" });
    const button = (name: string, label: string, act: () => void) => h("button", { type: "button", class: "button icon-only", "aria-label": label, title: label, onclick: act }, icon(name));
    this.element = h(
      "div",
      { class: "map-frame" },
      this.canvas,
      this.surface,
      this.cross,
      this.hint,
      this.scale,
      h(
        "div",
        { class: "map-buttons no-print" },
        button("plus", words.map.zoomIn, () => this.zoomBy(1.7)),
        button("minus", words.map.zoomOut, () => this.zoomBy(1 / 1.7)),
        button("fit", words.map.reset, () => this.reset()),
      ),
      this.tip,
    );

    this.behaviour = zoom<HTMLElement, unknown>()
      .scaleExtent([0.4, 300])
      .filter((event) => {
        if (event.type === "wheel") {
          const allowed = event.ctrlKey || document.activeElement === this.surface;
          if (!allowed) this.flashHint();
          return allowed;
        }
        if (event.type === "touchstart" && this.transform.k <= 1) return event.touches.length > 1;
        return !event.button;
      })
      .on("zoom", (event) => {
        this.transform = event.transform;
        this.surface.classList.toggle("moved", this.transform.k > 1);
        this.repaint();
      })
      .on("end", () => this.settle());
    select(this.surface).call(this.behaviour).on("dblclick.zoom", null);

    this.surface.addEventListener("pointermove", (event) => event.pointerType !== "touch" && this.hover(event));
    // A tooltip can be hovered itself and goes with Escape (WCAG 1.4.13).
    this.surface.addEventListener("pointerleave", () => this.releaseSoon());
    this.tip.addEventListener("pointerenter", () => clearTimeout(this.leaving));
    this.tip.addEventListener("pointerleave", () => this.releaseSoon());
    document.addEventListener("keydown", (event) => event.key === "Escape" && this.element.isConnected && this.release());
    this.surface.addEventListener("click", (event) => {
      this.hover(event);
      const [x, y] = pointer(event, this.surface);
      if (this.find(x, y, 14) != null && this.hit != null && this.scene) context.openAccount(this.scene.points[this.hit].account);
    });
    this.surface.addEventListener("keydown", (event) => this.key(event));
    this.surface.addEventListener("focus", () => {
      if (!this.surface.matches(":focus-visible")) return;
      this.cross.hidden = false;
      this.aim();
    });
    this.surface.addEventListener("blur", () => {
      this.cross.hidden = true;
      this.release();
    });
    new ResizeObserver(() => {
      if (this.view && Math.abs(this.element.clientWidth - this.shownWidth) > 1) this.show(this.view);
    }).observe(this.element);
  }

  /** Shows a pool from the beginning. */
  show(view: PoolView): void {
    this.view = view;
    this.release();
    const { report, words } = this.context;
    this.surface.setAttribute("aria-label", words.map.label(poolName(this.context, view.pool)));
    const width = this.element.clientWidth;
    const height = this.element.clientHeight;
    this.shownWidth = width;
    if (width === 0 || height === 0) return;
    const { lat, lon } = report.accounts;
    const places: Position[] = view.accounts.filter((i) => lat[i] != null && lon[i] != null).map((i) => [lon[i]!, lat[i]!]);
    const homes = view.employees.map((e) => ({ employee: e, at: report.employees[e] })).filter(({ at }) => at.lat != null && at.lon != null);
    const all = places.length ? places : homes.map(({ at }): Position => [at.lon!, at.lat!]);
    if (all.length === 0) {
      this.scene = null;
      return;
    }
    const projection = fitProjection(all, width, height, 34);
    const project = (position: Position): Position => (projection(position) as Position | null) ?? [NaN, NaN];
    const employee = view.column >= 0 ? report.accounts.columns[view.column].employee : [];
    const moved = view.column >= 0 ? report.accounts.columns[view.column].moved : [];
    const points: Point[] = [];
    for (const account of view.accounts) {
      if (lat[account] == null || lon[account] == null) continue;
      const [x, y] = project([lon[account]!, lat[account]!]);
      points.push({ account, x, y, employee: employee[account], moved: moved[account] === 1 });
    }
    const areas: Area[] = view.pool.territories.map((territory) => {
      const path = new Path2D();
      for (const ring of territory.outline) {
        ring.forEach((position, i) => {
          const [x, y] = project(position);
          if (i === 0) path.moveTo(x, y);
          else path.lineTo(x, y);
        });
        path.closePath();
      }
      const [x, y] = territory.centre ? project(territory.centre) : [NaN, NaN];
      return { territory, path, x, y };
    });
    this.scene = {
      projection,
      land: cutLand(projection, width, height, all.some((at) => at[1] < -60)),
      points,
      homes: homes.map(({ employee: e, at }) => {
        const [x, y] = project([at.lon!, at.lat!]);
        return { employee: e, x, y };
      }),
      areas,
      width,
      height,
      colour: (e) => view.badge.get(e)?.colour ?? 0,
      number: (e) => view.badge.get(e)?.number ?? 0,
      name: (e) => report.employees[e]?.name ?? "",
    };
    this.tree = quadtree<Point>().x((p) => p.x).y((p) => p.y).addAll(points.filter((p) => Number.isFinite(p.x)));
    this.behaviour.extent([[0, 0], [width, height]]).translateExtent([[-width, -height], [2 * width, 2 * height]]);
    select(this.surface).call(this.behaviour.transform, zoomIdentity);
  }

  get empty(): boolean {
    return this.scene == null;
  }

  /** Draws again in the next frame. */
  repaint(): void {
    cancelAnimationFrame(this.frame);
    this.frame = requestAnimationFrame(() => this.paintNow());
  }

  /** Draws at once, sharper for a printer. */
  paintNow(sharpness = this.sharpness): void {
    if (!this.scene) return;
    this.painter.paint(this.scene, this.transform, readLook(this.element), this.context.choice, this.hit, sharpness);
    this.drawScale();
  }

  /** Moves to an account and points at it. */
  goTo(account: number): void {
    if (!this.scene) return;
    const index = this.scene.points.findIndex((point) => point.account === account);
    if (index < 0) return;
    const { x, y } = this.scene.points[index];
    const k = Math.max(this.transform.k, 6);
    const { width, height } = this.scene;
    select(this.surface).call(this.behaviour.transform, zoomIdentity.translate(width / 2 - x * k, height / 2 - y * k).scale(k));
    this.surface.focus({ preventScroll: true });
    this.point(index);
  }

  private settle(): void {
    if (!this.scene) return;
    this.painter.settle(this.scene, this.transform);
    this.repaint();
    if (!this.cross.hidden) this.aim();
  }

  private zoomBy(factor: number): void {
    select(this.surface).call(this.behaviour.scaleBy, factor);
  }

  private reset(): void {
    select(this.surface).call(this.behaviour.transform, zoomIdentity);
  }

  private flashHint(): void {
    this.hint.classList.add("on");
    clearTimeout(this.speech);
    this.speech = window.setTimeout(() => this.hint.classList.remove("on"), 1400);
  }

  private key(event: KeyboardEvent): void {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const step = (event.shiftKey ? 12 : 50) / this.transform.k;
    const pan = (x: number, y: number) => select(this.surface).call(this.behaviour.translateBy, x * step, y * step);
    const acts: Record<string, () => void> = {
      ArrowLeft: () => pan(1, 0),
      ArrowRight: () => pan(-1, 0),
      ArrowUp: () => pan(0, 1),
      ArrowDown: () => pan(0, -1),
      "+": () => this.zoomBy(1.7),
      "=": () => this.zoomBy(1.7),
      "-": () => this.zoomBy(1 / 1.7),
      "0": () => this.reset(),
      Home: () => this.reset(),
      Escape: () => this.release(),
      Enter: () => this.hit != null && this.scene && this.context.openAccount(this.scene.points[this.hit].account),
      " ": () => this.hit != null && this.scene && this.context.openAccount(this.scene.points[this.hit].account),
    };
    const act = acts[event.key];
    if (!act) return;
    event.preventDefault();
    this.cross.hidden = false;
    act();
  }

  /** The account nearest the middle, for the keyboard. */
  private aim(): void {
    if (!this.scene) return;
    const index = this.find(this.scene.width / 2, this.scene.height / 2, 70);
    if (index == null) {
      this.release();
      this.context.announce(this.context.words.map.nothingNear);
    } else {
      this.point(index);
      this.context.announce(this.describe(index).join(". "));
    }
  }

  private hover(event: MouseEvent): void {
    if (!this.scene) return;
    const [x, y] = pointer(event, this.surface);
    const index = this.find(x, y, 14);
    if (index === this.hit) {
      if (index != null) clearTimeout(this.leaving);
      return;
    }
    if (index == null) this.releaseSoon();
    else this.point(index);
    this.surface.classList.toggle("pointing", index != null);
  }

  /** Index of the shown point nearest to a place on the screen. */
  private find(x: number, y: number, reach: number): number | null {
    if (!this.scene || !this.tree) return null;
    const { choice } = this.context;
    const near = this.tree.find(this.transform.invertX(x), this.transform.invertY(y), reach / this.transform.k);
    if (!near) return null;
    if (stands(choice, near)) return this.scene.points.indexOf(near);
    let best: number | null = null;
    let closest = (reach / this.transform.k) ** 2;
    this.scene.points.forEach((point, i) => {
      if (!stands(choice, point)) return;
      const distance = (point.x - this.transform.invertX(x)) ** 2 + (point.y - this.transform.invertY(y)) ** 2;
      if (distance < closest) {
        closest = distance;
        best = i;
      }
    });
    return best;
  }

  private describe(index: number): string[] {
    const { report, words } = this.context;
    const point = this.scene!.points[index];
    const column = report.accounts.columns[this.view!.column];
    const who = point.employee == null ? words.map.nobody : report.employees[point.employee].name;
    return [report.accounts.name[point.account] || report.accounts.id[point.account], words.map.servedBy(who), column.reason[point.account] ?? ""].filter((text) => text !== "");
  }

  private point(index: number): void {
    const { scene } = this;
    if (!scene) return;
    clearTimeout(this.leaving);
    this.hit = index;
    const { report, words } = this.context;
    const point = scene.points[index];
    const [name, who, reason] = this.describe(index);
    const column = report.accounts.columns[this.view!.column];
    fill(
      this.tip,
      h("strong", null, name),
      h("span", { class: "tip-id" }, report.accounts.id[point.account]),
      h("span", { class: "tip-who" }, point.employee == null ? h("span", { class: "swatch none" }) : h("span", { class: "swatch", style: `--c: var(--e${scene.colour(point.employee)})` }, String(scene.number(point.employee))), who),
      column.moved[point.account] === 1 && h("span", { class: "chip" }, words.map.movedHint),
      reason && h("span", { class: "tip-why", lang: this.context.foreign }, reason),
    );
    this.tip.hidden = false;
    const x = point.x * this.transform.k + this.transform.x;
    const y = point.y * this.transform.k + this.transform.y;
    const box = this.tip.getBoundingClientRect();
    const left = Math.min(Math.max(8, x + 14), scene.width - box.width - 8);
    const top = y + 14 + box.height > scene.height ? Math.max(8, y - box.height - 14) : y + 14;
    this.tip.style.transform = `translate(${Math.max(8, left)}px, ${top}px)`;
    this.repaint();
  }

  private releaseSoon(): void {
    clearTimeout(this.leaving);
    this.leaving = window.setTimeout(() => this.release(), 300);
  }

  private release(): void {
    clearTimeout(this.leaving);
    if (this.hit == null && this.tip.hidden) return;
    this.hit = null;
    this.tip.hidden = true;
    this.repaint();
  }

  /** A bar that tells the distance at the middle of the view. */
  private drawScale(): void {
    const { scene } = this;
    if (!scene?.projection.invert) return;
    const middle = [scene.width / 2, scene.height / 2];
    const at = (dx: number) => scene.projection.invert!([this.transform.invertX(middle[0] + dx), this.transform.invertY(middle[1])]);
    const [a, b] = [at(-60), at(60)];
    if (!a || !b) return;
    const rad = Math.PI / 180;
    const metres = 2 * 6_371_000 * Math.asin(Math.min(1, Math.abs(Math.cos(a[1] * rad) * Math.sin(((b[0] - a[0]) * rad) / 2))));
    if (!(metres > 0)) return;
    const power = 10 ** Math.floor(Math.log10(metres));
    const round = [5, 2, 1].map((n) => n * power).find((n) => n <= metres) ?? power;
    const { words, format } = this.context;
    this.scale.style.width = `${(120 * round) / metres}px`;
    this.scale.textContent = round >= 1000 ? `${format.number(round / 1000)} ${words.map.km}` : `${format.number(round)} ${words.map.m}`;
  }

}
