//! What an account should look like: its attributes.

use super::EvaluationProblem;
use super::account::Rules;
use super::value::{self, Fitting};
use crate::app::Mapping;
use crate::expression::{Subject, Trouble};
use cel::Context;
use innkeeper_domain::{AttributeName, AttributeSchema, Description, Person, Reason, ReasonKind, SharedReason, Strength};

/// One attribute of a draft.
pub(super) struct DraftAttribute {
    /// The position of its mapping.
    pub(super) position: usize,
    pub(super) values: Fitting,
}

/// A mapping with what is the same for everybody.
pub(super) struct Mapped<'a> {
    pub(super) mapping: &'a Mapping,
    /// What the app says of the attribute.
    schema: Option<&'a AttributeSchema>,
    pub(super) reason: SharedReason,
}

impl<'a> Mapped<'a> {
    pub(super) fn new(mapping: &'a Mapping, description: Option<&'a Description>) -> Self {
        let schema = description.and_then(|description| description.attribute(&mapping.attribute));
        Self { mapping, schema, reason: reason(mapping).into() }
    }

    /// The attribute, as the app spells it.
    pub(super) fn name(&self) -> &'a AttributeName {
        self.schema.map_or(&self.mapping.attribute, |schema| &schema.name)
    }

    /// Whether values that differ only in case are different.
    pub(super) fn is_exact(&self) -> bool {
        self.schema.is_some_and(|schema| schema.case_exact)
    }
}

impl Rules<'_> {
    /// The values that a mapping gives to a person's account; none where that is not known.
    pub(super) fn attribute(
        &self,
        context: &Context<'_, '_>,
        person: &Person,
        subject: &Subject<'_>,
        mapped: &Mapped<'_>,
        problems: &mut Vec<EvaluationProblem>,
    ) -> Option<Fitting> {
        let Mapped { mapping, schema, .. } = *mapped;
        let plain = mapping.value.plain(subject);
        if let Some(values) = plain.and_then(|values| value::simple(values, schema)) {
            return Some(Fitting::Settled(values));
        }
        let given = match plain {
            Some(values) => Ok(value::plain(values)),
            None => match mapping.value.value(context, subject) {
                // Unknown is not empty: the attribute is left out, and so left as it is.
                Err(Trouble::Unknown(_)) => return None,
                Err(Trouble::Failed(why)) => Err(why),
                Ok(result) => value::given(&result),
            },
        };
        match given.and_then(|given| value::fit(given, schema)) {
            Ok(values) => Some(values.into()),
            Err(why) => {
                problems.push(self.value_problem(person, mapping, &why));
                None
            }
        }
    }

    /// The mapping of an attribute gave nothing usable: the attribute stays as it is.
    pub(super) fn value_problem(&self, person: &Person, mapping: &Mapping, why: &str) -> EvaluationProblem {
        let text = format!("`{}` of {} has no value: {why}", mapping.attribute, person.label());
        self.problem(person, &mapping.value, text, false)
    }
}

/// Why an account should have what the mapping gives, the same for everybody.
fn reason(mapping: &Mapping) -> Reason {
    let text = match mapping.strength {
        Strength::Enforced => "enforced",
        Strength::Initial => "initial",
    };
    Reason {
        expression: Some(mapping.value.text().into()),
        place: Some(mapping.value.place().to_string().into()),
        ..Reason::new(ReasonKind::Mapping, text)
    }
}
