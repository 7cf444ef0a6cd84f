//! Answers that are given again without a request: what a system is like, which every call would ask for anew, because nothing of a
//! connector is left over from one call to the next.
//!
//! They belong to one app and one connection. Only what a connector asked to have kept is; a call can see no more than it could
//! have asked for itself.

use innkeeper_egress::{CredentialSlot, Method, Request, Response};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// The longest that an answer is kept, whatever the connector wishes: who changes the system sees it within minutes.
const LONGEST: Duration = Duration::from_secs(300);
/// How many answers of an app are kept, and how large one may be: a few documents of a few dozen kilobytes.
const MOST: usize = 32;
const LARGEST: usize = 256 << 10;

/// The answers that one app's connector asked to have kept.
#[derive(Default)]
pub(crate) struct KeptAnswers(Mutex<Vec<Kept>>);

struct Kept {
    question: Question,
    until: Instant,
    response: Response,
}

/// All of a request that can make a difference.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Question {
    target: String,
    query: Vec<(String, String)>,
    headers: Vec<(String, String)>,
    credential: CredentialSlot,
    time: Duration,
}

impl Question {
    /// What an answer is kept for, if it may be: a request that reads, and has no body.
    pub(crate) fn of(request: &Request, seconds: Option<u32>) -> Option<Self> {
        let time = Duration::from_secs(seconds?.into()).min(LONGEST);
        (request.method == Method::Get && request.body.is_none() && !time.is_zero()).then(|| Self {
            target: request.target.clone(),
            query: request.query.clone(),
            headers: request.headers.clone(),
            credential: request.credential.clone(),
            time,
        })
    }
}

impl KeptAnswers {
    /// The answer, while it is kept.
    pub(crate) fn get(&self, question: &Question) -> Option<Response> {
        let mut kept = self.lock();
        let now = Instant::now();
        kept.retain(|kept| kept.until > now);
        kept.iter().find(|kept| kept.question == *question).map(|kept| kept.response.clone())
    }

    /// Keeps what says what there is (200), or that there is nothing (404); of other answers the next may be another. The oldest goes
    /// where there are too many.
    pub(crate) fn keep(&self, question: Question, response: &Response) {
        if !matches!(response.status, 200 | 404) || response.rate_limited.is_some() || response.body.len() > LARGEST {
            return;
        }
        let mut kept = self.lock();
        kept.retain(|kept| kept.question != question);
        if kept.len() >= MOST {
            kept.remove(0);
        }
        let until = Instant::now() + question.time;
        kept.push(Kept { question, until, response: response.clone() });
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Kept>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(method: Method, target: &str) -> Request {
        let credential = CredentialSlot::Default;
        Request { method, target: target.to_owned(), query: vec![], headers: vec![], body: None, credential, deadline: None }
    }

    fn asked(target: &str) -> Question {
        Question::of(&request(Method::Get, target), Some(60)).expect("a GET")
    }

    fn answer(status: u16, body: &str) -> Response {
        Response { status, headers: vec![], body: body.as_bytes().to_vec(), rate_limited: None }
    }

    #[test]
    fn only_a_get_that_asks_for_it_is_kept() {
        assert!(Question::of(&request(Method::Get, "/Schemas"), None).is_none());
        assert!(Question::of(&request(Method::Get, "/Schemas"), Some(0)).is_none());
        assert!(Question::of(&request(Method::Post, "/Schemas"), Some(60)).is_none());
        let with_body = Request { body: Some(vec![1]), ..request(Method::Get, "/Schemas") };
        assert!(Question::of(&with_body, Some(60)).is_none());
    }

    #[tokio::test(start_paused = true)]
    async fn an_answer_is_given_again_until_its_time_is_over() {
        let kept = KeptAnswers::default();
        kept.keep(asked("/Schemas"), &answer(200, "a"));
        assert_eq!(kept.get(&asked("/Schemas")), Some(answer(200, "a")));
        assert_eq!(kept.get(&asked("/ResourceTypes")), None);
        kept.keep(asked("/Schemas"), &answer(200, "b"));
        tokio::time::advance(Duration::from_secs(59)).await;
        assert_eq!(kept.get(&asked("/Schemas")), Some(answer(200, "b")), "the newest");
        tokio::time::advance(Duration::from_secs(1)).await;
        assert_eq!(kept.get(&asked("/Schemas")), None);
    }

    #[tokio::test(start_paused = true)]
    async fn nobody_has_an_answer_kept_for_ever() {
        let kept = KeptAnswers::default();
        let for_ever = || Question::of(&request(Method::Get, "/Schemas"), Some(u32::MAX)).expect("a GET");
        kept.keep(for_ever(), &answer(200, "a"));
        tokio::time::advance(LONGEST).await;
        assert_eq!(kept.get(&for_ever()), None);
    }

    #[tokio::test]
    async fn another_credential_has_another_answer() {
        let kept = KeptAnswers::default();
        kept.keep(asked("/Schemas"), &answer(200, "a"));
        let anonymous = Request { credential: CredentialSlot::Anonymous, ..request(Method::Get, "/Schemas") };
        assert_eq!(kept.get(&Question::of(&anonymous, Some(60)).expect("a GET")), None);
    }

    #[tokio::test]
    async fn what_may_be_otherwise_the_next_time_is_not_kept() {
        let kept = KeptAnswers::default();
        for status in [201, 204, 301, 401, 403, 429, 500, 503] {
            kept.keep(asked("/Schemas"), &answer(status, ""));
        }
        kept.keep(asked("/Schemas"), &Response { rate_limited: Some(Duration::from_secs(1)), ..answer(200, "") });
        kept.keep(asked("/Schemas"), &answer(200, &"x".repeat(LARGEST + 1)));
        assert_eq!(kept.get(&asked("/Schemas")), None);
        kept.keep(asked("/Schemas"), &answer(404, ""));
        assert!(kept.get(&asked("/Schemas")).is_some());
    }

    #[tokio::test]
    async fn a_connector_cannot_fill_the_memory() {
        let kept = KeptAnswers::default();
        for number in 0..2 * MOST {
            kept.keep(asked(&format!("/{number}")), &answer(200, ""));
        }
        assert_eq!(kept.lock().len(), MOST);
        assert!(kept.get(&asked("/0")).is_none() && kept.get(&asked(&format!("/{}", 2 * MOST - 1))).is_some());
    }
}
