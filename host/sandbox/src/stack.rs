//! The stacks on which guests run, used again: to make one and give it back is three system calls, and a page fault for each page that a call
//! needs of it.
//!
//! A stack is the host's memory, which no guest can address. It is wiped all the same before another call has it, so that nothing of one app is
//! there in the next.

use rustix::mm::{Advice, madvise};
use std::ops::Range;
use std::ptr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use wasmtime::{StackCreator, StackMemory};
use wasmtime_internal_fiber::FiberStack;

/// How many stacks are kept while nobody needs them: that many calls at once are rare.
const KEPT: usize = 32;

/// So much of a stack, in bytes, is wiped by writing zeros: few calls need more, and pages that stay need no page fault. The rest is given
/// back to the system, which is slower and costs nothing where nothing was used.
const WRITTEN: usize = 32 << 10;

/// The stacks of one engine, all of one size.
#[derive(Clone, Default)]
pub(crate) struct Stacks(Arc<Mutex<Vec<FiberStack>>>);

impl Stacks {
    fn lock(&self) -> MutexGuard<'_, Vec<FiberStack>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

// SAFETY: wasmtime's own stacks, with its guard page, each lent to one call at a time: who has it owns it until it is dropped. All are zeros.
#[allow(unsafe_code)]
unsafe impl StackCreator for Stacks {
    fn new_stack(&self, size: usize, zeroed: bool) -> wasmtime::Result<Box<dyn StackMemory>> {
        let used = self.lock().pop();
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
        let Some(stack) = self.stack.take() else { return };
        if self.stacks.lock().len() < KEPT && is_wiped(&stack) {
            self.stacks.lock().push(stack);
        }
    }
}

/// Wipes a stack on which nothing runs any more; false where the system does not do its part.
#[allow(unsafe_code)]
fn is_wiped(stack: &FiberStack) -> bool {
    let (Some(top), Some(range)) = (stack.top(), stack.range()) else { return false };
    let written = range.len().min(WRITTEN);
    // SAFETY: both parts lie within the stack, below its top, and nobody else has it. Anonymous memory that is given back is zeros when it
    // is read again.
    unsafe {
        ptr::write_bytes(top.sub(written), 0, written);
        madvise(top.sub(range.len()).cast(), range.len() - written, Advice::LinuxDontNeed).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIZE: usize = 256 << 10;

    #[test]
    #[allow(unsafe_code)]
    fn a_stack_is_used_again_and_nothing_is_left_on_it() {
        let stacks = Stacks::default();
        let lent = stacks.new_stack(SIZE, false).expect("a stack");
        let (top, range) = (lent.top(), lent.range());
        assert_eq!((top.addr(), range.len()), (range.end, SIZE));
        // SAFETY: all of it is the stack's, and nothing runs on it.
        unsafe { ptr::write_bytes(top.sub(SIZE), 0xa5, SIZE) };
        drop(lent);
        let again = stacks.new_stack(SIZE, false).expect("a stack");
        assert_eq!(again.top(), top);
        // SAFETY: as above.
        let left = unsafe { std::slice::from_raw_parts(top.sub(SIZE), SIZE) };
        assert!(left.iter().all(|byte| *byte == 0));
    }

    #[test]
    fn two_calls_at_once_have_two_stacks_and_no_more_are_kept_than_are_needed() {
        let stacks = Stacks::default();
        let lent: Vec<_> = (0..KEPT + 3).map(|_| stacks.new_stack(SIZE, false).expect("a stack")).collect();
        let mut tops: Vec<_> = lent.iter().map(|lent| lent.top().addr()).collect();
        tops.sort_unstable();
        tops.dedup();
        assert_eq!(tops.len(), lent.len());
        drop(lent);
        assert_eq!(stacks.lock().len(), KEPT);
    }
}
