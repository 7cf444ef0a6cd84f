//! A small well-behaved connector: users, groups, sessions and people of a JSON directory.
//!
//! | request | answer |
//! |---|---|
//! | `GET /users?page=N` | `{"users": [user], "total": N}`, an empty list after the last page |
//! | `GET /users/ID` | a user, or 404 |
//! | `POST /users`, `PATCH /users/ID` | the user as it now is |
//! | `DELETE /users/ID` | 204, or 404 |
//! | `PUT`, `DELETE /groups/ID/members/ID` | 204 |
//!
//! A user is `{"id", "login", "active", "title", "started"}`.

use innkeeper_sdk::prelude::*;
use serde::{Deserialize, Serialize};

struct Directory {
    settings: Settings,
}

#[derive(Deserialize)]
struct Settings {
    /// Users without this title are not listed; empty for all.
    #[serde(default)]
    title: String,
}

#[derive(Deserialize)]
struct Users {
    users: Vec<User>,
    total: u32,
}

#[derive(Clone, Deserialize, Serialize)]
struct User {
    id: String,
    login: String,
    active: bool,
    title: Option<String>,
    started: Option<String>,
}

/// What a write sends: what it does not name stays.
#[derive(Default, Serialize)]
struct Edits {
    #[serde(skip_serializing_if = "Option::is_none")]
    login: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    active: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<Option<String>>,
    /// With the case of the contract's scalar in front: `date-time 2026-01-01`.
    #[serde(skip_serializing_if = "Option::is_none")]
    started: Option<Option<String>>,
}

impl User {
    fn attributes(&self) -> Vec<Attribute> {
        let optional = |name: &str, value: &Option<String>, scalar: fn(String) -> Scalar| {
            Attribute::new(name, value.iter().cloned().map(scalar).map(Value::new).collect())
        };
        vec![
            Attribute::text("userName", &self.login),
            optional("title", &self.title, Scalar::Text),
            optional("startDate", &self.started, Scalar::DateTime),
        ]
    }

    fn account(self) -> Account {
        let attributes = self.attributes();
        Account { attributes, ..Account::new(self.id, self.login, AccountStatus::from_active(self.active)) }
    }

    fn person(self) -> Person {
        Person { attributes: self.attributes(), active: Some(self.active), id: self.id, restricted: vec![], extra: vec![] }
    }
}

impl Edits {
    fn set(&mut self, name: &str, values: &[Value]) -> Result<()> {
        let value = values.first().map(|value| match &value.scalar {
            Scalar::Text(text) => Ok(text.clone()),
            Scalar::DateTime(text) => Ok(format!("date-time {text}")),
            _ => Err(Error::invalid(format!("{name} is text")).with_field(name, "is not text")),
        });
        let value = value.transpose()?;
        match name {
            "userName" => self.login = value,
            "title" => self.title = Some(value),
            "startDate" => self.started = Some(value),
            _ => return Err(Error::invalid(format!("there is no attribute {name}")).with_field(name, "does not exist")),
        }
        Ok(())
    }
}

impl Directory {
    fn page(&self, cursor: Option<String>) -> Result<(Vec<User>, Option<String>, u32)> {
        let page = paging::Numbered::at(cursor.as_deref(), 1)?;
        let found: Users = http::get("/users").query("page", page.0).send()?.error_for_status()?.json()?;
        let next = page.next(!found.users.is_empty());
        let wanted = |user: &User| self.settings.title.is_empty() || user.title.as_deref() == Some(&self.settings.title);
        Ok((found.users.into_iter().filter(wanted).collect(), next, found.total))
    }
}

fn user(id: &str) -> String {
    format!("/users/{}", http::segment(id))
}

fn member(holder: &Holder, entitlement: &EntitlementKey) -> Result<String> {
    match holder {
        Holder::Account(id) => Ok(format!("/groups/{}/members/{}", http::segment(&entitlement.id), http::segment(id))),
        Holder::Entitlement(_) => Err(Error::unsupported("groups do not nest here")),
    }
}

impl Connector for Directory {
    fn open() -> Result<Self> {
        Ok(Self { settings: config()? })
    }

    fn describe(&self) -> Result<Description> {
        let attributes = vec![
            AttributeSchema::text("userName").required().unique(),
            AttributeSchema::text("title"),
            AttributeSchema::new("startDate", AttributeType::DateTime),
        ];
        let effect = LifecycleEffect { reversible: true, keeps_data: true, frees_seat: false, keeps_grants: true, note: None };
        Ok(Description {
            entitlement_kinds: vec![EntitlementKind::new("group")],
            settable_statuses: vec![AccountStatus::Active, AccountStatus::Suspended],
            suspend: Some(effect),
            quirks: Quirks::FIND_LISTS,
            ..Description::new("userName", attributes)
        })
    }

    fn probe(&self) -> Result<Status> {
        self.page(None)?;
        Ok(Status { abilities: vec![Ability::missing("accounts.find", "the directory cannot search")], ..Status::default() })
    }
}

impl Accounts for Directory {
    fn list(&self, cursor: Option<String>) -> Result<AccountPage> {
        let (users, next, total) = self.page(cursor)?;
        Ok(AccountPage { items: users.into_iter().map(User::account).collect(), next, total: Some(total) })
    }

    fn get(&self, id: &str) -> Result<Account> {
        Ok(http::get(user(id)).send()?.error_for_status()?.json::<User>()?.account())
    }

    fn create(&self, draft: Draft, intent: Intent) -> Result<Outcome> {
        let mut edits = Edits { login: Some(draft.unique_name), ..Edits::default() };
        for attribute in &draft.attributes {
            edits.set(&attribute.name, &attribute.values)?;
        }
        let request = http::post("/users").header("idempotency-key", intent.id).json(&edits);
        Ok(Outcome::Done(request.send()?.error_for_status()?.json::<User>()?.account()))
    }

    fn update(&self, id: &str, deltas: Vec<Delta>, _: Intent) -> Result<Outcome> {
        let mut edits = Edits::default();
        for delta in &deltas {
            match &delta.edit {
                Edit::Replace(values) => edits.set(&delta.name, values)?,
                Edit::Clear => edits.set(&delta.name, &[])?,
                Edit::Amend(_) => return Err(Error::invalid("no attribute here has several values")),
            }
        }
        Ok(Outcome::Done(http::patch(user(id)).json(&edits).send()?.error_for_status()?.json::<User>()?.account()))
    }

    fn set_status(&self, id: &str, status: AccountStatus, _: Intent) -> Result<Outcome> {
        let edits = Edits { active: Some(status == AccountStatus::Active), ..Edits::default() };
        Ok(Outcome::Done(http::patch(user(id)).json(&edits).send()?.error_for_status()?.json::<User>()?.account()))
    }

    fn delete(&self, id: &str, _: Intent) -> Result<Effect> {
        let response = http::delete(user(id)).send()?;
        if response.status() == 404 {
            return Ok(Effect::Already);
        }
        response.error_for_status()?;
        Ok(Effect::Done)
    }
}

impl Entitlements for Directory {
    fn grant(&self, holder: Holder, entitlement: EntitlementKey, _: Intent) -> Result<Effect> {
        http::put(member(&holder, &entitlement)?).send()?.error_for_status()?;
        Ok(Effect::Done)
    }

    fn revoke(&self, holder: Holder, entitlement: EntitlementKey, _: Intent) -> Result<Effect> {
        http::delete(member(&holder, &entitlement)?).send()?.error_for_status()?;
        Ok(Effect::Done)
    }
}

impl People for Directory {
    fn list(&self, cursor: Option<String>) -> Result<PersonPage> {
        let (users, next, total) = self.page(cursor)?;
        Ok(PersonPage { items: users.into_iter().map(User::person).collect(), next, total: Some(total) })
    }
}

export!(Directory: Accounts, Entitlements, People);
