//! `/api/v1/tokens`: one's own tokens for programs.

use axum::Extension;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use bailiwick_domain::access::{Operation, Relation, TokenScope};
use bailiwick_store::{NewToken, TokenRecord};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::Serving;
use crate::caller::Caller;
use crate::extract::{Json, Path};
use crate::once::ShownOnce;
use crate::problem::{Problem, ProblemBody};
use crate::secret;

const DAYS: i64 = 90;
const MOST_DAYS: i64 = 366;

#[derive(Serialize, ToSchema)]
pub struct Token {
    token_id: String,
    name: String,
    scopes: Vec<&'static str>,
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    expires_at: Timestamp,
    #[schema(value_type = Option<String>, format = DateTime)]
    revoked_at: Option<Timestamp>,
    /// The last day it was used, in UTC.
    used_on: Option<String>,
}

#[derive(Serialize, ToSchema)]
pub struct Tokens {
    tokens: Vec<Token>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewToken)]
pub struct Fresh {
    /// What it is for.
    name: String,
    /// Some of `read`, `route`, `import`, `plan`, `write`, `administer`.
    scopes: Vec<String>,
    /// 1 to 366; 90 when absent.
    days: Option<i64>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = TokenMade)]
pub struct Made {
    /// To be sent as `Authorization: Bearer …`. It is shown this once.
    secret: String,
    token: Token,
}

impl From<TokenRecord> for Token {
    fn from(token: TokenRecord) -> Token {
        Token {
            token_id: token.id.to_string(),
            name: token.name,
            scopes: token.scopes.iter().map(|scope| scope.word()).collect(),
            created_at: token.created_at,
            expires_at: token.expires_at,
            revoked_at: token.revoked_at,
            used_on: token.used_on.map(|day| day.to_string()),
        }
    }
}

/// One's own tokens, revoked ones too.
#[utoipa::path(get, path = "/api/v1/tokens", tag = "tokens",
    responses((status = 200, body = Tokens), (status = "4XX", body = ProblemBody)))]
pub async fn list(State(serving): State<Serving>, caller: Caller) -> Result<Json<Tokens>, Problem> {
    caller.authorise(Operation::ManageTokens, Relation::Own)?;
    let found = serving.ledger.tokens(caller.user.id).await?;
    Ok(Json(Tokens { tokens: found.into_iter().map(Token::from).collect() }))
}

/// Makes a token; its secret is shown this once.
#[utoipa::path(post, path = "/api/v1/tokens", request_body = Fresh, tag = "tokens",
    responses((status = 201, body = Made), (status = "4XX", body = ProblemBody)))]
pub async fn create(
    State(serving): State<Serving>,
    caller: Caller,
    Json(given): Json<Fresh>,
) -> Result<impl IntoResponse, Problem> {
    caller.authorise(Operation::ManageTokens, Relation::Own)?;
    let name = super::name("the name", &given.name)?;
    let scopes = scopes(&given.scopes)?;
    if let Some(own) = &caller.principal.scopes
        && !scopes.is_subset(own)
    {
        return Err(Problem::forbidden("a token makes none that is good for more than itself", "sign in instead"));
    }
    let days = given.days.unwrap_or(DAYS);
    if !(1..=MOST_DAYS).contains(&days) {
        return Err(Problem::wrong(format!("a token cannot last {days} days"), format!("give 1 to {MOST_DAYS}")));
    }
    let now = serving.now();
    let fresh = secret::fresh().map_err(|error| Problem::ours(&error))?;
    let fresh = format!("{}{fresh}", secret::TOKEN_PREFIX);
    let new = NewToken {
        id: Uuid::now_v7(),
        user: caller.user.id,
        name: &name,
        secret_hash: &secret::hash(&fresh),
        scopes: &scopes,
        expires_at: now.saturating_add(SignedDuration::from_hours(24 * days)).map_err(|error| Problem::ours(&error))?,
    };
    let token = serving.ledger.create_token(&new, &caller.user.name, now).await?;
    Ok((StatusCode::CREATED, Extension(ShownOnce("secret")), Json(Made { secret: fresh, token: token.into() })))
}

/// Makes a token useless for ever.
#[utoipa::path(delete, path = "/api/v1/tokens/{id}", params(("id" = String, Path)), tag = "tokens",
    responses((status = 204, description = "revoked"), (status = "4XX", body = ProblemBody)))]
pub async fn revoke(
    State(serving): State<Serving>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    caller.authorise(Operation::ManageTokens, Relation::Own)?;
    let missing = || Problem::missing("token in use", &id);
    let known: Uuid = id.parse().map_err(|_| missing())?;
    let revoked = serving.ledger.revoke_token(caller.user.id, known, &caller.user.name, serving.now()).await?;
    if revoked { Ok(StatusCode::NO_CONTENT) } else { Err(missing()) }
}

fn scopes(words: &[String]) -> Result<BTreeSet<TokenScope>, Problem> {
    let known = || TokenScope::ALL.iter().map(|scope| scope.word()).collect::<Vec<_>>().join(", ");
    if words.is_empty() {
        return Err(Problem::wrong("a token is good for something", format!("give some of {}", known())));
    }
    words
        .iter()
        .map(|word| {
            TokenScope::from_word(word).ok_or_else(|| {
                Problem::wrong(format!("there is no scope {word:?}"), format!("give some of {}", known()))
            })
        })
        .collect()
}
