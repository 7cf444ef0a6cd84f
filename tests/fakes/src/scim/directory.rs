//! What the server holds, with indexes: every operation but a listing, a filter without index and a removal takes the same time
//! however many there are.

use std::collections::HashMap;

use indexmap::IndexMap;
use jiff::Timestamp;
use serde_json::{Value, json};
use uuid::Uuid;

use super::answer::{Object, Refusal};
use super::path::Target;
use super::schema::ResourceType;

/// The members of a group by `value`, in the order in which they came.
pub(super) type Members = IndexMap<String, Object>;

/// A resource. The members of a group are apart, because a group can have tens of thousands.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Stored {
    pub(super) id: String,
    pub(super) object: Object,
    pub(super) members: Members,
    pub(super) version: u64,
    created: Timestamp,
    modified: Timestamp,
}

impl Stored {
    /// The weak entity tag (RFC 7644, section 3.14).
    pub(super) fn etag(&self) -> String {
        format!("W/\"{}\"", self.version)
    }

    pub(super) fn location(&self, kind: ResourceType, base: &str) -> String {
        format!("{base}/{}/{}", kind.endpoint(), self.id)
    }

    /// The resource as it is shown, all attributes, with its members unless nobody wants them.
    pub(super) fn shown(&self, kind: ResourceType, base: &str, etags: bool, members: bool) -> Object {
        let mut shown = Object::new();
        let extension = kind.extension().filter(|urn| self.object.contains_key(*urn));
        shown.insert("schemas".to_owned(), [kind.schema()].into_iter().chain(extension).collect());
        shown.insert("id".to_owned(), self.id.as_str().into());
        shown.extend(self.object.clone());
        if members && !self.members.is_empty() {
            shown.insert("members".to_owned(), self.members.values().cloned().map(Value::Object).collect());
        }
        let mut meta = json!({
            "resourceType": kind.name(),
            "created": self.created.to_string(),
            "lastModified": self.modified.to_string(),
            "location": self.location(kind, base),
        });
        if etags {
            meta["version"] = self.etag().into();
        }
        shown.insert("meta".to_owned(), meta);
        shown
    }
}

#[derive(Debug, Default)]
pub(super) struct Directory {
    users: IndexMap<String, Stored>,
    groups: IndexMap<String, Stored>,
    user_names: HashMap<String, String>,
    emails: HashMap<String, Vec<String>>,
    external_ids: HashMap<String, Vec<String>>,
    last_version: u64,
    case_sensitive: bool,
}

impl Directory {
    pub(super) fn new(case_sensitive: bool) -> Self {
        Self { case_sensitive, ..Self::default() }
    }

    pub(super) fn folds(&self) -> bool {
        !self.case_sensitive
    }

    fn folded(&self, text: &str) -> String {
        if self.case_sensitive { text.to_owned() } else { text.to_lowercase() }
    }

    pub(super) fn all(&self, kind: ResourceType) -> &IndexMap<String, Stored> {
        match kind {
            ResourceType::User => &self.users,
            ResourceType::Group => &self.groups,
        }
    }

    fn all_mut(&mut self, kind: ResourceType) -> &mut IndexMap<String, Stored> {
        match kind {
            ResourceType::User => &mut self.users,
            ResourceType::Group => &mut self.groups,
        }
    }

    pub(super) fn get(&self, kind: ResourceType, id: &str) -> Result<&Stored, Refusal> {
        self.all(kind).get(id).ok_or_else(|| Refusal::not_found(kind.name(), id))
    }

    pub(super) fn user_named(&self, name: &str) -> Option<&Stored> {
        self.users.get(self.user_names.get(&self.folded(name))?)
    }

    pub(super) fn create(&mut self, kind: ResourceType, object: Object, members: Members) -> Result<&Stored, Refusal> {
        let id = Uuid::new_v4().simple().to_string();
        self.check_unique(kind, &id, &object)?;
        let now = Timestamp::now();
        let version = self.bump();
        let stored = Stored { id: id.clone(), object, members, version, created: now, modified: now };
        self.index(kind, &stored);
        Ok(self.all_mut(kind).entry(id).insert_entry(stored).into_mut())
    }

    /// Puts a new state in the place of the old one. A state that is equal keeps its version.
    pub(super) fn replace(
        &mut self,
        kind: ResourceType,
        id: &str,
        object: Object,
        members: Option<Members>,
    ) -> Result<&Stored, Refusal> {
        let old = self.get(kind, id)?;
        let same = old.object == object && members.as_ref().is_none_or(|members| *members == old.members);
        if !same {
            self.check_unique(kind, id, &object)?;
            let old = self.get(kind, id)?;
            let mut new = Stored { object, modified: Timestamp::now(), ..old.clone_without_members() };
            let old_keys = Keys::of(kind, old, |text| self.folded(text));
            self.forget(id, old_keys);
            new.version = self.bump();
            self.index(kind, &new);
            let slot = self.all_mut(kind).get_mut(id).expect("it was there a moment ago");
            new.members = members.unwrap_or_else(|| std::mem::take(&mut slot.members));
            *slot = new;
        }
        self.get(kind, id)
    }

    /// Edits the members in place, which takes no time for the others. Says a new version only when something changed.
    pub(super) fn edit_members(&mut self, id: &str, edit: impl FnOnce(&mut Members) -> bool) -> Result<(), Refusal> {
        self.get(ResourceType::Group, id)?;
        let version = self.last_version + 1;
        let group = self.groups.get_mut(id).expect("it was there a moment ago");
        if edit(&mut group.members) {
            group.version = version;
            group.modified = Timestamp::now();
            self.last_version = version;
        }
        Ok(())
    }

    pub(super) fn delete(&mut self, kind: ResourceType, id: &str) -> Result<(), Refusal> {
        let stored = self.get(kind, id)?;
        let keys = Keys::of(kind, stored, |text| self.folded(text));
        self.forget(id, keys);
        self.all_mut(kind).shift_remove(id);
        let holders: Vec<_> = self.groups.values().filter(|group| group.members.contains_key(id)).map(|g| g.id.clone()).collect();
        for group in holders {
            self.edit_members(&group, |members| members.shift_remove(id).is_some())?;
        }
        Ok(())
    }

    /// Answers `ATTRIBUTE eq "TEXT"` for the attributes that are indexed; none for the others.
    pub(super) fn find(&self, kind: ResourceType, target: &Target, text: &str) -> Option<Vec<&Stored>> {
        let name = target.attribute?.name;
        let found = |ids: Option<&Vec<String>>| ids.into_iter().flatten().filter_map(|id| self.users.get(id)).collect();
        let part = target.part.map(|part| part.name);
        match (kind, target.extension, name, part) {
            (_, None, "id", None) => Some(self.all(kind).get(text).into_iter().collect()),
            (ResourceType::User, None, "userName", None) => Some(self.user_named(text).into_iter().collect()),
            (ResourceType::User, None, "emails", None | Some("value")) => Some(found(self.emails.get(&self.folded(text)))),
            (ResourceType::User, None, "externalId", None) => Some(found(self.external_ids.get(text))),
            _ => None,
        }
    }

    fn check_unique(&self, kind: ResourceType, id: &str, object: &Object) -> Result<(), Refusal> {
        if kind == ResourceType::User
            && let Some(name) = object.get("userName").and_then(Value::as_str)
            && self.user_named(name).is_some_and(|other| other.id != id)
        {
            return Err(Refusal::uniqueness("userName"));
        }
        Ok(())
    }

    fn bump(&mut self) -> u64 {
        self.last_version += 1;
        self.last_version
    }

    fn index(&mut self, kind: ResourceType, stored: &Stored) {
        let keys = Keys::of(kind, stored, |text| self.folded(text));
        if let Some(name) = keys.user_name {
            self.user_names.insert(name, stored.id.clone());
        }
        for email in keys.emails {
            self.emails.entry(email).or_default().push(stored.id.clone());
        }
        if let Some(external_id) = keys.external_id {
            self.external_ids.entry(external_id).or_default().push(stored.id.clone());
        }
    }

    fn forget(&mut self, id: &str, keys: Keys) {
        if let Some(name) = keys.user_name {
            self.user_names.remove(&name);
        }
        for (index, keys) in [(&mut self.emails, keys.emails), (&mut self.external_ids, keys.external_id.into_iter().collect())] {
            for key in keys {
                if let Some(ids) = index.get_mut(&key) {
                    ids.retain(|other| other != id);
                    if ids.is_empty() {
                        index.remove(&key);
                    }
                }
            }
        }
    }
}

impl Stored {
    fn clone_without_members(&self) -> Self {
        Self {
            id: self.id.clone(),
            object: Object::new(),
            members: Members::new(),
            version: self.version,
            created: self.created,
            modified: self.modified,
        }
    }
}

/// What a user is found by. Empty for a group.
struct Keys {
    user_name: Option<String>,
    emails: Vec<String>,
    external_id: Option<String>,
}

impl Keys {
    fn of(kind: ResourceType, stored: &Stored, folded: impl Fn(&str) -> String) -> Self {
        if kind == ResourceType::Group {
            return Self { user_name: None, emails: Vec::new(), external_id: None };
        }
        let text = |name: &str| stored.object.get(name).and_then(Value::as_str);
        let emails = stored.object.get("emails").and_then(Value::as_array).into_iter().flatten();
        let mut emails: Vec<_> = emails.filter_map(|email| Some(folded(email.get("value")?.as_str()?))).collect();
        emails.sort();
        emails.dedup();
        Self { user_name: text("userName").map(&folded), emails, external_id: text("externalId").map(str::to_owned) }
    }
}
