//! Memory and tables, summed over everything that an instance has.

use crate::fault::{FaultKind, Mark};
use crate::limits::{Limit, Limits, Setting};
use wasmtime::ResourceLimiter;

/// Counts what an instance has, over all its memories and tables: wasmtime's own limits count each alone, and a component may have
/// as many as it likes.
#[derive(Debug)]
pub(crate) struct MemoryLimiter {
    limit: Limit<usize>,
    element_limit: usize,
    objects: usize,
    memories: usize,
    memory: Growth,
    elements: Growth,
    /// Read first when a call ends badly.
    pub(crate) mark: Mark,
}

/// What is used, and what the last growth added, in case that it fails after it was allowed.
#[derive(Clone, Copy, Debug, Default)]
struct Growth {
    used: usize,
    last: usize,
}

impl Growth {
    /// What would be used after growing from `current` to `desired`, if that is within `limit`; otherwise how much was wanted.
    fn grow(&mut self, current: usize, desired: usize, limit: usize) -> Result<(), usize> {
        let added = desired.saturating_sub(current);
        let wanted = self.used.saturating_add(added);
        if wanted > limit {
            return Err(wanted);
        }
        *self = Self { used: wanted, last: added };
        Ok(())
    }

    fn take_back(&mut self) {
        *self = Self { used: self.used.saturating_sub(self.last), last: 0 };
    }
}

impl MemoryLimiter {
    pub(crate) fn new(limits: &Limits) -> Self {
        Self {
            limit: limits.told(Setting::Memory, limits.memory),
            element_limit: limits.table_elements,
            objects: limits.objects,
            memories: limits.most_memories(),
            memory: Growth::default(),
            elements: Growth::default(),
            mark: Mark::default(),
        }
    }

    /// Bytes of linear memory in use.
    #[cfg(test)]
    fn used(&self) -> usize {
        self.memory.used
    }
}

impl ResourceLimiter for MemoryLimiter {
    fn memory_growing(&mut self, current: usize, desired: usize, maximum: Option<usize>) -> wasmtime::Result<bool> {
        // Beyond the memory's own maximum growth fails by itself, as the guest expects.
        if maximum.is_some_and(|maximum| desired > maximum) {
            return Ok(false);
        }
        // An error and not `false`: a guest that is told `false` aborts with `unreachable`, which looks like any panic.
        match self.memory.grow(current, desired, self.limit.value) {
            Ok(()) => Ok(true),
            Err(wanted) => Err(self.mark.stop(FaultKind::OutOfMemory { wanted, limit: self.limit })),
        }
    }

    fn memory_grow_failed(&mut self, _error: wasmtime::Error) -> wasmtime::Result<()> {
        self.memory.take_back();
        Ok(())
    }

    fn table_growing(&mut self, current: usize, desired: usize, maximum: Option<usize>) -> wasmtime::Result<bool> {
        if maximum.is_some_and(|maximum| desired > maximum) {
            return Ok(false);
        }
        match self.elements.grow(current, desired, self.element_limit) {
            Ok(()) => Ok(true),
            Err(wanted) => Err(self.mark.stop(FaultKind::TablesTooLarge { wanted, limit: self.element_limit })),
        }
    }

    fn table_grow_failed(&mut self, _error: wasmtime::Error) -> wasmtime::Result<()> {
        self.elements.take_back();
        Ok(())
    }

    fn instances(&self) -> usize {
        self.objects
    }

    fn tables(&self) -> usize {
        self.objects
    }

    fn memories(&self) -> usize {
        self.memories
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SetBy;

    fn limiter(memory: usize) -> MemoryLimiter {
        MemoryLimiter::new(&Limits { memory, table_elements: 100, ..Limits::default() })
    }

    #[test]
    fn memories_are_summed() {
        let mut limiter = limiter(1000);
        assert!(limiter.memory_growing(0, 600, None).expect("within the limit"));
        assert!(limiter.memory_growing(0, 400, None).expect("just within the limit"));
        assert_eq!(limiter.used(), 1000);
        limiter.memory_growing(400, 401, None).expect_err("one byte too many, though both memories are small");
        assert_eq!(
            limiter.mark.take(),
            Some(FaultKind::OutOfMemory { wanted: 1001, limit: Limit { value: 1000, set_by: SetBy::Default } })
        );
    }

    #[test]
    fn growth_that_fails_elsewhere_is_not_counted() {
        let mut limiter = limiter(1000);
        assert!(limiter.memory_growing(0, 900, None).expect("within the limit"));
        limiter.memory_grow_failed(wasmtime::Error::msg("the operating system has none")).expect("never fails");
        assert_eq!(limiter.used(), 0);
        assert!(!limiter.memory_growing(0, 900, Some(800)).expect("refused by the memory's own maximum"));
        assert_eq!(limiter.used(), 0);
    }

    #[test]
    fn tables_are_summed() {
        let mut limiter = limiter(0);
        assert!(limiter.table_growing(0, 60, None).expect("within the limit"));
        limiter.table_growing(0, 60, None).expect_err("both together are too large");
        assert_eq!(limiter.mark.take(), Some(FaultKind::TablesTooLarge { wanted: 120, limit: 100 }));
    }
}
