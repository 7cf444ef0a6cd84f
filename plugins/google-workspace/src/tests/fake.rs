//! The connector on a Workspace that keeps what it is told, over many calls.

use super::*;
use innkeeper_fakes::direct::Direct;
use innkeeper_fakes::google::{self, DRIVE, Quirks as Habits, Unready, scope};
use innkeeper_sdk::testing::{Field, HttpError, Request, Response};
use jiff::Timestamp;

const SKU: &str = "Google-Apps/1010020020";

/// The fake with the token that the host would add.
#[derive(Clone)]
struct Google(Direct<google::Workspace>);

impl Transport for Google {
    fn send(&mut self, request: &Request) -> Result<Response, HttpError> {
        let mut request = request.clone();
        request.headers.push(Field { name: "authorization".to_owned(), value: "Bearer test".to_owned() });
        self.0.send(&request)
    }
}

impl Google {
    fn new(habits: Habits) -> Self {
        let now: Timestamp = "2026-11-23T00:00:00Z".parse().unwrap();
        let mut workspace = google::Workspace::new("https://admin.googleapis.com", "acme.example", now);
        workspace.quirks = habits;
        workspace.allow_token("test", &scope::ALL);
        workspace.add_unit("/Staff");
        workspace.add_sku("Google-Apps", "1010020020", "Enterprise Plus", 100);
        workspace.add_sku("Google-Apps", "1010020028", "Business Standard", 1);
        Self(Direct::new(workspace, ""))
    }

    fn call<T>(&self, work: impl FnOnce(&Workspace) -> Result<T>) -> Result<T> {
        let config = json!({ "org-unit": "/Staff", "products": [SKU, "Google-Apps/1010020028"] });
        call(config, self.clone(), work)
    }

    fn with<R>(&self, work: impl FnOnce(&mut google::Workspace) -> R) -> R {
        self.0.with(work)
    }

    fn create(&self, address: &str) -> Account {
        done(self.call(|google| google.create(draft(address, vec![]), intent())).unwrap())
    }

    fn update(&self, id: &str, deltas: Vec<Delta>) -> Account {
        done(self.call(|google| google.update(id, deltas, intent())).unwrap())
    }

    fn get(&self, id: &str) -> Account {
        self.call(|google| google.get(id)).unwrap()
    }

    fn set(&self, id: &str, status: AccountStatus) -> AccountStatus {
        done(self.call(|google| google.set_status(id, status, intent())).unwrap()).status
    }

    fn grant(&self, id: &str, key: &EntitlementKey) -> Result<Effect> {
        self.call(|google| google.grant(Holder::Account(id.to_owned()), key.clone(), intent()))
    }

    /// Every account, page by page.
    fn accounts(&self) -> Vec<Account> {
        let (mut all, mut cursor) = (Vec::new(), None);
        loop {
            let page = self.call(|google| Accounts::list(google, cursor.take())).unwrap();
            all.extend(page.items);
            match page.next {
                None => return all,
                next => cursor = next,
            }
        }
    }

    /// Every grant in a scope.
    fn grants(&self, scope: &Scope) -> Vec<Grant> {
        let (mut all, mut cursor) = (Vec::new(), None);
        loop {
            let page = self.call(|google| google.list_grants(scope.clone(), cursor.take())).unwrap();
            all.extend(page.items);
            match page.next {
                None => return all,
                next => cursor = next,
            }
        }
    }
}

fn draft(address: &str, attributes: Vec<Attribute>) -> Draft {
    let names = [("name.givenName", "Ada"), ("name.familyName", "King")];
    let names = names.into_iter().map(|(name, text)| Attribute::text(name, text));
    let attributes = names.chain(attributes).collect();
    Draft { unique_name: address.to_owned(), attributes, grants: Vec::new(), extra: Vec::new() }
}

fn licence() -> EntitlementKey {
    EntitlementKey::new("licence", SKU)
}

#[test]
fn somebody_joins_moves_and_leaves() {
    let google = Google::new(Habits::default());
    let manager = google.create("grace@acme.example").id;
    let attributes = vec![
        Attribute::text("title", "Analyst"),
        Attribute::text(format!("{ENTERPRISE}:department"), "Engines"),
        Attribute::text("aliases", "a@acme.example"),
    ];
    let ada = done(google.call(|google| google.create(draft("ada@acme.example", attributes), intent())).unwrap()).id;
    let group = EntitlementKey::new("group", google.with(|workspace| workspace.add_group("staff@acme.example", "Staff")));
    assert_eq!(google.grant(&ada, &group).unwrap(), Effect::Done);
    assert_eq!(google.grant(&ada, &group).unwrap(), Effect::Already);
    assert_eq!(google.grant(&ada, &licence()).unwrap(), Effect::Done);
    assert_eq!(google.grant(&ada, &licence()).unwrap(), Effect::Already);

    // A move: what is cleared is cleared, and what was not named stays.
    google.update(&ada, vec![clear("title"), replace("userName", &["ada.king@acme.example"])]);
    let account = google.get(&ada);
    assert_eq!(account.unique_name, "ada.king@acme.example");
    assert!(values(&account, "title").is_empty());
    assert_eq!(values(&account, &format!("{ENTERPRISE}:department")), ["Engines"]);
    assert_eq!(values(&account, "orgUnitPath"), ["/Staff"]);
    let mut aliases = values(&account, "aliases");
    aliases.sort_unstable();
    assert_eq!(aliases, ["a@acme.example", "ada@acme.example"]);

    // The licence goes by the new address, and stays through the suspension.
    assert_eq!(google.set(&ada, AccountStatus::Suspended), AccountStatus::Suspended);
    let held: Vec<_> = google.grants(&Scope::Account(ada.clone())).into_iter().map(|grant| grant.entitlement).collect();
    assert_eq!(held, [group, licence()]);
    google.call(|google| google.revoke_all(&ada, intent())).unwrap();
    let revoked = google.call(|google| google.revoke(Holder::Account(ada.clone()), licence(), intent())).unwrap();
    assert_eq!(revoked, Effect::Done);

    let transfer = || google.call(|google| google.transfer(&ada, &manager, intent())).unwrap();
    let Effect::Pending(token) = transfer() else { panic!("a transfer takes its time") };
    assert_eq!(transfer(), Effect::Pending(token.clone()), "what is under way is not begun twice");
    let poll = || google.call(|google| Ownership::poll(google, &token));
    assert_eq!(poll().unwrap(), Effect::Pending(token.clone()));
    google.with(|workspace| workspace.advance(3600));
    assert_eq!(poll().unwrap(), Effect::Done);

    let delete = || google.call(|google| google.delete(&ada, intent())).unwrap();
    assert_eq!((delete(), delete()), (Effect::Done, Effect::Already));
    assert_eq!(google.call(|google| google.get(&ada)).unwrap_err().code, ErrorCode::NotFound);
    let gone = google.accounts().into_iter().find(|account| account.id == ada).unwrap();
    assert_eq!(gone.status, AccountStatus::Gone);

    // Had back, and not suspended any more.
    assert_eq!(google.set(&ada, AccountStatus::Active), AccountStatus::Active);
    assert_eq!(values(&google.get(&ada), "orgUnitPath"), ["/Staff"]);
    delete();
    google.with(|workspace| workspace.advance(20 * 24 * 3600));
    let error = google.call(|google| google.set_status(&ada, AccountStatus::Active, intent())).unwrap_err();
    assert_eq!(error.code, ErrorCode::NotFound);
    assert!(google.accounts().iter().all(|account| account.id != ada));
}

#[test]
fn a_failed_transfer_says_what_failed() {
    let google = Google::new(Habits { transfers_fail: true, ..Habits::default() });
    let (ada, grace) = (google.create("ada@acme.example").id, google.create("grace@acme.example").id);
    let Effect::Pending(token) = google.call(|google| google.transfer(&ada, &grace, intent())).unwrap() else {
        panic!("a transfer takes its time")
    };
    google.with(|workspace| workspace.advance(3600));
    let error = google.call(|google| Ownership::poll(google, &token)).unwrap_err();
    assert!(error.message.contains("Drive and Docs"), "{}", error.message);
    assert_eq!(DRIVE.to_string(), "55656082996");
}

/// Asks again while it is answered that it is not time yet.
fn patiently<T>(mut work: impl FnMut() -> Result<T>) -> T {
    for _ in 0..20 {
        match work() {
            Err(error) if error.code == ErrorCode::Unavailable => assert!(error.retry_after.is_some(), "{error:?}"),
            answer => return answer.unwrap(),
        }
    }
    panic!("it is never time");
}

#[test]
fn what_comes_right_after_a_create_is_not_lost() {
    for unready_answer in [Unready::Incomplete, Unready::Absent] {
        let google = Google::new(Habits { unready_requests: 4, unready_answer, ..Habits::default() });
        let group = EntitlementKey::new("group", google.with(|workspace| workspace.add_group("staff@acme.example", "Staff")));
        let ada = google.create("ada@acme.example").id;
        assert_eq!(patiently(|| google.grant(&ada, &group)), Effect::Done);
        assert_eq!(patiently(|| google.grant(&ada, &licence())), Effect::Done);
    }
}

#[test]
fn aliases_of_a_user_that_is_not_ready_come_later() {
    for unready_answer in [Unready::Incomplete, Unready::Absent] {
        let google = Google::new(Habits { unready_requests: 3, unready_answer, ..Habits::default() });
        let wanted = vec![Attribute::text("aliases", "a@acme.example")];
        let mut outcome = google.call(|google| google.create(draft("ada@acme.example", wanted), intent())).unwrap();
        let mut polls = 0;
        while let Outcome::Pending(token) = outcome {
            polls += 1;
            assert!(polls < 10, "the aliases never come");
            outcome = google.call(|google| Accounts::poll(google, &token)).unwrap();
        }
        assert!(polls > 0);
        assert_eq!(values(&google.get(&done(outcome).id), "aliases"), ["a@acme.example"]);
    }
}

#[test]
fn a_change_right_after_a_rename_is_worth_another_try() {
    let google = Google::new(Habits { rename_conflicts: 2, ..Habits::default() });
    let ada = google.create("ada@acme.example").id;
    google.update(&ada, vec![replace("userName", &["ada.king@acme.example"])]);
    let change = || google.call(|google| google.update(&ada, vec![replace("title", &["Analyst"])], intent()));
    assert_eq!(change().unwrap_err().code, ErrorCode::Unavailable);
    patiently(change);
    assert_eq!(values(&google.get(&ada), "title"), ["Analyst"]);
}

#[test]
fn an_address_of_a_group_or_an_alias_is_taken() {
    let google = Google::new(Habits::default());
    google.with(|workspace| workspace.add_group("staff@acme.example", "Staff"));
    let ada = google.create("ada@acme.example").id;
    google.update(&ada, vec![replace("aliases", &["a@acme.example"])]);
    for address in ["staff@acme.example", "ada@acme.example", "a@acme.example"] {
        let error = google.call(|google| google.create(draft(address, vec![]), intent())).unwrap_err();
        assert_eq!(error.code, ErrorCode::Conflict, "{address}");
    }
    // That of a deleted user is free again.
    google.call(|google| google.delete(&ada, intent())).unwrap();
    let again = google.create("ada@acme.example");
    assert_ne!(again.id, ada);
    let error = google.call(|google| google.set_status(&ada, AccountStatus::Active, intent())).unwrap_err();
    assert_eq!(error.code, ErrorCode::Conflict);
}

#[test]
fn everybody_is_listed_once_and_a_place_in_the_listing_lives_three_days() {
    let google = Google::new(Habits::default());
    google.with(|workspace| {
        for number in 0..1100 {
            workspace.add_user(&format!("u{number}@acme.example"), "Some", "Body");
        }
    });
    let mut ids: Vec<_> = google.accounts().into_iter().map(|account| account.id).collect();
    assert_eq!(ids.len(), 1101, "with the administrator");
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 1101);
    let next = google.call(|google| Accounts::list(google, None)).unwrap().next;
    google.with(|workspace| workspace.advance(3 * 24 * 3600 + 1));
    let error = google.call(|google| Accounts::list(google, next)).unwrap_err();
    assert!(error.code == ErrorCode::Invalid && error.message.contains("start the listing again"), "{error:?}");
}

#[test]
fn licences_of_many_come_with_the_ids_of_the_users() {
    let google = Google::new(Habits::default());
    let mut expected: Vec<_> = (0..30)
        .map(|number| {
            let address = format!("u{number}@acme.example");
            google.with(|workspace| {
                let id = workspace.add_user(&address, "Some", "Body");
                workspace.add_license("Google-Apps", "1010020020", &id);
                Holder::Account(id)
            })
        })
        .collect();
    let mut holders: Vec<_> = google.grants(&Scope::Entitlement(licence())).into_iter().map(|grant| grant.holder).collect();
    let id = |holder: &Holder| format!("{holder:?}");
    expected.sort_by_key(id);
    holders.sort_by_key(id);
    assert_eq!(holders, expected);
}

#[test]
fn seats_run_out_and_one_licence_of_a_product_shuts_out_another() {
    let google = Google::new(Habits::default());
    let small = EntitlementKey::new("licence", "Google-Apps/1010020028");
    let (ada, grace) = (google.create("ada@acme.example").id, google.create("grace@acme.example").id);
    assert_eq!(google.grant(&ada, &small).unwrap(), Effect::Done);
    assert_eq!(google.grant(&grace, &small).unwrap_err().code, ErrorCode::SeatsExhausted);
    assert_eq!(google.grant(&ada, &licence()).unwrap_err().code, ErrorCode::Conflict);
}

#[test]
fn what_is_searched_is_found() {
    let google = Google::new(Habits::default());
    let number = format!("{ENTERPRISE}:employeeNumber");
    let attributes = vec![Attribute::text(&number, "E-1"), Attribute::text("aliases", "a@acme.example")];
    let ada = done(google.call(|google| google.create(draft("ada@acme.example", attributes), intent())).unwrap()).id;
    google.create("grace@acme.example");
    for (attribute, value) in [("userName", "ADA@acme.example"), ("aliases", "a@acme.example"), (&number, "E-1")] {
        let found = google.call(|google| google.find(attribute, value)).unwrap();
        assert_eq!(found.iter().map(|account| account.id.as_str()).collect::<Vec<_>>(), [ada.as_str()], "{attribute}");
    }
    assert!(google.call(|google| google.find(&number, "E-2")).unwrap().is_empty());
}

#[test]
fn all_works_with_all_scopes_and_what_is_missing_is_told() {
    let google = Google::new(Habits::default());
    assert!(google.call(|google| google.probe()).unwrap().abilities.iter().all(|ability| ability.available));
    google.with(|workspace| workspace.allow_token("test", &[scope::USER, scope::GROUP]));
    let status = google.call(|google| google.probe()).unwrap();
    let missing: Vec<_> =
        status.abilities.iter().filter(|ability| !ability.available).map(|ability| ability.operation.as_str()).collect();
    let expected = [
        "entitlements.list",
        "entitlements.list-grants",
        "entitlements.grant",
        "entitlements.revoke",
        "sessions.revoke-all",
        "ownership.transfer",
    ];
    assert_eq!(missing, expected);
}
