//! Values against solving everything anew, and the matrix against its sums, on random small companies.

#![allow(clippy::unwrap_used)]

use proptest::prelude::*;

use super::{Dimension, Scope, Skills, study};
use crate::plan::Request;
use crate::project::{self, Project};

const POLICY: &str = "[sources.accounts]\nfile = \"a.csv\"\n[sources.employees]\nfile = \"e.csv\"\n[[segments]]\nname = \
                      \"Big\"\nwhen = \"size > 2\"\n[[segments]]\nname = \"Small\"\nwhen = \"true\"\n[[coverage]]\nrole = \
                      \"seller\"\ndivide = { fit = { skills = [\"trade\"], capacity = 5 } }\n[[coverage]]\nrole = \
                      \"engineer\"\ndivide = { to = \"E0\" }\n[skills]\nregion = \"place\"\n[[skills.demands]]\nskill = \
                      \"care\"\nlevel = 2\nwhen = \"size > 1\"\n[sizing.roles.seller]\nhours = \"size\"\n";

const TRADES: [&str; 3] = ["dairy", "meat", "fish"];

type Account = (usize, u8, bool);
type Levels = [u8; 4];

fn company(accounts: &[Account], staff: &[Levels]) -> Project {
    let dir = tempfile::tempdir().unwrap();
    let rows = accounts.iter().enumerate().map(|(row, (trade, size, north))| {
        format!("A{row},{},{size},{}\n", TRADES[*trade], if *north { "north" } else { "south" })
    });
    let people = staff.iter().enumerate().map(|(row, levels)| {
        let held = TRADES.iter().chain(&["care"]).zip(levels).filter(|(_, level)| **level > 0);
        format!("E{row},{}\n", held.map(|(skill, level)| format!("{skill}:{level}")).collect::<Vec<_>>().join("; "))
    });
    let write = |name: &str, text: String| std::fs::write(dir.path().join(name), text).unwrap();
    write("bailiwick.toml", POLICY.to_owned());
    write("a.csv", format!("account_id,trade,size,place\n{}", rows.collect::<String>()));
    write("e.csv", format!("employee_id,skills\n{}", people.collect::<String>()));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(project::open(dir.path(), &|_| {})).unwrap()
}

fn skills(project: &Project) -> Skills {
    let on = "2026-01-01".parse().unwrap();
    study(project, &Request::new(on, 1), Scope { planned: true, confirm: 20 }, &|_| {}).unwrap()
}

fn accounts() -> impl Strategy<Value = Vec<Account>> {
    prop::collection::vec((0usize..3, 1u8..5, any::<bool>()), 1..12)
}

fn staff() -> impl Strategy<Value = Vec<Levels>> {
    // Two people at least have room for ten accounts, three for all.
    prop::collection::vec([0u8..3, 0u8..3, 0u8..3, 0u8..3], 3..5)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// The demand of a skill is the same over all groups of a dimension, whichever it is, and supply is counted by heads.
    #[test]
    fn the_matrix_adds_up(accounts in accounts(), staff in staff()) {
        let told = skills(&company(&accounts, &staff));
        for (skill, role) in TRADES.iter().chain(&["care"]).flat_map(|skill| ["seller", "engineer"].map(|role| (*skill, role))) {
            let of = |dimension| told.cells.iter().filter(move |cell| cell.dimension == dimension && cell.skill == skill && cell.role == role);
            let sum = |dimension| of(dimension).fold((0, 0, 0.0), |(accounts, below, hours), cell| (accounts + cell.accounts, below + cell.accounts_below, hours + cell.hours));
            prop_assert_eq!(sum(Dimension::Segment), sum(Dimension::Region));
            prop_assert_eq!(sum(Dimension::Segment), sum(Dimension::ProductLine));
        }
        for cell in &told.cells {
            prop_assert!(cell.accounts_below <= cell.accounts && cell.hours_below <= cell.hours + 1e-9);
            prop_assert_eq!(cell.people.values().sum::<usize>(), if cell.role == "seller" { staff.len() } else { 1 });
            prop_assert!((cell.gap_hours - (cell.hours - cell.hours_qualified).max(0.0)).abs() < 1e-9);
        }
        let care = told.cells.iter().filter(|cell| cell.skill == "care" && cell.role == "seller" && cell.dimension == Dimension::Segment);
        prop_assert_eq!(care.map(|cell| cell.accounts).sum::<usize>(), accounts.iter().filter(|(_, size, _)| *size > 1).count());
    }

    /// What a level is said to save is what the plan misses less once it is held.
    #[test]
    fn a_confirmed_value_is_what_comes_of_it(accounts in accounts(), staff in staff()) {
        let told = skills(&company(&accounts, &staff));
        // Where the best level in the pool rises, missing levels are counted by another measure.
        let best = |skill: usize| staff.iter().map(|levels| levels[skill]).max().unwrap_or(0).max(1);
        for one in told.trainings.iter().take(2) {
            let skill = TRADES.iter().chain(&["care"]).position(|skill| *skill == one.skill).unwrap();
            if skill < 3 && one.to > f64::from(best(skill)) {
                continue;
            }
            let mut after = staff.clone();
            after[one.employee_id[1..].parse::<usize>().unwrap()][skill] = one.to as u8;
            let missing = skills(&company(&accounts, &after)).missing;
            prop_assert!((told.missing - missing - one.confirmed).abs() < 1e-6, "{} − {missing} is not {one:?}", told.missing);
        }
    }
}
