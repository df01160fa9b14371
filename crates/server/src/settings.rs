//! What whoever runs the service decides.

/// The default is what suits most.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Whoever drafted or proposed a plan does not approve it.
    pub four_eyes: bool,
    /// So many requests a minute are answered to one user, token or unknown address …
    pub requests_a_minute: u32,
    /// … and so many attempts to sign in to one address.
    pub sign_ins_a_minute: u32,
    /// Origins such as `http://127.0.0.1:4000` to which webhooks may go though they are not https, or not public.
    pub webhook_allow: Vec<String>,
    /// A provider by which people sign in.
    pub oidc: Option<OidcSettings>,
    /// The folder of a policy and its sources, with which the service makes plans itself.
    pub project: Option<std::path::PathBuf>,
}

/// An OpenID provider, and what we are to it.
#[derive(Clone)]
pub struct OidcSettings {
    pub issuer: String,
    pub client_id: String,
    pub client_secret: String,
    /// Our own address as browsers see it, such as `https://desk.example.com`.
    pub base: String,
    /// Whether whoever the provider knows and we do not becomes a member; never more than that.
    pub create_members: bool,
}

impl std::fmt::Debug for OidcSettings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OidcSettings").field("issuer", &self.issuer).field("client_id", &self.client_id).finish()
    }
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            four_eyes: true,
            requests_a_minute: 1_200,
            sign_ins_a_minute: 30,
            webhook_allow: vec![],
            oidc: None,
            project: None,
        }
    }
}
