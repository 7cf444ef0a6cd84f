//! Accounts, page after page: members, then invitations, then those that came to nothing.

use crate::account::{Invited, Role};
use crate::api::Page;
use crate::settings::{Identity, Join, Organization};
use innkeeper_sdk::types::{Account, AccountPage};
use innkeeper_sdk::{Result, paging};
use serde::{Deserialize, Serialize};

/// What is being listed.
#[derive(Clone, Copy, Default, Serialize, Deserialize, PartialEq, Eq)]
enum Stage {
    /// Members, the role of which a filter tells: owners first.
    #[default]
    Owners,
    /// The others; or all, where GraphQL tells the role with each.
    Members,
    Invitations,
    Failed,
}

#[derive(Default, Serialize, Deserialize)]
struct Place {
    stage: Stage,
    next: Option<String>,
}

impl Organization {
    /// A page of accounts. Goes on to the next kind where one has none, so that no page is empty but the last.
    pub(crate) fn list_accounts(&self, cursor: Option<&str>) -> Result<AccountPage> {
        let Place { mut stage, next: mut at } = paging::decode(cursor)?;
        loop {
            let Page { items, next } = self.stage(stage, at.as_deref())?;
            let place = match next {
                Some(next) => Some(Place { stage, next: Some(next) }),
                None => self.after(stage).map(|stage| Place { stage, next: None }),
            };
            let Some(place) = place else { return Ok(AccountPage { items, next: None, total: None }) };
            if !items.is_empty() {
                return Ok(AccountPage { items, next: Some(paging::encode(&place)?), total: None });
            }
            (stage, at) = (place.stage, place.next);
        }
    }

    fn stage(&self, stage: Stage, at: Option<&str>) -> Result<Page<Account>> {
        let accounts = |invited: Vec<Invited>| invited.into_iter().map(Invited::into_account).collect();
        match (stage, self.identity) {
            (Stage::Owners, Identity::Login) => self.members(Role::Admin, at),
            (Stage::Members, Identity::Login) => self.members(Role::Member, at),
            (Stage::Owners, _) => Ok(Page { items: Vec::new(), next: None }),
            (Stage::Members, _) => self.members_with_emails(at),
            (Stage::Invitations, _) => self.pending_page(at).map(|page| Page { items: accounts(page.items), next: page.next }),
            (Stage::Failed, _) => Ok(Page { items: accounts(self.failed()?), next: None }),
        }
    }

    fn after(&self, stage: Stage) -> Option<Stage> {
        match stage {
            Stage::Owners => Some(Stage::Members),
            Stage::Members if self.join == Join::Invitation => Some(Stage::Invitations),
            Stage::Invitations => Some(Stage::Failed),
            Stage::Members | Stage::Failed => None,
        }
    }
}
