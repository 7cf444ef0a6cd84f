//! Users as accounts.

use crate::Scim;
use crate::array::Op;
use crate::dialect::{Choice, DeleteMeans};
use crate::edit;
use crate::failure;
use crate::filter;
use crate::flatten::{self, Reader};
use crate::listing::{Place, Query};
use crate::patch;
use crate::resource::{Resource, spelling, text};
use crate::schema::Target;
use crate::write::Write;
use innkeeper_sdk::prelude::*;
use serde_json::Value as Json;

/// How many ids go into one filter: some servers cap the length of a URL at 2,000 characters.
const IDS_IN_A_FILTER: usize = 20;

impl Scim {
    fn all_users(&self) -> Query {
        Query { path: self.users(), ..Query::default() }
    }

    /// Reads users, with what the server has beyond what is known.
    fn reader(&self) -> Result<Reader> {
        let mut all = self.known_definitions();
        all.extend(self.custom_definitions()?);
        Ok(Reader::new(all))
    }

    /// One page of users, and what reads them.
    pub(crate) fn users_page(&self, cursor: Option<&str>) -> Result<(crate::listing::Page, Reader)> {
        let mut place: Place = paging::decode(cursor)?;
        let custom = match place.custom.take() {
            Some(custom) => custom,
            None => self.custom_definitions()?,
        };
        let mut page = self.page(&self.all_users(), place)?;
        if let Some(next) = &mut page.next {
            next.custom = Some(custom.clone());
        }
        Ok((page, Reader::new(self.known_definitions().into_iter().chain(custom).collect())))
    }

    /// One page of all users.
    ///
    /// # Errors
    /// `malformed-response` for a user without an id, for a page that repeats, and for an answer that is no listing: what looks like a
    /// short listing would make somebody look as if they were gone.
    pub fn list_users(&self, cursor: Option<&str>) -> Result<AccountPage> {
        let (page, reader) = self.users_page(cursor)?;
        let items = page.resources.iter().map(|user| account(user, &reader)).collect();
        Ok(AccountPage { items, next: page.next.map(|next| paging::encode(&next)).transpose()?, total: page.total })
    }

    /// One user.
    ///
    /// # Errors
    /// `not-found` where there is none.
    pub fn get_user(&self, id: &str) -> Result<Account> {
        let user = self.read(&self.user(id))?;
        Ok(account(&user, &self.reader()?))
    }

    /// Several users, in the order of the ids. By filter where the server has filters. A user that a filter does not find is asked for by itself: that something is not
    /// there is believed only of the thing itself.
    ///
    /// # Errors
    /// Where the server cannot be read; a user that is not there is none.
    pub fn get_users(&self, ids: &[String]) -> Result<Vec<Option<Account>>> {
        let reader = self.reader()?;
        let mut found: Vec<Resource> = Vec::new();
        if ids.len() > 1 {
            let most = usize::try_from(self.dialect.page_length()).unwrap_or(IDS_IN_A_FILTER).clamp(1, IDS_IN_A_FILTER);
            for ids in ids.chunks(most) {
                // One id is better read than filtered for.
                let Some(filter) = self.dialect.filter_for_ids(ids) else { break };
                let query = Query { filter: Some(filter), ..self.all_users() };
                match self.page(&query, Place::default()) {
                    Ok(page) => {
                        let (asked, other): (Vec<_>, Vec<_>) =
                            page.resources.into_iter().partition(|user| ids.contains(&user.id));
                        found.extend(asked);
                        if !other.is_empty() {
                            break;
                        }
                    }
                    Err(error) if failure::refuses(&error) => break,
                    Err(error) => return Err(error),
                }
            }
        }
        ids.iter()
            .map(|id| match found.iter().find(|user| user.id == *id) {
                Some(user) => Ok(Some(account(user, &reader))),
                None => match self.read(&self.user(id)) {
                    Ok(user) => Ok(Some(account(&user, &reader))),
                    Err(error) if error.code == ErrorCode::NotFound => Ok(None),
                    Err(error) => Err(error),
                },
            })
            .collect()
    }

    /// The users that have this value, compared as the attribute's definition says.
    ///
    /// # Errors
    /// `invalid` for an attribute that users do not have.
    pub fn find_users(&self, attribute: &str, value: &str) -> Result<Vec<Account>> {
        let reader = self.reader()?;
        let target = Target::find(attribute, &reader.definitions).ok_or_else(|| {
            Error::invalid(format!("users have no attribute `{attribute}` on this server")).with_field(attribute, "is not known")
        })?;
        let users = self.search(&target, value)?;
        Ok(users.iter().map(|user| account(user, &reader)).collect())
    }

    /// The users with this value. A server that ignores the filter answers with everybody: all pages are read and only those kept
    /// that match. One that refuses the filter is asked for everybody.
    pub(crate) fn search(&self, target: &Target, value: &str) -> Result<Vec<Resource>> {
        let keep = |user: &Resource| filter::matches(&user.object, target, value);
        if let Some(filter) = self.dialect.filter_for(target, value) {
            let query = Query { filter: Some(filter), ..self.all_users() };
            match self.collect(&query, keep) {
                Err(error) if self.dialect.filter == Choice::Auto && failure::refuses(&error) => {
                    log::debug!("the server refuses a filter"; "reason" = error.message);
                }
                answer => return answer,
            }
        }
        self.collect(&self.all_users(), keep)
    }

    /// The known definitions and those of the targets: enough to read an answer by, without asking for the schema.
    pub(crate) fn reader_for(&self, targets: &[Target]) -> Reader {
        let mut all = self.known_definitions();
        for target in targets {
            if Target::find(&target.name(), &all).is_none() {
                all.push(target.definition.clone());
            }
        }
        Reader::new(all)
    }

    /// Edits attributes of a user and touches nothing else.
    ///
    /// # Errors
    /// `invalid` for what is read-only or not an attribute, `conflict` where the user is no longer of the expected version.
    pub fn update_user(&self, id: &str, deltas: &[Delta], intent: &Intent) -> Result<Outcome> {
        let writes = self.writes(deltas)?;
        let targets: Vec<_> = writes.iter().map(|write| write.target.clone()).collect();
        let names: Vec<String> = deltas.iter().map(|delta| delta.name.clone()).collect();
        if writes.is_empty() {
            let user = self.read_expected(id, intent.expected_version.as_deref())?;
            return Ok(Outcome::Already(account(&user, &self.reader_for(&[]))));
        }
        let changed = if self.patches()? {
            match self.patch_user(id, &writes, &names, intent) {
                Err(error) if lacks_patch(&error) => self.put_user(id, &names, intent, &writes, None)?,
                answer => answer?,
            }
        } else {
            self.put_user(id, &names, intent, &writes, None)?
        };
        let account = |user: &Resource| account(user, &self.reader_for(&targets));
        Ok(match changed {
            Changed::Done(user) => Outcome::Done(account(&user)),
            Changed::Already(user) => Outcome::Already(account(&user)),
        })
    }

    fn patch_user(&self, id: &str, writes: &[Write], names: &[String], intent: &Intent) -> Result<Changed> {
        let expected = intent.expected_version.as_deref();
        if !patch::needs_current(writes) {
            let ops = patch::operations(writes, None, &self.dialect);
            match self.send_patch(id, &ops, names, expected) {
                // Something that was to be removed is not there (RFC 7644, section 3.5.2.2): look what is.
                Err(error) if failure::is(&error, "noTarget") => {}
                answer => return answer.map(Changed::Done),
            }
        }
        let current = self.read_expected(id, expected)?;
        let ops = patch::operations(writes, Some(&current), &self.dialect);
        if ops.is_empty() {
            return Ok(Changed::Already(current));
        }
        self.send_patch(id, &ops, names, expected.or(current.version.as_deref())).map(Changed::Done)
    }

    fn send_patch(&self, id: &str, ops: &[Op], names: &[String], version: Option<&str>) -> Result<Resource> {
        let path = self.user(id);
        let response = self.send(self.with_body(http::patch(&path), &self.patch_body(ops), version), names)?;
        self.after(&response, &path)
    }

    /// Reads the user and changes nothing but what is named; all that is not known here stays (RFC 7644, section 3.5.1).
    fn put_user(&self, id: &str, names: &[String], intent: &Intent, writes: &[Write], active: Option<bool>) -> Result<Changed> {
        let current = self.read_expected(id, intent.expected_version.as_deref())?;
        let mut object = current.object.clone();
        for write in writes {
            let before = flatten::values(&object, &write.target);
            edit::set(&mut object, &write.target, &write.edit.values(&before, &write.target));
        }
        if let Some(active) = active {
            let key = spelling(&object, "active");
            object.insert(key, edit::active(active, self.dialect.active_as_string));
        }
        if object == current.object {
            return Ok(Changed::Already(current));
        }
        // The server's own bookkeeping, which is about the state before.
        let meta = spelling(&object, "meta");
        object.remove(&meta);
        for name in &self.dialect.never_sent {
            let known = Target::find(name, &self.known_definitions());
            edit::set(&mut object, &known.unwrap_or_else(|| Target::guess(name, false)), &[]);
        }
        let path = self.user(id);
        let response = self.send(self.with_body(http::put(&path), &Json::Object(object), current.version.as_deref()), names)?;
        self.after(&response, &path).map(Changed::Done)
    }

    /// The user as it is now, if that is the expected version.
    fn read_expected(&self, id: &str, expected: Option<&str>) -> Result<Resource> {
        let user = self.read(&self.user(id))?;
        match (expected.filter(|_| self.dialect.etag), &user.version) {
            (Some(expected), Some(version)) if expected != version => {
                Err(Error::conflict(format!("the account has version {version} and not {expected}: it was changed meanwhile")))
            }
            _ => Ok(user),
        }
    }

    /// Sets `active`.
    ///
    /// # Errors
    /// `unsupported` where the dialect says that users cannot be suspended, or not be active again; `invalid` for any other status.
    pub fn set_user_status(&self, id: &str, status: AccountStatus, intent: &Intent) -> Result<Outcome> {
        let active = match status {
            AccountStatus::Active => true,
            AccountStatus::Suspended => false,
            AccountStatus::Invited | AccountStatus::Gone => {
                return Err(Error::invalid("SCIM can set an account active or suspended, and nothing else"));
            }
        };
        if !self.dialect.suspend.as_ref().is_some_and(|effect| effect.reversible || !active) {
            return Err(Error::unsupported(format!(
                "an account cannot be made {} on this server",
                if active { "active" } else { "inactive" }
            )));
        }
        let reader = self.reader_for(&[]);
        let current = self.read_expected(id, intent.expected_version.as_deref())?;
        if current.active() == Some(active) {
            return Ok(Outcome::Already(account(&current, &reader)));
        }
        let changed = if self.patches()? {
            let value = edit::active(active, self.dialect.active_as_string);
            let ops = [Op::Replace { path: "active".to_owned(), value }];
            match self.send_patch(id, &ops, &[], intent.expected_version.as_deref()) {
                Err(error) if lacks_patch(&error) => self.put_user(id, &[], intent, &[], Some(active))?,
                answer => Changed::Done(answer?),
            }
        } else {
            self.put_user(id, &[], intent, &[], Some(active))?
        };
        Ok(match changed {
            Changed::Done(user) => Outcome::Done(account(&user, &reader)),
            Changed::Already(user) => Outcome::Already(account(&user, &reader)),
        })
    }

    /// Sends DELETE, whatever that means on this server. `already` for a user that is not there, or, where a DELETE only suspends, is
    /// not active.
    ///
    /// # Errors
    /// `unsupported` where the dialect says that users cannot be deleted; `conflict` where the user is no longer of the expected
    /// version.
    pub fn delete_user(&self, id: &str, intent: &Intent) -> Result<Effect> {
        let Some(delete) = &self.dialect.delete else {
            return Err(Error::unsupported("accounts cannot be deleted on this server"));
        };
        let expected = intent.expected_version.as_deref();
        let is_done = || match delete.means {
            DeleteMeans::Removal => Ok(false),
            DeleteMeans::Suspension => Ok(self.read_expected(id, expected)?.active() == Some(false)),
        };
        let send = || self.send(self.if_match(http::delete(self.user(id)), expected), &[]).map(|_| Effect::Done);
        match is_done().and_then(|done| if done { Ok(Effect::Already) } else { send() }) {
            Err(error) if error.code == ErrorCode::NotFound => Ok(Effect::Already),
            answer => answer,
        }
    }
}

/// How an update ended.
enum Changed {
    Done(Resource),
    Already(Resource),
}

/// Whether a PATCH was refused as such, so that nothing was done.
pub(crate) fn lacks_patch(error: &Error) -> bool {
    matches!(error.remote_status, Some(405 | 501))
}

/// A user in the words of the contract.
pub(crate) fn account(user: &Resource, reader: &Reader) -> Account {
    let unique_name = text(&user.object, "userName").unwrap_or_else(|| {
        log::warn!("a user has no userName: its id stands for it"; "id" = user.id);
        user.id.clone()
    });
    Account {
        attributes: reader.attributes(user),
        version: user.version.clone().filter(|version| !version.is_empty()),
        ..Account::new(&user.id, unique_name, AccountStatus::from_active(user.active().unwrap_or(true)))
    }
}
