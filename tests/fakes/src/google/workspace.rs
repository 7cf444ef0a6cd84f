//! The account: its state, its clock, and what is done by hand.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};

use super::group::Group;
use super::license::{License, Sku};
use super::oauth::{Access, ServiceAccount};
use super::quirks::{Limit, Quirks};
use super::role::{Assignment, Role, SUPER_ADMIN_ROLE};
use super::transfer::Transfer;
use super::unit::Unit;
use super::user::User;
use crate::web::Server;

/// A Google Workspace account. The clock is data: it stands still until it is set.
#[derive(Debug, Clone)]
pub struct Workspace {
    /// How this account differs; may be changed at any time.
    pub quirks: Quirks,
    pub(super) base_url: String,
    now: Timestamp,
    /// Such as `C01acme42`.
    pub(super) customer_id: String,
    pub(super) domains: Vec<String>,
    pub(super) first_admin: String,
    pub(super) users: BTreeMap<String, User>,
    pub(super) groups: BTreeMap<String, Group>,
    pub(super) units: BTreeMap<String, Unit>,
    pub(super) roles: BTreeMap<u64, Role>,
    pub(super) assignments: BTreeMap<u64, Assignment>,
    pub(super) skus: Vec<Sku>,
    pub(super) licenses: Vec<License>,
    pub(super) transfers: BTreeMap<String, Transfer>,
    pub(super) service_accounts: BTreeMap<String, ServiceAccount>,
    pub(super) access: BTreeMap<String, Access>,
    pub(super) limited: Option<(usize, Limit)>,
    next: u64,
}

impl Workspace {
    /// An account of one domain with one super administrator, `admin@DOMAIN`, and the root unit.
    #[must_use]
    pub fn new(base_url: &str, domain: &str, now: Timestamp) -> Self {
        let mut workspace = Self {
            quirks: Quirks::default(),
            base_url: base_url.to_owned(),
            now,
            customer_id: "C01acme42".to_owned(),
            domains: vec![domain.to_owned()],
            first_admin: String::new(),
            users: BTreeMap::new(),
            groups: BTreeMap::new(),
            units: BTreeMap::new(),
            roles: BTreeMap::new(),
            assignments: BTreeMap::new(),
            skus: Vec::new(),
            licenses: Vec::new(),
            transfers: BTreeMap::new(),
            service_accounts: BTreeMap::new(),
            access: BTreeMap::new(),
            limited: None,
            next: 100,
        };
        workspace.add_system_roles();
        workspace.add_root_unit();
        workspace.first_admin = workspace.add_user(&format!("admin@{domain}"), "Root", "Admin");
        workspace.assign_role(SUPER_ADMIN_ROLE, &workspace.first_admin.clone());
        workspace
    }

    /// Starts a server with such an account.
    #[must_use]
    pub fn start(domain: &str, now: Timestamp) -> Server<Self> {
        let domain = domain.to_owned();
        Server::start(move |base_url| Self::new(base_url, &domain, now))
    }

    /// What the clock says.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// Sets the clock.
    pub fn set_now(&mut self, now: Timestamp) {
        self.now = now;
    }

    /// Moves the clock forward.
    pub fn advance(&mut self, seconds: i64) {
        self.now = self.now.checked_add(SignedDuration::from_secs(seconds)).unwrap_or(self.now);
    }

    /// The id of the account, as users have it.
    #[must_use]
    pub fn customer_id(&self) -> &str {
        &self.customer_id
    }

    /// One more domain.
    pub fn add_domain(&mut self, domain: &str) {
        self.domains.push(domain.to_owned());
    }

    /// The next so many requests are refused. Tokens are given meanwhile.
    pub fn limit(&mut self, requests: usize, how: Limit) {
        self.limited = Some((requests, how));
    }

    pub(super) fn is_customer(&self, name: &str) -> bool {
        name == "my_customer" || name == self.customer_id
    }

    pub(super) fn number(&mut self) -> u64 {
        self.next += 1;
        self.next
    }

    /// Ids of users that there are.
    #[must_use]
    pub fn user_ids(&self) -> BTreeSet<String> {
        self.users.values().filter(|user| user.deleted.is_none()).map(|user| user.id.clone()).collect()
    }
}

/// As Google writes times.
pub(super) fn written(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S.000Z").to_string()
}
