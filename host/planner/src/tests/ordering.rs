use crate::fixture::*;
use crate::{NeedsCycle, plan};
use innkeeper_domain::*;
use std::collections::BTreeMap;

fn named(app: &str, world: World) -> World {
    World { app: app.into(), ..world }
}

fn needs(pairs: &[(&str, &[&str])]) -> BTreeMap<AppName, Vec<AppName>> {
    pairs.iter().map(|(app, needs)| (AppName::from(*app), needs.iter().map(|need| AppName::from(*need)).collect())).collect()
}

#[test]
fn leavers_come_first_then_movers_then_joiners() {
    let mut world = World::empty().with_person(person("p1", "ada")).with_linked("a2", person("p2", "bob"), AccountStatus::Active);
    world.desired[1] = world.desired[1].clone().having("userName", &["robert"]);
    let plan = world.with_linked("a3", leaver("p3", "cy"), AccountStatus::Active).plan();
    assert_eq!(lines(&plan), ["c1 cy: suspend", "c2 bob: userName = robert", "c3 ada: create"]);
}

#[test]
fn an_app_comes_after_those_that_it_needs_and_so_do_its_accounts() {
    let joining = || World::empty().with_person(person("p1", "ada"));
    let worlds = [named("chat", joining()), named("mail", joining()), named("wiki", joining())];
    let inputs: Vec<_> = worlds.iter().map(World::input).collect();
    let plans = plan(&inputs, &needs(&[("chat", &["mail", "elsewhere"])])).unwrap();
    let all: Vec<_> = plans.iter().map(|plan| (plan.app.as_str(), lines(plan))).collect();
    let line = |text: &str| vec![text.to_owned()];
    assert_eq!(
        all,
        [("mail", line("c1 ada: create")), ("chat", line("c2 ada: create after c1")), ("wiki", line("c3 ada: create"))]
    );
}

#[test]
fn nobody_waits_for_an_app_that_is_only_observed() {
    let joining = || World::empty().with_person(person("p1", "ada"));
    let worlds = [named("chat", joining()), World { mode: AppMode::Observe, ..named("mail", joining()) }];
    let inputs: Vec<_> = worlds.iter().map(World::input).collect();
    let plans = plan(&inputs, &needs(&[("chat", &["mail"])])).unwrap();
    assert_eq!(lines(&plans[1]), ["c2 ada: create"]);
}

#[test]
fn apps_that_need_each_other_are_an_error() {
    let worlds = [named("chat", World::empty()), named("mail", World::empty()), named("wiki", World::empty())];
    let inputs: Vec<_> = worlds.iter().map(World::input).collect();
    let error = plan(&inputs, &needs(&[("chat", &["mail"]), ("mail", &["chat"])])).unwrap_err();
    assert_eq!(error, NeedsCycle { apps: vec!["chat".into(), "mail".into()] });
    insta::assert_snapshot!(error, @"the apps chat, mail need each other in a circle: take one of the `needs` out");
}
