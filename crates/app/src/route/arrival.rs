//! What arrives, as it is sent: JSON objects, a line each or in an array.

use std::collections::HashMap;

use bailiwick_domain::id::{AccountId, EmployeeId};
use serde_json::{Map, Value};

use super::Refused;

pub type Row = Map<String, Value>;

/// The key of an arrival that names owners by hand.
pub const BY_HAND: &str = "assign";

/// One account, lead or request that arrived.
#[derive(Debug, Clone)]
pub struct Arrival {
    /// Its place among those that were sent, from 1.
    pub number: usize,
    pub id: AccountId,
    /// As it was sent, without owners named by hand.
    pub row: Row,
    pub by_hand: Vec<ByHand>,
    /// With it the decision can be made again; from the account's name when absent.
    pub seed: Option<u64>,
}

/// An owner that was named by hand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ByHand {
    /// None: in every role.
    pub role: Option<String>,
    /// None: every product line.
    pub product_line: Option<String>,
    pub employee: EmployeeId,
}

/// What was sent, as far as it can be read.
#[derive(Debug, Clone)]
pub struct Arrivals {
    /// What one of them is called: a line, or an arrival.
    pub called: &'static str,
    pub arrivals: Vec<Arrival>,
    pub refused: Vec<Refused>,
}

impl Arrivals {
    /// An object a line; empty lines count, and are nothing.
    pub fn of_lines(text: &str) -> Arrivals {
        let lines = text.lines().zip(1..).filter(|(line, _)| !line.trim().is_empty());
        Arrivals::read(
            "line",
            lines.map(|(line, number)| (number, serde_json::from_str(line).map_err(|e| no_object(&e)))),
        )
    }

    /// One object, or an array of them.
    pub fn of_value(value: Value) -> Arrivals {
        let all = match value {
            Value::Array(all) => all,
            one => vec![one],
        };
        let rows = all.into_iter().zip(1..).map(|(one, number)| match one {
            Value::Object(row) => (number, Ok(row)),
            _ => (number, Err(String::from("is no JSON object"))),
        });
        Arrivals::read("arrival", rows)
    }

    fn read(called: &'static str, rows: impl Iterator<Item = (usize, Result<Row, String>)>) -> Arrivals {
        let mut read = Arrivals { called, arrivals: vec![], refused: vec![] };
        for (number, row) in rows {
            match row.and_then(|row| arrival(number, row)) {
                Ok(arrival) => read.arrivals.push(arrival),
                Err(reason) => read.refused.push(Refused::new(called, number, &reason)),
            }
        }
        read
    }

    /// Everybody who is named by hand.
    pub fn named_by_hand(&self) -> impl Iterator<Item = &EmployeeId> {
        self.arrivals.iter().flat_map(|arrival| arrival.by_hand.iter().map(|by_hand| &by_hand.employee))
    }
}

fn arrival(number: usize, mut row: Row) -> Result<Arrival, String> {
    let id = match row.get("account_id") {
        Some(Value::String(id)) if !id.trim().is_empty() => id.trim().to_owned(),
        Some(Value::Number(id)) => id.to_string(),
        _ => return Err(String::from("has no account_id: add it, as in {\"account_id\": \"A-1\", …}")),
    };
    let account = AccountId::new(&id).map_err(|error| error.to_string())?;
    row.insert(String::from("account_id"), id.into());
    let by_hand = row.remove(BY_HAND).map_or(Ok(vec![]), read_by_hand)?;
    Ok(Arrival { number, id: account, row, by_hand, seed: None })
}

fn read_by_hand(value: Value) -> Result<Vec<ByHand>, String> {
    let wrong = || {
        format!(
            "has {BY_HAND} in another form: write \"{BY_HAND}\": \"E-04\" for every role, or \
             \"{BY_HAND}\": {{\"sales-specialist\": \"E-04\", \"sales-specialist/hardware\": \"E-05\"}}"
        )
    };
    let employee = |value: &Value| -> Result<EmployeeId, String> {
        EmployeeId::new(value.as_str().ok_or_else(wrong)?).map_err(|error| error.to_string())
    };
    match value {
        Value::Null => Ok(vec![]),
        Value::Object(roles) => roles
            .iter()
            .map(|(key, value)| {
                let (role, line) = key.split_once('/').map_or((key.as_str(), None), |(role, line)| (role, Some(line)));
                let (role, product_line) = (Some(role.to_owned()), line.map(str::to_owned));
                Ok(ByHand { role, product_line, employee: employee(value)? })
            })
            .collect(),
        one => Ok(vec![ByHand { role: None, product_line: None, employee: employee(&one)? }]),
    }
}

/// What a line is instead of a JSON object; the line is told beside it, so that only the column is left to say.
fn no_object(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let what = text.split(" at line ").next().unwrap_or(&text);
    format!("is no JSON object: {what} (column {})", error.column())
}

/// Heads of groups before their members, all else as it arrived.
pub fn heads_first(arrivals: &mut [&Arrival]) {
    let depths: Vec<usize> = {
        let place: HashMap<&str, usize> =
            arrivals.iter().enumerate().map(|(index, arrival)| (arrival.id.as_str(), index)).collect();
        let above =
            |index: usize| arrivals[index].row.get("parent_id").and_then(Value::as_str).and_then(|id| place.get(id));
        let depth = |index: usize| {
            let (mut at, mut depth) = (index, 0);
            while let Some(head) = above(at).filter(|_| depth <= 64) {
                at = *head;
                depth += 1;
            }
            depth
        };
        (0..arrivals.len()).map(depth).collect()
    };
    if depths.iter().all(|depth| *depth == 0) {
        return;
    }
    let mut order: Vec<usize> = (0..arrivals.len()).collect();
    order.sort_by_key(|index| depths[*index]);
    let sorted: Vec<&Arrival> = order.into_iter().map(|index| arrivals[index]).collect();
    arrivals.copy_from_slice(&sorted);
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn owners_by_hand_are_read() {
        let read = Arrivals::of_value(json!([
            {"account_id": "A-1", "assign": "E-1"},
            {"account_id": "A-2", "assign": {"sales": "E-1", "sales/hardware": "E-2"}},
            {"account_id": "A-3", "assign": 7},
            7,
        ]));
        let told: Vec<String> = read
            .arrivals
            .iter()
            .flat_map(|one| {
                one.by_hand.iter().map(|by| format!("{} {:?} {:?} {}", one.id, by.role, by.product_line, by.employee))
            })
            .collect();
        assert_eq!(
            told,
            ["A-1 None None E-1", "A-2 Some(\"sales\") None E-1", "A-2 Some(\"sales\") Some(\"hardware\") E-2"]
        );
        assert!(read.arrivals.iter().all(|arrival| !arrival.row.contains_key(BY_HAND)));
        let refused: Vec<usize> = read.refused.iter().map(|refused| refused.line).collect();
        assert_eq!(refused, [3, 4]);
    }

    #[test]
    fn a_circle_of_parents_ends() {
        let read = Arrivals::of_value(json!([
            {"account_id": "A", "parent_id": "B"}, {"account_id": "B", "parent_id": "A"}, {"account_id": "C"},
        ]));
        let mut order: Vec<&Arrival> = read.arrivals.iter().collect();
        heads_first(&mut order);
        assert_eq!(order[0].id.as_str(), "C");
    }
}
