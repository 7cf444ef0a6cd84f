//! What a connector sees of the host: one module an import of the contract.

mod config;
mod http;
pub(crate) mod log;
mod system;
mod waiting;

use crate::bindings::{base, types};
use crate::guest::Guest;
use wasmtime::Engine;
use wasmtime::component::{HasSelf, Linker};

impl types::Host for Guest {}

/// Everything that a connector can import. Nothing else is there.
pub(crate) fn linker(engine: &Engine) -> wasmtime::Result<Linker<Guest>> {
    let mut linker = Linker::new(engine);
    wasmtime_wasi::p2::add_to_linker_async(&mut linker)?;
    waiting::forbid(&mut linker)?;
    base::Base::add_to_linker::<_, HasSelf<_>>(&mut linker, |guest: &mut Guest| guest)?;
    Ok(linker)
}
