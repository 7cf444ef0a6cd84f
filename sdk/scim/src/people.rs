//! Users as people: SCIM as a source.

use crate::Scim;
use crate::standard::ENTERPRISE;
use innkeeper_sdk::prelude::*;

impl Scim {
    /// One page of all users, as people: with short names for the attributes of the enterprise extension.
    ///
    /// # Errors
    /// As [`Scim::list_users`].
    pub fn list_people(&self, cursor: Option<&str>) -> Result<PersonPage> {
        let (page, reader) = self.users_page(cursor)?;
        let person = |user: &crate::resource::Resource| Person {
            id: user.id.clone(),
            attributes: reader.attributes(user).into_iter().map(short).collect(),
            active: user.active(),
            restricted: Vec::new(),
            extra: Vec::new(),
        };
        let items = page.resources.iter().map(person).collect();
        Ok(PersonPage { items, next: page.next.map(|next| paging::encode(&next)).transpose()?, total: page.total })
    }
}

/// A person's enterprise attributes are called `department` in rules, without the URN.
fn short(attribute: Attribute) -> Attribute {
    match attribute.name.strip_prefix(ENTERPRISE).and_then(|name| name.strip_prefix(':')) {
        Some(name) => Attribute { name: name.to_owned(), ..attribute },
        None => attribute,
    }
}
