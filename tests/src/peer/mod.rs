//! Servers that other people wrote, started on loopback.

mod by_hand;
mod scim2_server;

pub use scim2_server::{Paging, Scim2Server};
