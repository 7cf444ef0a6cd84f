//! The connector that behaves: whatever others do, it goes on working, in the same sandbox and at the same time.

use crate::server::{Reply, Seen, answer};
use crate::{App, Ground, Plot, ground};
use innkeeper_sandbox::{Answer, ConnectedApp, Page};
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::task::JoinHandle;

pub(crate) const PACKAGE: &str = "innkeeper-test-directory";

/// The name of its secret.
pub(crate) const SECRET: &str = "neighbour-token";

/// A directory and its connector.
pub(crate) struct Neighbour<'g> {
    app: App<'g>,
}

/// The neighbour at work.
pub(crate) struct AtWork {
    stop: Arc<AtomicBool>,
    task: JoinHandle<()>,
}

impl<'g> Neighbour<'g> {
    pub(crate) async fn settle(ground: &'g Ground) -> Self {
        let server = ground.neighbours_server(directory).await;
        let plot = Plot::new(ground, ground::component(PACKAGE)).named("neighbour").at(&server, "");
        Self { app: plot.secret("default", SECRET).connect() }
    }

    /// Lists once, and sees that it is right.
    pub(crate) async fn works(&self) {
        right(self.app.list().await);
    }

    /// Lists again and again until it is told to stop.
    pub(crate) fn at_work(&self) -> AtWork {
        let (stop, app) = (Arc::new(AtomicBool::new(false)), self.app.connected.clone());
        let task = tokio::spawn(work(app, stop.clone()));
        AtWork { stop, task }
    }
}

impl AtWork {
    /// Stops it, and hands on its panic if something was wrong.
    pub(crate) async fn done(self) {
        self.stop.store(true, Ordering::Relaxed);
        self.task.await.expect("the neighbour works while others attack");
    }
}

async fn work(app: ConnectedApp, stop: Arc<AtomicBool>) {
    let mut beat = tokio::time::interval(Duration::from_millis(25));
    while !stop.load(Ordering::Relaxed) {
        beat.tick().await;
        right(app.list_accounts(None).await);
    }
}

fn right(answer: Answer<Page<innkeeper_domain::Account>>) {
    let page = answer.result.unwrap_or_else(|error| panic!("the neighbour does not work: {error}"));
    let names: Vec<&str> = page.items.iter().map(|account| account.unique_name.as_str()).collect();
    assert_eq!(names, ["ada", "alan"]);
}

/// Two people on the first page and nobody on the second.
pub(crate) fn directory(seen: &Seen) -> Reply {
    let user = |name: &str| json!({ "id": name, "login": name, "active": true, "title": null, "started": null });
    let users = if seen.target().contains("page=1") { vec![user("ada"), user("alan")] } else { vec![] };
    if seen.token().is_empty() {
        return answer(401, &[], "{}");
    }
    answer(200, &[("content-type", "application/json")], json!({ "users": users, "total": 2 }).to_string())
}
