//! What holds for every plan, whatever the world looks like.

use crate::fixture::{TODAY, Wishes};
use crate::fixture::{World, account, description, effect, incomplete, key, lines, person};
use crate::simulator::apply;
use crate::{Link, plan_app};
use innkeeper_domain::*;
use jiff::ToSpan;
use proptest::prelude::*;
use std::collections::BTreeSet;

/// Makes decisions out of a list of numbers, so that a failing world shrinks to a dull one.
struct Dice<'t> {
    tape: std::slice::Iter<'t, u8>,
}

impl Dice<'_> {
    fn roll(&mut self, sides: usize) -> usize {
        usize::from(self.tape.next().copied().unwrap_or_default()) % sides
    }

    fn pick<T: Clone>(&mut self, from: &[T]) -> T {
        from[self.roll(from.len())].clone()
    }

    /// True once in so many times.
    fn rarely(&mut self, times: usize) -> bool {
        self.roll(times) == times - 1
    }
}

const NAMES: [&str; 7] = ["ada", "ADA", "bob", "cy", "dee", "eve", "fay"];
const MAILS: [&str; 5] = ["ada@x", "Bob@x", "bob@x", "cy@x", "dee@x"];
const GROUPS: [(&str, &str, &str); 6] = [
    ("group", "g1", "Alpha"),
    ("group", "g2", "beta"),
    ("group", "g3", "Beta"),
    ("group", "g4", "Gamma"),
    ("role", "r1", "Alpha"),
    ("fixed", "f1", "Everyone"),
];
const WISHES: [&str; 9] = [
    "group/Alpha",
    "group/ALPHA",
    "group/g4",
    "group/Gamma",
    "group/BETA",
    "group/Nowhere",
    "role/Alpha",
    "role/Nowhere",
    "fixed/Everyone",
];

fn mails(dice: &mut Dice<'_>) -> Values {
    let mut values = Values::new();
    for _ in 0..dice.roll(3) {
        let label = dice.pick(&[None, Some("work"), Some("home")]).map(innkeeper_domain::Text::from);
        let primary = dice.rarely(4) && values.iter().all(|value: &Value| !value.primary);
        let value = Value { label, primary, ..Value::plain(dice.pick(&MAILS)) };
        if !values.contains(&value) {
            values.push(value);
        }
    }
    values
}

fn text(dice: &mut Dice<'_>, texts: &[&str]) -> Values {
    match dice.pick(texts) {
        "" => Values::new(),
        text => vec![Value::plain(text)],
    }
}

fn somebody(dice: &mut Dice<'_>, number: usize) -> DesiredAccount {
    let mut somebody = person(&format!("p{number}"), "x");
    if dice.rarely(8) {
        somebody.attributes.clear();
    } else {
        let name = dice.pick(&NAMES);
        somebody = somebody.having("userName", &[if dice.rarely(12) { "" } else { name }]);
    }
    somebody.presence = match dice.roll(8) {
        0..=3 => Presence::Active,
        4 => Presence::Awaited { starts: TODAY },
        5 if dice.rarely(3) => Presence::OnLeave,
        5 => Presence::NotEntitled,
        _ => Presence::Closed { since: None },
    };
    somebody = somebody.having_values("emails", mails(dice), Strength::Enforced);
    somebody = somebody.having_values("externalId", text(dice, &["", "1", "2", "3", "4"]), Strength::Enforced);
    somebody = somebody.having_values("title", text(dice, &["", "Clerk", "clerk", "Boss"]), Strength::Enforced);
    somebody = somebody.having_values("nickName", text(dice, &["", "Al"]), Strength::Initial);
    for name in ["password", "meta.created", "employeeNumber"] {
        somebody = somebody.having_values(name, text(dice, &["", "7"]), Strength::Enforced);
    }
    for _ in 0..dice.roll(4) {
        somebody = somebody.holding(dice.pick(&WISHES));
    }
    if somebody.presence == Presence::Active && dice.rarely(6) {
        somebody.enable_on = Some(TODAY + 3.days());
    }
    somebody.transfer_to = dice.pick(&[None, Some("p0"), Some("p1"), Some("p9")]).map(PersonId::new);
    somebody
}

fn some_account(dice: &mut Dice<'_>, number: usize, taken: &mut BTreeSet<String>) -> Account {
    let id = format!("a{number}");
    let name = dice.pick(&NAMES);
    let name = if taken.insert(name.to_lowercase()) { name.to_owned() } else { format!("other-{id}") };
    let mut account = account(&id, &name);
    account.status = match dice.roll(8) {
        0..=3 => AccountStatus::Active,
        4 => AccountStatus::Invited,
        5 => AccountStatus::Gone,
        _ => AccountStatus::Suspended,
    };
    if !dice.rarely(5) {
        account.attributes.insert("emails".into(), mails(dice));
    }
    let external = text(dice, &["", "1", "2", "3", "4"]);
    let is_free = external.iter().all(|value| taken.insert(format!("external {}", value.scalar)));
    account.attributes.insert("externalId".into(), if is_free { external } else { Values::new() });
    account.attributes.insert("title".into(), text(dice, &["", "Clerk", "CLERK", "Boss"]));
    account.attributes.insert("nickName".into(), text(dice, &["", "Bo"]));
    account.attributes.insert("meta.created".into(), text(dice, &["", "9"]));
    account.attributes.insert("employeeNumber".into(), text(dice, &["", "9"]));
    account
}

/// A world in which every listing is complete.
fn complete_world(tape: &Tape) -> World {
    let dice = &mut Dice { tape: tape.0.iter() };
    let mut world = World::empty();
    world.snapshot.description = description();
    world.matchers = dice.pick(&[
        vec!["emails".into(), "userName".into()],
        vec!["userName".into(), "externalId".into()],
        vec!["externalId".into(), "emails".into(), "title".into()],
        Vec::new(),
    ]);
    world.delete_after = dice.pick(&[None, Some(30), Some(0)]);
    world.can_revoke_sessions = dice.roll(2) == 0;
    world.can_transfer = dice.roll(2) == 0;
    if dice.rarely(5) {
        world.snapshot.description.delete = None;
    }
    world.snapshot.description.suspend = match dice.roll(6) {
        0..=2 => Some(effect()),
        3 => Some(LifecycleEffect { keeps_grants: false, ..effect() }),
        4 => Some(LifecycleEffect { reversible: false, ..effect() }),
        _ => None,
    };
    for (kind, id, name) in GROUPS {
        if !dice.rarely(6) {
            world = world.with_entitlement(kind, id, name);
        }
    }
    for number in 0..2 + dice.roll(6) {
        world = world.with_person(somebody(dice, number));
    }
    let mut taken = BTreeSet::new();
    for number in 0..dice.roll(8) {
        let account = some_account(dice, number, &mut taken);
        let id = account.id.as_str().to_owned();
        world = world.with_account(account);
        for (kind, group, _) in GROUPS {
            match dice.roll(6) {
                4 => world = world.with_grant(&id, kind, group, false),
                5 => world = world.with_grant(&id, kind, group, true),
                3 => drop(world.owned.insert((id.as_str().into(), key(kind, group)))),
                _ => {}
            }
        }
    }
    for id in ["a0", "a1", "a2", "a3", "a4", "a5", "deleted"] {
        if dice.roll(3) > 0 {
            let suspended_on = dice.pick(&[None, Some(TODAY), Some(TODAY - 30.days()), Some(TODAY - 29.days())]);
            let person = PersonId::new(format!("p{}", dice.roll(9)));
            world.links.insert(id.into(), Link { person, suspended_on, deleted_on: None });
        }
    }
    if let Some(link) = world.links.get_mut("deleted") {
        link.deleted_on = dice.pick(&[None, Some(TODAY)]);
    }
    world.protect = dice.pick(&[vec![], vec![], vec![Glob::new("ada"), Glob::new("a3")], vec![Glob::new("*bob@x")]]);
    world.service_accounts = dice.pick(&[vec![], vec![], vec![Glob::new("eve")]]);
    world.privileged =
        dice.pick(&[vec![], vec![], vec![Glob::new("role/*"), Glob::new("group/g4")], vec![Glob::new("group/?eta")]]);
    world.known_leavers = (0..8).filter(|_| dice.rarely(3)).map(|number| PersonId::new(format!("p{number}"))).collect();
    world
}

/// Makes listings incomplete and loses some of their items.
fn spoil(world: &World, tape: &Tape) -> World {
    let dice = &mut Dice { tape: tape.0.iter() };
    let mut spoilt = world.clone();
    if dice.roll(2) == 1 {
        spoilt.people_complete = false;
        spoilt.desired.retain(|_| dice.roll(3) > 0);
    }
    let snapshot = &mut spoilt.snapshot;
    if dice.roll(2) == 1 {
        snapshot.accounts.completeness = incomplete();
        snapshot.accounts.content.retain(|_| dice.roll(3) > 0);
    }
    if dice.roll(2) == 1 {
        snapshot.entitlements.completeness = incomplete();
        snapshot.entitlements.content.retain(|_| dice.roll(3) > 0);
    }
    if dice.roll(2) == 1 {
        snapshot.grants.completeness = incomplete();
        snapshot.grants.content.retain(|_| dice.roll(3) > 0);
    }
    spoilt
}

/// The privileged entitlements that somebody active holds who is not the engine itself.
fn privileged_and_held(world: &World) -> BTreeSet<EntitlementKey> {
    let serves = |account: &Account| world.service_accounts.iter().any(|glob| glob.matches(&account.unique_name));
    let active = |grant: &&Grant| {
        let account = |account: &&Account| grant.holder == Holder::Account(account.id.clone());
        let mut accounts = world.snapshot.accounts.content.iter();
        accounts.find(account).is_some_and(|account| account.status == AccountStatus::Active && !serves(account))
    };
    let name = |key: &EntitlementKey| {
        let mut listed = world.snapshot.entitlements.content.iter();
        listed.find(|listed| listed.key == *key).map_or(key.id.clone(), |listed| listed.name.as_str().into())
    };
    let privileged = |key: &EntitlementKey| {
        let names = [format!("{}/{}", key.kind, name(key)), format!("{}/{}", key.kind, key.id)];
        names.iter().any(|name| world.privileged.iter().any(|glob| glob.matches(name)))
    };
    let held = world.snapshot.grants.content.iter().filter(active).map(|grant| grant.entitlement.clone());
    held.filter(privileged).collect()
}

/// Whether nobody writes to an account.
fn is_warded(world: &World, account: &Account) -> bool {
    let mut names = vec![account.unique_name.to_string(), account.id.to_string()];
    let matched = world.matchers.iter().filter_map(|name| account.attributes.get(name)).flatten();
    names.extend(matched.map(|value| value.scalar.to_string()));
    let globs = world.protect.iter().chain(&world.service_accounts);
    globs.into_iter().any(|glob| names.iter().any(|name| glob.matches(name)))
}

fn shuffle<T>(items: &mut [T], dice: &mut Dice<'_>) {
    for last in (1..items.len()).rev() {
        items.swap(last, dice.roll(last + 1));
    }
}

/// What a plan does that nobody may do out of ignorance, without names, which an incomplete listing may not know.
fn grave(plan: &AppPlan) -> Vec<String> {
    let is_grave = |change: &&Change| {
        let class = change.operation.class();
        class.is_destructive() || matches!(class, Class::Create | Class::Adopt | Class::Reactivate)
    };
    let text = |change: &Change| {
        let account = match &change.account {
            AccountTarget::Existing { id, .. } => id.to_string(),
            _ => "new".to_owned(),
        };
        let what = match &change.operation {
            Operation::Revoke { entitlement, .. } => format!("revoke {entitlement:?}"),
            Operation::AssumeGrant { entitlement, .. } => format!("assume {entitlement:?}"),
            other => format!("{other:?}"),
        };
        format!("{} {account} {what}", change.person)
    };
    plan.changes.iter().filter(is_grave).map(text).collect()
}

fn means(wanted: &DesiredGrant, entitlement: &EntitlementKey, name: &str) -> bool {
    let (kind, text) = wanted.entitlement.entitlement.as_ref().expect("names an entitlement");
    *kind == entitlement.kind && (text.eq_ignore_ascii_case(name) || *text == entitlement.id)
}

/// Whether a change is about something that is ours.
fn assert_is_ours(world: &World, plan: &AppPlan, change: &Change) {
    let desired = world.desired.iter().find(|desired| desired.person == change.person).expect("the person is known");
    let holds = |entitlement: &EntitlementKey, name: &str| desired.grants.iter().any(|wanted| means(wanted, entitlement, name));
    if let AccountTarget::Existing { id, .. } = &change.account {
        let adopted = plan
            .changes
            .iter()
            .any(|other| other.operation == Operation::Adopt && other.account == change.account && other.person == change.person);
        let linked = world.links.get(id).is_some_and(|link| link.person == change.person);
        assert!(adopted != linked, "not ours: {change:#?}");
    }
    match &change.operation {
        Operation::UpdateAccount { deltas } => {
            for delta in deltas {
                let wanted = desired.attributes.iter().find(|wanted| wanted.name == delta.name).expect("a mapping speaks of it");
                assert_eq!(wanted.strength, Strength::Enforced);
                let schema = world.snapshot.description.attribute(&delta.name).expect("the app has it");
                assert_eq!(schema.mutability, Mutability::ReadWrite);
                if let Edit::Amend { remove, .. } = &delta.edit {
                    let ours = |value: &Value| wanted.values.iter().any(|wanted| wanted.label == value.label);
                    assert!(remove.iter().all(ours), "{change:#?}");
                }
            }
        }
        Operation::CreateAccount { attributes, .. } => {
            assert!(attributes.keys().all(|name| desired.attributes.iter().any(|wanted| wanted.name == *name)));
        }
        Operation::Grant { entitlement, name } | Operation::AssumeGrant { entitlement, name } => {
            assert!(holds(entitlement, name))
        }
        Operation::Revoke { entitlement, .. } => {
            let AccountTarget::Existing { id, .. } = &change.account else { panic!("{change:#?}") };
            assert!(world.owned.contains(&(id.clone(), entitlement.clone())), "{change:#?}");
        }
        _ => {}
    }
    if matches!(change.operation, Operation::Suspend | Operation::DeleteAccount) {
        let new = matches!(change.account, AccountTarget::Created { .. }) && desired.enable_on.is_some();
        let away = change.operation == Operation::Suspend && desired.presence == Presence::OnLeave;
        assert!(new || away || matches!(desired.presence, Presence::Closed { .. } | Presence::NotEntitled));
    }
}

/// Numbers to decide by; shown as a line, for four hundred lines of zeros help nobody.
#[derive(Clone)]
struct Tape(Vec<u8>);

impl std::fmt::Debug for Tape {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let end = self.0.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
        write!(formatter, "Tape({})", self.0[..end].iter().map(|byte| format!("{byte:02x}")).collect::<String>())
    }
}

fn tape() -> impl Strategy<Value = Tape> {
    prop::collection::vec(any::<u8>(), 640).prop_map(Tape)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_plan_that_was_carried_out_leaves_nothing_to_do(world in tape(), losses in prop::option::of(tape())) {
        let mut world = complete_world(&world);
        if let Some(losses) = losses {
            world = spoil(&world, &losses);
        }
        let first = world.plan();
        apply(&mut world, &first);
        // What somebody who comes back needs besides is seen once the app lists their account again.
        let revived = |change: &Change| matches!(&change.precondition, Precondition::AccountIs { status: AccountStatus::Gone, .. });
        // And the last holder goes when another was seen to hold it.
        let last = |case: &Case| matches!(case.kind, CaseKind::LastHolder { .. });
        if first.changes.iter().any(revived) || first.cases.iter().any(last) {
            for _ in 0..2 {
                let plan = world.plan();
                apply(&mut world, &plan);
            }
        }
        let second = world.plan();
        prop_assert!(second.changes.is_empty(), "again: {:#?}\nfirst: {:#?}", lines(&second), lines(&first));
    }

    #[test]
    fn no_change_touches_what_is_not_ours(world in tape()) {
        let world = complete_world(&world);
        let plan = world.plan();
        for change in &plan.changes {
            assert_is_ours(&world, &plan, change);
        }
    }

    #[test]
    fn whoever_was_held_by_somebody_active_and_is_privileged_still_is_afterwards(world in tape(), losses in prop::option::of(tape())) {
        let mut world = complete_world(&world);
        if let Some(losses) = losses {
            world = spoil(&world, &losses);
        }
        let before = privileged_and_held(&world);
        let plan = world.plan();
        apply(&mut world, &plan);
        let after = privileged_and_held(&world);
        prop_assert!(before.is_subset(&after), "before: {:#?}\nafter: {:#?}\n{:#?}", before, after, lines(&plan));
    }

    #[test]
    fn nothing_happens_to_an_account_that_is_protected(world in tape(), losses in prop::option::of(tape())) {
        let mut world = complete_world(&world);
        if let Some(losses) = losses {
            world = spoil(&world, &losses);
        }
        for change in &world.plan().changes {
            if let AccountTarget::Existing { id, .. } = &change.account
                && let Some(account) = world.snapshot.accounts.content.iter().find(|account| account.id == *id)
            {
                prop_assert!(!is_warded(&world, account), "{:#?}", change);
            }
            if let Operation::TransferOwnership { to } = &change.operation {
                prop_assert!(!is_warded(&world, world.account(to.as_str())), "{:#?}", change);
            }
        }
    }

    #[test]
    fn the_order_of_the_input_does_not_matter(world in tape(), order in tape(), losses in prop::option::of(tape())) {
        let mut world = complete_world(&world);
        if let Some(losses) = losses {
            world = spoil(&world, &losses);
        }
        let dice = &mut Dice { tape: order.0.iter() };
        let mut shuffled = world.clone();
        shuffle(&mut shuffled.snapshot.accounts.content, dice);
        shuffle(&mut shuffled.snapshot.entitlements.content, dice);
        shuffle(&mut shuffled.snapshot.grants.content, dice);
        shuffle(&mut shuffled.desired, dice);
        prop_assert_eq!(world.plan(), shuffled.plan());
    }

    #[test]
    fn nothing_grave_comes_out_of_an_incomplete_listing(world in tape(), losses in tape()) {
        let mut world = complete_world(&world);
        // That somebody is the last holder can stand on the page that was lost. A leaver is closed all the same: their account must
        // not stay open because a group could not be read.
        world.privileged.clear();
        let known = grave(&world.plan());
        for change in grave(&spoil(&world, &losses).plan()) {
            prop_assert!(known.contains(&change), "only with losses: {}\nwithout: {:#?}", change, known);
        }
    }

    #[test]
    fn every_change_has_a_number_of_its_own_and_waits_only_for_earlier_ones(world in tape()) {
        let world = complete_world(&world);
        let plan = plan_app(&world.input());
        let mut seen = BTreeSet::new();
        for (index, change) in plan.changes.iter().enumerate() {
            prop_assert_eq!(change.id.as_str(), format!("c{}", index + 1));
            prop_assert!(change.after.iter().all(|id| seen.contains(id)), "{:#?}", change);
            prop_assert!(!change.reasons.is_empty() && !change.label.is_empty());
            seen.insert(change.id.clone());
        }
    }
}

/// The properties say nothing if the worlds are empty.
#[test]
fn the_worlds_have_changes_of_every_class_and_cases_of_every_kind() {
    use proptest::strategy::ValueTree;
    use proptest::test_runner::TestRunner;
    let mut runner = TestRunner::deterministic();
    let (mut operations, mut cases, mut waits_for_update) = (BTreeSet::new(), BTreeSet::new(), 0);
    for _ in 0..3_000 {
        let drawn = tape().new_tree(&mut runner).expect("a tape").current();
        let plan = complete_world(&drawn).plan();
        let word = |text: String| text.split([' ', '{']).next().unwrap_or_default().to_owned();
        operations.extend(plan.changes.iter().map(|change| word(format!("{:?}", change.operation))));
        cases.extend(plan.cases.iter().map(|case| word(format!("{:?}", case.kind))));
        let updates: BTreeSet<_> =
            plan.changes.iter().filter(|change| change.operation.class() == Class::Update).map(|change| &change.id).collect();
        waits_for_update += plan.changes.iter().filter(|change| change.after.iter().any(|id| updates.contains(id))).count();
    }
    assert_eq!(operations.len(), 11, "{operations:?}");
    assert_eq!(cases.len(), 8, "{cases:?}");
    assert!(waits_for_update > 10, "{waits_for_update}");
}
