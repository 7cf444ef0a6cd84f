//! One call: a fresh store and instance, inside the limits, and what becomes of it.

use super::ConnectedApp;
use crate::answer::{Answer, CallError};
use crate::bindings::types;
use crate::convert;
use crate::cpu::{Meter, Metered};
use crate::fault::{Fault, FaultKind, classify};
use crate::guest::Guest;
use crate::limits::Setting;
use innkeeper_domain::{ErrorCode, Failure};
use std::future::Future;
use std::sync::Arc;
use tokio::time::{Instant, error::Elapsed, timeout_at};
use wasmtime::component::InstancePre;
use wasmtime::{Store, UpdateDeadline};

/// A function of the contract.
#[derive(Clone, Copy, Debug)]
pub(super) struct Operation {
    name: &'static str,
    writes: bool,
}

impl Operation {
    pub(super) const fn read(name: &'static str) -> Self {
        Self { name, writes: false }
    }

    pub(super) const fn write(name: &'static str) -> Self {
        Self { name, writes: true }
    }
}

/// How a call ended: in time, without a trap, and with what the guest answered.
pub(super) type Ended<T> = Result<wasmtime::Result<Result<T, types::Error>>, Elapsed>;

/// A call under way.
pub(super) struct Call<'a> {
    app: &'a ConnectedApp,
    operation: Operation,
    meter: Arc<Meter>,
    deadline: Instant,
    pub(super) store: Store<Guest>,
}

/// Calls one function of one interface: `call!(app, accounts, operation, |guest, store| guest.call_get(store, &id))`.
///
/// A macro, because every interface has types of its own whose functions only have their shape in common.
macro_rules! call {
    ($app:expr, $interface:ident, $operation:expr, |$guest:ident, $store:ident| $call:expr) => {{
        let (app, operation) = ($app, $operation);
        match &app.0.connector.exports.$interface {
            None => $crate::app::call::not_exported(app, stringify!($interface), operation),
            Some(exported) => match $crate::app::call::Call::begin(app, operation) {
                Err(error) => $crate::Answer { result: Err(error), exchanges: Vec::new() },
                Ok(mut call) => {
                    let (limit, instance) = (call.limit(), call.instance());
                    let $store = &mut call.store;
                    let ended = limit
                        .run(async {
                            let instance = instance.instantiate_async(&mut *$store).await?;
                            $store.data_mut().started = true;
                            let $guest = exported.load(&mut *$store, &instance)?;
                            $call.await
                        })
                        .await;
                    call.finish(ended)
                }
            },
        }
    }};
}
pub(super) use call;

/// What bounds the time of a call.
pub(super) struct TimeLimit {
    meter: Arc<Meter>,
    deadline: Instant,
}

impl TimeLimit {
    pub(super) async fn run<T>(self, work: impl Future<Output = T>) -> Result<T, Elapsed> {
        timeout_at(self.deadline, Metered::new(work, self.meter)).await
    }
}

impl<'a> Call<'a> {
    /// Makes the store, unless the breaker is open.
    pub(super) fn begin(app: &'a ConnectedApp, operation: Operation) -> Result<Self, CallError> {
        let connected = &app.0;
        let surroundings = &connected.surroundings;
        if let Err(wait) = connected.breaker.admit(surroundings.clock.now()) {
            return Err(CallError::from(Box::new(Fault {
                app: surroundings.app.clone(),
                connector: surroundings.connector.clone(),
                operation: operation.name,
                kind: FaultKind::BreakerOpen { wait },
                stderr: String::new(),
                write_sent: false,
            })));
        }
        let limits = &surroundings.limits;
        let guest = Guest::new(surroundings, operation.name);
        let deadline = guest.deadline;
        let mut store = Store::new(connected.connector.instance.engine(), guest);
        store.limiter(|guest| &mut guest.limiter);
        store.set_hostcall_fuel(limits.host_call_bytes);
        store.set_max_component_handles(limits.handles);
        store.set_epoch_deadline(1);
        let meter = Meter::new();
        let (watched, limit) = (meter.clone(), limits.told(Setting::CpuSeconds, limits.cpu));
        // At every tick: stop who has computed for too long, and let the others of this thread have their turn.
        store.epoch_deadline_callback(move |mut store| {
            if watched.spent() > limit.value {
                return Err(store.data_mut().mark().stop(FaultKind::OutOfCpu { limit }));
            }
            Ok(UpdateDeadline::Yield(1))
        });
        Ok(Self { app, operation, meter, deadline, store })
    }

    pub(super) fn limit(&self) -> TimeLimit {
        TimeLimit { meter: self.meter.clone(), deadline: self.deadline }
    }

    pub(super) fn instance(&self) -> &'a InstancePre<Guest> {
        &self.app.0.connector.instance
    }

    /// Drops the instance and says how the call ended.
    pub(super) fn finish<T>(self, ended: Ended<T>) -> Answer<T> {
        let (app, operation) = (&self.app.0, self.operation);
        let mut guest = self.store.into_data();
        guest.close_log();
        let mark = guest.mark().take();
        let result = match ended {
            Ok(Ok(answered)) => {
                app.breaker.succeeded();
                answered.map_err(|error| CallError::Failure(honest(convert::failure(error), operation, &guest)))
            }
            stopped => {
                let limits = &app.surroundings.limits;
                let stderr = guest.stderr.text();
                let kind = match stopped {
                    Ok(Err(error)) => match classify(mark, &error, &stderr, limits) {
                        FaultKind::Trap { reason } if !guest.started => FaultKind::NotStarted { reason },
                        kind => kind,
                    },
                    _ => FaultKind::OutOfTime { limit: limits.told(Setting::CallSeconds, limits.wall_clock) },
                };
                app.breaker.faulted(app.surroundings.clock.now());
                let write_sent = operation.writes && guest.traffic.write_sent();
                let fault = Fault {
                    app: app.surroundings.app.clone(),
                    connector: app.surroundings.connector.clone(),
                    operation: operation.name,
                    kind,
                    stderr,
                    write_sent,
                };
                tracing::error!(app = %fault.app, connector = %fault.connector, operation = operation.name, %fault, "connector fault");
                Err(CallError::from(Box::new(fault)))
            }
        };
        Answer { result, exchanges: guest.traffic.into_exchanges() }
    }
}

/// The failure as the host knows it. A guest that says that nothing happened, while its last request was a write that nobody
/// answered, is wrong: the write would be sent again blindly.
fn honest(failure: Failure, operation: Operation, guest: &Guest) -> Failure {
    if operation.writes && guest.traffic.last_write_unanswered() && failure.code != ErrorCode::OutcomeUnknown {
        Failure { code: ErrorCode::OutcomeUnknown, retry_after: None, ..failure }
    } else {
        failure
    }
}

/// The answer of a connector that does not export the interface.
pub(super) fn not_exported<T>(app: &ConnectedApp, interface: &str, operation: Operation) -> Answer<T> {
    let message =
        format!("connector {} has no {}: it does not export the interface `{interface}`", app.0.connector.label, operation.name);
    Answer { result: Err(CallError::Failure(Failure::new(ErrorCode::Unsupported, message))), exchanges: Vec::new() }
}
