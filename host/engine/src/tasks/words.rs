//! What a task asks for, in plain words.

use innkeeper_domain::{Attributes, Delta, Edit, Operation, Value};

pub(crate) const SUSPEND: &str = "close the account, so that nobody can use it";
pub(crate) const REACTIVATE: &str = "open the account again";
pub(crate) const DELETE: &str = "remove the account";
pub(crate) const SESSIONS: &str = "end all sessions of the account";

/// The operation: `give zone Laboratory`.
pub(crate) fn operation(operation: &Operation) -> String {
    match operation {
        Operation::CreateAccount { .. } => "set up an account".to_owned(),
        Operation::UpdateAccount { .. } => "change the account".to_owned(),
        Operation::Suspend => SUSPEND.to_owned(),
        Operation::Reactivate => REACTIVATE.to_owned(),
        Operation::RevokeSessions => SESSIONS.to_owned(),
        Operation::TransferOwnership { to } => format!("hand over what the account owns to {to}"),
        Operation::DeleteAccount => DELETE.to_owned(),
        Operation::Grant { entitlement, name } => format!("give {} {name}", entitlement.kind),
        Operation::Revoke { entitlement, name } => format!("take {} {name} away", entitlement.kind),
        Operation::Adopt | Operation::AssumeGrant { .. } => "nothing".to_owned(),
    }
}

/// The attributes that it writes: `title: Engineer, department: Research`; empty where there are none.
pub(crate) fn attributes(operation: &Operation) -> String {
    match operation {
        Operation::CreateAccount { attributes, .. } => written(attributes),
        Operation::UpdateAccount { deltas } => edits(deltas),
        _ => String::new(),
    }
}

fn written(attributes: &Attributes) -> String {
    let parts = attributes.iter().filter(|(_, values)| !values.is_empty());
    parts.map(|(name, values)| format!("{}: {}", name.short(), list(values))).collect::<Vec<_>>().join(", ")
}

/// `title: Engineer instead of Trainee`.
pub(crate) fn edits(deltas: &[Delta]) -> String {
    let edit = |delta: &Delta| {
        let name = delta.name.short();
        match &delta.edit {
            Edit::Replace(values) if delta.before.is_empty() => format!("{name}: {}", list(values)),
            Edit::Replace(values) => format!("{name}: {} instead of {}", list(values), list(&delta.before)),
            Edit::Clear => format!("{name}: nothing instead of {}", list(&delta.before)),
            Edit::Amend { add, remove } => {
                let add = (!add.is_empty()).then(|| format!("add {}", list(add)));
                let remove = (!remove.is_empty()).then(|| format!("take {} away", list(remove)));
                format!("{name}: {}", add.into_iter().chain(remove).collect::<Vec<_>>().join(" and "))
            }
        }
    };
    deltas.iter().map(edit).collect::<Vec<_>>().join(", ")
}

fn list(values: &[Value]) -> String {
    values.iter().map(|value| value.scalar.to_string()).collect::<Vec<_>>().join(" and ")
}
