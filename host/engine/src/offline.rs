//! What would be planned from what was last read, without asking anybody and without writing anything down.

use crate::apply;
use crate::comparing::{self, Focus};
use crate::correlation::CorrelationDecision;
use crate::drift::DriftDecision;
use crate::engine::Engine;
use crate::error::EngineError;
use crate::people::Population;
use crate::planning::{self, Observed};
use crate::sealing;
use crate::target::Capabilities;
use crate::under_way;
use crate::unfinished;
use innkeeper_domain::{AppName, Plan, Today};
use innkeeper_policy::{Configuration, Evaluation};
use std::collections::{BTreeMap, BTreeSet};

/// A plan of what is remembered.
pub(crate) struct Offline {
    /// The plan. What only a connector knows is taken as not there: it ends no sessions and hands nothing over.
    pub(crate) plan: Plan,
    /// What the rules came to.
    pub(crate) evaluation: Evaluation,
    /// What the guard would hold back: the app and a sentence.
    pub(crate) breaches: Vec<(AppName, String)>,
    /// Apps that were never read, of which nothing can be said.
    pub(crate) unread: Vec<AppName>,
}

impl Engine {
    /// Compares what `population` should have under a configuration with what was last seen on these apps; none: on all.
    pub(crate) async fn offline(
        &self,
        configuration: &Configuration,
        population: &Population,
        apps: &BTreeSet<AppName>,
        today: &Today,
    ) -> Result<Offline, EngineError> {
        let mut observed = Vec::new();
        let mut unread = Vec::new();
        for app in configuration.apps().filter(|app| apps.is_empty() || apps.contains(&app.name)) {
            let Some(snapshot) = self.store().app(&app.name).await? else {
                unread.push(app.name.clone());
                continue;
            };
            let links = self.store().links(&app.name).await?.into_iter();
            let links: BTreeMap<_, _> = links.map(|(id, link)| (id, planning::planner_link(link))).collect();
            let owned = self.store().owned_grants(&app.name).await?.into_iter();
            let owned = owned.map(|grant| (grant.account, grant.entitlement)).collect();
            let unfinished = unfinished::of(self.store(), &app.name).await?;
            let mut decisions = DriftDecision::all(self.store()).await?;
            decisions.retain(|decision| decision.app == app.name);
            let correlation = CorrelationDecision::on(self.store(), &app.name).await?;
            let (capabilities, held_elsewhere, connector) = (Capabilities::default(), BTreeSet::new(), None);
            observed.push(Observed {
                app,
                capabilities,
                snapshot,
                links,
                owned,
                connector,
                held_elsewhere,
                unfinished,
                decisions,
                correlation,
            });
        }
        let circumstances = self.circumstances(today.clone()).await?;
        let evaluation = comparing::evaluate(configuration, population, &observed, &circumstances);
        let mut plans = comparing::compare(configuration, population, &observed, &evaluation, today, &Focus::default());
        let under_way = under_way::people(&self.store().begun_changes().await?, &under_way::show_late(&observed), self.now());
        under_way::leave_to_the_app(&mut plans, &under_way);
        let plan = sealing::seal(configuration, population, &observed, plans, self.now(), today.date(), &self.parts.who)?;
        let guarded = self.guarded(&plan, observed.iter().map(|observed| observed.app)).await?;
        let breaches = apply::breaches(&plan, &guarded).map(|breach| (breach.app.clone(), breach.to_string())).collect();
        Ok(Offline { plan, evaluation, breaches, unread })
    }
}
