//! Minutes on the road between places, read from a file of ways.
//!
//! Between two places that are not listed the quickest way along listed ones counts (Dijkstra 1959, "A note on two problems
//! in connexion with graphs", Numerische Mathematik 1), so that a table of all pairs and a graph of roads do alike.

use petgraph::algo::dijkstra;
use petgraph::graph::{DiGraph, NodeIndex};
use rayon::prelude::*;
use rustc_hash::FxHashMap;

use crate::plan::shapes::Fault;

/// Places between which all ways are kept: some 200 MB.
const MOST_PLACES: usize = 5000;

/// Minutes from each place to each.
pub struct Roads {
    pub names: Vec<String>,
    pub index: FxHashMap<String, u32>,
    /// `minutes[from * names.len() + to]`; infinite where there is no way.
    minutes: Vec<f32>,
}

impl Roads {
    #[must_use]
    pub fn minutes(&self, from: u32, to: u32) -> f64 {
        f64::from(self.minutes[from as usize * self.names.len() + to as usize])
    }

    /// Reads ways: from, to and minutes under a header. A way counts in both directions unless the other is listed too.
    ///
    /// # Errors
    /// Which row is wrong.
    pub fn read(text: &str) -> Result<Roads, Fault> {
        let three = "write a place, another and the minutes between them in each row, under a header";
        let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).flexible(true).from_reader(text.as_bytes());
        let mut roads = Roads { names: vec![], index: FxHashMap::default(), minutes: vec![] };
        let mut listed: FxHashMap<(u32, u32), f64> = FxHashMap::default();
        for (row, record) in reader.records().enumerate() {
            let fault = |what: String| Fault { what: format!("row {}: {what}", row + 2), remedy: String::from(three) };
            let record = record.map_err(|error| fault(error.to_string()))?;
            let cell = |at: usize| record.get(at).filter(|cell| !cell.is_empty());
            let (Some(from), Some(to), Some(minutes)) = (cell(0), cell(1), cell(2)) else {
                return Err(fault(String::from("it has fewer than three values")));
            };
            let number = minutes.parse::<f64>().ok().filter(|minutes| minutes.is_finite() && *minutes >= 0.0);
            let Some(number) = number else {
                return Err(fault(format!("\"{minutes}\" is no number of minutes from 0 up")));
            };
            let way = (roads.place(from), roads.place(to));
            let known = listed.entry(way).or_insert(number);
            *known = known.min(number);
        }
        if roads.names.len() > MOST_PLACES {
            return Err(Fault {
                what: format!("it has {} places, more than {MOST_PLACES}", roads.names.len()),
                remedy: String::from("take larger places, such as the first digits of a postcode"),
            });
        }
        roads.close(&listed);
        Ok(roads)
    }

    fn place(&mut self, name: &str) -> u32 {
        if let Some(known) = self.index.get(name) {
            return *known;
        }
        let next = self.names.len() as u32;
        self.index.insert(name.to_owned(), next);
        self.names.push(name.to_owned());
        next
    }

    /// The quickest way from each place to each.
    fn close(&mut self, listed: &FxHashMap<(u32, u32), f64>) {
        let mut graph: DiGraph<(), f64, u32> = DiGraph::with_capacity(self.names.len(), 2 * listed.len());
        self.names.iter().for_each(|_| {
            graph.add_node(());
        });
        for (&(from, to), &minutes) in listed {
            graph.add_edge(NodeIndex::from(from), NodeIndex::from(to), minutes);
            if !listed.contains_key(&(to, from)) {
                graph.add_edge(NodeIndex::from(to), NodeIndex::from(from), minutes);
            }
        }
        let size = self.names.len();
        self.minutes = vec![f32::INFINITY; size * size];
        self.minutes.par_chunks_mut(size.max(1)).enumerate().for_each(|(from, row)| {
            let from = NodeIndex::from(from as u32);
            for (to, minutes) in dijkstra(&graph, from, None, |way| *way.weight()) {
                row[to.index()] = minutes as f32;
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn roads(rows: &str) -> Roads {
        Roads::read(&format!("from,to,minutes\n{rows}"))
            .map_err(|fault| fault.what)
            .unwrap_or_else(|what| panic!("{what}"))
    }

    #[test]
    fn what_is_not_listed_is_the_quickest_way_along_what_is() {
        let roads = roads("A,B,10\nB,C,5\nA,C,30\nC,D,1\n");
        let minutes = |from: &str, to: &str| roads.minutes(roads.index[from], roads.index[to]);
        assert_eq!(minutes("A", "C"), 15.0);
        assert_eq!(minutes("D", "A"), 16.0);
        assert_eq!(minutes("B", "B"), 0.0);
    }

    #[test]
    fn a_way_listed_in_both_directions_may_take_longer_in_one() {
        let roads = roads("A,B,10\nB,A,25\n");
        assert_eq!((roads.minutes(0, 1), roads.minutes(1, 0)), (10.0, 25.0));
    }

    #[test]
    fn a_wrong_row_is_named() {
        let told = |rows: &str| Roads::read(&format!("from,to,minutes\n{rows}")).err().map(|fault| fault.what);
        assert_eq!(told("A,B,10\nA,C,soon\n"), Some(String::from("row 3: \"soon\" is no number of minutes from 0 up")));
        assert_eq!(told("A,B\n"), Some(String::from("row 2: it has fewer than three values")));
        assert_eq!(told("A,B,-1\n"), Some(String::from("row 2: \"-1\" is no number of minutes from 0 up")));
    }
}
