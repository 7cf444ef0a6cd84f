//! What an account should look like: its attributes.

use super::EvaluationProblem;
use super::account::{Draft, Rules};
use super::value::{self, Fitting};
use crate::app::Mapping;
use crate::expression::{Subject, Trouble};
use cel::Context;
use innkeeper_domain::{AttributeName, AttributeSchema, Description, Person, Reason, ReasonKind, SharedReason, Strength};

/// One attribute of a draft.
pub(super) struct DraftAttribute {
    pub(super) name: AttributeName,
    pub(super) strength: Strength,
    pub(super) values: Fitting,
    pub(super) reason: SharedReason,
    pub(super) exact: bool,
}

/// A mapping with what is the same for everybody.
pub(super) struct Mapped<'a> {
    mapping: &'a Mapping,
    /// What the app says of the attribute.
    schema: Option<&'a AttributeSchema>,
    reason: SharedReason,
}

impl<'a> Mapped<'a> {
    pub(super) fn new(mapping: &'a Mapping, description: Option<&'a Description>) -> Self {
        let schema = description.and_then(|description| description.attribute(&mapping.attribute));
        Self { mapping, schema, reason: reason(mapping).into() }
    }

    fn draft(&self, values: Fitting) -> DraftAttribute {
        DraftAttribute {
            name: self.schema.map_or(&self.mapping.attribute, |schema| &schema.name).clone(),
            strength: self.mapping.strength,
            values,
            reason: self.reason.clone(),
            exact: self.schema.is_some_and(|schema| schema.case_exact),
        }
    }
}

impl Rules<'_> {
    pub(super) fn add_attribute(
        &self,
        context: &Context<'_, '_>,
        person: &Person,
        subject: &Subject<'_>,
        mapped: &Mapped<'_>,
        draft: &mut Draft,
    ) {
        let Mapped { mapping, schema, .. } = *mapped;
        let plain = mapping.value.plain(subject);
        if let Some(values) = plain.and_then(|values| value::simple(values, schema)) {
            return draft.attributes.push(mapped.draft(Fitting::Settled(values)));
        }
        let given = match plain {
            Some(values) => Ok(value::plain(values)),
            None => match mapping.value.value(context, subject) {
                // Unknown is not empty: the attribute is left out, and so left as it is.
                Err(Trouble::Unknown(_)) => return,
                Err(Trouble::Failed(why)) => Err(why),
                Ok(result) => value::given(&result),
            },
        };
        match given.and_then(|given| value::fit(given, schema)) {
            Ok(values) => draft.attributes.push(mapped.draft(values.into())),
            Err(why) => draft.problems.push(self.value_problem(person, mapping, &why)),
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
