//! What a crash leaves.
//!
//! A core dump is a copy of the memory, written by the kernel to a disk, a journal or another program: everything that is wiped when it
//! is done with, and encrypted at rest, would be in it. So there is none. And on Linux no other process of the same user can look into
//! this one, with a debugger or through `/proc`; root still can.

use rustix::process::{Resource, Rlimit, setrlimit};
use std::io;

/// Sees to it that a crash leaves no copy of the memory.
pub(crate) fn leave_no_dump() -> io::Result<()> {
    setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) })?;
    // The limit alone does not stop a dump that goes through a pipe (core(5)).
    #[cfg(any(target_os = "linux", target_os = "android"))]
    rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_dump_is_written_and_nobody_looks_in() {
        leave_no_dump().expect("allowed");
        let limit = rustix::process::getrlimit(Resource::Core);
        assert_eq!((limit.current, limit.maximum), (Some(0), Some(0)));
        #[cfg(any(target_os = "linux", target_os = "android"))]
        assert_eq!(rustix::process::dumpable_behavior(), Ok(rustix::process::DumpableBehavior::NotDumpable));
    }
}
