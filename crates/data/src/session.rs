//! DataFusion set up once: names as written, results in one order, nothing of the outside reachable.

use std::sync::{Arc, LazyLock};

use datafusion::error::DataFusionError;
use datafusion::execution::context::SessionContext;
use datafusion::execution::session_state::{SessionState, SessionStateBuilder};
use datafusion::functions::{core, datetime, regex, string, unicode};
use datafusion::logical_expr::ScalarUDF;
use datafusion::prelude::SessionConfig;

use crate::expression::Maths;

/// One partition, so that a query gives its rows in the same order every time.
pub(crate) fn state() -> SessionState {
    let mut config = SessionConfig::new().with_target_partitions(1).with_information_schema(false);
    config.options_mut().sql_parser.enable_ident_normalization = false;
    let mut builder = SessionStateBuilder::new().with_config(config).with_default_features();
    // Named one by one, so that they are the same whatever else DataFusion is built with.
    let functions = builder.scalar_functions().get_or_insert_default();
    *functions =
        [core::functions(), datetime::functions(), regex::functions(), string::functions(), unicode::functions()]
            .concat();
    functions.extend(Maths::ALL.iter().map(|maths| Arc::new(ScalarUDF::from(maths.function()))));
    builder.build()
}

/// For expressions, which keep no state.
pub(crate) static EXPRESSIONS: LazyLock<SessionState> = LazyLock::new(state);

/// For one query over its own tables.
pub(crate) fn context() -> SessionContext {
    SessionContext::new_with_state(state())
}

/// What DataFusion says, without its prefixes and in our words for types.
pub(crate) fn explain(error: &DataFusionError) -> String {
    let mut text = error.find_root().strip_backtrace();
    for prefix in ["Error during planning: ", "Schema error: ", "Arrow error: ", "Execution error: ", "SQL error: "] {
        if let Some(rest) = text.strip_prefix(prefix) {
            text = rest.to_owned();
        }
    }
    for (theirs, ours) in [
        ("Utf8View", "text"),
        ("LargeUtf8", "text"),
        ("Utf8", "text"),
        ("Float64", "number"),
        ("Int64", "integer"),
        ("Int32", "integer"),
        ("Boolean", "boolean"),
        ("Date32", "date"),
        ("Timestamp(µs)", "timestamp"),
        ("Timestamp(ns)", "timestamp"),
    ] {
        text = text.replace(theirs, ours);
    }
    text.trim().trim_end_matches('.').to_owned()
}
