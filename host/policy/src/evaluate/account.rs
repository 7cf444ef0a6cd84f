//! What one person should have on one app.

use super::attribute::{DraftAttribute, Mapped};
use super::extra::Extra;
use super::few::Few;
use super::stand::Stand;
use super::swap::{RoleGrant, Share};
use super::{Circumstances, EvaluationProblem, Would};
use crate::app::App;
use crate::expression::{Expression, Subject, Trouble};
use crate::lifecycle::OnLeave;
use crate::role::{Role, RoleMode};
use cel::{Context, Value};
use innkeeper_domain::{
    AppName, Description, DesiredAccount, DesiredGrant, EntitlementRef, Lifecycle, Person, PersonId, Presence, Reason,
    ReasonKind, Shared, SharedReason, Upcoming,
};
use jiff::civil::Date;

/// What is the same for everybody on one app.
pub(super) struct Rules<'a> {
    pub(super) app: &'a App,
    pub(super) roles: Vec<Ruled<'a>>,
    few: Few,
    pub(super) mapped: Vec<Mapped<'a>>,
    /// The reasons of accounts that have a value for each mapping, as nearly all do.
    pub(super) attribute_reasons: Shared<[SharedReason]>,
    /// Why somebody has none, without a record.
    no_role: Reason,
    pub(super) description: Option<&'a Description>,
    pub(super) circumstances: &'a Circumstances,
    /// Who is away for long.
    on_leave: Option<&'a Expression>,
    /// The day in the configured time zone.
    today: Date,
    today_text: String,
    /// Sorted by id.
    pub(super) people: &'a [&'a Person],
}

/// A role that gives something on the app, with the reason for it, without a record.
pub(super) struct Ruled<'a> {
    pub(super) role: &'a Role,
    pub(super) reason: SharedReason,
    /// What it gives on the app, also in the place of another app.
    pub(super) grants: Vec<RoleGrant<'a>>,
}

/// An account whose unique names are still to be chosen.
pub(super) struct Draft {
    /// Without attributes.
    pub(super) account: DesiredAccount,
    pub(super) attributes: Vec<DraftAttribute>,
    pub(super) problems: Vec<EvaluationProblem>,
    pub(super) upcoming: Vec<Upcoming>,
    /// Whether the app's pilot does not have the person.
    pub(super) outside: bool,
    /// What roles in observe mode would give.
    pub(super) would: Vec<Would>,
    /// Why the person has something here no more, where another app took its place.
    pub(super) swapped: Option<Reason>,
}

/// What the roles say of one person on one app.
#[derive(Default)]
pub(super) struct Standing<'a> {
    /// The roles that the person has and that give something.
    pub(super) held: Vec<&'a Ruled<'a>>,
    /// The roles of which that cannot be told, and why.
    undecided: Vec<(&'a Role, Trouble)>,
    /// The roles that the person has and that give something from a day on, when a swap begins.
    pub(super) later: Vec<(&'a Ruled<'a>, Date)>,
    /// The roles that the person has and that give nothing here any more, because of a swap.
    pub(super) over: Vec<&'a Ruled<'a>>,
}

impl Standing<'_> {
    /// Whether the person has the role, or could have it for all that is known.
    pub(super) fn knows(&self, role: &Role) -> bool {
        let held = self.held.iter().any(|ruled| ruled.role.name == role.name);
        held || self.undecided.iter().any(|(other, _)| other.name == role.name)
    }
}

impl<'a> Rules<'a> {
    pub(super) fn new(
        app: &'a App,
        roles: impl Iterator<Item = &'a Role>,
        description: Option<&'a Description>,
        circumstances: &'a Circumstances,
        on_leave: Option<&'a Expression>,
        people: &'a [&'a Person],
    ) -> Self {
        let given = |role: &'a Role| {
            let reason = SharedReason::from(role_reason(role));
            let grants = RoleGrant::of(role, &reason, &app.name, &circumstances.swaps);
            (!grants.is_empty()).then_some(Ruled { role, reason, grants })
        };
        let roles: Vec<Ruled<'a>> = roles.filter_map(given).collect();
        let mapped: Vec<_> = app.mappings.iter().map(|mapping| Mapped::new(mapping, description)).collect();
        let today = circumstances.today.date();
        Self {
            app,
            few: Few::new(&roles),
            roles,
            attribute_reasons: mapped.iter().map(|mapped| mapped.reason.clone()).collect(),
            mapped,
            no_role: Reason::new(ReasonKind::NoRole, "no role gives it"),
            description,
            circumstances,
            on_leave,
            today,
            today_text: today.to_string(),
            people,
        }
    }

    /// Drafts the account of one person.
    pub(super) fn draft(&self, context: &Context<'_, '_>, person: &Person) -> Draft {
        let stand = self.stand(person);
        let active = match stand.lifecycle {
            Lifecycle::Employed => true,
            Lifecycle::Future { starts } => self.is_near(starts, stand.today),
            Lifecycle::Left { .. } => false,
        };
        let own_day = (stand.today != self.today).then(|| stand.today.to_string());
        let subject = Subject::new(person, active, own_day.as_deref().unwrap_or(&self.today_text));
        let mut draft = Draft {
            account: self.blank(person),
            attributes: Vec::with_capacity(self.app.mappings.len()),
            problems: Vec::new(),
            upcoming: Vec::new(),
            outside: false,
            would: Vec::new(),
            swapped: None,
        };
        let standing = self.decide(context, person, &subject, &stand, &mut draft);
        let may_have_more = active && matches!(draft.account.presence, Presence::Active | Presence::NotEntitled);
        let extras = if may_have_more { self.extras(person, &standing, stand.today) } else { Vec::new() };
        if let (Presence::NotEntitled, Some(extra)) = (draft.account.presence, extras.first()) {
            draft.account.presence = Presence::Active;
            draft.account.reason = extra.reason.clone();
        }
        if draft.account.presence == Presence::NotEntitled {
            draft.account.reason.origin = person.origins.first().cloned();
        }
        if draft.account.presence == Presence::Active {
            self.add_grants(person, &standing, &extras, stand.today, &mut draft.account);
        }
        self.say_swapped(person, &standing, stand.today, &mut draft);
        if active {
            draft.would = self.would(context, person, &subject, &draft.account);
        }
        self.look_ahead(person, &stand, &standing, &extras, &mut draft);
        for (position, mapped) in self.mapped.iter().enumerate() {
            if let Some(values) = self.attribute(context, person, &subject, mapped, &mut draft.problems) {
                draft.attributes.push(DraftAttribute { position, values });
            }
        }
        if let Some(expression) = &self.app.transfer_to {
            self.add_heir(context, person, &subject, expression, &mut draft);
        }
        if let Some(pilot) = &self.app.pilot {
            self.keep_outside(context, person, &subject, pilot, &mut draft);
        }
        draft
    }

    /// What the roles in observe mode would give beside what the others give.
    fn would(&self, context: &Context<'_, '_>, person: &Person, subject: &Subject<'_>, account: &DesiredAccount) -> Vec<Would> {
        let given = |grant: &EntitlementRef| match grant.entitlement {
            None => account.presence == Presence::Active,
            Some(_) => account.grants.iter().any(|given| given.entitlement == *grant),
        };
        let observed = self.roles.iter().filter(|ruled| ruled.role.mode == RoleMode::Observe);
        let true_of = observed.filter(|ruled| ruled.role.rule().holds(context, subject) == Ok(true));
        true_of
            .filter_map(|ruled| {
                let on_app = ruled.role.grants.iter().filter(|grant| grant.app == self.app.name);
                let grants: Vec<EntitlementRef> = on_app.filter(|grant| !given(grant)).cloned().collect();
                (!grants.is_empty()).then(|| Would {
                    app: self.app.name.clone(),
                    person: person.id.clone(),
                    label: person.label().to_string(),
                    role: ruled.role.name.clone(),
                    grants,
                })
            })
            .collect()
    }

    /// Marks whoever the pilot does not have. The pilot is asked as if everybody worked here, so that a leaver does not leave it. Whoever
    /// it cannot tell of is outside.
    fn keep_outside(
        &self,
        context: &Context<'_, '_>,
        person: &Person,
        subject: &Subject<'_>,
        pilot: &Expression,
        draft: &mut Draft,
    ) {
        let why = match pilot.holds(context, &Subject { active: true, ..subject.clone() }) {
            Ok(inside) => {
                draft.outside = !inside;
                None
            }
            Err(Trouble::Unknown(path)) => Some(format!("`{path}` is not known of them")),
            Err(Trouble::Failed(why)) => Some(why),
        };
        draft.outside |= why.is_some();
        if draft.outside {
            draft.problems.clear();
        }
        if let Some(why) = why {
            let text = format!("whether {} is in the pilot cannot be told: {why}", person.label());
            draft.problems.push(self.problem(person, pilot, text, false));
        }
    }

    fn blank(&self, person: &Person) -> DesiredAccount {
        DesiredAccount {
            person: person.id.clone(),
            label: person.shared_label().clone(),
            app: self.app.name.clone(),
            presence: Presence::NotEntitled,
            reason: self.no_role.clone(),
            attributes: Vec::new(),
            attribute_reasons: Shared::default(),
            grants: Vec::new(),
            enable_on: None,
            transfer_to: None,
        }
    }

    fn decide(
        &self,
        context: &Context<'_, '_>,
        person: &Person,
        subject: &Subject<'_>,
        stand: &Stand,
        draft: &mut Draft,
    ) -> Standing<'_> {
        let Stand { lifecycle, today, .. } = *stand;
        let reason = |kind, text: String| Reason { origin: person.origins.first().cloned(), ..Reason::new(kind, text) };
        let standing = match lifecycle {
            Lifecycle::Left { since } => {
                draft.account.presence = Presence::Closed { since };
                let text = since.map_or_else(|| "leaver".to_owned(), |since| format!("leaver since {since}"));
                draft.account.reason = reason(ReasonKind::Leaver, text);
                return Standing::default();
            }
            Lifecycle::Future { starts } if !subject.active => {
                // What it will be on the first day, seen from today.
                let standing = self.standing(context, &Subject { active: true, ..subject.clone() }, today);
                if !standing.held.is_empty() || !standing.undecided.is_empty() {
                    draft.account.presence = Presence::Awaited { starts };
                    draft.account.reason = reason(ReasonKind::Joiner, format!("joiner, starts {starts}"));
                }
                return standing;
            }
            Lifecycle::Future { .. } | Lifecycle::Employed => self.standing(context, subject, today),
        };
        if lifecycle == Lifecycle::Employed && self.is_on_leave(context, person, subject, draft) {
            draft.account.presence = Presence::OnLeave;
            draft.account.reason = reason(ReasonKind::Leave, "on leave".to_owned());
            return standing;
        }
        if let (Lifecycle::Future { starts }, true) = (lifecycle, self.app.enable_on_start) {
            draft.account.enable_on = Some(starts);
        }
        if let Some(ruled) = standing.held.first() {
            draft.account.presence = Presence::Active;
            draft.account.reason = ruled.reason_for(person, today);
            if let Lifecycle::Future { starts } = lifecycle {
                draft.account.reason.kind = ReasonKind::Joiner;
                draft.account.reason.text = format!("joiner, starts {starts}").into();
            }
        }
        for (role, trouble) in &standing.undecided {
            let text = match trouble {
                Trouble::Unknown(path) => {
                    format!("whether {} has the role {} cannot be told: `{path}` is not known of them", person.label(), role.name)
                }
                Trouble::Failed(why) => format!("whether {} has the role {} cannot be told: {why}", person.label(), role.name),
            };
            draft.problems.push(self.problem(person, role.rule(), text, true));
        }
        standing
    }

    /// Whether the person is away for long, and the app's accounts are suspended then.
    fn is_on_leave(&self, context: &Context<'_, '_>, person: &Person, subject: &Subject<'_>, draft: &mut Draft) -> bool {
        let Some(rule) = self.on_leave.filter(|_| self.app.on_leave == OnLeave::Suspend) else { return false };
        match rule.holds(context, subject) {
            Ok(away) => away,
            Err(trouble) => {
                let why = match trouble {
                    Trouble::Unknown(path) => format!("`{path}` is not known of them"),
                    Trouble::Failed(why) => why,
                };
                let text = format!("whether {} is on leave cannot be told: {why}", person.label());
                draft.problems.push(self.problem(person, rule, text, true));
                false
            }
        }
    }

    fn standing(&self, context: &Context<'_, '_>, subject: &Subject<'_>, today: Date) -> Standing<'_> {
        let mut standing = Standing::default();
        for ruled in self.few.of(subject).into_iter().map(|position| &self.roles[position]) {
            let share = ruled.share(&subject.person.id, today);
            match (ruled.role.rule().holds(context, subject), share) {
                (Ok(true), Share::Gives) => standing.held.push(ruled),
                (Ok(true), Share::Later(from)) => standing.later.push((ruled, from)),
                (Ok(true), Share::Over) => standing.over.push(ruled),
                (Ok(false), _) | (Err(_), Share::Later(_) | Share::Over) => {}
                (Err(trouble), Share::Gives) => standing.undecided.push((ruled.role, trouble)),
            }
        }
        standing
    }

    fn add_grants(&self, person: &Person, standing: &Standing<'_>, extras: &[Extra], today: Date, account: &mut DesiredAccount) {
        let given = |account: &DesiredAccount, entitlement: &EntitlementRef| {
            account.grants.iter().any(|given| given.entitlement == *entitlement)
        };
        for ruled in &standing.held {
            for grant in ruled.given(&person.id, today).filter(|grant| grant.entitlement().entitlement.is_some()) {
                if !given(account, grant.entitlement()) {
                    account.grants.push(match grant.swap {
                        None => grant.desired.clone(),
                        Some(_) => {
                            let reason = ruled.reason_of(grant, person, today).into();
                            DesiredGrant { entitlement: grant.entitlement().clone(), reason }.into()
                        }
                    });
                }
            }
        }
        for extra in extras.iter().filter(|extra| extra.entitlement.entitlement.is_some()) {
            if !given(account, &extra.entitlement) {
                let (entitlement, reason) = (extra.entitlement.clone(), extra.reason.clone().into());
                account.grants.push(DesiredGrant { entitlement, reason }.into());
            }
        }
    }

    fn add_heir(
        &self,
        context: &Context<'_, '_>,
        person: &Person,
        subject: &Subject<'_>,
        expression: &Expression,
        draft: &mut Draft,
    ) {
        let why = match expression.value(context, subject) {
            Ok(Value::Null) | Err(Trouble::Unknown(_)) => return,
            Ok(Value::String(id)) if id.is_empty() => return,
            Ok(Value::String(id)) => match self.heir(&id) {
                Ok(heir) => {
                    draft.account.transfer_to = Some(heir);
                    return;
                }
                Err(why) => why,
            },
            Ok(other) => format!("expected a person's id, got {}", crate::expression::kind_of(&other)),
            Err(Trouble::Failed(why)) => why,
        };
        if matches!(draft.account.presence, Presence::Closed { .. } | Presence::NotEntitled) {
            let text = format!("nobody inherits from {}: {why}", person.label());
            draft.problems.push(self.problem(person, expression, text, false));
        }
    }

    fn heir(&self, id: &str) -> Result<PersonId, String> {
        let found = self.people.binary_search_by(|other| other.id.as_str().cmp(id));
        let heir = found.map(|index| self.people[index]).map_err(|_| format!("there is no person `{id}`"))?;
        match heir.lifecycle(&self.circumstances.today) {
            Lifecycle::Left { .. } => Err(format!("{} has left too", heir.label())),
            _ => Ok(heir.id.clone()),
        }
    }

    pub(super) fn problem(&self, person: &Person, expression: &Expression, text: String, holds: bool) -> EvaluationProblem {
        let app: AppName = self.app.name.clone();
        EvaluationProblem { app, person: person.id.clone(), place: expression.place().clone(), text, holds }
    }
}

/// The reason with a person's record.
pub(super) fn of(reason: &Reason, person: &Person) -> Reason {
    Reason { origin: person.origins.first().cloned(), ..reason.clone() }
}

pub(super) fn role_reason(role: &Role) -> Reason {
    Reason {
        kind: ReasonKind::Role,
        text: format!("role {}: {}", role.name, role.rule().phrase()).into(),
        role: Some(role.name.clone()),
        expression: Some(role.rule().text().into()),
        place: Some(role.rule().place().to_string().into()),
        origin: None,
    }
}
