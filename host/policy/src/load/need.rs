//! The order of apps by what they need.

use crate::app::App;
use crate::problem::{Problem, Problems};
use crate::suggest;
use indexmap::IndexMap;
use innkeeper_domain::AppName;

/// All apps, each after those that it needs and otherwise in the order of the configuration. `named` are the names of all apps,
/// those included that have a problem of their own.
pub(super) fn order(apps: &IndexMap<AppName, App>, named: &[&str], problems: &mut Problems) -> Vec<AppName> {
    for app in apps.values() {
        for (need, spot) in app.needs.iter().zip(&app.spots.needs) {
            if !named.contains(&need.as_str()) {
                let problem = Problem::new(spot, format!("there is no app `{need}`"), "unknown app");
                let others = named.iter().copied().filter(|name| *name != app.name.as_str()).collect::<Vec<_>>();
                problems.push(problem.maybe_help(suggest::help(need.as_str(), others)));
            }
        }
    }
    let mut walk = Walk { apps, state: vec![State::New; apps.len()], path: Vec::new(), order: Vec::new() };
    for index in 0..apps.len() {
        walk.visit(index, problems);
    }
    walk.order
}

#[derive(Clone, Copy, PartialEq)]
enum State {
    New,
    Open,
    Done,
}

struct Walk<'a> {
    apps: &'a IndexMap<AppName, App>,
    state: Vec<State>,
    /// The apps that are open, and which of their needs is looked at.
    path: Vec<(usize, usize)>,
    order: Vec<AppName>,
}

impl Walk<'_> {
    /// Depth first with a path of its own: a long chain must not use up the stack.
    fn visit(&mut self, start: usize, problems: &mut Problems) {
        if self.state[start] != State::New {
            return;
        }
        self.state[start] = State::Open;
        self.path.push((start, 0));
        while let Some((index, position)) = self.path.last().copied() {
            let app = &self.apps[index];
            let Some(need) = app.needs.get(position) else {
                self.state[index] = State::Done;
                self.order.push(app.name.clone());
                self.path.pop();
                continue;
            };
            if let Some(next) = self.apps.get_index_of(need) {
                match self.state[next] {
                    State::New => {
                        self.state[next] = State::Open;
                        self.path.push((next, 0));
                        continue;
                    }
                    State::Open => problems.push(self.cycle(next)),
                    State::Done => {}
                }
            }
            if let Some(last) = self.path.last_mut() {
                last.1 += 1;
            }
        }
    }

    /// The cycle that the open path closes at `next`.
    fn cycle(&self, next: usize) -> Problem {
        let from = self.path.iter().position(|(index, _)| *index == next).unwrap_or(0);
        let cycle = &self.path[from..];
        let names = cycle.iter().map(|(index, _)| *index).chain([next]).map(|index| self.apps[index].name.as_str());
        let message = format!("apps need each other in a circle: {}", names.collect::<Vec<_>>().join(" -> "));
        let spot = |(index, position): (usize, usize)| &self.apps[index].spots.needs[position];
        let last = cycle[cycle.len() - 1];
        let mut problem = Problem::new(spot(last), message, format!("needs {}", self.apps[next].name))
            .help("take one of these needs away: somebody's account must come first");
        for step in &cycle[..cycle.len() - 1] {
            problem = problem.also(spot(*step), format!("needs {}", self.apps[step.0].needs[step.1]));
        }
        problem
    }
}
