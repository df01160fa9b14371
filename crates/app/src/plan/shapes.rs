//! Shapes of units: polygons of a GeoJSON file. Units that share a piece of border are neighbours.
//!
//! Each edge of a polygon is cut where corners of others lie on it, and each piece is asked, at its middle, whose edges lie
//! there too (an R-tree of all edges): borders need not be drawn with the same points on both sides, and a corner alone
//! makes no neighbours.

use geojson::{Feature, GeoJson, GeometryValue, Position};
use rstar::primitives::{GeomWithData, Line};
use rstar::{AABB, PointDistance, RTree};
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

/// What is wrong with a file, and what to do about it.
#[derive(Debug, PartialEq)]
pub struct Fault {
    pub what: String,
    pub remedy: String,
}

fn fault(what: impl Into<String>, remedy: impl Into<String>) -> Fault {
    Fault { what: what.into(), remedy: remedy.into() }
}

/// A piece of a ring: whose it is, and its number.
type Edge = GeomWithData<Line<[f64; 2]>, Of>;

#[derive(Clone, Copy, PartialEq)]
struct Of {
    unit: u32,
    number: u32,
}

/// Reads the polygons; `property` names the unit of each.
///
/// # Errors
/// What is wrong, and with which shape.
pub fn read_shapes(text: &str, property: &str) -> Result<Map, Fault> {
    let export = "export the districts as GeoJSON: a FeatureCollection of polygons in longitude and latitude";
    let features =
        match text.parse::<GeoJson>().map_err(|error| fault(format!("it is no GeoJSON ({error})"), export))? {
            GeoJson::FeatureCollection(collection) => collection.features,
            GeoJson::Feature(feature) => vec![feature],
            GeoJson::Geometry(_) => return Err(fault("it holds a shape without properties", export)),
        };
    if features.is_empty() {
        return Err(fault("it holds no shapes", export));
    }
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
        let polygon = || fault(format!("shape \"{name}\" is no polygon"), format!("draw \"{name}\", or leave it out"));
        for ring in rings(feature).ok_or_else(polygon)? {
            let corners = corners(ring).map_err(|of| fault(format!("shape \"{name}\": {}", of.what), of.remedy))?;
            for ends in corners.windows(2) {
                let number = edges.len() as u32;
                edges.push(GeomWithData::new(Line::new(ends[0], ends[1]), Of { unit, number }));
            }
        }
    }
    let map = neighbours(names, edges);
    if map.edges.is_empty() && map.names.len() > 1 {
        return Err(fault(
            "no two shapes share a border",
            "take shapes that were drawn side by side and not simplified one by one, or list neighbours in a CSV file",
        ));
    }
    Ok(map)
}

fn name_of(feature: &Feature, property: &str) -> Option<String> {
    match feature.property(property)? {
        serde_json::Value::String(text) if !text.is_empty() => Some(text.clone()),
        serde_json::Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

fn missing(number: usize, feature: &Feature, property: &str) -> Fault {
    let there = feature.properties.iter().flatten().map(|(key, _)| key.as_str()).take(8).collect::<Vec<_>>().join(", ");
    let there = if there.is_empty() { String::from("none") } else { there };
    fault(
        format!("shape {} has no name in property \"{property}\"", number + 1),
        format!("fill it in, or write another property; this shape's are: {there}"),
    )
}

fn rings(feature: &Feature) -> Option<Vec<&Vec<Position>>> {
    match &feature.geometry.as_ref()?.value {
        GeometryValue::Polygon { coordinates } => Some(coordinates.iter().collect()),
        GeometryValue::MultiPolygon { coordinates } => Some(coordinates.iter().flatten().collect()),
        _ => None,
    }
}

/// The corners of a ring that is closed, without repeated ones.
fn corners(ring: &[Position]) -> Result<Vec<[f64; 2]>, Fault> {
    let mend = "mend the shape, or export it again";
    let mut corners: Vec<[f64; 2]> = Vec::with_capacity(ring.len());
    for position in ring {
        let &[x, y, ..] = position.as_slice() else { return Err(fault("a corner has no two co-ordinates", mend)) };
        if !(x.abs() <= 180.0 && y.abs() <= 90.0) {
            let what = format!("corner {x}, {y} is no longitude and latitude");
            return Err(fault(what, "export the shapes in longitude and latitude (WGS 84)"));
        }
        if corners.last() != Some(&[x, y]) {
            corners.push([x, y]);
        }
    }
    if corners.len() < 4 {
        return Err(fault(format!("a ring of {} corners encloses nothing", corners.len().saturating_sub(1)), mend));
    }
    if corners.first() != corners.last() {
        return Err(fault("a ring is not closed", "end it with the corner it begins with"));
    }
    Ok(corners)
}

fn neighbours(names: Vec<String>, edges: Vec<Edge>) -> Map {
    let tree = RTree::bulk_load(edges);
    let mut pairs = vec![];
    let mut open = vec![false; names.len()];
    for edge in &tree {
        let Of { unit, number } = edge.data;
        for middle in middles(edge, &tree) {
            let mut shared = false;
            for other in tree.locate_within_distance(middle, CLOSE * CLOSE).map(|other| other.data) {
                shared |= other.number != number;
                if other.unit != unit {
                    pairs.push((unit.min(other.unit), unit.max(other.unit)));
                }
            }
            open[unit as usize] |= !shared;
        }
    }
    pairs.sort_unstable();
    pairs.dedup();
    let rim = (0..names.len() as u32).filter(|unit| open[*unit as usize]).collect();
    Map { names, edges: pairs, rim: Some(rim) }
}

/// The middles of the pieces into which corners of other edges cut this one.
fn middles(edge: &Edge, tree: &RTree<Edge>) -> Vec<[f64; 2]> {
    let (from, to) = (edge.geom().from, edge.geom().to);
    let along = [to[0] - from[0], to[1] - from[1]];
    let length = along[0].hypot(along[1]);
    let mut cuts = vec![0.0, length];
    let corners = tree.locate_in_envelope_intersecting(AABB::from_corners(from, to));
    for corner in corners.flat_map(|other| [other.geom().from, other.geom().to]) {
        let at = ((corner[0] - from[0]) * along[0] + (corner[1] - from[1]) * along[1]) / length;
        // Pieces too short to tell from a corner are none.
        if at > 3.0 * CLOSE && at < length - 3.0 * CLOSE && edge.geom().distance_2(&corner) <= CLOSE * CLOSE {
            cuts.push(at);
        }
    }
    cuts.sort_by(f64::total_cmp);
    cuts.dedup_by(|b, a| *b - *a < 3.0 * CLOSE);
    let place = |at: f64| [from[0] + along[0] * at / length, from[1] + along[1] * at / length];
    cuts.windows(2).map(|ends| place(0.5 * (ends[0] + ends[1]))).collect()
}

/// Reads pairs of neighbours: two names a row, under a header.
///
/// # Errors
/// Which row is wrong.
pub fn read_pairs(text: &str) -> Result<Map, Fault> {
    let two = "write two names of units a row, under a header";
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).flexible(true).from_reader(text.as_bytes());
    let mut map = Map::default();
    let mut index: FxHashMap<String, u32> = FxHashMap::default();
    for (row, record) in reader.records().enumerate() {
        let record = record.map_err(|error| fault(format!("row {}: {error}", row + 2), two))?;
        let mut unit = |at: usize| {
            let name = record.get(at).filter(|name| !name.is_empty());
            let name = name.ok_or_else(|| fault(format!("row {} does not name two units", row + 2), two))?;
            Ok::<u32, Fault>(*index.entry(name.to_owned()).or_insert_with(|| {
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
    fn a_border_that_is_open_in_part_is_at_the_rim() {
        // A's east side is as long as three of B's; B, N, W and S leave a third of it open, and nothing else of A.
        let all = [
            box_of("A", [0.0, 0.0, 3.0, 3.0]),
            box_of("B", [3.0, 0.0, 4.0, 2.0]),
            box_of("N", [-1.0, 3.0, 3.0, 4.0]),
            box_of("W", [-1.0, 0.0, 0.0, 3.0]),
            box_of("S", [-1.0, -1.0, 4.0, 0.0]),
        ];
        let open = read_shapes(&collection(&all), "code").expect("five shapes");
        assert_eq!(open.rim, Some(vec![0, 1, 2, 3, 4]));
        let closed = read_shapes(&collection(&[&all[..], &[box_of("C", [3.0, 2.0, 4.0, 3.0])]].concat()), "code");
        assert_eq!(closed.expect("six shapes").rim, Some(vec![1, 2, 3, 4, 5]));
    }

    #[test]
    fn a_unit_of_several_shapes_has_no_border_with_itself() {
        let mut boxes = vec![];
        for y in 0..4 {
            for x in 0..3 {
                let name = if x == 1 && (y == 1 || y == 2) { String::from("M") } else { format!("{x}{y}") };
                let (x, y) = (f64::from(x), f64::from(y));
                boxes.push(box_of(&name, [x, y, x + 1.0, y + 1.0]));
            }
        }
        let map = read_shapes(&collection(&boxes), "code").expect("twelve shapes");
        let middle = map.names.iter().position(|name| name == "M").expect("named") as u32;
        assert_eq!(map.names.len(), 11);
        assert!(!map.rim.expect("shapes know").contains(&middle));
    }

    #[test]
    fn broken_shapes_are_told() {
        let told = |text: &str| read_shapes(text, "code").expect_err("broken").what;
        assert!(told("{").starts_with("it is no GeoJSON"));
        assert!(told(&collection(&[])).contains("no shapes"));
        assert!(
            told(&collection(&[box_of("A", [0.0, 0.0, 1.0, 1.0]), box_of("B", [2.0, 0.0, 3.0, 1.0])]))
                .contains("border")
        );
        let named = collection(&[box_of("A", [0.0, 0.0, 1.0, 1.0])]);
        assert!(read_shapes(&named, "name").expect_err("no such property").remedy.ends_with("are: code"));
        assert!(told(&named.replace("[0,1],[0,0]", "[0,1]")).contains("not closed"));
        assert!(told(&named.replace("[1,0],[1,1],[0,1],", "")).contains("encloses nothing"));
        assert!(told(&named.replace("[1,1]", "[1000,1]")).contains("no longitude"));
    }

    #[test]
    fn pairs_are_read_once_each() {
        let map = read_pairs("a,b\n1000,1001\n1001, 1000\n1001,1002\n").expect("pairs");
        assert_eq!((map.names.len(), map.edges, map.rim), (3, vec![(0, 1), (1, 2)], None));
        assert_eq!(read_pairs("a,b\n1000\n").expect_err("one name").what, "row 2 does not name two units");
    }
}
