//! Connectors in wasmtime: compile, limit, instantiate, call.
//!
//! [`Runtime`] -> [`Connector`] -> [`ConnectedApp`]: the engine, a connector compiled on it, and the connector connected to one
//! app. A call of a [`ConnectedApp`] runs in a store of its own, inside [`Limits`], and answers with what became of it and every
//! request that was sent ([`Answer`]). What a connector can reach of the world is in module `host` and
//! nowhere else.
//!
//! A program with guests must use [`tokio_runtime`], or guests that compute keep its timers and sockets waiting.

mod answer;
mod app;
mod bindings;
mod breaker;
mod cache;
mod capability;
mod clock;
mod configuration;
mod connector;
mod contract;
mod convert;
mod cpu;
mod error;
mod export;
mod fault;
mod guest;
mod host;
mod kept;
mod lift;
mod limits;
mod memory;
mod outgoing;
pub mod printable;
mod runtime;
mod schedule;
mod settings;
#[cfg(target_os = "linux")]
mod stack;
mod stderr;
mod ticker;
mod traffic;

pub use answer::{Ability, Answer, CallError, Page, PeopleChanges, PersonChange, Scope, Status};
pub use app::ConnectedApp;
pub use breaker::BreakerSettings;
pub use capability::Capabilities;
pub use clock::{Clock, NoRandomness, Random, SystemClock, SystemRandom};
pub use connector::{AppSettings, Connector};
pub use contract::CONTRACT;
pub use error::{ConfigurationProblem, SandboxError};
pub use fault::{Fault, FaultKind};
pub use limits::{Ceiling, Ceilings, Limit, Limits, SetBy, Setters};
pub use outgoing::{Outgoing, Sent};
pub use runtime::Runtime;
pub use schedule::tokio_runtime;
pub use settings::{CacheSettings, Settings};

#[cfg(test)]
mod tests;
