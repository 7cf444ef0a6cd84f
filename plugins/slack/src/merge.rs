//! Changing who is in a user group: read, merge, read once more, write, verify. Every write replaces the whole list, so that a change
//! by somebody else can undo ours, and ours theirs. One that comes while we read is seen by the second reading, one that undoes ours by
//! the reading afterwards; both are merged again.
//!
//! What nobody can see is a change by somebody else between the second reading and our writing: Slack has no condition for a write.

use crate::Slack;
use crate::usergroups::Group;
use innkeeper_sdk::prelude::*;

/// How often to write before giving up: who undoes a change three times within seconds is a program that wants something else.
const WRITES: usize = 3;
/// How often to read before giving up, where somebody else is at work and nothing could be written yet.
const ROUNDS: usize = 6;

impl Slack {
    pub(crate) fn change_usergroup(&self, id: &str, add: &[&str], remove: &[&str]) -> Result<Effect> {
        let mut writes = 0;
        for round in 0..ROUNDS {
            let (group, current) = self.usergroup(id)?;
            let wanted = merged(&current, add, remove);
            if wanted == current {
                return Ok(if writes == 0 { Effect::Already } else { Effect::Done });
            }
            if let Some(why) = group.locked() {
                return Err(Error::unsupported(format!("the user group {id} cannot be changed here: {why}")));
            }
            if writes == WRITES {
                break;
            }
            if round > 0 {
                log::warn!("somebody else changes the user group at the same time: merging again"; "usergroup" = id);
            }
            if self.is_still(&group, &current)? {
                self.write_members(&group, &current, &wanted)?;
                writes += 1;
            }
        }
        Err(Error::conflict(format!("somebody else keeps changing the user group {id}, which is not as it should be")))
    }

    /// Whether the same people are in the group as just now.
    fn is_still(&self, group: &Group, current: &[String]) -> Result<bool> {
        if group.is_disabled() {
            return Ok(true);
        }
        match self.users_of(&group.id) {
            Ok(users) => Ok(users.len() == current.len() && users.iter().all(|id| current.contains(id))),
            // Somebody has disabled it.
            Err(error) if error.code == ErrorCode::NotFound => Ok(false),
            Err(error) => Err(error),
        }
    }

    fn write_members(&self, group: &Group, current: &[String], wanted: &[String]) -> Result<()> {
        let id = &group.id;
        if wanted.is_empty() {
            let last = self.disable(id)?;
            // Somebody was put in just now: the group is theirs, and the next round takes out whom it should.
            if last.iter().any(|user| !user.is_empty() && !current.contains(user)) {
                self.enable(id)?;
            }
            return Ok(());
        }
        if !group.is_disabled() {
            return self.replace_users(id, wanted);
        }
        // Enabling brings those back who were in it before; they must not stay.
        self.enable(id)?;
        self.replace_users(id, wanted).inspect_err(|_| {
            if let Err(error) = self.disable(id) {
                log::error!("a user group was enabled and has its former members: {}", error.message; "usergroup" = id);
            }
        })
    }
}

/// Who is in it afterwards: nobody else comes or goes, and who stays keeps the place.
fn merged(current: &[String], add: &[&str], remove: &[&str]) -> Vec<String> {
    let mut wanted: Vec<String> = current.iter().filter(|id| !remove.contains(&id.as_str())).cloned().collect();
    for id in add {
        if !wanted.iter().any(|there| there == id) {
            wanted.push((*id).to_owned());
        }
    }
    wanted
}
