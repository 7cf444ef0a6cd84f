//! Reading an app about one change: is its precondition still true, and has its goal been reached?

use super::write::Traffic;
use crate::retry::{self, Patience};
use crate::target::{Scope, Target};
use innkeeper_domain::{
    Account, AccountId, AccountStatus, AttributeName, Attributes, Change, Delta, Description, Edit, EntitlementKey, ErrorCode,
    Failure, Grant, Holder, Operation, Precondition, Scalar, Value,
};
use std::borrow::Cow;
use std::collections::HashSet;

/// Whether a change may be carried out.
#[derive(Debug)]
pub(crate) enum Verdict {
    /// It may; the account as it is, where there is one.
    Holds(Option<Box<Account>>),
    /// It may not: this is different now.
    Stale(String),
}

/// Whether the app is as a change wants it.
#[derive(Debug, PartialEq)]
pub(crate) enum Goal {
    /// It is; the account that a create was to make.
    Reached(Option<Box<Account>>),
    /// It is not; what is different.
    Missed(String),
    /// What is to be gone is not shown, in a listing that does not say how much there is: it may be gone, or the listing is cut short.
    NotShown,
    /// Nothing on the app tells.
    Unreadable,
}

/// Whether an account holds an entitlement.
enum Held {
    Yes,
    /// The listing is all there.
    No,
    /// The listing does not say how much there is.
    NotShown,
}

/// One app, as the executor reads it.
#[derive(Clone, Copy)]
pub(crate) struct Observer<'a> {
    pub(crate) target: &'a dyn Target,
    pub(crate) description: &'a Description,
    pub(crate) patience: Patience,
    pub(crate) listed: &'a Listed,
}

/// The accounts of an app that cannot search: read once a run, and not once for every create.
pub(crate) type Listed = tokio::sync::OnceCell<Vec<Account>>;

impl Observer<'_> {
    /// Reads what the precondition speaks of. `account` is the account of the change, once it is known; `seen` is what it
    /// looked like a moment ago, which saves a read; `status_since` is the status that an earlier change of the run gave to it.
    pub(crate) async fn precondition(
        &self,
        change: &Change,
        account: Option<&AccountId>,
        seen: Option<Account>,
        status_since: Option<AccountStatus>,
        traffic: &mut Traffic,
    ) -> Result<Verdict, Failure> {
        match (&change.precondition, account) {
            (Precondition::NoAccount { values }, _) => {
                for (attribute, value) in values {
                    if !self.description.searchable.iter().any(|name| name.as_str().eq_ignore_ascii_case(attribute.as_str())) {
                        continue;
                    }
                    let text = value.to_string();
                    let holder = if self.description.quirks.find_lists {
                        self.listed(traffic).await?.iter().find(|account| self.has(account, attribute, value)).cloned()
                    } else {
                        let answer = retry::read(self.patience, || self.target.find_accounts(attribute, &text)).await;
                        traffic.of(answer)?.into_iter().next()
                    };
                    if let Some(found) = holder {
                        let text = format!("{attribute} {text} belongs to {} since the plan was made", found.unique_name);
                        return Ok(Verdict::Stale(text));
                    }
                }
                Ok(Verdict::Holds(None))
            }
            (Precondition::AccountIs { status, attributes }, Some(id)) => match self.known(seen, id, traffic).await? {
                None if *status == AccountStatus::Gone => Ok(Verdict::Holds(None)),
                None => Ok(Verdict::Stale("the account no longer exists".into())),
                Some(account) => {
                    Ok(match self.difference(&account, status_since.unwrap_or(*status), &known(change, &account, attributes)) {
                        Some(text) => Verdict::Stale(text),
                        None => Verdict::Holds(Some(Box::new(account))),
                    })
                }
            },
            (Precondition::Created, Some(_)) => Ok(Verdict::Holds(seen.map(Box::new))),
            (Precondition::AccountIs { .. } | Precondition::Created, None) => {
                Ok(Verdict::Stale("the account that the change is about was not made".into()))
            }
        }
    }

    /// All accounts as they were when the first create of the run looked.
    async fn listed(&self, traffic: &mut Traffic) -> Result<&Vec<Account>, Failure> {
        self.listed
            .get_or_try_init(|| async {
                let (mut accounts, mut cursor): (Vec<Account>, Option<String>) = (Vec::new(), None);
                loop {
                    let page = retry::read(self.patience, || self.target.list_accounts(cursor.as_deref())).await;
                    let page = traffic.of(page)?;
                    accounts.extend(page.items);
                    match page.next {
                        Some(next) if cursor.as_ref() != Some(&next) => cursor = Some(next),
                        _ => return Ok(accounts),
                    }
                }
            })
            .await
    }

    fn has(&self, account: &Account, attribute: &AttributeName, value: &Scalar) -> bool {
        let exact = self.description.is_case_exact(attribute);
        let unique = attribute.as_str().eq_ignore_ascii_case(self.description.unique_name.as_str());
        let is_name = unique && value.same(&account.unique_name.as_str().into(), exact);
        let values = account.attributes.get(attribute).unwrap_or_default();
        account.status != AccountStatus::Gone && (is_name || values.iter().any(|other| other.scalar.same(value, exact)))
    }

    /// What of the recorded state is different now; none if nothing is.
    fn difference(&self, account: &Account, status: AccountStatus, attributes: &Attributes) -> Option<String> {
        if account.status != status {
            return Some(format!("the account is {} and was {status} when the plan was made", account.status));
        }
        attributes.iter().find_map(|(name, recorded)| {
            let unique = name.as_str().eq_ignore_ascii_case(self.description.unique_name.as_str());
            let now = account.attributes.get(name);
            let same = match now {
                Some(now) => self.same(name.as_str(), recorded, now),
                None if unique => recorded.first().is_some_and(|value| value.scalar.to_string() == account.unique_name),
                None => recorded.is_empty(),
            };
            (!same).then(|| format!("{name} is {} and was {} when the plan was made", show(now), show(Some(recorded))))
        })
    }

    /// Whether two lists of values are the same, whatever their order.
    fn same(&self, name: &str, left: &[Value], right: &[Value]) -> bool {
        let exact = self.description.is_case_exact(&name.into());
        let met = |wanted: &[Value], there: &[Value]| {
            wanted.iter().all(|value| there.iter().any(|other| value.is_met_by(other, exact)))
        };
        left.len() == right.len() && met(left, right)
    }

    async fn known(&self, seen: Option<Account>, id: &AccountId, traffic: &mut Traffic) -> Result<Option<Account>, Failure> {
        match seen {
            Some(account) if account.id == *id => Ok(Some(account)),
            _ => self.account(id, traffic).await,
        }
    }

    /// The account, none if it does not exist.
    pub(crate) async fn account(&self, id: &AccountId, traffic: &mut Traffic) -> Result<Option<Account>, Failure> {
        let answer = retry::read(self.patience, || self.target.get_account(id)).await;
        match traffic.of(answer) {
            Ok(account) => Ok(Some(account)),
            Err(failure) if failure.code == ErrorCode::NotFound => Ok(None),
            Err(failure) => Err(failure),
        }
    }

    /// Reads whether the change has come about.
    pub(crate) async fn goal(
        &self,
        change: &Change,
        account: Option<&AccountId>,
        traffic: &mut Traffic,
    ) -> Result<Goal, Failure> {
        match (&change.operation, account) {
            (Operation::CreateAccount { unique_name, .. }, known) => {
                let found = match known {
                    Some(id) => self.account(id, traffic).await?.into_iter().collect(),
                    None => {
                        let attribute = &self.description.unique_name;
                        let answer = retry::read(self.patience, || self.target.find_accounts(attribute, unique_name)).await;
                        traffic.of(answer)?
                    }
                };
                Ok(match found.into_iter().next() {
                    Some(account) => Goal::Reached(Some(Box::new(account))),
                    None => Goal::Missed(format!("there is no account {unique_name}")),
                })
            }
            (Operation::Grant { entitlement, name }, Some(id)) => Ok(match self.holds(id, entitlement, traffic).await? {
                Held::Yes => Goal::Reached(None),
                Held::No | Held::NotShown => Goal::Missed(format!("the account does not hold {} {name}", entitlement.kind)),
            }),
            (Operation::Revoke { entitlement, name }, Some(id)) => Ok(match self.holds(id, entitlement, traffic).await? {
                Held::Yes => Goal::Missed(format!("the account still holds {} {name}", entitlement.kind)),
                Held::No => Goal::Reached(None),
                Held::NotShown => Goal::NotShown,
            }),
            (Operation::RevokeSessions | Operation::TransferOwnership { .. }, _) => Ok(Goal::Unreadable),
            (Operation::Adopt | Operation::AssumeGrant { .. }, _) => Ok(Goal::Reached(None)),
            (operation, Some(id)) => {
                let account = self.account(id, traffic).await?;
                Ok(reached(self.description, operation, account.as_ref()))
            }
            (_, None) => Ok(Goal::Missed("the account was not made".into())),
        }
    }

    /// Whether the account holds the entitlement, by the cheapest listing that the app has.
    async fn holds(&self, id: &AccountId, entitlement: &EntitlementKey, traffic: &mut Traffic) -> Result<Held, Failure> {
        let scopes = self.description.grant_scopes;
        let scope = if scopes.account {
            Scope::Account(id.clone())
        } else if scopes.entitlement {
            Scope::Entitlement(entitlement.clone())
        } else {
            Scope::All
        };
        let (mut cursor, mut total): (Option<String>, Option<u32>) = (None, None);
        let mut seen: HashSet<Grant> = HashSet::new();
        loop {
            let page = traffic.of(retry::read(self.patience, || self.target.list_grants(&scope, cursor.as_deref())).await)?;
            let held = page.items.iter().any(|grant| {
                grant.entitlement == *entitlement && matches!(&grant.holder, Holder::Account(holder) if holder == id)
            });
            if held {
                return Ok(Held::Yes);
            }
            total = page.total.or(total);
            seen.extend(page.items);
            match page.next {
                Some(next) if cursor.as_ref() != Some(&next) => cursor = Some(next),
                // What is not in a listing that is not all there may be held all the same.
                _ if total.is_some_and(|total| seen.len() < total as usize) => {
                    let text =
                        format!("the app lists {} grants and says that there are {}", seen.len(), total.unwrap_or_default());
                    return Err(Failure::new(ErrorCode::MalformedResponse, text));
                }
                _ => return Ok(if total.is_some() { Held::No } else { Held::NotShown }),
            }
        }
    }
}

/// What of a recorded state can be compared. An adoption is recognised by an attribute of the listing, which not every app shows of a single
/// account; what is not shown is unknown, and nothing follows from it.
fn known<'a>(change: &Change, account: &Account, attributes: &'a Attributes) -> Cow<'a, Attributes> {
    if change.operation != Operation::Adopt {
        return Cow::Borrowed(attributes);
    }
    let shown = attributes.iter().filter(|(name, _)| account.attributes.contains_key(*name));
    Cow::Owned(shown.map(|(name, values)| (name.clone(), values.to_vec())).collect())
}

/// Whether an account is as an operation on it alone wants it; none is an account that does not exist.
pub(crate) fn reached(description: &Description, operation: &Operation, account: Option<&Account>) -> Goal {
    let status = account.map_or(AccountStatus::Gone, |account| account.status);
    match (operation, account) {
        (Operation::Suspend, _) if matches!(status, AccountStatus::Suspended | AccountStatus::Gone) => Goal::Reached(None),
        (Operation::Suspend, _) => Goal::Missed(format!("the account is still {status}")),
        (Operation::DeleteAccount, _) if status == AccountStatus::Gone => Goal::Reached(None),
        (Operation::DeleteAccount, _) => Goal::Missed(format!("the account still exists and is {status}")),
        (Operation::Reactivate, _) if status == AccountStatus::Active => Goal::Reached(None),
        (Operation::Reactivate, _) => Goal::Missed(format!("the account is still {status}")),
        (Operation::UpdateAccount { .. }, None) => Goal::Missed("the account does not exist".into()),
        (Operation::UpdateAccount { deltas }, Some(account)) => {
            match deltas.iter().find(|delta| !edited(description, account, delta)) {
                None => Goal::Reached(None),
                Some(delta) => Goal::Missed(format!("{} reads {}", delta.name, show(account.attributes.get(&delta.name)))),
            }
        }
        _ => Goal::Unreadable,
    }
}

/// Whether the account shows one edit. An attribute that the app does not show counts as edited: nothing says otherwise.
pub(crate) fn edited(description: &Description, account: &Account, delta: &Delta) -> bool {
    let exact = description.is_case_exact(&delta.name);
    if delta.name.as_str().eq_ignore_ascii_case(description.unique_name.as_str()) {
        let wanted =
            |values: &[Value]| values.first().is_some_and(|value| value.scalar.same(&account.unique_name.as_str().into(), exact));
        return matches!(&delta.edit, Edit::Replace(values) if wanted(values));
    }
    let Some(now) = account.attributes.get(&delta.name) else { return true };
    let shown = |value: &Value| now.iter().any(|other| value.is_met_by(other, exact));
    match &delta.edit {
        Edit::Replace(values) => values.iter().all(shown) && values.len() == now.len(),
        Edit::Clear => now.is_empty(),
        Edit::Amend { add, remove } => add.iter().all(shown) && !remove.iter().any(shown),
    }
}

/// An attribute of an account as a person reads it.
pub(crate) fn shown(description: &Description, account: &Account, name: &AttributeName) -> String {
    match account.attributes.get(name) {
        None if name.as_str().eq_ignore_ascii_case(description.unique_name.as_str()) => format!("\"{}\"", account.unique_name),
        values => show(values),
    }
}

/// Values as a person reads them.
fn show(values: Option<&[Value]>) -> String {
    match values {
        None => "not shown".into(),
        Some([]) => "empty".into(),
        Some(values) => values.iter().map(|value| format!("\"{}\"", value.scalar)).collect::<Vec<_>>().join(", "),
    }
}
