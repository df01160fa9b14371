//! Pages beside the application: the report, and the door of a demo.

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use bailiwick_domain::access::{Operation, Relation};

use crate::Serving;
use crate::api::session::open;
use crate::caller::Caller;
use crate::extract::Path;
use crate::problem::Problem;

/// The report of the plan in force. It shows everything, so only who may see everything sees it.
pub async fn report(State(serving): State<Serving>, caller: Caller) -> Result<Html<String>, Problem> {
    caller.authorise(Operation::ReadPlans, Relation::Other)?;
    let missing = |detail: &str| Problem::new(StatusCode::NOT_FOUND, detail, "plan again");
    let Some(path) = &serving.report else { return Err(missing("there is no report beside this ledger")) };
    match tokio::fs::read_to_string(path).await {
        Ok(page) => Ok(Html(page)),
        Err(_) => Err(missing("the report was moved or removed")),
    }
}

/// Signs in the browser that follows the link printed on the terminal, once.
pub async fn welcome(
    State(serving): State<Serving>,
    headers: HeaderMap,
    Path(secret): Path<String>,
) -> Result<Response, Problem> {
    let guest = serving.welcome.as_ref().filter(|welcome| welcome.door.take(&secret));
    let Some(guest) = guest else {
        return Err(Problem::new(
            StatusCode::NOT_FOUND,
            "this link was used already, or never was one",
            "sign in at /, or start again for a new link",
        ));
    };
    let mut response = open(&serving, &headers, &guest.user).await?.into_response();
    *response.status_mut() = StatusCode::SEE_OTHER;
    response.headers_mut().insert(header::LOCATION, HeaderValue::from_static("/"));
    Ok(response)
}
