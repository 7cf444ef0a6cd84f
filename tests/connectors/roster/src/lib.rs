//! A connector that lists accounts and nothing else: `GET /members` answers with all of them in one page.
//!
//! It is small, so that what is measured with it is what a call costs, and what it does can be done natively and with another plugin
//! host in the same way.

mod member;

use innkeeper_sdk::prelude::*;

pub use member::{Member, read};

/// The connector; one a call.
pub struct Roster;

fn account(member: Member) -> Account {
    let attributes = vec![
        Attribute::text("userName", &member.user_name),
        Attribute::text("name.givenName", member.given_name),
        Attribute::text("name.familyName", member.family_name),
        Attribute::text("displayName", member.display_name),
        Attribute::text("emails", member.email),
        Attribute::text("title", member.title),
        Attribute::text("department", member.department),
    ];
    Account { attributes, ..Account::new(member.id, member.user_name, AccountStatus::Active) }
}

impl Connector for Roster {
    fn open() -> Result<Self> {
        Ok(Self)
    }

    fn describe(&self) -> Result<Description> {
        log::debug!("described"; "why" = "a line of log in every call");
        let names = ["userName", "name.givenName", "name.familyName", "displayName", "emails", "title", "department"];
        Ok(Description::new("userName", names.map(AttributeSchema::text).to_vec()))
    }
}

impl Accounts for Roster {
    fn list(&self, _: Option<String>) -> Result<AccountPage> {
        let response = http::get("/members").send()?.error_for_status()?;
        let members = read(response.bytes()).map_err(|error| Error::malformed(error.to_string()))?;
        let total = u32::try_from(members.len()).ok();
        Ok(AccountPage { items: members.into_iter().map(account).collect(), next: None, total })
    }
}

export!(Roster: Accounts);
