/** The projection that fits the data: Mercator for a region, Equal Earth for the world, turned so that no data straddles its edge. */
import { geoEqualEarth, geoMercator, type GeoProjection } from "d3-geo";
import type { MultiPoint } from "geojson";
import type { Position } from "../data";

/** Middle of the longitudes: opposite to the widest gap between them on the circle. */
function middleLongitude(longitudes: number[]): { middle: number; span: number } {
  const sorted = [...longitudes].sort((a, b) => a - b);
  let widest = -1;
  let after = 0;
  for (let i = 0; i < sorted.length; i++) {
    const next = i + 1 < sorted.length ? sorted[i + 1] : sorted[0] + 360;
    if (next - sorted[i] > widest) {
      widest = next - sorted[i];
      after = next;
    }
  }
  const span = 360 - widest;
  return { middle: ((after + span / 2 + 540) % 360) - 180, span };
}

/** Leaves the two in a thousand that lie farthest out (often wrong coordinates) outside the first view; they stay reachable by zooming out. */
function core(points: Position[]): Position[] {
  if (points.length < 500) return points;
  const quantile = (values: number[], q: number) => values[Math.floor(q * (values.length - 1))];
  const lons = points.map((p) => p[0]).sort((a, b) => a - b);
  const lats = points.map((p) => p[1]).sort((a, b) => a - b);
  const [west, east, south, north] = [quantile(lons, 0.002), quantile(lons, 0.998), quantile(lats, 0.002), quantile(lats, 0.998)];
  const kept = points.filter(([x, y]) => x >= west && x <= east && y >= south && y <= north);
  return kept.length > 1 ? kept : points;
}

export function fitProjection(points: Position[], width: number, height: number, pad: number): GeoProjection {
  const shown = core(points);
  const { middle, span } = middleLongitude(shown.map((p) => p[0]));
  const tall = Math.max(...shown.map((p) => Math.abs(p[1])));
  const kind = span > 100 || tall > 80 ? geoEqualEarth : geoMercator;
  const projection: GeoProjection = Object.assign(kind(), { kind });
  projection.rotate([-middle, 0]);
  const padX = Math.min(pad, width / 6);
  const padY = Math.min(pad, height / 6);
  const object: MultiPoint = { type: "MultiPoint", coordinates: shown };
  projection.fitExtent([[padX, padY], [width - padX, height - padY]], object);
  // Never closer than a view 3 km wide; 40 km when everything is in one place.
  const scaleFor = (kilometres: number) => (width / kilometres) * 6371;
  if (!Number.isFinite(projection.scale()) || projection.scale() > scaleFor(3)) {
    projection.scale(scaleFor(Number.isFinite(projection.scale()) ? 3 : 40)).translate([0, 0]);
    const lon = shown.reduce((sum, p) => sum + p[0], 0) / shown.length;
    const lat = shown.reduce((sum, p) => sum + p[1], 0) / shown.length;
    const at = projection([lon, lat]) ?? [0, 0];
    projection.translate([width / 2 - at[0], height / 2 - at[1]]);
  }
  return projection;
}
