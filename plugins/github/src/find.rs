//! Single accounts, by id and by attribute.

use crate::account::{EMAILS, Id, Invited, Role, USER_NAME, text};
use crate::members::nobody;
use crate::settings::{Identity, Organization};
use innkeeper_sdk::types::Account;
use innkeeper_sdk::{Error, Result};
use std::collections::HashMap;

/// How many accounts are rather read one by one.
const FEW: usize = 3;

impl Organization {
    pub(crate) fn account(&self, id: &str) -> Result<Account> {
        self.accounts(&[id.to_owned()])?.pop().flatten().ok_or_else(|| nobody(id))
    }

    /// Reads invitations from their listing, since nothing else has them, and many members from theirs as long as that takes fewer
    /// requests than reading each.
    pub(crate) fn accounts(&self, ids: &[String]) -> Result<Vec<Option<Account>>> {
        let mut found: HashMap<String, Account> = HashMap::new();
        let invitations = ids.iter().filter(|id| matches!(Id::parse(id), Id::Invitation(_))).count();
        if invitations > 0 {
            let mut add = |invited: Vec<Invited>| {
                let wanted = invited.into_iter().filter(|invited| ids.contains(&invited.key()));
                found.extend(wanted.map(|invited| (invited.key(), invited.into_account())));
                found.len()
            };
            if add(self.pending()?) < invitations {
                add(self.all_failed()?);
            }
        }
        let members: Vec<&String> = ids.iter().filter(|id| matches!(Id::parse(id), Id::User(_))).collect();
        if members.len() > FEW {
            self.look_through(&members, &mut found)?;
        }
        for id in members {
            if !found.contains_key(id)
                && let Some(account) = self.member(id)?
            {
                found.insert(id.clone(), account);
            }
        }
        Ok(ids.iter().map(|id| found.get(id).cloned()).collect())
    }

    /// Reads listings of members until all are found, or until reading the rest one by one, at two requests each, is shorter.
    fn look_through(&self, ids: &[&String], found: &mut HashMap<String, Account>) -> Result<()> {
        let mut left = ids.len();
        let mut requests = 0;
        for role in Role::ALL {
            let mut next: Option<String> = None;
            loop {
                if left == 0 || requests >= 2 * left {
                    return Ok(());
                }
                requests += 1;
                let page = self.members(role, next.as_deref())?;
                for account in page.items.into_iter().filter(|account| ids.contains(&&account.id)) {
                    left -= usize::from(found.insert(account.id.clone(), account).is_none());
                }
                match page.next {
                    Some(following) => next = Some(following),
                    None => break,
                }
            }
        }
        Ok(())
    }

    /// The member with this number, whatever the login is now.
    fn member(&self, id: &str) -> Result<Option<Account>> {
        let Some(user) = self.user(id)? else { return Ok(None) };
        match self.membership(&user.login)? {
            Some(membership) if membership.is_active() => Ok(Some(user.into_account(membership.role(), None))),
            // Somebody who was invited again is listed as an invitation.
            _ => Ok(None),
        }
    }

    pub(crate) fn find_accounts(&self, attribute: &str, value: &str) -> Result<Vec<Account>> {
        if attribute.eq_ignore_ascii_case(USER_NAME) {
            return Ok(match value.contains('@') {
                // The name of an invitation that went to an address. No login has an @ in it.
                true => self.invited(USER_NAME, value)?,
                false => self.named(value)?,
            });
        }
        if attribute.eq_ignore_ascii_case(EMAILS) {
            let mut found = self.with_email(value)?;
            found.extend(self.invited(EMAILS, value)?);
            return Ok(found);
        }
        Err(Error::unsupported(format!("GitHub does not search members by {attribute}")))
    }

    /// Who has this login: a member, or somebody with a pending invitation.
    pub(crate) fn named(&self, login: &str) -> Result<Vec<Account>> {
        match self.membership(login)? {
            Some(membership) if membership.is_active() => {
                // Names in paths are compared without case, and the membership's own user is null for some credentials.
                let user = self.user_named(login)?.filter(|user| user.login.eq_ignore_ascii_case(login));
                Ok(user.map(|user| user.into_account(membership.role(), None)).into_iter().collect())
            }
            Some(_) => self.invited(USER_NAME, login),
            None => Ok(Vec::new()),
        }
    }

    /// Pending invitations of this person.
    pub(crate) fn invited(&self, attribute: &str, value: &str) -> Result<Vec<Account>> {
        let pending = self.pending()?.into_iter().filter(|invited| invited.is_of(attribute, value));
        Ok(pending.map(Invited::into_account).collect())
    }

    /// The members with this address, as far as GitHub tells addresses.
    pub(crate) fn with_email(&self, address: &str) -> Result<Vec<Account>> {
        let mut found = Vec::new();
        if self.identity == Identity::Login {
            return Ok(found);
        }
        let mut after: Option<String> = None;
        loop {
            let page = self.members_with_emails(after.as_deref())?;
            found.extend(page.items.into_iter().filter(|account| has_email(account, address)));
            match page.next {
                Some(next) => after = Some(next),
                None => return Ok(found),
            }
        }
    }
}

fn has_email(account: &Account, address: &str) -> bool {
    let emails = account.attributes.iter().filter(|attribute| attribute.name == EMAILS).flat_map(|attribute| &attribute.values);
    emails.into_iter().any(|value| text(value).is_some_and(|text| text.eq_ignore_ascii_case(address)))
}
