//! Who is different from the last time that the sources were read.

use innkeeper_domain::{Person, PersonId};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};

/// What everybody looked like, in a few bytes each.
#[derive(Debug, Default)]
pub(super) struct Faces(BTreeMap<PersonId, [u8; 32]>);

impl Faces {
    /// Looks at everybody; says who is new, different or gone since the last look, or nothing at the first.
    pub(super) fn look(&mut self, people: &[Person]) -> Option<BTreeSet<PersonId>> {
        let now: BTreeMap<PersonId, [u8; 32]> = people.iter().map(|person| (person.id.clone(), face(person))).collect();
        let before = std::mem::replace(&mut self.0, now);
        if before.is_empty() {
            return None;
        }
        let different = self.0.iter().filter(|(person, face)| before.get(*person) != Some(face)).map(|(person, _)| person);
        let gone = before.keys().filter(|person| !self.0.contains_key(*person));
        Some(different.chain(gone).cloned().collect())
    }
}

/// Where a record was read is no part of a person: a line that moves down changes nobody.
fn face(person: &Person) -> [u8; 32] {
    let mut hasher = Sha256::new();
    let told = (&person.attributes, person.active, &person.restricted, person.closed_since);
    // Maps are sorted, and nothing in a person can fail to be written.
    hasher.update(serde_json::to_vec(&told).unwrap_or_default());
    hasher.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use innkeeper_domain::{Origin, Value};

    fn person(id: &str, title: &str, line: u32) -> Person {
        let origin = Origin { source: "hr".into(), record: id.into(), place: Some(format!("people.csv:{line}").into()) };
        Person {
            id: id.into(),
            attributes: [("title".into(), vec![Value::plain(title)])].into(),
            active: None,
            restricted: BTreeSet::new(),
            origins: vec![origin],
            closed_since: None,
        }
    }

    #[test]
    fn who_is_new_different_or_gone_is_seen_and_who_only_stands_elsewhere_is_not() {
        let mut faces = Faces::default();
        assert_eq!(faces.look(&[person("1", "Clerk", 2), person("2", "Clerk", 3), person("3", "Clerk", 4)]), None);
        let changed =
            faces.look(&[person("0", "Boss", 2), person("1", "Clerk", 3), person("2", "Boss", 4)]).expect("a second look");
        assert_eq!(changed.iter().map(PersonId::as_str).collect::<Vec<_>>(), ["0", "2", "3"]);
    }
}
