//! The account schema, fast to ask: the same questions come up for every attribute of every account.

use innkeeper_domain::{AttributeName, Description, DesiredAccount, Hint, Mutability, Uniqueness, Value};
use std::collections::HashMap;

/// What matters of one attribute. An attribute that the schema does not have is written as it comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Facts {
    pub(crate) case_exact: bool,
    /// None if the schema does not say.
    pub(crate) multi_valued: Option<bool>,
    pub(crate) mutability: Mutability,
    pub(crate) required: bool,
    /// The position in [`Schema::unique`].
    pub(crate) unique: Option<usize>,
    pub(crate) is_unique_name: bool,
}

pub(crate) struct Schema<'a> {
    pub(crate) description: &'a Description,
    by_name: HashMap<String, Facts>,
    /// The attributes of the first desired account with their facts: all others list them in the same order, so that most
    /// questions are answered by a look at the position.
    columns: Vec<(&'a AttributeName, Facts)>,
    /// Where accounts have what stands at each position, and what stands at none.
    hints: Vec<Hint>,
    stray: Hint,
    /// The attributes whose values no two accounts share; the unique name is the first.
    pub(crate) unique: Vec<&'a AttributeName>,
}

impl<'a> Schema<'a> {
    pub(crate) fn new(description: &'a Description, desired: &'a [DesiredAccount]) -> Self {
        let mut unique = vec![&description.unique_name];
        let mut by_name = HashMap::new();
        for attribute in &description.accounts {
            let is_unique_name = attribute.name.as_str().eq_ignore_ascii_case(description.unique_name.as_str());
            let position = if is_unique_name {
                Some(0)
            } else if attribute.uniqueness != Uniqueness::None {
                unique.push(&attribute.name);
                Some(unique.len() - 1)
            } else {
                None
            };
            let facts = Facts {
                case_exact: attribute.case_exact,
                multi_valued: Some(attribute.multi_valued && !is_unique_name),
                mutability: attribute.mutability,
                required: attribute.required || is_unique_name,
                unique: position,
                is_unique_name,
            };
            by_name.entry(attribute.name.as_str().to_ascii_lowercase()).or_insert(facts);
        }
        let name = description.unique_name.as_str().to_ascii_lowercase();
        by_name.entry(name).or_insert(Facts {
            multi_valued: Some(false),
            required: true,
            unique: Some(0),
            is_unique_name: true,
            ..Self::UNKNOWN
        });
        let mut schema = Self { description, by_name, columns: Vec::new(), hints: Vec::new(), stray: Hint::default(), unique };
        if let Some(first) = desired.first() {
            schema.hints = first.attributes.iter().map(|_| Hint::default()).collect();
            schema.columns = first.attributes.iter().map(|wanted| (&wanted.name, schema.named(&wanted.name))).collect();
        }
        schema
    }

    const UNKNOWN: Facts = Facts {
        case_exact: false,
        multi_valued: None,
        mutability: Mutability::ReadWrite,
        required: false,
        unique: None,
        is_unique_name: false,
    };

    /// The facts of the attribute that stands at a position in a desired account.
    pub(crate) fn at(&self, position: usize, name: &AttributeName) -> Facts {
        match self.columns.get(position) {
            Some((column, facts)) if *column == name => *facts,
            _ => self.named(name),
        }
    }

    /// Where accounts have the attribute that stands at a position in a desired account.
    pub(crate) fn hint(&self, position: usize) -> &Hint {
        self.hints.get(position).unwrap_or(&self.stray)
    }

    /// The facts of an attribute; names are compared without case (RFC 7643, section 2.1).
    pub(crate) fn named(&self, name: &AttributeName) -> Facts {
        self.by_name.get(&name.as_str().to_ascii_lowercase()).copied().unwrap_or(Self::UNKNOWN)
    }

    /// The attribute as the schema spells it.
    pub(crate) fn spelled<'n>(&self, name: &'n AttributeName) -> &'n AttributeName
    where
        'a: 'n,
    {
        if self.named(name).is_unique_name {
            return &self.description.unique_name;
        }
        self.description.attribute(name).map_or(name, |attribute| &attribute.name)
    }

    /// The values that the person's unique name should have.
    pub(crate) fn desired_unique_name<'d>(&self, desired: &'d DesiredAccount) -> Option<&'d [Value]> {
        let found =
            desired.attributes.iter().enumerate().find(|(position, wanted)| self.at(*position, &wanted.name).is_unique_name);
        found.map(|(_, wanted)| &*wanted.values)
    }
}
