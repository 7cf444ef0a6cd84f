//! Where a connector's memory comes from: small blocks out of lists by size, the others from the standard library's allocator.
//!
//! A connector reads an answer into thousands of short texts and short lists, and the host's words for them are as many again. A
//! general allocator looks for the best place for each and joins what is freed with its neighbours; here a small block is the first of
//! a list, or the next of a chunk. Blocks of one size stay of that size, which costs little: an instance lives for one call.

// An allocator cannot be written without.
#![allow(unsafe_code)]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::UnsafeCell;
use std::ptr::{NonNull, null_mut};

/// Sizes are multiples of it, and small blocks are aligned to it. A free block holds a pointer, which fits.
const STEP: usize = 16;
/// The largest small block. An attribute's list of values, an account with its texts: what there are thousands of is shorter.
const LARGEST: usize = 512;
/// What is taken from the other allocator at once: few enough that a call that needs next to nothing stays small.
const CHUNK: usize = 16 << 10;

/// A free block; the next of its size lies in its first bytes.
struct Free {
    next: Option<NonNull<Free>>,
}

/// The lists of free blocks, and what is left of the chunk.
struct Small {
    free: [Option<NonNull<Free>>; LARGEST / STEP],
    next: *mut u8,
    left: usize,
}

impl Small {
    const fn new() -> Self {
        Self { free: [None; LARGEST / STEP], next: null_mut(), left: 0 }
    }

    #[inline]
    fn take(&mut self, class: usize) -> *mut u8 {
        if let Some(block) = self.free[class] {
            // SAFETY: what is in the list was given back, so nobody else uses it, and `give` has written it.
            self.free[class] = unsafe { block.as_ref() }.next;
            return block.as_ptr().cast();
        }
        let size = (class + 1) * STEP;
        if self.left < size && !self.refill() {
            return null_mut();
        }
        let block = self.next;
        // SAFETY: `left` bytes from `next` on are ours, and `size` is no more than that.
        self.next = unsafe { block.add(size) };
        self.left -= size;
        block
    }

    /// Takes another chunk. What is left of the last one is smaller than a small block, and lost.
    #[cold]
    #[inline(never)]
    fn refill(&mut self) -> bool {
        const LAYOUT: Layout = Layout::new::<Chunk>();
        // SAFETY: the size is not zero.
        let chunk = unsafe { System.alloc(LAYOUT) };
        if chunk.is_null() {
            return false;
        }
        (self.next, self.left) = (chunk, CHUNK);
        true
    }

    /// # Safety
    /// The block is one of this class that `take` gave, and is not used any more.
    #[inline]
    unsafe fn give(&mut self, block: *mut u8, class: usize) {
        let block: *mut Free = block.cast();
        // SAFETY: a block has room for this and is aligned for it, and is nobody else's.
        unsafe { block.write(Free { next: self.free[class] }) };
        self.free[class] = NonNull::new(block);
    }
}

#[repr(align(16))]
struct Chunk {
    _bytes: [u8; CHUNK],
}

/// The class of a block, if it is a small one.
#[inline]
fn class(layout: Layout) -> Option<usize> {
    let size = layout.size();
    (size.wrapping_sub(1) < LARGEST && layout.align() <= STEP).then(|| (size - 1) / STEP)
}

/// The allocator of an instance, which has one thread.
pub(crate) struct Allocator(UnsafeCell<Small>);

impl Allocator {
    pub(crate) const fn new() -> Self {
        Self(UnsafeCell::new(Small::new()))
    }
}

// With threads there would be no allocator, and the standard library's would be taken.
#[cfg(all(target_arch = "wasm32", not(target_feature = "atomics")))]
mod global {
    use super::Allocator;

    // SAFETY: without atomics there is one thread.
    unsafe impl Sync for Allocator {}

    #[global_allocator]
    static ALLOCATOR: Allocator = Allocator::new();
}

// SAFETY: every block is one of `System` or a part of a chunk that no other block overlaps, and which of both is told by its layout.
unsafe impl GlobalAlloc for Allocator {
    #[inline]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        match class(layout) {
            // SAFETY: nothing is borrowed longer than one of these functions runs, and none calls another of them.
            Some(class) => unsafe { &mut *self.0.get() }.take(class),
            // SAFETY: the caller's.
            None => unsafe { System.alloc(layout) },
        }
    }

    #[inline]
    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        match class(layout) {
            // SAFETY: as above; the layout is the one that the block was made with.
            Some(class) => unsafe { (*self.0.get()).give(block, class) },
            // SAFETY: a block of this layout is of `System`.
            None => unsafe { System.dealloc(block, layout) },
        }
    }

    #[inline]
    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // SAFETY: the caller promises that it is a size for this alignment.
        let wanted = unsafe { Layout::from_size_align_unchecked(size, layout.align()) };
        match (class(layout), class(wanted)) {
            (Some(old), Some(new)) if old == new => block,
            // SAFETY: the caller's; both are of `System`.
            (None, None) => unsafe { System.realloc(block, layout, size) },
            // SAFETY: the new block is another one, and as long as both are.
            _ => unsafe {
                let moved = self.alloc(wanted);
                if !moved.is_null() {
                    std::ptr::copy_nonoverlapping(block, moved, layout.size().min(size));
                    self.dealloc(block, layout);
                }
                moved
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Blocks that are in use, each filled with a byte of its own; given back when the test is over.
    struct Blocks {
        allocator: Allocator,
        used: Vec<(*mut u8, Layout, u8)>,
    }

    impl Blocks {
        fn new() -> Self {
            Self { allocator: Allocator::new(), used: Vec::new() }
        }

        fn add(&mut self, layout: Layout, mark: u8) -> *mut u8 {
            // SAFETY: no size is zero here.
            let block = unsafe { self.allocator.alloc(layout) };
            assert!(!block.is_null() && block.align_offset(layout.align()) == 0, "{block:?} for {layout:?}");
            // SAFETY: the block is as long as that.
            unsafe { block.write_bytes(mark, layout.size()) };
            self.used.push((block, layout, mark));
            block
        }

        fn check(&self, at: usize, length: usize) {
            let (block, _, mark) = self.used[at];
            // SAFETY: the block is at least as long as that, and was written to.
            let bytes = unsafe { std::slice::from_raw_parts(block, length) };
            assert!(bytes.iter().all(|byte| *byte == mark), "somebody else wrote to block {at}");
        }

        fn remove(&mut self, at: usize) {
            self.check(at, self.used[at].1.size());
            let (block, layout, _) = self.used.swap_remove(at);
            // SAFETY: it is not used any more.
            unsafe { self.allocator.dealloc(block, layout) };
        }

        fn resize(&mut self, at: usize, size: usize) {
            let (block, layout, mark) = self.used[at];
            let wanted = Layout::from_size_align(size, layout.align()).expect("a layout");
            // SAFETY: the block is of this allocator and layout, and the size is not zero.
            let moved = unsafe { self.allocator.realloc(block, layout, size) };
            assert!(!moved.is_null() && moved.align_offset(layout.align()) == 0);
            self.used[at] = (moved, wanted, mark);
            self.check(at, layout.size().min(size));
            // SAFETY: the block is as long as that.
            unsafe { moved.write_bytes(mark, size) };
        }
    }

    impl Drop for Blocks {
        fn drop(&mut self) {
            for (block, layout, _) in self.used.drain(..) {
                // SAFETY: it is not used any more.
                unsafe { self.allocator.dealloc(block, layout) };
            }
        }
    }

    fn sizes() -> impl Strategy<Value = usize> {
        prop_oneof![8 => 1..=LARGEST + STEP, 1 => LARGEST - 1..=LARGEST + 1, 1 => 1..3 * CHUNK]
    }

    proptest! {
        #[test]
        fn no_two_blocks_overlap(
            steps in proptest::collection::vec((0..5_u8, any::<prop::sample::Index>(), sizes(), 0..7_u32), 1..400),
        ) {
            let mut blocks = Blocks::new();
            for (mark, (what, which, size, align)) in steps.into_iter().enumerate() {
                match (what, blocks.used.len()) {
                    (0..=2, _) | (_, 0) => {
                        blocks.add(Layout::from_size_align(size, 1 << align).expect("a layout"), mark as u8);
                    }
                    (3, used) => blocks.remove(which.index(used)),
                    (_, used) => blocks.resize(which.index(used), size),
                }
            }
            while !blocks.used.is_empty() {
                blocks.remove(0);
            }
        }
    }

    #[test]
    fn what_was_given_back_is_given_out_again() {
        let mut blocks = Blocks::new();
        let layout = Layout::from_size_align(40, 8).expect("a layout");
        let first = blocks.add(layout, 1);
        blocks.add(layout, 2);
        blocks.remove(0);
        let other_size = Layout::from_size_align(48, 4).expect("a layout");
        assert_eq!(blocks.add(other_size, 3), first, "both are small blocks of 48 bytes");
    }

    #[test]
    fn a_text_that_grows_within_its_block_stays_where_it_is() {
        let mut blocks = Blocks::new();
        let block = blocks.add(Layout::from_size_align(17, 1).expect("a layout"), 1);
        blocks.resize(0, 32);
        assert_eq!(blocks.used[0].0, block);
        blocks.resize(0, 33);
        assert_ne!(blocks.used[0].0, block);
    }
}
