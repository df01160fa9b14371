/**
 * The map: MapLibre GL over the shapes of Natural Earth, which the service itself holds; nothing is asked of anybody else.
 * Bring it in lazily (`lazy(() => import("../../parts/map"))`), and always show the same in a table beside it.
 */
import type { GeoJSONSource, Map as Drawn, StyleSpecification } from "maplibre-gl";
import { useEffect, useRef, useState } from "react";
import { useWords } from "../i18n";
import { common } from "../i18n/common";
import { colour, useTheme } from "../shell/theme";
import { MapTools, NOTHING, boundsOf, makeMap, styleOver } from "./ground";

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
const PADDING = 40;

function style(): StyleSpecification {
  return styleOver({ [POINTS]: { type: "geojson", data: NOTHING } }, [
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
  ]);
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

const spread = (points: MapPoint[]) => boundsOf(points.map((point) => [point.longitude, point.latitude] as const));

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
      made = makeMap({
        container: place.current!,
        style: style(),
        bounds: spread(latest.current.points),
        padding: PADDING,
        label: `${words.label(label)}. ${words.hint}`,
        onLand: (map) => {
          setReady((times) => times + 1);
          map.once("idle", () => place.current?.setAttribute("data-drawn", "yes"));
          latest.current.onReady?.(map);
        },
      });
    } catch {
      setMissing(true);
      return;
    }
    map.current = made;
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

  if (missing) return <p className="soft">{words.missing}</p>;
  return (
    <div className="map no-print" style={{ height }}>
      <div ref={place} className="map-canvas" />
      <MapTools map={map} bounds={() => spread(points)} padding={PADDING} />
    </div>
  );
}
