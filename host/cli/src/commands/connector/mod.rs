//! `innkeeper connector`

mod author;
mod desk;
mod grants;
mod inspect;
mod install;
mod list;
mod offered;
mod registry;
mod trust;
mod versions;
mod wants;

use crate::arguments::{Connector as Asked, General};
use crate::error::CliError;
use crate::reply::Reply;
use desk::Desk;

pub(crate) fn run(general: &General, asked: &Asked) -> Result<Reply, CliError> {
    match asked {
        Asked::Install(asked) => install::run(Desk::open(general)?, asked),
        Asked::List => list::run(&Desk::open(general)?),
        Asked::Inspect { connector } => inspect::run(&Desk::open(general)?, connector),
        Asked::Grant(asked) => grants::grant(Desk::open(general)?, asked),
        Asked::Deny(asked) => grants::deny(Desk::open(general)?, asked),
        Asked::Upgrade(asked) => versions::upgrade(Desk::open(general)?, asked),
        Asked::Rollback { connector, app } => versions::rollback(Desk::open(general)?, connector, app.as_deref()),
        Asked::Remove { connector, yes } => versions::remove(Desk::open(general)?, connector, *yes),
        Asked::Trust(asked) => trust::trust(Desk::open(general)?, asked),
        Asked::Distrust { key, reason, yes } => trust::distrust(Desk::open(general)?, key, reason.as_deref(), *yes),
        Asked::Publishers => trust::list(&Desk::open(general)?),
        Asked::Keygen { file } => author::keygen(file),
        Asked::Pack { folder, out } => author::pack(folder, out.as_deref()),
        Asked::Sign { bundle, key } => author::sign(bundle, key),
        Asked::Verify { bundle } => author::verify(&Desk::open(general)?, bundle),
        Asked::Push { bundle, to, login } => registry::push(general, bundle, to, login),
        Asked::Pull { from, out, login } => registry::pull(general, from, out.as_deref(), login),
        Asked::Schema => author::schema(),
    }
}
