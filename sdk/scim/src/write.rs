//! From the contract's names and values to what a write is made of.

use crate::Scim;
use crate::definition::Kind;
use crate::schema::Target;
use innkeeper_sdk::types::{Amendment, Delta, Edit, Mutability, Scalar, Value};
use innkeeper_sdk::{Error, Result};
use serde_json::Value as Json;

/// One edit of one attribute.
#[derive(Clone, Debug)]
pub(crate) struct Write {
    pub(crate) target: Target,
    pub(crate) edit: Change,
}

/// What to do. To clear is to have no values.
#[derive(Clone, Debug)]
pub(crate) enum Change {
    Values(Vec<Value>),
    Amend(Amendment),
}

impl Scim {
    /// The targets of these names and how many values each gets. The server is asked for its schema only for a name that no
    /// standard has.
    pub(crate) fn targets<'a>(&self, names: impl Iterator<Item = (&'a str, usize)> + Clone) -> Result<Vec<Target>> {
        let mut definitions = self.known_definitions();
        if names.clone().any(|(name, _)| Target::find(name, &definitions).is_none()) {
            definitions.extend(self.custom_definitions()?);
        }
        names
            .map(|(name, values)| {
                let target = match Target::find(name, &definitions) {
                    Some(target) => target,
                    None if self.dialect.attributes.is_some() => {
                        return Err(
                            Error::invalid(format!("users have no attribute `{name}` here")).with_field(name, "is not known")
                        );
                    }
                    None => Target::guess(name, values > 1),
                };
                match self.mutability(&target) {
                    Mutability::ReadOnly => {
                        Err(Error::invalid(format!("{name} is read-only on this server")).with_field(name, "is read-only"))
                    }
                    _ => Ok(target),
                }
            })
            .collect()
    }

    /// Who may write an attribute. What is never sent can only be read.
    pub(crate) fn mutability(&self, target: &Target) -> Mutability {
        if self.dialect.withholds(&target.name(), &target.definition.path()) {
            return Mutability::ReadOnly;
        }
        target.mutability()
    }

    /// What the deltas write.
    ///
    /// # Errors
    /// `invalid` for what is read-only, for several values where one is due, and for amending a single value.
    pub(crate) fn writes(&self, deltas: &[Delta]) -> Result<Vec<Write>> {
        let count = |delta: &Delta| match &delta.edit {
            Edit::Replace(values) => values.len(),
            Edit::Clear => 0,
            Edit::Amend(_) => 2,
        };
        let targets = self.targets(deltas.iter().map(|delta| (delta.name.as_str(), count(delta))))?;
        targets
            .into_iter()
            .zip(deltas)
            .map(|(target, delta)| {
                let edit = match &delta.edit {
                    Edit::Replace(values) => Change::Values(values.clone()),
                    Edit::Clear => Change::Values(Vec::new()),
                    Edit::Amend(amendment) => Change::Amend(amendment.clone()),
                };
                let single = !target.definition.multi_valued && !target.leaf().multi_valued;
                if single && !matches!(&edit, Change::Values(values) if values.len() < 2) {
                    let message = "has one value at most";
                    return Err(Error::invalid(format!("{} {message}", delta.name)).with_field(&delta.name, message));
                }
                if target.mutability() == Mutability::Immutable {
                    let message = "can only be set when the account is created";
                    return Err(Error::invalid(format!("{} {message}", delta.name)).with_field(&delta.name, message));
                }
                Ok(Write { target, edit })
            })
            .collect()
    }
}

impl Change {
    /// The values afterwards, given those before.
    pub(crate) fn values(&self, before: &[Value], target: &Target) -> Vec<Value> {
        match self {
            Self::Values(values) => values.clone(),
            Self::Amend(amendment) => {
                let stays = |value: &&Value| !amendment.remove.iter().any(|gone| meets(gone, value, target));
                let mut values: Vec<Value> = before.iter().filter(stays).cloned().collect();
                for added in &amendment.add {
                    if values.iter().any(|value| meets(added, value, target)) {
                        continue;
                    }
                    // There is one primary value at most (RFC 7643, section 2.4).
                    if added.primary {
                        values.iter_mut().for_each(|value| value.primary = false);
                    }
                    let wish = Value { primary: false, ..added.clone() };
                    match values.iter_mut().find(|value| meets(&wish, value, target)) {
                        Some(there) => there.primary = added.primary,
                        None => values.push(added.clone()),
                    }
                }
                values
            }
        }
    }
}

/// Whether a wished value is met by one that is there. What the wish does not say is not compared.
pub(crate) fn meets(wish: &Value, there: &Value, target: &Target) -> bool {
    same(&wish.scalar, &there.scalar, target)
        && wish.label.as_ref().is_none_or(|label| there.label.as_ref().is_some_and(|other| other.eq_ignore_ascii_case(label)))
        && (!wish.primary || there.primary)
}

/// Whether two values are the same by the attribute's rules.
pub(crate) fn same(one: &Scalar, other: &Scalar, target: &Target) -> bool {
    match (json(one, target.kind()), json(other, target.kind())) {
        (Json::String(one), Json::String(other)) if !target.leaf().case_exact => one.to_lowercase() == other.to_lowercase(),
        (one, other) => one == other,
    }
}

/// A value as JSON, of the type that the schema says where the value can be of it.
pub(crate) fn json(scalar: &Scalar, kind: Kind) -> Json {
    match scalar {
        Scalar::Boolean(value) => Json::Bool(*value),
        Scalar::Integer(value) if kind == Kind::String => Json::String(value.to_string()),
        Scalar::Integer(value) => Json::from(*value),
        Scalar::Decimal(value) => Json::from(*value),
        Scalar::Text(text) | Scalar::DateTime(text) | Scalar::Reference(text) => match kind {
            Kind::Boolean if text.eq_ignore_ascii_case("true") => Json::Bool(true),
            Kind::Boolean if text.eq_ignore_ascii_case("false") => Json::Bool(false),
            // Whole numbers beyond 32 bits travel as text.
            Kind::Integer => text.parse::<i64>().map_or_else(|_| Json::String(text.clone()), Json::from),
            _ => Json::String(text.clone()),
        },
    }
}
