//! What works now: each API is asked for something small.
//!
//! Only reads are tried. A scope that allows reading alone is not told from one that allows writing.

use crate::Workspace;
use crate::settings::Kind;
use innkeeper_sdk::prelude::*;

/// The operations that one API is needed for, and the scope that it wants.
struct Api {
    scope: &'static str,
    operations: &'static [&'static str],
}

const USERS: Api = Api {
    scope: "admin.directory.user",
    operations: &[
        "accounts.list",
        "accounts.get",
        "accounts.find",
        "accounts.create",
        "accounts.update",
        "accounts.set-status",
        "accounts.delete",
    ],
};
const ENTITLEMENTS: &[&str] = &["entitlements.list", "entitlements.list-grants", "entitlements.grant", "entitlements.revoke"];
const SESSIONS: Api = Api { scope: "admin.directory.user.security", operations: &["sessions.revoke-all"] };
const TRANSFERS: Api = Api { scope: "admin.datatransfer", operations: &["ownership.transfer"] };

impl Workspace {
    /// # Errors
    /// Whatever keeps everything from being known: wrong credentials, no connection, too many requests.
    pub(crate) fn status(&self) -> Result<Status> {
        let mut abilities = Vec::new();
        let users = self.users(1, None);
        let refusal = refused(users.as_ref(), USERS.scope)?;
        abilities.extend(USERS.operations.iter().map(|operation| ability(operation, refusal.as_deref())));
        let user = users.ok().and_then(|(users, _)| users.into_iter().next());

        let refusals = self.entitlement_refusals(user.as_ref().and_then(|user| user.customer()))?;
        let refusal = (!refusals.is_empty()).then(|| refusals.join("; "));
        abilities.extend(ENTITLEMENTS.iter().map(|operation| ability(operation, refusal.as_deref())));

        // The one thing there is to read with this scope is of one user.
        if let Some(user) = &user {
            let tokens = self.send(http::get(format!("{}/tokens", self.user_path(&user.id))));
            let refusal = refused(tokens.as_ref(), SESSIONS.scope)?;
            abilities.extend(SESSIONS.operations.iter().map(|operation| ability(operation, refusal.as_deref())));
        }
        let refusal = refused(self.look_at_transfers().as_ref(), TRANSFERS.scope)?;
        abilities.extend(TRANSFERS.operations.iter().map(|operation| ability(operation, refusal.as_deref())));

        let system = match user.as_ref().and_then(|user| user.customer()) {
            Some(customer) => format!("Google Workspace, customer {customer}"),
            None => "Google Workspace".to_owned(),
        };
        Ok(Status { system: Some(system), abilities, ..Status::default() })
    }

    /// Why some of the kinds of entitlements do not work.
    fn entitlement_refusals(&self, customer: Option<&str>) -> Result<Vec<String>> {
        let mut refusals = Vec::new();
        for kind in &self.settings.entitlements {
            let (name, scope, request) = match kind {
                Kind::Group => ("groups", "admin.directory.group", self.of_everybody("/groups")),
                Kind::Role => ("roles", "admin.directory.rolemanagement", http::get(self.of_customer("/roles"))),
            };
            let answer = self.send(request.query("maxResults", 1));
            refusals.extend(refused(answer.as_ref(), scope)?.map(|reason| format!("{name}: {reason}")));
        }
        for sku in &self.settings.products {
            let answer = match customer {
                Some(customer) => self.look_at_licences(sku, customer),
                None => self.customer_id().and_then(|customer| self.look_at_licences(sku, &customer)),
            };
            refusals.extend(refused(answer.as_ref(), "apps.licensing")?.map(|reason| format!("licence {sku}: {reason}")));
        }
        Ok(refusals)
    }
}

/// Why an answer says that something does not work; none if it does.
fn refused<T>(answer: Result<&T, &Error>, scope: &str) -> Result<Option<String>> {
    match answer {
        Ok(_) => Ok(None),
        Err(error) => match error.code {
            ErrorCode::PermissionDenied => Ok(Some(format!(
                "{} (needs the scope https://www.googleapis.com/auth/{scope}, the API switched on, and an admin role that allows it)",
                error.message
            ))),
            ErrorCode::NotFound | ErrorCode::Invalid | ErrorCode::Unsupported | ErrorCode::Conflict => {
                Ok(Some(error.message.clone()))
            }
            _ => Err(error.clone()),
        },
    }
}

fn ability(operation: &str, refusal: Option<&str>) -> Ability {
    match refusal {
        None => Ability::available(operation),
        Some(reason) => Ability::missing(operation, reason),
    }
}
