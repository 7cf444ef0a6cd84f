//! Writes to one entitlement that has holders written many at a time, or as a whole: one request at a time, and those that wait for their turn
//! together.
//!
//! Each change keeps its own place in the journal. That they travelled together is seen in their exchanges alone.

use super::write::Written;
use crate::target::{Answer, Target};
use innkeeper_domain::{AccountId, Effect, EntitlementKey, ErrorCode, Failure, IntentId};
use std::sync::{Mutex, PoisonError};
use tokio::sync::{MutexGuard, oneshot};

/// The writes to one entitlement.
#[derive(Default)]
pub(crate) struct Gathering {
    turn: tokio::sync::Mutex<()>,
    waiting: Mutex<Vec<Waiting>>,
}

/// A write that waits for its turn.
struct Waiting {
    account: AccountId,
    adds: bool,
    intent: IntentId,
    answer: oneshot::Sender<Answer<Written>>,
}

impl Gathering {
    /// Waits until nobody else writes.
    pub(crate) async fn alone(&self) -> MutexGuard<'_, ()> {
        self.turn.lock().await
    }

    /// Grants or revokes. Whoever comes first writes for all who wait by then, and says once of each request that it failed.
    pub(crate) async fn write(
        &self,
        target: &dyn Target,
        entitlement: &EntitlementKey,
        account: &AccountId,
        adds: bool,
        intent: &IntentId,
        failed: &(dyn Fn(&Failure) + Sync),
    ) -> Answer<Written> {
        let (answer, mut mine) = oneshot::channel();
        self.lock().push(Waiting { account: account.clone(), adds, intent: intent.clone(), answer });
        let _turn = self.turn.lock().await;
        if let Ok(answer) = mine.try_recv() {
            return answer;
        }
        let together = std::mem::take(&mut *self.lock());
        write_together(target, entitlement, together, failed).await;
        // The own write was among them, for nobody else can have taken it.
        mine.await.unwrap_or_else(|_| {
            let text = "nobody knows whether the write that this one travelled with was sent";
            Answer::of(Err(Failure::new(ErrorCode::OutcomeUnknown, text)))
        })
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Waiting>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn write_together(
    target: &dyn Target,
    entitlement: &EntitlementKey,
    together: Vec<Waiting>,
    failed: &(dyn Fn(&Failure) + Sync),
) {
    let Some(first) = together.first() else { return };
    if together.len() > 1 {
        let of = |adds| together.iter().filter(|one| one.adds == adds).map(|one| one.account.clone()).collect::<Vec<_>>();
        let answer = target.amend(entitlement, &of(true), &of(false), &first.intent).await;
        let exchanges = answer.exchanges;
        match answer.result {
            Ok(Effect::Done | Effect::Already) => {
                for one in together {
                    let written = Written::Done { already: false, account: None };
                    one.tell(Answer { result: Ok(written), exchanges: exchanges.clone() });
                }
                return;
            }
            // Each reads back or tries again by itself, when its patience says so.
            Err(failure) if failure.code.is_transient() || failure.code == ErrorCode::OutcomeUnknown => {
                failed(&failure);
                for one in together {
                    one.tell(Answer { result: Err(failure.clone()), exchanges: exchanges.clone() });
                }
                return;
            }
            // One of them is refused, and the others need not be: each alone.
            _ => {}
        }
    }
    for one in together {
        let answer = match one.adds {
            true => target.grant(&one.account, entitlement, &one.intent).await,
            false => target.revoke(&one.account, entitlement, &one.intent).await,
        };
        let _ = answer.result.as_ref().inspect_err(|failure| failed(failure));
        one.tell(Answer { result: answer.result.map(Into::into), exchanges: answer.exchanges });
    }
}

impl Waiting {
    fn tell(self, answer: Answer<Written>) {
        // Whoever has gone does not need to know; the journal still says that it was sent.
        let _ = self.answer.send(answer);
    }
}
