use bailiwick_domain::policy::document::{Document, Principle};

const WHOLESALER: &str = r#"
[company]
name = "Digital Wholesale"
currency = "RUB"

[sources.accounts]
file = "accounts.csv"
[sources.employees]
file = "employees.csv"

[principles]
geography  = "region"
importance = { score = { revenue_12m = 0.6, "expected_purchases / 2" = 0.3 }, classes = { VIP = 0.95, regular = 0.0 } }

[[segments]]
name = "VIP"
when = "importance = 'VIP'"

[[coverage]]
segment = "VIP"
role    = "sales-specialist"
staff   = "department = 'VIP'"
divide  = { by = "region" }
capacity = 40
"#;

#[test]
fn a_document_remembers_where_its_texts_stand() {
    let document: Document = toml::from_str(WHOLESALER).unwrap();
    let when = &document.segments[0].when;
    assert_eq!(&WHOLESALER[when.span()], "\"importance = 'VIP'\"");
    let Some(Principle::Score(score)) = document.principles.get_index(1).map(|(_, p)| p) else { panic!("a score") };
    let (parameter, weight) = score.score.get_index(1).unwrap();
    assert_eq!((parameter.get_ref().as_str(), *weight), ("expected_purchases / 2", 0.3));
    assert_eq!(&WHOLESALER[parameter.span()], "\"expected_purchases / 2\"");
}

use bailiwick_domain::policy::Policy;

/// What a person reads when a policy is refused.
fn complaints(text: &str) -> String {
    match Policy::parse(text, "bailiwick.toml") {
        Ok(policy) => policy.findings.iter().map(|finding| format!("{finding}\n")).collect(),
        Err(findings) => findings.iter().map(|finding| format!("{finding}\n")).collect(),
    }
}

#[test]
fn a_sound_policy_has_no_complaints() {
    assert_eq!(complaints(WHOLESALER), "");
}

#[test]
fn complaints_name_place_and_remedy() {
    insta::assert_snapshot!(complaints(&WHOLESALER.replace("staff ", "stafff ")), @r#"bailiwick.toml:22:1: unknown field `stafff`, expected one of `segment`, `role`, `product_line`, `when`, `staff`, `divide`, `balance`, `capacity`, `arrivals`, `groups`, `keep`, `pins` — did you mean "staff"?"#);
    insta::assert_snapshot!(complaints(&WHOLESALER.replace("segment = \"VIP\"", "segment = \"VPI\"")), @r#"bailiwick.toml:20:11: there is no segment "VPI" — did you mean "VIP"?"#);
    insta::assert_snapshot!(complaints(&WHOLESALER.replace("by = ", "balance = { workload = 0.05 }, by = ")), @r#"
    bailiwick.toml:21:11: the coverage of "sales-specialist" divides in 2 ways at once: by, balance — give exactly one of to, by, territories, fit, balance, same_as; more limits go beside divide, as balance = { … } and capacity = …
    bailiwick.toml:23:25: there is no measure "workload" — there are: count, or add to [measures]: workload = "an SQL expression over account columns"
    "#);
    insta::assert_snapshot!(complaints(&WHOLESALER.replace("VIP = 0.95", "VIP = 95")), @r#"bailiwick.toml:13:91: class "VIP" begins at percentile 95, outside 0 to 1 — write 0.95 for the best 5 %, or by = "threshold" to compare with the score itself"#);
    insta::assert_snapshot!(complaints(&WHOLESALER.replace("capacity = 40", "divide.same_as = \"service\"")), @"bailiwick.toml:24:1: cannot extend value of type inline table with a dotted key — the file is TOML: texts stand in quotes, lists in [ ], tables in { } or under a [heading]");
    insta::assert_snapshot!(complaints(&WHOLESALER.replace("RUB", "roubles")), @r#"bailiwick.toml:4:12: company.currency "roubles" is not a currency — use an ISO 4217 code such as "EUR""#);
    insta::assert_snapshot!(complaints(&WHOLESALER.replace("role    = \"sales-specialist\"", "role = sales")), @"bailiwick.toml:21:8: string values must be quoted, expected literal string — the file is TOML: texts stand in quotes, lists in [ ], tables in { } or under a [heading]");
}

#[test]
fn how_arrivals_are_shared_is_said_in_two_words_or_with_weights() {
    use bailiwick_domain::policy::document::{Arrivals, Share};
    let with = |arrivals: &str| {
        WHOLESALER.replace("by = \"region\"", "balance = { count = 0.1 }").replace("capacity = 40", arrivals)
    };
    for (arrivals, share, weight) in [
        ("arrivals = \"rotation\"", Share::Rotation, None),
        ("arrivals = \"least-loaded\"", Share::LeastLoaded, None),
        ("arrivals = { rotation = \"capacity\" }", Share::Rotation, Some("capacity")),
        ("arrivals = { least-loaded = \"fte * 2\" }", Share::LeastLoaded, Some("fte * 2")),
    ] {
        let policy = Policy::parse(&with(arrivals), "bailiwick.toml").unwrap();
        let found = policy.document.coverage[0].arrivals.as_ref().and_then(Arrivals::share).unwrap();
        assert_eq!((found.0, found.1.map(|text| text.get_ref().as_str())), (share, weight));
    }
    insta::assert_snapshot!(complaints(&with("arrivals = \"round robin\"")), @r#"bailiwick.toml:21:11: how arrivals of "sales-specialist" are shared is neither "least-loaded" nor "rotation" — write arrivals = "least-loaded", "rotation", or with weights { rotation = "capacity" }"#);
    insta::assert_snapshot!(complaints(&WHOLESALER.replace("capacity = 40", "arrivals = \"rotation\"")), @r#"bailiwick.toml:21:11: arrivals has no effect on the coverage of "sales-specialist": its form leaves nothing to choose — remove arrivals, or divide by balance, fit or territories"#);
}

#[test]
fn a_capacity_stated_twice_is_one_limit() {
    let fit = |capacity: &str| format!("divide = {{ fit = {{ skills = [\"industry\"], capacity = {capacity} }} }}");
    let limits = |text: &str| {
        let document: Document = toml::from_str(&WHOLESALER.replace("divide  = { by = \"region\" }", text)).unwrap();
        let found = document.coverage[0].capacities();
        found.iter().map(|(measure, limit)| format!("{measure} {}", limit.get_ref())).collect::<Vec<_>>()
    };
    assert_eq!(limits(&fit("40")), ["count 40"]);
    assert_eq!(limits(&fit("\"seats\"")), ["count 40", "count seats"]);
}
