//! Users, sessions and tokens: what comes in, what does not, and what the audit trail tells of it.

#![allow(clippy::unwrap_used)]

#[macro_use]
mod common;

use std::collections::BTreeSet;

use bailiwick_domain::access::{TokenScope, UserRole};
use bailiwick_domain::audit::AuditFilter;
use bailiwick_store::{Attempt, Ledger, NewSession, NewToken, NewUser, StoreError, UserChange, UserRecord, Within};
use common::*;
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

on_both!(
    one_first_user,
    names_are_told_apart_whatever_their_case,
    a_page_of_users_holds_only_those_within,
    wrong_passwords_lock_a_name,
    sessions_end,
    a_change_of_rights_ends_other_sessions,
    the_last_administrator_stays,
    tokens_come_in_until_they_are_revoked,
    who_comes_in_makes_no_plan_stale,
    the_audit_trail_tells_no_secret
);

const SECRET: &str = "$argon2id$secret";

fn new_user(number: u128, name: &str, role: UserRole) -> NewUser {
    NewUser {
        id: Uuid::from_u128(number),
        name: name.into(),
        display_name: format!("{name} Somebody"),
        password_hash: SECRET.into(),
        roles: BTreeSet::from([role]),
        employee: None,
    }
}

fn at(minute: i64) -> Timestamp {
    moment("2026-01-01T00:00:00Z") + SignedDuration::from_mins(minute)
}

async fn admin(ledger: &Ledger) -> UserRecord {
    ledger.create_first_user(&new_user(1, "Root", UserRole::Admin), "setup", at(0)).await.unwrap()
}

async fn open(ledger: &Ledger, user: &UserRecord, hash: &str, minute: i64) {
    let expires_at = at(minute + 600);
    ledger.open_session(&NewSession { secret_hash: hash, user, expires_at, replaces: None }, at(minute)).await.unwrap();
}

async fn alive(ledger: &Ledger, hash: &str, minute: i64) -> bool {
    ledger.session(hash, at(minute), SignedDuration::from_mins(60)).await.unwrap().is_some()
}

async fn one_first_user(bench: Bench) {
    let ledger = &bench.ledger;
    assert!(!ledger.has_users().await.unwrap());
    // Many try at once; one is first.
    let (a, b) = (new_user(1, "a", UserRole::Admin), new_user(2, "b", UserRole::Admin));
    let both = tokio::join!(ledger.create_first_user(&a, "a", at(0)), ledger.create_first_user(&b, "b", at(0)));
    assert_ne!(both.0.is_ok(), both.1.is_ok());
    assert!(ledger.has_users().await.unwrap());
    let third = new_user(3, "c", UserRole::Admin);
    let error = bench.unchanged(ledger.create_first_user(&third, "c", at(1))).await;
    assert!(matches!(error, StoreError::NotTheFirst), "{error}");
}

async fn names_are_told_apart_whatever_their_case(bench: Bench) {
    let ledger = &bench.ledger;
    admin(ledger).await;
    ledger.create_user(&new_user(2, "Мария", UserRole::Member), "Root", at(1)).await.unwrap();
    let error = bench.unchanged(ledger.create_user(&new_user(3, "МАРИЯ", UserRole::Member), "Root", at(2))).await;
    assert!(matches!(error, StoreError::NameTaken { .. }), "{error}");
    assert_eq!(ledger.user_named(" мария ").await.unwrap().unwrap().name, "Мария");
    let names: Vec<String> =
        ledger.users(Within::Everybody, None, 9).await.unwrap().into_iter().map(|user| user.name).collect();
    assert_eq!(names, ["Root", "Мария"]);
    assert_eq!(ledger.users(Within::Everybody, Some("ROOT"), 1).await.unwrap()[0].name, "Мария");
    let mut nobody = new_user(4, "d", UserRole::Member);
    nobody.employee = Some("E-404".parse().unwrap());
    let error = bench.unchanged(ledger.create_user(&nobody, "Root", at(3))).await;
    assert!(matches!(error, StoreError::UnknownEmployee { .. }), "{error}");
}

async fn a_page_of_users_holds_only_those_within(bench: Bench) {
    let ledger = &bench.ledger;
    apply(ledger, &plan("P-1", "2026-01-01", &["ACME seller Ann", "BETA seller Ben"]), "2026-01-01T00:00:00Z")
        .await
        .unwrap();
    admin(ledger).await;
    for (number, name) in [(2, "Ben"), (3, "Ann")] {
        let mut user = new_user(number, name, UserRole::Member);
        user.employee = Some(name.parse().unwrap());
        ledger.create_user(&user, "Root", at(1)).await.unwrap();
    }
    let ann = "Ann".parse().unwrap();
    for (within, expected) in
        [(Within::One(&ann), vec!["Ann"]), (Within::Below(&ann), vec!["Ann"]), (Within::Nobody, vec![])]
    {
        // A page that is full of others would tell their names by where the next begins.
        let names: Vec<String> = ledger.users(within, None, 9).await.unwrap().into_iter().map(|u| u.name).collect();
        assert_eq!(names, expected, "{within:?}");
    }
    assert_eq!(ledger.users(Within::Everybody, None, 9).await.unwrap().len(), 3);
}

async fn wrong_passwords_lock_a_name(bench: Bench) {
    let ledger = &bench.ledger;
    let user = admin(ledger).await;
    let delay = |failed| (failed >= 3).then(|| SignedDuration::from_mins(10));
    for expected in 1..=3 {
        match ledger.attempt("root", at(1), delay).await.unwrap() {
            Attempt::Allowed(found) => assert_eq!((found.failed, found.password_hash.as_str()), (expected, SECRET)),
            _ => panic!("allowed until then"),
        }
    }
    assert!(
        matches!(ledger.attempt("ROOT", at(2), delay).await.unwrap(), Attempt::Locked { until } if until == at(11))
    );
    assert!(matches!(ledger.attempt("nobody", at(2), delay).await.unwrap(), Attempt::Unknown));
    // Later it may be tried again; the right password forgives the wrong ones.
    assert!(
        matches!(ledger.attempt("root", at(11), delay).await.unwrap(), Attempt::Allowed(found) if found.failed == 4)
    );
    open(ledger, &user, "s1", 11).await;
    assert!(
        matches!(ledger.attempt("root", at(12), delay).await.unwrap(), Attempt::Allowed(found) if found.failed == 1)
    );
}

async fn sessions_end(bench: Bench) {
    let ledger = &bench.ledger;
    let user = admin(ledger).await;
    open(ledger, &user, "s1", 0).await;
    assert!(alive(ledger, "s1", 59).await);
    assert!(!alive(ledger, "s1", 60).await, "idle");
    assert!(!alive(ledger, "s2", 0).await, "never was");
    ledger.touch_session("s1", at(59)).await.unwrap();
    assert!(alive(ledger, "s1", 118).await);
    ledger.touch_session("s1", at(590)).await.unwrap();
    assert!(alive(ledger, "s1", 599).await);
    assert!(!alive(ledger, "s1", 600).await, "ended, however much it was used");
    // Signing in anew from the same browser replaces the session.
    let next = NewSession { secret_hash: "s2", user: &user, expires_at: at(900), replaces: Some("s1") };
    ledger.open_session(&next, at(595)).await.unwrap();
    assert!(!alive(ledger, "s1", 595).await);
    assert!(alive(ledger, "s2", 595).await);
    assert!(ledger.end_session("s2", "Root", at(596)).await.unwrap());
    assert!(!ledger.end_session("s2", "Root", at(596)).await.unwrap());
    assert!(!alive(ledger, "s2", 596).await);
}

async fn a_change_of_rights_ends_other_sessions(bench: Bench) {
    let ledger = &bench.ledger;
    admin(ledger).await;
    let user = ledger.create_user(&new_user(2, "Ann", UserRole::Manager), "Root", at(0)).await.unwrap();
    for hash in ["s1", "s2"] {
        open(ledger, &user, hash, 1).await;
    }
    let mut change =
        UserChange { display_name: "Ann Other".into(), roles: user.roles.clone(), employee: None, active: true };
    let user = ledger.change_user(user.id, 1, &change, None, "Root", at(2)).await.unwrap();
    assert!(alive(ledger, "s1", 2).await, "another name is no other right");
    let error = bench.unchanged(ledger.change_user(user.id, 1, &change, None, "Root", at(2))).await;
    assert!(matches!(error, StoreError::UserChanged { expected: 1, found: 2 }), "{error}");
    change.roles = BTreeSet::from([UserRole::Member]);
    ledger.change_user(user.id, 2, &change, Some("s1"), "Root", at(3)).await.unwrap();
    assert!(alive(ledger, "s1", 3).await && !alive(ledger, "s2", 3).await);
    ledger.change_password(user.id, "$argon2id$other", None, "Ann", at(4)).await.unwrap();
    assert!(!alive(ledger, "s1", 4).await);
    open(ledger, &user, "s3", 5).await;
    change.active = false;
    ledger.change_user(user.id, 4, &change, Some("s3"), "Root", at(6)).await.unwrap();
    assert!(!alive(ledger, "s3", 6).await, "who is not active does not come in");
    assert!(matches!(ledger.attempt("ann", at(7), |_| None).await.unwrap(), Attempt::Unknown));
    let error = bench.unchanged(ledger.change_user(Uuid::from_u128(9), 1, &change, None, "Root", at(8))).await;
    assert!(matches!(error, StoreError::UnknownUser), "{error}");
}

async fn the_last_administrator_stays(bench: Bench) {
    let ledger = &bench.ledger;
    let root = admin(ledger).await;
    let leave = UserChange { display_name: "Root".into(), roles: root.roles.clone(), employee: None, active: false };
    let error = bench.unchanged(ledger.change_user(root.id, 1, &leave, None, "Root", at(1))).await;
    assert!(matches!(error, StoreError::LastAdministrator), "{error}");
    ledger.create_user(&new_user(2, "Second", UserRole::Admin), "Root", at(2)).await.unwrap();
    ledger.change_user(root.id, 1, &leave, None, "Root", at(3)).await.unwrap();
}

async fn tokens_come_in_until_they_are_revoked(bench: Bench) {
    let ledger = &bench.ledger;
    let user = admin(ledger).await;
    let other = ledger.create_user(&new_user(2, "Ann", UserRole::Member), "Root", at(0)).await.unwrap();
    let scopes = BTreeSet::from([TokenScope::Read, TokenScope::Route]);
    let id = Uuid::from_u128(77);
    let expires_at = at(100);
    let new = NewToken { id, user: user.id, name: "CRM", secret_hash: "t1", scopes: &scopes, expires_at };
    ledger.create_token(&new, "Root", at(1)).await.unwrap();
    let (owner, token) = ledger.token("t1", at(2)).await.unwrap().unwrap();
    assert_eq!((owner.name.as_str(), &token.scopes, token.used_on), ("Root", &scopes, None));
    ledger.touch_token(id, day("2026-01-01")).await.unwrap();
    assert_eq!(ledger.tokens(user.id).await.unwrap()[0].used_on, Some(day("2026-01-01")));
    assert!(ledger.token("t1", at(100)).await.unwrap().is_none(), "expired");
    assert!(!ledger.revoke_token(other.id, id, "Ann", at(3)).await.unwrap(), "not hers");
    assert!(ledger.token("t1", at(3)).await.unwrap().is_some());
    assert!(ledger.revoke_token(user.id, id, "Root", at(4)).await.unwrap());
    assert!(!ledger.revoke_token(user.id, id, "Root", at(5)).await.unwrap());
    assert!(ledger.token("t1", at(5)).await.unwrap().is_none());
    assert_eq!(ledger.tokens(user.id).await.unwrap()[0].revoked_at, Some(at(4)));
}

async fn who_comes_in_makes_no_plan_stale(bench: Bench) {
    let ledger = &bench.ledger;
    let user = admin(ledger).await;
    let mut made = plan("P-1", "2026-01-01", &["ACME seller Ann"]);
    made.base_version = Some(ledger.version().await.unwrap());
    open(ledger, &user, "s1", 1).await;
    apply(ledger, &made, "2026-01-01T00:05:00Z").await.unwrap();
    // A change of who is responsible does, whoever came in since.
    let mut late = plan("P-2", "2026-02-01", &["ACME seller Ben"]);
    late.base_version = made.base_version;
    open(ledger, &user, "s2", 6).await;
    assert!(matches!(bench.unchanged(apply(ledger, &late, "2026-01-01T00:10:00Z")).await, StoreError::Stale { .. }));
}

async fn the_audit_trail_tells_no_secret(bench: Bench) {
    let ledger = &bench.ledger;
    let user = admin(ledger).await;
    open(ledger, &user, "hash-of-session", 1).await;
    let scopes = BTreeSet::from([TokenScope::Read]);
    let new = NewToken {
        id: Uuid::from_u128(5),
        user: user.id,
        name: "CRM",
        secret_hash: "hash-of-token",
        scopes: &scopes,
        expires_at: at(9),
    };
    ledger.create_token(&new, "Root", at(2)).await.unwrap();
    ledger.change_password(user.id, "$argon2id$another", None, "Root", at(3)).await.unwrap();
    ledger.record_lock(&user, 5, at(4)).await.unwrap();
    let entries = ledger.audit(&AuditFilter::default()).await.unwrap();
    let actions: Vec<&str> = entries.iter().map(|entry| entry.action.as_str()).collect();
    assert_eq!(actions, ["user.created", "session.opened", "token.created", "user.password-changed", "user.locked"]);
    let told = serde_json::to_string(&entries).unwrap();
    for secret in ["argon2id", "hash-of"] {
        assert!(!told.contains(secret), "{told}");
    }
    assert_eq!(ledger.verify_audit().await.unwrap(), 5);
}
