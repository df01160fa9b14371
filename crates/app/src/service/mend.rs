//! What would mend a promise that breaks: accounts moved to colleagues with hours to spare, one of them trained for it,
//! fewer contacts, or one more employee. Each is checked to suffice before it is offered, and priced as far as the policy
//! says what it costs; the cheapest comes first.

use bailiwick_domain::policy::document::Sizing;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Due, SAME};
use crate::held::Held;
use crate::plan::solve::Solver;
use crate::sizing::role_of;

/// What would mend one pool.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Mend {
    pub segment: String,
    pub role: String,
    pub product_line: Option<String>,
    pub hours_short: f64,
    /// The cheapest first; what has no known price comes last, in the order of the least change.
    pub remedies: Vec<Remedy>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Remedy {
    #[serde(flatten)]
    pub means: Means,
    /// In the company's currency a year; absent where the policy does not say what it costs.
    pub cost: Option<f64>,
    /// In the policy's language.
    pub words: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "means", rename_all = "kebab-case")]
pub enum Means {
    /// So many accounts go to colleagues who have the hours.
    Move { accounts: usize, hours: f64, to: Vec<String> },
    /// The same, after these have learnt what is asked for.
    Train { levels: f64, skills: Vec<String>, employees: Vec<String>, accounts: usize },
    /// Contacts a year of the segment that gives way, before and after.
    Fewer { of: String, contacts_per_year: f64, feasible: f64, contacts_lost: f64 },
    /// So many more full-time employees.
    Hire { employees: f64, beside: Option<String> },
}

impl Means {
    fn rank(&self) -> u8 {
        match self {
            Means::Move { .. } => 0,
            Means::Train { .. } => 1,
            Means::Fewer { .. } => 2,
            Means::Hire { .. } => 3,
        }
    }
}

pub(super) fn mends(
    solver: &Solver,
    held: &Held,
    dues: &[Due],
    hours: &[f64],
    spent: &[f64],
    sizing: &Sizing,
) -> Vec<Mend> {
    let mut mends = vec![];
    for (index, pool) in held.pools.iter().enumerate() {
        let of_pool: Vec<&Due> = dues.iter().filter(|due| due.pool == index).collect();
        let short: f64 = of_pool.iter().map(|due| due.short()).sum();
        if short <= SAME {
            continue;
        }
        let spare = |row: u32| {
            let row = row as usize;
            if solver.staff.at_work[row] { (hours[row] - spent[row]).max(0.0) } else { 0.0 }
        };
        let case = Case { solver, held, index, short, of_pool: &of_pool, sizing };
        let mut remedies: Vec<(Means, Option<f64>)> = vec![];
        remedies.extend(case.relieved(&spare, false));
        remedies.extend(case.relieved(&spare, true));
        remedies.extend(case.fewer());
        remedies.push(case.hired());
        remedies.sort_by(|a, b| match (a.1, b.1) {
            (Some(one), Some(other)) => one.total_cmp(&other).then(a.0.rank().cmp(&b.0.rank())),
            (None, None) => a.0.rank().cmp(&b.0.rank()),
            (one, other) => other.is_some().cmp(&one.is_some()),
        });
        let tell = |(means, cost): (Means, Option<f64>)| {
            let words = super::words::remedy(solver.policy, &means, cost);
            Remedy { means, cost, words }
        };
        mends.push(Mend {
            segment: pool.segment.clone(),
            role: pool.role.clone(),
            product_line: pool.product_line.clone(),
            hours_short: short,
            remedies: remedies.into_iter().map(tell).collect(),
        });
    }
    mends.sort_by(|a, b| b.hours_short.total_cmp(&a.hours_short));
    mends
}

struct Case<'a> {
    solver: &'a Solver<'a>,
    held: &'a Held,
    index: usize,
    short: f64,
    of_pool: &'a [&'a Due],
    sizing: &'a Sizing,
}

impl Case<'_> {
    /// Accounts that go to colleagues: from each person as many as relieve them, the largest of the last in order first,
    /// each to whoever has most hours left. With `train`, also to those who lack the qualification, as few as possible.
    fn relieved(&self, spare: &dyn Fn(u32) -> f64, train: bool) -> Option<(Means, Option<f64>)> {
        let Case { solver, held, index, .. } = self;
        let pool = &held.pools[*index];
        let names = solver.policy.segment_names();
        let mut left: Vec<(u32, f64)> = held.staffs[*index].iter().map(|row| (*row, spare(*row))).collect();
        let mut need: Vec<(Option<u32>, f64)> = vec![];
        for due in self.of_pool.iter().filter(|due| due.short() > SAME) {
            match need.iter_mut().find(|(owner, _)| *owner == due.owner) {
                Some((_, hours)) => *hours += due.short(),
                None => need.push((due.owner, due.short())),
            }
        }
        let (mut accounts, mut hours) = (0, 0.0);
        let mut to: Vec<u32> = vec![];
        let mut learnt: Vec<(u32, String, f64)> = vec![];
        // Those that have their hours stay; what is short goes, the last in order first.
        let mut going: Vec<&&Due> = self.of_pool.iter().filter(|due| due.hours > SAME).collect();
        going.reverse();
        for due in going {
            let Some(owed) = need.iter_mut().find(|(owner, owed)| *owner == due.owner && *owed > SAME) else {
                continue;
            };
            let promise = solver.policy.promise(names[usize::from(due.segment)], &pool.role);
            let lacks = |row: u32| -> f64 {
                promise.qualification.iter().map(|(skill, least)| missing(solver, &learnt, row, skill, *least)).sum()
            };
            let fits = left.iter().enumerate().filter(|(_, (row, free))| {
                Some(*row) != due.owner && *free + SAME >= due.hours && (train || lacks(*row) <= 0.0)
            });
            let best = fits.min_by(|(_, a), (_, b)| {
                lacks(a.0).total_cmp(&lacks(b.0)).then(b.1.total_cmp(&a.1)).then(a.0.cmp(&b.0))
            });
            let place = best.map(|(place, _)| place)?;
            let (row, free) = &mut left[place];
            *free -= due.hours;
            owed.1 -= if due.owner.is_none() { due.short() } else { due.hours };
            (accounts, hours) = (accounts + 1, hours + due.hours);
            if !to.contains(row) {
                to.push(*row);
            }
            for (skill, least) in &promise.qualification {
                let levels = missing(solver, &learnt, *row, skill, *least);
                if levels > 0.0 {
                    learnt.push((*row, skill.clone(), *least));
                }
            }
        }
        if need.iter().any(|(_, owed)| *owed > SAME) || accounts == 0 {
            return None;
        }
        let id = |row: &u32| solver.staff.ids[*row as usize].clone();
        let moves = self.sizing.move_cost.map(|cost| cost * accounts as f64);
        if !train {
            return Some((Means::Move { accounts, hours, to: to.iter().map(id).collect() }, moves));
        }
        if learnt.is_empty() {
            return None;
        }
        let levels: f64 =
            learnt.iter().map(|(row, skill, least)| (least - solver.staff.level(*row as usize, skill)).max(0.0)).sum();
        let skills = solver.policy.document.skills.as_ref();
        let price = skills.and_then(|skills| skills.training_cost.as_ref()).map(|cost| *cost.get_ref() * levels);
        let mut skills: Vec<String> = learnt.iter().map(|(_, skill, least)| format!("{skill}:{least}")).collect();
        let mut employees: Vec<String> = learnt.iter().map(|(row, ..)| id(row)).collect();
        skills.dedup();
        employees.dedup();
        let cost = price.zip(moves).map(|(price, moves)| price + moves);
        Some((Means::Train { levels, skills, employees, accounts }, cost))
    }

    /// Fewer contacts in the segment that stands last among those that are short, if they are enough.
    fn fewer(&self) -> Option<(Means, Option<f64>)> {
        let Case { solver, held, index, short, of_pool, sizing } = self;
        let pool = &held.pools[*index];
        let last = of_pool.iter().filter(|due| due.short() > SAME).map(|due| due.segment).max()?;
        let name = solver.policy.segment_names()[usize::from(last)];
        let of_role = solver.policy.promise(name, &pool.role);
        let once = solver.policy.promise_of_segment(name);
        let members: Vec<&&Due> = of_pool.iter().filter(|due| due.segment == last).collect();
        let holds_once = members.iter().any(|due| due.hours > of_role.hours() + SAME);
        let add = |one: f64, other: f64| if holds_once { one + other } else { one };
        let contacts = add(of_role.contacts_per_year, once.contacts_per_year);
        let contact_hours = add(of_role.contact_hours, once.contact_hours);
        // Whoever is short of most in proportion decides how many contacts are possible.
        let mut of_owner: Vec<(Option<u32>, f64, f64)> = vec![];
        for due in &members {
            match of_owner.iter_mut().find(|(owner, ..)| *owner == due.owner) {
                Some((_, short, promised)) => (*short, *promised) = (*short + due.short(), *promised + contact_hours),
                None => of_owner.push((due.owner, due.short(), contact_hours)),
            }
        }
        let elsewhere: f64 = of_pool.iter().filter(|due| due.segment != last).map(|due| due.short()).sum();
        let cut = of_owner.iter().map(|(_, short, promised)| if *promised > 0.0 { short / promised } else { 2.0 });
        let cut = cut.fold(0.0, f64::max);
        if contacts <= 0.0 || elsewhere > SAME || cut > 1.0 || *short <= SAME {
            return None;
        }
        let feasible = contacts * (1.0 - cut);
        let contacts_lost = (contacts - feasible) * members.len() as f64;
        let cost = sizing.contact_value.map(|value| value * contacts_lost);
        let means = Means::Fewer { of: name.to_owned(), contacts_per_year: contacts, feasible, contacts_lost };
        Some((means, cost))
    }

    /// As many more full-time people as the missing hours make.
    fn hired(&self) -> (Means, Option<f64>) {
        let Case { solver, held, index, short, of_pool, sizing } = self;
        let employees = (short / (sizing.hours_per_year * sizing.customer_share)).ceil().max(1.0);
        let role = role_of(solver, &held.pools[*index]);
        let skills = solver.policy.document.skills.as_ref();
        let hiring = skills.and_then(|skills| skills.hiring_cost.as_ref()).map_or(0.0, |cost| *cost.get_ref());
        let cost = role.and_then(|role| role.cost).map(|cost| (cost + hiring) * employees);
        let mut of_owner: Vec<(u32, f64)> = vec![];
        for due in of_pool.iter().filter(|due| due.short() > SAME) {
            let Some(owner) = due.owner else { continue };
            match of_owner.iter_mut().find(|(known, _)| *known == owner) {
                Some((_, short)) => *short += due.short(),
                None => of_owner.push((owner, due.short())),
            }
        }
        let worst = of_owner.into_iter().reduce(|a, b| if b.1 > a.1 { b } else { a });
        let beside = worst.map(|(owner, _)| solver.staff.ids[owner as usize].clone());
        (Means::Hire { employees, beside }, cost)
    }
}

/// Levels that somebody lacks of a skill, what they are to learn included.
fn missing(solver: &Solver, learnt: &[(u32, String, f64)], row: u32, skill: &str, least: f64) -> f64 {
    let held = solver.staff.level(row as usize, skill);
    let of_course = learnt.iter().filter(|(who, what, _)| *who == row && what == skill).map(|(.., level)| *level);
    (least - of_course.fold(held, f64::max)).max(0.0)
}
