//! Who asks: by the cookie of a session, or by a token. And whether they may.
//!
//! Every endpoint takes a [`Caller`] and names its operation: [`Caller::authorise`] for one matter, [`Caller::within`]
//! for a list, whose rows the store leaves out.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use bailiwick_domain::access::{Operation, Principal, Reach, Relation};
use bailiwick_domain::id::EmployeeId;
use bailiwick_store::{UserRecord, Within};
use jiff::SignedDuration;
use jiff::civil::Date;
use uuid::Uuid;

use crate::Serving;
use crate::problem::Problem;
use crate::secret;

/// A session that is not used ends after this time …
pub const IDLE: SignedDuration = SignedDuration::from_mins(60);
/// … and every session after this one.
pub const LONGEST: SignedDuration = SignedDuration::from_hours(12);
/// How exactly the last use of a session is noted.
const NOTED: SignedDuration = SignedDuration::from_mins(1);

#[derive(Clone)]
pub struct Caller {
    pub user: UserRecord,
    pub principal: Principal,
    /// Hash of the session's secret; none with a token.
    pub session: Option<String>,
    pub token: Option<Uuid>,
}

impl Caller {
    /// Whether the caller may do this to a matter of that relation.
    pub fn authorise(&self, operation: Operation, relation: Relation) -> Result<(), Problem> {
        self.within(operation)?;
        if self.principal.may(operation, relation) { Ok(()) } else { Err(self.denied(operation)) }
    }

    /// How far the caller sees in a list; refused if they see nothing of the kind.
    pub fn within(&self, operation: Operation) -> Result<Within<'_>, Problem> {
        if self.principal.reach(operation) == Reach::Nothing {
            return Err(self.denied(operation));
        }
        Ok(Within::of(&self.principal, operation))
    }

    /// Whether the caller may see one matter of that relation; if not, it does not exist.
    pub fn authorise_read(
        &self,
        operation: Operation,
        relation: Relation,
        what: &str,
        id: &str,
    ) -> Result<(), Problem> {
        self.in_scope(operation)?;
        if self.principal.may(operation, relation) { Ok(()) } else { Err(Problem::missing(what, id)) }
    }

    /// A token that is not good for the operation is told so, whatever is asked.
    pub fn in_scope(&self, operation: Operation) -> Result<(), Problem> {
        match &self.principal.scopes {
            Some(scopes) if !scopes.contains(&operation.scope()) => Err(Problem::forbidden(
                format!("the token is not good for this: it lacks the scope {}", operation.scope()),
                "make a token with this scope",
            )),
            _ => Ok(()),
        }
    }

    fn denied(&self, operation: Operation) -> Problem {
        match self.in_scope(operation) {
            Err(problem) => problem,
            Ok(()) => Problem::forbidden(
                format!("{} may not do this ({operation})", self.user.name),
                "ask an administrator for a role that may",
            ),
        }
    }

    /// What an employee is to the caller.
    pub async fn relation(&self, serving: &Serving, employee: Option<&EmployeeId>) -> Result<Relation, Problem> {
        let (Some(own), Some(other)) = (&self.principal.employee, employee) else { return Ok(Relation::Other) };
        if own == other {
            return Ok(Relation::Own);
        }
        let below = serving.ledger.employees_within(Within::Below(own)).await?;
        Ok(if below.contains(other) { Relation::Below } else { Relation::Other })
    }

    fn by_session(user: UserRecord, hash: String) -> Caller {
        Caller { principal: principal(&user, None), user, session: Some(hash), token: None }
    }
}

fn principal(
    user: &UserRecord,
    scopes: Option<std::collections::BTreeSet<bailiwick_domain::access::TokenScope>>,
) -> Principal {
    Principal { name: user.name.clone(), roles: user.roles.clone(), employee: user.employee.clone(), scopes }
}

impl FromRequestParts<Serving> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, serving: &Serving) -> Result<Caller, Problem> {
        // Known already to what counts requests.
        if let Some(known) = parts.extensions.get::<Caller>() {
            return Ok(known.clone());
        }
        let now = serving.now();
        if let Some(given) = parts.headers.get(header::AUTHORIZATION) {
            let token = given.to_str().ok().and_then(|text| text.strip_prefix("Bearer ")).map(str::trim);
            let Some(token) = token else { return Err(Problem::unknown_caller()) };
            let Some((user, token)) = serving.ledger.token(&secret::hash(token), now).await? else {
                return Err(Problem::unknown_caller());
            };
            let today = utc_day(now);
            if token.used_on != Some(today) {
                serving.ledger.touch_token(token.id, today).await?;
            }
            let id = Some(token.id);
            return Ok(Caller { principal: principal(&user, Some(token.scopes)), user, session: None, token: id });
        }
        let Some(cookie) = session_cookie(serving, &parts.headers) else { return Err(Problem::unknown_caller()) };
        let hash = secret::hash(&cookie);
        let Some(session) = serving.ledger.session(&hash, now, IDLE).await? else {
            return Err(Problem::unknown_caller());
        };
        if session.seen_at.saturating_add(NOTED).is_ok_and(|noted| noted <= now) {
            serving.ledger.touch_session(&hash, now).await?;
        }
        Ok(Caller::by_session(session.user, hash))
    }
}

fn utc_day(now: jiff::Timestamp) -> Date {
    now.to_zoned_datetime(jiff::tz::TimeZone::UTC).date()
}

/// Whether the browser came by https: then the cookie goes no other way, and to no other name (`__Host-`).
fn is_secure(serving: &Serving, headers: &HeaderMap) -> bool {
    serving.public || headers.get("x-forwarded-proto").is_some_and(|proto| proto == "https")
}

fn cookie_name(serving: &Serving, headers: &HeaderMap) -> &'static str {
    if is_secure(serving, headers) { "__Host-bailiwick" } else { "bailiwick" }
}

/// The secret of the session that the browser sent.
pub fn session_cookie(serving: &Serving, headers: &HeaderMap) -> Option<String> {
    let name = cookie_name(serving, headers);
    let mut pairs = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
    pairs.find_map(|line| {
        line.split(';').find_map(|pair| {
            let (key, value) = pair.trim().split_once('=')?;
            (key == name && !value.is_empty()).then(|| value.to_owned())
        })
    })
}

/// What makes the browser keep a session, or forget it.
pub fn set_cookie(serving: &Serving, headers: &HeaderMap, secret: Option<&str>) -> String {
    let name = cookie_name(serving, headers);
    let secure = if is_secure(serving, headers) { "; Secure" } else { "" };
    let (value, age) = secret.map_or(("", 0), |secret| (secret, LONGEST.as_secs()));
    format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={age}{secure}")
}
