//! Studies are jobs that change nothing; what was observed is told within what somebody sees.

use crate::common::*;
use crate::house::House;
use bailiwick_server::{Settings, work};
use serde_json::{Value, json};

on_both!(a_project_is_studied, a_wish_that_cannot_be_meant_is_refused, observed_service_is_told_to_those_it_concerns);

async fn project() -> (tempfile::TempDir, Settings) {
    let dir = tempfile::tempdir().unwrap();
    let policy = "[sources.accounts]\nfile = \"a.csv\"\n[sources.employees]\nfile = \"e.csv\"\n[[segments]]\nname = \"All of them\"\n\
                  when = \"true\"\n[service_levels.\"All of them\"]\nroles.seller = { contacts_per_year = 100, \
                  hours_per_contact = 8 }\n[[skills.demands]]\nskill = \"care\"\nlevel = 2\n[[coverage]]\nrole = \
                  \"seller\"\ndivide = { balance = { count = 0.5 } }\n";
    std::fs::write(dir.path().join("bailiwick.toml"), policy).unwrap();
    std::fs::write(dir.path().join("a.csv"), "account_id\nA\nB\nC\nD\n").unwrap();
    std::fs::write(dir.path().join("e.csv"), "employee_id,skills\nAnn,care:1\nBen,care:2\n").unwrap();
    let settings = Settings { project: Some(dir.path().to_owned()), ..Settings::default() };
    (dir, settings)
}

async fn studied(house: &House, wish: Value) -> Value {
    let taken = house.post("ben", "/api/v1/studies", wish).await;
    assert_eq!(taken.status, 202, "{}", taken.text);
    work::work(&house.serving).await.unwrap();
    let study = house.get("eve", taken.header("location")).await.json;
    assert_eq!((&study["state"], &study["actor"]), (&json!("done"), &json!("ben")), "{study}");
    study
}

async fn a_project_is_studied(bench: Bench) {
    let mut house = House::new(bench).await;
    assert_eq!(house.post("ben", "/api/v1/studies", json!({"of": "skills"})).await.status, 409, "there is no project");
    let (_dir, settings) = project().await;
    house.settings(settings);
    let service = studied(&house, json!({"of": "service-levels", "on": "2026-03-01"})).await;
    let told = &service["service_levels"];
    assert_eq!((&told["hours_promised"], &told["hours_short"]), (&json!(3200.0), &json!(960.0)), "{told}");
    assert_eq!(told["breaks_first"]["segment"], "All of them");
    assert_eq!(told["mends"][0]["remedies"][0]["means"], "fewer", "{told}");
    let skills = studied(&house, json!({"of": "skills", "on": "2026-03-01"})).await;
    let training = &skills["skills"]["trainings"][0];
    assert_eq!(
        (&training["employee_id"], &training["skill"], &training["to"]),
        (&json!("Ann"), &json!("care"), &json!(2.0))
    );
    let sizing = studied(&house, json!({"of": "sizing", "on": "2026-03-01"})).await;
    let pool = &sizing["sizing"][0];
    assert_eq!(
        (&pool["role"], &pool["hours_wanted"], &pool["employees"]),
        (&json!("seller"), &json!(3200.0), &json!(2))
    );
    let effort = studied(&house, json!({"of": "effort"})).await;
    assert_eq!(effort["effort"]["segments"][0]["share"], 1.0);
    let text = "name = \"Ann leaves\"\nleavers = [\"Ann\"]\n";
    let scenario = studied(&house, json!({"of": "scenario", "scenario": text})).await;
    assert_eq!(
        (&scenario["scenario"]["before"]["employees"], &scenario["scenario"]["after"]["employees"]),
        (&json!(2), &json!(1))
    );
    assert_eq!(scenario["skills"], Value::Null);
    can_be_found_again(&house, &scenario, text).await;
    house.ledger.verify_audit().await.unwrap();
}

/// The newest first, by kind and page by page; whoever may not read what came of them does not see them.
async fn can_be_found_again(house: &House, newest: &Value, text: &str) {
    let list = async |query: &str| house.get("eve", &format!("/api/v1/studies{query}")).await.json;
    let kinds = |listed: &Value| -> Vec<String> {
        let all = listed["studies"].as_array().unwrap().iter();
        all.map(|one| one["of"].as_str().unwrap().to_owned()).collect()
    };
    let all = list("").await;
    assert_eq!(kinds(&all), ["scenario", "effort", "sizing", "skills", "service-levels"]);
    assert_eq!((&all["studies"][0]["study_id"], &all["next"]), (&newest["study_id"], &Value::Null));
    assert_eq!((&all["studies"][0]["scenario"], &all["studies"][0]["state"]), (&json!(text), &json!("done")));
    assert_eq!(kinds(&list("?of=effort").await), ["effort"]);
    let first = list("?limit=4").await;
    assert_eq!(kinds(&first), ["scenario", "effort", "sizing", "skills"]);
    let rest = list(&format!("?limit=4&after={}", first["next"].as_str().unwrap())).await;
    assert_eq!((kinds(&rest), &rest["next"]), (vec![String::from("service-levels")], &Value::Null));
    assert_eq!(house.get("eve", "/api/v1/studies?of=everything").await.status, 400);
    assert_eq!(house.get("tom", "/api/v1/studies").await.status, 403, "a member sees no study of the company");
}

async fn a_wish_that_cannot_be_meant_is_refused(bench: Bench) {
    let mut house = House::new(bench).await;
    let (_dir, settings) = project().await;
    house.settings(settings);
    let ask = async |wish| house.post("ben", "/api/v1/studies", wish).await;
    assert_eq!(ask(json!({"of": "everything"})).await.status, 400);
    assert_eq!(ask(json!({"of": "scenario"})).await.status, 400);
    assert_eq!(ask(json!({"of": "skills", "scenario": "name = \"x\""})).await.status, 400);
    let wrong = ask(json!({"of": "scenario", "scenario": "name = \"x\"\nleaver = [\"Ann\"]\n"})).await;
    assert_eq!((wrong.status, wrong.text.contains("leavers")), (422, true), "{}", wrong.text);
    // It can be read, but nobody of that name could leave.
    let taken = ask(json!({"of": "scenario", "scenario": "name = \"x\"\nleavers = [\"Anna\"]\n"})).await;
    work::work(&house.serving).await.unwrap();
    let study = house.get("ben", taken.header("location")).await.json;
    assert_eq!(study["state"], "failed");
    assert!(study["error"].as_str().unwrap().starts_with("scenario:2:12: there is no employee \"Anna\""), "{study}");
    assert_eq!(house.get("tom", taken.header("location")).await.status, 404, "a member sees no study of the company");
}

async fn observed_service_is_told_to_those_it_concerns(bench: Bench) {
    let house = House::new(bench).await;
    let mut company = plan("P-1", "2026-01-01", &["ACME seller Ann", "BETA seller Ben"]);
    company.policy_text = "[sources.accounts]\nfile = \"a.csv\"\n[sources.employees]\nfile = \"e.csv\"\n[[segments]]\n\
                           name = \"VIP\"\nwhen = \"true\"\n[service_levels.VIP]\nroles.seller = { response_hours = 2 }\n\
                           [[coverage]]\nrole = \"seller\"\ndivide = { balance = { count = 1.0 } }\n"
        .into();
    company.policy_sha256 = bailiwick_store::sha256_hex(&company.policy_text);
    company.assignments.iter_mut().for_each(|one| one.segment = "VIP".into());
    apply(&house.ledger, &company, "2026-01-01T00:00:00Z").await.unwrap();
    // A Sunday: the time counts from Monday morning on.
    for account in ["ACME", "BETA"] {
        let at = moment("2026-02-01T09:10:00Z");
        let matter = house.ledger.register(call(Some(account), "ask"), "", "desk", at).await.unwrap();
        house.ledger.step(matter, None, &pass("seller"), "", "desk", at).await.unwrap();
    }
    house.set_clock("2026-02-02T12:00:00Z");
    let path = "/api/v1/service-levels/observed?from=2026-01-01&to=2026-02-03";
    let all = house.get("eve", path).await;
    assert_eq!(all.status, 200, "{}", all.text);
    assert_eq!(all.json["segments"][0]["responses"]["waiting"], 2, "{}", all.text);
    assert_eq!(all.json["segments"][0]["kept"], false, "both have waited for longer than two hours");
    house.employ("tom", "Ann").await;
    let own = house.get("tom", path).await;
    assert_eq!(own.json["segments"][0]["responses"]["waiting"], 1, "{}", own.text);
    assert_eq!(own.json["employees"][0]["employee_id"], "Ann");
    assert_eq!(house.get("eve", "/api/v1/service-levels/observed?from=2026-02-01&to=2026-02-01").await.status, 400);
}
