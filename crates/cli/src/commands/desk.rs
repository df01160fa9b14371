//! `bailiwick desk`: what comes from customers is registered, passed on and followed to its end.

use bailiwick_app::AppError;
use bailiwick_app::desk::{self, Told, Whereto};
use bailiwick_app::stages::stages;
use bailiwick_domain::communication::{Channel, Communication, Direction, MatterState, Move, TaskKind};
use bailiwick_domain::id::{AccountId, EmployeeId};
use bailiwick_store::{Inbox, Ledger, MattersWanted, TimelineWanted, Within};
use jiff::civil::Date;
use serde_json::json;

use super::{Setting, actor};
use crate::arguments::{self, DeskCommand, DeskRegister, DeskWhereto, Format};
use crate::output::{self, DONE, csv, say, table};

pub async fn run(arguments: &arguments::Desk, setting: &Setting) -> Result<u8, AppError> {
    let ledger = Ledger::open_existing(&arguments.db).await?;
    let on = setting.day(arguments.on, &ledger).await?;
    match &arguments.command {
        DeskCommand::Register(new) => register(&ledger, new, on, setting).await?,
        DeskCommand::List(wanted) => {
            let state = word("state", wanted.state.as_deref(), MatterState::from_word, MatterState::ALL)?;
            let account = wanted.account.as_deref().map(named::<AccountId>).transpose()?;
            let (overdue, limit) = (wanted.overdue, wanted.limit);
            let wanted = MattersWanted { account, state, overdue, before: None, limit };
            let mut found = ledger.matters(Within::Everybody, on, &wanted).await?;
            found.truncate(limit as usize);
            print(&desk::tell(&ledger, found, on).await?, setting);
        }
        DeskCommand::Inbox { employee } => {
            let employee = employee.as_deref().map(named::<EmployeeId>).transpose()?;
            if let Some(id) = &employee
                && ledger.employee(id).await?.is_none()
            {
                let message = format!("there is no employee \"{id}\"");
                return Err(AppError::Missing { message, remedy: String::from("give the employee_id") });
            }
            let inbox = employee.as_ref().map_or(Inbox::Desk(Within::Everybody), Inbox::Of);
            let page = ledger.inbox(inbox, on, None, 1_000).await?;
            print(&desk::tell(&ledger, page.matters, on).await?, setting);
        }
        DeskCommand::Show { number } => show(&ledger, *number, on, setting).await?,
        DeskCommand::About { account } => about(&ledger, account, on, setting).await?,
        DeskCommand::Pass { number, whereto: to, note } => {
            let matter = ledger.matter(*number, on).await?;
            let account = matter.and_then(|matter| matter.communication.account);
            let what = desk::passing(&ledger, account.as_ref(), &whereto(to)?, on).await?;
            step(&ledger, *number, &what, note, on, setting).await?;
        }
        DeskCommand::Take { number, by, note } => {
            step(&ledger, *number, &Move::Take { by: named(by)? }, note, on, setting).await?;
        }
        DeskCommand::Done { number, dropped, note } => {
            let what = if *dropped { Move::Drop } else { Move::Finish };
            step(&ledger, *number, &what, note, on, setting).await?;
        }
        DeskCommand::Comment { number, note, due } => {
            let what = due.map_or(Move::Comment, |due| Move::Due(Some(due)));
            step(&ledger, *number, &what, note, on, setting).await?;
        }
        DeskCommand::Link { number, account } => {
            let what = Move::Link { account: named(account)?, contact: None };
            step(&ledger, *number, &what, "", on, setting).await?;
        }
    }
    ledger.close().await;
    Ok(DONE)
}

async fn register(ledger: &Ledger, new: &DeskRegister, on: Date, setting: &Setting) -> Result<(), AppError> {
    let channel = word("channel", Some(&new.channel), Channel::from_word, Channel::ALL)?;
    let matter = Communication {
        account: new.account.as_deref().map(named).transpose()?,
        caller: new.caller.clone(),
        contact: None,
        channel: channel.unwrap_or(Channel::Other),
        task: word("task", new.task.as_deref(), TaskKind::from_word, TaskKind::ALL)?,
        direction: if new.outgoing { Direction::Outgoing } else { Direction::Incoming },
        subject: new.subject.clone(),
        text: new.text.clone(),
        role: None,
        product_line: None,
        stage: None,
        due: new.due,
        received_by: new.received_by.as_deref().map(named).transpose()?,
        received_at: setting.now,
        state: MatterState::Open,
        given_to: None,
    };
    let number = desk::register(ledger, matter, &whereto(&new.whereto)?, on, (&actor(), setting.now)).await?;
    show(ledger, number, on, setting).await
}

async fn step(
    ledger: &Ledger,
    number: u64,
    what: &Move,
    note: &str,
    on: Date,
    setting: &Setting,
) -> Result<(), AppError> {
    ledger.step(number, None, what, note, &actor(), setting.now).await?;
    show(ledger, number, on, setting).await
}

async fn show(ledger: &Ledger, number: u64, on: Date, setting: &Setting) -> Result<(), AppError> {
    let told = desk::matter(ledger, number, on).await?.ok_or_else(|| AppError::Missing {
        message: format!("there is no communication {number}"),
        remedy: String::from("see `bailiwick desk list`"),
    })?;
    if setting.format == Format::Json {
        output::json(&told);
        return Ok(());
    }
    print(std::slice::from_ref(&told), setting);
    if setting.format == Format::Table {
        for step in &told.steps {
            let note = if step.note.is_empty() { String::new() } else { format!(": {}", step.note) };
            say(format!("  {} {} by {}{note}", step.at.strftime("%Y-%m-%d %H:%M"), step.step, step.actor));
        }
    }
    Ok(())
}

/// Everything that whoever speaks with the customer should have seen.
async fn about(ledger: &Ledger, account: &str, on: Date, setting: &Setting) -> Result<(), AppError> {
    let stages = stages(ledger, account, on).await?;
    let id: AccountId = named(&stages.account_id)?;
    let contacts = ledger.contacts(&id).await?;
    let needs = ledger.needs(&id).await?;
    let particulars = ledger.particulars(&id).await?.map(|one| one.value.text).unwrap_or_default();
    let wanted = MattersWanted { account: Some(id.clone()), limit: 50, ..MattersWanted::default() };
    let mut open = ledger.matters(Within::Everybody, on, &wanted).await?;
    open.retain(|matter| !matter.communication.state.closed());
    let open = desk::tell(ledger, open, on).await?;
    let wanted = TimelineWanted { assignments: true, communications: true, cards: false, after: None, limit: 10 };
    let history = ledger.timeline(&id, &wanted).await?.happened;
    if setting.format == Format::Json {
        output::json(&json!({
            "stages": stages, "contacts": contacts, "needs": needs, "particulars": particulars, "open": open,
            "history": history,
        }));
        return Ok(());
    }
    say(format!("{} ({})", stages.account, stages.account_id));
    if !particulars.is_empty() {
        say(format!("  {}", particulars.replace('\n', "\n  ")));
    }
    for one in &stages.stages {
        let title = one.stage.as_ref().or(one.role_title.as_ref()).cloned().unwrap_or_default();
        let who: Vec<String> = one
            .responsible
            .iter()
            .map(|answering| {
                let substitute = answering.away.as_ref().and_then(|away| away.substitute.as_ref());
                let instead = substitute.map(|other| format!(" (away; {} stands in)", other.employee));
                format!("{}{}", answering.employee, instead.unwrap_or_default())
            })
            .collect();
        say(format!("  {title}: {}", if who.is_empty() { "nobody".to_owned() } else { who.join(", ") }));
    }
    for contact in contacts.iter().filter(|contact| contact.value.active) {
        let one = &contact.value;
        let reached: Vec<&str> = one.phones.iter().chain(&one.email).map(String::as_str).collect();
        let main = if one.main { ", main contact" } else { "" };
        say(format!("  contact: {}{main}: {}", one.name, reached.join(", ")));
    }
    for need in needs.iter().filter(|need| need.value.state == bailiwick_domain::need::NeedState::Open) {
        say(format!("  need since {}: {}", need.value.since, need.value.text));
    }
    print(&open, setting);
    for one in &history {
        let state = one.state.as_ref().map(|state| format!(" {state}")).unwrap_or_default();
        say(format!("  {} {}{state}: {}", one.at.strftime("%Y-%m-%d"), one.kind, one.text.replace('\n', " ")));
    }
    Ok(())
}

fn print(matters: &[Told], setting: &Setting) {
    let header = ["number", "account", "subject", "state", "waits for", "due"];
    let rows = matters.iter().map(|one| {
        let waits = match (&one.waits_for, &one.instead_of) {
            (Some(who), Some(absent)) => format!("{} (for {})", who.employee, absent.employee),
            (Some(who), None) => who.employee.clone(),
            (None, _) => format!("nobody: {}", one.why.as_str().unwrap_or_default()),
        };
        let due = one.matter.due.map(|due| due.to_string()).unwrap_or_default();
        vec![
            one.number.to_string(),
            one.account_name.clone().or_else(|| one.matter.caller.clone()).unwrap_or_default(),
            one.matter.subject.clone(),
            one.matter.state.to_string(),
            if one.matter.state.closed() { String::new() } else { waits },
            if one.overdue { format!("{due}, overdue") } else { due },
        ]
    });
    match setting.format {
        Format::Json => output::json(&matters),
        Format::Csv => csv(&header, rows),
        Format::Table => say(table(&header, rows)),
    }
}

fn whereto(to: &DeskWhereto) -> Result<Whereto, AppError> {
    Ok(Whereto {
        role: to.role.as_deref().map(named).transpose()?,
        stage: to.stage.clone(),
        product_line: to.product.as_deref().map(named).transpose()?,
        employee: to.to.as_deref().map(named).transpose()?,
    })
}

fn named<T: std::str::FromStr<Err: std::fmt::Display>>(text: &str) -> Result<T, AppError> {
    text.parse().map_err(|error: T::Err| AppError::Usage {
        message: format!("\"{text}\" cannot be one: {error}"),
        remedy: String::from("see `bailiwick desk --help`"),
    })
}

fn word<T: Copy + std::fmt::Display>(
    what: &str,
    text: Option<&str>,
    from: impl Fn(&str) -> Option<T>,
    all: &[T],
) -> Result<Option<T>, AppError> {
    let Some(text) = text else { return Ok(None) };
    from(text).map(Some).ok_or_else(|| {
        let known: Vec<String> = all.iter().map(ToString::to_string).collect();
        AppError::Usage {
            message: format!("there is no {what} \"{text}\""),
            remedy: format!("give one of {}", known.join(", ")),
        }
    })
}
