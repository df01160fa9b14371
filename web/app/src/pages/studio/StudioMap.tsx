/**
 * The map of a draft: twenty thousand accounts by the colour of whoever has them, which are chosen by a click, a rectangle, a
 * brush or a lasso. Places go to the map once; who has them and what is chosen is state beside them, so that a choice or an
 * edit redraws, and sends nothing.
 */
import type { GeoJSONSource, LayerSpecification, Map as Drawn, StyleSpecification } from "maplibre-gl";
import { useEffect, useImperativeHandle, useRef, useState, type PointerEvent as Pointing, type Ref } from "react";
import { useWords } from "../../i18n";
import { common } from "../../i18n/common";
import { MapTools, NOTHING, boundsOf, makeMap, styleOver } from "../../parts/ground";
import { colour, useTheme } from "../../shell/theme";
import { Points, hue, mercator, type Spot } from "./points";

export type Tool = "move" | "rectangle" | "brush" | "lasso";
export type Bounds = [west: number, south: number, east: number, north: number];

export interface MapHandle {
  show(bounds: Bounds): void;
}

interface Props {
  label: string;
  longitude: readonly (number | null | undefined)[];
  latitude: readonly (number | null | undefined)[];
  /** Index of whoever has it; below zero: nobody. */
  owner: readonly number[];
  /** Of each place whether it stands out: locked, or in a part that lies apart. */
  marked: readonly boolean[];
  outlines?: readonly { owner: number; ring: readonly (readonly number[])[] }[];
  selected: ReadonlySet<number>;
  tool: Tool;
  /** Rows were chosen: in place of what was, or beside it. */
  onSelect(rows: number[], add: boolean): void;
  handle?: Ref<MapHandle>;
  height?: string;
}

const BRUSH = 18;
const REACH = 8;
const PADDING = 30;

function style(): StyleSpecification {
  const state = (name: string, otherwise: unknown) => ["coalesce", ["feature-state", name], otherwise];
  const sources = {
    outlines: { type: "geojson" as const, data: NOTHING },
    accounts: { type: "geojson" as const, data: NOTHING, tolerance: 0, buffer: 16 },
  };
  const layers = [
    { id: "areas", type: "fill", source: "outlines", paint: { "fill-color": ["get", "colour"], "fill-opacity": 0.12 } },
    { id: "edges", type: "line", source: "outlines", paint: { "line-color": ["get", "colour"], "line-width": 1.2 } },
    {
      id: "accounts",
      type: "circle",
      source: "accounts",
      paint: {
        "circle-color": state("colour", colour("soft")),
        "circle-radius": ["interpolate", ["linear"], ["zoom"], 3, 2.2, 7, 4, 11, 7],
        "circle-stroke-color": ["case", state("chosen", false), colour("ink"), colour("warn")],
        "circle-stroke-width": ["case", state("chosen", false), 2.4, state("marked", false), 1.6, 0],
      },
    },
  ] as LayerSpecification[];
  return styleOver(sources, layers);
}

function spread(longitude: Props["longitude"], latitude: Props["latitude"]) {
  return boundsOf(longitude.flatMap((lon, row) => (lon != null && latitude[row] != null ? [[lon, latitude[row]] as const] : [])));
}

export default function StudioMap({ label, longitude, latitude, owner, marked, outlines, selected, tool, onSelect, handle, height = "34rem" }: Props) {
  const words = useWords(common).map;
  const { dark } = useTheme();
  const place = useRef<HTMLDivElement>(null);
  const map = useRef<Drawn | null>(null);
  const [missing, setMissing] = useState(false);
  const [ready, setReady] = useState(0);
  const [drawn, setDrawn] = useState(false);
  const points = useRef<Points>(new Points([], []));
  const drawnOwner = useRef<number[]>([]);
  const drawnMarked = useRef<boolean[]>([]);
  const drawnChosen = useRef<Set<number>>(new Set());
  const [trace, setTrace] = useState<Spot[]>([]);
  const drawing = useRef<{ line: Spot[]; found: Set<number>; add: boolean } | null>(null);

  useEffect(() => {
    let made: Drawn;
    try {
      made = makeMap({
        container: place.current!,
        style: style(),
        bounds: spread(longitude, latitude),
        padding: PADDING,
        label: `${words.label(label)}. ${words.hint}`,
        options: { fadeDuration: 0 },
        onLand: (map) => {
          drawnOwner.current = [];
          drawnMarked.current = [];
          drawnChosen.current = new Set();
          setReady((times) => times + 1);
          // For whoever waits for the whole picture.
          void map.once("idle").then(() => setDrawn(true));
        },
      });
    } catch {
      setMissing(true);
      return;
    }
    map.current = made;
    return () => {
      map.current = null;
      made.remove();
    };
    // Other colours make another map.
    // eslint-disable-next-line
  }, [dark]);

  // Places go to the map once.
  useEffect(() => {
    points.current = new Points(longitude, latitude);
    const features: GeoJSON.Feature[] = [];
    longitude.forEach((lon, row) => {
      const lat = latitude[row];
      if (lon != null && lat != null) features.push({ type: "Feature", id: row, geometry: { type: "Point", coordinates: [lon, lat] }, properties: {} });
    });
    const made = map.current;
    if (!made || ready === 0) return;
    (made.getSource("accounts") as GeoJSONSource | undefined)?.setData({ type: "FeatureCollection", features });
    made.removeFeatureState({ source: "accounts" });
    drawnOwner.current = [];
    drawnMarked.current = [];
    drawnChosen.current = new Set();
  }, [longitude, latitude, ready]);

  // Who has them, and what stands out: only what changed is told.
  useEffect(() => {
    const made = map.current;
    if (!made || ready === 0) return;
    const nobody = colour("soft");
    owner.forEach((has, row) => {
      if (drawnOwner.current[row] === has && drawnMarked.current[row] === marked[row]) return;
      made.setFeatureState({ source: "accounts", id: row }, { colour: has < 0 ? nobody : hue(has, dark), marked: marked[row] ?? false });
    });
    drawnOwner.current = [...owner];
    drawnMarked.current = [...marked];
  }, [owner, marked, ready, dark, longitude]);

  useEffect(() => {
    const made = map.current;
    if (!made || ready === 0) return;
    for (const row of drawnChosen.current) if (!selected.has(row)) made.setFeatureState({ source: "accounts", id: row }, { chosen: false });
    for (const row of selected) if (!drawnChosen.current.has(row)) made.setFeatureState({ source: "accounts", id: row }, { chosen: true });
    drawnChosen.current = new Set(selected);
  }, [selected, ready, longitude]);

  useEffect(() => {
    const features = (outlines ?? []).map((one): GeoJSON.Feature => ({
      type: "Feature",
      geometry: { type: "Polygon", coordinates: [one.ring.map((at) => [at[0]!, at[1]!])] },
      properties: { colour: hue(one.owner, dark) },
    }));
    if (ready > 0) (map.current?.getSource("outlines") as GeoJSONSource | undefined)?.setData({ type: "FeatureCollection", features });
  }, [outlines, ready, dark]);

  useImperativeHandle(handle, () => ({
    show: ([west, south, east, north]) => void map.current?.fitBounds([[west, south], [east, north]], { padding: 60, maxZoom: 11 }),
  }));

  const plane = (at: Spot): Spot => {
    const where = map.current!.unproject([at.x, at.y]);
    return mercator(where.lng, where.lat);
  };
  const reach = (pixels: number): number => Math.abs(plane({ x: pixels, y: 0 }).x - plane({ x: 0, y: 0 }).x);
  const on = (event: Pointing): Spot => {
    const box = event.currentTarget.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };

  const begin = (event: Pointing<HTMLDivElement>) => {
    if (tool === "move" || event.button !== 0 || !map.current) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    const at = on(event);
    drawing.current = { line: [at], found: new Set(tool === "brush" ? points.current.inCircle(plane(at), reach(BRUSH)) : []), add: event.shiftKey };
    setTrace([at]);
  };
  const go = (event: Pointing<HTMLDivElement>) => {
    const now = drawing.current;
    if (!now) return;
    const at = on(event);
    now.line.push(at);
    if (tool === "brush") for (const row of points.current.inCircle(plane(at), reach(BRUSH))) now.found.add(row);
    setTrace(tool === "rectangle" ? [now.line[0]!, at] : [...now.line]);
  };
  const end = (event: Pointing<HTMLDivElement>) => {
    const now = drawing.current;
    drawing.current = null;
    setTrace([]);
    if (!now) return;
    const [first, last] = [now.line[0]!, on(event)];
    const still = Math.hypot(last.x - first.x, last.y - first.y) < 4 && now.line.length < 6;
    if (still && tool !== "brush") {
      const row = points.current.nearest(plane(last), reach(REACH));
      return onSelect(row === null ? [] : [row], now.add);
    }
    const found = tool === "rectangle" ? points.current.inRectangle(plane(first), plane(last)) : tool === "lasso" ? points.current.inLasso(now.line.map(plane)) : [...now.found];
    onSelect(found, now.add);
  };
  // With the hand, a click chooses one; dragging moves the map.
  useEffect(() => {
    const made = map.current;
    if (!made || ready === 0 || tool !== "move") return;
    const pick = (event: { point: Spot; originalEvent: MouseEvent }) => {
      const row = points.current.nearest(plane(event.point), reach(REACH));
      onSelect(row === null ? [] : [row], event.originalEvent.shiftKey);
    };
    made.on("click", pick);
    return () => void made.off("click", pick);
    // eslint-disable-next-line
  }, [ready, tool, onSelect]);

  if (missing) return <p className="soft">{words.missing}</p>;
  const [a, b] = [trace[0], trace[trace.length - 1]];
  return (
    <div className="map studio-map no-print" style={{ height }} data-drawn={drawn || undefined}>
      <div ref={place} className="map-canvas" />
      <div className={`studio-draw ${tool}`} onPointerDown={begin} onPointerMove={go} onPointerUp={end} onPointerCancel={end} aria-hidden="true" hidden={tool === "move"}>
        <svg width="100%" height="100%">
          {tool === "rectangle" && a && b && <rect x={Math.min(a.x, b.x)} y={Math.min(a.y, b.y)} width={Math.abs(a.x - b.x)} height={Math.abs(a.y - b.y)} />}
          {tool === "lasso" && trace.length > 1 && <polygon points={trace.map((at) => `${at.x},${at.y}`).join(" ")} />}
          {tool === "brush" && trace.length > 0 && <polyline points={trace.map((at) => `${at.x},${at.y}`).join(" ")} strokeWidth={BRUSH * 2} />}
        </svg>
      </div>
      <MapTools map={map} bounds={() => spread(longitude, latitude)} padding={PADDING} />
    </div>
  );
}
