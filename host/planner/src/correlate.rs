//! Which account is whose: first what is written down, then the rules in their order.
//!
//! A rule counts only where one account and one person hit each other and nobody else. Everybody in a larger knot is left alone,
//! also by the later rules: a weaker rule never decides what a stronger one could not.

use crate::certainty::Certainty;
use crate::matcher::Matcher;
use crate::observed::Observed;
use crate::positions::Positions;
use crate::schema::Schema;
use crate::{AppInput, CorrelationRules, Link};
use innkeeper_domain::{Account, AccountId, Case, CaseKind, DesiredAccount, PersonId, Presence, Uniqueness};
use std::borrow::Cow;
use std::cmp::Ordering;
use std::collections::{BTreeMap, HashMap};

/// Whose an account is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Owner<'a> {
    /// Nobody's that we know.
    Nobody,
    /// Written down.
    Linked { link: &'a Link, person: Option<usize> },
    /// Recognised by a rule.
    Matched { person: usize },
    /// Undecided.
    Knot,
}

/// Which account a person has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Holding<'a> {
    /// None; `lost` is the one that was deleted on the app.
    None { lost: Option<(&'a AccountId, &'a Link)> },
    /// A managed one.
    Linked { account: usize },
    /// Several managed ones.
    Several,
    /// A managed one that the app does not list while it is suspended.
    Hidden { id: &'a AccountId, link: &'a Link },
    /// A managed one that was deleted and that the app can bring back.
    Deleted { id: &'a AccountId, link: &'a Link },
    /// A managed one that was not seen, and nobody knows whether it exists.
    Unseen,
    /// One that exists and is recognised by the rule of this position.
    Matched { account: usize, matcher: usize },
    /// Undecided.
    Knot,
}

impl Holding<'_> {
    /// The one account that exists and is theirs.
    pub(crate) fn account(&self) -> Option<usize> {
        match *self {
            Self::Linked { account } | Self::Matched { account, .. } => Some(account),
            _ => None,
        }
    }
}

/// The accounts of a person that were seen and that a link names.
#[derive(Clone, Copy)]
enum Linked {
    Nothing,
    One(u32),
    Several,
}

pub(crate) struct Correlation<'a> {
    /// The people by id, with what they should have.
    pub(crate) people: Vec<&'a DesiredAccount>,
    /// What each person has.
    pub(crate) holdings: Vec<Holding<'a>>,
    /// Whose each account is.
    pub(crate) owners: Vec<Owner<'a>>,
    pub(crate) cases: Vec<Case>,
}

impl<'a> Correlation<'a> {
    pub(crate) fn new(input: &AppInput<'a>, observed: &Observed<'a>, schema: &Schema<'a>, certainty: &Certainty<'a>) -> Self {
        let mut people: Vec<&DesiredAccount> = input.desired.iter().collect();
        // As the rules give them, mostly.
        if !people.is_sorted_by(|left, right| left.person < right.person) {
            people.sort_by(|left, right| left.person.cmp(&right.person));
            people.dedup_by(|next, kept| next.person == kept.person);
        }
        let holdings = vec![Holding::None { lost: None }; people.len()];
        let owners = vec![Owner::Nobody; observed.accounts.len()];
        let mut correlation = Self { people, holdings, owners, cases: Vec::new() };
        correlation.follow_links(input, observed, schema, certainty);
        for (position, matcher) in input.matchers.iter().enumerate() {
            if !correlation.owners.contains(&Owner::Nobody) {
                break;
            }
            let matcher = Matcher::new(schema, matcher);
            Round::new(&correlation, observed, &matcher, input.correlation).settle(
                &mut correlation,
                position,
                &matcher,
                observed,
            );
        }
        correlation
    }

    /// The person's position in `people`.
    pub(crate) fn find(&self, person: &PersonId) -> Option<usize> {
        self.people.binary_search_by(|desired| desired.person.cmp(person)).ok()
    }

    /// Whether nobody else has or is to get a unique value of an account that is gone: the app would refuse to bring back a second one.
    fn is_free(&self, person: usize, gone: &Account, observed: &Observed<'_>, schema: &Schema<'_>) -> bool {
        let description = schema.description;
        let unique = description.accounts.iter().filter(|schema| schema.uniqueness != Uniqueness::None);
        unique.map(|attribute| Matcher::new(schema, &attribute.name)).all(|matcher| {
            let keys: Vec<_> = matcher.of_account(gone).collect();
            let others = self.people.iter().enumerate().filter(|(other, desired)| {
                *other != person && matches!(desired.presence, Presence::Active | Presence::Awaited { .. })
            });
            observed.accounts.iter().all(|account| matcher.of_account(account).all(|key| !keys.contains(&key)))
                && others.into_iter().all(|(_, desired)| matcher.of_person(desired).all(|key| !keys.contains(&key)))
        })
    }

    fn follow_links(&mut self, input: &AppInput<'a>, observed: &Observed<'a>, schema: &Schema<'a>, certainty: &Certainty<'a>) {
        let ids = self.people.iter().enumerate().map(|(position, desired)| (desired.person.as_text(), position as u32));
        let positions = Positions::new(ids);
        let hides = input.snapshot.description.quirks.hides_suspended;
        let mut accounts = (0..observed.accounts.len()).peekable();
        let mut unseen = Vec::new();
        // Links come in the order of accounts, people lie anywhere in this list, and the smaller what is written there the better.
        let mut linked = vec![Linked::Nothing; self.people.len()];
        for (id, link) in input.links {
            let person = positions.of(link.person.as_text()).map(|position| position as usize);
            let found = loop {
                match accounts.peek().map(|account| observed.compare(*account, id)) {
                    Some(Ordering::Less) => drop(accounts.next()),
                    // No account has two links.
                    Some(Ordering::Equal) => break accounts.next(),
                    Some(Ordering::Greater) | None => break None,
                }
            };
            if let Some(account) = found {
                self.owners[account] = Owner::Linked { link, person };
                if let Some(person) = person {
                    linked[person] = match linked[person] {
                        Linked::Nothing => Linked::One(account as u32),
                        Linked::One(_) | Linked::Several => Linked::Several,
                    };
                }
            } else {
                unseen.extend(person.map(|person| (person, id, link)));
            }
        }
        for (holding, linked) in self.holdings.iter_mut().zip(linked) {
            match linked {
                Linked::Nothing => {}
                Linked::One(account) => *holding = Holding::Linked { account: account as usize },
                Linked::Several => *holding = Holding::Several,
            }
        }
        for (person, id, link) in unseen {
            self.holdings[person] = match self.holdings[person] {
                // Two accounts, and nobody knows whether both still exist.
                _ if !certainty.absent_account_is_gone() => Holding::Unseen,
                Holding::None { .. } if let Some(gone) = observed.gone(id) => {
                    let wanted = self.people[person].presence == Presence::Active && certainty.may_create();
                    let reversible = input.snapshot.description.delete.as_ref().is_some_and(|effect| effect.reversible);
                    if wanted && reversible && gone.invitation.is_none() && self.is_free(person, gone, observed, schema) {
                        Holding::Deleted { id, link }
                    } else {
                        Holding::None { lost: Some((id, link)) }
                    }
                }
                Holding::None { .. } if link.deleted_on.is_some() => Holding::None { lost: Some((id, link)) },
                Holding::None { .. } if hides && link.suspended_on.is_some() => Holding::Hidden { id, link },
                Holding::None { .. } if hides => {
                    self.cases.push(vanished(self.people[person], id));
                    Holding::Unseen
                }
                Holding::None { .. } => Holding::None { lost: Some((id, link)) },
                seen => seen,
            };
        }
        self.report_several(observed, input.correlation);
    }

    /// Only where an account is to be used: a leaver's accounts are all closed, however many there are.
    fn report_several(&mut self, observed: &Observed<'_>, rules: &CorrelationRules) {
        let mut several_of: BTreeMap<usize, Vec<&Account>> = BTreeMap::new();
        for (account, owner) in observed.accounts.iter().zip(&self.owners) {
            if let Owner::Linked { person: Some(person), .. } = owner
                && self.holdings[*person] == Holding::Several
                && self.people[*person].presence == Presence::Active
                && !rules.ignored.contains(&self.people[*person].person)
            {
                several_of.entry(*person).or_default().push(account);
            }
        }
        let cases =
            several_of.into_iter().map(|(person, accounts)| several(self.people[person], accounts.into_iter(), "are linked to"));
        self.cases.extend(cases);
    }
}

/// Who has the same value, in one round.
#[derive(Default)]
struct Hit {
    people: Vec<usize>,
    accounts: Vec<usize>,
}

impl Hit {
    /// Takes out who is known not to be anybody's of the other side. Who could still be one of several stays with all of them.
    fn part(&mut self, people: &[&DesiredAccount], accounts: &[&Account], rules: &CorrelationRules) {
        let apart =
            |person: usize, account: usize| rules.apart.contains(&(people[person].person.clone(), accounts[account].id.clone()));
        let Self { people: whose, accounts: which } = self;
        whose.retain(|person| which.iter().any(|account| !apart(*person, *account)));
        which.retain(|account| whose.iter().any(|person| !apart(*person, *account)));
    }
}

/// Whether an account could still be found for the person. Somebody who should have none and whose account is gone is done.
fn is_looking(holding: Holding<'_>, presence: Presence) -> bool {
    match holding {
        Holding::None { lost: Some(_) } => matches!(presence, Presence::Active | Presence::Awaited { .. }),
        Holding::None { lost: None } => true,
        _ => false,
    }
}

struct Round<'r> {
    hits: Vec<Hit>,
    rules: &'r CorrelationRules,
}

impl<'r> Round<'r> {
    fn new(correlation: &Correlation<'_>, observed: &Observed<'_>, matcher: &Matcher<'_>, rules: &'r CorrelationRules) -> Self {
        let mut hits: Vec<Hit> = Vec::new();
        let mut by_key: HashMap<Cow<'_, str>, usize> = HashMap::new();
        for (person, desired) in correlation.people.iter().enumerate() {
            if is_looking(correlation.holdings[person], desired.presence) {
                for key in matcher.of_person(desired) {
                    let hit = *by_key.entry(key).or_insert_with(|| {
                        hits.push(Hit::default());
                        hits.len() - 1
                    });
                    if hits[hit].people.last() != Some(&person) {
                        hits[hit].people.push(person);
                    }
                }
            }
        }
        for (account, owner) in correlation.owners.iter().enumerate() {
            if *owner == Owner::Nobody {
                for key in matcher.of_account(observed.accounts[account]) {
                    if let Some(&hit) = by_key.get(&key)
                        && hits[hit].accounts.last() != Some(&account)
                    {
                        hits[hit].accounts.push(account);
                    }
                }
            }
        }
        if !rules.apart.is_empty() {
            hits.iter_mut().for_each(|hit| hit.part(&correlation.people, &observed.accounts, rules));
        }
        hits.retain(|hit| !hit.accounts.is_empty() && !hit.people.is_empty());
        Self { hits, rules }
    }

    /// Matches the pairs and reports the knots.
    fn settle(self, correlation: &mut Correlation<'_>, position: usize, matcher: &Matcher<'_>, observed: &Observed<'_>) {
        let rules = self.rules;
        for knot in self.knots() {
            let is_ignored = |person: usize| rules.ignored.contains(&correlation.people[person].person);
            if let ([person], [account]) = (knot.people.as_slice(), knot.accounts.as_slice())
                && !is_ignored(*person)
            {
                correlation.holdings[*person] = Holding::Matched { account: *account, matcher: position };
                correlation.owners[*account] = Owner::Matched { person: *person };
                continue;
            }
            for &person in &knot.people {
                correlation.holdings[person] = Holding::Knot;
            }
            for &account in &knot.accounts {
                correlation.owners[account] = Owner::Knot;
            }
            correlation.cases.extend(knot.cases(&correlation.people, &observed.accounts, matcher, rules));
        }
    }

    /// The hits that hang together, each group once, in the order of the first person.
    fn knots(self) -> Vec<Knot> {
        let mut sets = Sets::default();
        for hit in &self.hits {
            let first = Node::Person(hit.people[0]);
            for &person in &hit.people[1..] {
                sets.join(first, Node::Person(person));
            }
            for &account in &hit.accounts {
                sets.join(first, Node::Account(account));
            }
        }
        let mut knots: BTreeMap<Node, Knot> = BTreeMap::new();
        for hit in self.hits {
            let root = sets.root(Node::Person(hit.people[0]));
            let knot = knots.entry(root).or_default();
            knot.people.extend(&hit.people);
            knot.accounts.extend(&hit.accounts);
            knot.hits.push(hit);
        }
        let mut knots: Vec<Knot> = knots.into_values().collect();
        for knot in &mut knots {
            knot.people.sort_unstable();
            knot.people.dedup();
            knot.accounts.sort_unstable();
            knot.accounts.dedup();
        }
        knots
    }
}

/// How many names a case lists at most: two thousand accounts with one address would fill the plan with each other.
const NAMED: usize = 20;

/// People and accounts that hit each other, directly or through others.
#[derive(Default)]
struct Knot {
    people: Vec<usize>,
    accounts: Vec<usize>,
    hits: Vec<Hit>,
}

impl Knot {
    /// The cases that are spoken of. Whoever is known not to be the other's is not named with them.
    fn cases(
        &self,
        people: &[&DesiredAccount],
        accounts: &[&Account],
        matcher: &Matcher<'_>,
        rules: &CorrelationRules,
    ) -> Vec<Case> {
        let apart = |person: usize, account: usize| {
            !rules.apart.is_empty() && rules.apart.contains(&(people[person].person.clone(), accounts[account].id.clone()))
        };
        let is_ignored = |person: usize| rules.ignored.contains(&people[person].person);
        let (mut of_person, mut of_account) = (BTreeMap::<_, Vec<usize>>::new(), BTreeMap::<_, Vec<usize>>::new());
        for hit in &self.hits {
            for person in &hit.people {
                let hers = hit.accounts.iter().copied().filter(|account| !apart(*person, *account));
                of_person.entry(*person).or_default().extend(hers.take(NAMED));
            }
            for account in &hit.accounts {
                let whose = hit.people.iter().copied().filter(|person| !apart(*person, *account));
                of_account.entry(*account).or_default().extend(whose.take(NAMED));
            }
        }
        let mut cases = Vec::new();
        for (person, mut hits) in of_person {
            hits.sort_unstable();
            hits.dedup();
            if hits.len() > 1 && !is_ignored(person) {
                let hits = hits.iter().take(NAMED).map(|&account| accounts[account]);
                cases.push(several(people[person], hits, &format!("have the {} of", matcher.name)));
            }
        }
        for (account, mut hits) in of_account {
            hits.sort_unstable();
            hits.dedup();
            if hits.len() > 1 && !hits.iter().all(|person| is_ignored(*person)) {
                cases.push(claimed(accounts[account], hits.iter().take(NAMED).map(|&person| people[person]), matcher));
            }
        }
        cases
    }
}

fn several<'a>(desired: &DesiredAccount, accounts: impl Iterator<Item = &'a Account>, how: &str) -> Case {
    let (ids, names): (Vec<_>, Vec<_>) = accounts.map(|account| (account.id.clone(), account.unique_name.as_str())).unzip();
    Case {
        person: Some(desired.person.clone()),
        label: Some(desired.label.to_string()),
        text: format!(
            "The accounts {} {how} {} ({}). Nothing is done until it is clear which one is theirs: change the others on the app.",
            names.join(", "),
            desired.label,
            desired.person
        ),
        kind: CaseKind::AmbiguousAccount { accounts: ids },
    }
}

fn claimed<'a>(account: &Account, people: impl Iterator<Item = &'a DesiredAccount>, matcher: &Matcher<'_>) -> Case {
    let (ids, names): (Vec<_>, Vec<_>) =
        people.map(|desired| (desired.person.clone(), format!("{} ({})", desired.label, desired.person))).unzip();
    Case {
        person: None,
        label: Some(account.unique_name.to_string()),
        text: format!(
            "The account {} could belong to {}: all of them have its {}. Nothing is done until the records differ.",
            account.unique_name,
            names.join(", "),
            matcher.name
        ),
        kind: CaseKind::AmbiguousPerson { account: account.id.clone(), people: ids },
    }
}

fn vanished(desired: &DesiredAccount, id: &AccountId) -> Case {
    Case {
        person: Some(desired.person.clone()),
        label: Some(desired.label.to_string()),
        kind: CaseKind::Incomplete { listing: format!("accounts: suspended accounts are not listed, and {id} is missing") },
        text: format!(
            "The account {id} of {} is not listed any more. This app does not list suspended accounts, so somebody suspended or deleted it. \
             Reactivate it on the app, or remove the link if it is gone.",
            desired.label
        ),
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Node {
    Person(usize),
    Account(usize),
}

/// Disjoint sets. The smallest member is the root, so that the outcome does not depend on the order of joining.
#[derive(Default)]
struct Sets(HashMap<Node, Node>);

impl Sets {
    fn root(&mut self, node: Node) -> Node {
        let mut root = node;
        while let Some(&parent) = self.0.get(&root) {
            root = parent;
        }
        let mut step = node;
        while step != root {
            step = self.0.insert(step, root).unwrap_or(root);
        }
        root
    }

    fn join(&mut self, left: Node, right: Node) {
        let (left, right) = (self.root(left), self.root(right));
        if left != right {
            self.0.insert(left.max(right), left.min(right));
        }
    }
}
