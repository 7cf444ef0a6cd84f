//! The crate as a whole: text in, diagnostics or a desired state out.

mod checks;
mod credentials;
mod diagnostics;
mod egress;
mod evaluation;
mod fits;
mod fixture;
mod guards;
mod limits;
mod merging;
mod properties;
mod standing;
