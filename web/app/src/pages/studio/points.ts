/**
 * Twenty thousand places, found by shape: a rectangle, a brush, a lasso. Places are kept in the plane of Web Mercator, where
 * a map that is not turned is only moved and stretched, and sorted into the cells of a grid, so that a shape looks at what
 * lies near it alone.
 */
export interface Spot {
  x: number;
  y: number;
}

const CELLS = 128;

/** Longitude and latitude in the plane of Web Mercator, both from 0 to 1. */
export function mercator(longitude: number, latitude: number): Spot {
  const sine = Math.min(0.9999, Math.max(-0.9999, Math.sin((latitude * Math.PI) / 180)));
  return { x: longitude / 360 + 0.5, y: 0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI) };
}

export class Points {
  readonly x: Float64Array;
  readonly y: Float64Array;
  private readonly cells: number[][] = Array.from({ length: CELLS * CELLS }, () => []);
  private west = Infinity;
  private north = Infinity;
  private width = 0;
  private height = 0;

  constructor(longitude: readonly (number | null | undefined)[], latitude: readonly (number | null | undefined)[]) {
    const count = longitude.length;
    this.x = new Float64Array(count).fill(NaN);
    this.y = new Float64Array(count).fill(NaN);
    let [east, south] = [-Infinity, -Infinity];
    for (let row = 0; row < count; row++) {
      const [lon, lat] = [longitude[row], latitude[row]];
      if (lon == null || lat == null) continue;
      const at = mercator(lon, lat);
      this.x[row] = at.x;
      this.y[row] = at.y;
      this.west = Math.min(this.west, at.x);
      this.north = Math.min(this.north, at.y);
      east = Math.max(east, at.x);
      south = Math.max(south, at.y);
    }
    this.width = Math.max(east - this.west, 1e-12);
    this.height = Math.max(south - this.north, 1e-12);
    for (let row = 0; row < count; row++) if (!Number.isNaN(this.x[row]!)) this.cells[this.cell(this.column(this.x[row]!), this.line(this.y[row]!))]!.push(row);
  }

  private column = (x: number) => Math.min(CELLS - 1, Math.max(0, Math.floor(((x - this.west) / this.width) * CELLS)));
  private line = (y: number) => Math.min(CELLS - 1, Math.max(0, Math.floor(((y - this.north) / this.height) * CELLS)));
  private cell = (column: number, line: number) => line * CELLS + column;

  /** Rows in the cells that a rectangle touches. */
  private *near(a: Spot, b: Spot): Iterable<number> {
    const [left, right] = [this.column(Math.min(a.x, b.x)), this.column(Math.max(a.x, b.x))];
    const [top, bottom] = [this.line(Math.min(a.y, b.y)), this.line(Math.max(a.y, b.y))];
    for (let line = top; line <= bottom; line++) for (let column = left; column <= right; column++) yield* this.cells[this.cell(column, line)]!;
  }

  inRectangle(a: Spot, b: Spot): number[] {
    const [west, east, north, south] = [Math.min(a.x, b.x), Math.max(a.x, b.x), Math.min(a.y, b.y), Math.max(a.y, b.y)];
    const found: number[] = [];
    for (const row of this.near(a, b)) if (this.x[row]! >= west && this.x[row]! <= east && this.y[row]! >= north && this.y[row]! <= south) found.push(row);
    return found;
  }

  inCircle(centre: Spot, radius: number): number[] {
    const found: number[] = [];
    for (const row of this.near({ x: centre.x - radius, y: centre.y - radius }, { x: centre.x + radius, y: centre.y + radius })) {
      const [dx, dy] = [this.x[row]! - centre.x, this.y[row]! - centre.y];
      if (dx * dx + dy * dy <= radius * radius) found.push(row);
    }
    return found;
  }

  /** Whatever lies inside a closed line, by how often a ray crosses it (even–odd rule). */
  inLasso(line: readonly Spot[]): number[] {
    if (line.length < 3) return [];
    const low = { x: Math.min(...line.map((at) => at.x)), y: Math.min(...line.map((at) => at.y)) };
    const high = { x: Math.max(...line.map((at) => at.x)), y: Math.max(...line.map((at) => at.y)) };
    const found: number[] = [];
    for (const row of this.near(low, high)) if (within(line, this.x[row]!, this.y[row]!)) found.push(row);
    return found;
  }

  /** The place nearest to a point, not further than the radius. */
  nearest(at: Spot, radius: number): number | null {
    let [best, least] = [null as number | null, radius * radius];
    for (const row of this.near({ x: at.x - radius, y: at.y - radius }, { x: at.x + radius, y: at.y + radius })) {
      const [dx, dy] = [this.x[row]! - at.x, this.y[row]! - at.y];
      if (dx * dx + dy * dy <= least) [best, least] = [row, dx * dx + dy * dy];
    }
    return best;
  }
}

export function within(line: readonly Spot[], x: number, y: number): boolean {
  let inside = false;
  for (let at = 0, before = line.length - 1; at < line.length; before = at++) {
    const [a, b] = [line[at]!, line[before]!];
    if (a.y > y !== b.y > y && x < ((b.x - a.x) * (y - a.y)) / (b.y - a.y) + a.x) inside = !inside;
  }
  return inside;
}

/** A colour for each of many people, as far from its neighbours as can be: golden angles around the circle of hues. */
export const hue = (index: number, dark: boolean): string => `hsl(${Math.round((index * 137.508 + 20) % 360)} ${dark ? "65% 62%" : "62% 42%"})`;
