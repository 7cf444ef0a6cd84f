//! What an expression sees: one person on one day. Attributes are looked up when they are asked for; nothing is copied.

use crate::vocabulary::{is_complex, is_multi_valued, spoken};
use cel::ExecutionError;
use cel::common::traits::Indexer;
use cel::common::types::{CelBool, CelDouble, CelInt, CelList, CelNull, CelString, Type};
use cel::common::value::{CowVal, Val};
use cel::context::VariableResolver;
use innkeeper_domain::{AttributeName, Attributes, Person, Scalar, Value};
use std::borrow::Cow;
use std::sync::Arc;

/// In front of the path in the error for an attribute that a person does not have.
pub(crate) const PERSON: &str = "person.";

static PERSON_TYPE: Type = Type::new_unspecified_type("person");

/// One person on one day.
#[derive(Clone, Debug)]
pub(crate) struct Subject<'a> {
    pub(crate) person: &'a Person,
    pub(crate) attributes: Cow<'a, Attributes>,
    /// `person.active`: works here, or starts so soon that the account is made.
    pub(crate) active: bool,
    pub(crate) today: &'a str,
}

impl<'a> Subject<'a> {
    pub(crate) fn new(person: &'a Person, active: bool, today: &'a str) -> Self {
        Self { attributes: spoken_attributes(&person.attributes), person, active, today }
    }
}

/// The attributes under the names that expressions use.
pub(crate) fn spoken_attributes(attributes: &Attributes) -> Cow<'_, Attributes> {
    let is_spoken = |name: &AttributeName| !name.as_str().contains(':') && name.as_str() != "manager.value";
    if attributes.keys().all(is_spoken) {
        return Cow::Borrowed(attributes);
    }
    let mut named = Attributes::new();
    for (name, values) in attributes {
        named.insert_new(AttributeName::new(spoken(name.as_str())), values.to_vec());
    }
    Cow::Owned(named)
}

impl VariableResolver for Subject<'_> {
    fn resolve<'b>(&'b self, variable: &str) -> Option<CowVal<'b, 'b>> {
        match variable {
            "person" => Some(CowVal::owned(Level { subject: self, prefix: String::new() })),
            "today" => Some(CowVal::owned(CelString::from(self.today))),
            _ => None,
        }
    }
}

/// `person`, or a complex attribute of it.
#[derive(Clone, Debug)]
struct Level<'a> {
    subject: &'a Subject<'a>,
    /// Empty, or a path with a dot at its end.
    prefix: String,
}

impl<'a> Level<'a> {
    fn attribute(&self, name: &str) -> Result<CowVal<'a, 'a>, ExecutionError> {
        let path = format!("{}{name}", self.prefix);
        match path.as_str() {
            "id" => return Ok(CowVal::owned(CelString::from(self.subject.person.id.as_str()))),
            "active" => return Ok(CowVal::owned(CelBool::from(self.subject.active))),
            _ => {}
        }
        if let Some(values) = self.subject.attributes.get(path.as_str()) {
            return Ok(value(values, is_multi_valued(&path)));
        }
        let prefix = format!("{path}.");
        let has_parts = self.subject.attributes.has_prefix(&prefix);
        if has_parts || is_complex(&path) {
            return Ok(CowVal::owned(Level { subject: self.subject, prefix }));
        }
        Err(ExecutionError::NoSuchKey(Arc::new(format!("{PERSON}{path}"))))
    }
}

fn value<'a>(values: &'a [Value], multi_valued: bool) -> CowVal<'a, 'a> {
    match values {
        [] if !multi_valued => CowVal::owned(CelNull),
        [only] if !multi_valued => CowVal::Owned(scalar(&only.scalar)),
        several => {
            let items: Vec<Box<dyn Val + 'a>> = several.iter().map(|value| scalar(&value.scalar)).collect();
            CowVal::owned(CelList::from(items))
        }
    }
}

fn scalar(scalar: &Scalar) -> Box<dyn Val + '_> {
    match scalar {
        Scalar::Boolean(value) => Box::new(CelBool::from(*value)),
        Scalar::Integer(value) => Box::new(CelInt::from(i64::from(*value))),
        Scalar::Decimal(value) => Box::new(CelDouble::from(value.0)),
        Scalar::Text(value) => Box::new(CelString::from(value.as_str())),
    }
}

impl Val for Level<'_> {
    fn get_type(&self) -> &Type {
        &PERSON_TYPE
    }

    fn cel_type() -> &'static Type {
        &PERSON_TYPE
    }

    fn as_indexer<'b, 'v>(&'b self) -> Option<&'b (dyn Indexer + 'v)>
    where
        Self: 'v,
    {
        Some(self)
    }

    fn clone_as_boxed<'v>(&self) -> Box<dyn Val + 'v>
    where
        Self: 'v,
    {
        Box::new(self.clone())
    }
}

impl Indexer for Level<'_> {
    fn get<'b, 'v>(&'b self, index: &dyn Val) -> Result<CowVal<'b, 'v>, ExecutionError>
    where
        Self: 'v,
    {
        match index.downcast_ref::<CelString>() {
            Some(name) => self.attribute(name.inner()),
            None => Err(ExecutionError::UnexpectedType { got: index.get_type().name().to_owned(), want: "string".to_owned() }),
        }
    }

    fn steal<'v>(self: Box<Self>, index: &dyn Val) -> Result<Box<dyn Val + 'v>, ExecutionError>
    where
        Self: 'v,
    {
        self.get(index).map(CowVal::into_owned)
    }
}
