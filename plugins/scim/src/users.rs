//! Users as accounts.

use crate::Scim;
use crate::array::Op;
use crate::edit;
use crate::failure;
use crate::filter;
use crate::flatten::{self, Reader};
use crate::listing::{Place, Query};
use crate::patch;
use crate::resource::{Resource, spelling, text};
use crate::schema::Target;
use crate::settings::Choice;
use crate::standard::{self, USER};
use crate::write::Write;
use innkeeper_sdk::prelude::*;
use serde_json::{Value as Json, json};

/// How many ids go into one filter: some servers cap the length of a URL at 2,000 characters.
const IDS_IN_A_FILTER: usize = 20;

impl Scim {
    fn all_users(&self) -> Query {
        Query { path: self.settings.quirks.users.clone(), ..Query::default() }
    }

    /// Reads users, with what the server has beyond the standard.
    fn reader(&self) -> Result<Reader> {
        let mut all = standard::definitions();
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
        Ok((page, Reader::new(standard::definitions().into_iter().chain(custom).collect())))
    }

    pub(crate) fn list_users(&self, cursor: Option<&str>) -> Result<AccountPage> {
        let (page, reader) = self.users_page(cursor)?;
        let items = page.resources.iter().map(|user| account(user, &reader)).collect();
        Ok(AccountPage { items, next: page.next.map(|next| paging::encode(&next)).transpose()?, total: page.total })
    }

    pub(crate) fn get_user(&self, id: &str) -> Result<Account> {
        let user = self.read(&self.user(id))?;
        Ok(account(&user, &self.reader()?))
    }

    /// By filter where the server has filters. An account that a filter does not find is asked for by itself: that something is not
    /// there is believed only of the thing itself.
    pub(crate) fn get_users(&self, ids: &[String]) -> Result<Vec<Option<Account>>> {
        let reader = self.reader()?;
        let mut found: Vec<Resource> = Vec::new();
        if self.settings.quirks.filter != Choice::No && ids.len() > 1 {
            let most = usize::try_from(self.settings.page_size).unwrap_or(IDS_IN_A_FILTER).clamp(1, IDS_IN_A_FILTER);
            for ids in ids.chunks(most) {
                let filter: Vec<_> = ids.iter().map(|id| format!("id eq {}", filter::quoted(id))).collect();
                let query = Query { filter: Some(filter.join(" or ")), ..self.all_users() };
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

    pub(crate) fn find_users(&self, attribute: &str, value: &str) -> Result<Vec<Account>> {
        let reader = self.reader()?;
        let target = Target::find(attribute, &reader.definitions).ok_or_else(|| {
            Error::invalid(format!("users have no attribute `{attribute}` on this server")).with_field(attribute, "is not known")
        })?;
        let users = self.search(&target, value)?;
        Ok(users.iter().map(|user| account(user, &reader)).collect())
    }

    /// The users with this value. A server that ignores the filter answers with everybody: all pages are read and only those kept
    /// that match. One that refuses the filter is asked for everybody.
    fn search(&self, target: &Target, value: &str) -> Result<Vec<Resource>> {
        let keep = |user: &Resource| filter::matches(&user.object, target, value);
        if self.settings.quirks.filter != Choice::No {
            let query = Query { filter: Some(filter::equal(target, value)), ..self.all_users() };
            match self.collect(&query, keep) {
                Err(error) if self.settings.quirks.filter == Choice::Auto && failure::refuses(&error) => {
                    log::debug!("the server refuses a filter"; "reason" = error.message);
                }
                answer => return answer,
            }
        }
        self.collect(&self.all_users(), keep)
    }

    pub(crate) fn create_user(&self, draft: &Draft) -> Result<Outcome> {
        let names = draft.attributes.iter().map(|attribute| (attribute.name.as_str(), attribute.values.len()));
        let targets = self.targets(names)?;
        let mut body = json!({ "schemas": [USER] }).as_object().cloned().unwrap_or_default();
        for (target, attribute) in targets.iter().zip(&draft.attributes) {
            edit::set(&mut body, target, &attribute.values);
        }
        body.insert("userName".to_owned(), Json::String(draft.unique_name.clone()));
        body.insert("active".to_owned(), edit::active(true, self.settings.quirks.active_as_string));

        let mut names: Vec<String> = draft.attributes.iter().map(|attribute| attribute.name.clone()).collect();
        names.push("userName".to_owned());
        let request = self.with_body(http::post(&self.settings.quirks.users), &Json::Object(body), None);
        let response = self.send(request, &names)?;
        let user = Resource::of_response(&response).or_else(|_| self.created(draft, response.header("location")))?;
        Ok(Outcome::Done(account(&user, &self.reader_for(&targets))))
    }

    /// The user that was created by a server that does not answer with it.
    fn created(&self, draft: &Draft, location: Option<&str>) -> Result<Resource> {
        let id = location.and_then(|location| location.trim_end_matches('/').rsplit('/').next());
        if let Some(user) = id.and_then(|id| self.read(&format!("{}/{id}", self.settings.quirks.users)).ok()) {
            return Ok(user);
        }
        let target = Target::guess("userName", false);
        let mut found = self.search(&target, &draft.unique_name).map_err(failure::after_write)?;
        match (found.pop(), found.is_empty()) {
            (Some(user), true) => Ok(user),
            _ => Err(failure::after_write(Error::malformed("it answered without the user, and does not find it by its name"))),
        }
    }

    /// The standard definitions and those of the targets: enough to read an answer by, without asking for the schema.
    fn reader_for(&self, targets: &[Target]) -> Reader {
        let mut all = standard::definitions();
        for target in targets {
            if Target::find(&target.name(), &all).is_none() {
                all.push(target.definition.clone());
            }
        }
        Reader::new(all)
    }

    pub(crate) fn update_user(&self, id: &str, deltas: &[Delta], intent: &Intent) -> Result<Outcome> {
        let writes = self.writes(deltas)?;
        let targets: Vec<_> = writes.iter().map(|write| write.target.clone()).collect();
        let names: Vec<String> = deltas.iter().map(|delta| delta.name.clone()).collect();
        if writes.is_empty() {
            let user = self.read_expected(id, intent.expected_version.as_deref())?;
            return Ok(Outcome::Already(account(&user, &Reader::new(standard::definitions()))));
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
            let ops = patch::operations(writes, None);
            match self.send_patch(id, &ops, names, expected) {
                // Something that was to be removed is not there (RFC 7644, section 3.5.2.2): look what is.
                Err(error) if failure::is(&error, "noTarget") => {}
                answer => return answer.map(Changed::Done),
            }
        }
        let current = self.read_expected(id, expected)?;
        let ops = patch::operations(writes, Some(&current));
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
            object.insert(key, edit::active(active, self.settings.quirks.active_as_string));
        }
        if object == current.object {
            return Ok(Changed::Already(current));
        }
        // The server's own bookkeeping, which is about the state before.
        let meta = spelling(&object, "meta");
        object.remove(&meta);
        let path = self.user(id);
        let response = self.send(self.with_body(http::put(&path), &Json::Object(object), current.version.as_deref()), names)?;
        self.after(&response, &path).map(Changed::Done)
    }

    /// The user as it is now, if that is the expected version.
    fn read_expected(&self, id: &str, expected: Option<&str>) -> Result<Resource> {
        let user = self.read(&self.user(id))?;
        match (expected.filter(|_| self.settings.quirks.etag), &user.version) {
            (Some(expected), Some(version)) if expected != version => {
                Err(Error::conflict(format!("the account has version {version} and not {expected}: it was changed meanwhile")))
            }
            _ => Ok(user),
        }
    }

    pub(crate) fn set_user_status(&self, id: &str, status: AccountStatus, intent: &Intent) -> Result<Outcome> {
        let active = match status {
            AccountStatus::Active => true,
            AccountStatus::Suspended => false,
            AccountStatus::Invited | AccountStatus::Gone => {
                return Err(Error::invalid("SCIM can set an account active or suspended, and nothing else"));
            }
        };
        let reader = Reader::new(standard::definitions());
        let current = self.read_expected(id, intent.expected_version.as_deref())?;
        if current.active() == Some(active) {
            return Ok(Outcome::Already(account(&current, &reader)));
        }
        let changed = if self.patches()? {
            let value = edit::active(active, self.settings.quirks.active_as_string);
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

    pub(crate) fn delete_user(&self, id: &str, intent: &Intent) -> Result<Effect> {
        let request = self.if_match(http::delete(self.user(id)), intent.expected_version.as_deref());
        match self.send(request, &[]) {
            Ok(_) => Ok(Effect::Done),
            Err(error) if error.code == ErrorCode::NotFound => Ok(Effect::Already),
            Err(error) => Err(error),
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
fn account(user: &Resource, reader: &Reader) -> Account {
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
