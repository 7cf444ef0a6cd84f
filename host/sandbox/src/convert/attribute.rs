use crate::bindings::types;
use innkeeper_domain::{
    AttributeName, AttributeType, Attributes, Decimal, Delta, Description, Edit, Scalar, Sharing, Text, Value,
};
use std::collections::BTreeMap;

/// The types of an app's attributes, by name in lower case: SCIM names have no case (RFC 7643, section 2.1).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct AttributeTypes(BTreeMap<String, AttributeType>);

impl AttributeTypes {
    pub(crate) fn of(description: &Description) -> Self {
        let entry = |schema: &innkeeper_domain::AttributeSchema| (schema.name.as_str().to_ascii_lowercase(), schema.kind);
        Self(description.accounts.iter().map(entry).collect())
    }

    fn get(&self, name: &AttributeName) -> Option<AttributeType> {
        self.0.get(&name.as_str().to_ascii_lowercase()).copied()
    }
}

/// The attribute names of one answer. All accounts of a page have the same, and mostly in the same order: so each name is
/// made once, and is known again by its place.
#[derive(Default)]
pub(crate) struct Names {
    sharing: Sharing,
    /// The names of the last account, in its order.
    places: Vec<AttributeName>,
}

impl Names {
    pub(crate) fn of(&mut self, place: usize, name: &str) -> AttributeName {
        if let Some(known) = self.places.get(place)
            && known.as_str() == name
        {
            return known.clone();
        }
        let name = AttributeName::new(self.sharing.of(name));
        match self.places.get_mut(place) {
            Some(other) => *other = name.clone(),
            None => self.places.push(name.clone()),
        }
        name
    }
}

/// An attribute that comes twice has the values of both.
pub(crate) fn attributes_in(attributes: Vec<types::Attribute>, names: &mut Names) -> Attributes {
    Attributes::gathered(
        attributes
            .into_iter()
            .enumerate()
            .map(|(place, attribute)| (names.of(place, &attribute.name), attribute.values.into_iter().map(value_in))),
    )
}

fn value_in(value: types::Value) -> Value {
    Value { scalar: scalar_in(value.scalar), label: value.label.map(Text::from), primary: value.primary }
}

pub(crate) fn scalar_in(scalar: types::Scalar) -> Scalar {
    match scalar {
        types::Scalar::Text(text) | types::Scalar::DateTime(text) | types::Scalar::Reference(text) => Scalar::Text(text.into()),
        types::Scalar::Boolean(value) => Scalar::Boolean(value),
        types::Scalar::Integer(value) => Scalar::Integer(value),
        types::Scalar::Decimal(value) if value.is_finite() => Scalar::Decimal(Decimal(value)),
        // JSON has no such number, so the plan could not be read back.
        types::Scalar::Decimal(value) => Scalar::Text(value.to_string().into()),
    }
}

pub(crate) fn attributes_out(attributes: &Attributes, known: &AttributeTypes) -> Vec<types::Attribute> {
    let attribute = |(name, values): (&AttributeName, &[Value])| types::Attribute {
        name: name.as_str().to_owned(),
        values: values_out(values, known.get(name)),
    };
    attributes.iter().map(attribute).collect()
}

pub(crate) fn deltas_out(deltas: &[Delta], known: &AttributeTypes) -> Vec<types::Delta> {
    let delta = |delta: &Delta| types::Delta {
        name: delta.name.as_str().to_owned(),
        edit: edit_out(&delta.edit, known.get(&delta.name)),
    };
    deltas.iter().map(delta).collect()
}

fn edit_out(edit: &Edit, kind: Option<AttributeType>) -> types::Edit {
    match edit {
        Edit::Replace(values) => types::Edit::Replace(values_out(values, kind)),
        Edit::Clear => types::Edit::Clear,
        Edit::Amend { add, remove } => {
            types::Edit::Amend(types::Amendment { add: values_out(add, kind), remove: values_out(remove, kind) })
        }
    }
}

fn values_out(values: &[Value], kind: Option<AttributeType>) -> Vec<types::Value> {
    let value = |value: &Value| types::Value {
        scalar: scalar_out(&value.scalar, kind),
        label: value.label.clone().map(String::from),
        primary: value.primary,
    };
    values.iter().map(value).collect()
}

fn scalar_out(scalar: &Scalar, kind: Option<AttributeType>) -> types::Scalar {
    match (scalar, kind) {
        (Scalar::Text(text), Some(AttributeType::DateTime)) => types::Scalar::DateTime(text.to_string()),
        (Scalar::Text(text), Some(AttributeType::Reference)) => types::Scalar::Reference(text.to_string()),
        (Scalar::Text(text), _) => types::Scalar::Text(text.to_string()),
        (Scalar::Boolean(value), _) => types::Scalar::Boolean(*value),
        // A whole number is a decimal too, and systems tell 1 from 1.0 apart.
        (Scalar::Integer(value), Some(AttributeType::Decimal)) => types::Scalar::Decimal(f64::from(*value)),
        (Scalar::Integer(value), _) => types::Scalar::Integer(*value),
        (Scalar::Decimal(value), _) => types::Scalar::Decimal(value.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use innkeeper_domain::{AttributeSchema, Mutability, Uniqueness};

    fn known(attributes: &[(&str, AttributeType)]) -> AttributeTypes {
        let schema = |(name, kind): &(&str, AttributeType)| AttributeSchema {
            name: AttributeName::new(*name),
            description: None,
            kind: *kind,
            multi_valued: false,
            required: false,
            case_exact: false,
            mutability: Mutability::ReadWrite,
            uniqueness: Uniqueness::None,
            canonical_values: vec![],
        };
        AttributeTypes::of(&Description {
            accounts: attributes.iter().map(schema).collect(),
            unique_name: "userName".into(),
            searchable: vec![],
            entitlement_kinds: vec![],
            grant_scopes: Default::default(),
            suspend: None,
            delete: None,
            quirks: Default::default(),
        })
    }

    fn text(name: &str, text: &str) -> Attributes {
        Attributes::from([(name.into(), vec![Value::plain(text)])])
    }

    fn first(attributes: Vec<types::Attribute>) -> types::Scalar {
        attributes.into_iter().next().expect("one attribute").values.into_iter().next().expect("one value").scalar
    }

    #[test]
    fn text_goes_out_as_the_type_of_its_attribute() {
        let known = known(&[("hireDate", AttributeType::DateTime), ("manager.value", AttributeType::Reference)]);
        let out = |name: &str| first(attributes_out(&text(name, "x"), &known));
        assert!(matches!(out("HIREdate"), types::Scalar::DateTime(text) if text == "x"), "names have no case");
        assert!(matches!(out("manager.value"), types::Scalar::Reference(text) if text == "x"));
        assert!(matches!(out("title"), types::Scalar::Text(text) if text == "x"));
    }

    #[test]
    fn what_comes_in_twice_has_the_values_of_both() {
        let attribute = |text: &str| types::Attribute {
            name: "emails".into(),
            values: vec![types::Value { scalar: types::Scalar::Text(text.into()), label: None, primary: false }],
        };
        let attributes = attributes_in(vec![attribute("a"), attribute("b")], &mut Names::default());
        assert_eq!(attributes.get("emails"), Some(&[Value::plain("a"), Value::plain("b")][..]));
    }

    #[test]
    fn an_attribute_without_values_stays_known_to_be_empty() {
        let attributes = attributes_in(vec![types::Attribute { name: "title".into(), values: vec![] }], &mut Names::default());
        assert_eq!(attributes.get("title"), Some(&[][..]));
    }

    #[test]
    fn names_are_shared_by_all_accounts_in_whatever_order_they_come() {
        let mut names = Names::default();
        let mut account = |texts: &[&str]| {
            let attribute = |name: &&str| types::Attribute { name: (*name).into(), values: vec![] };
            attributes_in(texts.iter().map(attribute).collect(), &mut names)
        };
        let all = [account(&["title", "emails"]), account(&["emails", "title", "userName"]), account(&["userName"])];
        let names = |attributes: &Attributes| attributes.keys().map(|name| name.as_str().to_owned()).collect::<Vec<_>>();
        assert_eq!(names(&all[0]), ["emails", "title"]);
        assert_eq!(names(&all[1]), ["emails", "title", "userName"]);
        assert_eq!(names(&all[2]), ["userName"]);
        let at = |account: usize, name: &str| {
            all[account].keys().find(|known| known.as_str() == name).map(|name| name.as_str().as_ptr())
        };
        assert_eq!(at(0, "title"), at(1, "title"));
        assert_eq!(at(0, "emails"), at(1, "emails"));
        assert_eq!(at(1, "userName"), at(2, "userName"));
    }

    #[test]
    fn numbers_that_json_has_not_come_in_as_text() {
        assert_eq!(scalar_in(types::Scalar::Decimal(f64::NAN)), Scalar::from("NaN"));
        assert_eq!(scalar_in(types::Scalar::Decimal(0.5)), Scalar::Decimal(Decimal(0.5)));
    }

    mod round_trip {
        use super::*;
        use proptest::prelude::*;

        fn scalars() -> impl Strategy<Value = Scalar> {
            prop_oneof![
                any::<String>().prop_map(Scalar::from),
                any::<bool>().prop_map(Scalar::Boolean),
                any::<i32>().prop_map(Scalar::Integer),
                proptest::num::f64::NORMAL.prop_map(|value| Scalar::Decimal(Decimal(value))),
            ]
        }

        fn values() -> impl Strategy<Value = Vec<Value>> {
            let value = (scalars(), proptest::option::of(".{0,4}"), any::<bool>()).prop_map(|(scalar, label, primary)| Value {
                scalar,
                label: label.map(Text::from),
                primary,
            });
            proptest::collection::vec(value, 0..3)
        }

        proptest! {
            #[test]
            fn nothing_is_lost(attributes in proptest::collection::btree_map(".{1,8}".prop_map(AttributeName::new), values(), 0..4)) {
                let attributes: Attributes = attributes.into_iter().collect();
                let known = known(&[("a", AttributeType::DateTime)]);
                prop_assert_eq!(attributes_in(attributes_out(&attributes, &known), &mut Names::default()), attributes);
            }
        }
    }
}
