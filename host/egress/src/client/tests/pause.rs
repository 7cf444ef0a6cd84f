//! The kill switch.

use super::*;
use std::sync::atomic::{AtomicBool, Ordering};

#[tokio::test]
async fn what_is_paused_is_not_sent_also_between_two_requests() {
    let server = ok().await;
    let paused = Arc::new(AtomicBool::new(false));
    let switch = paused.clone();
    let hold = move || switch.load(Ordering::Relaxed).then(|| "paused by ada".to_owned());
    let options = Options { hold: Some(Arc::new(hold)), ..Options::default() };
    let client = client_with(policy(&[&server.url("")]), options);
    client.send(get_request("/first")).await.expect("an answer");
    paused.store(true, Ordering::Relaxed);
    let (exchange, result) = client.exchange(get_request("/second")).await;
    let error = result.expect_err("paused");
    assert_eq!(error.to_string(), "nothing is sent to crm: paused by ada");
    assert!(!exchange.sent && !error.sent() && error.code() == Code::Budget);
    paused.store(false, Ordering::Relaxed);
    client.send(get_request("/third")).await.expect("an answer");
    let targets: Vec<String> = server.seen().into_iter().map(|seen| seen.target).collect();
    assert_eq!(targets, ["/first", "/third"]);
}
