//! End to end: one test program, a module a subject.

mod bad_input;
mod bamboohr;
mod bundles;
mod checking;
mod django;
mod emulator_clock;
mod emulator_github;
mod emulator_okta;
mod emulator_slack;
mod flows;
mod github;
mod google;
mod incidents;
mod misbehaviour;
mod month;
mod pair;
mod peers;
mod quirks;
mod review;
mod running;
mod saas;
mod scenario;
mod secrets;
mod slack;
mod sources;
mod undo;
