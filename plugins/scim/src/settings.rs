//! The app's configuration, as `connector.toml` describes it. The README says what each quirk is for.

use innkeeper_scim::{Choice, Dialect, Groups, MembersFrom, OpCase, Paging, PatchPath, RemoveMembers};
use serde::Deserialize;

/// The configuration. `base-url` is in it too and is the host's business.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
pub(crate) struct Settings {
    /// How many resources to ask for in one page.
    page_size: u32,
    /// What the server does differently.
    quirks: Quirks,
}

impl Default for Settings {
    fn default() -> Self {
        Self { page_size: Dialect::default().page_size, quirks: Quirks::default() }
    }
}

/// What the server does differently; what is left out is as it is on a standard server.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
struct Quirks {
    discovery: Option<bool>,
    users: Option<String>,
    groups: Option<String>,
    content_type: Option<String>,
    filter: Option<Choice>,
    paging: Option<Paging>,
    count: Option<bool>,
    etag: Option<bool>,
    patch: Option<Choice>,
    patch_path: Option<bool>,
    patch_op: Option<OpCase>,
    active_as_string: Option<bool>,
    remove_members: Option<RemoveMembers>,
    members: Option<MembersFrom>,
    include_groups_members: Option<bool>,
    check_membership: Option<bool>,
}

impl From<Settings> for Dialect {
    fn from(Settings { page_size, quirks }: Settings) -> Self {
        let (server, groups) = (Self::default(), Groups::default());
        let patch_path = |has_path| if has_path { PatchPath::Filtered } else { PatchPath::Value };
        Self {
            page_size,
            discovery: quirks.discovery.unwrap_or(server.discovery),
            users: quirks.users.unwrap_or(server.users),
            content_type: quirks.content_type.unwrap_or(server.content_type),
            filter: quirks.filter.unwrap_or(server.filter),
            paging: quirks.paging.unwrap_or(server.paging),
            count: quirks.count.unwrap_or(server.count),
            etag: quirks.etag.unwrap_or(server.etag),
            patch: quirks.patch.unwrap_or(server.patch),
            patch_path: quirks.patch_path.map_or(server.patch_path, patch_path),
            patch_op: quirks.patch_op.unwrap_or(server.patch_op),
            active_as_string: quirks.active_as_string.unwrap_or(server.active_as_string),
            groups: Some(Groups {
                path: quirks.groups.unwrap_or(groups.path),
                members: quirks.members.unwrap_or(groups.members),
                excludes_members: quirks.include_groups_members.map_or(groups.excludes_members, |included| !included),
                check_membership: quirks.check_membership.unwrap_or(groups.check_membership),
                remove_members: quirks.remove_members.unwrap_or(groups.remove_members),
                ..groups
            }),
            ..server
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn dialect(config: serde_json::Value) -> Dialect {
        serde_json::from_value::<Settings>(config).expect("a configuration").into()
    }

    #[test]
    fn without_quirks_the_server_is_a_standard_one() {
        assert_eq!(dialect(json!({ "base-url": "https://scim.example/v2" })), Dialect::default());
        // And so it is when each is said as the manifest has it.
        let manifest = include_str!("../connector.toml").parse::<toml::Table>().expect("a manifest");
        let properties = &manifest["configuration"]["properties"];
        let quirks = properties["quirks"]["properties"].as_table().expect("quirks");
        let defaults: toml::Table = quirks.iter().map(|(name, property)| (name.clone(), property["default"].clone())).collect();
        assert_eq!(defaults.len(), 16);
        assert_eq!(dialect(json!({ "page-size": properties["page-size"]["default"], "quirks": defaults })), Dialect::default());
    }

    #[test]
    fn every_quirk_is_part_of_the_dialect() {
        let config = json!({ "page-size": 7, "quirks": {
            "discovery": false, "users": "/People", "groups": "/Teams", "content-type": "application/json", "filter": "no",
            "paging": "cursor", "count": false, "etag": false, "patch": "yes", "patch-path": false, "patch-op": "capital",
            "active-as-string": true, "remove-members": "value", "members": "get", "include-groups-members": true,
            "check-membership": false,
        } });
        let expected = Dialect {
            page_size: 7,
            discovery: false,
            users: "/People".to_owned(),
            content_type: "application/json".to_owned(),
            filter: Choice::No,
            paging: Paging::Cursor,
            count: false,
            etag: false,
            patch: Choice::Yes,
            patch_path: PatchPath::Value,
            patch_op: OpCase::Capital,
            active_as_string: true,
            groups: Some(Groups {
                path: "/Teams".to_owned(),
                members: MembersFrom::Get,
                excludes_members: false,
                check_membership: false,
                remove_members: RemoveMembers::Value,
                ..Groups::default()
            }),
            ..Dialect::default()
        };
        assert_eq!(dialect(config), expected);
    }
}
