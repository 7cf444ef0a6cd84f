//! Listings that never end well.

use crate::deed::Pages;
use innkeeper_sdk::prelude::*;
use innkeeper_sdk::system;

pub(crate) fn page(kind: Pages, cursor: Option<String>) -> Result<AccountPage> {
    let number: u32 = cursor.as_deref().and_then(|cursor| cursor.trim().parse().ok()).unwrap_or(0);
    let next = (number + 1).to_string();
    Ok(match kind {
        Pages::Endless => one(&number.to_string(), next),
        Pages::Hollow => AccountPage { items: vec![], next: Some(next), total: None },
        Pages::Repeated => one("again", next),
        Pages::Circle => one(&format!("{:?}", system::random(8)), ((number + 1) % 2).to_string()),
        Pages::Invalid if number > 0 => return Err(Error::invalid("the cursor is not of this listing")),
        Pages::Invalid => one("0", next),
        Pages::Heavy => one(&number.to_string(), next + &" ".repeat(1 << 20)),
    })
}

fn one(id: &str, next: String) -> AccountPage {
    AccountPage { items: vec![Account::new(id, id, AccountStatus::Active)], next: Some(next), total: None }
}
