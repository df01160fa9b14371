//! The HTTP face: the same use cases as the command line, over the ledger.
//!
//! Until people can sign in, only this machine is served: any other address is refused.

mod api;
mod pages;
mod problem;
mod router;

use std::net::SocketAddr;
use std::path::PathBuf;

use bailiwick_app::AppError;
use bailiwick_store::Ledger;

/// What every request can see.
#[derive(Clone)]
pub struct Serving {
    pub ledger: Ledger,
    /// The report of the plan in force, where there is one.
    pub report: Option<PathBuf>,
}

/// Serves until the process is told to stop (Ctrl-C or SIGTERM).
pub async fn serve(ledger: Ledger, report: Option<PathBuf>, listen: SocketAddr) -> Result<(), AppError> {
    if !listen.ip().is_loopback() {
        return Err(AppError::Usage {
            message: format!("{listen} can be reached from other machines, and nobody has to sign in yet"),
            remedy: String::from("listen on 127.0.0.1 and put a proxy that asks for passwords before it"),
        });
    }
    let listener = tokio::net::TcpListener::bind(listen).await.map_err(|source| match source.kind() {
        std::io::ErrorKind::AddrInUse => AppError::Usage {
            message: format!("something else listens on {listen} already"),
            remedy: String::from("give another address, as in --listen 127.0.0.1:8090"),
        },
        _ => AppError::Io { doing: "listen on", path: listen.to_string().into(), source },
    })?;
    let address = listener.local_addr().unwrap_or(listen);
    eprintln!("Serving on http://{address} — stop with Ctrl-C");
    let routes = router::routes(Serving { ledger: ledger.clone(), report });
    axum::serve(listener, routes).with_graceful_shutdown(stopped()).await.map_err(|source| AppError::Io {
        doing: "serve on",
        path: address.to_string().into(),
        source,
    })?;
    ledger.close().await;
    Ok(())
}

/// The routes alone, for tests that need no socket.
pub fn routes(serving: Serving) -> axum::Router {
    router::routes(serving)
}

async fn stopped() {
    let interrupted = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        if let Ok(mut terminated) = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            tokio::select! { _ = interrupted => {}, _ = terminated.recv() => {} }
            return;
        }
    }
    let _ = interrupted.await;
}
