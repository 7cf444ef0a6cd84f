//! What a run came to.

use super::style::{bad, change, count, faint, good};
use super::terminal::plain;
use innkeeper_domain::{ChangeRecord, ChangeState, Operation};
use innkeeper_engine::RunReport;
use std::collections::BTreeMap;
use std::fmt::Write;

/// How many changes that did not work are shown one by one.
const SHOWN: usize = 30;

/// The run in a line for each app, what did not work, and the total.
pub(crate) fn render(report: &RunReport) -> String {
    let mut text = String::new();
    let mut apps: BTreeMap<&str, BTreeMap<&str, usize>> = BTreeMap::new();
    for record in &report.changes {
        *apps.entry(record.app.as_str()).or_default().entry(record.state.name()).or_insert(0) += 1;
    }
    for (app, states) in apps {
        let states: Vec<String> = states.iter().map(|(state, number)| format!("{number} {}", paint(state))).collect();
        let _ = writeln!(text, "{app}: {}", states.join(", "));
    }
    let troubled: Vec<(&ChangeRecord, String)> =
        report.changes.iter().filter_map(|record| Some((record, trouble(record)?))).collect();
    for (record, why) in troubled.iter().take(SHOWN) {
        let _ = writeln!(
            text,
            "  {} {} {}: {why}",
            bad(record.state.name()),
            plain(&record.change.label),
            faint(title(&record.change.operation))
        );
    }
    if troubled.len() > SHOWN {
        let rest = count(troubled.len() - SHOWN, "change", "changes");
        let _ = writeln!(text, "  {}", faint(format!("... and {rest} more: innkeeper audit --run {}", report.run.id)));
    }
    for finding in &report.findings {
        let _ = writeln!(
            text,
            "  {} {} on {}: the app answered that it is done, and reading back, {}",
            bad("not there"),
            plain(&finding.label),
            finding.app,
            plain(&finding.text)
        );
    }
    let done = report.changes.iter().filter(|record| matches!(record.state, ChangeState::Done { .. })).count();
    let of = report.changes.len();
    let plan = report.run.plan.short();
    let _ = if done == of && report.findings.is_empty() {
        writeln!(
            text,
            "{} Plan {plan} is applied: {}, read back. Run {}",
            good("Done."),
            count(of, "change", "changes"),
            report.run.id
        )
    } else if report.is_success() {
        writeln!(
            text,
            "{} Plan {plan} is applied: {done} of {}, read back; {}. Run {}",
            good("Done."),
            count(of, "change", "changes"),
            left_to_others(report),
            report.run.id
        )
    } else {
        writeln!(
            text,
            "{} {done} of {} of plan {plan} are done. Run {}; make a new plan for the rest: innkeeper plan",
            change("Not all done."),
            count(of, "change", "changes"),
            report.run.id
        )
    };
    text
}

/// What is not done and is nobody's fault: `2 left: the invitation has to be accepted first; 1 under way on the app`.
fn left_to_others(report: &RunReport) -> String {
    let mut groups: BTreeMap<String, usize> = BTreeMap::new();
    for record in &report.changes {
        let what = match &record.state {
            ChangeState::Postponed { text } => format!("left: {text}"),
            ChangeState::Waiting { .. } => "under way on the app".to_owned(),
            ChangeState::Manual { .. } => "for a human".to_owned(),
            _ => continue,
        };
        *groups.entry(what).or_default() += 1;
    }
    groups.into_iter().map(|(what, number)| format!("{number} {what}")).collect::<Vec<_>>().join("; ")
}

fn paint(state: &str) -> String {
    match state {
        "done" => good(state),
        "skipped" | "manual" | "waiting" | "postponed" => change(state),
        _ => bad(state),
    }
}

/// Why a change is not done.
pub(crate) fn trouble(record: &ChangeRecord) -> Option<String> {
    Some(match &record.state {
        // Somebody else's turn, and the next plan's: nothing to look at.
        ChangeState::Done { .. } | ChangeState::Postponed { .. } => return None,
        ChangeState::Failed { failure } | ChangeState::Unknown { failure } => failure.to_string(),
        ChangeState::Manual { text } | ChangeState::Stale { text } | ChangeState::Skipped { text } => text.clone(),
        ChangeState::Waiting { until, .. } => format!("the app has not finished; look again at {until}"),
        ChangeState::Planned | ChangeState::Intended | ChangeState::Sent => "the run stopped before it was settled".into(),
    })
}

/// An operation in a few words.
pub(crate) fn title(operation: &Operation) -> String {
    match operation {
        Operation::CreateAccount { .. } => "create account".into(),
        Operation::UpdateAccount { deltas } => {
            format!("change {}", deltas.iter().map(|delta| delta.name.short()).collect::<Vec<_>>().join(", "))
        }
        Operation::Suspend => "suspend".into(),
        Operation::Reactivate => "reactivate".into(),
        Operation::RevokeSessions => "end all sessions".into(),
        Operation::TransferOwnership { .. } => "transfer ownership".into(),
        Operation::DeleteAccount => "delete account".into(),
        Operation::Grant { entitlement, name } => format!("grant {} {name}", entitlement.kind),
        Operation::Revoke { entitlement, name } => format!("revoke {} {name}", entitlement.kind),
        Operation::Adopt => "adopt account".into(),
        Operation::AssumeGrant { entitlement, name } => format!("own {} {name}", entitlement.kind),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use innkeeper_domain::{
        AccountTarget, AppName, Change, ChangeId, EntitlementKey, ErrorCode, Failure, IntentId, PersonId, PlanId, Precondition,
        Reason, ReasonKind, RunId, RunRecord, RunState,
    };
    use innkeeper_engine::Finding;
    use jiff::Timestamp;

    fn record(id: &str, label: &str, operation: Operation, state: ChangeState) -> ChangeRecord {
        let change = Change {
            id: ChangeId::new(id),
            person: PersonId::new(label),
            label: label.into(),
            account: AccountTarget::New,
            operation,
            reasons: vec![Reason::new(ReasonKind::Role, "role engineer")],
            precondition: Precondition::Created,
            after: Vec::new(),
        };
        ChangeRecord {
            run: RunId::new("r1"),
            app: AppName::new("github"),
            id: change.id.clone(),
            change,
            intent: IntentId::new("i"),
            state,
            at: Timestamp::UNIX_EPOCH,
            attempts: Vec::new(),
        }
    }

    fn grant() -> Operation {
        Operation::Grant { entitlement: EntitlementKey { kind: "team".into(), id: "7".into() }, name: "backend".into() }
    }

    fn done() -> ChangeState {
        ChangeState::Done { already: false, account: None }
    }

    fn text(changes: Vec<ChangeRecord>, findings: Vec<Finding>) -> String {
        let run = RunRecord {
            id: RunId::new("r1"),
            plan: PlanId::new("7f3a91c4d2"),
            by: "ada".into(),
            started: Timestamp::UNIX_EPOCH,
            finished: Some(Timestamp::UNIX_EPOCH),
            state: RunState::Finished,
        };
        anstream::adapter::strip_str(&render(&RunReport { run, changes, findings })).to_string()
    }

    #[test]
    fn a_run_in_which_all_went_well_is_two_lines() {
        insta::assert_snapshot!(text(vec![record("c1", "ada", grant(), done())], Vec::new()));
    }

    #[test]
    fn what_waits_for_somebody_else_is_no_trouble() {
        let waiting = ChangeState::Waiting { token: Some("t".into()), until: Timestamp::UNIX_EPOCH };
        let postponed = ChangeState::Postponed { text: "the invitation has to be accepted first".into() };
        let transfer = Operation::TransferOwnership { to: "7".into() };
        let changes = vec![
            record("c1", "ada", Operation::Suspend, done()),
            record("c2", "ada", transfer, waiting),
            record("c3", "bob", grant(), postponed.clone()),
            record("c4", "cy", grant(), postponed),
        ];
        insta::assert_snapshot!(text(changes, Vec::new()));
    }

    #[test]
    fn what_did_not_work_is_named_with_the_reason() {
        let refused = Failure::new(ErrorCode::PermissionDenied, "the token may not write teams");
        let changes = vec![
            record("c1", "ada", grant(), done()),
            record("c2", "bob", grant(), ChangeState::Failed { failure: refused }),
            record("c3", "eve", Operation::Suspend, ChangeState::Stale { text: "the account no longer exists".into() }),
            record("c4", "joe", grant(), ChangeState::Skipped { text: "c2, which has to come before, did not succeed".into() }),
        ];
        let finding = Finding {
            app: AppName::new("github"),
            change: ChangeId::new("c1"),
            label: "ada".into(),
            text: "the account does not hold it".into(),
        };
        insta::assert_snapshot!(text(changes, vec![finding]));
    }
}
