//! One version of the contract, parsed.

use std::collections::BTreeSet;
use std::path::Path;

use semver::Version;
use wit_parser::{InterfaceId, Package, PackageId, Resolve, WorldItem};

pub(super) struct Contract {
    pub(super) resolve: Resolve,
    pub(super) id: PackageId,
}

impl Contract {
    /// The package in a folder.
    pub(super) fn read(folder: &Path) -> Result<Self, String> {
        let mut resolve = Resolve::new();
        match resolve.push_dir(folder) {
            Ok((id, _)) => Ok(Self { resolve, id }),
            Err(error) => Err(format!("{error:#}")),
        }
    }

    #[cfg(test)]
    pub(super) fn of_text(text: &str) -> Self {
        let mut resolve = Resolve::new();
        let id = resolve.push_source("contract.wit", text).unwrap_or_else(|error| panic!("{error:#}"));
        Self { resolve, id }
    }

    pub(super) fn package(&self) -> &Package {
        &self.resolve.packages[self.id]
    }

    pub(super) fn version(&self) -> Option<&Version> {
        self.package().name.version.as_ref()
    }

    pub(super) fn lacks_world(&self, name: &str) -> Option<String> {
        let lacks = !self.package().worlds.contains_key(name);
        lacks.then(|| format!("there is no world `{name}`"))
    }

    /// The interfaces that some world exports: those that connectors implement.
    pub(super) fn exported(&self) -> BTreeSet<InterfaceId> {
        let worlds = self.package().worlds.values().map(|id| &self.resolve.worlds[*id]);
        let items = worlds.flat_map(|world| world.exports.values());
        items
            .filter_map(|item| match item {
                WorldItem::Interface { id, .. } => Some(*id),
                _ => None,
            })
            .collect()
    }
}
