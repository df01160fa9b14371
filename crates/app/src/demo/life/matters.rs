//! Single matters of the demo's desk: what is asked, by which way, and how long an answer takes.

use bailiwick_domain::communication::{Channel, Communication, Direction, MatterState, TaskKind};
use bailiwick_domain::id::EmployeeId;
use bailiwick_domain::opening_hours::OpeningHours;
use bailiwick_store::HolderOf;
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

use crate::demo::dice::Dice;
use crate::project::Project;

/// The segment that is promised most.
pub const KEY: &str = "Key accounts";

pub struct Matter {
    pub communication: Communication,
    pub at: Timestamp,
    pub taken: Option<Timestamp>,
    pub done: Option<Timestamp>,
    pub dropped: Option<Timestamp>,
    pub by: EmployeeId,
}

/// Role, stage, kind of task, and what is said.
type Kind = (&'static str, Option<&'static str>, Option<TaskKind>, &'static str);

const QUESTIONS: &[Kind] = &[
    ("service-manager", Some("Repair"), None, "The cold room is too warm"),
    ("service-manager", Some("Repair"), None, "The oven does not heat evenly"),
    ("service-manager", Some("Advice on use"), None, "How is the new line cleaned?"),
    ("service-manager", None, Some(TaskKind::Appointment), "An appointment for the yearly inspection"),
    ("administrator", None, Some(TaskKind::InvoiceCopy), "A copy of the last invoice"),
    ("administrator", Some("Shipping papers"), Some(TaskKind::ShippingPapers), "Papers for the delivery are missing"),
    ("sales-specialist", Some("Survey of needs"), None, "Price and delivery time of a second machine"),
    ("sales-specialist", Some("Offer and contract"), None, "Changes to the offer"),
    ("customer-service-specialist", Some("Renewal of the contract"), None, "The service contract ends this year"),
    ("customer-service-specialist", None, None, "A complaint about the last visit"),
];

const WAYS: &[(Channel, f64)] = &[
    (Channel::Call, 0.45),
    (Channel::Email, 0.3),
    (Channel::WebForm, 0.1),
    (Channel::Message, 0.08),
    (Channel::Visit, 0.05),
    (Channel::Letter, 0.02),
];

const CONTACTS: &[(Channel, &str)] = &[
    (Channel::Call, "How the equipment does"),
    (Channel::Visit, "Visit as agreed"),
    (Channel::Email, "News of the product line"),
    (Channel::Call, "What is planned for the season"),
    (Channel::Visit, "Review of the year"),
];

/// Something that we turn to a customer for, on a day when somebody is there.
pub fn contact(project: &Project, one: &HolderOf, day: Date, dice: &mut Dice) -> Option<Matter> {
    let opening = project.policy.opening_hours();
    let at = working_hour(&opening, day, dice)?;
    let (channel, subject) = *dice.pick(CONTACTS);
    let by: EmployeeId = one.employee_id.parse().ok()?;
    let communication = Communication {
        direction: Direction::Outgoing,
        state: MatterState::Done,
        role: one.role.parse().ok(),
        received_by: Some(by.clone()),
        given_to: Some(by.clone()),
        ..blank(one, channel, subject, at)?
    };
    Some(Matter { communication, at, taken: None, done: None, dropped: None, by })
}

/// Something that a customer asks one of those who answer for them.
pub fn question(project: &Project, of_account: &[HolderOf], day: Date, dice: &mut Dice) -> Option<Matter> {
    let policy = &project.policy;
    let opening = policy.opening_hours();
    let at = working_hour(&opening, day, dice)?;
    let (role, stage, task, subject) = *dice.pick(QUESTIONS);
    let one = of_account.iter().find(|one| one.role == role)?;
    let (channel, _) = WAYS[dice.weighted(WAYS.iter().map(|(_, weight)| *weight))];
    let promised = policy.response_promised(&one.segment, role, stage);
    let usual = if one.segment == KEY { 0.7 } else { 0.4 };
    let hours = promised.unwrap_or(16.0) * usual * (0.75 * dice.normal()).exp();
    let answered = after(&opening, at, hours);
    let ends = after(&opening, answered, dice.between(0.1, 12.0));
    let (is_dropped, waits) = (dice.chance(0.02), dice.chance(0.02));
    let by: EmployeeId = one.employee_id.parse().ok()?;
    let communication = Communication {
        direction: Direction::Incoming,
        state: MatterState::Passed,
        role: role.parse().ok(),
        product_line: Some(one.product_line.as_str())
            .filter(|line| !line.is_empty())
            .and_then(|line| line.parse().ok()),
        stage: stage.map(str::to_owned),
        task,
        ..blank(one, channel, subject, at)?
    };
    let open = |moment: Timestamp| (!waits && !is_dropped).then_some(moment);
    let dropped = is_dropped.then_some(answered);
    Some(Matter { communication, at, taken: open(answered), done: open(ends), dropped, by })
}

fn blank(one: &HolderOf, channel: Channel, subject: &str, at: Timestamp) -> Option<Communication> {
    Some(Communication {
        account: Some(one.account_id.parse().ok()?),
        caller: None,
        contact: None,
        channel,
        task: None,
        direction: Direction::Incoming,
        subject: subject.to_owned(),
        text: String::new(),
        role: None,
        product_line: None,
        stage: None,
        due: None,
        received_by: None,
        received_at: at,
        state: MatterState::Open,
        given_to: None,
    })
}

/// A moment of a day within business hours; of the next open day where the day is none.
fn working_hour(opening: &OpeningHours, mut day: Date, dice: &mut Dice) -> Option<Timestamp> {
    let minute = dice.below(8 * 60 + 30) as i64;
    while !opening.is_open_on(day) {
        day = day.tomorrow().ok()?;
    }
    let midnight = opening.zone.to_ambiguous_timestamp(day.at(8, 30, 0, 0)).compatible().ok()?;
    midnight.checked_add(SignedDuration::from_mins(minute)).ok()
}

/// The moment after which so many business hours have passed, to the minute.
fn after(opening: &OpeningHours, from: Timestamp, hours: f64) -> Timestamp {
    let moment = |minutes: i64| from.checked_add(SignedDuration::from_mins(minutes)).unwrap_or(from);
    let (mut low, mut high) = (0, 90 * 24 * 60);
    while low < high {
        let middle = (low + high) / 2;
        if opening.hours_between(from, moment(middle)) < hours { low = middle + 1 } else { high = middle }
    }
    moment(low)
}
