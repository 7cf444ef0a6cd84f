//! Changes before they have numbers.

use innkeeper_domain::{
    Account, AccountId, AccountStatus, AccountTarget, Attributes, Change, ChangeId, DesiredAccount, Operation, Precondition,
    Reason,
};

/// The groups of a plan, in the order of execution.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Stage {
    Leaver,
    Mover,
    Joiner,
}

/// A change that must come before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Before {
    /// The step at this position of the same sequence.
    Step(usize),
    /// The deletion of the account at this position.
    Deletion(usize),
    /// The update of the account at this position.
    Update(usize),
}

/// One change.
#[derive(Debug)]
pub(crate) struct Step {
    pub(crate) operation: Operation,
    pub(crate) reasons: Vec<Reason>,
    pub(crate) precondition: Precondition,
    pub(crate) after: Vec<Before>,
}

/// Which account a sequence is about.
#[derive(Debug)]
pub(crate) enum Subject<'a> {
    /// One that was seen, at this position.
    Seen { account: &'a Account, position: usize },
    /// One that is not listed while it is suspended.
    Hidden { id: &'a AccountId, name: String },
    /// One that the first step makes.
    New { unique_name: String },
}

/// The changes of one account, in their order.
#[derive(Debug)]
pub(crate) struct Sequence<'a> {
    pub(crate) stage: Stage,
    /// How many other sequences of the stage it waits for, one behind the other.
    pub(crate) depth: u32,
    pub(crate) desired: &'a DesiredAccount,
    pub(crate) subject: Subject<'a>,
    pub(crate) steps: Vec<Step>,
}

impl<'a> Sequence<'a> {
    pub(crate) fn new(stage: Stage, desired: &'a DesiredAccount, subject: Subject<'a>) -> Self {
        Self { stage, depth: 0, desired, subject, steps: Vec::new() }
    }

    /// Adds a step and tells its position.
    pub(crate) fn push(
        &mut self,
        operation: Operation,
        reasons: Vec<Reason>,
        precondition: Precondition,
        after: &[Before],
    ) -> usize {
        self.steps.push(Step { operation, reasons, precondition, after: after.to_vec() });
        self.steps.len() - 1
    }

    fn label(&self) -> &str {
        match &self.subject {
            Subject::Seen { account, .. } => &account.unique_name,
            Subject::Hidden { name, .. } | Subject::New { unique_name: name } => name,
        }
    }

    fn sort_key(&self) -> impl Ord {
        let account = match &self.subject {
            Subject::Seen { account, .. } => Some(&account.id),
            Subject::Hidden { id, .. } => Some(*id),
            Subject::New { .. } => None,
        };
        (self.stage, self.depth, &self.desired.person, account)
    }
}

/// The account is in this status and nothing else matters.
pub(crate) fn while_in(status: AccountStatus) -> Precondition {
    Precondition::AccountIs { status, attributes: Attributes::new() }
}

/// Puts the sequences in order and gives every change its number. `last` is the last number that is taken.
pub(crate) fn number(mut sequences: Vec<Sequence<'_>>, accounts: usize, last: &mut usize) -> Vec<Change> {
    sequences.sort_by(|left, right| left.sort_key().cmp(&right.sort_key()));
    let mut first = *last + 1;
    let (mut deletions, mut updates) = (vec![0; accounts], vec![0; accounts]);
    for sequence in &sequences {
        if let Subject::Seen { position, .. } = sequence.subject {
            for (offset, step) in sequence.steps.iter().enumerate() {
                match step.operation {
                    Operation::DeleteAccount => deletions[position] = first + offset,
                    Operation::UpdateAccount { .. } => updates[position] = first + offset,
                    _ => {}
                }
            }
        }
        first += sequence.steps.len();
    }
    let mut changes = Vec::with_capacity(first - *last - 1);
    let id = |number: usize| ChangeId::new(format!("c{number}"));
    for sequence in sequences {
        let first = *last + 1;
        *last += sequence.steps.len();
        let label = sequence.label().to_owned();
        for (offset, step) in sequence.steps.into_iter().enumerate() {
            let account = match &sequence.subject {
                Subject::Seen { account, .. } => {
                    AccountTarget::Existing { id: account.id.clone(), unique_name: account.unique_name.to_string() }
                }
                Subject::Hidden { id, name } => AccountTarget::Existing { id: (*id).clone(), unique_name: name.clone() },
                Subject::New { .. } if offset == 0 => AccountTarget::New,
                Subject::New { .. } => AccountTarget::Created { by: id(first) },
            };
            let mut after: Vec<usize> = (step.after.iter())
                .map(|before| match *before {
                    Before::Step(position) => first + position,
                    Before::Deletion(account) => deletions[account],
                    Before::Update(account) => updates[account],
                })
                .collect();
            after.sort_unstable();
            after.dedup();
            changes.push(Change {
                id: id(first + offset),
                person: sequence.desired.person.clone(),
                label: label.clone(),
                account,
                operation: step.operation,
                reasons: step.reasons,
                precondition: step.precondition,
                after: after.into_iter().map(id).collect(),
            });
        }
    }
    changes
}
