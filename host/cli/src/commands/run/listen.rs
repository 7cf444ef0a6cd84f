//! `/health` and `/status`, for supervisors and monitors.

use crate::error::CliError;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use axum::{Json, Router};
use innkeeper_engine::{Health, Service};
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

pub(super) async fn bind(address: SocketAddr) -> Result<TcpListener, CliError> {
    TcpListener::bind(address).await.map_err(|error| CliError::Listen { address, error })
}

/// Answers until it is dropped.
pub(super) fn answer(listener: TcpListener, service: Arc<Service>) -> Answering {
    let router = Router::new().route("/health", get(health)).route("/status", get(status)).with_state(service);
    Answering(tokio::spawn(async move {
        if let Err(error) = axum::serve(listener, router).await {
            tracing::error!(%error, "health and status are not answered any more");
        }
    }))
}

pub(super) struct Answering(JoinHandle<()>);

impl Drop for Answering {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// 200 while sources and apps can be read, 503 otherwise; the text says what is wrong.
async fn health(State(service): State<Arc<Service>>) -> (StatusCode, String) {
    let health = service.health();
    let lines = super::lines(&health).join("\n");
    match health.is_well() {
        true => (StatusCode::OK, format!("ok\n{lines}\n")),
        false => (StatusCode::SERVICE_UNAVAILABLE, format!("{lines}\n")),
    }
}

async fn status(State(service): State<Arc<Service>>) -> Json<Health> {
    Json(service.health())
}
