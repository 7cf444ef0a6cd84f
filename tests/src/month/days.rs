//! What happens on which day.

use innkeeper_fakes::bamboohr::{Employment, Job};
use jiff::{SignedDuration, ToSpan as _};

use super::{FIRST, Month, before};

/// The working days of the month.
pub const DAYS: usize = 20;
/// Who joins the engineers on day 8, never answers GitHub's invitation, and is gone on day 9.
pub(super) const SILENT: usize = 107;
/// Who is let go on day 3 and hired again on day 16.
const RETURNER: usize = 33;
/// The head of a team, who leaves on day 12.
const HEAD: usize = 5;

/// What happened on a day, in words.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Day {
    /// A sentence for each event.
    pub events: Vec<String>,
    /// Who left, by their place in the company.
    pub left: Vec<usize>,
}

impl Month {
    /// Plays a day, from 1 to [`DAYS`]: overnight, people accept their invitations; in the morning the HR system is brought up to date.
    pub fn day(&mut self, number: usize) -> Day {
        self.night();
        let mut day = Day::default();
        self.join(FIRST + number - 1, &mut day);
        if number.is_multiple_of(2) {
            self.move_on(10 + 3 * number, &mut day);
        }
        match number {
            3 => self.leave(RETURNER, &mut day),
            6 => self.leave(41, &mut day),
            9 => self.leave(SILENT, &mut day),
            12 => self.leave(HEAD, &mut day),
            15 => self.leave(57, &mut day),
            18 => self.leave(60, &mut day),
            16 => self.come_back(RETURNER, &mut day),
            _ => {}
        }
        day
    }

    /// Time goes by, and people do what nobody can do for them.
    pub fn night(&mut self) {
        let silent: Vec<String> = self.silent.iter().map(|index| self.person(*index).user_name.clone()).collect();
        self.github.with(|github| {
            github.advance(SignedDuration::from_hours(24));
            for address in github.invited() {
                if !silent.contains(&address) {
                    github.accept_invitation(&address);
                }
            }
        });
        self.google.with(|google| google.advance(24 * 60 * 60));
        self.slack.with(|slack| slack.advance(SignedDuration::from_hours(24)));
    }

    fn join(&mut self, index: usize, day: &mut Day) {
        // All of the month is one day as far as dates go: whoever leaves in it has begun before.
        let since = if index == SILENT { self.today - 3.days() } else { self.today };
        self.hire(index, since);
        let person = self.person(index);
        day.events.push(format!("{} {} joins {}", person.given_name, person.family_name, person.department));
    }

    fn move_on(&mut self, index: usize, day: &mut Day) {
        let (id, today) = (self.id(index), self.today);
        let person = &mut self.company.employees[index];
        let (to, title) = if person.department == "Sales" { ("Engineering", "Engineer") } else { ("Sales", "Account Executive") };
        day.events.push(format!("{} {} moves from {} to {to}", person.given_name, person.family_name, person.department));
        (person.department, person.title) = (to.to_owned(), title.to_owned());
        let job = Job {
            title: Some(title.to_owned()),
            department: Some(to.to_owned()),
            division: None,
            location: Some("Porto".to_owned()),
            reports_to: self.ids[(index - 1) / 8],
        };
        self.hr.with(|hr| hr.move_to(id, today, job));
    }

    fn leave(&mut self, index: usize, day: &mut Day) {
        let (id, last) = (self.id(index), before(self.today));
        self.hr.with(|hr| hr.terminate(id, last));
        let person = self.person(index);
        day.events.push(format!("{} {} ({}) has left", person.given_name, person.family_name, person.title));
        day.left.push(index);
    }

    fn come_back(&mut self, index: usize, day: &mut Day) {
        let (id, today) = (self.id(index), self.today);
        self.hr.with(|hr| hr.employ(id, today, Employment { status: "Full-Time".to_owned(), comment: None }));
        let person = self.person(index);
        day.events.push(format!("{} {} is hired again", person.given_name, person.family_name));
    }

    /// Who leaves and is hired again.
    #[must_use]
    pub fn returner(&self) -> usize {
        RETURNER
    }

    /// The head of a team, who leaves: what is theirs goes to their manager.
    #[must_use]
    pub fn head(&self) -> usize {
        HEAD
    }

    /// What somebody still has, a line each; nothing for somebody who has left.
    #[must_use]
    pub fn left_behind(&self, index: usize) -> Vec<String> {
        let address = &self.person(index).user_name;
        let mut found = Vec::new();
        self.google.with(|google| {
            if google.find_user(address).is_some_and(|user| !user.suspended) {
                found.push(format!("Google: {address} can sign in"));
            }
            let groups = super::google_groups().into_iter().filter(|group| google.members_of(group).contains(address));
            found.extend(groups.map(|group| format!("Google: {address} is in {group}")));
            found.extend(google.licenses_of(address).into_iter().map(|sku| format!("Google: {address} has the licence {sku}")));
        });
        self.slack.with(|slack| {
            let Some(user) = slack.user_with_email(address) else { return };
            let id = user.id.clone();
            if user.active {
                found.push(format!("Slack: {address} can sign in"));
            }
            let groups = super::DEPARTMENTS.iter().filter_map(|(name, ..)| slack.usergroup(&name.to_lowercase()));
            let in_them = groups.filter(|group| group.disabled.is_none() && group.users.contains(&id));
            found.extend(in_them.map(|group| format!("Slack: {address} is in @{}", group.handle)));
        });
        self.github.with(|github| {
            if github.invited().contains(address) {
                found.push(format!("GitHub: {address} has an open invitation"));
            }
            let login = github
                .members()
                .into_iter()
                .map(|(login, _)| login)
                .find(|login| github.user(login).is_some_and(|user| user.emails.iter().any(|email| email == address)));
            found.extend(login.map(|login| format!("GitHub: {login} is a member")));
        });
        found
    }
}
