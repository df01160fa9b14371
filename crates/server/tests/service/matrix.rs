//! Every endpoint × role × relation × way of coming in, over the real router on both databases. What is expected comes
//! from the matrix of `bailiwick_domain::access`; after each denial the whole database is what it was.

mod life;
mod pay;

use std::collections::BTreeSet;

use crate::common::*;
use axum::body::Body;
use axum::http::Request;
use bailiwick_domain::access::{Operation, Principal, Reach, Relation, TokenScope, UserRole};
use bailiwick_domain::card::CardLink;
use bailiwick_server::{Serving, Settings, routes};
use bailiwick_store::{Ledger, NewRoute, NewSession, NewToken, NewUser, RouteBatch, UserRecord, sha256_hex};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use tower::ServiceExt;
use uuid::Uuid;

on_both!(admin, planner, manager, member, auditor);

async fn admin(bench: Bench) {
    everything(bench, UserRole::Admin).await;
}

async fn planner(bench: Bench) {
    everything(bench, UserRole::Planner).await;
}

async fn manager(bench: Bench) {
    everything(bench, UserRole::Manager).await;
}

async fn member(bench: Bench) {
    everything(bench, UserRole::Member).await;
}

async fn auditor(bench: Bench) {
    everything(bench, UserRole::Auditor).await;
}

fn now() -> Timestamp {
    moment("2026-02-01T09:00:00Z")
}

const RELATIONS: [(Relation, &str); 3] =
    [(Relation::Own, "Own"), (Relation::Below, "Below"), (Relation::Other, "Other")];

/// How a denial is answered.
#[derive(Clone, Copy, PartialEq)]
enum Denial {
    /// The matter is known anyway.
    Forbidden,
    /// As if there were no such thing.
    Missing,
}

/// What is asked for, of whom, and who may.
struct Call {
    method: &'static str,
    path: String,
    body: Value,
    version: Option<u64>,
    operation: Operation,
    /// Of one matter; none for a list, which is refused only to who sees nothing of the kind.
    relation: Option<Relation>,
    /// And the caller may give this role to whom it concerns.
    grants: Option<(UserRole, Relation)>,
    denial: Denial,
    /// What is made just before, whose name stands for `{new}` in the path.
    made: Option<life::Made>,
    seen: life::Seen,
    /// Of the body.
    kind: &'static str,
}

impl Call {
    fn get(path: impl Into<String>, operation: Operation, relation: Option<Relation>, denial: Denial) -> Call {
        Call {
            method: "GET",
            path: path.into(),
            body: Value::Null,
            version: None,
            operation,
            relation,
            grants: None,
            denial,
            made: None,
            seen: life::Seen::Nothing,
            kind: "application/json",
        }
    }

    fn allowed(&self, principal: &Principal) -> bool {
        let may = match self.relation {
            Some(relation) => principal.may(self.operation, relation),
            None => principal.reach(self.operation) > Reach::Nothing,
        };
        may && self.grants.is_none_or(|(role, relation)| principal.may_grant(role, relation))
    }
}

/// A user of each relation to `Own`, whose matters are the account, the employee and the user of that name.
async fn people(ledger: &Ledger, role: UserRole) -> UserRecord {
    let mut company = plan("P-1", "2026-01-01", &["A-Own seller Own", "A-Below seller Below", "A-Other seller Other"]);
    let below = company.employees.iter_mut().find(|one| one.id == "Below").unwrap();
    below.manager = Some("Own".parse().unwrap());
    can_route(&mut company, &["Below", "Other", "Own"]);
    apply(ledger, &company, "2026-01-01T00:00:00Z").await.unwrap();
    // Decisions 1, 2 and 3.
    for name in ["A-Own", "A-Below", "A-Other"] {
        let decided = NewRoute {
            arrival: json!({"account_id": name}),
            account: account(name),
            assignments: vec![],
            why: json!([]),
            seed: 1,
        };
        let batch =
            RouteBatch { base_version: None, on: day("2026-01-02"), accounts: vec![], decisions: vec![decided] };
        ledger.record_route(&batch, "router", moment("2026-01-02T00:00:00Z")).await.unwrap();
    }
    // So that nobody here is the last administrator.
    let root = user(9, "Root", UserRole::Admin, None);
    ledger.create_first_user(&root, "setup", now()).await.unwrap();
    for (number, name) in [(2, "Below"), (3, "Other")] {
        let member = user(number, name, UserRole::Member, Some(name));
        ledger.create_user(&member, "setup", now()).await.unwrap();
    }
    for (number, (_, name)) in (1..).zip(RELATIONS) {
        let account = format!("A-{name}");
        assert_eq!(ledger.save_contact(None, contact(&account, name), "setup", now()).await.unwrap().number, number);
        assert_eq!(ledger.save_need(None, need(&account, name), "setup", now()).await.unwrap().number, number);
        assert_eq!(ledger.register(call(Some(&account), name), "", "setup", now()).await.unwrap(), number);
    }
    ledger.create_user(&user(1, "Own", role, Some("Own")), "setup", now()).await.unwrap()
}

fn user(number: u128, name: &str, role: UserRole, employee: Option<&str>) -> NewUser {
    NewUser {
        id: Uuid::from_u128(number),
        name: name.into(),
        display_name: name.into(),
        password_hash: "none".into(),
        roles: [role].into(),
        employee: employee.map(|id| id.parse().unwrap()),
    }
}

fn user_of(relation: Relation) -> Uuid {
    Uuid::from_u128(match relation {
        Relation::Own => 1,
        Relation::Below => 2,
        Relation::Other => 3,
    })
}

async fn calls(ledger: &Ledger, role: UserRole, round: usize) -> Vec<Call> {
    use Denial::{Forbidden, Missing};
    use Operation::*;
    let other = Some(Relation::Other);
    let mut calls = vec![
        Call::get("/api/v1/accounts", ReadAccounts, None, Forbidden),
        Call::get("/api/v1/overview", ReadAssignments, None, Forbidden),
        Call::get("/api/v1/accounts/rows", ReadAssignments, None, Forbidden),
        Call::get("/api/v1/roles", ReadAssignments, None, Forbidden),
        Call::get("/api/v1/team", ReadLoads, None, Forbidden),
        Call::get("/api/v1/employees", ReadEmployees, None, Forbidden),
        Call::get("/api/v1/plans", ReadPlans, None, Forbidden),
        Call::get("/api/v1/plans/P-1", ReadPlans, other, Missing),
        Call::get("/report", ReadPlans, other, Forbidden),
        Call::get("/api/v1/service-levels/observed?from=2026-01-01&to=2026-02-02", ReadCommunications, None, Forbidden),
        Call { made: Some(life::Made::Study), ..Call::get("/api/v1/studies/{new}", ReadLoads, other, Missing) },
        Call::get("/api/v1/studies", ReadLoads, other, Forbidden),
        Call {
            method: "POST",
            body: json!({"of": "skills"}),
            ..Call::get("/api/v1/studies", MakePlans, other, Forbidden)
        },
        Call::get("/api/v1/policies", ReadPolicies, other, Forbidden),
        Call::get("/api/v1/policies/1", ReadPolicies, other, Missing),
        Call::get("/api/v1/audit", ReadAudit, other, Forbidden),
        Call::get("/api/v1/audit/verify", ReadAudit, other, Forbidden),
        Call::get("/api/v1/users", ManageUsers, None, Forbidden),
        Call::get("/api/v1/tokens", ManageTokens, Some(Relation::Own), Forbidden),
        Call::get("/api/v1/route-decisions", ReadAssignments, None, Forbidden),
    ];
    let arrives = |body| Call { method: "POST", body, ..Call::get("/api/v1/route", Route, other, Forbidden) };
    calls.push(arrives(json!({"account_id": format!("N-{round}")})));
    for (number, (relation, name)) in (1..).zip(RELATIONS) {
        let of = Some(relation);
        calls.push(arrives(json!({"account_id": format!("N-{round}-{name}"), "assign": name})));
        calls.push(Call::get(format!("/api/v1/route-decisions/{number}"), ReadAssignments, of, Missing));
        calls.push(Call::get(format!("/api/v1/accounts/A-{name}"), ReadAccounts, of, Missing));
        calls.push(Call::get(format!("/api/v1/accounts/A-{name}/responsible"), ReadAssignments, of, Missing));
        calls.push(Call::get(format!("/api/v1/employees/{name}"), ReadEmployees, of, Missing));
        let id = user_of(relation);
        calls.push(Call::get(format!("/api/v1/users/{id}"), ManageUsers, of, Missing));
        let kept = if relation == Relation::Own { role } else { UserRole::Member };
        let change = json!({
            "display_name": format!("{name} {round}"), "roles": [kept.word()], "employee_id": name, "active": true,
        });
        calls.push(Call {
            method: "PUT",
            body: change.clone(),
            version: Some(ledger.user(id).await.unwrap().unwrap().version),
            grants: Some((kept, relation)),
            ..Call::get(format!("/api/v1/users/{id}"), ManageUsers, of, Missing)
        });
        for granted in UserRole::ALL {
            calls.push(Call {
                method: "POST",
                body: json!({
                    "name": format!("{name} {granted} {round}"), "password": "several good words",
                    "roles": [granted.word()], "employee_id": name,
                }),
                grants: Some((*granted, relation)),
                ..Call::get("/api/v1/users", ManageUsers, of, Forbidden)
            });
        }
    }
    calls.extend(pay::calls(round));
    for kind in ["accounts", "assignments", "contacts", "needs"] {
        calls.push(Call::get(format!("/api/v1/exports/{kind}"), Export, None, Forbidden));
    }
    calls.push(Call::get("/api/v1/communications", ReadCommunications, None, Forbidden));
    calls.push(Call::get("/api/v1/inbox?desk=true", ReadCommunications, None, Forbidden));
    for (number, (relation, name)) in (1..).zip(RELATIONS) {
        customers(ledger, &mut calls, (number, relation, name), round).await;
    }
    let tokens = |method, path: String, body| Call {
        method,
        body,
        ..Call::get(path, ManageTokens, Some(Relation::Own), Forbidden)
    };
    calls.push(tokens("POST", "/api/v1/tokens".into(), json!({"name": "CRM", "scopes": ["administer"]})));
    let revoked = tokens("DELETE", "/api/v1/tokens/{new}".into(), Value::Null);
    calls.push(Call { made: Some(life::Made::Token), ..revoked });
    calls.extend(life::calls(round));
    calls
}

/// What is known of the account of a relation, and its matter: all of them have the same number.
async fn customers(
    ledger: &Ledger,
    calls: &mut Vec<Call>,
    (number, relation, name): (u64, Relation, &'static str),
    round: usize,
) {
    use Operation::*;
    let account: bailiwick_domain::id::AccountId = format!("A-{name}").parse().unwrap();
    let of = format!("/api/v1/accounts/{account}");
    let get = |path: String, operation| Call::get(path, operation, Some(relation), Denial::Missing);
    let send = |method, path: String, body: Value, operation| Call { method, body, ..get(path, operation) };
    let version = |version| move |call: Call| Call { version: Some(version), ..call };
    let contact = ledger.contact(number).await.unwrap().unwrap().version;
    let need = ledger.need(number).await.unwrap().unwrap().version;
    let text = ledger.particulars(&account).await.unwrap().map_or(0, |one| one.version);
    let ways = ledger.written_ways(&name.parse().unwrap()).await.unwrap().map_or(0, |one| one.version);
    for part in ["contacts", "needs"] {
        calls.push(get(format!("{of}/{part}"), ReadAccounts));
        calls.push(get(format!("{of}/{part}/{number}"), ReadAccounts));
    }
    calls.push(send("POST", format!("{of}/contacts"), json!({"name": "New"}), EditAccounts));
    let changed = send("PUT", format!("{of}/contacts/{number}"), json!({"name": "Vera"}), EditAccounts);
    calls.push(version(contact)(changed));
    calls.push(send("POST", format!("{of}/needs"), json!({"text": "New"}), EditAccounts));
    let changed = send("PUT", format!("{of}/needs/{number}"), json!({"text": "Oven", "state": "met"}), EditAccounts);
    calls.push(version(need)(changed));
    calls.push(get(format!("{of}/particulars"), ReadAccounts));
    calls.push(version(text)(send("PUT", format!("{of}/particulars"), json!({"text": "At the back"}), EditAccounts)));
    calls.push(get(format!("{of}/history"), ReadAccounts));
    calls.push(get(format!("{of}/stages"), ReadAssignments));
    calls.push(get(format!("{of}/card"), ReadAssignments));
    calls.push(get(format!("/api/v1/employees/{name}/ways"), ReadEmployees));
    let changed = send("PUT", format!("/api/v1/employees/{name}/ways"), json!({"phones": ["112"]}), EditEmployees);
    calls.push(version(ways)(changed));

    calls.push(get(format!("{of}/card-links"), ShareCards));
    calls.push(send("POST", format!("{of}/card-links"), json!({"days": 7}), ShareCards));
    let link = CardLink { account: account.clone(), label: String::new(), expires_at: None, revoked: false };
    let link = ledger.share_card(link, &sha256_hex(&format!("{name} {round}")), "setup", now()).await.unwrap();
    calls.push(send("DELETE", format!("{of}/card-links/{}", link.number), Value::Null, ShareCards));

    let matter = format!("/api/v1/communications/{number}");
    calls.push(get(matter.clone(), ReadCommunications));
    calls.push(get(format!("/api/v1/inbox?employee={name}"), ReadCommunications));
    let new = json!({"account_id": account, "channel": "call", "subject": "Papers"});
    calls.push(send("POST", "/api/v1/communications".into(), new, RecordCommunications));
    let unknown = json!({"received_by": name, "channel": "call", "subject": "Who"});
    calls.push(send("POST", "/api/v1/communications".into(), unknown, RecordCommunications));
    for (step, body) in [
        ("comment", json!({"note": "so"})),
        ("link", json!({"account_id": account})),
        ("pass", json!({"role": "seller"})),
        ("take", json!({})),
        ("give-back", json!({})),
        ("done", json!({})),
        ("reopen", json!({})),
    ] {
        calls.push(send("POST", format!("{matter}/{step}"), body, RecordCommunications));
    }
}

async fn token(ledger: &Ledger, id: Uuid, secret: &str, scopes: &BTreeSet<TokenScope>) {
    let expires_at = now() + SignedDuration::from_hours(24);
    let secret_hash = &sha256_hex(secret);
    let new = NewToken { id, user: Uuid::from_u128(1), name: "test", secret_hash, scopes, expires_at };
    ledger.create_token(&new, "test", now()).await.unwrap();
    ledger.touch_token(id, day("2026-02-01")).await.unwrap();
}

/// How the caller shows who they are.
struct Way {
    name: String,
    header: Option<(&'static str, String)>,
    /// None: nobody is known.
    scopes: Option<Option<BTreeSet<TokenScope>>>,
}

async fn ways(ledger: &Ledger, user: &UserRecord) -> Vec<Way> {
    let expires_at = now() + SignedDuration::from_hours(1);
    let session = NewSession { secret_hash: &sha256_hex("session"), user, expires_at, replaces: None };
    ledger.open_session(&session, now()).await.unwrap();
    let mut ways = vec![
        Way { name: "nobody".into(), header: None, scopes: None },
        Way { name: "forged session".into(), header: Some(("cookie", "bailiwick=forged".into())), scopes: None },
        Way { name: "forged token".into(), header: Some(("authorization", "Bearer forged".into())), scopes: None },
        Way { name: "session".into(), header: Some(("cookie", "bailiwick=session".into())), scopes: Some(None) },
    ];
    let all: BTreeSet<TokenScope> = TokenScope::ALL.iter().copied().collect();
    let mut kinds = vec![("all".to_owned(), all.clone())];
    for scope in [TokenScope::Read, TokenScope::Administer] {
        kinds.push((format!("all but {scope}"), all.iter().copied().filter(|one| *one != scope).collect()));
    }
    for (number, (name, scopes)) in (100..).zip(kinds) {
        let secret = format!("token {name}");
        token(ledger, Uuid::from_u128(number), &secret, &scopes).await;
        let header = Some(("authorization", format!("Bearer {secret}")));
        ways.push(Way { name: secret, header, scopes: Some(Some(scopes)) });
    }
    ways
}

async fn everything(bench: Bench, role: UserRole) {
    let ledger = bench.ledger.clone();
    let own = people(&ledger, role).await;
    let folder = tempfile::tempdir().unwrap();
    let report = folder.path().join("report.html");
    std::fs::write(&report, "<p>all</p>").unwrap();
    pay::write_project(folder.path());
    let settings = Settings { project: Some(folder.path().to_owned()), ..Settings::default() };
    let routes = routes(Serving::new(ledger.clone(), Some(report), now).with(settings));
    let ways = ways(&ledger, &own).await;
    let raw = bench.raw().await;
    let whole = raw.whole().await;
    // What the database held after the last call, where nothing was allowed to change it since.
    let mut held: Option<Vec<String>>;
    let (mut allowed, mut denied) = (0, 0);
    for (round, way) in ways.iter().enumerate() {
        let principal = way.scopes.clone().map(|scopes| Principal {
            name: "Own".into(),
            roles: [role].into(),
            employee: Some("Own".parse().unwrap()),
            scopes,
        });
        // Each thing is changed once a way, so the versions hold until then; what is made is made just before.
        let calls = calls(&ledger, role, (round + 1) * 1000).await;
        held = None;
        for (number, mut call) in calls.into_iter().enumerate() {
            if let Some(made) = call.made {
                let id = made.make(&ledger, (round + 1) * 1000 + number).await;
                call.path = call.path.replace("{new}", &id);
                call.body = serde_json::from_str(&call.body.to_string().replace("{new}", &id)).unwrap();
                held = None;
            }
            if let Some(version) = call.seen.version(&ledger).await {
                call.version = Some(version);
            }
            let told = format!("{role} by {}: {} {}", way.name, call.method, call.path);
            let may = principal.as_ref().is_some_and(|principal| call.allowed(principal));
            let before = match held.take() {
                Some(held) => held,
                None if may => vec![],
                None => raw.texts(&whole).await,
            };
            let (status, answer) = send(&routes, way, &call).await;
            if may {
                assert!((200..300).contains(&status), "{told}: {status} {answer}");
                allowed += 1;
                continue;
            }
            let in_scope = principal.as_ref().is_some_and(|principal| {
                principal.scopes.as_ref().is_none_or(|scopes| scopes.contains(&call.operation.scope()))
            });
            let reached = principal.as_ref().is_some_and(|p| call.relation.is_some_and(|r| p.may(call.operation, r)));
            let expected = match (&principal, call.denial) {
                (None, _) => 401,
                // The matter is reached, only the role to be given is not.
                (Some(_), Denial::Missing) if in_scope && !reached => 404,
                (Some(_), _) => 403,
            };
            assert_eq!(status, expected, "{told}");
            let after = raw.texts(&whole).await;
            assert!(before == after, "{told} was denied and changed the database");
            held = Some(after);
            denied += 1;
        }
    }
    assert!(denied > 100 && allowed > 20, "{allowed} allowed, {denied} denied");
}

async fn send(routes: &axum::Router, way: &Way, call: &Call) -> (u16, String) {
    let mut request = Request::builder().method(call.method).uri(&call.path).header("content-type", call.kind);
    if let Some((name, value)) = &way.header {
        request = request.header(*name, value);
    }
    if let Some(version) = call.version {
        request = request.header("if-match", format!("\"{version}\""));
    }
    let body = if call.body.is_null() { Body::empty() } else { Body::from(call.body.to_string()) };
    let answer = routes.clone().oneshot(request.body(body).unwrap()).await.unwrap();
    let status = answer.status().as_u16();
    let body = axum::body::to_bytes(answer.into_body(), 1 << 20).await.unwrap_or_default();
    (status, String::from_utf8_lossy(&body).into_owned())
}
