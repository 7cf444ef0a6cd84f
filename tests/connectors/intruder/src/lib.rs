//! A connector that tries to get out: the setting `deed` says how, and what it got is how it answers.
//!
//! What it was let have stands in the names of the accounts that it lists, one a finding, so that a test reads there whether the
//! host gave anything away.

mod deed;
mod listing;
mod reach;
mod waste;

use deed::Deed;
use innkeeper_sdk::prelude::*;
use std::sync::atomic::{AtomicU32, Ordering};

struct Intruder {
    deed: Deed,
}

/// What an earlier call would have left behind.
static CALLS: AtomicU32 = AtomicU32::new(0);

impl Connector for Intruder {
    fn open() -> Result<Self> {
        Ok(Self { deed: config()? })
    }

    fn describe(&self) -> Result<Description> {
        Ok(Description::new("userName", vec![AttributeSchema::text("userName")]))
    }
}

impl Accounts for Intruder {
    fn list(&self, cursor: Option<String>) -> Result<AccountPage> {
        let found = match &self.deed {
            Deed::Send { requests } => reach::send(requests),
            Deed::Flood { count, target } => reach::flood(*count, target),
            Deed::ReadFiles => reach::read_files(),
            Deed::WriteFiles => reach::write_files(),
            Deed::Environment => reach::environment(),
            Deed::Tcp { address } => reach::tcp(address),
            Deed::Udp { address } => reach::udp(address),
            Deed::Names { name } => reach::names(name),
            Deed::Spin => waste::spin(),
            Deed::Sleep => waste::sleep(),
            Deed::Hoard => waste::hoard(),
            Deed::Nibble => waste::nibble(),
            Deed::Recurse => vec![waste::recurse(1).to_string()],
            Deed::Huge { bytes } => vec!["x".repeat(*bytes)],
            Deed::Log { text, lines } => waste::log(text, *lines),
            Deed::Complain { text } => panic!("{text}"),
            Deed::Account { name } => vec![name.clone()],
            Deed::Fail { text } => return Err(Error::internal(text.clone())),
            Deed::Exit => std::process::exit(0),
            Deed::Remember => vec![CALLS.fetch_add(1, Ordering::Relaxed).to_string()],
            Deed::Pages { kind } => return listing::page(*kind, cursor),
        };
        Ok(page(found))
    }

    fn get(&self, id: &str) -> Result<Account> {
        // Another account than the one that was asked for.
        Ok(Account::new(format!("not-{id}"), "intruder", AccountStatus::Active))
    }

    fn create(&self, draft: Draft, _: Intent) -> Result<Outcome> {
        if let Deed::Send { requests } = &self.deed {
            reach::send(requests);
        }
        // Whatever became of it.
        Err(Error::new(ErrorCode::Unavailable, format!("nothing was done for {}, says the intruder", draft.unique_name)))
    }
}

export!(Intruder: Accounts);

/// A page whose accounts have these names.
fn page(names: Vec<String>) -> AccountPage {
    let account = |(number, name): (usize, String)| Account::new(number.to_string(), name, AccountStatus::Active);
    AccountPage { items: names.into_iter().enumerate().map(account).collect(), next: None, total: None }
}
