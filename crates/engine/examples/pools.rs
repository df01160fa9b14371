//! Times the kinds of pool a business has, of a given size: `cargo run --release --example pools UNITS OWNERS`.

use bailiwick_engine::{Contiguity, Control, Cost, Eligibility, Measure, Moves, Problem, check, score, solve};
use std::time::Instant;

fn main() {
    let mut arguments = std::env::args().skip(1).filter_map(|a| a.parse::<usize>().ok());
    let (units, owners) = (arguments.next().unwrap_or(20_000), arguments.next().unwrap_or(20));
    let mut state = 12345u64;
    let mut unit = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as f64 / (1u64 << 31) as f64
    };
    // Skill fit: a unit needs one of 8 skills, owners know each to a degree; some noise for language and history.
    let skill: Vec<[f64; 8]> = (0..owners).map(|_| std::array::from_fn(|_| unit())).collect();
    let needs: Vec<usize> = (0..units).map(|_| (unit() * 8.0) as usize).collect();
    let rows: Vec<f64> = needs.iter().flat_map(|&s| skill.iter().map(move |k| 1.0 - k[s])).collect();
    let rows: Vec<f64> = rows.into_iter().map(|c| c + 0.2 * unit()).collect();
    let workload: Vec<f64> = (0..units).map(|_| 2.0 + 3.0 * unit() * unit()).collect();
    let potential: Vec<f64> = (0..units).map(|_| (9.0 + 1.1 * (unit() + unit() + unit() - 1.5) * 2.0).exp()).collect();
    let band = |values: &[f64], tolerance: f64| {
        let mean = values.iter().sum::<f64>() / owners as f64;
        Measure {
            values: values.to_vec(),
            lower: vec![mean * (1.0 - tolerance); owners],
            upper: vec![mean * (1.0 + tolerance); owners],
        }
    };
    let capacity = |values: &[f64], room: f64| Measure { lower: vec![0.0; owners], ..band(values, room) };
    let present: Vec<Option<u32>> = (0..units).map(|_| Some((unit() * unit() * owners as f64) as u32)).collect();
    let plain = Problem {
        units,
        owners,
        cost: Cost::Matrix(rows),
        measures: vec![],
        eligibility: Eligibility::All,
        fixed: vec![],
        moves: Moves::default(),
        contiguity: Contiguity::Ignored,
    };
    let sticky = |budget| Moves { present: present.clone(), price: vec![0.3; units], weight: vec![], budget };
    let class_of = (0..units).map(|_| (unit() * 6.0) as u32).collect();
    let lists = (0..6).map(|_| (0..owners as u32).filter(|_| unit() < 0.5).collect::<Vec<_>>());
    let mut lists: Vec<Vec<u32>> = lists.collect();
    // Everybody may serve something: an owner without units cannot keep a lower limit.
    for owner in 0..owners as u32 {
        if lists.iter().all(|list| !list.contains(&owner)) {
            lists[owner as usize % 6].push(owner);
            lists[owner as usize % 6].sort_unstable();
        }
    }
    let lists = lists.into_iter().map(|list| if list.is_empty() { vec![0] } else { list }).collect();
    let both = vec![band(&workload, 0.05), band(&potential, 0.05)];
    let pools = [
        ("fit within capacity", Problem { measures: vec![capacity(&workload, 0.05)], ..plain.clone() }),
        ("fit, two bands", Problem { measures: both.clone(), ..plain.clone() }),
        (
            "fit, two bands, classes",
            Problem {
                measures: vec![band(&workload, 0.3), band(&potential, 0.3)],
                eligibility: Eligibility::Classes { class_of, owners_of_class: lists },
                ..plain.clone()
            },
        ),
        ("even load", Problem { cost: Cost::Zero, measures: vec![band(&workload, 0.001)], ..plain.clone() }),
        ("two even loads", Problem { cost: Cost::Zero, measures: both.clone(), ..plain.clone() }),
        ("sticky, price", Problem { cost: Cost::Zero, measures: both.clone(), moves: sticky(None), ..plain.clone() }),
        (
            "sticky fit, budget",
            Problem { measures: vec![band(&workload, 0.5)], moves: sticky(Some(units as f64 * 0.4)), ..plain.clone() },
        ),
    ];
    for (name, problem) in pools {
        let begin = Instant::now();
        let Ok(solution) = solve(&problem, &Control::unbounded(1)) else { continue };
        println!(
            "{name:<26} cost {:>12.3} gap {:>9} violation {:.6} moved {:>6} {:>7.2} s  {} {}",
            solution.objective,
            solution.gap().map_or("-".to_owned(), |g| format!("{:.5} %", 100.0 * g)),
            score::violation(&problem, &solution.loads),
            solution.moved,
            begin.elapsed().as_secs_f64(),
            solution.method,
            check::referee(&problem, &solution).join("; "),
        );
    }
}
