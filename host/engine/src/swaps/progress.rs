//! How far a swap has come.

use crate::engine::Engine;
use crate::error::EngineError;
use innkeeper_domain::{EntitlementRef, PersonId, RunningSwap, Swap, SwapStage};
use serde::Serialize;

/// How far a swap has come, as far as is remembered.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct SwapProgress {
    /// The decision.
    pub swap: Swap,
    /// Everybody who has the role, by key.
    pub members: Vec<SwapMember>,
    /// Whether nobody has anything of the old app by the role any more, and everybody has the new one.
    pub finished: bool,
    /// What the role still gives on the old app, and what to write in its place.
    pub write: Vec<(EntitlementRef, EntitlementRef)>,
    /// Where the role stands: file, line and column.
    pub place: Option<String>,
}

/// One person in a swap.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct SwapMember {
    /// Who.
    pub person: PersonId,
    /// How they are called.
    pub label: String,
    /// Where they stand.
    #[serde(flatten)]
    pub stage: SwapStage,
    /// Whether they have an account on the old app.
    pub has_old: bool,
}

impl SwapProgress {
    /// What is to be done now that it is over for everybody; none before.
    pub fn advice(&self) -> Option<String> {
        if !self.finished {
            return None;
        }
        let Swap { old, new, role, .. } = &self.swap;
        let stop = format!("innkeeper swap stop {old} {new} --role {role}");
        let place = self.place.as_ref().map_or(String::new(), |place| format!(" ({place})"));
        let write: Vec<String> = self.write.iter().map(|(old, new)| format!("`{old}` by `{new}`")).collect();
        Some(match write.is_empty() {
            true => format!(
                "the swap of {old} for {new} is over for everybody with the role {role}, and the configuration has it: {stop}"
            ),
            false => format!(
                "the swap of {old} for {new} is over for everybody with the role {role}: in its grants{place}, replace {}; then {stop}",
                write.join(", ")
            ),
        })
    }

    /// How many stand so.
    pub fn count(&self, stands: impl Fn(&SwapMember) -> bool) -> usize {
        self.members.iter().filter(|member| stands(member)).count()
    }
}

impl Engine {
    /// How far each swap has come. Of people of whom nothing was ever read nothing is told.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn swap_progress(&self) -> Result<Vec<SwapProgress>, EngineError> {
        let running = self.running_swaps().await?;
        if running.is_empty() {
            return Ok(Vec::new());
        }
        let people = self.remembered_population().await?.map(|population| population.people).unwrap_or_default();
        let today = self.moment(None);
        let holders = self.configuration().holders_of_roles(&people, &today);
        Ok(running
            .iter()
            .map(|running| {
                let members = people
                    .iter()
                    .filter(|person| holders.get(&running.swap.role).is_some_and(|members| members.contains(&person.id)));
                let members: Vec<SwapMember> = members
                    .map(|person| SwapMember {
                        person: person.id.clone(),
                        label: person.label().to_owned(),
                        stage: running.stage(&person.id, today.of(person)),
                        has_old: running.held.contains_key(&person.id),
                    })
                    .collect();
                self.progress_of(running, members)
            })
            .collect())
    }

    fn progress_of(&self, running: &RunningSwap, members: Vec<SwapMember>) -> SwapProgress {
        let swap = running.swap.clone();
        let role = self.configuration().role(&swap.role);
        let grants = role.map(|role| role.grants.as_slice()).unwrap_or_default();
        let write = grants.iter().filter(|grant| grant.app == swap.old);
        let write = write.map(|grant| (grant.clone(), swap.counterpart(grant))).collect();
        // Whoever came since has never had the old app.
        let done = |member: &SwapMember| match member.stage {
            SwapStage::Over { .. } => true,
            SwapStage::Overlap { .. } => !member.has_old,
            SwapStage::Ahead { .. } | SwapStage::Waiting => false,
        };
        let finished = members.iter().all(done) && self.today() >= swap.from;
        let place = role.map(|role| role.rule().place().to_string());
        SwapProgress { swap, members, finished, write, place }
    }
}
