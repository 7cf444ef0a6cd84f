//! Accounts that nobody writes to: those that the configuration protects, and the one that the engine itself uses. What the rules want
//! of them becomes a case.

use crate::draft::{Step, Subject};
use crate::planner::Scene;
use innkeeper_domain::{
    Account, AccountId, AttributeName, Attributes, Case, CaseKind, DesiredAccount, EntitlementKey, Glob, Operation,
};
use std::collections::BTreeSet;

/// What a plan leaves alone, whatever the rules say.
#[derive(Clone, Copy, Debug, Default)]
pub struct Shield<'a> {
    /// Accounts that are never written to: patterns over unique name, id and the attributes by which accounts are recognised.
    pub protect: &'a [Glob],
    /// The same for the accounts that the engine itself uses. They are no holders of a privileged entitlement either: a program is
    /// not somebody who could help.
    pub service_accounts: &'a [Glob],
    /// Entitlements, as `kind/name` or `kind/id`, of which the last active holder is kept.
    pub privileged: &'a [Glob],
    /// Privileged entitlements of which an active holder is known who is not in the snapshot, because only a part was read.
    pub held_elsewhere: Option<&'a BTreeSet<EntitlementKey>>,
}

impl Shield<'_> {
    /// Why an account is never written to, if it is not. `matchers` are the attributes by which accounts are recognised.
    pub fn ward(
        &self,
        matchers: &[AttributeName],
        id: Option<&AccountId>,
        unique_name: &str,
        attributes: &Attributes,
    ) -> Option<Ward> {
        let meets = |globs: &[Glob]| {
            let by = |text: &str| globs.iter().any(|glob| glob.matches(text));
            let recognised = || {
                let named = |name: &str| matchers.iter().any(|matcher| matcher.as_str().eq_ignore_ascii_case(name));
                let values = attributes.iter().filter(|(name, _)| named(name.as_str())).flat_map(|(_, values)| values);
                values.map(|value| value.scalar.to_string()).any(|text| by(&text))
            };
            !globs.is_empty() && (by(unique_name) || id.is_some_and(|id| by(id.as_str())) || recognised())
        };
        if meets(self.service_accounts) {
            return Some(Ward::Service);
        }
        meets(self.protect).then_some(Ward::Protected)
    }
}

/// Whether patterns over `kind/name` or `kind/id` name an entitlement.
pub fn is_privileged(globs: &[Glob], key: &EntitlementKey, name: &str) -> bool {
    let (by_name, by_id) = (format!("{}/{name}", key.kind), format!("{}/{}", key.kind, key.id));
    globs.iter().any(|glob| glob.matches(&by_name) || glob.matches(&by_id))
}

/// Why an account is left alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ward {
    /// The configuration protects it.
    Protected,
    /// The engine uses it.
    Service,
}

impl Ward {
    /// What the account is, to follow its name.
    pub fn is(self) -> &'static str {
        match self {
            Self::Protected => "is protected",
            Self::Service => "is the one that Innkeeper itself uses",
        }
    }

    /// Where the configuration says so.
    pub fn key(self) -> &'static str {
        match self {
            Self::Protected => "protect",
            Self::Service => "service-account",
        }
    }
}

impl Scene<'_, '_> {
    /// Whether an account is never written to.
    pub(crate) fn ward(&self, account: &Account) -> Option<Ward> {
        self.ward_of(Some(&account.id), &account.unique_name, &account.attributes)
    }

    /// The same for the subject of a sequence.
    pub(crate) fn ward_of_subject(&self, subject: &Subject<'_>) -> Option<Ward> {
        match subject {
            Subject::Seen { account, .. } => self.ward(account),
            Subject::Hidden { id, name } => {
                let nothing = Attributes::new();
                self.ward_of(Some(id), name, self.observed.gone(id).map_or(&nothing, |gone| &gone.attributes))
            }
            Subject::New { unique_name } => self.ward_of(None, unique_name, &Attributes::new()),
        }
    }

    /// The same for an account that is to be made, or of which not everything is known.
    pub(crate) fn ward_of(&self, id: Option<&AccountId>, unique_name: &str, attributes: &Attributes) -> Option<Ward> {
        self.input.shield.ward(self.input.matchers, id, unique_name, attributes)
    }
}

/// The case of an account that is left alone although the rules want something of it.
pub(crate) fn case(ward: Ward, desired: &DesiredAccount, account: Option<&AccountId>, name: &str, wanted: &[String]) -> Case {
    let (is, key) = (ward.is(), ward.key());
    Case {
        person: Some(desired.person.clone()),
        label: Some(desired.label.to_string()),
        kind: CaseKind::Protected { account: account.cloned() },
        text: format!(
            "The account {name} {is}, so nothing is written to it. The rules want for {} ({}): {}. Do it on the app, or change `{key}` in \
             the configuration.",
            desired.label,
            desired.person,
            wanted.join(", ")
        ),
    }
}

/// What steps would do to the app, in words.
pub(crate) fn words(steps: &[Step]) -> Vec<String> {
    let word = |step: &Step| match &step.operation {
        Operation::CreateAccount { .. } => "create".to_owned(),
        Operation::UpdateAccount { deltas } => {
            format!("change {}", deltas.iter().map(|delta| delta.name.short()).collect::<Vec<_>>().join(" and "))
        }
        Operation::Suspend => "suspend".to_owned(),
        Operation::Reactivate => "reactivate".to_owned(),
        Operation::RevokeSessions => "end all sessions".to_owned(),
        Operation::TransferOwnership { .. } => "hand over what it owns".to_owned(),
        Operation::DeleteAccount => "delete".to_owned(),
        Operation::Grant { entitlement, name } => format!("grant {} {name}", entitlement.kind),
        Operation::Revoke { entitlement, name } => format!("revoke {} {name}", entitlement.kind),
        Operation::Adopt | Operation::AssumeGrant { .. } => String::new(),
    };
    steps.iter().filter(|step| step.operation.writes_to_app()).map(word).collect()
}
