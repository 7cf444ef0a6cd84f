//! What a test does by hand, without a request, and what it looks at.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};

use super::GitHub;
use super::state::{Account, ExternalIdentity, Invitee, Role, Seat};

impl GitHub {
    /// What time it is here.
    #[must_use]
    pub fn clock(&self) -> Timestamp {
        self.state.clock
    }

    /// Says what time it is.
    pub fn set_clock(&mut self, now: Timestamp) {
        self.state.clock = now;
        self.state.tick();
    }

    /// So much time passes.
    ///
    /// # Panics
    /// When it is more than time itself has.
    pub fn advance(&mut self, by: SignedDuration) {
        self.set_clock(self.state.clock + by);
    }

    /// Makes an account outside the organisation; its id.
    ///
    /// # Panics
    /// When the login is taken.
    pub fn add_user(&mut self, login: &str) -> u64 {
        assert!(self.state.account(login).is_none(), "the login {login} is taken");
        let id = self.state.next_id();
        let account =
            Account { id, login: login.to_owned(), name: None, emails: Vec::new(), public_email: None, two_factor: true };
        self.state.accounts.insert(id, account);
        id
    }

    /// Makes an account with a verified, private e-mail address; its id.
    ///
    /// # Panics
    /// When the login is taken.
    pub fn add_user_with_email(&mut self, login: &str, email: &str) -> u64 {
        let id = self.add_user(login);
        self.change_account(login, |account| account.emails.push(email.to_owned()));
        id
    }

    /// Changes an account, as its person does: its name, its addresses, its second factor.
    ///
    /// # Panics
    /// When nobody has the login.
    pub fn change_account(&mut self, login: &str, change: impl FnOnce(&mut Account)) {
        let id = self.id(login);
        change(&mut self.state.accounts[&id]);
    }

    /// Changes a login, as its person does. The id stays.
    ///
    /// # Panics
    /// When nobody has the old login, or somebody has the new one.
    pub fn rename(&mut self, old: &str, new: &str) {
        assert!(self.state.account(new).is_none(), "the login {new} is taken");
        self.change_account(old, |account| account.login = new.to_owned());
    }

    fn id(&self, login: &str) -> u64 {
        self.state.account(login).unwrap_or_else(|| panic!("nobody has the login {login}")).id
    }

    /// Makes a member of an account, without an invitation; an account too, where nobody has the login. Its id.
    pub fn add_member(&mut self, login: &str, role: Role) -> u64 {
        let id = match self.state.account(login) {
            Some(account) => account.id,
            None => self.add_user(login),
        };
        self.state.join(id, role, &BTreeSet::new());
        id
    }

    /// Somebody takes a member out of the organisation.
    ///
    /// # Panics
    /// When nobody has the login.
    pub fn remove_member_by_hand(&mut self, login: &str) {
        self.state.leave(self.id(login));
    }

    /// A person accepts the invitation to an address or a login; the id of the account. Who was invited by an address and has no
    /// account with it makes one, whose login is the local part of the address.
    ///
    /// # Panics
    /// When there is no such pending invitation.
    pub fn accept_invitation(&mut self, email_or_login: &str) -> u64 {
        let login = email_or_login.split('@').next().unwrap_or_default().replace('.', "-");
        self.accept_invitation_as(email_or_login, &login)
    }

    /// As [`accept_invitation`](Self::accept_invitation), with the login of an account that exists or is made now.
    ///
    /// # Panics
    /// When there is no such pending invitation.
    pub fn accept_invitation_as(&mut self, email_or_login: &str, login: &str) -> u64 {
        let invitee = if email_or_login.contains('@') {
            Invitee::Email(email_or_login.to_owned())
        } else {
            Invitee::Account(self.id(email_or_login))
        };
        let invitation = self.state.invitation_of(&invitee).cloned();
        let invitation = invitation.unwrap_or_else(|| panic!("{email_or_login} is not invited"));
        let id = match &invitation.invitee {
            Invitee::Account(id) => *id,
            Invitee::Email(email) => match (self.state.account_with_email(email), self.state.account(login)) {
                (Some(account), _) | (None, Some(account)) => account.id,
                (None, None) => self.add_user_with_email(login, email),
            },
        };
        self.state.invitations.remove(&invitation.id);
        self.state.join(id, invitation.role, &invitation.teams);
        id
    }

    /// An invitation fails for a reason of GitHub's own, such as an address that bounces.
    ///
    /// # Panics
    /// When there is no such pending invitation.
    pub fn fail_invitation(&mut self, email: &str, reason: &str) {
        let invitation = self.state.invitation_of(&Invitee::Email(email.to_owned())).map(|one| one.id);
        self.state.fail(invitation.unwrap_or_else(|| panic!("{email} is not invited")), reason);
    }

    /// Makes a visible team, within another where one is named; its id.
    ///
    /// # Panics
    /// When the name is taken or there is no such parent.
    pub fn add_team(&mut self, name: &str, parent: Option<&str>) -> u64 {
        let parent = parent.map(|slug| self.team_id(slug));
        self.make_team(name, None, false, parent).unwrap_or_else(|_| panic!("the team {name} cannot be made"))
    }

    fn team_id(&self, slug: &str) -> u64 {
        self.state.team(slug).unwrap_or_else(|| panic!("there is no team {slug}")).id
    }

    /// Puts a member into a team.
    ///
    /// # Panics
    /// When there is no such team or account.
    pub fn add_to_team(&mut self, slug: &str, login: &str) {
        let (team, user) = (self.team_id(slug), self.id(login));
        self.state.teams.entry(team).and_modify(|team| {
            team.members.insert(user, false);
        });
    }

    /// From now on the identity provider says who is in a team.
    ///
    /// # Panics
    /// When there is no such team.
    pub fn sync_team(&mut self, slug: &str) {
        let team = self.team_id(slug);
        self.state.teams.entry(team).and_modify(|team| team.synced = true);
    }

    /// Makes an organisation role of the organisation's own; its id.
    pub fn add_organization_role(&mut self, name: &str, permissions: &[&str]) -> u64 {
        self.make_role(name, "", permissions.iter().map(|permission| (*permission).to_owned()).collect())
    }

    /// Gives a member a Copilot seat.
    ///
    /// # Panics
    /// When nobody has the login.
    pub fn add_seat(&mut self, login: &str) {
        let (id, created) = (self.id(login), self.state.clock);
        self.state.seats.insert(id, Seat { created, cancelled: None, last_activity: Some(created) });
    }

    /// The identity provider knows somebody.
    pub fn add_external_identity(&mut self, identity: ExternalIdentity) {
        self.state.identities.push(identity);
    }

    /// An account, by its login.
    #[must_use]
    pub fn user(&self, login: &str) -> Option<&Account> {
        self.state.account(login)
    }

    /// The logins of the members with their roles, in the order in which they joined.
    #[must_use]
    pub fn members(&self) -> Vec<(String, Role)> {
        self.state.members.iter().map(|(id, role)| (self.state.accounts[id].login.clone(), *role)).collect()
    }

    /// The logins of the direct members of a team.
    ///
    /// # Panics
    /// When there is no such team.
    #[must_use]
    pub fn team_members(&self, slug: &str) -> Vec<String> {
        let team = &self.state.teams[&self.team_id(slug)];
        team.members.keys().map(|id| self.state.accounts[id].login.clone()).collect()
    }

    /// The addresses or logins that are invited and have not answered.
    #[must_use]
    pub fn invited(&self) -> Vec<String> {
        self.state.invitations.values().map(|one| self.name(&one.invitee)).collect()
    }

    /// The addresses or logins whose invitations have failed.
    #[must_use]
    pub fn failed(&self) -> Vec<String> {
        self.state.failed.values().map(|one| self.name(&one.invitee)).collect()
    }

    fn name(&self, invitee: &Invitee) -> String {
        match invitee {
            Invitee::Account(id) => self.state.accounts[id].login.clone(),
            Invitee::Email(email) => email.clone(),
        }
    }

    /// The logins that have an organisation role directly.
    #[must_use]
    pub fn role_users(&self, name: &str) -> Vec<String> {
        let role = self.state.roles.values().find(|role| role.name == name);
        role.into_iter().flat_map(|role| &role.users).map(|id| self.state.accounts[id].login.clone()).collect()
    }

    /// The logins with a Copilot seat, and whether it is cancelled.
    #[must_use]
    pub fn seats(&self) -> Vec<(String, bool)> {
        self.state.seats.iter().map(|(id, seat)| (self.state.accounts[id].login.clone(), seat.cancelled.is_some())).collect()
    }
}
