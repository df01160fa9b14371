/**
 * The map: MapLibre GL over the shapes of Natural Earth, which the service itself holds; nothing is asked of anybody else.
 * Bring it in lazily (`lazy(() => import("../../parts/map"))`), and always show the same in a table beside it.
 */
import "maplibre-gl/dist/maplibre-gl.css";
import workerUrl from "maplibre-gl/dist/maplibre-gl-worker.mjs?url";
import { LngLatBounds, Map as Drawn, setWorkerUrl, type GeoJSONSource, type StyleSpecification } from "maplibre-gl";
import { useEffect, useRef, useState } from "react";
import { feature } from "topojson-client";
import type { GeometryCollection, Topology } from "topojson-specification";
import { useWords } from "../i18n";
import { common } from "../i18n/common";
import { colour, useTheme } from "../shell/theme";
import { Button } from "./basics";
import landUrl from "world-atlas/countries-50m.json?url";

setWorkerUrl(workerUrl);

export interface MapPoint {
  id: string;
  longitude: number;
  latitude: number;
  colour: string;
  /** In pixels; 4 when absent. */
  radius?: number;
}

interface MapProps {
  label: string;
  points: MapPoint[];
  selected?: ReadonlySet<string>;
  onPick?(id: string): void;
  /** The map itself once it is there, for what a page adds to it (layers, drawing). */
  onReady?(map: Drawn): void;
  height?: string;
}

const POINTS = "points";
let land: Promise<GeoJSON.GeoJSON> | undefined;

/** The countries, read once. */
function countries(): Promise<GeoJSON.GeoJSON> {
  land ??= fetch(landUrl)
    .then((answer) => answer.json() as Promise<Topology<{ countries: GeometryCollection }>>)
    .then((world) => feature(world, world.objects.countries));
  return land;
}

function style(): StyleSpecification {
  return {
    version: 8,
    sources: { land: { type: "geojson", data: { type: "FeatureCollection", features: [] } }, [POINTS]: { type: "geojson", data: { type: "FeatureCollection", features: [] } } },
    layers: [
      { id: "sea", type: "background", paint: { "background-color": colour("map-sea") } },
      { id: "land", type: "fill", source: "land", paint: { "fill-color": colour("map-land") } },
      { id: "borders", type: "line", source: "land", paint: { "line-color": colour("map-border"), "line-width": 1 } },
      {
        id: POINTS,
        type: "circle",
        source: POINTS,
        paint: {
          "circle-color": ["get", "colour"],
          "circle-radius": ["interpolate", ["linear"], ["zoom"], 3, ["*", 0.7, ["get", "radius"]], 9, ["*", 1.8, ["get", "radius"]]],
          "circle-stroke-color": ["case", ["get", "selected"], colour("ink"), colour("surface")],
          "circle-stroke-width": ["case", ["get", "selected"], 2.5, 0.6],
        },
      },
    ],
  };
}

function collection(points: MapPoint[], selected: ReadonlySet<string> | undefined): GeoJSON.FeatureCollection {
  return {
    type: "FeatureCollection",
    features: points.map((point) => ({
      type: "Feature",
      geometry: { type: "Point", coordinates: [point.longitude, point.latitude] },
      properties: { id: point.id, colour: point.colour, radius: point.radius ?? 4, selected: selected?.has(point.id) ?? false },
    })),
  };
}

function boundsOf(points: MapPoint[]): LngLatBounds | null {
  if (points.length === 0) return null;
  const bounds = new LngLatBounds();
  for (const point of points) bounds.extend([point.longitude, point.latitude]);
  return bounds;
}

export default function MapView({ label, points, selected, onPick, onReady, height = "26rem" }: MapProps) {
  const words = useWords(common).map;
  const { dark } = useTheme();
  const place = useRef<HTMLDivElement>(null);
  const map = useRef<Drawn | null>(null);
  const [missing, setMissing] = useState(false);
  const [ready, setReady] = useState(0);
  const latest = useRef({ points, onPick, onReady });
  latest.current = { points, onPick, onReady };

  useEffect(() => {
    let made: Drawn;
    try {
      const bounds = boundsOf(latest.current.points);
      made = new Drawn({
        container: place.current!,
        style: style(),
        attributionControl: false,
        dragRotate: false,
        pitchWithRotate: false,
        ...(bounds ? { bounds, fitBoundsOptions: { padding: 40, maxZoom: 9 } } : { center: [15, 48] as [number, number], zoom: 3 }),
      });
    } catch {
      setMissing(true);
      return;
    }
    map.current = made;
    made.touchZoomRotate.disableRotation();
    made.getCanvas().setAttribute("aria-label", `${words.label(label)}. ${words.hint}`);
    void made.once("load").then(async () => {
      (made.getSource("land") as GeoJSONSource | undefined)?.setData(await countries());
      setReady((times) => times + 1);
      made.once("idle", () => place.current?.setAttribute("data-drawn", "yes"));
      latest.current.onReady?.(made);
    });
    made.on("click", POINTS, (event) => {
      const id = event.features?.[0]?.properties["id"] as string | undefined;
      if (id !== undefined) latest.current.onPick?.(id);
    });
    made.on("mouseenter", POINTS, () => (made.getCanvas().style.cursor = latest.current.onPick ? "pointer" : ""));
    made.on("mouseleave", POINTS, () => (made.getCanvas().style.cursor = ""));
    return () => {
      map.current = null;
      made.remove();
    };
    // Other colours make another map.
    // eslint-disable-next-line
  }, [dark]);

  useEffect(() => {
    (map.current?.getSource(POINTS) as GeoJSONSource | undefined)?.setData(collection(points, selected));
  }, [points, selected, ready]);

  const fit = () => {
    const bounds = boundsOf(points);
    if (bounds) map.current?.fitBounds(bounds, { padding: 40, maxZoom: 9 });
  };
  if (missing) return <p className="soft">{words.missing}</p>;
  return (
    <div className="map no-print" style={{ height }}>
      <div ref={place} className="map-canvas" />
      <div className="map-tools">
        <Button icon="plus" aria-label={words.zoomIn} onPress={() => map.current?.zoomIn()} />
        <Button icon="minus" aria-label={words.zoomOut} onPress={() => map.current?.zoomOut()} />
        <Button icon="fit" aria-label={words.fit} onPress={fit} />
      </div>
      <span className="map-source">{words.attribution}</span>
    </div>
  );
}
