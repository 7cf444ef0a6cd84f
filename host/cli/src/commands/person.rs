//! `innkeeper onboard` and `innkeeper offboard`

use super::apply::{execute, question};
use super::plan::{remarks, save};
use crate::arguments::{General, Offboard, Onboard};
use crate::context::{self, Access};
use crate::error::CliError;
use crate::handover;
use crate::progress::Bars;
use crate::render::plan::{Detail, render};
use crate::render::style::bad;
use crate::render::terminal::safe;
use crate::reply::{Exit, Reply};
use innkeeper_domain::CaseKind;
use innkeeper_engine::{Approval, PlanRequest, Planned, Work};
use jiff::civil::Date;

pub(crate) fn onboard(general: &General, asked: &Onboard) -> Result<Reply, CliError> {
    context::wait(async {
        let Some((engine, places)) = context::engine_unless_busy(general)? else {
            let person = context::engine(general, Access::Read)?.0.person(&asked.person).await?;
            let question = format!("Ask the running engine to onboard {person}?");
            context::confirm(general, asked.yes, "onboarding somebody", &question)?;
            return handover::ask(general, Work::Onboard { person }).await;
        };
        if let Some(was) = &asked.was {
            let question = format!("Are {} and {was} the same human, and the accounts of {was} theirs?", asked.person);
            context::confirm(general, asked.yes, "giving somebody the accounts of a person who left", &question)?;
            engine.succeed(&asked.person, was).await?;
        }
        engine.welcome(&asked.person).await?;
        let bars = Bars::new();
        let request = PlanRequest { person: Some(asked.person.clone()), ..PlanRequest::default() };
        let planned = engine.plan(&request, &bars).await;
        bars.clear();
        let planned = planned?;
        if planned.plan.is_empty() {
            let text =
                format!("{}{} has everything that the rules give. Nothing was written.\n", remarks(&planned), asked.person);
            return Ok(quiet(text, &planned));
        }
        show(&planned);
        context::confirm(general, asked.yes, "onboarding somebody", &question(&planned.plan))?;
        match execute(&engine, planned.plan.clone(), Approval::default()).await {
            // Saved, so that there is something to approve of.
            Err(error @ CliError::Unapproved { .. }) => Err(error.of_plan(&save(&places, &planned, None)?)),
            outcome => outcome,
        }
    })
}

pub(crate) fn offboard(general: &General, asked: &Offboard) -> Result<Reply, CliError> {
    if let Some(on) = asked.on {
        return offboard_on(general, asked, on);
    }
    context::wait(async {
        let Some((engine, _)) = context::engine_unless_busy(general)? else {
            let person = context::engine(general, Access::Read)?.0.person(&asked.person).await?;
            let question = format!("Ask the running engine to close everything that {person} has, now?");
            context::confirm(general, asked.yes, "offboarding somebody", &question)?;
            return handover::ask(general, Work::Offboard { person }).await;
        };
        let bars = Bars::new();
        let planned = engine.plan_offboarding(&asked.person, &bars).await;
        bars.clear();
        let (person, planned) = planned?;
        if planned.plan.is_empty() {
            // Also who has no account today must not get one tomorrow.
            if planned.failures.is_empty() {
                context::confirm(general, asked.yes, "offboarding somebody", &format!("Offboard {person}? No account is open."))?;
            }
            engine.depart(&person).await?;
            let has = match is_outside(&planned) || !held(&planned).is_empty() {
                true => String::new(),
                false => format!("{} has no open account. ", asked.person),
            };
            let text = format!("{}{has}Nothing was written.\n", remarks(&planned));
            let mut reply = quiet(text, &planned);
            hold_open(&mut reply, &planned);
            return Ok(reply);
        }
        show(&planned);
        context::confirm(general, asked.yes, "offboarding somebody", &question(&planned.plan))?;
        engine.depart(&person).await?;
        let approval = Approval { offboards: Some(person), overriding: None };
        let mut reply = execute(&engine, planned.plan.clone(), approval).await?;
        reply.text = format!("{}{}", remarks(&planned), reply.text);
        hold_open(&mut reply, &planned);
        if !planned.failures.is_empty() {
            reply.exit = Exit::Failed;
        }
        Ok(reply)
    })
}

/// Which accounts stay open although the person leaves, and why, a line each.
fn held(planned: &Planned) -> String {
    let cases = planned.plan.apps().iter().flat_map(|app| app.cases.iter().map(move |case| (&app.app, case)));
    let open = cases.filter(|(_, case)| matches!(case.kind, CaseKind::Protected { .. } | CaseKind::LastHolder { .. }));
    open.map(|(app, case)| format!("{} {app}: {}\n", bad("still open:"), safe(&case.text))).collect()
}

/// Remembers a day on which somebody leaves; the plans of that day close everything.
fn offboard_on(general: &General, asked: &Offboard, on: Date) -> Result<Reply, CliError> {
    context::wait(async {
        let (engine, places) = context::engine(general, Access::Read)?;
        let departure = engine.departure(&asked.person, on).await?;
        let text = format!("Offboard {} on {on}, whatever the sources say?", departure.label);
        context::confirm(general, asked.yes, "offboarding somebody", &text)?;
        let subject = serde_json::json!({ "person": departure.person, "on": on });
        context::decide(&places, &[departure.mutation], "person.offboarded", subject.clone())?;
        let text = format!(
            "{} works here until {on}; the first plan of that day closes everything. To take it back: innkeeper onboard {}\n",
            departure.label, departure.person
        );
        Ok(Reply::done(text, &subject))
    })
}

fn quiet(text: String, planned: &Planned) -> Reply {
    let exit = if planned.failures.is_empty() { Exit::Done } else { Exit::Failed };
    Reply::new(text, planned, exit)
}

/// Shows the plan before the question, on the side where questions are asked.
fn show(planned: &Planned) {
    anstream::eprint!("{}", safe(&(render(&planned.plan, Detail { full: true }) + &remarks(planned))));
}

/// Whether a pilot keeps the person from being touched somewhere.
fn is_outside(planned: &Planned) -> bool {
    planned.pilots.iter().any(|pilot| pilot.outside > 0)
}

/// Somebody who is offboarded and outside of a pilot may have an open account there: that is not done.
fn hold_open(reply: &mut Reply, planned: &Planned) {
    let held = held(planned);
    reply.text.push_str(&held);
    if (is_outside(planned) || !held.is_empty()) && reply.exit == Exit::Done {
        reply.exit = Exit::Pending;
    }
}
