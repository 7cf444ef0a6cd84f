//! A Google Workspace account: Directory, Licensing and Data Transfer, and the token endpoint for service accounts.
//!
//! Written from Google's Discovery documents (`admin.directory_v1`, `licensing.v1`, `admin.datatransfer_v1`) and the guides that they
//! link to. The three hosts are three paths of one server: `/admin/directory/v1`, `/apps/licensing/v1`, `/admin/datatransfer/v1`; tokens
//! come from `/token`. Where the documents are silent, the choice made here is written where it is made.

mod address;
mod alias;
mod group;
mod jwt;
mod license;
mod member;
mod oauth;
mod page;
mod quirks;
mod refusal;
mod role;
mod route;
pub mod scope;
mod search;
mod security;
#[cfg(test)]
mod tests;
mod transfer;
mod unit;
mod user;
mod users;
mod workspace;

pub use license::ARCHIVED_USER_PRODUCT;
pub use oauth::{ServiceAccount, service_account_key};
pub use quirks::{Limit, Quirks, Unready};
pub use role::{HELP_DESK_ROLE, SUPER_ADMIN_ROLE};
pub use security::Grant;
pub use transfer::{CALENDAR, DRIVE};
pub use user::{Password, User};
pub use workspace::Workspace;
