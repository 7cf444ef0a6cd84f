//! Whether an app's mappings and grants fit what its connector says of it.

use crate::app::{App, Mapping};
use crate::configuration::Configuration;
use crate::evaluate::{takes, type_in_words};
use crate::expression::Kind;
use crate::problem::{Problem, Problems};
use crate::role::Role;
use crate::suggest;
use innkeeper_domain::{AppName, AttributeName, AttributeSchema, AttributeType, Description, Mutability};

impl Configuration {
    /// Checks an app against its description: attributes that the accounts do not have, that are read-only or of another type,
    /// required ones without a mapping, entitlement kinds that are not there. An app that is not configured has no problems.
    pub fn check_app(&self, app: &AppName, description: &Description) -> Problems {
        let mut problems = Problems::default();
        let Some(app) = self.apps.get(app) else { return problems };
        for mapping in &app.mappings {
            check_mapping(mapping, description, &mut problems);
        }
        check_required(app, description, &mut problems);
        for (matcher, spot) in app.matchers.iter().zip(&app.spots.matchers) {
            // One that is mapped is reported at its mapping.
            if description.attribute(matcher).is_none() && app.mapping(matcher.as_str()).is_none() {
                problems.push(unknown(spot, matcher, description));
            }
        }
        if let (Some(name), Some(spot)) = (&app.licences.last_login, &app.licences.last_login_spot)
            && description.attribute(name).is_none()
        {
            let names = description.accounts.iter().map(|schema| schema.name.as_str());
            let problem = Problem::new(spot, format!("accounts have no attribute `{name}`"), "unknown attribute");
            problems.push(problem.maybe_help(suggest::help(name.as_str(), names)));
        }
        for role in self.roles.values() {
            check_grants(app, role, description, &mut problems);
        }
        problems.sorted()
    }
}

fn unknown(spot: &crate::problem::Spot, attribute: &AttributeName, description: &Description) -> Problem {
    let writable = description.accounts.iter().filter(|schema| schema.mutability != Mutability::ReadOnly);
    let names: Vec<&str> = writable.map(|schema| schema.name.as_str()).collect();
    let message = format!("accounts have no attribute `{attribute}`");
    Problem::new(spot, message, "unknown attribute").maybe_help(suggest::help(attribute.as_str(), names))
}

fn check_mapping(mapping: &Mapping, description: &Description, problems: &mut Problems) {
    let Some(schema) = description.attribute(&mapping.attribute) else {
        problems.push(unknown(&mapping.spot, &mapping.attribute, description));
        return;
    };
    if schema.mutability == Mutability::ReadOnly {
        let message = format!("`{}` is read-only: the system itself writes it", schema.name);
        problems.push(Problem::new(&mapping.spot, message, "cannot be written").help("take the mapping away"));
        return;
    }
    if let Some(problem) = mismatch(mapping, schema) {
        problems.push(problem);
        return;
    }
    for (text, spot) in mapping.value.literals().filter(|(text, _)| !text.is_empty()) {
        if !takes(schema, text) {
            let message = format!("`{}` cannot be `{text}`", schema.name);
            let help = suggest::help(text, schema.canonical_values.iter().map(String::as_str));
            problems.push(Problem::new(&spot, message, "not one of its values").maybe_help(help));
        }
    }
}

fn mismatch(mapping: &Mapping, schema: &AttributeSchema) -> Option<Problem> {
    let kind = mapping.value.kind();
    if let Kind::List(_) = kind
        && !schema.multi_valued
    {
        let message = format!("`{}` has one value, and this gives a list", schema.name);
        let help = format!("take the first: `first({})`", mapping.value.text());
        return Some(Problem::new(&mapping.value.spot(), message, "this is a list").help(help));
    }
    let item = match kind {
        Kind::List(item) => item,
        single => single,
    };
    let fits = match (item, schema.kind) {
        (Kind::Any | Kind::Null | Kind::Map | Kind::List(_), _) => true,
        (Kind::Text, kind) => kind != AttributeType::Boolean,
        (Kind::Boolean, kind) => kind == AttributeType::Boolean,
        (Kind::Number, kind) => !matches!(kind, AttributeType::Boolean | AttributeType::DateTime),
    };
    let wanted = type_in_words(schema.kind);
    if !fits {
        let message = format!("`{}` is {wanted}, and this gives {item}", schema.name);
        let help = match (item, schema.kind) {
            (Kind::Boolean, AttributeType::Text) => Some("choose a text: `condition ? 'one' : 'other'`".to_owned()),
            (Kind::Text, AttributeType::Boolean) => Some("compare it: `person.userType == 'Employee'`".to_owned()),
            _ => None,
        };
        return Some(Problem::new(&mapping.value.spot(), message, format!("this is {item}")).maybe_help(help));
    }
    None
}

/// Without a required attribute no account can be made, and without the unique name none can be told from the others.
fn check_required(app: &App, description: &Description, problems: &mut Problems) {
    let required = description.accounts.iter().filter(|schema| schema.required && schema.mutability != Mutability::ReadOnly);
    let mut missing: Vec<&AttributeName> = required.map(|schema| &schema.name).collect();
    let writes_name =
        description.attribute(&description.unique_name).is_none_or(|schema| schema.mutability != Mutability::ReadOnly);
    if writes_name && !missing.contains(&&description.unique_name) {
        missing.push(&description.unique_name);
    }
    missing.retain(|name| app.mapping(name.as_str()).is_none());
    for name in missing {
        let message = format!("an account of {} must have `{name}`, and no mapping gives it", app.name);
        let help = format!("add it under `[app.{}.account]`, for example `{name} = \"person.{}\"`", app.name, name.short());
        problems.push(Problem::new(&app.spots.name, message, format!("`{name}` is not mapped")).help(help));
    }
}

fn check_grants(app: &App, role: &Role, description: &Description, problems: &mut Problems) {
    for (grant, spot) in role.grants.iter().zip(&role.grant_spots) {
        let Some((kind, _)) = grant.entitlement.as_ref().filter(|_| grant.app == app.name) else { continue };
        let problem = match description.kind(kind) {
            Some(kind) if kind.assignable => continue,
            Some(_) => {
                let message = format!("entitlements of the kind `{kind}` can be seen on {} and not granted", app.name);
                Problem::new(spot, message, "cannot be granted")
            }
            None => {
                let kinds: Vec<&str> = description.entitlement_kinds.iter().map(|kind| kind.name.as_str()).collect();
                let help = suggest::help(kind, kinds).unwrap_or_else(|| "accounts of this app hold nothing".to_owned());
                Problem::new(spot, format!("{} has no entitlements of the kind `{kind}`", app.name), "unknown kind").help(help)
            }
        };
        problems.push(problem);
    }
}
