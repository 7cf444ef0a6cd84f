//! A whole connector that lists accounts. In a crate of its own it is `src/lib.rs`, of type `cdylib`, without `main`.

// [connector]
use innkeeper_sdk::prelude::*;
#[derive(serde::Deserialize)]
struct User {
    id: String,
    email: String,
}
struct Example;

impl Connector for Example {
    fn open() -> Result<Self> {
        Ok(Self)
    }
    fn describe(&self) -> Result<Description> {
        Ok(Description::new("email", vec![AttributeSchema::text("email").required().unique()]))
    }
}
impl Accounts for Example {
    fn list(&self, cursor: Option<String>) -> Result<AccountPage> {
        let page = paging::Numbered::at(cursor.as_deref(), 1)?;
        let users: Vec<User> = http::get("/users").query("page", page.0).send()?.error_for_status()?.json()?;
        let account = |user: &User| Account::new(&user.id, &user.email, AccountStatus::Active).with("email", &user.email);
        Ok(AccountPage { items: users.iter().map(account).collect(), next: page.next(!users.is_empty()), total: None })
    }
}
export!(Example: Accounts);
// [/connector]

fn main() {}
