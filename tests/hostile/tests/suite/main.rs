//! The hostile suite: one test an attack, a module a subject. `attacks.toml` has the list.

mod address;
mod ambient;
mod archives;
mod bundles;
mod guests;
mod isolation;
mod limits;
mod listing;
mod loading;
mod program;
mod register;
mod requests;
mod responses;
mod words;
