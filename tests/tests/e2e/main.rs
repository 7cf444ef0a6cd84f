//! End to end: one test program, a module a subject.

mod bad_input;
mod checking;
mod django;
mod flows;
mod misbehaviour;
mod pair;
mod peers;
mod quirks;
mod scenario;
mod sources;
