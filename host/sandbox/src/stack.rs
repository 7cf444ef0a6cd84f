//! The stacks on which guests run, used again: to make one and give it back is three system calls, and a page fault for each page that a call
//! needs of it.
//!
//! A stack is the host's memory. What a call leaves on it no other guest can read: WebAssembly addresses its own memory and nothing else.

use std::ops::Range;
use std::ptr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use wasmtime::{StackCreator, StackMemory};
use wasmtime_internal_fiber::FiberStack;

/// How many stacks are kept while nobody needs them: that many calls at once are rare. A stack keeps the pages that a call ever needed of it,
/// mostly some 20 kB.
const KEPT: usize = 32;

/// The stacks of one engine, all of one size.
#[derive(Clone, Default)]
pub(crate) struct Stacks(Arc<Mutex<Vec<FiberStack>>>);

impl Stacks {
    fn lock(&self) -> MutexGuard<'_, Vec<FiberStack>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

// SAFETY: wasmtime's own stacks, with its guard page, each of them lent to one call at a time: who has it owns it until it is dropped.
#[allow(unsafe_code)]
unsafe impl StackCreator for Stacks {
    fn new_stack(&self, size: usize, zeroed: bool) -> wasmtime::Result<Box<dyn StackMemory>> {
        // One that was used is not all zeros.
        let used = if zeroed { None } else { self.lock().pop() };
        let stack = match used {
            Some(stack) => stack,
            None => FiberStack::new(size, zeroed)?,
        };
        Ok(Box::new(Lent { stack: Some(stack), stacks: self.clone() }))
    }
}

/// A stack that a call has.
struct Lent {
    stack: Option<FiberStack>,
    stacks: Stacks,
}

// SAFETY: as above; a stack does not move.
#[allow(unsafe_code)]
unsafe impl StackMemory for Lent {
    fn top(&self) -> *mut u8 {
        self.stack.as_ref().and_then(FiberStack::top).unwrap_or(ptr::null_mut())
    }

    fn range(&self) -> Range<usize> {
        self.stack.as_ref().and_then(FiberStack::range).unwrap_or_default()
    }

    fn guard_range(&self) -> Range<*mut u8> {
        self.stack.as_ref().and_then(FiberStack::guard_range).unwrap_or(ptr::null_mut()..ptr::null_mut())
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        let mut free = self.stacks.lock();
        if free.len() < KEPT {
            free.extend(self.stack.take());
        }
    }
}
