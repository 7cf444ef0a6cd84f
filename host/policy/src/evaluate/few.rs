//! Which roles can be true of a person at all. Most rules say that an attribute is some text: one look at the attribute tells which of
//! them are, where each rule would look for itself.

use super::account::Ruled;
use crate::expression::{Path, Subject};
use crate::role::RoleMode;
use std::collections::HashMap;

/// Roles in enforce mode, by what their rules ask for. Positions are those of the roles, in their order.
pub(super) struct Few {
    by_text: Vec<OfAttribute>,
    /// Roles whose rules ask for something else.
    others: Vec<usize>,
}

/// The roles whose rules ask for one attribute.
struct OfAttribute {
    path: Path,
    roles: HashMap<String, Vec<usize>>,
    all: Vec<usize>,
}

impl Few {
    pub(super) fn new(roles: &[Ruled<'_>]) -> Self {
        let mut few = Self { by_text: Vec::new(), others: Vec::new() };
        for (position, ruled) in roles.iter().enumerate().filter(|(_, ruled)| ruled.role.mode == RoleMode::Enforce) {
            match ruled.role.rule().one_of() {
                Some((path, texts)) => few.add(position, path, texts),
                None => few.others.push(position),
            }
        }
        few
    }

    fn add(&mut self, position: usize, path: &Path, texts: &[String]) {
        let known = self.by_text.iter().position(|known| known.path.name() == path.name());
        let known = known.unwrap_or_else(|| {
            self.by_text.push(OfAttribute { path: path.clone(), roles: HashMap::new(), all: Vec::new() });
            self.by_text.len() - 1
        });
        let known = &mut self.by_text[known];
        known.all.push(position);
        for text in texts {
            let roles = known.roles.entry(text.clone()).or_default();
            if roles.last() != Some(&position) {
                roles.push(position);
            }
        }
    }

    /// The roles that are true of the person, or could be, in their order.
    pub(super) fn of(&self, subject: &Subject<'_>) -> Vec<usize> {
        let mut few = self.others.clone();
        for asked in &self.by_text {
            match asked.path.text(subject) {
                Some(None) => {}
                Some(Some(text)) => few.extend(asked.roles.get(text.as_str()).into_iter().flatten()),
                None => few.extend(&asked.all),
            }
        }
        few.sort_unstable();
        few
    }
}
