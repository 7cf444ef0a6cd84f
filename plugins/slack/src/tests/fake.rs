//! Against a workspace that keeps what is done to it.

use super::*;
use crate::user::GUEST;
use innkeeper_fakes::direct::Direct;
use innkeeper_fakes::slack::{Kind, Quirks, Slack as Workspace, TEAM};

/// A workspace in which every call of a test is made.
#[derive(Clone)]
struct World(Direct<Workspace>, Json);

impl World {
    fn new(quirks: Quirks, config: Json) -> Self {
        Self(Direct::new(Workspace::new("https://api.slack.com", quirks), "/api"), config)
    }

    /// Business+, with SCIM and without admin methods.
    fn business() -> Self {
        Self::new(Quirks { enterprise: false, ..Quirks::default() }, json!({}))
    }

    /// One workspace of an organisation, without SCIM.
    fn organisation() -> Self {
        let world = Self::new(Quirks::default(), json!({}));
        let general = world.with(|slack| slack.channel("general").unwrap().id.clone());
        let config = json!({ "profile": "web", "enterprise": true, "team": TEAM, "default-channels": [general] });
        Self(world.0, config)
    }

    fn with<R>(&self, use_it: impl FnOnce(&mut Workspace) -> R) -> R {
        self.0.with(use_it)
    }

    fn call<T>(&self, work: impl FnOnce(&Slack) -> Result<T>) -> Result<T> {
        call(self.1.clone(), self.0.clone(), work)
    }

    fn users(&self, handle: &str) -> Vec<String> {
        self.with(|slack| slack.usergroup(handle).unwrap().users.iter().cloned().collect())
    }

    fn everything(&self, scope: Scope) -> Vec<Grant> {
        let (mut all, mut cursor) = (Vec::new(), None);
        loop {
            let page = self.call(|slack| slack.list_grants(scope.clone(), cursor)).unwrap();
            all.extend(page.items);
            match page.next {
                None => return all,
                next => cursor = next,
            }
        }
    }
}

fn draft(name: &str) -> Draft {
    let attributes = vec![Attribute::text("emails", "ada@acme.example"), Attribute::text("name.givenName", "Ada")];
    Draft { unique_name: name.to_owned(), attributes, grants: Vec::new(), extra: Vec::new() }
}

fn account_of(outcome: Outcome) -> Account {
    match outcome {
        Outcome::Done(account) | Outcome::Already(account) | Outcome::Invited(account) => account,
        other => panic!("no account: {other:?}"),
    }
}

fn group(world: &World, handle: &str) -> EntitlementKey {
    EntitlementKey::new("usergroup", world.with(|slack| slack.usergroup(handle).unwrap().id.clone()))
}

fn channel(world: &World, name: &str) -> EntitlementKey {
    EntitlementKey::new("channel", world.with(|slack| slack.channel(name).unwrap().id.clone()))
}

#[test]
fn by_scim_somebody_comes_is_edited_leaves_and_comes_back() {
    let world = World::business();
    let ada = account_of(world.call(|slack| slack.create(draft("ada"), intent())).unwrap());
    world.with(|slack| slack.sign_in(&ada.id));
    let title = Delta { name: "title".to_owned(), edit: Edit::Replace(vec![Value::text("Engineer")]) };
    let edited = account_of(world.call(|slack| slack.update(&ada.id, vec![title], intent())).unwrap());
    assert_eq!(values(&edited, "title"), Some(vec!["Engineer".to_owned()]));
    assert_eq!(world.call(|slack| slack.find("emails", "ada@acme.example")).unwrap()[0].id, ada.id);

    let suspend = |status| world.call(|slack| slack.set_status(&ada.id, status, intent())).unwrap();
    assert_eq!(account_of(suspend(AccountStatus::Suspended)).status, AccountStatus::Suspended);
    assert!(matches!(suspend(AccountStatus::Suspended), Outcome::Already(_)));
    assert!(world.with(|slack| slack.user(&ada.id).unwrap().sessions.is_empty()));
    assert_eq!(world.call(|slack| slack.revoke_all(&ada.id, intent())).unwrap(), Effect::Already);
    // And the account is still there.
    let listed = world.call(|slack| Accounts::list(slack, None)).unwrap();
    assert!(listed.items.iter().any(|account| account.id == ada.id && account.status == AccountStatus::Suspended));
    assert_eq!(account_of(suspend(AccountStatus::Active)).status, AccountStatus::Active);
}

#[test]
fn by_scim_a_taken_name_and_a_taken_address_are_conflicts() {
    let world = World::business();
    world.with(|slack| slack.add_user("ada", "other@acme.example"));
    assert_eq!(world.call(|slack| slack.create(draft("ada"), intent())).unwrap_err().code, ErrorCode::Conflict);
    world.with(|slack| slack.add_user("grace", "ada@acme.example"));
    assert_eq!(world.call(|slack| slack.create(draft("ada2"), intent())).unwrap_err().code, ErrorCode::Conflict);
}

#[test]
fn by_the_web_api_somebody_is_invited_accepts_leaves_and_comes_back() {
    let world = World::organisation();
    let mut invitation = draft("ada@acme.example");
    let design = world.with(|slack| slack.add_channel("design", false, &[]));
    invitation.grants.push(EntitlementKey::new("channel", &design));
    let outcome = world.call(|slack| slack.create(invitation.clone(), intent())).unwrap();
    assert!(matches!(&outcome, Outcome::Invited(account) if account.status == AccountStatus::Invited), "{outcome:?}");
    let ada = account_of(outcome);
    let held = || world.everything(Scope::All).into_iter().filter(|grant| grant.holder == holder(&ada.id)).collect::<Vec<_>>();
    assert!(held().iter().any(|grant| grant.entitlement.id == design));

    // The account is the one that was invited.
    world.with(|slack| slack.accept_invitation("ada@acme.example"));
    assert_eq!(world.call(|slack| slack.get(&ada.id)).unwrap().status, AccountStatus::Active);
    assert_eq!(world.call(|slack| slack.create(invitation, intent())).unwrap_err().code, ErrorCode::Conflict);

    assert_eq!(world.call(|slack| slack.revoke_all(&ada.id, intent())).unwrap(), Effect::Done);
    assert!(world.with(|slack| slack.user(&ada.id).unwrap().sessions.is_empty()));
    let status = |status| account_of(world.call(|slack| slack.set_status(&ada.id, status, intent())).unwrap()).status;
    assert_eq!(status(AccountStatus::Suspended), AccountStatus::Suspended);
    assert_eq!(held(), []);
    assert_eq!(status(AccountStatus::Active), AccountStatus::Active);
}

#[test]
fn a_guest_stays_a_guest() {
    let world = World::organisation();
    let lab = world.with(|slack| slack.add_channel("lab", false, &[]));
    let World(direct, mut config) = world;
    config["guest-channels"] = json!([lab]);
    let world = World(direct, config);
    let mut guest = draft("ada@acme.example");
    guest.attributes.push(Attribute::text(format!("{GUEST}:type"), "multi"));
    let ada = account_of(world.call(|slack| slack.create(guest, intent())).unwrap());
    world.with(|slack| slack.accept_invitation("ada@acme.example"));
    for status in [AccountStatus::Suspended, AccountStatus::Active] {
        world.call(|slack| slack.set_status(&ada.id, status, intent())).unwrap();
    }
    let account = world.call(|slack| slack.get(&ada.id)).unwrap();
    assert_eq!(values(&account, &format!("{GUEST}:type")), Some(vec!["multi".to_owned()]));
    assert_eq!(world.with(|slack| slack.user(&ada.id).unwrap().kind), Kind::MultiChannelGuest);
}

#[test]
fn bots_are_neither_members_nor_deactivated() {
    let world = World::organisation();
    let bot = world.with(|slack| slack.add_user_of_kind("helper", None, Kind::Bot));
    let listed = world.call(|slack| Accounts::list(slack, None)).unwrap();
    assert_eq!(listed.items.len(), 1, "only the owner");
    let refused = world.call(|slack| slack.set_status(&bot, AccountStatus::Suspended, intent()));
    assert_eq!(refused.unwrap_err().code, ErrorCode::NotFound);
}

#[test]
fn a_user_group_is_emptied_by_disabling_it_and_filled_by_enabling_it() {
    for world in [World::business(), World::organisation()] {
        let (ada, grace) =
            world.with(|slack| (slack.add_user("ada", "ada@acme.example"), slack.add_user("grace", "grace@acme.example")));
        world.with(|slack| slack.add_user_group("designers", &[&ada]));
        let key = group(&world, "designers");
        assert_eq!(world.call(|slack| slack.revoke(holder(&ada), key.clone(), intent())).unwrap(), Effect::Done);
        assert!(world.with(|slack| slack.usergroup("designers").unwrap().disabled.is_some()));
        assert_eq!(world.everything(Scope::Entitlement(key.clone())), []);
        assert_eq!(world.call(|slack| slack.revoke(holder(&ada), key.clone(), intent())).unwrap(), Effect::Already);

        assert_eq!(world.call(|slack| slack.grant(holder(&grace), key.clone(), intent())).unwrap(), Effect::Done);
        assert!(world.with(|slack| slack.usergroup("designers").unwrap().disabled.is_none()));
        assert_eq!(world.users("designers"), std::slice::from_ref(&grace));
        assert_eq!(pairs(&world.everything(Scope::Entitlement(key.clone()))), [(key.id.as_str(), grace.as_str())]);
    }
}

#[test]
fn what_somebody_else_does_to_a_user_group_meanwhile_stays() {
    for after_write in [false, true] {
        let world = World::business();
        let ids: Vec<String> =
            ["ada", "grace", "joan"].map(|name| world.with(|slack| slack.add_user(name, &format!("{name}@acme.example")))).into();
        world.with(|slack| slack.add_user_group("designers", &[&ids[0]]));
        let theirs = [ids[0].as_str(), ids[2].as_str()];
        world.with(|slack| match after_write {
            true => slack.edit_after_write("designers", &theirs),
            false => slack.edit_after_read("designers", &theirs),
        });
        let key = group(&world, "designers");
        assert_eq!(world.call(|slack| slack.grant(holder(&ids[1]), key, intent())).unwrap(), Effect::Done);
        let mut users = world.users("designers");
        users.sort();
        assert_eq!(users, ids, "after_write: {after_write}");
    }
}

#[test]
fn somebody_goes_into_a_channel_in_which_the_token_s_user_is_not_and_out_again() {
    let world = World::business();
    let ada = world.with(|slack| slack.add_user("ada", "ada@acme.example"));
    world.with(|slack| slack.add_channel("design", false, &[]));
    let key = channel(&world, "design");
    let grant = || world.call(|slack| slack.grant(holder(&ada), key.clone(), intent())).unwrap();
    let revoke = || world.call(|slack| slack.revoke(holder(&ada), key.clone(), intent())).unwrap();
    assert_eq!((grant(), grant()), (Effect::Done, Effect::Already));
    assert!(world.everything(Scope::All).iter().any(|one| one.entitlement == key && one.holder == holder(&ada)));
    assert_eq!((revoke(), revoke()), (Effect::Done, Effect::Already));
    let general = channel(&world, "general");
    let refused = world.call(|slack| slack.revoke(holder(&ada), general, intent()));
    assert_eq!(refused.unwrap_err().code, ErrorCode::Unsupported);
}

#[test]
fn a_plan_without_admin_methods_says_so() {
    let World(direct, config) = World::organisation();
    direct.with(|slack| slack.quirks.enterprise = false);
    let world = World(direct, config);
    let refused = world.call(|slack| slack.create(draft("ada@acme.example"), intent()));
    assert_eq!(refused.unwrap_err().code, ErrorCode::Unsupported);
}

#[test]
fn a_probe_finds_the_workspace_and_what_the_token_lacks() {
    let world = World::business();
    let status = world.call(|slack| slack.probe()).unwrap();
    assert_eq!(status.profile.as_deref(), Some("scim"));
    let missing: Vec<_> =
        status.abilities.iter().filter(|ability| !ability.available).map(|one| one.operation.as_str()).collect();
    assert_eq!(missing, ["sessions.revoke-all"]);
    world.with(|slack| slack.quirks.scim = false);
    let status = world.call(|slack| slack.probe()).unwrap();
    assert!(status.abilities.iter().any(|ability| ability.operation == "accounts.create" && !ability.available));
}
