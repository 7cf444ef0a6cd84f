//! GraphQL: who the members are to the identity provider, and which of their addresses are in the organisation's domains.

use serde_json::{Map, Value, json};

use super::GitHub;
use super::query::{self, Field};
use super::shape::{ORGANIZATION, node_id};
use super::state::{Account, ExternalIdentity, Invitee, Role};
use crate::web::Answer;

/// Errors come inside 200, next to what could be answered.
struct Trouble {
    kind: Option<&'static str>,
    message: String,
    path: Vec<String>,
}

type Found = Result<Value, Trouble>;

fn no_field(field: &Field, of: &str) -> Trouble {
    Trouble {
        kind: Some("undefinedField"),
        message: format!("Field '{}' doesn't exist on type '{of}'", field.name),
        path: vec![field.alias.clone()],
    }
}

/// The fields that are asked for, each as `find` answers it.
fn object(fields: &[Field], kind: &str, find: impl Fn(&Field) -> Option<Found>) -> Found {
    let mut shown = Map::new();
    for field in fields {
        let value = match find(field) {
            Some(found) => found?,
            None if field.name == "__typename" => kind.into(),
            None => return Err(no_field(field, kind)),
        };
        shown.insert(field.alias.clone(), value);
    }
    Ok(shown.into())
}

/// A connection, paged by cursor.
fn connection<T>(
    field: &Field,
    kind: &str,
    all: &[T],
    node: impl Fn(&T, &[Field]) -> Found,
    edge: impl Fn(&T, &Field) -> Option<Value>,
) -> Found {
    let trouble = |kind, message: String| Trouble { kind: Some(kind), message, path: vec![field.alias.clone()] };
    let name = &field.name;
    let first = field.arguments.get("first").and_then(Value::as_u64).ok_or_else(|| {
        let message = format!("You must provide a `first` or `last` value to properly paginate the `{name}` connection.");
        trouble("MISSING_PAGINATION_BOUNDARIES", message)
    })?;
    if first > 100 {
        let message = format!("Requesting {first} records on the `{name}` connection exceeds the `first` limit of 100 records.");
        return Err(trouble("EXCESSIVE_PAGINATION", message));
    }
    let start = match field.arguments.get("after").and_then(Value::as_str) {
        None => 0,
        Some(cursor) => cursor
            .strip_prefix("cursor:")
            .and_then(|index| index.parse().ok())
            .ok_or_else(|| trouble("INVALID_CURSOR_ARGUMENTS", format!("`{cursor}` does not appear to be a valid cursor.")))?,
    };
    let end = all.len().min(start + usize::try_from(first).unwrap_or(100));
    let page = all.get(start..end).unwrap_or_default();
    let cursor = |index: usize| Value::String(format!("cursor:{index}"));
    object(&field.fields, kind, |part| match part.name.as_str() {
        "totalCount" => Some(Ok(all.len().into())),
        "nodes" => Some(page.iter().map(|one| node(one, &part.fields)).collect::<Result<Vec<_>, _>>().map(Value::from)),
        "edges" => {
            let edges = page.iter().enumerate().map(|(index, one)| {
                object(&part.fields, "Edge", |inner| match inner.name.as_str() {
                    "cursor" => Some(Ok(cursor(start + index + 1))),
                    "node" => Some(node(one, &inner.fields)),
                    _ => edge(one, inner).map(Ok),
                })
            });
            Some(edges.collect::<Result<Vec<_>, _>>().map(Value::from))
        }
        "pageInfo" => Some(object(&part.fields, "PageInfo", |inner| {
            Some(Ok(match inner.name.as_str() {
                "hasNextPage" => (end < all.len()).into(),
                "hasPreviousPage" => (start > 0).into(),
                "endCursor" if page.is_empty() => Value::Null,
                "endCursor" => cursor(end),
                "startCursor" if page.is_empty() => Value::Null,
                "startCursor" => cursor(start + 1),
                _ => return None,
            }))
        })),
        _ => None,
    })
}

impl GitHub {
    /// `POST /graphql`.
    pub(super) fn graphql(&self, body: &Value) -> Answer {
        let variables = body.get("variables").cloned().unwrap_or_default();
        let Some(text) = body.get("query").and_then(Value::as_str) else {
            return Answer::json(
                200,
                &json!({ "errors": [{ "message": "A query attribute must be specified and must be a string." }] }),
            );
        };
        let fields = match query::parse(text, &variables) {
            Ok(fields) => fields,
            Err(message) => return Answer::json(200, &json!({ "errors": [{ "message": message }] })),
        };
        let (mut data, mut errors) = (Map::new(), Vec::new());
        for field in &fields {
            match self.root(field) {
                Ok(value) => {
                    data.insert(field.alias.clone(), value);
                }
                Err(trouble) => {
                    data.insert(field.alias.clone(), Value::Null);
                    errors.push(json!({ "type": trouble.kind, "path": trouble.path, "message": trouble.message }));
                }
            }
        }
        let mut answer = json!({ "data": data });
        if !errors.is_empty() {
            answer["errors"] = errors.into();
        }
        Answer::json(200, &answer)
    }

    fn root(&self, field: &Field) -> Found {
        match field.name.as_str() {
            "organization" => {
                let login = field.arguments.get("login").and_then(Value::as_str).unwrap_or_default();
                if !login.eq_ignore_ascii_case(&self.shape.org) {
                    let message = format!("Could not resolve to an Organization with the login of '{login}'.");
                    return Err(Trouble { kind: Some("NOT_FOUND"), message, path: vec![field.alias.clone()] });
                }
                self.graphql_organization(&field.fields)
            }
            "viewer" => self.graphql_user(&self.state.accounts[&self.caller], &field.fields),
            "user" => {
                let login = field.arguments.get("login").and_then(Value::as_str).unwrap_or_default();
                let message = format!("Could not resolve to a User with the login of '{login}'.");
                let nobody = || Trouble { kind: Some("NOT_FOUND"), message, path: vec![field.alias.clone()] };
                self.graphql_user(self.state.account(login).ok_or_else(nobody)?, &field.fields)
            }
            "rateLimit" => {
                let limit = &self.limits.overview(self.state.clock, &self.quirks)["resources"]["graphql"];
                object(&field.fields, "RateLimit", |part| match part.name.as_str() {
                    "limit" | "remaining" | "used" => Some(Ok(limit[&part.name].clone())),
                    "cost" => Some(Ok(1.into())),
                    "resetAt" => {
                        let reset = limit["reset"].as_i64().and_then(|second| jiff::Timestamp::from_second(second).ok());
                        Some(Ok(reset.map(|at| at.to_string()).into()))
                    }
                    _ => None,
                })
            }
            _ => Err(no_field(field, "Query")),
        }
    }

    fn graphql_organization(&self, fields: &[Field]) -> Found {
        object(fields, "Organization", |field| match field.name.as_str() {
            "login" | "name" => Some(Ok(self.shape.org.as_str().into())),
            "id" => Some(Ok(node_id("Organization", ORGANIZATION).into())),
            "databaseId" => Some(Ok(ORGANIZATION.into())),
            "membersWithRole" => {
                let members: Vec<_> = self.state.members.iter().filter(|(id, _)| self.state.is_member(**id)).collect();
                Some(connection(
                    field,
                    "OrganizationMemberConnection",
                    &members,
                    |(id, _), fields| self.graphql_user(&self.state.accounts[*id], fields),
                    |(id, role), field| match field.name.as_str() {
                        "role" => Some(if **role == Role::Admin { "ADMIN" } else { "MEMBER" }.into()),
                        "hasTwoFactorEnabled" => Some(self.state.accounts[*id].two_factor.into()),
                        _ => None,
                    },
                ))
            }
            "samlIdentityProvider" if !self.quirks.saml => Some(Ok(Value::Null)),
            "samlIdentityProvider" => {
                Some(object(&field.fields, "OrganizationIdentityProvider", |field| match field.name.as_str() {
                    "id" => Some(Ok(node_id("OrganizationIdentityProvider", ORGANIZATION).into())),
                    "ssoUrl" => Some(Ok("https://idp.acme.example/sso".into())),
                    "issuer" => Some(Ok("https://idp.acme.example".into())),
                    "externalIdentities" => Some(self.external_identities(field)),
                    _ => None,
                }))
            }
            _ => None,
        })
    }

    fn graphql_user(&self, account: &Account, fields: &[Field]) -> Found {
        object(fields, "User", |field| {
            Some(Ok(match field.name.as_str() {
                "login" => account.login.as_str().into(),
                "id" => node_id("User", account.id).into(),
                "databaseId" => account.id.into(),
                "name" => account.name.clone().into(),
                // Without a public address GraphQL says an empty text, where REST says null.
                "email" => account.public_email.clone().unwrap_or_default().into(),
                "url" => format!("https://github.com/{}", account.login).into(),
                "organizationVerifiedDomainEmails" => {
                    let verified = |email: &&String| {
                        let domain = email.rsplit_once('@').map(|(_, domain)| domain);
                        self.state.is_member(account.id)
                            && self
                                .quirks
                                .verified_domains
                                .iter()
                                .any(|known| domain.is_some_and(|one| one.eq_ignore_ascii_case(known)))
                    };
                    account.emails.iter().filter(verified).cloned().collect::<Vec<_>>().into()
                }
                _ => return None,
            }))
        })
    }

    fn external_identities(&self, field: &Field) -> Found {
        let members_only = field.arguments.get("membersOnly") == Some(&Value::Bool(true));
        let login = field.arguments.get("login").and_then(Value::as_str);
        let user_name = field.arguments.get("userName").and_then(Value::as_str);
        let wanted = |identity: &&(usize, &ExternalIdentity)| {
            let account = identity.1.user.and_then(|id| self.state.accounts.get(&id));
            (!members_only || identity.1.user.is_some_and(|id| self.state.is_member(id)))
                && login.is_none_or(|login| account.is_some_and(|account| account.login.eq_ignore_ascii_case(login)))
                && user_name.is_none_or(|name| [&identity.1.name_id, &identity.1.scim_username].contains(&&Some(name.to_owned())))
        };
        let numbered: Vec<_> = self.state.identities.iter().enumerate().collect();
        let identities: Vec<_> = numbered.iter().filter(wanted).copied().collect();
        connection(
            field,
            "ExternalIdentityConnection",
            &identities,
            |(index, one), fields| self.external_identity(*index, one, fields),
            |_, _| None,
        )
    }

    fn external_identity(&self, index: usize, identity: &ExternalIdentity, fields: &[Field]) -> Found {
        let account = identity.user.and_then(|id| self.state.accounts.get(&id));
        let attributes = |field: &Field, kind: &str, name: Option<&String>| {
            let Some(name) = name else { return Ok(Value::Null) };
            object(&field.fields, kind, |part| {
                Some(match part.name.as_str() {
                    "nameId" if kind == "ExternalIdentitySamlAttributes" => Ok(name.as_str().into()),
                    "username" => Ok(name.as_str().into()),
                    "givenName" | "familyName" => Ok(Value::Null),
                    "groups" => Ok(json!([])),
                    "emails" => {
                        let emails = identity.emails.iter().enumerate().map(|(index, email)| {
                            object(&part.fields, "UserEmailMetadata", |inner| match inner.name.as_str() {
                                "value" => Some(Ok(email.as_str().into())),
                                "primary" => Some(Ok((index == 0).into())),
                                "type" => Some(Ok("work".into())),
                                _ => None,
                            })
                        });
                        emails.collect::<Result<Vec<_>, _>>().map(Value::from)
                    }
                    _ => return None,
                })
            })
        };
        object(fields, "ExternalIdentity", |field| match field.name.as_str() {
            "guid" => Some(Ok(format!("00000000-0000-4000-8000-{index:012}").into())),
            "id" => Some(Ok(format!("EI_{index}").into())),
            "user" => Some(account.map_or(Ok(Value::Null), |account| self.graphql_user(account, &field.fields))),
            "samlIdentity" => Some(attributes(field, "ExternalIdentitySamlAttributes", identity.name_id.as_ref())),
            "scimIdentity" => Some(attributes(field, "ExternalIdentityScimAttributes", identity.scim_username.as_ref())),
            "organizationInvitation" => {
                let invitation = identity.user.and_then(|id| self.state.invitation_of(&Invitee::Account(id)));
                let invitation = invitation.or_else(|| {
                    identity.emails.iter().find_map(|email| self.state.invitation_of(&Invitee::Email(email.clone())))
                });
                let Some(invitation) = invitation else { return Some(Ok(Value::Null)) };
                Some(object(&field.fields, "OrganizationInvitation", |part| match part.name.as_str() {
                    "role" => Some(Ok(invitation.role.of_invitation().to_uppercase().into())),
                    "email" => Some(Ok(identity.emails.first().cloned().into())),
                    _ => None,
                }))
            }
            _ => None,
        })
    }
}
