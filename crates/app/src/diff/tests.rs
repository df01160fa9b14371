//! A comparison against one of maps of texts.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;

type Rows = Vec<[String; 4]>;

fn rows() -> impl Strategy<Value = Rows> {
    let texts = |all: &'static [&'static str]| prop::sample::select(all).prop_map(str::to_owned);
    let row = (texts(&["b", "a", "ab", "é", "aé"]), texts(&["sales", "care"]), texts(&["", "x"]), texts(&["E2", "E1"]));
    prop::collection::vec(row.prop_map(|(account, role, line, employee)| [account, role, line, employee]), 0..30)
}

fn side(title: &str, rows: &Rows) -> Side {
    let mut side = SideBuilder::default();
    rows.iter().for_each(|row| side.own(row.each_ref().map(String::as_str)));
    side.account("a", Some("Alpha"));
    side.account("b", None);
    side.employee("E1", Some("Ann"));
    side.finish(title.to_owned())
}

fn owners(rows: &Rows) -> BTreeMap<[&str; 3], &str> {
    rows.iter().map(|[account, role, line, employee]| ([account.as_str(), role, line], employee.as_str())).collect()
}

proptest! {
    #[test]
    fn it_says_what_maps_of_texts_say(a in rows(), b in rows()) {
        let (of_a, of_b) = (owners(&a), owners(&b));
        let (side_a, side_b) = (side("A", &a), side("B", &b));
        let held: Vec<[&str; 4]> = of_a.iter().map(|([account, role, line], who)| [*account, *role, *line, *who]).collect();
        prop_assert_eq!(side_a.owners().collect::<Vec<_>>(), held);
        for account in ["a", "b", "é", "c"] {
            prop_assert_eq!(side_a.owner(account, "care", "x"), of_a.get(&[account, "care", "x"]).copied());
        }
        let found = compare(&side_a, &side_b);
        let moved: Vec<[&str; 5]> = of_a
            .iter()
            .filter_map(|(key, from)| Some((key, from, of_b.get(key)?)))
            .filter(|(_, from, to)| from != to)
            .map(|([account, role, line], from, to)| [*account, *role, *line, *from, *to])
            .collect();
        let found_moved: Vec<[&str; 5]> =
            found.moved.iter().map(|one| [one.account_id, one.role, one.product_line, one.from, one.to]).collect();
        prop_assert_eq!(&found_moved, &moved);
        for one in found.moved.iter() {
            prop_assert_eq!(one.account, if one.account_id == "a" { "Alpha" } else { one.account_id });
        }
        let both = of_a.keys().filter(|key| of_b.contains_key(*key)).count();
        prop_assert_eq!(found.unchanged, both - moved.len());
        prop_assert_eq!((found.closed, found.opened), (of_a.len() - both, of_b.len() - both));
        let count = |of: &BTreeMap<[&str; 3], &str>, who: &str| of.values().filter(|holder| **holder == who).count();
        let lost = |of: &BTreeMap<[&str; 3], &str>, by: &BTreeMap<[&str; 3], &str>, who: &str| {
            of.iter().filter(|(key, holder)| **holder == who && by.get(*key) != Some(*holder)).count()
        };
        let expected: Vec<EmployeeChange> = ["E1", "E2"]
            .into_iter()
            .map(|who| EmployeeChange {
                employee_id: who.to_owned(),
                employee: if who == "E1" { "Ann" } else { who }.to_owned(),
                before: count(&of_a, who),
                gains: lost(&of_b, &of_a, who),
                loses: lost(&of_a, &of_b, who),
                after: count(&of_b, who),
            })
            .filter(|one| one.before + one.after > 0)
            .collect();
        prop_assert_eq!(found.employees, expected);
    }
}
