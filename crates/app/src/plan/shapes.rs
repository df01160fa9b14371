//! Shapes of units: polygons of a GeoJSON file. Units that share a piece of border are neighbours.
//!
//! Each edge of a polygon is asked, at its middle, whose edges lie there too (an R-tree of all edges), so that borders need
//! not be cut at the same points on both sides, and a corner alone makes no neighbours.

use geojson::{Feature, GeoJson, GeometryValue, Position};
use rstar::primitives::{GeomWithData, Line};
use rstar::{PointDistance, RTree};
use rustc_hash::FxHashMap;

/// Edges closer than this (in degrees, about a metre) are one border.
const CLOSE: f64 = 1e-5;

/// Units by name, and who neighbours whom.
#[derive(Debug, Default, PartialEq)]
pub struct Map {
    pub names: Vec<String>,
    /// Pairs of indices into the names.
    pub edges: Vec<(u32, u32)>,
    /// Units with a border that no other shares; `None` where nobody knows.
    pub rim: Option<Vec<u32>>,
}

type Edge = GeomWithData<Line<[f64; 2]>, u32>;

/// Reads the polygons; `property` names the unit of each.
///
/// # Errors
/// What is wrong, and with which shape.
pub fn read_shapes(text: &str, property: &str) -> Result<Map, String> {
    let features = match text.parse::<GeoJson>().map_err(|error| format!("it is no GeoJSON: {error}"))? {
        GeoJson::FeatureCollection(collection) => collection.features,
        GeoJson::Feature(feature) => vec![feature],
        GeoJson::Geometry(_) => {
            return Err(String::from("it holds a shape alone: features with properties are needed"));
        }
    };
    let mut index: FxHashMap<String, u32> = FxHashMap::default();
    let mut names = vec![];
    let mut edges: Vec<Edge> = vec![];
    for (number, feature) in features.iter().enumerate() {
        let name = name_of(feature, property).ok_or_else(|| missing(number, feature, property))?;
        // Several shapes of one name are one unit.
        let unit = *index.entry(name.clone()).or_insert_with(|| {
            names.push(name.clone());
            names.len() as u32 - 1
        });
        for ring in rings(feature).ok_or_else(|| format!("shape \"{name}\" is no polygon"))? {
            let corners = corners(ring).map_err(|fault| format!("shape \"{name}\": {fault}"))?;
            edges.extend(corners.windows(2).map(|ends| GeomWithData::new(Line::new(ends[0], ends[1]), unit)));
        }
    }
    Ok(neighbours(names, edges))
}

fn name_of(feature: &Feature, property: &str) -> Option<String> {
    match feature.property(property)? {
        serde_json::Value::String(text) if !text.is_empty() => Some(text.clone()),
        serde_json::Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

fn missing(number: usize, feature: &Feature, property: &str) -> String {
    let there = feature.properties.iter().flatten().map(|(key, _)| key.as_str()).take(8).collect::<Vec<_>>().join(", ");
    let there = if there.is_empty() { String::from("none") } else { there };
    format!("shape {} has no name in property \"{property}\" (its properties: {there})", number + 1)
}

fn rings(feature: &Feature) -> Option<Vec<&Vec<Position>>> {
    match &feature.geometry.as_ref()?.value {
        GeometryValue::Polygon { coordinates } => Some(coordinates.iter().collect()),
        GeometryValue::MultiPolygon { coordinates } => Some(coordinates.iter().flatten().collect()),
        _ => None,
    }
}

/// The corners of a ring that is closed, without repeated ones.
fn corners(ring: &[Position]) -> Result<Vec<[f64; 2]>, String> {
    let mut corners: Vec<[f64; 2]> = Vec::with_capacity(ring.len());
    for position in ring {
        let &[x, y, ..] = position.as_slice() else { return Err(String::from("a corner has no two co-ordinates")) };
        if !(x.abs() <= 180.0 && y.abs() <= 90.0) {
            return Err(format!("corner {x}, {y} is no longitude and latitude"));
        }
        if corners.last() != Some(&[x, y]) {
            corners.push([x, y]);
        }
    }
    if corners.len() < 4 {
        return Err(format!("a ring of {} corners encloses nothing", corners.len().saturating_sub(1)));
    }
    if corners.first() != corners.last() {
        return Err(String::from("a ring is not closed: its last corner must be its first"));
    }
    Ok(corners)
}

fn neighbours(names: Vec<String>, edges: Vec<Edge>) -> Map {
    let tree = RTree::bulk_load(edges);
    let mut pairs = vec![];
    let mut open = vec![false; names.len()];
    for edge in &tree {
        let (from, to) = (edge.geom().from, edge.geom().to);
        let middle = [0.5 * (from[0] + to[0]), 0.5 * (from[1] + to[1])];
        let mut shared = false;
        for other in tree.locate_within_distance(middle, CLOSE * CLOSE) {
            if other.data != edge.data && other.geom().distance_2(&middle) <= CLOSE * CLOSE {
                pairs.push((edge.data.min(other.data), edge.data.max(other.data)));
                shared = true;
            }
        }
        open[edge.data as usize] |= !shared;
    }
    pairs.sort_unstable();
    pairs.dedup();
    let rim = (0..names.len() as u32).filter(|unit| open[*unit as usize]).collect();
    Map { names, edges: pairs, rim: Some(rim) }
}

/// Reads pairs of neighbours: two names a row, under a header.
///
/// # Errors
/// Which row is wrong.
pub fn read_pairs(text: &str) -> Result<Map, String> {
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).flexible(true).from_reader(text.as_bytes());
    let mut map = Map::default();
    let mut index: FxHashMap<String, u32> = FxHashMap::default();
    for (row, record) in reader.records().enumerate() {
        let record = record.map_err(|error| format!("row {}: {error}", row + 2))?;
        let mut unit = |at: usize| {
            let name = record.get(at).filter(|name| !name.is_empty());
            let name = name.ok_or_else(|| format!("row {} does not name two units", row + 2))?;
            Ok::<u32, String>(*index.entry(name.to_owned()).or_insert_with(|| {
                map.names.push(name.to_owned());
                map.names.len() as u32 - 1
            }))
        };
        let (a, b) = (unit(0)?, unit(1)?);
        map.edges.push((a.min(b), a.max(b)));
    }
    map.edges.sort_unstable();
    map.edges.dedup();
    Ok(map)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A rectangle as a feature.
    fn box_of(name: &str, [west, south, east, north]: [f64; 4]) -> String {
        format!(
            r#"{{"type":"Feature","properties":{{"code":"{name}"}},"geometry":{{"type":"Polygon","coordinates":
            [[[{west},{south}],[{east},{south}],[{east},{north}],[{west},{north}],[{west},{south}]]]}}}}"#
        )
    }

    fn collection(features: &[String]) -> String {
        format!(r#"{{"type":"FeatureCollection","features":[{}]}}"#, features.join(","))
    }

    #[test]
    fn a_shared_border_makes_neighbours_and_a_corner_does_not() {
        // B and C together lie along the east side of A; D touches A at a corner only.
        let text = collection(&[
            box_of("A", [0.0, 0.0, 1.0, 2.0]),
            box_of("B", [1.0, 0.0, 2.0, 1.0]),
            box_of("C", [1.0, 1.0, 2.0, 2.0]),
            box_of("D", [1.0, 2.0, 2.0, 3.0]),
        ]);
        let map = read_shapes(&text, "code").expect("four shapes");
        assert_eq!(map.names, ["A", "B", "C", "D"]);
        assert_eq!(map.edges, [(0, 1), (0, 2), (1, 2), (2, 3)]);
        assert_eq!(map.rim, Some(vec![0, 1, 2, 3]));
    }

    #[test]
    fn what_lies_within_is_not_at_the_rim() {
        let mut boxes = vec![];
        for y in 0..3 {
            for x in 0..3 {
                let (x, y) = (f64::from(x), f64::from(y));
                boxes.push(box_of(&format!("{x}{y}"), [x, y, x + 1.0, y + 1.0]));
            }
        }
        let map = read_shapes(&collection(&boxes), "code").expect("nine shapes");
        assert_eq!(map.edges.len(), 12);
        assert_eq!(map.rim, Some(vec![0, 1, 2, 3, 5, 6, 7, 8]));
    }

    #[test]
    fn broken_shapes_are_told() {
        let told = |text: &str| read_shapes(text, "code").expect_err("broken");
        assert!(told("{").starts_with("it is no GeoJSON"));
        let named = collection(&[box_of("A", [0.0, 0.0, 1.0, 1.0])]);
        assert!(read_shapes(&named, "name").expect_err("no such property").contains("its properties: code"));
        assert!(told(&named.replace("[0,1],[0,0]", "[0,1]")).contains("not closed"));
        assert!(told(&named.replace("[1,0],[1,1],[0,1],", "")).contains("encloses nothing"));
        assert!(told(&named.replace("[1,1]", "[1000,1]")).contains("no longitude"));
    }

    #[test]
    fn pairs_are_read_once_each() {
        let map = read_pairs("a,b\n1000,1001\n1001, 1000\n1001,1002\n").expect("pairs");
        assert_eq!((map.names.len(), map.edges, map.rim), (3, vec![(0, 1), (1, 2)], None));
        assert_eq!(read_pairs("a,b\n1000\n").expect_err("one name"), "row 2 does not name two units");
    }
}
