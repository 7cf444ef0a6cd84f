//! An app that carries plans out as the contract says, and is strict about it: every precondition must hold at its turn and no unique
//! value may appear twice.

use crate::Link;
use crate::fixture::{TODAY, World};
use innkeeper_domain::*;
use std::collections::BTreeMap;

/// Carries a plan out.
///
/// # Panics
/// When a change cannot be carried out as it is planned.
pub(crate) fn apply(world: &mut World, plan: &AppPlan) {
    let mut created: BTreeMap<ChangeId, AccountId> = BTreeMap::new();
    let mut done: Vec<&ChangeId> = Vec::new();
    for change in &plan.changes {
        assert!(change.after.iter().all(|id| done.contains(&id)), "{} waits for what comes later: {change:#?}", change.id);
        assert!(!change.reasons.is_empty(), "{change:#?}");
        check(world, change, &created);
        match (&change.account, &change.operation) {
            (AccountTarget::New, Operation::CreateAccount { unique_name, attributes, .. }) => {
                let id = AccountId::new(format!("made-{}-{}", world.snapshot.accounts.content.len(), change.person));
                create(world, &id, unique_name, attributes);
                world.links.insert(id.clone(), Link::new(change.person.clone()));
                created.insert(change.id.clone(), id);
            }
            (AccountTarget::Existing { id, .. }, operation) => carry_out(world, id, change, operation),
            (AccountTarget::Created { by }, operation) => carry_out(world, &created[by].clone(), change, operation),
            (AccountTarget::New, _) => panic!("only a create makes an account: {change:#?}"),
        }
        done.push(&change.id);
    }
}

fn check(world: &World, change: &Change, created: &BTreeMap<ChangeId, AccountId>) {
    match (&change.precondition, &change.account) {
        (Precondition::NoAccount { values }, AccountTarget::New) => {
            for (name, scalar) in values {
                let holder = world.snapshot.accounts.content.iter().find(|account| has(world, account, name, scalar));
                assert!(holder.is_none(), "{name} {scalar} is taken by {holder:?}: {change:#?}");
            }
        }
        (Precondition::AccountIs { status, attributes }, AccountTarget::Existing { id, .. }) => {
            let account = world.account(id.as_str());
            assert_eq!(account.status, *status, "{change:#?}");
            for (name, before) in attributes {
                let now = if *name == world.snapshot.description.unique_name {
                    vec![Value::plain(account.unique_name.as_str())]
                } else {
                    account.attributes[name.as_str()].to_vec()
                };
                assert_eq!(now, *before, "{change:#?}");
            }
        }
        (Precondition::Created, AccountTarget::Created { by }) => assert!(created.contains_key(by), "{change:#?}"),
        _ => panic!("the precondition does not fit the account: {change:#?}"),
    }
}

fn has(world: &World, account: &Account, name: &AttributeName, scalar: &Scalar) -> bool {
    let exact = world.snapshot.description.is_case_exact(name);
    if account.status == AccountStatus::Gone {
        return false;
    }
    if *name == world.snapshot.description.unique_name {
        return Scalar::from(account.unique_name.as_str()).same(scalar, exact);
    }
    account.attributes.get(name).is_some_and(|values| values.iter().any(|value| value.scalar.same(scalar, exact)))
}

fn refuse_duplicate(world: &World, own: Option<&AccountId>, name: &AttributeName, values: &[Value]) {
    if world.snapshot.description.attribute(name).is_some_and(|schema| schema.uniqueness != Uniqueness::None) {
        for account in world.snapshot.accounts.content.iter().filter(|account| Some(&account.id) != own) {
            let taken = values.iter().find(|value| has(world, account, name, &value.scalar));
            assert!(taken.is_none(), "conflict: {name} {taken:?} is {}'s", account.id);
        }
    }
}

fn create(world: &mut World, id: &AccountId, unique_name: &str, attributes: &Attributes) {
    let name = world.snapshot.description.unique_name.clone();
    refuse_duplicate(world, None, &name, &[Value::plain(unique_name)]);
    for (name, values) in attributes {
        refuse_duplicate(world, None, name, values);
        let schema = world.snapshot.description.attribute(name).expect("the app knows the attribute");
        assert!(
            schema.mutability != Mutability::ReadOnly && (schema.multi_valued || values.len() == 1),
            "invalid {name} {values:?}"
        );
    }
    let readable = |name: &AttributeName| {
        world.snapshot.description.attribute(name).is_some_and(|schema| schema.mutability != Mutability::WriteOnly)
    };
    let attributes = attributes.iter().filter(|(name, _)| readable(name)).map(|(name, values)| (name.clone(), values.to_vec()));
    let account = Account {
        id: id.clone(),
        unique_name: unique_name.into(),
        status: AccountStatus::Active,
        attributes: attributes.collect(),
        version: None,
        invitation: None,
    };
    world.snapshot.accounts.content.push(account);
}

fn carry_out(world: &mut World, id: &AccountId, change: &Change, operation: &Operation) {
    let is_ours = |grant: &Grant| grant.holder == Holder::Account(id.clone());
    match operation {
        Operation::CreateAccount { .. } => panic!("the account exists: {change:#?}"),
        Operation::UpdateAccount { deltas } => deltas.iter().for_each(|delta| update(world, id, delta)),
        Operation::Suspend => {
            world.account_mut(id.as_str()).status = AccountStatus::Suspended;
            world.links.get_mut(id).expect("the account is managed").suspended_on = Some(TODAY);
            if world.snapshot.description.suspend.as_ref().is_some_and(|effect| !effect.keeps_grants) {
                world.snapshot.grants.content.retain(|grant| !is_ours(grant));
            }
        }
        Operation::Reactivate => {
            world.account_mut(id.as_str()).status = AccountStatus::Active;
            world.links.get_mut(id).expect("the account is managed").suspended_on = None;
        }
        Operation::RevokeSessions => assert!(world.can_revoke_sessions),
        Operation::TransferOwnership { to } => {
            assert!(world.can_transfer && to != id && world.account(to.as_str()).status == AccountStatus::Active);
        }
        Operation::DeleteAccount => {
            world.snapshot.accounts.content.retain(|account| account.id != *id);
            world.snapshot.grants.content.retain(|grant| !is_ours(grant));
            world.owned.retain(|(account, _)| account != id);
            world.links.get_mut(id).expect("the account is managed").deleted_on = Some(TODAY);
        }
        Operation::Grant { entitlement, .. } => {
            let grant = Grant { entitlement: entitlement.clone(), holder: Holder::Account(id.clone()) };
            assert!(!world.snapshot.grants.content.contains(&grant), "granted twice: {change:#?}");
            world.snapshot.grants.content.push(grant);
            world.owned.insert((id.clone(), entitlement.clone()));
        }
        Operation::Revoke { entitlement, .. } => {
            let before = world.snapshot.grants.content.len();
            world.snapshot.grants.content.retain(|grant| !(is_ours(grant) && grant.entitlement == *entitlement));
            assert!(world.snapshot.grants.content.len() < before, "not held: {change:#?}");
            world.owned.remove(&(id.clone(), entitlement.clone()));
        }
        Operation::Adopt => {
            let earlier = world.links.insert(id.clone(), Link::new(change.person.clone()));
            assert_eq!(earlier, None, "the account is somebody's: {change:#?}");
        }
        Operation::AssumeGrant { entitlement, .. } => {
            assert!(world.owned.insert((id.clone(), entitlement.clone())), "owned already: {change:#?}");
        }
    }
}

fn update(world: &mut World, id: &AccountId, delta: &Delta) {
    let gained = match &delta.edit {
        Edit::Replace(values) | Edit::Amend { add: values, .. } => values.clone(),
        Edit::Clear => Values::new(),
    };
    refuse_duplicate(world, Some(id), &delta.name, &gained);
    let is_unique_name = delta.name == world.snapshot.description.unique_name;
    let account = world.account_mut(id.as_str());
    if is_unique_name {
        account.unique_name = gained.first().expect("an account has a name").scalar.to_string().into();
        return;
    }
    let mut values = account.attributes.remove(&delta.name).unwrap_or_default();
    match &delta.edit {
        Edit::Replace(after) => values = after.clone(),
        Edit::Clear => values.clear(),
        Edit::Amend { add, remove } => {
            values.retain(|value| !remove.contains(value));
            // At most one value is primary (RFC 7643, section 2.4).
            let sets_primary = add.iter().any(|value| value.primary);
            values.iter_mut().for_each(|value| value.primary &= !sets_primary);
            values.extend(add.iter().cloned());
        }
    }
    account.attributes.insert(delta.name.clone(), values);
}
