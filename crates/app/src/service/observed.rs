//! Service as it was: what the recorded communications say of response times and of contacts, beside what was promised.
//!
//! A **response** is due to what comes from a customer. It is given when somebody takes the matter, ends it, or turns to
//! the account themselves, whichever comes first; the time until then counts in business hours. What still waits counts as
//! late once it has waited longer than promised, and not at all before. A **contact** is whatever goes from us to the
//! account. Of each account as many are expected as the days of the period are of a year, counted from the first recorded
//! communication and from the day since when somebody answers for the account, whichever is later. Percentiles are the
//! least value that at least so large a share does not exceed (nearest rank; Hyndman & Fan, *Sample quantiles in
//! statistical packages*, The American Statistician 50(4), 1996, definition 1).

use std::collections::BTreeMap;

use bailiwick_domain::communication::Direction;
use bailiwick_domain::opening_hours::OpeningHours;
use bailiwick_domain::policy::Policy;
use bailiwick_store::{Contacted, HolderOf, Ledger, Within};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::error::AppError;
use crate::stages::policy_on;

/// Days in a year, the leap days shared out.
const YEAR: f64 = 365.25;

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    pub from: Date,
    /// The first day that does not belong to it any more.
    pub to: Date,
    /// What is not answered by then still waits.
    pub now: Timestamp,
}

/// Observed against promised.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Observed {
    /// Not before the first day of which anything is recorded.
    pub from: Date,
    pub to: Date,
    /// In which hours response times are counted.
    pub business_hours: String,
    /// By segment and role, in the policy's order.
    pub segments: Vec<Kept>,
    /// By who answered, or holds the account.
    pub employees: Vec<Kept>,
}

/// What was kept of a promise.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Kept {
    pub segment: String,
    /// Empty where it is not known which role a matter concerns.
    pub role: String,
    pub employee_id: Option<String>,
    pub employee: Option<String>,
    pub responses: Responses,
    pub contacts: Contacts,
    /// The share that has to be in time.
    pub share_promised: f64,
    /// Both shares reach it; absent where nothing was promised, or nothing has been seen.
    pub kept: Option<bool>,
    /// Contacts with each account, while they are judged.
    #[serde(skip)]
    counts: Vec<(String, usize)>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Responses {
    pub promised_hours: Option<f64>,
    pub received: usize,
    pub answered: usize,
    /// Not answered yet.
    pub waiting: usize,
    /// Business hours that half of the answers took at most …
    pub median_hours: Option<f64>,
    /// … and nine in ten.
    pub p90_hours: Option<f64>,
    pub slowest_hours: Option<f64>,
    /// Of those that are answered or late, the share answered in time; absent where nothing is promised.
    pub in_time: Option<f64>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Contacts {
    pub promised_per_year: Option<f64>,
    /// Accounts to which it is promised, or that were contacted.
    pub accounts: usize,
    pub contacts: usize,
    /// Days between a contact with an account and the one before, in half of the cases at most …
    pub median_days: Option<f64>,
    /// … and in nine of ten.
    pub p90_days: Option<f64>,
    /// Accounts that had as many as promised for the period, as a share; absent where nothing is promised.
    pub in_time: Option<f64>,
}

/// What is gathered before it is summed up.
#[derive(Default)]
struct Gathered {
    hours: Vec<f64>,
    in_time: usize,
    late: usize,
    received: usize,
    waiting: usize,
    promised_hours: Option<f64>,
    /// Moments of contact with each account.
    contacts: BTreeMap<String, Vec<Timestamp>>,
}

/// # Errors
/// [`AppError::Missing`] if no plan was applied by the end of the period; [`AppError::Usage`] for a period without days.
pub async fn observe(ledger: &Ledger, within: Within<'_>, period: Period) -> Result<Observed, AppError> {
    if period.to <= period.from {
        return Err(AppError::Usage {
            message: format!("the period from {} to {} has no day", period.from, period.to),
            remedy: String::from("give a later day for its end: that day does not belong to it any more"),
        });
    }
    let last = period.to.yesterday().unwrap_or(period.from);
    let Some(policy) = policy_on(ledger, last).await? else {
        return Err(AppError::Missing {
            message: format!("no plan was applied by {last}, so it is not known what was promised"),
            remedy: String::from("apply a plan first, or ask for a later period"),
        });
    };
    let zone = policy.zone();
    let moment = |day: Date| zone.to_ambiguous_timestamp(day.to_datetime(jiff::civil::Time::midnight())).compatible();
    // Before anything was recorded there is nothing to hold against a promise.
    let recorded = ledger.first_communication().await?.map(|at| policy.day(at));
    let from = recorded.filter(|day| *day < period.to).map_or(period.from, |day| day.max(period.from));
    let period = Period { from, ..period };
    let (Ok(from), Ok(to)) = (moment(period.from), moment(period.to)) else {
        return Err(AppError::Usage {
            message: String::from("the period lies beyond all calendars"),
            remedy: String::from("give days as in 2026-01-01"),
        });
    };
    let found = ledger.contacted(within, last, from, to).await?;
    let served = ledger.holders_seen(within, last).await?;
    let names = ledger.employee_names().await?;
    let since = ledger.held_first_after(period.from).await?;
    Ok(summarise(&policy, period, to, &found, &served, &since, &names))
}

/// Pure: what the communications come to.
pub(super) fn summarise(
    policy: &Policy,
    period: Period,
    end: Timestamp,
    found: &[Contacted],
    served: &[HolderOf],
    since: &BTreeMap<(String, String), Date>,
    names: &BTreeMap<String, String>,
) -> Observed {
    let segment_of: BTreeMap<&str, &str> =
        served.iter().map(|one| (one.account_id.as_str(), one.segment.as_str())).collect();
    let holders: BTreeMap<(&str, &str), &str> =
        served.iter().map(|one| ((one.account_id.as_str(), one.role.as_str()), one.employee_id.as_str())).collect();
    let opening = policy.opening_hours();
    let mut by_segment: BTreeMap<(String, String), Gathered> = BTreeMap::new();
    let mut by_employee: BTreeMap<(String, String, String), Gathered> = BTreeMap::new();
    // Whatever goes to an account answers what came from it before.
    let mut turned_to: BTreeMap<&str, Vec<Timestamp>> = BTreeMap::new();
    for one in found.iter().filter(|one| one.direction == Direction::Outgoing) {
        if let Some(account) = &one.account {
            turned_to.entry(account).or_default().push(one.at);
        }
    }
    for one in found {
        let account = one.account.as_deref().unwrap_or_default();
        let segment = segment_of.get(account).copied().unwrap_or_default().to_owned();
        // Whoever turns to an account does it in the role they hold there, where nothing else is said.
        let of_sender = || {
            let mut roles =
                served.iter().filter(|held| held.account_id == account && Some(&held.employee_id) == one.by.as_ref());
            roles.next().map(|held| held.role.clone())
        };
        let role = one.role.clone().or_else(of_sender).unwrap_or_default();
        let holder = holders.get(&(account, role.as_str())).map(|holder| String::from(*holder));
        let employee = one.by.clone().or(holder).unwrap_or_default();
        if one.direction == Direction::Outgoing && one.at >= end {
            continue;
        }
        let promised = policy.response_promised(&segment, &role, one.stage.as_deref());
        let gathered = [
            by_segment.entry((segment.clone(), role.clone())).or_default(),
            by_employee.entry((employee, segment, role)).or_default(),
        ];
        match one.direction {
            Direction::Incoming => {
                let replied = turned_to.get(account).into_iter().flatten().filter(|at| **at >= one.at).min().copied();
                let answered = one.answered_at.into_iter().chain(replied).min();
                for into in gathered {
                    respond(into, &opening, one.at, answered, promised, period.now);
                }
            }
            Direction::Outgoing => {
                for into in gathered {
                    into.contacts.entry(account.to_owned()).or_default().push(one.at);
                }
            }
        }
    }
    expect_contacts(policy, served, &mut by_segment, &mut by_employee);
    let years = |account: &str, role: &str| {
        let from = since.get(&(account.to_owned(), role.to_owned())).copied().unwrap_or(period.from);
        f64::from((period.to - from).get_days().max(0)) / YEAR
    };
    let order = |segment: &str| policy.segment_names().iter().position(|name| *name == segment).unwrap_or(usize::MAX);
    let mut segments: Vec<Kept> = by_segment
        .into_iter()
        .map(|((segment, role), gathered)| Kept { segment, role, ..sum_up(gathered) })
        .map(|kept| judge(policy, kept, &years))
        .collect();
    segments.sort_by_key(|kept| (order(&kept.segment), kept.role.clone()));
    let mut employees: Vec<Kept> = by_employee
        .into_iter()
        .filter(|((employee, ..), _)| !employee.is_empty())
        .map(|((employee, segment, role), gathered)| Kept {
            segment,
            role,
            employee: names.get(&employee).cloned(),
            employee_id: Some(employee),
            ..sum_up(gathered)
        })
        .map(|kept| judge(policy, kept, &years))
        .collect();
    employees.sort_by_key(|kept| (kept.employee_id.clone(), order(&kept.segment), kept.role.clone()));
    Observed { from: period.from, to: period.to, business_hours: opening.told(), segments, employees }
}

fn respond(
    into: &mut Gathered,
    opening: &OpeningHours,
    received: Timestamp,
    answered: Option<Timestamp>,
    promised: Option<f64>,
    now: Timestamp,
) {
    into.received += 1;
    into.promised_hours = into.promised_hours.into_iter().chain(promised).reduce(f64::min);
    let limit = promised.map(|hours| SignedDuration::from_secs((hours * 3600.0).round() as i64));
    match answered {
        Some(at) => {
            let open = opening.between(received, at);
            into.hours.push(open.as_secs_f64() / 3600.0);
            match limit {
                Some(limit) if open <= limit => into.in_time += 1,
                Some(_) => into.late += 1,
                None => {}
            }
        }
        None => {
            into.waiting += 1;
            if limit.is_some_and(|limit| opening.between(received, now) > limit) {
                into.late += 1;
            }
        }
    }
}

/// Accounts that were promised contacts count though nobody turned to them.
fn expect_contacts(
    policy: &Policy,
    served: &[HolderOf],
    by_segment: &mut BTreeMap<(String, String), Gathered>,
    by_employee: &mut BTreeMap<(String, String, String), Gathered>,
) {
    for one in served.iter().filter(|one| promised_contacts(policy, &one.segment, &one.role).is_some()) {
        let of_segment = by_segment.entry((one.segment.clone(), one.role.clone())).or_default();
        of_segment.contacts.entry(one.account_id.clone()).or_default();
        let key = (one.employee_id.clone(), one.segment.clone(), one.role.clone());
        by_employee.entry(key).or_default().contacts.entry(one.account_id.clone()).or_default();
    }
}

fn promised_contacts(policy: &Policy, segment: &str, role: &str) -> Option<f64> {
    Some(policy.promise(segment, role).contacts_per_year).filter(|contacts| *contacts > 0.0)
}

fn sum_up(mut gathered: Gathered) -> Kept {
    gathered.hours.sort_by(f64::total_cmp);
    let mut gaps = vec![];
    let mut contacts = 0;
    let mut counts = vec![];
    for (account, mut moments) in gathered.contacts {
        moments.sort_unstable();
        contacts += moments.len();
        counts.push((account, moments.len()));
        gaps.extend(moments.windows(2).map(|pair| pair[0].duration_until(pair[1]).as_secs_f64() / 86_400.0));
    }
    gaps.sort_by(f64::total_cmp);
    let judged = gathered.in_time + gathered.late;
    Kept {
        responses: Responses {
            promised_hours: gathered.promised_hours,
            received: gathered.received,
            answered: gathered.hours.len(),
            waiting: gathered.waiting,
            median_hours: percentile(&gathered.hours, 0.5),
            p90_hours: percentile(&gathered.hours, 0.9),
            slowest_hours: gathered.hours.last().copied(),
            in_time: (judged > 0).then(|| gathered.in_time as f64 / judged as f64),
        },
        contacts: Contacts {
            promised_per_year: None,
            accounts: counts.len(),
            contacts,
            median_days: percentile(&gaps, 0.5),
            p90_days: percentile(&gaps, 0.9),
            in_time: None,
        },
        counts,
        ..Kept::default()
    }
}

fn judge(policy: &Policy, mut kept: Kept, years: &dyn Fn(&str, &str) -> f64) -> Kept {
    let promise = policy.promise(&kept.segment, &kept.role);
    kept.share_promised = promise.share;
    kept.contacts.promised_per_year = promised_contacts(policy, &kept.segment, &kept.role);
    if let Some(promised) = kept.contacts.promised_per_year.filter(|_| !kept.counts.is_empty()) {
        // A part of a contact is none: 24 a year are 5 in eleven weeks.
        let expected = |account: &str| (promised * years(account, &kept.role) + 1e-9).floor();
        let enough = kept.counts.iter().filter(|(account, count)| *count as f64 >= expected(account)).count();
        kept.contacts.in_time = Some(enough as f64 / kept.counts.len() as f64);
    }
    let shares: Vec<f64> = kept.responses.in_time.into_iter().chain(kept.contacts.in_time).collect();
    kept.kept = (!shares.is_empty()).then(|| shares.iter().all(|share| *share + 1e-9 >= promise.share));
    kept
}

/// The least of the sorted values that at least this share of them does not exceed.
pub(super) fn percentile(sorted: &[f64], share: f64) -> Option<f64> {
    let rank = (share * sorted.len() as f64).ceil().max(1.0) as usize;
    sorted.get(rank - 1).copied()
}
