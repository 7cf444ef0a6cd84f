//! What the server says of itself: `/ServiceProviderConfig`, `/ResourceTypes`, `/Schemas` (RFC 7644, section 4). Servers that say nothing, or
//! answer with a web page, are taken for standard ones.

use crate::Scim;
use crate::definition::Definition;
use crate::dialect::Choice;
use crate::resource::{Object, boolean, member, text};
use crate::schema::is_bookkeeping;
use crate::standard::{self, USER};
use innkeeper_sdk::types::ErrorCode;
use innkeeper_sdk::{Result, http, log};
use serde_json::Value;

/// Seconds for which what the server says of itself is not asked for again.
const KEPT: u32 = 60;

/// What the server says that it can do; none where it does not say.
#[derive(Clone, Debug, Default)]
pub(crate) struct Features {
    pub(crate) patch: Option<bool>,
    pub(crate) filter: Option<bool>,
    pub(crate) etag: Option<bool>,
    pub(crate) cursor: Option<bool>,
    pub(crate) documentation: Option<String>,
}

/// What the server says of its resources.
#[derive(Clone, Debug)]
pub(crate) struct Resources {
    pub(crate) definitions: Vec<Definition>,
    /// Whether there are groups.
    pub(crate) groups: bool,
    /// Whose the definitions are: the server's, the standard's, the connector's.
    pub(crate) origin: &'static str,
}

impl Scim {
    /// The server's `/ServiceProviderConfig`, read once a call.
    pub(crate) fn features(&self) -> Result<&Features> {
        if let Some(features) = self.features.get() {
            return Ok(features);
        }
        let document = self.discover("/ServiceProviderConfig")?.unwrap_or_default();
        let supported = |part: &str, name: &str| member(document_part(&document, part)?, name).and_then(boolean);
        let features = Features {
            patch: supported("patch", "supported"),
            filter: supported("filter", "supported"),
            etag: supported("etag", "supported"),
            cursor: supported("pagination", "cursor"),
            documentation: text(&document, "documentationUri"),
        };
        Ok(self.features.get_or_init(|| features))
    }

    /// Whether to edit by PATCH. Where the server does not say, yes: one that has none refuses, and nothing is lost.
    ///
    /// # Errors
    /// Where the server has to be asked and does not answer.
    pub fn patches(&self) -> Result<bool> {
        Ok(match self.dialect.patch {
            Choice::Yes => true,
            Choice::No => false,
            Choice::Auto => self.features()?.patch.unwrap_or(true),
        })
    }

    /// The attributes of users that are known without asking: those of the dialect, or the standard ones.
    pub(crate) fn known_definitions(&self) -> Vec<Definition> {
        self.dialect.attributes.clone().unwrap_or_else(standard::definitions)
    }

    /// The attributes of users that the server declares beyond the known ones.
    pub(crate) fn custom_definitions(&self) -> Result<Vec<Definition>> {
        if self.dialect.attributes.is_some() {
            return Ok(Vec::new());
        }
        let standard = standard::definitions();
        let known = |definition: &Definition| {
            standard
                .iter()
                .any(|other| other.name.eq_ignore_ascii_case(&definition.name) && other.extension == definition.extension)
        };
        let Some(schemas) = self.schemas()? else { return Ok(Vec::new()) };
        // Without `/ResourceTypes`, which would cost a request, an extension of groups is known by its name.
        let of_users = schemas.into_iter().filter(|(urn, _)| urn == USER || is_extension(urn) && !urn.contains("Group"));
        Ok(of_users.flat_map(definitions).filter(|definition| !known(definition)).collect())
    }

    /// What a user is on this server, and whether there are groups.
    pub(crate) fn resources(&self) -> Result<Resources> {
        if let Some(attributes) = &self.dialect.attributes {
            return Ok(Resources { definitions: attributes.clone(), groups: self.dialect.groups.is_some(), origin: "connector" });
        }
        let types = self.discover("/ResourceTypes")?.map(items).unwrap_or_default();
        let schemas = self.schemas()?.unwrap_or_default();
        let named = |kind: &Object, name: &str| {
            text(kind, "name").or_else(|| text(kind, "id")).is_some_and(|found| found.eq_ignore_ascii_case(name))
        };
        let extensions: Option<Vec<String>> = types.iter().find(|kind| named(kind, "User")).map(|user| {
            let extensions = member(user, "schemaExtensions").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
            extensions.iter().filter_map(Value::as_object).filter_map(|extension| text(extension, "schema")).collect()
        });
        let groups = self.dialect.groups.as_ref().map(|groups| ("Group", &groups.path));
        for (kind, path) in [("User", &self.dialect.users)].into_iter().chain(groups) {
            let endpoint = types.iter().find(|other| named(other, kind)).and_then(|found| text(found, "endpoint"));
            if let Some(endpoint) = endpoint.filter(|endpoint| endpoint.trim_end_matches('/') != path.as_str()) {
                log::warn!("the server has its resources of type {} elsewhere: set the quirk of that name", kind; "endpoint" = endpoint);
            }
        }
        let of_users = |urn: &str| {
            urn.eq_ignore_ascii_case(USER)
                || match &extensions {
                    Some(extensions) => extensions.iter().any(|other| other.eq_ignore_ascii_case(urn)),
                    None => is_extension(urn) && !urn.contains("Group"),
                }
        };
        let mut declared: Vec<_> = schemas.into_iter().filter(|(urn, _)| of_users(urn)).flat_map(definitions).collect();
        // A schema without a user name is not the schema of users, whatever it calls itself.
        let usable = declared.iter().any(|definition| definition.name.eq_ignore_ascii_case("userName"));
        // Every resource has one (RFC 7643, section 3.1), so schemas do not list it.
        if !declared.iter().any(|definition| definition.name.eq_ignore_ascii_case("externalId")) {
            declared.extend(standard::definitions().into_iter().filter(|definition| definition.name == "externalId"));
        }
        let definitions = if usable { declared } else { standard::definitions() };
        let groups = groups.is_some() && (types.is_empty() || types.iter().any(|kind| named(kind, "Group")));
        Ok(Resources { definitions, groups, origin: if usable { "server" } else { "standard" } })
    }

    /// The schemas by URN, if the server tells them.
    fn schemas(&self) -> Result<Option<Vec<(String, Object)>>> {
        let Some(document) = self.discover("/Schemas")? else { return Ok(None) };
        let with_urn = |schema: Object| text(&schema, "id").map(|urn| (urn, schema));
        Ok(Some(items(document).into_iter().filter_map(with_urn).collect()))
    }

    /// One of the discovery documents; none where the server has none that can be read.
    fn discover(&self, path: &str) -> Result<Option<Object>> {
        if !self.dialect.discovery {
            return Ok(None);
        }
        match self.send(http::get(self.below(path)).keep_for(KEPT), &[]).and_then(|response| response.json::<Value>()) {
            Ok(Value::Object(document)) => Ok(Some(document)),
            Ok(list @ Value::Array(_)) => Ok(Some(Object::from_iter([("Resources".to_owned(), list)]))),
            Ok(_) => Ok(None),
            // Down, overloaded, or wrong credentials: that says nothing of what the server has.
            Err(error)
                if matches!(
                    error.code,
                    ErrorCode::Unauthenticated | ErrorCode::Unavailable | ErrorCode::RateLimited | ErrorCode::Internal
                ) =>
            {
                Err(error)
            }
            Err(error) => {
                log::debug!("the server does not describe itself at {}", path; "reason" = error.message);
                Ok(None)
            }
        }
    }
}

fn document_part<'a>(document: &'a Object, name: &str) -> Option<&'a Object> {
    member(document, name).and_then(Value::as_object)
}

fn items(document: Object) -> Vec<Object> {
    let list = member(&document, "Resources").and_then(Value::as_array).cloned().unwrap_or_default();
    list.into_iter().filter_map(|item| if let Value::Object(item) = item { Some(item) } else { None }).collect()
}

fn is_extension(urn: &str) -> bool {
    !urn.contains(":core:2.0:") && !urn.contains(":api:messages:")
}

/// The attributes of one schema. One that cannot be read costs itself and no other.
fn definitions((urn, schema): (String, Object)) -> Vec<Definition> {
    let extension = (!urn.eq_ignore_ascii_case(USER)).then_some(urn);
    let attributes = member(&schema, "attributes").and_then(Value::as_array).cloned().unwrap_or_default();
    let read = attributes.into_iter().filter_map(|attribute| serde_json::from_value::<Definition>(attribute).ok());
    read.filter(|definition| !definition.name.is_empty() && (extension.is_some() || !is_bookkeeping(&definition.name)))
        .map(|definition| Definition { extension: extension.clone(), ..definition })
        .collect()
}
