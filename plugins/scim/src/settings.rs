//! The app's configuration, as `connector.toml` describes it. The README says what each quirk is for.

use serde::Deserialize;

/// The configuration. `base-url` is in it too and is the host's business.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
pub(crate) struct Settings {
    /// How many resources to ask for in one page.
    pub(crate) page_size: u32,
    /// What the server does differently.
    pub(crate) quirks: Quirks,
}

impl Default for Settings {
    fn default() -> Self {
        Self { page_size: 100, quirks: Quirks::default() }
    }
}

/// Whether the server can do something.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Choice {
    /// See what the server says and does.
    #[default]
    Auto,
    Yes,
    No,
}

/// How the server pages.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Paging {
    /// As the first page suggests.
    #[default]
    Auto,
    /// `startIndex` (RFC 7644, section 3.4.2.4).
    Index,
    /// `cursor` (RFC 9865).
    Cursor,
}

/// How `op` is written in a PATCH.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum OpCase {
    #[default]
    Lower,
    Capital,
}

/// How a member is named that a PATCH removes.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum RemoveMembers {
    /// `members[value eq "id"]`, as RFC 7644, section 3.5.2.2, has it.
    #[default]
    Filter,
    /// `members` with the member as value.
    Value,
}

/// Where the members of all groups are read.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum MembersFrom {
    /// From listings, unless it is seen that they leave members out.
    #[default]
    Auto,
    /// From listings.
    List,
    /// From each group by itself.
    Get,
}

/// What the server does differently.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
pub(crate) struct Quirks {
    pub(crate) discovery: bool,
    pub(crate) users: String,
    pub(crate) groups: String,
    pub(crate) content_type: String,
    pub(crate) filter: Choice,
    pub(crate) paging: Paging,
    pub(crate) count: bool,
    pub(crate) etag: bool,
    pub(crate) patch: Choice,
    pub(crate) patch_path: bool,
    pub(crate) patch_op: OpCase,
    pub(crate) active_as_string: bool,
    pub(crate) remove_members: RemoveMembers,
    pub(crate) members: MembersFrom,
    pub(crate) include_groups_members: bool,
    pub(crate) check_membership: bool,
}

impl Default for Quirks {
    fn default() -> Self {
        Self {
            discovery: true,
            users: "/Users".to_owned(),
            groups: "/Groups".to_owned(),
            content_type: "application/scim+json".to_owned(),
            filter: Choice::Auto,
            paging: Paging::Auto,
            count: true,
            etag: true,
            patch: Choice::Auto,
            patch_path: true,
            patch_op: OpCase::Lower,
            active_as_string: false,
            remove_members: RemoveMembers::Filter,
            members: MembersFrom::Auto,
            include_groups_members: false,
            check_membership: true,
        }
    }
}
