use innkeeper_domain::*;
use innkeeper_planner::{AppInput, DriftRules, Link, ReclaimRule, Shield};
use innkeeper_policy::{Configuration, NoNames, SourceFile};
use jiff::Timestamp;
use jiff::civil::{Date, date};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

const TODAY: Date = date(2026, 6, 1);
const DEPARTMENTS: [&str; 8] = ["Engineering", "Sales", "Operations", "Support", "Marketing", "Finance", "Legal", "People"];

fn configuration(apps: usize) -> Configuration {
    let mut text = String::from("[source.hr]\nconnector = \"csv\"\npath = \"people.csv\"\n");
    for app in 0..apps {
        text += &format!(
            "[app.app{app}]\nconnector = \"scim\"\nmode = \"enforce\"\nmatch = [\"userName\"]\n[app.app{app}.account]\n\
             userName = \"person.userName\"\ndisplayName = \"person.displayName\"\n\"name.givenName\" = \"person.name.givenName\"\n\
             \"name.familyName\" = \"person.name.familyName\"\ntitle = \"person.title\"\nemails = \"lower(person.userName)\"\n"
        );
    }
    let all = |what: &str| (0..apps).map(|app| format!("\"app{app}{what}\"")).collect::<Vec<_>>().join(", ");
    text += &format!("[role.everybody]\nwhen = \"person.active\"\ngrants = [{}]\n", all(":group/Everybody"));
    for (at, department) in DEPARTMENTS.iter().enumerate() {
        text += &format!(
            "[role.department{at}]\nwhen = \"person.department == '{department}' && person.active\"\ngrants = [{}]\n",
            all(&format!(":group/{department}"))
        );
    }
    for site in 0..10 {
        text += &format!(
            "[role.site{site}]\nwhen = \"person.addresses.locality == 'Site {site}'\"\ngrants = [{}]\n",
            all(&format!(":group/Site {site}"))
        );
    }
    match Configuration::load(vec![SourceFile { name: "innkeeper.toml".into(), text }]) {
        Ok(configuration) => configuration,
        Err(problems) => panic!("{:?}", problems.iter().map(|p| p.message().to_owned()).collect::<Vec<_>>()),
    }
}

fn people(count: usize, sharing: &mut Sharing) -> Vec<Person> {
    (0..count)
        .map(|at| {
            let id = format!("E{at:07}");
            let values: Vec<(&str, String)> = vec![
                ("employeeNumber", id.clone()),
                ("userName", format!("given{}.family{at}@acme.example", at % 997)),
                ("name.givenName", format!("Given{}", at % 997)),
                ("name.familyName", format!("Family{at}")),
                ("displayName", format!("Given{} Family{at}", at % 997)),
                ("emails", format!("given{}.family{at}@acme.example", at % 997)),
                ("title", format!("Senior Specialist {}", at % 40)),
                ("department", DEPARTMENTS[at % 8].to_owned()),
                ("division", "Product".to_owned()),
                ("costCenter", format!("CC{:03}", at % 200)),
                ("addresses.locality", format!("Site {}", at % 10)),
                ("addresses.country", "IN".to_owned()),
                ("manager", format!("E{:07}", at / 8)),
                ("startDate", "2020-01-01".to_owned()),
            ];
            let mut person = Person {
                id: PersonId::new(id.clone()),
                attributes: values
                    .into_iter()
                    .map(|(name, value)| (AttributeName::from(name), vec![Value::plain(value)]))
                    .collect(),
                active: Some(true),
                restricted: Default::default(),
                origins: vec![Origin {
                    source: SourceName::from("hr"),
                    record: id.into(),
                    place: Some(format!("people.csv:{}", at + 2).into()),
                }],
                closed_since: None,
            };
            person.share(sharing);
            person
        })
        .collect()
}

fn description() -> Description {
    let text = |name: &str| AttributeSchema {
        name: name.into(),
        description: None,
        kind: AttributeType::Text,
        multi_valued: false,
        required: false,
        case_exact: false,
        mutability: Mutability::ReadWrite,
        uniqueness: Uniqueness::None,
        canonical_values: Vec::new(),
    };
    let effect = || LifecycleEffect { reversible: true, keeps_data: true, frees_seat: true, keeps_grants: true, note: None };
    Description {
        accounts: vec![
            AttributeSchema { required: true, uniqueness: Uniqueness::Server, ..text("userName") },
            text("displayName"),
            text("name.givenName"),
            text("name.familyName"),
            text("title"),
            AttributeSchema { multi_valued: true, ..text("emails") },
        ],
        unique_name: "userName".into(),
        searchable: vec!["userName".into()],
        entitlement_kinds: vec![EntitlementKind {
            name: "group".into(),
            description: None,
            assignable: true,
            has_seats: false,
            costs_money: false,
            nests: false,
            replaces_holders: false,
        }],
        grant_scopes: GrantScopes::default(),
        suspend: Some(effect()),
        delete: Some(effect()),
        quirks: Quirks::default(),
    }
}

struct Seen {
    snapshot: AppSnapshot,
    links: BTreeMap<AccountId, Link>,
    owned: BTreeSet<(AccountId, EntitlementKey)>,
}

fn seen(people: &[Person], app: usize, sharing: &mut Sharing) -> Seen {
    let key = |group: &str| EntitlementKey { kind: "group".into(), id: format!("g-{app}-{group}").as_str().into() };
    let groups: Vec<String> = std::iter::once("Everybody".to_owned())
        .chain(DEPARTMENTS.iter().map(|d| (*d).to_owned()))
        .chain((0..10).map(|s| format!("Site {s}")))
        .collect();
    let entitlements = groups
        .iter()
        .map(|g| Entitlement {
            key: key(g),
            name: g.as_str().into(),
            description: None,
            assignable: true,
            parent: None,
            seats: None,
        })
        .collect();
    let (mut accounts, mut grants, mut links, mut owned) = (Vec::new(), Vec::new(), BTreeMap::new(), Vec::new());
    for (at, person) in people.iter().enumerate() {
        let id = AccountId::new(format!("{:08x}-{app:04x}-4{at:07x}", (at as u32).wrapping_mul(2654435761)));
        let attribute = |name: &str| {
            (
                AttributeName::from(name),
                person.attributes.get(name).unwrap().iter().map(|value| Value::plain(value.scalar.to_string())).collect(),
            )
        };
        let mut account = Account {
            id: id.clone(),
            unique_name: person.text("userName").unwrap().into(),
            status: AccountStatus::Active,
            attributes: ["userName", "displayName", "name.givenName", "name.familyName", "title", "emails"]
                .into_iter()
                .map(attribute)
                .collect(),
            version: None,
            invitation: None,
        };
        account.share(sharing);
        let id = account.id.clone();
        accounts.push(account);
        for group in ["Everybody", person.text("department").unwrap(), person.text("addresses.locality").unwrap()] {
            let mut grant = Grant { entitlement: key(group), holder: Holder::Account(AccountId::new(id.as_str())) };
            grant.share(sharing);
            owned.push((id.clone(), grant.entitlement.clone()));
            grants.push(grant);
        }
        links.insert(id, Link::new(person.id.clone()));
    }
    fn snap<T>(content: T) -> Snapshot<T> {
        Snapshot { taken: Timestamp::UNIX_EPOCH, completeness: Completeness::Complete, content }
    }
    Seen {
        snapshot: AppSnapshot {
            description: description(),
            accounts: snap(accounts),
            entitlements: snap(entitlements),
            grants: snap(grants),
        },
        links: links.into_iter().collect(),
        owned: owned.into_iter().collect(),
    }
}

fn memory(field: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    status.lines().find_map(|line| line.strip_prefix(field)).unwrap().split_whitespace().next().unwrap().parse::<u64>().unwrap()
        / 1024
}

fn cpu() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let fields: Vec<&str> = stat.rsplit_once(')').unwrap().1.split_whitespace().collect();
    (fields[11].parse::<f64>().unwrap() + fields[12].parse::<f64>().unwrap()) / 100.0
}

fn main() {
    let count: usize = std::env::args().nth(1).map_or(10_000, |text| text.parse().unwrap());
    let apps: usize = std::env::args().nth(2).map_or(10, |text| text.parse().unwrap());
    let configuration = configuration(apps);
    let mut sharing = Sharing::default();
    let people = people(count, &mut sharing);
    println!("people: {} MiB", memory("VmRSS:"));
    let seen: BTreeMap<AppName, Seen> =
        (0..apps).map(|app| (AppName::new(format!("app{app}")), seen(&people, app, &mut sharing))).collect();
    println!("inputs: {} MiB (peak {})", memory("VmRSS:"), memory("VmHWM:"));
    drop(sharing);
    let descriptions: BTreeMap<AppName, Description> =
        seen.iter().map(|(name, seen)| (name.clone(), seen.snapshot.description.clone())).collect();
    let (start, started) = (Instant::now(), cpu());
    let (nothing, rules, leavers) = (BTreeSet::new(), DriftRules::default(), BTreeSet::new());
    let apps: Vec<_> = configuration.apps_by_need().collect();
    let plans = innkeeper_planner::plan_each(
        apps.len(),
        |position| {
            let app = apps[position];
            let evaluation = configuration.evaluate_app(&app.name, &people, TODAY, &NoNames, descriptions.get(&app.name));
            let Seen { snapshot, links, owned } = &seen[&app.name];
            Some(innkeeper_planner::plan_app(&AppInput {
                app: &app.name,
                mode: app.mode,
                snapshot,
                desired: &evaluation.accounts,
                matchers: &app.matchers,
                links,
                owned,
                drift: &rules,
                delete_after: None,
                revoke_from_leavers: app.revoke_from_leavers,
                unfinished: &BTreeSet::new(),
                reclaim: ReclaimRule { last_login: None, after_days: 90 },
                can_revoke_sessions: false,
                can_transfer: false,
                people_complete: true,
                known_leavers: &leavers,
                shield: Shield { protect: &[], service_accounts: &[], privileged: &[], held_elsewhere: Some(&nothing) },
                today: TODAY,
            }))
        },
        &BTreeMap::new(),
    )
    .unwrap();
    let changes: usize =
        plans.iter().map(|plan| plan.changes.len() + plan.cases.len() + plan.drift.len() + plan.orphans.len()).sum();
    println!(
        "{changes} changes; wall {:.2} s; cpu {:.2} s; peak {} MiB",
        start.elapsed().as_secs_f64(),
        cpu() - started,
        memory("VmHWM:")
    );
}
