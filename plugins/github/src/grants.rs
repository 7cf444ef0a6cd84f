//! Entitlements and who holds them: teams, organisation roles, Copilot seats.

use crate::settings::Organization;
use crate::{api, copilot, roles, teams};
use innkeeper_sdk::types::*;
use innkeeper_sdk::{Error, Result, paging};
use serde::{Deserialize, Serialize};

/// How many teams are read for one page of grants: each takes a request, or several.
const TEAMS_AT_ONCE: u32 = 10;

#[derive(Clone, Copy, Default, Serialize, Deserialize)]
enum Stage {
    #[default]
    Teams,
    /// Roles and Copilot.
    Rest,
}

#[derive(Default, Serialize, Deserialize)]
struct Place {
    stage: Stage,
    next: Option<String>,
}

impl Place {
    /// Where a listing goes on after a page of teams.
    fn after_teams(next: Option<String>) -> Result<Option<String>> {
        let stage = if next.is_some() { Stage::Teams } else { Stage::Rest };
        paging::encode(&Self { stage, next }).map(Some)
    }
}

impl Organization {
    pub(crate) fn list_entitlements(&self, cursor: Option<&str>) -> Result<EntitlementPage> {
        let place: Place = paging::decode(cursor)?;
        match place.stage {
            Stage::Teams => {
                let page = self.teams(api::PER_PAGE, place.next.as_deref())?;
                let synchronized = self.synchronized(&page.items)?;
                let items = page.items.iter().map(|team| team.entitlement(synchronized.contains(&team.id))).collect();
                Ok(EntitlementPage { items, next: Place::after_teams(page.next)?, total: None })
            }
            Stage::Rest => {
                let roles = self.organization_roles()?.into_iter().map(roles::OrganizationRole::into_entitlement);
                let items = roles.chain(self.copilot()?.map(copilot::Billing::into_entitlement)).collect();
                Ok(EntitlementPage { items, next: None, total: None })
            }
        }
    }

    pub(crate) fn list_grants(&self, scope: &Scope, cursor: Option<&str>) -> Result<GrantPage> {
        match scope {
            Scope::All => self.all_grants(cursor),
            Scope::Entitlement(key) => Ok(GrantPage { items: self.grants_of(key)?, next: None, total: None }),
            Scope::Account(_) => Err(Error::unsupported("GitHub does not list the teams of one member")),
        }
    }

    fn all_grants(&self, cursor: Option<&str>) -> Result<GrantPage> {
        let place: Place = paging::decode(cursor)?;
        let mut items = Vec::new();
        match place.stage {
            Stage::Teams => {
                let page = self.teams(TEAMS_AT_ONCE, place.next.as_deref())?;
                for team in &page.items {
                    items.extend(team.nesting());
                    items.append(&mut self.team_grants(team)?);
                }
                Ok(GrantPage { items, next: Place::after_teams(page.next)?, total: None })
            }
            Stage::Rest => {
                for role in self.organization_roles()? {
                    items.append(&mut self.role_grants(&role.id.to_string())?);
                }
                if self.copilot()?.is_some() {
                    items.append(&mut self.seat_grants()?);
                }
                Ok(GrantPage { items, next: None, total: None })
            }
        }
    }

    fn grants_of(&self, key: &EntitlementKey) -> Result<Vec<Grant>> {
        match key.kind.as_str() {
            teams::KIND => {
                let team = self.team(&key.id)?;
                let mut grants = self.team_grants(&team)?;
                grants.append(&mut self.child_grants(&team)?);
                Ok(grants)
            }
            roles::KIND => self.role_grants(&key.id),
            copilot::KIND if key.id == copilot::SEAT => self.seat_grants(),
            _ => Err(unknown(key)),
        }
    }
}

pub(crate) fn unknown(key: &EntitlementKey) -> Error {
    Error::not_found(format!("GitHub has no entitlement {}/{}", key.kind, key.id))
}
