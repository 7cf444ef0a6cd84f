use super::*;
use crate::rate::{Condition, Exhausted, Expectation, Form, Place, RequestBudget, Signal, Wait};
use http::{HeaderMap, HeaderName, HeaderValue};
use std::sync::Arc;
use std::time::SystemTime;
use tokio::time::advance;

const LONG: Duration = Duration::from_secs(3600);

fn budget(requests_per_second: f64, burst: u32) -> Budget {
    Budget { requests_per_second, burst }
}

fn with(rate: Rate) -> Gate {
    Gate::new("crm", rate, LONG).expect("good budgets")
}

fn gate(requests_per_second: f64, burst: u32) -> Gate {
    with(Rate { budget: Some(budget(requests_per_second, burst)), ..Rate::default() })
}

fn narrow(url: &str, method: Method, requests_per_second: f64, burst: u32) -> RequestBudget {
    let requests = HostRule::new(url.parse().expect("a URL"), vec![method]).expect("a rule");
    RequestBudget { requests, budget: budget(requests_per_second, burst) }
}

fn url(path: &str) -> Url {
    format!("https://crm.example{path}").parse().expect("a URL")
}

impl Gate {
    async fn get(&self, path: &str, deadline: Instant) -> Result<(), EgressError> {
        self.pass(Method::Get, &url(path), deadline).await
    }

    /// An answer to a request that was sent a millisecond ago.
    async fn answered(&self, status: u16, fields: &[(&'static str, &'static str)]) -> Option<Duration> {
        let sent_at = Instant::now();
        advance(Duration::from_millis(1)).await;
        self.answered_to(sent_at, status, fields)
    }

    fn answered_to(&self, sent_at: Instant, status: u16, fields: &[(&'static str, &'static str)]) -> Option<Duration> {
        let field =
            |(name, value): &(&'static str, &'static str)| (HeaderName::from_static(name), HeaderValue::from_static(value));
        let headers: HeaderMap = fields.iter().map(field).collect();
        self.heed(&Reading::new(status, &headers, None, SystemTime::now()), sent_at)
    }
}

#[tokio::test(start_paused = true)]
async fn a_burst_passes_at_once_and_then_the_rate_holds() {
    let gate = gate(10.0, 5);
    let start = Instant::now();
    for _ in 0..5 {
        gate.get("/", start + LONG).await.expect("in the burst");
    }
    assert_eq!(start.elapsed(), Duration::ZERO);
    for _ in 0..20 {
        gate.get("/", start + LONG).await.expect("in time");
    }
    let took = start.elapsed().as_millis();
    assert!((1_990..=2_030).contains(&took), "{took} ms for 20 requests at 10 a second");
}

#[tokio::test(start_paused = true)]
async fn requests_pass_in_the_order_in_which_they_came() {
    let rate = Rate {
        budget: Some(budget(100.0, 1)),
        budgets: vec![narrow("https://crm.example/users", Method::Get, 50.0, 1)],
        ..Rate::default()
    };
    let gate = Arc::new(with(rate));
    let order = Arc::new(Mutex::new(Vec::new()));
    let start = Instant::now();
    let tasks: Vec<_> = (0..10)
        .map(|number| {
            let (gate, order) = (gate.clone(), order.clone());
            tokio::spawn(async move {
                gate.get("/users/1", start + LONG).await.expect("in time");
                order.lock().expect("unpoisoned").push(number);
            })
        })
        .collect();
    for task in tasks {
        task.await.expect("no panic");
    }
    assert_eq!(*order.lock().expect("unpoisoned"), (0..10).collect::<Vec<_>>());
}

#[tokio::test(start_paused = true)]
async fn a_request_spends_every_budget_that_covers_it() {
    let rate = Rate {
        budget: Some(budget(1.0, 3)),
        budgets: vec![narrow("https://crm.example/users", Method::Post, 0.1, 2)],
        ..Rate::default()
    };
    let gate = with(rate);
    let start = Instant::now();
    for _ in 0..2 {
        gate.pass(Method::Post, &url("/users"), start).await.expect("in both bursts");
    }
    gate.pass(Method::Post, &url("/users"), start).await.expect_err("the narrow one is spent");
    gate.get("/users", start).await.expect("one is left in the wide one");
    gate.get("/users", start).await.expect_err("the wide one is spent");
}

#[tokio::test(start_paused = true)]
async fn who_waits_for_a_narrow_budget_holds_nobody_up_who_does_not_need_it() {
    let rate = Rate {
        budget: Some(budget(10.0, 2)),
        budgets: vec![
            narrow("https://crm.example/users", Method::Post, 0.01, 1),
            narrow("https://crm.example/users/x", Method::Post, 100.0, 1),
        ],
        ..Rate::default()
    };
    let gate = Arc::new(with(rate));
    let start = Instant::now();
    gate.pass(Method::Post, &url("/users"), start + LONG).await.expect("in the burst");
    let waiting = tokio::spawn({
        let gate = gate.clone();
        async move { gate.pass(Method::Post, &url("/users/x"), start + LONG).await }
    });
    tokio::task::yield_now().await;
    gate.get("/users/x", start).await.expect("not covered by the narrow one");
    waiting.await.expect("no panic").expect("in time");
    assert_eq!(start.elapsed().as_secs(), 100);
}

#[tokio::test(start_paused = true)]
async fn a_wait_beyond_the_deadline_is_refused_at_once_and_says_how_long() {
    let gate = gate(0.1, 1);
    let start = Instant::now();
    gate.get("/", start + LONG).await.expect("in the burst");
    let error = gate.get("/", start + Duration::from_secs(2)).await.expect_err("10 s away");
    assert_eq!(start.elapsed(), Duration::ZERO);
    assert_eq!(error.retry_after(), Some(Duration::from_secs(10)));
    assert!(!error.sent());
    assert_eq!(error.to_string(), "the rate budget of crm has no room for another 10 s (the configured rate)");
}

#[tokio::test(start_paused = true)]
async fn a_closed_gate_holds_everybody_until_it_opens() {
    let gate = with(Rate::default());
    let start = Instant::now();
    gate.get("/", start).await.expect("open");
    assert_eq!(gate.answered_to(start, 429, &[("retry-after", "30")]), Some(Duration::from_secs(30)));
    assert_eq!(gate.answered_to(start, 429, &[("retry-after", "5")]), Some(Duration::from_secs(5)));
    let error = gate.get("/", start + Duration::from_secs(29)).await.expect_err("closed");
    assert_eq!(error.retry_after(), Some(Duration::from_secs(30)));
    assert_eq!(error.to_string(), "the rate budget of crm has no room for another 30 s (the system asked for a rest)");
    gate.get("/", start + Duration::from_secs(31)).await.expect("opened");
    assert_eq!(start.elapsed().as_secs(), 30);
}

#[tokio::test(start_paused = true)]
async fn who_cannot_wait_for_a_closed_gate_does_not_queue_behind_somebody_who_can() {
    let gate = Arc::new(gate(1.0, 1));
    let start = Instant::now();
    gate.answered_to(start, 429, &[("retry-after", "30")]);
    let patient = tokio::spawn({
        let gate = gate.clone();
        async move { gate.get("/", start + LONG).await }
    });
    tokio::task::yield_now().await;
    let error = gate.get("/", start + Duration::from_secs(5)).await.expect_err("closed for longer");
    assert_eq!((start.elapsed(), error.retry_after()), (Duration::ZERO, Some(Duration::from_secs(30))));
    patient.await.expect("no panic").expect("in time");
}

#[tokio::test(start_paused = true)]
async fn a_gate_that_closes_while_somebody_waits_holds_them_longer() {
    let gate = Arc::new(gate(1.0, 1));
    let start = Instant::now();
    gate.get("/", start + LONG).await.expect("in the burst");
    let waiting = tokio::spawn({
        let gate = gate.clone();
        async move { gate.get("/", start + LONG).await }
    });
    tokio::task::yield_now().await;
    gate.answered_to(start, 429, &[("retry-after", "10")]);
    waiting.await.expect("no panic").expect("in time");
    assert!(start.elapsed() >= Duration::from_secs(10));
}

fn between(wait: Option<Duration>, least: f64) {
    let wait = wait.expect("too many").as_secs_f64();
    assert!((least..=least * 1.25).contains(&wait), "{wait} for {least}");
}

#[tokio::test(start_paused = true)]
async fn waits_that_nobody_tells_grow_until_an_answer_comes() {
    let gate = with(Rate::default());
    for wanted in [10.0, 20.0, 40.0] {
        between(gate.answered(429, &[]).await, wanted);
    }
    // Neither says that the system takes requests again.
    assert_eq!(gate.answered(500, &[]).await, None);
    assert_eq!(gate.answered(429, &[("retry-after", "7")]).await, Some(Duration::from_secs(7)));
    between(gate.answered(429, &[]).await, 80.0);
    assert_eq!(gate.answered(404, &[]).await, None);
    between(gate.answered(429, &[]).await, 10.0);
}

#[tokio::test(start_paused = true)]
async fn requests_that_were_under_way_together_count_as_one() {
    let gate = with(Rate::default());
    let sent_at = Instant::now();
    advance(Duration::from_secs(1)).await;
    between(gate.answered_to(sent_at, 429, &[]), 10.0);
    let closed = gate.opens();
    advance(Duration::from_secs(4)).await;
    let left = gate.answered_to(sent_at, 429, &[]).expect("too many");
    assert!(left >= Duration::from_secs(6) && left <= Duration::from_secs(9), "{left:?}");
    assert_eq!(gate.opens(), closed);
    // An answer to what was sent before does not say that it is over.
    assert_eq!(gate.answered_to(sent_at, 200, &[]), None);
    advance(LONG).await;
    between(gate.answered(429, &[]).await, 20.0);
}

#[tokio::test(start_paused = true)]
async fn no_rest_is_longer_than_what_is_believed() {
    let gate = with(Rate::default());
    assert_eq!(gate.answered(429, &[("retry-after", "999999999")]).await, Some(LONG));
}

#[tokio::test(start_paused = true)]
async fn when_nothing_remains_the_gate_closes_before_the_next_request() {
    let reset = Wait { place: Place::Header("x-reset-after".to_owned()), form: Form::Seconds };
    let none_left =
        Condition { place: Place::Header("x-remaining".to_owned()), expected: Expectation::OneOf(vec!["0".to_owned()]) };
    let gate = with(Rate { exhausted: vec![Exhausted { when: none_left, wait: vec![reset] }], ..Rate::default() });
    assert_eq!(gate.answered(200, &[("x-remaining", "1"), ("x-reset-after", "40")]).await, None);
    assert_eq!(gate.opens(), None);
    assert_eq!(gate.answered(200, &[("x-remaining", "0"), ("x-reset-after", "40")]).await, None);
    let error = gate.get("/", Instant::now()).await.expect_err("closed");
    assert_eq!(error.retry_after(), Some(Duration::from_secs(40)));
}

#[tokio::test(start_paused = true)]
async fn a_503_closes_the_gate_and_is_a_rate_limit_only_where_the_connector_says_so() {
    let gate = with(Rate::default());
    assert_eq!(gate.answered(503, &[]).await, None);
    assert_eq!(gate.opens(), None);
    assert_eq!(gate.answered(503, &[("retry-after", "20")]).await, None);
    assert!(gate.opens().is_some());
    let signal = Signal { status: vec![503], when: None, wait: vec![], otherwise: Some(Duration::from_secs(60)) };
    between(with(Rate { signals: vec![signal], ..Rate::default() }).answered(503, &[]).await, 60.0);
}

#[test]
fn budgets_that_let_nothing_through_are_refused() {
    for (requests_per_second, burst) in [(0.0, 1), (-1.0, 1), (f64::NAN, 1), (f64::INFINITY, 1), (1.0, 0)] {
        let wide = Rate { budget: Some(budget(requests_per_second, burst)), ..Rate::default() };
        let narrow = vec![narrow("https://crm.example", Method::Get, requests_per_second, burst)];
        for rate in [wide, Rate { budgets: narrow, ..Rate::default() }] {
            let result = Gate::new("crm", rate, LONG);
            assert!(matches!(result, Err(SetupError::Budget { .. })), "{requests_per_second} {burst}");
        }
    }
    gate(0.3, 1);
}
