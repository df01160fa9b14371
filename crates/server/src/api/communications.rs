//! `/api/v1/communications`: what came from customers, passed to who answers for it and followed to its end.
//! `/api/v1/inbox`: what waits for somebody, or for nobody.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use bailiwick_app::desk::{self, Told, Whereto};
use bailiwick_domain::access::{Operation, Relation};
use bailiwick_domain::communication::{Channel, Communication, Direction, MatterState, Move, TaskKind};
use bailiwick_domain::id::EmployeeId;
use bailiwick_store::{Inbox, MattersWanted, Within};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::accounts::reached;
use super::particulars::employee_within;
use super::version::{made, seen, tagged};
use super::{parsed, rows, word_of};
use crate::Serving;
use crate::caller::Caller;
use crate::extract::{Json, Path, Query};
use crate::problem::{Problem, ProblemBody};

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Wanted {
    /// Only those of this account.
    account: Option<String>,
    /// Only `open`, `passed`, `in-progress`, `done` or `dropped` ones.
    state: Option<String>,
    /// Only those that are past the day they were due.
    #[serde(default)]
    overdue: bool,
    /// `next` of the page before.
    after: Option<u64>,
    /// 1 to 200; 50 when absent.
    limit: Option<u32>,
}

#[derive(Serialize, ToSchema)]
pub struct Communications {
    communications: Vec<Told>,
    next: Option<u64>,
}

#[derive(Serialize, ToSchema)]
pub struct InboxPage {
    communications: Vec<Told>,
    next: Option<String>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewCommunication)]
pub struct Fresh {
    /// Whose it is; absent while nobody knows.
    account_id: Option<String>,
    /// Number of a contact of the account.
    contact: Option<u64>,
    /// Who it was, in words.
    caller: Option<String>,
    /// `call`, `e-mail`, `letter`, `visit`, `web-form`, `message` or `other`.
    channel: String,
    /// `shipping-papers`, `invoice-copy`, `appointment` or `other`, where a simple matter is asked for.
    task: Option<String>,
    /// `incoming` or `outgoing`; incoming when absent.
    direction: Option<String>,
    subject: String,
    #[serde(default)]
    text: String,
    /// A day as 2026-03-01.
    due: Option<String>,
    /// When it came; now when absent.
    #[schema(value_type = Option<String>, format = DateTime)]
    received_at: Option<Timestamp>,
    /// Who received it; the caller's own when absent.
    received_by: Option<String>,
    /// The role that it concerns. Where a role, a stage or somebody by name is given, it is passed on at once.
    role: Option<String>,
    /// A stage of the policy, in place of a role.
    stage: Option<String>,
    product_line: Option<String>,
    /// Somebody by name: it stays with them, whoever answers for the account.
    employee_id: Option<String>,
}

struct To {
    role: Option<String>,
    stage: Option<String>,
    product_line: Option<String>,
    employee_id: Option<String>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Pass {
    role: Option<String>,
    /// A stage of the policy, in place of a role.
    stage: Option<String>,
    product_line: Option<String>,
    /// Somebody by name: it stays with them, whoever answers for the account.
    employee_id: Option<String>,
    #[serde(default)]
    note: String,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Note {
    #[serde(default)]
    note: String,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Comment {
    note: String,
    /// Another day it is due.
    due: Option<String>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Done {
    #[serde(default)]
    note: String,
    /// Nothing will be done about it.
    #[serde(default)]
    dropped: bool,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = LinkToAccount)]
pub struct Link {
    account_id: String,
    contact: Option<u64>,
    #[serde(default)]
    note: String,
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Whose {
    /// Whose inbox; the caller's own when absent.
    employee: Option<String>,
    /// What waits for nobody instead: to be passed, or passed to a role that nobody at work holds.
    #[serde(default)]
    desk: bool,
    /// `next` of the page before.
    after: Option<String>,
    /// 1 to 200; 50 when absent.
    limit: Option<u32>,
}

fn whereto(to: To) -> Result<Whereto, Problem> {
    Ok(Whereto {
        role: parsed("role", to.role.as_deref(), "give a role of the policy")?,
        stage: to.stage.filter(|stage| !stage.trim().is_empty()),
        product_line: parsed("product_line", to.product_line.as_deref(), "give a product line of the policy")?,
        employee: parsed("employee_id", to.employee_id.as_deref(), "give the id of an employee")?,
    })
}

/// Matters of the accounts that the caller sees, and those they received or were given; the latest first.
#[utoipa::path(get, path = "/api/v1/communications", params(Wanted), tag = "communications",
    responses((status = 200, body = Communications), (status = "4XX", body = ProblemBody)))]
pub async fn list(
    State(serving): State<Serving>,
    caller: Caller,
    Query(wanted): Query<Wanted>,
) -> Result<Json<Communications>, Problem> {
    let within = caller.within(Operation::ReadCommunications)?;
    let limit = rows(wanted.limit)?;
    let wanted = MattersWanted {
        account: parsed("account", wanted.account.as_deref(), "give the id of an account")?,
        state: word_of("state", wanted.state.as_deref(), MatterState::from_word, MatterState::ALL)?,
        overdue: wanted.overdue,
        before: wanted.after,
        limit,
    };
    let today = serving.today();
    let mut found = serving.ledger.matters(within, today, &wanted).await?;
    let more = found.len() > limit as usize;
    found.truncate(limit as usize);
    let next = if more { found.last().map(|matter| matter.number) } else { None };
    Ok(Json(Communications { communications: desk::tell(&serving.ledger, found, today).await?, next }))
}

/// One matter, with everything that was done about it.
#[utoipa::path(get, path = "/api/v1/communications/{number}", params(("number" = u64, Path)), tag = "communications",
    responses((status = 200, body = Told), (status = "4XX", body = ProblemBody)))]
pub async fn one(State(serving): State<Serving>, caller: Caller, Path(number): Path<u64>) -> Result<Response, Problem> {
    concerned(&serving, &caller, Operation::ReadCommunications, number).await?;
    told(&serving, number).await
}

/// Registers a communication or a task. Where it is said whereto, it is passed on at once.
#[utoipa::path(post, path = "/api/v1/communications", request_body = Fresh, tag = "communications",
    responses((status = 201, body = Told), (status = "4XX", body = ProblemBody)))]
pub async fn create(
    State(serving): State<Serving>,
    caller: Caller,
    Json(given): Json<Fresh>,
) -> Result<Response, Problem> {
    use Operation::RecordCommunications;
    let account = match given.account_id.as_deref().filter(|id| !id.is_empty()) {
        Some(id) => Some(reached(&serving, &caller, RecordCommunications, id).await?),
        None => None,
    };
    let received_by: Option<EmployeeId> = match given.received_by.as_deref().filter(|id| !id.is_empty()) {
        Some(id) => Some(employee_within(&serving, &caller, RecordCommunications, id).await?),
        None => caller.principal.employee.clone(),
    };
    if account.is_none() {
        let relation = caller.relation(&serving, received_by.as_ref()).await?;
        caller.authorise(RecordCommunications, relation)?;
    }
    let needed = |what: &str| Problem::wrong(format!("{what} is not said"), "give one");
    let direction = word_of("direction", given.direction.as_deref(), Direction::from_word, Direction::ALL)?;
    let matter = Communication {
        account,
        caller: given.caller,
        contact: given.contact,
        channel: word_of("channel", Some(&given.channel), Channel::from_word, Channel::ALL)?
            .ok_or_else(|| needed("the channel"))?,
        task: word_of("task", given.task.as_deref(), TaskKind::from_word, TaskKind::ALL)?,
        direction: direction.unwrap_or(Direction::Incoming),
        subject: given.subject,
        text: given.text,
        role: None,
        product_line: None,
        stage: None,
        due: parsed("due", given.due.as_deref(), "write a day as 2026-03-01")?,
        received_by,
        received_at: given.received_at.unwrap_or_else(|| serving.now()),
        state: MatterState::Open,
        given_to: None,
    };
    let whereto = whereto(To {
        role: given.role,
        stage: given.stage,
        product_line: given.product_line,
        employee_id: given.employee_id,
    })?;
    let by = (caller.user.name.as_str(), serving.now());
    let number = desk::register(&serving.ledger, matter, &whereto, serving.today(), by).await?;
    let told = desk::matter(&serving.ledger, number, serving.today()).await?;
    let told = told.ok_or_else(|| Problem::missing("communication", &number.to_string()))?;
    made(&format!("/api/v1/communications/{number}"), told.version, told)
}

/// Passes a matter to the role or stage that answers for it, or to somebody by name.
#[utoipa::path(post, path = "/api/v1/communications/{number}/pass", params(("number" = u64, Path)), request_body = Pass,
    tag = "communications", responses((status = 200, body = Told), (status = "4XX", body = ProblemBody)))]
pub async fn pass(
    State(serving): State<Serving>,
    caller: Caller,
    Path(number): Path<u64>,
    headers: HeaderMap,
    Json(given): Json<Pass>,
) -> Result<Response, Problem> {
    concerned(&serving, &caller, Operation::RecordCommunications, number).await?;
    let to =
        To { role: given.role, stage: given.stage, product_line: given.product_line, employee_id: given.employee_id };
    let whereto = whereto(to)?;
    let matter = serving.ledger.matter(number, serving.today()).await?;
    let account = matter.and_then(|matter| matter.communication.account);
    let what = desk::passing(&serving.ledger, account.as_ref(), &whereto, serving.today()).await?;
    step(&serving, &caller, number, &headers, &what, &given.note).await
}

/// Takes a matter: the caller works at it, and it stays with them.
#[utoipa::path(post, path = "/api/v1/communications/{number}/take", params(("number" = u64, Path)), request_body = Note,
    tag = "communications", responses((status = 200, body = Told), (status = "4XX", body = ProblemBody)))]
pub async fn take(
    State(serving): State<Serving>,
    caller: Caller,
    Path(number): Path<u64>,
    headers: HeaderMap,
    Json(given): Json<Note>,
) -> Result<Response, Problem> {
    concerned(&serving, &caller, Operation::RecordCommunications, number).await?;
    let Some(by) = caller.principal.employee.clone() else {
        return Err(Problem::wrong(
            format!("{} is no employee and cannot take a matter", caller.user.name),
            "pass it to an employee by name",
        ));
    };
    step(&serving, &caller, number, &headers, &Move::Take { by }, &given.note).await
}

/// Gives a matter back to whoever answers for it.
#[utoipa::path(post, path = "/api/v1/communications/{number}/give-back", params(("number" = u64, Path)),
    request_body = Note, tag = "communications",
    responses((status = 200, body = Told), (status = "4XX", body = ProblemBody)))]
pub async fn give_back(
    State(serving): State<Serving>,
    caller: Caller,
    Path(number): Path<u64>,
    headers: HeaderMap,
    Json(given): Json<Note>,
) -> Result<Response, Problem> {
    concerned(&serving, &caller, Operation::RecordCommunications, number).await?;
    step(&serving, &caller, number, &headers, &Move::GiveBack, &given.note).await
}

/// Says that a matter is at its end: done, or dropped.
#[utoipa::path(post, path = "/api/v1/communications/{number}/done", params(("number" = u64, Path)), request_body = Done,
    tag = "communications", responses((status = 200, body = Told), (status = "4XX", body = ProblemBody)))]
pub async fn done(
    State(serving): State<Serving>,
    caller: Caller,
    Path(number): Path<u64>,
    headers: HeaderMap,
    Json(given): Json<Done>,
) -> Result<Response, Problem> {
    concerned(&serving, &caller, Operation::RecordCommunications, number).await?;
    let what = if given.dropped { Move::Drop } else { Move::Finish };
    step(&serving, &caller, number, &headers, &what, &given.note).await
}

/// Says that a matter was not at its end after all.
#[utoipa::path(post, path = "/api/v1/communications/{number}/reopen", params(("number" = u64, Path)),
    request_body = Note, tag = "communications",
    responses((status = 200, body = Told), (status = "4XX", body = ProblemBody)))]
pub async fn reopen(
    State(serving): State<Serving>,
    caller: Caller,
    Path(number): Path<u64>,
    headers: HeaderMap,
    Json(given): Json<Note>,
) -> Result<Response, Problem> {
    concerned(&serving, &caller, Operation::RecordCommunications, number).await?;
    step(&serving, &caller, number, &headers, &Move::Reopen, &given.note).await
}

/// Notes something about a matter, or moves the day it is due.
#[utoipa::path(post, path = "/api/v1/communications/{number}/comment", params(("number" = u64, Path)),
    request_body = Comment, tag = "communications",
    responses((status = 200, body = Told), (status = "4XX", body = ProblemBody)))]
pub async fn comment(
    State(serving): State<Serving>,
    caller: Caller,
    Path(number): Path<u64>,
    headers: HeaderMap,
    Json(given): Json<Comment>,
) -> Result<Response, Problem> {
    concerned(&serving, &caller, Operation::RecordCommunications, number).await?;
    let due = parsed("due", given.due.as_deref(), "write a day as 2026-03-01")?;
    let what = due.map_or(Move::Comment, |due| Move::Due(Some(due)));
    step(&serving, &caller, number, &headers, &what, &given.note).await
}

/// Says whose an unknown caller's matter is.
#[utoipa::path(post, path = "/api/v1/communications/{number}/link", params(("number" = u64, Path)), request_body = Link,
    tag = "communications", responses((status = 200, body = Told), (status = "4XX", body = ProblemBody)))]
pub async fn link(
    State(serving): State<Serving>,
    caller: Caller,
    Path(number): Path<u64>,
    headers: HeaderMap,
    Json(given): Json<Link>,
) -> Result<Response, Problem> {
    concerned(&serving, &caller, Operation::RecordCommunications, number).await?;
    let account = reached(&serving, &caller, Operation::RecordCommunications, &given.account_id).await?;
    let what = Move::Link { account, contact: given.contact };
    step(&serving, &caller, number, &headers, &what, &given.note).await
}

/// What waits for the caller, for somebody else, or for nobody: what is due first comes first.
#[utoipa::path(get, path = "/api/v1/inbox", params(Whose), tag = "communications",
    responses((status = 200, body = InboxPage), (status = "4XX", body = ProblemBody)))]
pub async fn inbox(
    State(serving): State<Serving>,
    caller: Caller,
    Query(whose): Query<Whose>,
) -> Result<Json<InboxPage>, Problem> {
    let within = caller.within(Operation::ReadCommunications)?;
    let employee = whose.employee.as_deref().filter(|id| !id.is_empty());
    let owner = match (employee, &caller.principal.employee) {
        _ if whose.desk => None,
        (Some(id), _) => Some(employee_within(&serving, &caller, Operation::ReadCommunications, id).await?),
        (None, Some(own)) => {
            caller.authorise(Operation::ReadCommunications, Relation::Own)?;
            Some(own.clone())
        }
        (None, None) => {
            let remedy = "ask for ?employee=…, or for ?desk=true";
            return Err(Problem::wrong(format!("{} is no employee and has no inbox", caller.user.name), remedy));
        }
    };
    let after = parsed("after", whose.after.as_deref(), "give the next of the page before")?;
    let inbox = owner.as_ref().map_or(Inbox::Desk(within), Inbox::Of);
    let today = serving.today();
    let page = serving.ledger.inbox(inbox, today, after.as_ref(), rows(whose.limit)?).await?;
    let communications = desk::tell(&serving.ledger, page.matters, today).await?;
    Ok(Json(InboxPage { communications, next: page.next.map(|next| next.to_string()) }))
}

/// The matter exists and the operation reaches it; if not, there is none.
async fn concerned(serving: &Serving, caller: &Caller, operation: Operation, number: u64) -> Result<(), Problem> {
    caller.in_scope(operation)?;
    let within = Within::of(&caller.principal, operation);
    let sees = serving.ledger.sees_matter(within, number, serving.today()).await?;
    if sees { Ok(()) } else { Err(Problem::missing("communication", &number.to_string())) }
}

async fn step(
    serving: &Serving,
    caller: &Caller,
    number: u64,
    headers: &HeaderMap,
    what: &Move,
    note: &str,
) -> Result<Response, Problem> {
    serving.ledger.step(number, seen(headers)?, what, note, &caller.user.name, serving.now()).await?;
    told(serving, number).await
}

async fn told(serving: &Serving, number: u64) -> Result<Response, Problem> {
    let told = desk::matter(&serving.ledger, number, serving.today()).await?;
    let told = told.ok_or_else(|| Problem::missing("communication", &number.to_string()))?;
    Ok(tagged(told.version, Json(told)))
}
