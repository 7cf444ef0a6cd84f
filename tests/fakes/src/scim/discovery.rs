//! What the server says about itself (RFC 7644, section 4).

use serde_json::{Value, json};

use super::answer::Refusal;
use super::quirks::{FilterSupport, Paging, PatchSupport, Quirks};
use super::schema::{self, ResourceType};

/// The answer to `GET` of this path; none where the path is not one of discovery.
pub(super) fn get(path: &[&str], quirks: &Quirks, base: &str) -> Option<Result<Value, Refusal>> {
    let (documents, kind) = match path.first().copied()? {
        "ServiceProviderConfig" if path.len() == 1 => return Some(Ok(service_provider_config(quirks, base))),
        "ResourceTypes" => (resource_types(base), "ResourceType"),
        "Schemas" => (schema::documents(base), "Schema"),
        _ => return None,
    };
    Some(match path {
        [_] => Ok(json!({
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"],
            "totalResults": documents.len(),
            "startIndex": 1,
            "itemsPerPage": documents.len(),
            "Resources": documents,
        })),
        [_, id] => documents.into_iter().find(|document| document["id"] == *id).ok_or_else(|| Refusal::not_found(kind, id)),
        _ => Err(Refusal::not_found(kind, &path[1..].join("/"))),
    })
}

fn service_provider_config(quirks: &Quirks, base: &str) -> Value {
    let mut config = json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"],
        "patch": { "supported": quirks.patch != PatchSupport::None },
        "bulk": { "supported": false, "maxOperations": 0, "maxPayloadSize": 0 },
        "filter": { "supported": quirks.filter != FilterSupport::Refused, "maxResults": quirks.page_cap },
        "changePassword": { "supported": false },
        "sort": { "supported": false },
        "etag": { "supported": quirks.etags },
        "authenticationSchemes": [{
            "type": "oauthbearertoken",
            "name": "Bearer token",
            "description": "The token that the test has",
            "specUri": "https://www.rfc-editor.org/rfc/rfc6750",
        }],
        "meta": { "resourceType": "ServiceProviderConfig", "location": format!("{base}/ServiceProviderConfig") },
    });
    if matches!(quirks.paging, Paging::Cursor | Paging::IndexAndCursor) {
        let index = quirks.paging == Paging::IndexAndCursor;
        config["pagination"] = json!({
            "cursor": true,
            "index": index,
            "defaultPaginationMethod": if index { "index" } else { "cursor" },
            "defaultPageSize": quirks.page_cap,
            "maxPageSize": quirks.page_cap,
        });
    }
    config
}

fn resource_types(base: &str) -> Vec<Value> {
    ResourceType::ALL
        .map(|kind| {
            let mut value = json!({
                "schemas": ["urn:ietf:params:scim:schemas:core:2.0:ResourceType"],
                "id": kind.name(),
                "name": kind.name(),
                "description": kind.description(),
                "endpoint": format!("/{}", kind.endpoint()),
                "schema": kind.schema(),
                "meta": { "resourceType": "ResourceType", "location": format!("{base}/ResourceTypes/{}", kind.name()) },
            });
            if let Some(urn) = kind.extension() {
                value["schemaExtensions"] = json!([{ "schema": urn, "required": false }]);
            }
            value
        })
        .into()
}
