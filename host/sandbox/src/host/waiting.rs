//! A connector cannot wait for the clock: how long something waits is the host's to decide, and it counts retries and rates.

use crate::fault::FaultKind;
use crate::guest::Guest;
use wasmtime::StoreContextMut;
use wasmtime::component::{Linker, Resource};
use wasmtime_wasi::p2::DynPollable;

/// Replaces the two functions with which WASI waits. They must exist, because standard libraries import them.
pub(crate) fn forbid(linker: &mut Linker<Guest>) -> wasmtime::Result<()> {
    linker.allow_shadowing(true);
    let mut clock = linker.instance("wasi:clocks/monotonic-clock@0.2.12")?;
    clock.func_wrap("subscribe-duration", refuse)?;
    clock.func_wrap("subscribe-instant", refuse)?;
    linker.allow_shadowing(false);
    Ok(())
}

fn refuse(mut store: StoreContextMut<'_, Guest>, _: (u64,)) -> wasmtime::Result<(Resource<DynPollable>,)> {
    Err(store.data_mut().mark().stop(FaultKind::Waited))
}
