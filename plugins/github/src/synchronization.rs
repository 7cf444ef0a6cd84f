//! Teams that an identity provider fills: nobody else may change who is in them.

use crate::api;
use crate::settings::{Organization, Synchronization};
use crate::teams::Team;
use innkeeper_sdk::{Result, http};
use serde::Deserialize;
use std::collections::HashSet;

#[derive(Deserialize)]
struct Groups {
    #[serde(default)]
    groups: Vec<Group>,
}

#[derive(Deserialize)]
struct Group {}

impl Organization {
    /// Which of these teams are filled so. GitHub says it team by team only.
    pub(crate) fn synchronized(&self, teams: &[Team]) -> Result<HashSet<u64>> {
        let question = match self.synchronization {
            Synchronization::None => return Ok(HashSet::new()),
            Synchronization::TeamSync => "/team-sync/group-mappings",
            Synchronization::ExternalGroups => "/external-groups",
        };
        let mut synchronized = HashSet::new();
        for team in teams.iter().filter(|team| !team.is_of_enterprise()) {
            let answer: Groups = api::send(http::get(self.team_path(&team.slug, question)))?.json()?;
            if !answer.groups.is_empty() {
                synchronized.insert(team.id);
            }
        }
        Ok(synchronized)
    }
}
