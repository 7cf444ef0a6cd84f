//! What Google Workspace is like, as it is configured.

use crate::Workspace;
use crate::attribute::{self, USER_NAME};
use crate::settings::{Kind, SuspendAs};
use crate::users::SEARCHABLE;
use crate::{groups, licences, roles};
use innkeeper_sdk::prelude::*;

impl Workspace {
    pub(crate) fn description(&self) -> Description {
        Description {
            searchable: SEARCHABLE.iter().map(|name| (*name).to_owned()).collect(),
            entitlement_kinds: self.entitlement_kinds(),
            grant_scopes: GrantScopes::ENTITLEMENT | GrantScopes::ACCOUNT,
            settable_statuses: vec![AccountStatus::Active, AccountStatus::Suspended],
            suspend: Some(self.suspending_means()),
            delete: Some(LifecycleEffect {
                reversible: true,
                keeps_data: false,
                frees_seat: true,
                keeps_grants: false,
                note: Some(
                    "A deleted user can be had back for 20 days, if a licence is free and nobody else has the address; then the data \
                     is lost. Transfer it first."
                        .to_owned(),
                ),
            }),
            quirks: Quirks::EVENTUALLY_CONSISTENT | Quirks::NO_TOTAL,
            ..Description::new(USER_NAME, attribute::ALL.iter().map(attribute::Attribute::schema).collect())
        }
    }

    fn suspending_means(&self) -> LifecycleEffect {
        let (frees_seat, note) = match self.settings.suspend_as {
            SuspendAs::Suspend => (
                false,
                "A suspended user keeps its licence and costs as before, until the licence is revoked or the user archived or \
                 deleted.",
            ),
            SuspendAs::Archive => (true, "Archiving swaps the licence for one of an archived user, of which one has to be free."),
        };
        LifecycleEffect { reversible: true, keeps_data: true, frees_seat, keeps_grants: true, note: Some(note.to_owned()) }
    }

    fn entitlement_kinds(&self) -> Vec<EntitlementKind> {
        let mut kinds: Vec<_> = self
            .settings
            .entitlements
            .iter()
            .map(|kind| match kind {
                Kind::Group => EntitlementKind {
                    description: Some("A group, by its address. Groups can be in groups; direct members count".to_owned()),
                    nests: true,
                    ..EntitlementKind::new(groups::KIND)
                },
                Kind::Role => EntitlementKind {
                    description: Some("An admin role, for the whole customer".to_owned()),
                    nests: true,
                    ..EntitlementKind::new(roles::KIND)
                },
            })
            .collect();
        if !self.settings.products.is_empty() {
            kinds.push(EntitlementKind {
                description: Some("A licence, as PRODUCT/SKU. A user has one of a product at a time".to_owned()),
                has_seats: true,
                costs_money: true,
                ..EntitlementKind::new(licences::KIND)
            });
        }
        kinds
    }
}
