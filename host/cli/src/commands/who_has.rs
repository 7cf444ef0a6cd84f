//! `innkeeper who-has`

use super::plan::known_app;
use crate::arguments::{General, WhoHas};
use crate::context::{self, Access};
use crate::error::CliError;
use crate::render::style::{count, faint};
use crate::render::table::table;
use crate::reply::Reply;
use innkeeper_domain::EntitlementRef;

pub(crate) fn run(general: &General, asked: &WhoHas) -> Result<Reply, CliError> {
    let entitlement: EntitlementRef = asked.entitlement.parse()?;
    context::wait(async {
        let (engine, _) = context::engine(general, Access::Read)?;
        known_app(engine.configuration(), entitlement.app.as_str())?;
        let holders = engine.who_has(&entitlement).await?;
        let rows = holders.holders.iter().map(|holding| {
            [
                holding.unique_name.clone(),
                holding.person.as_ref().map_or("-".into(), ToString::to_string),
                holding.status.map_or("not seen".into(), |status| status.to_string()),
                holding.because.clone(),
            ]
        });
        let seen = match holders.seen {
            Some(seen) => format!("as of {}", seen.strftime("%Y-%m-%d %H:%M UTC")),
            None => "the app was never read: innkeeper plan".into(),
        };
        let total = count(holders.holders.len(), "account", "accounts");
        let foot = faint(format!("{total} on {entitlement}, {seen}"));
        let body =
            if holders.holders.is_empty() { String::new() } else { table(["ACCOUNT", "PERSON", "STATUS", "BECAUSE"], rows) };
        Ok(Reply::done(format!("{body}{foot}\n"), &holders))
    })
}
