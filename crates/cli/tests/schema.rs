//! The published schema is JSON Schema, and accepts every policy we publish. The validator here knows what the schema uses,
//! and refuses to judge what it does not know.

#![allow(clippy::unwrap_used)]

mod common;

use std::path::{Path, PathBuf};

use bailiwick_testkit::{Example, repository};
use common::run_in;
use serde_json::{Value, json};

fn schema() -> Value {
    run_in(Path::new("."), &["schema"]).done().json()
}

/// What is wrong with a value, each with its path.
fn faults(root: &Value, schema: &Value, value: &Value, path: &str) -> Vec<String> {
    let Some(schema) = schema.as_object() else {
        return if schema == &Value::Bool(false) { vec![format!("{path} may not be there")] } else { vec![] };
    };
    let mut found = vec![];
    for (key, rule) in schema {
        match key.as_str() {
            "$ref" => {
                let target = rule.as_str().unwrap().strip_prefix('#').unwrap();
                found.extend(faults(root, root.pointer(target).unwrap(), value, path));
            }
            "anyOf" | "oneOf" => {
                if rule.as_array().unwrap().iter().all(|one| !faults(root, one, value, path).is_empty()) {
                    found.push(format!("{path} fits no form"));
                }
            }
            "type" => {
                let fits = |kind: &Value| match kind.as_str().unwrap() {
                    "object" => value.is_object(),
                    "array" => value.is_array(),
                    "string" => value.is_string(),
                    "number" => value.is_number(),
                    "integer" => value.is_i64() || value.is_u64(),
                    "boolean" => value.is_boolean(),
                    "null" => value.is_null(),
                    other => panic!("type {other}"),
                };
                if !rule.as_array().map_or_else(|| fits(rule), |kinds| kinds.iter().any(fits)) {
                    found.push(format!("{path} is not {rule}: {value}"));
                }
            }
            "enum" if !rule.as_array().unwrap().contains(value) => found.push(format!("{path} is none of {rule}")),
            "const" if rule != value => found.push(format!("{path} is not {rule}")),
            "required" if value.is_object() => {
                let missing =
                    rule.as_array().unwrap().iter().filter(|name| value.get(name.as_str().unwrap()).is_none());
                found.extend(missing.map(|name| format!("{path} has no {name}")));
            }
            "properties" => {
                for (name, inner) in value.as_object().into_iter().flatten() {
                    if let Some(rule) = rule.get(name) {
                        found.extend(faults(root, rule, inner, &format!("{path}.{name}")));
                    }
                }
            }
            "additionalProperties" => {
                for (name, inner) in value.as_object().into_iter().flatten() {
                    if schema.get("properties").is_none_or(|known| known.get(name).is_none()) {
                        found.extend(faults(root, rule, inner, &format!("{path}.{name}")));
                    }
                }
            }
            "items" => {
                for (index, inner) in value.as_array().into_iter().flatten().enumerate() {
                    found.extend(faults(root, rule, inner, &format!("{path}[{index}]")));
                }
            }
            "minimum" if value.as_f64() < rule.as_f64() => found.push(format!("{path} is less than {rule}")),
            "minLength" if value.as_str().is_some_and(|text| (text.len() as u64) < rule.as_u64().unwrap()) => {
                found.push(format!("{path} is too short"));
            }
            "maxLength" if value.as_str().is_some_and(|text| text.chars().count() as u64 > rule.as_u64().unwrap()) => {
                found.push(format!("{path} is too long"));
            }
            "enum" | "const" | "required" | "minimum" | "minLength" | "maxLength" => {}
            "$schema" | "$defs" | "title" | "description" | "default" | "format" => {}
            other => panic!("the validator of this test does not know {other} at {path}"),
        }
    }
    found
}

fn read(path: &Path) -> Value {
    let text = std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::to_value(toml::from_str::<toml::Table>(&text).unwrap()).unwrap()
}

#[test]
fn the_schema_accepts_every_policy_we_publish() {
    let schema = schema();
    assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
    let here = repository().join("crates/cli");
    let mut policies: Vec<PathBuf> = Example::all().iter().map(Example::policy).collect();
    policies.extend(
        ["assets/bailiwick.toml", "tests/policies/adventureworks.toml", "tests/policies/olist.toml"]
            .map(|path| here.join(path)),
    );
    let demo = tempfile::tempdir().unwrap();
    run_in(demo.path(), &["demo", "--no-serve", "--dir", "demo", "--accounts", "500"]).done();
    policies.push(demo.path().join("demo/bailiwick.toml"));
    for path in policies {
        let found = faults(&schema, &schema, &read(&path), "");
        assert!(found.is_empty(), "{}: {found:#?}", path.display());
    }
}

#[test]
fn the_schema_refuses_what_the_policy_refuses() {
    let schema = schema();
    let policy = read(&Example::named("wholesaler").policy());
    for (pointer, broken) in [
        ("/coverage/0/role", json!(3)),
        ("/coverage/0/divide", json!({"by": 1})),
        ("/coverage/0/keep", json!("all")),
        ("/principles/importance/by", json!("guess")),
        ("/segments/0", json!({"name": "no condition"})),
        ("/company/languages", json!("en")),
        ("/sources/accounts/delimeter", json!(";")),
    ] {
        let mut policy = policy.clone();
        let (parent, name) = pointer.rsplit_once('/').unwrap();
        match policy.pointer_mut(parent).unwrap() {
            Value::Array(list) => list[name.parse::<usize>().unwrap()] = broken,
            other => other[name] = broken,
        }
        assert!(!faults(&schema, &schema, &policy, "").is_empty(), "{pointer}");
    }
}
