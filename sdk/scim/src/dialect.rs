//! What one server does differently from another. The README has the table of it.

use crate::definition::Definition;
use crate::filter::Filter;
use innkeeper_sdk::types::LifecycleEffect;
use serde::Deserialize;
use serde_json::{Map, Value};

/// Whether the server can do something.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum Choice {
    /// See what the server says and does.
    #[default]
    Auto,
    /// It can, whatever it says.
    Yes,
    /// It cannot, whatever it says.
    No,
}

/// How the server pages.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum Paging {
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
pub enum OpCase {
    /// `replace`.
    #[default]
    Lower,
    /// `Replace`.
    Capital,
}

/// How a PATCH of a user says what it is about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PatchPath {
    /// By path, also one that selects a value: `emails[type eq "work"].value`.
    #[default]
    Filtered,
    /// By path without a filter: an edited multi-valued attribute is sent whole, on condition that nobody else has changed it.
    Plain,
    /// Without a path: `{"op": "replace", "value": {"title": "..."}}`. Values that are removed, and edits within a multi-valued
    /// attribute, still have one.
    Value,
}

/// How a PATCH of a user names an attribute of an extension.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ExtensionPath {
    /// `urn:example:2.0:User:badge`, as RFC 7644, section 3.10, has it.
    #[default]
    Colon,
    /// The extension by its URN alone, to which all that is set is added as one value; what is removed is named
    /// `urn:example:2.0:User.badge`.
    Urn,
}

/// How a PATCH takes a member out of a group.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum RemoveMembers {
    /// `members[value eq "id"]`, as RFC 7644, section 3.5.2.2, has it.
    #[default]
    Filter,
    /// `members[value eq id]`, for ids that look like words.
    Unquoted,
    /// `members` with the member as value. **Dangerous**: read strictly, that removes all members.
    Value,
    /// `members` is replaced by the list of those who stay, which is read first. Two who do that at once undo each other.
    Whole,
}

/// Where the members of all groups are read.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum MembersFrom {
    /// From listings, unless it is seen that they leave members out.
    #[default]
    Auto,
    /// From listings.
    List,
    /// From each group by itself.
    Get,
}

/// What a DELETE of a user does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DeleteMeans {
    /// The user is no longer there.
    #[default]
    Removal,
    /// The user stays, and is no longer active.
    Suspension,
}

/// That users can be deleted, and what follows from it.
#[derive(Clone, Debug, PartialEq)]
pub struct Delete {
    /// What it does. Where it suspends, an account that is not active is left alone.
    pub means: DeleteMeans,
    /// What the description says of it.
    pub effect: LifecycleEffect,
}

impl Default for Delete {
    fn default() -> Self {
        Self {
            means: DeleteMeans::Removal,
            effect: LifecycleEffect {
                reversible: false,
                keeps_data: false,
                frees_seat: true,
                keeps_grants: false,
                note: Some("Sends DELETE. What the server keeps of what the person made is its own affair.".to_owned()),
            },
        }
    }
}

/// The groups of a server, as entitlements.
#[derive(Clone, Debug, PartialEq)]
pub struct Groups {
    /// The path of groups, below the base.
    pub path: String,
    /// The name of the kind of entitlement, in keys and in the description.
    pub kind: String,
    /// What the description says of the kind.
    pub description: String,
    /// Whether a group can be a member of a group. If not, every member is a user, whatever the server calls it.
    pub nests: bool,
    /// Where to read the members of all groups.
    pub members: MembersFrom,
    /// Whether to list groups without their members, by `excludedAttributes`. A server that refuses that is asked again without.
    pub excludes_members: bool,
    /// Whether to filter groups by `members.value`.
    pub filters_members: bool,
    /// Whether the `groups` of a user are complete, and are those that it is directly in. Otherwise they are believed only where
    /// each says that it is `direct` (RFC 7643, section 4.1.2).
    pub in_users: bool,
    /// Whether to look before members are added or removed, so that what was so already is told apart; costs a request.
    pub check_membership: bool,
    /// How a PATCH takes members out.
    pub remove_members: RemoveMembers,
}

impl Default for Groups {
    /// The groups of a standard server.
    fn default() -> Self {
        Self {
            path: "/Groups".to_owned(),
            kind: "group".to_owned(),
            description: "A group of the server, with users and groups as members".to_owned(),
            nests: true,
            members: MembersFrom::Auto,
            excludes_members: true,
            filters_members: true,
            in_users: false,
            check_membership: true,
            remove_members: RemoveMembers::Filter,
        }
    }
}

/// What a server does differently. The default is a standard server that says of itself what it can do.
#[derive(Clone, Debug, PartialEq)]
pub struct Dialect {
    /// What stands before every path: nothing, where the app's base URL is the one of SCIM; a path, `/scim/v2/enterprises/acme`; or an
    /// absolute URL on a granted host. Without a slash at its end.
    pub base: String,
    /// The credential slot of the manifest; none for `default`.
    pub slot: Option<String>,
    /// Headers that every request has, by name and value.
    pub headers: Vec<(String, String)>,
    /// The content type of what is sent.
    pub content_type: String,
    /// The path of users, below the base.
    pub users: String,

    /// Whether to ask for `/ServiceProviderConfig`, `/ResourceTypes` and `/Schemas` (RFC 7644, section 4). Without, the server is taken for
    /// a standard one.
    pub discovery: bool,
    /// The attributes of users, where the connector knows them: these are written and searched, and no others. `/ResourceTypes` and
    /// `/Schemas` are not asked for then. A create without one that is required is `invalid`, and nothing is sent.
    pub attributes: Option<Vec<Definition>>,
    /// Attributes that are never sent, by their names in the contract: they are described as read-only, and a PUT of a whole user
    /// leaves them out.
    pub never_sent: Vec<String>,
    /// What every create says besides: it is merged into the user, and what the draft says stands.
    pub create_extra: Map<String, Value>,

    /// How many resources to ask for in one page.
    pub page_size: u32,
    /// The largest page that the server gives, if it is known: nothing larger is asked for.
    pub page_cap: Option<u32>,
    /// How the server pages.
    pub paging: Paging,
    /// Whether to send `count` with listings. A server that refuses it is asked again without.
    pub count: bool,
    /// Whether `totalResults` can be believed. Otherwise a listing goes on until a page is empty.
    pub totals: bool,

    /// Whether the server filters. `Auto`: try, verify, and read everything where it refuses or ignores filters.
    pub filter: Choice,
    /// The filters that the server understands, where they are known. What they do not cover is looked for in the whole listing.
    pub filters: Option<Vec<Filter>>,
    /// Whether a filter may have several terms, with `and` and `or`.
    pub compound_filters: bool,

    /// Whether to send `If-Match` with the version that the server gave.
    pub etag: bool,
    /// Whether to edit by PATCH; otherwise the whole object is sent by PUT. `Auto`: as `/ServiceProviderConfig` says, which costs a
    /// request a write.
    pub patch: Choice,
    /// How a PATCH of a user says what it is about.
    pub patch_path: PatchPath,
    /// How a PATCH of a user names an attribute of an extension, where it names attributes.
    pub extension_path: ExtensionPath,
    /// How `op` is written.
    pub patch_op: OpCase,
    /// Whether `active` is sent as `"True"` and `"False"`.
    pub active_as_string: bool,

    /// Words by which the server says that a unique value is taken, where it does so with neither status 409 nor `uniqueness`:
    /// `username_taken`. They turn `invalid` into `conflict`.
    pub taken: Vec<String>,

    /// What follows from setting `active` to false; none where the server cannot do that. Only what is reversible can be made active
    /// again.
    pub suspend: Option<LifecycleEffect>,
    /// What follows from a DELETE; none where users cannot be deleted.
    pub delete: Option<Delete>,
    /// The groups; none where there are none.
    pub groups: Option<Groups>,
}

impl Default for Dialect {
    fn default() -> Self {
        Self {
            base: String::new(),
            slot: None,
            headers: Vec::new(),
            content_type: "application/scim+json".to_owned(),
            users: "/Users".to_owned(),
            discovery: true,
            attributes: None,
            never_sent: Vec::new(),
            create_extra: Map::new(),
            page_size: 100,
            page_cap: None,
            paging: Paging::Auto,
            count: true,
            totals: true,
            filter: Choice::Auto,
            filters: None,
            compound_filters: true,
            etag: true,
            patch: Choice::Auto,
            patch_path: PatchPath::Filtered,
            extension_path: ExtensionPath::Colon,
            patch_op: OpCase::Lower,
            active_as_string: false,
            taken: Vec::new(),
            suspend: Some(LifecycleEffect {
                reversible: true,
                keeps_data: true,
                frees_seat: false,
                keeps_grants: true,
                note: Some("Sets `active` to false. Whether that frees a licence is the server's affair.".to_owned()),
            }),
            delete: Some(Delete::default()),
            groups: Some(Groups::default()),
        }
    }
}

impl Dialect {
    /// How many resources to ask for: never more than the server gives, because a full page is known by its length.
    pub(crate) fn page_length(&self) -> u32 {
        self.page_cap.map_or(self.page_size, |cap| self.page_size.min(cap)).max(1)
    }

    /// An operation as this server writes it.
    pub(crate) fn op(&self, name: &str) -> String {
        match self.patch_op {
            OpCase::Lower => name.to_owned(),
            OpCase::Capital => name[..1].to_ascii_uppercase() + &name[1..],
        }
    }

    /// Whether an attribute of this name in the contract, or all of the attribute that it is a part of, is never sent.
    pub(crate) fn withholds(&self, name: &str, whole: &str) -> bool {
        self.never_sent.iter().any(|never| never.eq_ignore_ascii_case(name) || never.eq_ignore_ascii_case(whole))
    }
}
