//! `innkeeper explain`

use super::plan::known_app;
use crate::arguments::{Explain, General};
use crate::context::{self, Access};
use crate::error::CliError;
use crate::render::explanation::{Detail, render};
use crate::reply::Reply;

pub(crate) fn run(general: &General, asked: &Explain) -> Result<Reply, CliError> {
    context::wait(async {
        let (engine, _) = context::engine(general, Access::Read)?;
        if let Some(app) = &asked.app {
            known_app(engine.configuration(), app)?;
        }
        let at = asked.at.map(|at| at.in_zone(engine.configuration().time_zone()));
        let explanation = engine.explain(&asked.person, asked.app.as_deref(), at).await?;
        let detail = if asked.app.is_some() { Detail::Whole } else { Detail::Short };
        Ok(Reply::done(render(&explanation, detail), &explanation))
    })
}
