//! How requests go wrong.

use super::{Saas, Seen, State};
use innkeeper_domain::{ErrorCode, Failure, IntentId};
use innkeeper_engine::{Answer, Page};
use jiff::SignedDuration;

/// How many items a page has: small, so that even a small company has several.
const PAGE: usize = 7;

/// How one request goes wrong.
enum Fate {
    Well,
    Refused(Failure),
    /// Carried out, and nobody is told.
    AnswerLost,
    /// Never arrived, and nobody is told.
    RequestLost,
    /// Arrives twice; the answer is that of the second.
    Twice,
}

fn fate(state: &mut State, writes: bool) -> Fate {
    if let Some(left) = state.down_in.as_mut() {
        *left = left.saturating_sub(1);
        if *left == 0 {
            state.count("the system was down");
            return Fate::Refused(Failure::new(ErrorCode::Unavailable, "503, and for longer"));
        }
    }
    if state.locked_out > 0 {
        state.locked_out -= 1;
        return Fate::Refused(Failure::new(ErrorCode::Unauthenticated, "the token has expired"));
    }
    let trouble = state.trouble;
    let Some(dice) = state.dice.as_mut().filter(|_| trouble > 0) else { return Fate::Well };
    if !dice.once_in(trouble) {
        return Fate::Well;
    }
    let (fate, what) = match dice.below(if writes { 8 } else { 4 }) {
        0 => (Fate::Refused(Failure { retry_after: Some(30), ..Failure::new(ErrorCode::RateLimited, "429") }), "429"),
        1 => (Fate::Refused(Failure::new(ErrorCode::Unavailable, "503, and nothing was done")), "503"),
        2 => {
            state.locked_out = 2;
            (Fate::Refused(Failure::new(ErrorCode::Unauthenticated, "the token has expired")), "the token expired")
        }
        3 => (Fate::Refused(Failure::new(ErrorCode::RateLimited, "429 without a word on when")), "429"),
        4 | 5 => (Fate::AnswerLost, "an answer was lost"),
        6 => (Fate::RequestLost, "a request was lost"),
        _ => (Fate::Twice, "a request was delivered twice"),
    };
    state.count(what);
    fate
}

impl Saas {
    /// A request arrives; the way to the system takes time, by chance.
    fn arrives(&self, what: &str) {
        let mut state = self.state();
        state.serve(self.seed, what);
        let millis = state.dice.as_mut().map_or(0, |dice| if dice.once_in(50) { 20_000 } else { 5 + dice.below(200) });
        self.time.pass(SignedDuration::from_millis(i64::try_from(millis).unwrap_or(0)));
    }

    pub(super) async fn read<T>(&self, what: String, look: impl FnOnce(&mut State) -> Result<T, Failure>) -> Answer<T> {
        if self.death.knocks(self.character.name) {
            std::future::pending::<()>().await;
        }
        self.arrives(&what);
        let mut state = self.state();
        let result = match fate(&mut state, false) {
            Fate::Refused(failure) => Err(failure),
            _ => look(&mut state),
        };
        let answered = result.is_ok();
        let at = self.time.now();
        state.journal.push(Seen { at, write: None, intent: None, answered, applied: false, delivered_again: false });
        Answer::of(result)
    }

    pub(super) async fn write<T>(
        &self,
        what: String,
        intent: &IntentId,
        mut act: impl FnMut(&mut State) -> Result<T, Failure>,
    ) -> Answer<T> {
        let dies = self.death.knocks(self.character.name);
        self.arrives(&what);
        let lost = || Failure::new(ErrorCode::OutcomeUnknown, "the connection broke");
        let now = self.time.now();
        let result = {
            let mut state = self.state();
            let fate = match dies {
                true if state.dice.as_mut().is_some_and(|dice| dice.once_in(2)) => Fate::AnswerLost,
                true => Fate::RequestLost,
                false => fate(&mut state, true),
            };
            let mut served = |state: &mut State, answered: bool, delivered_again: bool| {
                state.repeating = delivered_again;
                let result = act(state);
                let (write, intent, applied) = (Some(what.clone()), Some(intent.clone()), result.is_ok());
                state.journal.push(Seen { at: now, write, intent, answered, applied, delivered_again });
                result
            };
            let result = match fate {
                Fate::Well => served(&mut state, true, false),
                Fate::AnswerLost => served(&mut state, false, false).and_then(|_| Err(lost())),
                Fate::Twice => {
                    let _ = served(&mut state, true, false);
                    served(&mut state, true, true)
                }
                Fate::Refused(_) | Fate::RequestLost => {
                    let answered = matches!(fate, Fate::Refused(_));
                    let (write, intent) = (Some(what.clone()), Some(intent.clone()));
                    state.journal.push(Seen { at: now, write, intent, answered, applied: false, delivered_again: false });
                    Err(if let Fate::Refused(failure) = fate { failure } else { lost() })
                }
            };
            state.remember(now);
            result
        };
        if dies {
            std::future::pending::<()>().await;
        }
        Answer::of(result)
    }

    /// A page, now and then a short one, one that comes twice, none at all, or one from which an item has moved away.
    pub(super) async fn page<T: Clone>(
        &self,
        what: &str,
        cursor: Option<&str>,
        items: impl FnOnce(&mut State) -> Vec<T>,
    ) -> Answer<Page<T>> {
        let from: usize = cursor.and_then(|cursor| cursor.parse().ok()).unwrap_or(0);
        let has_totals = self.character.has_totals;
        self.read(format!("list {what} from {from}"), |state| {
            let mut all = items(state);
            let total = u32::try_from(all.len()).ok().filter(|_| has_totals);
            if state.odd(4) {
                // Suddenly nobody is there, and perhaps a total knows better.
                state.count("a listing was empty");
                return Ok(Page { items: Vec::new(), next: None, total });
            }
            if from > 0 && state.odd(2) {
                // What was on a page to come is on one that was read already.
                state.count("an item moved between pages");
                all.rotate_left(1);
            }
            let from = if from > 0 && state.odd(4) { 0 } else { from };
            let length = if state.odd(2) { 2 } else { PAGE };
            let page: Vec<T> = all.iter().skip(from).take(length).cloned().collect();
            let next = (from + page.len() < all.len()).then(|| (from + page.len()).to_string());
            Ok(Page { items: page, next, total })
        })
        .await
    }
}
