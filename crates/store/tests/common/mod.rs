//! A ledger of its own on each database, short ways to say what is planned, and a dump of everything the database holds.
#![allow(dead_code, unused_macros, clippy::unwrap_used)]

mod raw;

use bailiwick_domain::account::AccountRecord;
use bailiwick_domain::appeal::{Appeal, AppealState};
use bailiwick_domain::assignment::{Assignment, Later, NewAssignment};
use bailiwick_domain::card::CardLink;
use bailiwick_domain::communication::{Channel, Communication, Direction, MatterState, Move};
use bailiwick_domain::contact::Contact;
use bailiwick_domain::draft::{Edit, EditKind, EditStep};
use bailiwick_domain::employee::EmployeeRecord;
use bailiwick_domain::id::{AccountId, PlanId, RoleName};
use bailiwick_domain::need::{Need, NeedState};
use bailiwick_domain::particulars::Particulars;
use bailiwick_domain::ways::Ways;
use bailiwick_store::{Applied, Editing, Ledger, NewPlan, ScopeKey, Seen, StoreError, sha256_hex};
use bailiwick_testkit::postgres::Database;
use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::{Map, Value, json};

pub use raw::Raw;

/// Whether a table goes into backups, and its rows stay: not what comes and goes with the service.
pub fn is_history(table: &str) -> bool {
    !matches!(table, "sessions" | "answers" | "jobs" | "job_parts" | "job_rejects" | "deliveries")
}

/// Each story once a database.
macro_rules! on_both {
    ($($story:ident),+ $(,)?) => {
        mod sqlite {
            $(#[tokio::test]
            async fn $story() {
                super::$story(super::Bench::sqlite().await).await;
            })+
        }
        mod postgres {
            $(#[tokio::test]
            async fn $story() {
                if let Some(bench) = super::Bench::postgres().await {
                    super::$story(bench).await;
                }
            })+
        }
    };
}

/// A database without a ledger. It goes with this value.
pub enum Place {
    Sqlite(tempfile::TempDir),
    Postgres(Database),
}

impl Place {
    pub fn sqlite() -> Place {
        Place::Sqlite(tempfile::tempdir().unwrap())
    }

    /// Nothing where there is no PostgreSQL.
    pub fn postgres() -> Option<Place> {
        Database::create().map(Place::Postgres)
    }

    /// Another of the same kind.
    pub fn another(&self) -> Place {
        match self {
            Place::Sqlite(_) => Place::sqlite(),
            Place::Postgres(_) => Place::postgres().unwrap(),
        }
    }

    pub fn url(&self) -> String {
        match self {
            Place::Sqlite(folder) => format!("sqlite:{}", folder.path().join("ledger.db").display()),
            Place::Postgres(database) => database.url.clone(),
        }
    }

    /// A way in that knows nothing of the ledger's rules.
    pub async fn raw(&self) -> Raw {
        Raw::open(&self.url()).await
    }

    pub async fn ledger(self) -> Bench {
        Bench { ledger: Ledger::open(&self.url()).await.unwrap(), place: self }
    }
}

/// One database under test.
pub struct Bench {
    pub ledger: Ledger,
    pub place: Place,
}

impl Bench {
    pub async fn sqlite() -> Bench {
        Place::sqlite().ledger().await
    }

    /// Nothing where there is no PostgreSQL.
    pub async fn postgres() -> Option<Bench> {
        Some(Place::postgres()?.ledger().await)
    }

    pub fn url(&self) -> String {
        self.place.url()
    }

    pub async fn raw(&self) -> Raw {
        self.place.raw().await
    }

    /// Every row of every table.
    pub async fn dump(&self) -> String {
        self.raw().await.dump().await
    }

    /// Whatever `refused` is, it must leave the database as it was.
    pub async fn unchanged<T: std::fmt::Debug>(
        &self,
        refused: impl Future<Output = Result<T, StoreError>>,
    ) -> StoreError {
        let before = self.dump().await;
        let error = refused.await.expect_err("must be refused");
        assert_eq!(before, self.dump().await, "a refusal changed the database: {error}");
        error
    }
}

pub fn moment(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub fn day(text: &str) -> Date {
    text.parse().unwrap()
}

pub fn account(id: &str) -> AccountId {
    id.parse().unwrap()
}

pub fn role(name: &str) -> RoleName {
    name.parse().unwrap()
}

/// `"ACME seller Ann"`, or `"ACME seller/Printers Ann"` for a product line.
pub fn assignments(lines: &[&str]) -> Vec<NewAssignment> {
    lines
        .iter()
        .map(|line| {
            let words: Vec<&str> = line.split(' ').collect();
            let (role, product_line) = words[1].split_once('/').map_or((words[1], None), |(r, p)| (r, Some(p)));
            NewAssignment {
                account: words[0].parse().unwrap(),
                role: role.parse().unwrap(),
                product_line: product_line.map(|line| line.parse().unwrap()),
                employee: words[2].parse().unwrap(),
                segment: "All".into(),
                territory: None,
                rule: "coverage 1".into(),
                reason: format!("{} serves {}", words[2], words[0]),
                why: json!([{"segment": "All", "when": "true"}]),
            }
        })
        .collect()
}

/// A plan whose scope is what its assignments speak of, with accounts and employees to match.
pub fn plan(id: &str, on: &str, lines: &[&str]) -> NewPlan {
    let assignments = assignments(lines);
    let mut accounts: Vec<AccountRecord> = assignments.iter().map(|a| acme(a.account.as_str())).collect();
    accounts.sort_by(|a, b| a.id.cmp(&b.id));
    accounts.dedup_by(|a, b| a.id == b.id);
    let mut employees: Vec<EmployeeRecord> = assignments.iter().map(|a| employee(a.employee.as_str())).collect();
    employees.sort_by(|a, b| a.id.cmp(&b.id));
    employees.dedup_by(|a, b| a.id == b.id);
    let mut scope: Vec<ScopeKey> =
        assignments.iter().map(|a| ScopeKey { role: a.role.clone(), product_line: a.product_line.clone() }).collect();
    scope.sort();
    scope.dedup();
    let text = "[company]\nname = \"Test\"\n";
    NewPlan {
        id: id.parse::<PlanId>().unwrap(),
        base_version: None,
        policy_text: text.into(),
        policy_sha256: sha256_hex(text),
        frozen: json!({"importance": {"VIP": 0.95}}),
        routing: json!({"pools": []}),
        summary: json!({"accounts": accounts.len()}),
        on: day(on),
        accounts,
        employees,
        assignments,
        scope,
        later: Later::Refuse,
        reason: "yearly planning".into(),
    }
}

pub fn acme(id: &str) -> AccountRecord {
    let attributes: Map<String, serde_json::Value> = [("region".to_owned(), json!("West"))].into_iter().collect();
    AccountRecord { id: id.parse().unwrap(), name: format!("Company {id}"), parent: None, attributes }
}

pub fn employee(id: &str) -> EmployeeRecord {
    EmployeeRecord {
        id: id.parse().unwrap(),
        name: id.into(),
        position: Some("Seller".into()),
        department: None,
        manager: None,
        attributes: [("email".to_owned(), json!(format!("{}@example.com", id.to_lowercase())))].into_iter().collect(),
    }
}

pub async fn apply(ledger: &Ledger, plan: &NewPlan, at: &str) -> Result<Applied, StoreError> {
    ledger.apply(plan, "planner", moment(at), &|_, _| ()).await
}

/// `role[/line]=employee`, joined by blanks.
pub fn owners(found: &[Assignment]) -> String {
    let each: Vec<String> = found
        .iter()
        .map(|a| match &a.product_line {
            Some(line) => format!("{}/{line}={}", a.role, a.employee),
            None => format!("{}={}", a.role, a.employee),
        })
        .collect();
    each.join(" ")
}

pub async fn who(ledger: &Ledger, id: &str, on: &str) -> String {
    owners(&ledger.who(&account(id), None, None, day(on), None).await.unwrap())
}

pub async fn who_as_known(ledger: &Ledger, id: &str, on: &str, at: &str) -> String {
    owners(&ledger.who(&account(id), None, None, day(on), Some(moment(at))).await.unwrap())
}

pub fn contact(account: &str, name: &str) -> Contact {
    Contact {
        account: account.parse().unwrap(),
        name: name.into(),
        position: Some("Buyer".into()),
        email: Some("vera@acme.example".into()),
        phones: vec!["+359 2 123 4567".into()],
        language: Some("bg".into()),
        preferred: None,
        main: true,
        active: true,
    }
}

pub fn need(account: &str, text: &str) -> Need {
    Need {
        account: account.parse().unwrap(),
        text: text.into(),
        product_line: None,
        stage: None,
        since: day("2026-01-15"),
        state: NeedState::Open,
    }
}

/// A call about an account, nobody asked yet.
pub fn call(account: Option<&str>, subject: &str) -> Communication {
    Communication {
        account: account.map(|id| id.parse().unwrap()),
        caller: None,
        contact: None,
        channel: Channel::Call,
        task: None,
        direction: Direction::Incoming,
        subject: subject.into(),
        text: "Asks for a waybill.".into(),
        role: None,
        product_line: None,
        stage: None,
        due: None,
        received_by: None,
        received_at: moment("2026-02-01T09:00:00Z"),
        state: MatterState::Open,
        given_to: None,
    }
}

pub fn pass(role: &str) -> Move {
    Move::Pass { role: Some(role.parse().unwrap()), product_line: None, stage: None, to: None }
}

/// Something of everything that is kept of a customer, each with a version before.
pub async fn customer_of(ledger: &Ledger, account: &str) {
    let at = moment("2026-08-01T09:00:00Z");
    let made = ledger.save_contact(None, contact(account, "Vera"), "desk", at).await.unwrap();
    let seen = Some(Seen { number: made.number, version: 1 });
    ledger.save_contact(seen, contact(account, "Vera Ilieva"), "desk", at).await.unwrap();
    let made = ledger.save_need(None, need(account, "A second oven"), "desk", at).await.unwrap();
    let met = Need { state: NeedState::Met, ..made.value };
    ledger.save_need(Some(Seen { number: made.number, version: 1 }), met, "desk", at).await.unwrap();
    for (seen, text) in [(0, "Deliveries at the back"), (1, "Deliveries at the back, before 8")] {
        let text = Particulars { account: account.parse().unwrap(), text: text.into() };
        ledger.save_particulars(seen, text, "desk", at).await.unwrap();
    }
    for phone in ["112", "113"] {
        let seen = ledger.written_ways(&"Ben".parse().unwrap()).await.unwrap().map_or(0, |one| one.version);
        let ways = Ways { employee: "Ben".parse().unwrap(), email: None, phones: vec![phone.into()], hours: None };
        ledger.save_ways(seen, ways, "desk", at).await.unwrap();
    }
    let number = ledger.register(call(Some(account), "Waybill"), "", "desk", at).await.unwrap();
    ledger.step(number, None, &pass("seller"), "please", "desk", at).await.unwrap();
    let link = CardLink { account: account.parse().unwrap(), label: "web".into(), expires_at: None, revoked: false };
    let made = ledger.share_card(link, &sha256_hex(account), "desk", at).await.unwrap();
    ledger.revoke_card(&account.parse().unwrap(), made.number, "desk", at).await.unwrap();
}

/// An edit of a draft that was undone, and an appeal that was answered.
pub async fn draft_of(ledger: &Ledger, plan: &NewPlan) {
    let at = moment("2026-06-03T00:00:00Z");
    let summary = json!({"edits": 1});
    let key = plan.assignments[0].key();
    let edit = Edit {
        kind: EditKind::Lock,
        rows: vec![],
        locked: vec![key.clone()],
        unlocked: vec![],
        routing: None,
        summary: None,
    };
    let seen = ledger.proposal(&plan.id).await.unwrap().unwrap().last().unwrap();
    let how = Editing { plan: &plan.id, actor: "planner", reason: "asked for", seen, at, summary: &summary };
    let seen = ledger.edit_draft(how, &edit).await.unwrap().recorded_by;
    ledger.step_draft(Editing { seen, ..how }, EditStep::Undo).await.unwrap();
    let on = day("2026-06-03");
    let held = ledger.who(&key.account, None, None, on, None).await.unwrap().swap_remove(0);
    let appeal = Appeal {
        key: held.key(),
        employee: held.employee,
        reason: "too far".into(),
        state: AppealState::Open,
        answer: String::new(),
        answered_by: None,
    };
    let made = ledger.open_appeal(appeal, on, "member", at).await.unwrap();
    ledger.close_appeal(made.number, Some(1), (AppealState::Denied, "nearest is full"), "manager", at).await.unwrap();
}

/// Gives the plan a policy with a pool that arrivals can go to: the staff, by their numbers of accounts.
pub fn can_route(company: &mut NewPlan, staff: &[&str]) {
    company.policy_text = "[sources.accounts]\nfile = \"a.csv\"\n[sources.employees]\nfile = \"e.csv\"\n\
                           [[coverage]]\nrole = \"seller\"\ndivide = { balance = { count = 0.05 } }\n"
        .into();
    // Roles to be given by hand, one a way of coming in.
    company.policy_text += "[roles.seller]\n";
    (0..10).for_each(|way| company.policy_text += &format!("[roles.\"role {way}\"]\n"));
    company.policy_sha256 = sha256_hex(&company.policy_text);
    company.frozen = json!({
        "scores": {}, "account_columns": [["account_id", "text"], ["name", "text"]],
        "employee_columns": [["employee_id", "text"], ["name", "text"]],
    });
    company.routing = json!([{
        "coverage": 0, "rule": "bailiwick.toml:6 balance", "role": "seller", "segment": "All", "form": "balance",
        "product_line": null, "staff": staff, "weight": "count",
        "measures": [{"name": "count", "loads": vec![1.0; staff.len()], "upper": vec![Value::Null; staff.len()],
                      "prices": vec![0.0; staff.len()]}],
    }]);
}
