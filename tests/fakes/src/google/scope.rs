//! The scopes of the three APIs.

/// Users: read and write.
pub const USER: &str = "https://www.googleapis.com/auth/admin.directory.user";
/// Users: read.
pub const USER_READONLY: &str = "https://www.googleapis.com/auth/admin.directory.user.readonly";
/// Aliases of users: read and write.
pub const ALIAS: &str = "https://www.googleapis.com/auth/admin.directory.user.alias";
/// Aliases of users: read.
pub const ALIAS_READONLY: &str = "https://www.googleapis.com/auth/admin.directory.user.alias.readonly";
/// Tokens, passwords of applications, sessions.
pub const SECURITY: &str = "https://www.googleapis.com/auth/admin.directory.user.security";
/// Groups: read and write.
pub const GROUP: &str = "https://www.googleapis.com/auth/admin.directory.group";
/// Groups: read.
pub const GROUP_READONLY: &str = "https://www.googleapis.com/auth/admin.directory.group.readonly";
/// Members of groups: read and write.
pub const MEMBER: &str = "https://www.googleapis.com/auth/admin.directory.group.member";
/// Members of groups: read.
pub const MEMBER_READONLY: &str = "https://www.googleapis.com/auth/admin.directory.group.member.readonly";
/// Organisational units: read and write.
pub const ORGUNIT: &str = "https://www.googleapis.com/auth/admin.directory.orgunit";
/// Organisational units: read.
pub const ORGUNIT_READONLY: &str = "https://www.googleapis.com/auth/admin.directory.orgunit.readonly";
/// Administrator roles: read and write.
pub const ROLE: &str = "https://www.googleapis.com/auth/admin.directory.rolemanagement";
/// Administrator roles: read.
pub const ROLE_READONLY: &str = "https://www.googleapis.com/auth/admin.directory.rolemanagement.readonly";
/// Licences.
pub const LICENSING: &str = "https://www.googleapis.com/auth/apps.licensing";
/// Data transfers: read and write.
pub const TRANSFER: &str = "https://www.googleapis.com/auth/admin.datatransfer";
/// Data transfers: read.
pub const TRANSFER_READONLY: &str = "https://www.googleapis.com/auth/admin.datatransfer.readonly";
/// Everything in Google Cloud; some listings accept it.
pub const CLOUD: &str = "https://www.googleapis.com/auth/cloud-platform";

/// What it takes to do everything that there is here.
pub const ALL: [&str; 8] = [USER, ALIAS, SECURITY, GROUP, ORGUNIT, ROLE, LICENSING, TRANSFER];
