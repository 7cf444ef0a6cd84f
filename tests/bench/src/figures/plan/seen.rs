//! A company, and ten apps on which everybody who works there has what they should.

use crate::Failure;
use crate::company::{Company, Employee, TODAY};
use innkeeper_domain::{
    Account, AccountId, AccountStatus, AppName, AppSnapshot, AttributeName, AttributeSchema, AttributeType, Attributes,
    Completeness, Description, Entitlement, EntitlementKey, EntitlementKind, Grant, GrantScopes, Holder, HolderWrites,
    LifecycleEffect, Mutability, Origin, Person, PersonId, Quirks, Share, Sharing, Snapshot, SourceName, Today, Uniqueness,
    Value,
};
use innkeeper_planner::Link;
use innkeeper_policy::{Configuration, SourceFile};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

/// What accounts on the apps are called and look like; each is mapped from a person.
const MAPPED: [(&str, &str); 6] = [
    ("userName", "person.userName"),
    ("displayName", "person.displayName"),
    ("name.givenName", "person.name.givenName"),
    ("name.familyName", "person.name.familyName"),
    ("title", "person.title"),
    ("emails", "lower(person.userName)"),
];

/// Everything that a plan needs.
pub(super) struct World {
    pub(super) configuration: Configuration,
    pub(super) people: Vec<Person>,
    pub(super) seen: BTreeMap<AppName, Seen>,
    pub(super) today: Today,
}

/// What is known of one app.
pub(super) struct Seen {
    pub(super) snapshot: AppSnapshot,
    pub(super) links: BTreeMap<AccountId, Link>,
    pub(super) owned: BTreeSet<(AccountId, EntitlementKey)>,
}

impl World {
    pub(super) fn of(size: usize, apps: usize, seed: u64) -> Result<Self, Failure> {
        let company = Company::of(size, seed);
        let mut sharing = Sharing::default();
        let people =
            company.employees.iter().enumerate().map(|(at, employee)| person(at, employee, &company, &mut sharing)).collect();
        let seen = (0..apps).map(|app| (AppName::new(format!("app{app}")), seen(&company, app, &mut sharing))).collect();
        let noon = TODAY.at(12, 0, 0, 0).to_zoned(TimeZone::UTC).map_err(Failure::of("the day"))?;
        let today = Today::at(noon.timestamp(), TimeZone::UTC);
        Ok(Self { configuration: configuration(&company, apps)?, people, seen, today })
    }
}

/// The groups that give access: everybody's, one a department, one a site.
fn groups(employee: &Employee) -> [String; 3] {
    ["Everybody".to_owned(), format!("department {}", employee.department), format!("site {}", employee.site)]
}

fn configuration(company: &Company, apps: usize) -> Result<Configuration, Failure> {
    let mut text = String::from("[source.hr]\nconnector = \"csv\"\npath = \"people.csv\"\n");
    for app in 0..apps {
        let _ = write!(
            text,
            "[app.app{app}]\nconnector = \"scim\"\nmode = \"enforce\"\nmatch = [\"userName\"]\njoiner = {{ create-before = \"0d\" }}\n\
             [app.app{app}.account]\n"
        );
        for (name, expression) in MAPPED {
            let _ = writeln!(text, "\"{name}\" = \"{expression}\"");
        }
    }
    let departments: BTreeSet<&str> = company.employees.iter().map(|employee| employee.department).collect();
    let sites: BTreeSet<&str> = company.employees.iter().map(|employee| employee.site).collect();
    let mut role = |name: String, when: String, group: String| {
        let grants: Vec<String> = (0..apps).map(|app| format!("\"app{app}:group/{group}\"")).collect();
        let _ = writeln!(text, "[role.{name}]\nwhen = \"{when}\"\ngrants = [{}]", grants.join(", "));
    };
    role("everybody".to_owned(), "person.active".to_owned(), "Everybody".to_owned());
    for (at, name) in departments.iter().enumerate() {
        role(format!("department{at}"), format!("person.department == '{name}' && person.active"), format!("department {name}"));
    }
    for (at, name) in sites.iter().enumerate() {
        role(format!("site{at}"), format!("person.addresses.locality == '{name}'"), format!("site {name}"));
    }
    let problems = |problems: innkeeper_policy::Problems| {
        let first = problems.iter().next().map(|problem| problem.message().to_owned());
        Failure::new("the configuration", first.unwrap_or_default())
    };
    Configuration::load(vec![SourceFile { name: "innkeeper.toml".to_owned(), text }]).map_err(problems)
}

fn person(at: usize, employee: &Employee, company: &Company, sharing: &mut Sharing) -> Person {
    let id = employee.employee_number.as_str();
    let values = |text: String| if text.is_empty() { Vec::new() } else { vec![Value::plain(text)] };
    let attributes = employee.attributes(company).into_iter().map(|(name, text)| (AttributeName::from(name), values(text)));
    let mut person = Person {
        id: PersonId::new(id),
        attributes: attributes.collect(),
        active: None,
        restricted: BTreeSet::new(),
        origins: vec![Origin {
            source: SourceName::from("hr"),
            record: id.into(),
            place: Some(format!("people.csv:{}", at + 2).into()),
        }],
        closed_since: None,
    };
    person.share(sharing);
    person
}

fn seen(company: &Company, app: usize, sharing: &mut Sharing) -> Seen {
    let key = |group: &str| EntitlementKey { kind: "group".into(), id: format!("{app}-{group}").into() };
    let (mut accounts, mut grants) = (Vec::new(), Vec::new());
    let (mut links, mut owned, mut known) = (Vec::new(), Vec::new(), BTreeSet::new());
    for (at, employee) in company.employees.iter().enumerate().filter(|(_, employee)| employee.works_here()) {
        let mut account = account(at, app, employee);
        account.share(sharing);
        for group in groups(employee) {
            let mut grant = Grant { entitlement: key(&group), holder: Holder::Account(account.id.clone()) };
            grant.share(sharing);
            owned.push((account.id.clone(), grant.entitlement.clone()));
            grants.push(grant);
            known.insert(group);
        }
        let mut person = PersonId::new(employee.employee_number.as_str());
        person.share(sharing);
        links.push((account.id.clone(), Link::new(person)));
        accounts.push(account);
    }
    let entitlement = |group: String| Entitlement {
        key: key(&group),
        name: group,
        description: None,
        assignable: true,
        parent: None,
        seats: None,
    };
    Seen {
        snapshot: AppSnapshot {
            description: description(),
            accounts: complete(accounts),
            entitlements: complete(known.into_iter().map(entitlement).collect()),
            grants: complete(grants),
        },
        links: links.into_iter().collect(),
        owned: owned.into_iter().collect(),
    }
}

/// Ids in no order that people have, as systems give them.
fn account(at: usize, app: usize, employee: &Employee) -> Account {
    let texts = [
        employee.user_name.clone(),
        employee.display_name.clone(),
        employee.given_name.to_owned(),
        employee.family_name.to_owned(),
        employee.title.clone(),
        employee.user_name.to_lowercase(),
    ];
    let attributes: Attributes =
        MAPPED.iter().zip(texts).map(|((name, _), text)| (AttributeName::from(*name), vec![Value::plain(text)])).collect();
    let scattered = (at as u32).wrapping_mul(2_654_435_761);
    Account {
        id: AccountId::new(format!("{scattered:08x}-{app:04x}-4{at:07x}")),
        unique_name: employee.user_name.as_str().into(),
        status: AccountStatus::Active,
        attributes,
        version: None,
        invitation: None,
    }
}

fn complete<T>(content: T) -> Snapshot<T> {
    Snapshot { taken: Timestamp::UNIX_EPOCH, completeness: Completeness::Complete, content }
}

fn description() -> Description {
    let attribute = |(name, _): &(&str, &str)| AttributeSchema {
        name: AttributeName::from(*name),
        description: None,
        kind: AttributeType::Text,
        multi_valued: *name == "emails",
        required: *name == "userName",
        case_exact: false,
        mutability: Mutability::ReadWrite,
        uniqueness: if *name == "userName" { Uniqueness::Server } else { Uniqueness::None },
        canonical_values: Vec::new(),
    };
    let effect =
        || Some(LifecycleEffect { reversible: true, keeps_data: true, frees_seat: true, keeps_grants: true, note: None });
    Description {
        accounts: MAPPED.iter().map(attribute).collect(),
        unique_name: "userName".into(),
        searchable: vec!["userName".into()],
        entitlement_kinds: vec![EntitlementKind {
            name: "group".to_owned(),
            description: None,
            assignable: true,
            has_seats: false,
            costs_money: false,
            nests: false,
            holder_writes: HolderWrites::Each,
        }],
        grant_scopes: GrantScopes::default(),
        suspend: effect(),
        delete: effect(),
        quirks: Quirks::default(),
    }
}
