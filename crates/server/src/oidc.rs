//! Signing in by an OpenID provider: the authorization code flow with PKCE, a nonce and a state that only the same browser
//! can bring back. The library `openidconnect` checks the ID token; requests go by a client of our own that follows no
//! redirect.

use std::collections::HashMap;
use std::pin::Pin;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use openidconnect::core::{CoreAuthenticationFlow, CoreClient, CoreProviderMetadata};
use openidconnect::{
    AsyncHttpClient, AuthorizationCode, ClientId, ClientSecret, CsrfToken, HttpRequest, HttpResponse, IssuerUrl, Nonce,
    PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, Scope, TokenResponse,
};

use crate::{OidcSettings, secret};

/// So long somebody has to sign in at the provider.
pub const PATIENCE: SignedDuration = SignedDuration::from_mins(10);
const ANSWER: Duration = Duration::from_secs(10);
/// So many may be signing in at once.
const MOST: usize = 10_000;
/// Of a provider's answer so much is read.
const MOST_BYTES: usize = 1 << 20;
pub const CALLBACK: &str = "/api/v1/session/oidc/callback";

/// Who the provider says it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    pub issuer: String,
    pub subject: String,
    /// Only one that the provider has verified.
    pub email: Option<String>,
    pub name: Option<String>,
}

/// Those who are signing in, by the hash of their state.
#[derive(Default)]
pub struct Flows(Mutex<HashMap<String, Flow>>);

struct Flow {
    began: Timestamp,
    nonce: Nonce,
    verifier: PkceCodeVerifier,
    metadata: CoreProviderMetadata,
}

/// Where the browser goes, and the state that it has to bring back.
pub struct Departure {
    pub url: String,
    pub state: String,
}

#[derive(Debug, thiserror::Error)]
pub enum OidcError {
    #[error("the provider could not be asked: {0}")]
    Provider(String),
    /// Somebody tampers, or took too long.
    #[error("{0}")]
    Refused(String),
}

impl Flows {
    /// Sends somebody to the provider.
    pub async fn depart(&self, settings: &OidcSettings, now: Timestamp) -> Result<Departure, OidcError> {
        let http = client(settings)?;
        let issuer = IssuerUrl::new(settings.issuer.clone()).map_err(|error| provider(&error))?;
        let metadata = CoreProviderMetadata::discover_async(issuer, &http).await.map_err(|error| provider(&error))?;
        let state = secret::fresh().map_err(OidcError::Provider)?;
        let nonce = Nonce::new(secret::fresh().map_err(OidcError::Provider)?);
        let verifier = PkceCodeVerifier::new(secret::fresh().map_err(OidcError::Provider)?);
        let challenge = PkceCodeChallenge::from_code_verifier_sha256(&verifier);
        let (given, kept) = (CsrfToken::new(state.clone()), nonce.clone());
        let asked =
            CoreClient::from_provider_metadata(metadata.clone(), ClientId::new(settings.client_id.clone()), None)
                .set_redirect_uri(redirect(settings)?)
                .authorize_url(CoreAuthenticationFlow::AuthorizationCode, move || given, move || kept)
                .add_scope(Scope::new("email".to_owned()))
                .add_scope(Scope::new("profile".to_owned()))
                .set_pkce_challenge(challenge)
                .url();
        self.keep(&state, Flow { began: now, nonce, verifier, metadata })?;
        Ok(Departure { url: asked.0.to_string(), state })
    }

    fn keep(&self, state: &str, flow: Flow) -> Result<(), OidcError> {
        let now = flow.began;
        let mut flows = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        flows.retain(|_, flow| is_young(flow.began, now));
        if flows.len() >= MOST {
            return Err(OidcError::Refused("too many are signing in".to_owned()));
        }
        flows.insert(secret::hash(state), flow);
        Ok(())
    }

    /// Somebody is back with a code: who they are. A state is good once.
    pub async fn arrive(
        &self,
        settings: &OidcSettings,
        state: &str,
        code: String,
        now: Timestamp,
    ) -> Result<Identity, OidcError> {
        let flow = self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&secret::hash(state));
        let flow = flow.filter(|flow| is_young(flow.began, now)).ok_or_else(|| {
            OidcError::Refused("the way back is unknown, was used already, or took too long".to_owned())
        })?;
        let http = client(settings)?;
        let client = CoreClient::from_provider_metadata(
            flow.metadata,
            ClientId::new(settings.client_id.clone()),
            Some(ClientSecret::new(settings.client_secret.clone())),
        )
        .set_redirect_uri(redirect(settings)?);
        let tokens = client
            .exchange_code(AuthorizationCode::new(code))
            .map_err(|error| provider(&error))?
            .set_pkce_verifier(flow.verifier)
            .request_async(&http)
            .await
            .map_err(|error| OidcError::Refused(format!("the provider did not take the code: {error}")))?;
        let token = tokens.id_token().ok_or_else(|| OidcError::Refused("the provider sent no ID token".to_owned()))?;
        let claims = token
            .claims(&client.id_token_verifier(), &flow.nonce)
            .map_err(|error| OidcError::Refused(format!("the ID token is not good: {error}")))?;
        let verified = claims.email_verified() == Some(true);
        Ok(Identity {
            issuer: claims.issuer().to_string(),
            subject: claims.subject().to_string(),
            email: claims.email().filter(|_| verified).map(|email| email.trim().to_lowercase()),
            name: claims.name().and_then(|name| name.get(None)).map(|name| name.trim().to_owned()),
        })
    }
}

fn is_young(began: Timestamp, now: Timestamp) -> bool {
    began.saturating_add(PATIENCE).is_ok_and(|end| now < end)
}

fn provider(error: &dyn std::fmt::Display) -> OidcError {
    OidcError::Provider(error.to_string())
}

fn redirect(settings: &OidcSettings) -> Result<RedirectUrl, OidcError> {
    let base = settings.base.trim_end_matches('/');
    RedirectUrl::new(format!("{base}{CALLBACK}")).map_err(|error| provider(&error))
}

/// https alone, except to a provider on this machine.
fn client(settings: &OidcSettings) -> Result<Http, OidcError> {
    // Whoever was first has set it.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let issuer = url::Url::parse(&settings.issuer).map_err(|error| provider(&error))?;
    let here = match issuer.host() {
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        _ => false,
    };
    reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .https_only(!here)
        .timeout(ANSWER)
        .build()
        .map(Http)
        .map_err(|error| provider(&error))
}

/// Our client as the library wants one.
struct Http(reqwest::Client);

impl<'c> AsyncHttpClient<'c> for Http {
    type Error = OidcError;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, OidcError>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(fetch(&self.0, request))
    }
}

async fn fetch(client: &reqwest::Client, request: HttpRequest) -> Result<HttpResponse, OidcError> {
    let (parts, body) = request.into_parts();
    let sent = client
        .request(parts.method, parts.uri.to_string())
        .headers(parts.headers)
        .body(body)
        .send()
        .await
        .map_err(|error| provider(&error))?;
    let (status, headers) = (sent.status(), sent.headers().clone());
    let mut sent = sent;
    let mut bytes = Vec::new();
    while let Some(piece) = sent.chunk().await.map_err(|error| provider(&error))? {
        bytes.extend_from_slice(&piece);
        if bytes.len() > MOST_BYTES {
            return Err(OidcError::Provider("the answer is too large".to_owned()));
        }
    }
    let mut response = HttpResponse::new(bytes);
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    Ok(response)
}
