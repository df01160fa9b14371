/** What every map stands on: MapLibre with its worker, the countries of Natural Earth that the service itself holds, and its tools. */
import "maplibre-gl/dist/maplibre-gl.css";
import workerUrl from "maplibre-gl/dist/maplibre-gl-worker.mjs?url";
import { LngLatBounds, Map as Drawn, setWorkerUrl, type GeoJSONSource, type LayerSpecification, type MapOptions, type SourceSpecification, type StyleSpecification } from "maplibre-gl";
import type { RefObject } from "react";
import { feature } from "topojson-client";
import type { GeometryCollection, Topology } from "topojson-specification";
import landUrl from "world-atlas/countries-50m.json?url";
import { useWords } from "../i18n";
import { common } from "../i18n/common";
import { colour } from "../shell/theme";
import { Button } from "./basics";

setWorkerUrl(workerUrl);

export const NOTHING: GeoJSON.FeatureCollection = { type: "FeatureCollection", features: [] };
let land: Promise<GeoJSON.GeoJSON> | undefined;

/** The countries, read once. */
function countries(): Promise<GeoJSON.GeoJSON> {
  land ??= fetch(landUrl)
    .then((answer) => answer.json() as Promise<Topology<{ countries: GeometryCollection }>>)
    .then((world) => feature(world, world.objects.countries));
  return land;
}

/** Sea, land and borders, and what a map draws over them. */
export function styleOver(sources: Record<string, SourceSpecification>, layers: LayerSpecification[]): StyleSpecification {
  return {
    version: 8,
    sources: { land: { type: "geojson", data: NOTHING }, ...sources },
    layers: [
      { id: "sea", type: "background", paint: { "background-color": colour("map-sea") } },
      { id: "land", type: "fill", source: "land", paint: { "fill-color": colour("map-land") } },
      { id: "borders", type: "line", source: "land", paint: { "line-color": colour("map-border"), "line-width": 1 } },
      ...layers,
    ],
  };
}

/** Null where nothing has a place. */
export function boundsOf(places: Iterable<readonly [longitude: number, latitude: number]>): LngLatBounds | null {
  let bounds: LngLatBounds | null = null;
  for (const [longitude, latitude] of places) bounds = (bounds ?? new LngLatBounds()).extend([longitude, latitude]);
  return bounds;
}

/** Shows the bounds as a whole, at most as near as a town is. */
const fitting = (padding: number) => ({ padding, maxZoom: 9 });

interface Wanted {
  container: HTMLElement;
  style: StyleSpecification;
  bounds: LngLatBounds | null;
  /** Pixels around the bounds. */
  padding: number;
  /** What the map is called by those who do not see it. */
  label: string;
  options?: Partial<MapOptions>;
  /** The land is there, and the map takes what else is to be drawn. */
  onLand(map: Drawn): void;
}

/** A flat map, north up. Throws where the browser cannot draw one. */
export function makeMap({ container, style, bounds, padding, label, options, onLand }: Wanted): Drawn {
  const made = new Drawn({
    container,
    style,
    attributionControl: false,
    dragRotate: false,
    pitchWithRotate: false,
    ...options,
    ...(bounds ? { bounds, fitBoundsOptions: fitting(padding) } : { center: [15, 48] as [number, number], zoom: 3 }),
  });
  made.touchZoomRotate.disableRotation();
  made.getCanvas().setAttribute("aria-label", label);
  void made.once("load").then(async () => {
    (made.getSource("land") as GeoJSONSource | undefined)?.setData(await countries());
    onLand(made);
  });
  return made;
}

/** Nearer, farther, everything; and whose shapes they are. */
export function MapTools({ map, bounds, padding }: { map: RefObject<Drawn | null>; bounds(): LngLatBounds | null; padding: number }) {
  const words = useWords(common).map;
  const fit = () => {
    const all = bounds();
    if (all) map.current?.fitBounds(all, fitting(padding));
  };
  return (
    <>
      <div className="map-tools">
        <Button icon="plus" aria-label={words.zoomIn} onPress={() => map.current?.zoomIn()} />
        <Button icon="minus" aria-label={words.zoomOut} onPress={() => map.current?.zoomOut()} />
        <Button icon="fit" aria-label={words.fit} onPress={fit} />
      </div>
      <span className="map-source">{words.attribution}</span>
    </>
  );
}
