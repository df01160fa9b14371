/** Draws the map on a canvas: land, territories, points by employee, homes, labels. 20,000 points take a few milliseconds. */
import type { GeoProjection } from "d3-geo";
import type { Format } from "../i18n";
import type { Territory } from "../data";
import { labelCountries, type CountryLabel, type Land } from "./land";

export interface Point {
  account: number;
  x: number;
  y: number;
  /** Null: nobody is responsible. */
  employee: number | null;
  /** Goes to another employee than today. */
  moved: boolean;
}

/** What is singled out; the rest is drawn pale. */
export interface Emphasis {
  /** Empty: all. */
  employees: ReadonlySet<number>;
  movedOnly: boolean;
}

export const stands = ({ employees, movedOnly }: Emphasis, point: Point): boolean =>
  (!movedOnly || point.moved) && (employees.size === 0 || (point.employee != null && employees.has(point.employee)));

export interface Home {
  employee: number;
  x: number;
  y: number;
}

export interface Area {
  territory: Territory;
  path: Path2D;
  /** Projected centre. */
  x: number;
  y: number;
}

export interface Scene {
  projection: GeoProjection;
  land: Land;
  points: Point[];
  homes: Home[];
  areas: Area[];
  width: number;
  height: number;
  /** Colour 0 … 7 of an employee, number and name. */
  colour(employee: number): number;
  number(employee: number): number;
  name(employee: number): string;
}

export interface Look {
  sea: string;
  land: string;
  border: string;
  graticule: string;
  place: string;
  halo: string;
  text: string;
  pill: string;
  muted: string;
  alarm: string;
  focus: string;
  employees: string[];
  font: string;
}

export function readLook(element: Element): Look {
  const style = getComputedStyle(element);
  const get = (name: string) => style.getPropertyValue(name).trim();
  return {
    sea: get("--map-sea"),
    land: get("--map-land"),
    border: get("--map-border"),
    graticule: get("--map-graticule"),
    place: get("--map-place"),
    halo: get("--map-halo"),
    text: get("--ink"),
    pill: get("--card"),
    muted: get("--map-muted"),
    alarm: get("--bad"),
    focus: get("--focus"),
    employees: Array.from({ length: 8 }, (_, i) => get(`--e${i}`)),
    font: style.fontFamily,
  };
}

export interface View {
  k: number;
  x: number;
  y: number;
}

export class Painter {
  private labels: CountryLabel[] = [];

  constructor(
    private readonly canvas: HTMLCanvasElement,
    private readonly format: Format,
  ) {}

  /** Country names depend on the view; worked out when a movement has ended. */
  settle(scene: Scene, view: View): void {
    this.labels = labelCountries(scene.land, scene.projection, view, scene.width, scene.height, (country) => this.format.country(country.alpha2, country.name));
    this.settledAt = view;
  }
  private settledAt: View = { k: 1, x: 0, y: 0 };

  radius(scene: Scene, view: View): number {
    const density = Math.sqrt((scene.width * scene.height) / Math.max(1, scene.points.length));
    return Math.max(1.7, Math.min(5, density / 5.5)) * Math.min(2.6, Math.max(0.8, view.k ** 0.28));
  }

  paint(scene: Scene, view: View, look: Look, emphasis: Emphasis, hit: number | null, sharpness: number): void {
    const { canvas } = this;
    const { width, height } = scene;
    const pixelWidth = Math.round(width * sharpness);
    const pixelHeight = Math.round(height * sharpness);
    if (canvas.width !== pixelWidth || canvas.height !== pixelHeight) {
      canvas.width = pixelWidth;
      canvas.height = pixelHeight;
    }
    const ink = canvas.getContext("2d");
    if (!ink) return;
    const chosen = emphasis.employees;
    const screen = () => ink.setTransform(sharpness, 0, 0, sharpness, 0, 0);
    const plane = () => ink.setTransform(sharpness * view.k, 0, 0, sharpness * view.k, sharpness * view.x, sharpness * view.y);
    const shown = (employee: number | null) => chosen.size === 0 || (employee != null && chosen.has(employee));

    screen();
    ink.fillStyle = look.sea;
    ink.fillRect(0, 0, width, height);
    plane();
    ink.lineJoin = "round";
    ink.fillStyle = look.land;
    ink.fill(scene.land.land);
    ink.strokeStyle = look.graticule;
    ink.lineWidth = 0.6 / view.k;
    ink.stroke(scene.land.graticule);
    ink.strokeStyle = look.border;
    ink.lineWidth = 1 / view.k;
    ink.stroke(scene.land.land);
    ink.lineWidth = 1.3 / view.k;
    ink.stroke(scene.land.borders);

    screen();
    ink.textAlign = "center";
    ink.textBaseline = "middle";
    ink.font = `600 11px ${look.font}`;
    ink.letterSpacing = "1.5px";
    ink.fillStyle = look.place;
    const ratio = view.k / this.settledAt.k;
    for (const label of this.labels) {
      ink.fillText(label.text, (label.x - this.settledAt.x) * ratio + view.x, (label.y - this.settledAt.y) * ratio + view.y);
    }
    ink.letterSpacing = "0px";

    plane();
    for (const { territory, path } of scene.areas) {
      const on = shown(territory.employee);
      const colour = look.employees[scene.colour(territory.employee)];
      ink.globalAlpha = on ? (chosen.size ? 0.2 : 0.13) : 0.03;
      ink.fillStyle = colour;
      ink.fill(path, "evenodd");
      ink.globalAlpha = on ? 0.95 : 0.25;
      ink.strokeStyle = on ? colour : look.muted;
      ink.lineWidth = 1.6 / view.k;
      ink.stroke(path);
    }
    ink.globalAlpha = 1;

    screen();
    this.paintPoints(ink, scene, view, look, emphasis);
    for (const home of scene.homes) this.paintHome(ink, home, view, look, scene, shown(home.employee));
    this.paintLabels(ink, scene, view, look, shown);
    if (hit != null) {
      const point = scene.points[hit];
      const r = this.radius(scene, view) + 4;
      ink.beginPath();
      ink.arc(point.x * view.k + view.x, point.y * view.k + view.y, r, 0, 2 * Math.PI);
      ink.strokeStyle = look.halo;
      ink.lineWidth = 5;
      ink.stroke();
      ink.strokeStyle = look.text;
      ink.lineWidth = 2.2;
      ink.stroke();
    }
  }

  /** Pale points first, then each employee's in one stroke of the pen, then crosses for accounts without anybody. */
  private paintPoints(ink: CanvasRenderingContext2D, scene: Scene, view: View, look: Look, emphasis: Emphasis): void {
    const r = this.radius(scene, view);
    const margin = r + 2;
    const pale: [number, number][] = [];
    const lost: [number, number][] = [];
    const groups = new Map<number, [number, number][]>();
    for (const point of scene.points) {
      const x = point.x * view.k + view.x;
      const y = point.y * view.k + view.y;
      if (!(x > -margin && y > -margin && x < scene.width + margin && y < scene.height + margin)) continue;
      if (!stands(emphasis, point)) pale.push([x, y]);
      else if (point.employee == null) lost.push([x, y]);
      else {
        const group = groups.get(point.employee);
        if (group) group.push([x, y]);
        else groups.set(point.employee, [[x, y]]);
      }
    }
    const dots = (places: [number, number][]) => {
      ink.beginPath();
      for (const [x, y] of places) {
        ink.moveTo(x + r, y);
        ink.arc(x, y, r, 0, 2 * Math.PI);
      }
    };
    ink.globalAlpha = 0.45;
    ink.fillStyle = look.muted;
    dots(pale);
    ink.fill();
    ink.globalAlpha = 1;
    ink.strokeStyle = look.halo;
    ink.lineWidth = 1.6;
    for (const [employee, places] of groups) {
      ink.fillStyle = look.employees[scene.colour(employee)];
      dots(places);
      if (r > 2.2) ink.stroke();
      ink.fill();
    }
    const arm = r + 1.5;
    ink.beginPath();
    for (const [x, y] of lost) {
      ink.moveTo(x - arm, y - arm);
      ink.lineTo(x + arm, y + arm);
      ink.moveTo(x + arm, y - arm);
      ink.lineTo(x - arm, y + arm);
    }
    ink.strokeStyle = look.halo;
    ink.lineWidth = 4.5;
    ink.stroke();
    ink.strokeStyle = look.alarm;
    ink.lineWidth = 2.2;
    ink.stroke();
  }

  private paintHome(ink: CanvasRenderingContext2D, home: Home, view: View, look: Look, scene: Scene, on: boolean): void {
    const x = home.x * view.k + view.x;
    const y = home.y * view.k + view.y;
    if (x < -12 || y < -12 || x > scene.width + 12 || y > scene.height + 12) return;
    ink.beginPath();
    ink.moveTo(x, y - 8.5);
    ink.lineTo(x + 8, y - 1);
    ink.lineTo(x + 5.5, y - 1);
    ink.lineTo(x + 5.5, y + 7);
    ink.lineTo(x - 5.5, y + 7);
    ink.lineTo(x - 5.5, y - 1);
    ink.lineTo(x - 8, y - 1);
    ink.closePath();
    ink.globalAlpha = on ? 1 : 0.4;
    ink.strokeStyle = look.halo;
    ink.lineWidth = 4;
    ink.stroke();
    ink.fillStyle = on ? look.employees[scene.colour(home.employee)] : look.muted;
    ink.fill();
    ink.strokeStyle = look.text;
    ink.lineWidth = 1.4;
    ink.stroke();
    ink.globalAlpha = 1;
  }

  /** Number and name of each territory at its centre, larger territories first; a label without room shrinks to its number, then goes. */
  private paintLabels(ink: CanvasRenderingContext2D, scene: Scene, view: View, look: Look, shown: (e: number | null) => boolean): void {
    const places = scene.areas.length
      ? scene.areas.map((area) => ({ employee: area.territory.employee, weight: area.territory.accounts, x: area.x, y: area.y }))
      : scene.homes.map((home) => ({ employee: home.employee, weight: 0, x: home.x, y: home.y - 22 / view.k }));
    const taken: [number, number, number, number][] = [];
    const free = (x: number, y: number, w: number) => taken.every(([a, b, c, d]) => x + w / 2 < a || x - w / 2 > c || y + 10 < b || y - 10 > d);
    for (const place of [...places].sort((a, b) => Number(shown(b.employee)) - Number(shown(a.employee)) || b.weight - a.weight)) {
      if (!shown(place.employee) || Number.isNaN(place.x)) continue;
      const at = place.x * view.k + view.x;
      const y = place.y * view.k + view.y;
      if (at < 0 || y < 0 || at > scene.width || y > scene.height) continue;
      const number = String(scene.number(place.employee));
      ink.font = `700 11px ${look.font}`;
      const numberWidth = Math.max(18, ink.measureText(number).width + 9);
      ink.font = `600 11.5px ${look.font}`;
      const name = shorten(scene.name(place.employee));
      const nameWidth = ink.measureText(name).width + 12;
      let wide = numberWidth + nameWidth;
      const inside = (w: number) => Math.min(Math.max(at, w / 2 + 4), scene.width - w / 2 - 4);
      let x = inside(wide);
      const roomy = scene.width > 560 && places.length <= 40;
      if (!roomy || !free(x, y, wide)) x = inside((wide = numberWidth));
      if (!free(x, y, wide)) continue;
      taken.push([x - wide / 2, y - 10, x + wide / 2, y + 10]);
      const left = x - wide / 2;
      ink.beginPath();
      ink.roundRect(left, y - 9.5, wide, 19, 9.5);
      ink.fillStyle = look.pill;
      ink.fill();
      ink.strokeStyle = look.employees[scene.colour(place.employee)];
      ink.lineWidth = 1.4;
      ink.stroke();
      ink.beginPath();
      ink.roundRect(left, y - 9.5, numberWidth, 19, 9.5);
      ink.fillStyle = look.employees[scene.colour(place.employee)];
      ink.fill();
      ink.textAlign = "center";
      ink.textBaseline = "middle";
      ink.font = `700 11px ${look.font}`;
      ink.fillStyle = look.pill;
      ink.fillText(number, left + numberWidth / 2, y + 0.5);
      if (wide > numberWidth) {
        ink.font = `600 11.5px ${look.font}`;
        ink.fillStyle = look.text;
        ink.textAlign = "left";
        ink.fillText(name, left + numberWidth + 5, y + 0.5);
      }
    }
  }
}

function shorten(name: string): string {
  return name.length > 22 ? `${name.slice(0, 20).trimEnd()}…` : name;
}
