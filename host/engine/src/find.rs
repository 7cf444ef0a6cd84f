//! Finding one person by what people call them.

use crate::error::EngineError;
use innkeeper_domain::Person;

/// The person with this key, user name or e-mail address; names are compared without case.
pub(crate) fn person<'a>(people: &'a [Person], asked: &str) -> Result<&'a Person, EngineError> {
    if let Some(person) = people.iter().find(|person| person.id.as_str() == asked) {
        return Ok(person);
    }
    let hits: Vec<&Person> = people.iter().filter(|person| names(person).any(|name| name.eq_ignore_ascii_case(asked))).collect();
    match hits.as_slice() {
        [person] => Ok(person),
        [] => {
            let candidates = people.iter().flat_map(|person| names(person).chain([person.id.as_str()]));
            let nearest = innkeeper_policy::nearest(asked, candidates).map(str::to_owned);
            Err(EngineError::UnknownPerson { asked: asked.to_owned(), nearest })
        }
        several => {
            let people = several.iter().map(|person| format!("{} ({})", person.id, person.label())).collect();
            Err(EngineError::AmbiguousPerson { asked: asked.to_owned(), people })
        }
    }
}

fn names(person: &Person) -> impl Iterator<Item = &str> {
    ["userName", "emails", "displayName"]
        .into_iter()
        .flat_map(|attribute| person.attributes.get(attribute).into_iter().flatten())
        .filter_map(|value| match &value.scalar {
            innkeeper_domain::Scalar::Text(text) => Some(text.as_str()),
            _ => None,
        })
}
