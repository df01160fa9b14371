/**
 * Colours and numbers of the employees of one pool. Colour never tells alone: each employee also has a number, shown in the
 * legend, on the map and in the charts. With more employees than colours, neighbours on the map get different ones: employees
 * are coloured in order of size, each with the colour least used by the employees nearest to it (greedy colouring).
 */
import { geoDistance } from "d3-geo";
import type { Position } from "./data";

/** Number of colours `--e0` … `--e7` in the style sheet; chosen so that colour-blind readers tell any two apart. */
export const colours = 8;
const neighbours = 7;

export interface Badge {
  employee: number;
  /** From 1, in the order of the legend. */
  number: number;
  /** 0 … 7 */
  colour: number;
}

export function badges(employees: { employee: number; place: Position | null }[]): Map<number, Badge> {
  const given: { place: Position | null; colour: number }[] = [];
  const used = new Array<number>(colours).fill(0);
  const result = new Map<number, Badge>();
  employees.forEach(({ employee, place }, order) => {
    const blocked = new Array<number>(colours).fill(0);
    if (place) {
      const near = given
        .filter((other) => other.place)
        .map((other) => ({ colour: other.colour, distance: geoDistance(place, other.place!) }))
        .sort((a, b) => a.distance - b.distance)
        .slice(0, neighbours);
      near.forEach((other, rank) => (blocked[other.colour] += 1 / (1 + rank)));
    }
    let colour = 0;
    for (let c = 1; c < colours; c++) if (blocked[c] - blocked[colour] < 0 || (blocked[c] === blocked[colour] && used[c] < used[colour])) colour = c;
    used[colour]++;
    given.push({ place, colour });
    result.set(employee, { employee, number: order + 1, colour });
  });
  return result;
}
