/** Countries around the data, cut at run time from the Natural Earth shapes embedded once (1 : 50 million, package world-atlas). */
import { geoBounds, geoGraticule, geoPath, type GeoProjection } from "d3-geo";
import codes from "i18n-iso-countries/codes.json";
import { feature, mesh } from "topojson-client";
import type { Topology, GeometryCollection } from "topojson-specification";
import type { Feature, Geometry } from "geojson";
import world from "world-atlas/countries-50m.json";

export interface Country {
  shape: Feature<Geometry, { name: string }>;
  alpha2: string;
  name: string;
  bounds: [[number, number], [number, number]];
}

const topology = world as unknown as Topology<{ countries: GeometryCollection<{ name: string }> }>;
const alpha2 = new Map((codes as string[][]).map((row) => [row[2], row[0]]));
let cached: Country[] | null = null;

function countries(): Country[] {
  cached ??= feature(topology, topology.objects.countries).features.map((shape) => ({
    shape,
    alpha2: alpha2.get(String(shape.id ?? "")) ?? "",
    name: shape.properties.name,
    bounds: geoBounds(shape),
  }));
  return cached;
}

export interface Land {
  land: Path2D;
  borders: Path2D;
  graticule: Path2D;
  countries: Country[];
}

/** Drawing paths in the projected plane, for an area that reaches two views beyond each edge. Antarctica only where there is data. */
export function cutLand(projection: GeoProjection, width: number, height: number, antarctica: boolean): Land {
  const clipped = copy(projection).clipExtent([[-2 * width, -2 * height], [3 * width, 3 * height]]);
  const near = countries().filter(({ shape, alpha2 }) => {
    if (alpha2 === "AQ" && !antarctica) return false;
    const path = geoPath(clipped);
    const [[x0, y0], [x1, y1]] = path.bounds(shape);
    return x1 > x0 && y1 > y0;
  });
  const draw = (object: Parameters<ReturnType<typeof geoPath>>[0]) => {
    const path = new Path2D();
    geoPath(clipped, path as unknown as CanvasRenderingContext2D)(object);
    return path;
  };
  const wanted = new Set(near.map((country) => country.name));
  const some = { ...topology.objects.countries, geometries: topology.objects.countries.geometries.filter((g) => wanted.has((g.properties as { name: string }).name)) };
  const step = graticuleStep(projection, width);
  return {
    land: draw({ type: "FeatureCollection", features: near.map((country) => country.shape) }),
    borders: draw(mesh(topology, some as typeof topology.objects.countries, (a, b) => a !== b)),
    graticule: draw(geoGraticule().step([step, step])()),
    countries: near,
  };
}

function graticuleStep(projection: GeoProjection, width: number): number {
  const degrees = (width / projection.scale()) * (180 / Math.PI);
  return [0.1, 0.25, 0.5, 1, 2, 5, 10, 20].find((step) => degrees / step < 9) ?? 30;
}

/** A projection of the same kind and place that can be changed without touching the first. */
export function copy(projection: GeoProjection, factor = 1, shift: [number, number] = [0, 0]): GeoProjection {
  const kind = (projection as GeoProjection & { kind?: () => GeoProjection }).kind;
  if (!kind) throw new Error("projection without kind");
  const [x, y] = projection.translate();
  return kind().rotate(projection.rotate()).scale(projection.scale() * factor).translate([x * factor + shift[0], y * factor + shift[1]]);
}

export interface CountryLabel {
  text: string;
  x: number;
  y: number;
}

/** Names of the countries that take enough room in the view after zooming by `k` and moving by `x`, `y`; in screen pixels. */
export function labelCountries(land: Land, projection: GeoProjection, view: { k: number; x: number; y: number }, width: number, height: number, name: (country: Country) => string): CountryLabel[] {
  const seen = copy(projection, view.k, [view.x, view.y]).clipExtent([[0, 0], [width, height]]);
  const path = geoPath(seen);
  const labels: CountryLabel[] = [];
  for (const country of land.countries) {
    const area = path.area(country.shape);
    if (area < 2600) continue;
    const text = name(country).toLocaleUpperCase();
    const [[x0], [x1]] = path.bounds(country.shape);
    if (x1 - x0 < text.length * 7) continue;
    const [x, y] = path.centroid(country.shape);
    const half = text.length * 5.3;
    labels.push({ text, x: Math.min(Math.max(x, half + 6), width - half - 6), y: Math.min(Math.max(y, 16), height - 16) });
  }
  return labels;
}
