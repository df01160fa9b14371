//! Contacts, needs, particulars, ways and card links: kept in versions, changed only by who has seen the last.

#![allow(clippy::unwrap_used)]

#[macro_use]
mod common;

use bailiwick_domain::audit::AuditFilter;
use bailiwick_domain::card::CardLink;
use bailiwick_domain::need::{Need, NeedState};
use bailiwick_domain::ways::Ways;
use bailiwick_store::{Seen, StoreError, TimelineWanted, sha256_hex};
use common::*;

on_both!(
    a_customer_is_known_version_by_version,
    what_cannot_be_kept_changes_nothing,
    a_card_link_opens_until_it_is_revoked_or_over,
    a_timeline_tells_everything_once,
    what_is_kept_of_customers_survives_a_backup,
);

const AT: &str = "2026-02-01T09:00:00Z";

async fn company(bench: &Bench) {
    let company = plan("P-1", "2026-01-01", &["ACME seller Ann", "BETA seller Ben"]);
    apply(&bench.ledger, &company, "2026-01-01T00:00:00Z").await.unwrap();
}

async fn a_customer_is_known_version_by_version(bench: Bench) {
    company(&bench).await;
    let ledger = &bench.ledger;
    let at = moment(AT);
    let vera = ledger.save_contact(None, contact("ACME", " Vera "), "desk", at).await.unwrap();
    assert_eq!((vera.number, vera.version, vera.value.name.as_str()), (1, 1, "Vera"));
    let gone = bailiwick_domain::contact::Contact { active: false, ..vera.value.clone() };
    let seen = Some(Seen { number: 1, version: 1 });
    let left = ledger.save_contact(seen, gone.clone(), "desk", at).await.unwrap();
    assert_eq!((left.number, left.version, left.value.active), (1, 2, false));
    let error = bench.unchanged(ledger.save_contact(seen, gone, "desk", at)).await;
    assert!(matches!(error, StoreError::ChangedMeanwhile { expected: 1, found: 2, .. }), "{error}");
    let nina = ledger.save_contact(None, contact("ACME", "Nina"), "desk", at).await.unwrap();
    let names: Vec<u64> = ledger.contacts(&account("ACME")).await.unwrap().iter().map(|one| one.number).collect();
    assert_eq!(names, [nina.number, vera.number], "who has gone comes last");
    assert!(ledger.contacts(&account("BETA")).await.unwrap().is_empty());

    let oven = ledger.save_need(None, need("ACME", "An oven"), "desk", at).await.unwrap();
    let met = Need { state: NeedState::Met, ..oven.value.clone() };
    ledger.save_need(Some(Seen { number: oven.number, version: 1 }), met, "desk", at).await.unwrap();
    ledger.save_need(None, need("ACME", "Spare parts"), "desk", at).await.unwrap();
    let needs: Vec<String> =
        ledger.needs(&account("ACME")).await.unwrap().into_iter().map(|one| one.value.text).collect();
    assert_eq!(needs, ["Spare parts", "An oven"]);

    let ann = ledger.employee(&"Ann".parse().unwrap()).await.unwrap().unwrap();
    assert_eq!(ledger.ways(&ann).await.unwrap().email.as_deref(), Some("ann@example.com"));
    let ways =
        Ways { employee: ann.id.clone(), email: None, phones: vec!["112".into()], hours: Some("9 to 17".into()) };
    ledger.save_ways(0, ways, "Ann", at).await.unwrap();
    assert_eq!(ledger.ways(&ann).await.unwrap().phones, ["112"]);
    ledger.verify_audit().await.unwrap();
}

async fn what_cannot_be_kept_changes_nothing(bench: Bench) {
    company(&bench).await;
    let ledger = &bench.ledger;
    let at = moment(AT);
    let nobody = bench.unchanged(ledger.save_contact(None, contact("NONE", "Vera"), "desk", at)).await;
    assert!(matches!(nobody, StoreError::UnknownAccount { .. }), "{nobody}");
    let mut unfit = contact("ACME", "Vera");
    unfit.email = Some("no address".into());
    let error = bench.unchanged(ledger.save_contact(None, unfit, "desk", at)).await;
    assert!(error.to_string().contains("is no e-mail address"), "{error}");
    ledger.save_contact(None, contact("ACME", "Vera"), "desk", at).await.unwrap();
    let seen = Some(Seen { number: 1, version: 1 });
    let error = bench.unchanged(ledger.save_contact(seen, contact("BETA", "Vera"), "desk", at)).await;
    assert!(matches!(error, StoreError::AnotherAccount { .. }), "{error}");
    let seen = Some(Seen { number: 7, version: 1 });
    let error = bench.unchanged(ledger.save_contact(seen, contact("ACME", "Vera"), "desk", at)).await;
    assert!(matches!(error, StoreError::UnknownThing { .. }), "{error}");
    let raw = bench.raw().await;
    assert!(
        raw.refused("UPDATE contacts SET name = 'X'").await.contains("append-only") || matches!(raw, Raw::Postgres(_))
    );
    raw.refused("DELETE FROM contacts").await;
    raw.refused("UPDATE card_links SET revoked = '0', superseded_at = 1, superseded_by = 1 WHERE superseded_at IS NOT NULL AND 1 = 2; DELETE FROM needs; DELETE FROM contacts").await;
}

async fn a_card_link_opens_until_it_is_revoked_or_over(bench: Bench) {
    company(&bench).await;
    let ledger = &bench.ledger;
    let at = moment(AT);
    let link = |expires_at| CardLink { account: account("ACME"), label: "web".into(), expires_at, revoked: false };
    ledger.share_card(link(None), &sha256_hex("a"), "desk", at).await.unwrap();
    ledger.share_card(link(Some(moment("2026-03-01T00:00:00Z"))), &sha256_hex("b"), "desk", at).await.unwrap();
    let opens =
        async |secret: &str, at: &str| ledger.card_behind(&sha256_hex(secret), moment(at)).await.unwrap().is_some();
    assert!(opens("a", AT).await && opens("b", AT).await && !opens("c", AT).await);
    assert!(!opens("b", "2026-03-01T00:00:00Z").await);
    assert!(!ledger.revoke_card(&account("BETA"), 1, "desk", at).await.unwrap(), "another account's");
    assert!(ledger.revoke_card(&account("ACME"), 1, "desk", at).await.unwrap());
    assert!(!ledger.revoke_card(&account("ACME"), 1, "desk", at).await.unwrap());
    assert!(!opens("a", AT).await);
    let audit = ledger.audit(&Default::default()).await.unwrap();
    assert!(!serde_json::to_string(&audit).unwrap().contains(&sha256_hex("a")), "the hash of a secret is told");
    ledger.verify_audit().await.unwrap();
}

async fn a_timeline_tells_everything_once(bench: Bench) {
    company(&bench).await;
    customer_of(&bench.ledger, "ACME").await;
    let all = TimelineWanted { assignments: true, communications: true, cards: true, after: None, limit: 100 };
    let whole = bench.ledger.timeline(&account("ACME"), &all).await.unwrap();
    let kinds: Vec<String> =
        whole.happened.iter().map(|one| format!("{} {}", one.kind, one.state.as_deref().unwrap_or("-"))).collect();
    assert_eq!(
        kinds,
        [
            "card revoked",
            "card shared",
            "communication passed",
            "communication registered",
            "particulars -",
            "particulars -",
            "need met",
            "need open",
            "contact active",
            "contact active",
            "assignment -",
            "account -",
        ]
    );
    let touched = AuditFilter { account: Some(account("ACME")), ..AuditFilter::default() };
    let actions: Vec<String> =
        bench.ledger.audit(&touched).await.unwrap().iter().map(|entry| entry.action.to_string()).collect();
    assert!(actions.contains(&"contact.saved".into()) && actions.contains(&"card.revoked".into()), "{actions:?}");
    let mut page = TimelineWanted { limit: 1, ..all.clone() };
    let mut one_by_one = vec![];
    loop {
        let found = bench.ledger.timeline(&account("ACME"), &page).await.unwrap();
        one_by_one.extend(found.happened);
        match found.next {
            Some(next) => page.after = Some(next.to_string().parse().unwrap()),
            None => break,
        }
    }
    assert_eq!(one_by_one, whole.happened);
    let few = TimelineWanted { assignments: false, communications: false, cards: false, ..all };
    let few = bench.ledger.timeline(&account("ACME"), &few).await.unwrap();
    assert!(few.happened.iter().all(|one| !matches!(one.kind.as_str(), "assignment" | "communication" | "card")));
    assert!(
        bench
            .ledger
            .timeline(&account("BETA"), &TimelineWanted { limit: 9, ..Default::default() })
            .await
            .unwrap()
            .happened
            .len()
            == 1
    );
}

async fn what_is_kept_of_customers_survives_a_backup(bench: Bench) {
    company(&bench).await;
    customer_of(&bench.ledger, "ACME").await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("backup.gz");
    bench.ledger.backup(&file, moment(AT)).await.unwrap();
    let copy = bench.place.another().ledger().await;
    copy.ledger.restore(&file).await.unwrap();
    assert_eq!(copy.dump().await, bench.dump().await);
    copy.ledger.verify_audit().await.unwrap();
}
