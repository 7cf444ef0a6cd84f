//! One rule of the planner a test.

mod correlation;
mod deltas;
mod differences;
mod drift;
mod entitlements;
mod guards;
mod incomplete;
mod invitations;
mod leavers;
mod ordering;
mod people;
mod seats;
mod settled;
mod shield;
mod uniqueness;
