//! Everything by which a user is signed in somewhere.

use crate::Workspace;
use crate::api;
use innkeeper_sdk::http::segment;
use innkeeper_sdk::prelude::*;
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(bound(deserialize = "T: Deserialize<'de>"))]
struct Items<T> {
    #[serde(default = "Vec::new")]
    items: Vec<T>,
}

/// What other applications were allowed to do in the user's name.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Token {
    client_id: String,
}

/// A password for one application, which knows no second factor.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ApplicationPassword {
    code_id: i64,
}

impl Workspace {
    /// Ends the sessions first, and then makes worthless what would open new ones. What fails does not keep the rest from being
    /// done; the first failure is the answer.
    pub(crate) fn sign_out_everywhere(&self, account: &str) -> Result<Effect> {
        let user = self.user_path(account);
        let mut failures = Vec::new();
        if let Err(error) = self.send(http::post(format!("{user}/signOut"))) {
            if error.code == ErrorCode::NotFound {
                return Err(error);
            }
            failures.push(error);
        }
        failures.extend(self.revoke_tokens(&user).err());
        failures.extend(self.revoke_application_passwords(&user).err());
        match failures.into_iter().next() {
            None => Ok(Effect::Done),
            Some(error) => Err(error),
        }
    }

    fn revoke_tokens(&self, user: &str) -> Result<()> {
        let tokens: Items<Token> = self.send(http::get(format!("{user}/tokens")))?.json()?;
        let paths = tokens.items.iter().map(|token| format!("{user}/tokens/{}", segment(&token.client_id)));
        self.delete_all(paths)
    }

    fn revoke_application_passwords(&self, user: &str) -> Result<()> {
        let passwords: Items<ApplicationPassword> = self.send(http::get(format!("{user}/asps")))?.json()?;
        self.delete_all(passwords.items.iter().map(|password| format!("{user}/asps/{}", password.code_id)))
    }

    fn delete_all(&self, paths: impl Iterator<Item = String>) -> Result<()> {
        let failed = paths.filter_map(|path| api::deleted(self.send(http::delete(path))).err()).collect::<Vec<_>>();
        match failed.into_iter().next() {
            None => Ok(()),
            Some(error) => Err(error),
        }
    }
}
