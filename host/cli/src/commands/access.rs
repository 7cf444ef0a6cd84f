//! `innkeeper access`

use super::temporary::until;
use crate::arguments::{Access as Asked, General};
use crate::context::{self, Access};
use crate::error::CliError;
use crate::render::lifecycle;
use crate::render::style::{faint, strong};
use crate::render::table::table;
use crate::reply::Reply;
use innkeeper_domain::Lifecycle;
use innkeeper_store::{HeldAccount, HeldGrant};
use std::fmt::Write;

pub(crate) fn run(general: &General, asked: &Asked) -> Result<Reply, CliError> {
    context::wait(async {
        let (engine, _) = context::engine(general, Access::Read)?;
        let access = engine.access(&asked.person).await?;
        let mut head = format!("{} ({}), {}", strong(&access.label), access.person, lifecycle(access.lifecycle));
        if let (Lifecycle::Employed | Lifecycle::Future { .. }, Some(leaves)) = (access.lifecycle, access.leaves) {
            let _ = write!(head, ", leaves on {leaves}");
        }
        let now = engine.now();
        for grant in access.temporary.iter().filter(|grant| grant.lasts(now)) {
            let why = grant.reason.as_ref().map_or(String::new(), |why| format!(": {why}"));
            let until = until(grant, engine.configuration().time_zone());
            let _ = write!(head, "\n{} until {until}, given by {}{why}", grant.entitlement, grant.by);
        }
        if access.accounts.is_empty() {
            let text = format!("{head}\nNo account is managed for them.\n");
            return Ok(Reply::done(text, &access));
        }
        let rows = access.accounts.iter().flat_map(|held| {
            let account = [held.app.to_string(), format!("account {}", held.link.unique_name), status(held), "".into()];
            let grants = held.grants.iter().map(|grant| [String::new(), title(grant), String::new(), because(grant)]);
            std::iter::once(account).chain(grants)
        });
        let seen = access.accounts.iter().filter_map(|held| held.seen).min();
        let seen = seen.map_or(String::new(), |seen| faint(format!("As of {}.", seen.strftime("%Y-%m-%d %H:%M UTC"))));
        let body = table(["APP", "HAS", "STATUS", "BECAUSE"], rows);
        Ok(Reply::done(format!("{head}\n{body}{seen}\n"), &access))
    })
}

/// Whether the account can be used.
pub(crate) fn status(held: &HeldAccount) -> String {
    match (&held.account, held.link.suspended_on) {
        (Some(account), Some(on)) => format!("{} since {on}", account.status),
        (Some(account), None) => account.status.to_string(),
        (None, _) => "not there any more".into(),
    }
}

/// An entitlement as people call it.
pub(crate) fn title(grant: &HeldGrant) -> String {
    format!("{} {}", grant.entitlement.kind, grant.name.as_deref().unwrap_or(&grant.entitlement.id))
}

/// Who gave it.
pub(crate) fn because(grant: &HeldGrant) -> String {
    match &grant.owned {
        Some(owned) => owned.role.as_ref().map_or("the rules".into(), |role| format!("role {role}")),
        None => "somebody else gave it".into(),
    }
}
