//! The crate as a whole: text in, diagnostics or a desired state out.

mod checks;
mod credentials;
mod diagnostics;
mod drift;
mod egress;
mod evaluation;
mod fits;
mod fixture;
mod guards;
mod lifecycle;
mod limits;
mod merging;
mod properties;
mod standing;
mod swap;
