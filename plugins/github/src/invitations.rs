//! Invitations: pending ones, and those that came to nothing. There is no request for a single one.

use crate::account::Invited;
use crate::api::{self, Page};
use crate::settings::{Join, Organization};
use innkeeper_sdk::types::ErrorCode;
use innkeeper_sdk::{Error, Result};
use std::collections::HashSet;

impl Organization {
    /// One page of those that can still be accepted.
    pub(crate) fn pending_page(&self, next: Option<&str>) -> Result<Page<Invited>> {
        let mut page: Page<Invited> = api::page(api::listing(self.path("/invitations")), next).map_err(unseen)?;
        page.items.retain(Invited::is_for_membership);
        Ok(page)
    }

    /// All that can still be accepted.
    pub(crate) fn pending(&self) -> Result<Vec<Invited>> {
        if self.join == Join::Direct {
            return Ok(Vec::new());
        }
        let mut pending: Vec<Invited> = api::all(|| api::listing(self.path("/invitations"))).map_err(unseen)?;
        pending.retain(Invited::is_for_membership);
        Ok(pending)
    }

    /// All that came to nothing.
    pub(crate) fn all_failed(&self) -> Result<Vec<Invited>> {
        if self.join == Join::Direct {
            return Ok(Vec::new());
        }
        let mut failed: Vec<Invited> = api::all(|| api::listing(self.path("/failed_invitations"))).map_err(unseen)?;
        failed.retain(Invited::is_for_membership);
        Ok(failed)
    }

    /// Those that came to nothing and still matter: only the last of each person, and of nobody who was invited again or has come since as
    /// far as that can be seen: who accepts an invitation that went to an address has a login that it does not tell.
    pub(crate) fn failed(&self) -> Result<Vec<Invited>> {
        let mut failed = self.all_failed()?;
        if failed.is_empty() {
            return Ok(failed);
        }
        let mut seen: HashSet<String> = self.pending()?.iter().map(|invited| invited.name().to_lowercase()).collect();
        // Numbers grow, and the order of the listing is not promised.
        failed.sort_by_key(|invited| std::cmp::Reverse(invited.id));
        failed.retain(|invited| seen.insert(invited.name().to_lowercase()));
        let mut left = Vec::with_capacity(failed.len());
        for invited in failed {
            let member = match invited.login.as_deref().filter(|login| !login.is_empty()) {
                Some(login) => self.membership(login)?.is_some(),
                None => false,
            };
            if !member {
                left.push(invited);
            }
        }
        Ok(left)
    }
}

/// GitHub hides invitations from whoever may not see them, and has none where nobody is invited.
pub(crate) fn unseen(mut error: Error) -> Error {
    if error.code == ErrorCode::NotFound {
        error.code = ErrorCode::PermissionDenied;
        error.message = format!(
            "{}: only owners see invitations, and where nobody is invited (managed users, GitHub Enterprise Server) the setting is \
             join = \"direct\"",
            error.message
        );
    }
    error
}
