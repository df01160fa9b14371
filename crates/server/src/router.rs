//! All addresses, in one place.

use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderName, HeaderValue, header};
use axum::routing::get;
use axum::{Router, middleware};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::request_id::{MakeRequestUuid, PropagateRequestIdLayer, SetRequestIdLayer};
use tower_http::set_header::SetResponseHeaderLayer;
use tower_http::trace::{DefaultOnResponse, TraceLayer};
use utoipa::OpenApi;
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouterExt};
use utoipa_axum::routes;

use crate::{Serving, api, app_files, card, guard, limits, once, pages};

/// Nothing is loaded from anywhere else. That of the report, whose style and script stand in the page.
const CONTENT_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data: blob:; \
                              connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

const MOST_BYTES: usize = 1 << 20;

#[derive(OpenApi)]
#[openapi(info(
    title = "Bailiwick",
    description = "Which employee is responsible for which customer, and why. Sign in with POST /api/v1/session, or send \
                   a token as Authorization: Bearer … Errors are problem+json (RFC 9457)."
))]
struct Description;

/// What is described in openapi.json.
pub fn api() -> OpenApiRouter<Serving> {
    OpenApiRouter::with_openapi(Description::openapi())
        .routes(routes!(api::session::me, api::session::sign_in, api::session::sign_out))
        .routes(routes!(api::session::ways))
        .routes(routes!(api::session::change_password))
        .routes(routes!(api::sessions::list))
        .routes(routes!(api::sessions::end))
        .routes(routes!(api::oidc::depart))
        .routes(routes!(api::oidc::arrive))
        .routes(routes!(api::setup::first))
        .routes(routes!(api::accounts::find))
        .routes(routes!(api::accounts::one))
        .routes(routes!(api::overview::at_a_glance))
        .routes(routes!(api::overview::accounts))
        .routes(routes!(api::overview::employees))
        .routes(routes!(api::responsible::of_account))
        .routes(routes!(api::contacts::list, api::contacts::create))
        .routes(routes!(api::contacts::one, api::contacts::change))
        .routes(routes!(api::needs::list, api::needs::create))
        .routes(routes!(api::needs::one, api::needs::change))
        .routes(routes!(api::particulars::of_account, api::particulars::write))
        .routes(routes!(api::history::of_account))
        .routes(routes!(api::history::stages_of_account))
        .routes(routes!(api::cards::of_account))
        .routes(routes!(api::cards::links, api::cards::share))
        .routes(routes!(api::cards::revoke))
        .routes(routes!(api::communications::list, api::communications::create))
        .routes(routes!(api::communications::one))
        .routes(routes!(api::communications::pass))
        .routes(routes!(api::communications::take))
        .routes(routes!(api::communications::give_back))
        .routes(routes!(api::communications::done))
        .routes(routes!(api::communications::reopen))
        .routes(routes!(api::communications::comment))
        .routes(routes!(api::communications::link))
        .routes(routes!(api::communications::inbox))
        .routes(routes!(api::exports::file))
        .routes(routes!(api::particulars::of_employee, api::particulars::write_ways))
        .routes(routes!(api::assignments::of_account))
        .routes(routes!(api::assignments::assign))
        .routes(routes!(api::assignments::end))
        .routes(routes!(api::absences::list, api::absences::record))
        .routes(routes!(api::absences::end))
        .routes(routes!(api::handovers::list, api::handovers::hand_over))
        .routes(routes!(api::handovers::preview))
        .routes(routes!(api::handovers::one))
        .routes(routes!(api::handovers::take_back))
        .routes(routes!(api::employees::list))
        .routes(routes!(api::employees::one))
        .routes(routes!(api::skills::read, api::skills::change))
        .routes(routes!(api::service_levels::observed))
        .routes(routes!(api::studies::list, api::studies::begin))
        .routes(routes!(api::studies::one))
        .routes(routes!(api::plans::list, api::plans::draft).layer(DefaultBodyLimit::max(api::plans::MOST_BYTES)))
        .routes(routes!(api::plans::one))
        .routes(routes!(api::plans::compute))
        .routes(routes!(api::plan_steps::propose))
        .routes(routes!(api::plan_steps::approve))
        .routes(routes!(api::plan_steps::give_back))
        .routes(routes!(api::plan_steps::withdraw))
        .routes(routes!(api::plan_steps::comment))
        .routes(routes!(api::plan_steps::apply))
        .routes(routes!(api::drafts::one))
        .routes(routes!(api::drafts::edit).layer(DefaultBodyLimit::max(api::drafts::MOST_BYTES)))
        .routes(routes!(api::drafts::undo))
        .routes(routes!(api::drafts::redo))
        .routes(routes!(api::drafts::optimise))
        .routes(routes!(api::drafts::front))
        .routes(routes!(api::drafts::take))
        .routes(routes!(api::draft_maps::map))
        .routes(routes!(api::draft_maps::outlines))
        .routes(routes!(api::draft_maps::loose))
        .routes(routes!(api::draft_maps::account))
        .routes(routes!(api::draft_maps::comparison))
        .routes(routes!(api::draft_maps::changes))
        .routes(routes!(api::draft_maps::change_map))
        .routes(routes!(api::appeals::list, api::appeals::create))
        .routes(routes!(api::appeals::one))
        .routes(routes!(api::appeals::answer))
        .routes(routes!(api::appeals::withdraw))
        .routes(routes!(api::rollback::draft))
        .routes(routes!(api::policies::list, api::policies::write))
        .routes(routes!(api::policies::one))
        .routes(routes!(api::route::arrive).layer(DefaultBodyLimit::max(api::route::MOST_BYTES)))
        .routes(routes!(api::route_decisions::list))
        .routes(routes!(api::route_decisions::one))
        .routes(routes!(api::policies::diff))
        .routes(routes!(api::policies::check_text))
        .routes(routes!(api::policies::try_text))
        .routes(routes!(api::overview::all_roles))
        .routes(routes!(api::imports::take))
        .routes(routes!(api::jobs::list))
        .routes(routes!(api::jobs::one))
        .routes(routes!(api::jobs::events))
        .routes(routes!(api::jobs::cancel))
        .routes(routes!(api::jobs::rejects))
        .routes(routes!(api::jobs::undo))
        .routes(routes!(api::statements::sums))
        .routes(routes!(api::credits::list))
        .routes(routes!(api::credits::periods))
        .routes(routes!(api::statements::list))
        .routes(routes!(api::statements::one))
        .routes(routes!(api::statements::under))
        .routes(routes!(api::statements::close))
        .routes(routes!(api::disputes::list, api::disputes::open))
        .routes(routes!(api::disputes::one))
        .routes(routes!(api::disputes::answer))
        .routes(routes!(api::disputes::settle))
        .routes(routes!(api::disputes::splits, api::disputes::split))
        .routes(routes!(api::disputes::unsplit))
        .routes(routes!(api::audit::list))
        .routes(routes!(api::audit::verify))
        .routes(routes!(api::users::list, api::users::create))
        .routes(routes!(api::users::one, api::users::change))
        .routes(routes!(api::webhooks::list, api::webhooks::create))
        .routes(routes!(api::webhooks::one, api::webhooks::change, api::webhooks::remove))
        .routes(routes!(api::webhooks::renew))
        .routes(routes!(api::webhooks::deliveries))
        .routes(routes!(api::webhooks::replay))
        .routes(routes!(api::tokens::list, api::tokens::create))
        .routes(routes!(api::tokens::revoke))
}

pub fn routes(serving: Serving) -> Router {
    let fixed = |name, value| SetResponseHeaderLayer::overriding(name, HeaderValue::from_static(value));
    let request_id = HeaderName::from_static("x-request-id");
    let (api, _) = api().split_for_parts();
    Router::new()
        .route("/report", get(pages::report))
        .route("/welcome/{secret}", get(pages::welcome))
        .route("/card/{secret}", get(card::page))
        .route("/card/{secret}/contacts.vcf", get(card::contacts))
        .route("/healthz", get(api::health::alive))
        .route("/readyz", get(api::health::ready))
        .route("/metrics", get(api::metrics::read))
        .route("/api/v1/openapi.json", get(api::openapi::description))
        .merge(api)
        .fallback(app_files::file_or_page)
        .method_not_allowed_fallback(guard::no_such_method)
        .layer(DefaultBodyLimit::max(MOST_BYTES))
        .layer(middleware::from_fn_with_state(serving.clone(), once::once))
        .layer(middleware::from_fn_with_state(serving.clone(), limits::limit))
        .layer(middleware::from_fn(guard::same_site))
        .layer(middleware::from_fn(guard::in_time))
        .layer(CatchPanicLayer::custom(guard::panicked))
        .layer(middleware::from_fn_with_state(serving.clone(), api::metrics::count))
        .layer(
            TraceLayer::new_for_http()
                .make_span_with(|request: &axum::extract::Request| {
                    let route = request.extensions().get::<axum::extract::MatchedPath>();
                    let route = route.map_or("none", axum::extract::MatchedPath::as_str);
                    let id = request.headers().get("x-request-id").and_then(|id| id.to_str().ok()).unwrap_or_default();
                    // The route, not the address: addresses may hold secrets and names.
                    tracing::info_span!("request", method = %request.method(), route, id)
                })
                .on_response(DefaultOnResponse::new().level(tracing::Level::INFO)),
        )
        .layer(PropagateRequestIdLayer::new(request_id.clone()))
        .layer(SetRequestIdLayer::new(request_id, MakeRequestUuid))
        // A page may say a stricter one.
        .layer(SetResponseHeaderLayer::if_not_present(
            header::CONTENT_SECURITY_POLICY,
            HeaderValue::from_static(CONTENT_POLICY),
        ))
        .layer(fixed(header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .layer(fixed(header::REFERRER_POLICY, "no-referrer"))
        .layer(CompressionLayer::new())
        .with_state(serving)
}
