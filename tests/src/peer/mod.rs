//! Servers that other people wrote, started on loopback.

mod by_hand;
mod django_scim2;
mod emulate;
mod process;
mod scim2_server;

pub use django_scim2::DjangoScim2;
pub use emulate::{Answered, Emulator, Service};
pub use scim2_server::{Paging, Scim2Server};
