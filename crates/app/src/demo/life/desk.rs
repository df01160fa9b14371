//! What customers asked, when they were answered, and what we turned to them for, in the year before now but not before
//! the plan: enough to see which promises are kept and which are not.

use bailiwick_domain::communication::{Communication, Move};
use bailiwick_domain::id::EmployeeId;
use bailiwick_store::{HolderOf, Ledger, Within};
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};

use super::matters::{self, Matter};
use super::planned_at;
use crate::demo::dice::Dice;
use crate::error::AppError;
use crate::project::Project;

/// Contacts with customers that are no key accounts at most, so that the demo is made in seconds.
const MOST_CONTACTS: f64 = 4000.0;

/// One step, with its place in the list of matters.
enum Step {
    Register,
    Take,
    Done,
    Drop,
}

pub async fn serve(ledger: &Ledger, project: &Project, dice: &mut Dice, now: Timestamp) -> Result<(), AppError> {
    let (today, planned) = (project.policy.day(now), project.policy.day(planned_at(now)));
    let first = planned.saturating_add(4.days()).max(today.saturating_sub(1.year()));
    let days = (today - first).get_days();
    if days < 1 {
        return Ok(());
    }
    let served = ledger.holders_seen(Within::Everybody, today).await?;
    let mut all = contacts(project, &served, dice, (first, days));
    all.extend(questions(project, &served, dice, (first, days)));
    all.retain(|matter| matter.at < now);
    carry_out(ledger, &all, now).await
}

/// What goes to customers: for most about as often as was promised.
fn contacts(project: &Project, served: &[HolderOf], dice: &mut Dice, (first, days): (Date, i32)) -> Vec<Matter> {
    let policy = &project.policy;
    let years = f64::from(days) / 365.25;
    let promised = |one: &HolderOf| policy.promise(&one.segment, &one.role).contacts_per_year * years;
    let is_key = |one: &HolderOf| one.segment == matters::KEY;
    let others: f64 = served.iter().filter(|one| !is_key(one)).map(promised).sum();
    let share = (MOST_CONTACTS / others.max(1.0)).min(1.0);
    let mut found = vec![];
    let mut last = ("", "");
    for one in served.iter().filter(|one| promised(one) > 0.0) {
        // An account with several product lines is turned to once for all of them.
        if last == (one.account_id.as_str(), one.role.as_str()) {
            continue;
        }
        last = (one.account_id.as_str(), one.role.as_str());
        if !is_key(one) && !dice.chance(share) {
            continue;
        }
        let enough = promised(one).ceil() as usize;
        let count = if dice.chance(0.96) { enough } else { enough.saturating_sub(1 + dice.below(2)) };
        for place in 0..count {
            let from = days as usize * place / count;
            let day = from + dice.below((days as usize / count).max(1));
            let day = first.saturating_add(i32::try_from(day).unwrap_or(0).days());
            found.extend(matters::contact(project, one, day, dice));
        }
    }
    found
}

/// What comes from customers, and when it was answered.
fn questions(project: &Project, served: &[HolderOf], dice: &mut Dice, (first, days): (Date, i32)) -> Vec<Matter> {
    let years = f64::from(days) / 365.25;
    let mut found = vec![];
    for of_account in served.chunk_by(|a, b| a.account_id == b.account_id) {
        let a_year = if of_account[0].segment == matters::KEY { 10.0 } else { 0.5 };
        let mut left = a_year * years;
        while left > 0.0 {
            if dice.chance(left.min(1.0)) {
                let day = first.saturating_add(i32::try_from(dice.below(days as usize)).unwrap_or(0).days());
                found.extend(matters::question(project, of_account, day, dice));
            }
            left -= 1.0;
        }
    }
    found
}

/// Everything in the order in which it happened.
async fn carry_out(ledger: &Ledger, all: &[Matter], now: Timestamp) -> Result<(), AppError> {
    let mut steps: Vec<(Timestamp, usize, Step)> = vec![];
    for (place, matter) in all.iter().enumerate() {
        steps.push((matter.at, place, Step::Register));
        if let Some(dropped) = matter.dropped {
            steps.push((dropped, place, Step::Drop));
        }
        steps.extend(matter.taken.map(|at| (at, place, Step::Take)));
        steps.extend(matter.done.map(|at| (at, place, Step::Done)));
    }
    steps.retain(|(at, ..)| *at < now);
    steps.sort_by_key(|(at, place, _)| (*at, *place));
    let mut numbers = vec![0; all.len()];
    for (at, place, step) in steps {
        let Matter { communication, by, .. } = &all[place];
        let number = numbers[place];
        let what = match step {
            Step::Register => {
                numbers[place] = ledger.register(Communication::clone(communication), "", by.as_str(), at).await?;
                continue;
            }
            Step::Take => Move::Take { by: EmployeeId::clone(by) },
            Step::Done => Move::Finish,
            Step::Drop => Move::Drop,
        };
        ledger.step(number, None, &what, "", by.as_str(), at).await?;
    }
    Ok(())
}
