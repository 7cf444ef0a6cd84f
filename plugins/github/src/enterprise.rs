//! An enterprise with managed users, by SCIM (`/scim/v2/enterprises/{enterprise}` of the description `ghec`).

use crate::account::EMAILS;
use crate::api::VERSION;
use innkeeper_scim::{Choice, Definition, Delete, DeleteMeans, Dialect, Filter, Groups, PatchPath, Scim, standard};
use innkeeper_sdk::Result;
use innkeeper_sdk::http::segment;
use innkeeper_sdk::types::*;

/// What a user can be; the description has numbers for the same roles beside the words.
const ROLES: [&str; 4] = ["user", "guest_collaborator", "enterprise_owner", "billing_manager"];
const EXTERNAL_ID: &str = "externalId";

pub(crate) fn scim(enterprise: &str) -> Scim {
    let mut attributes = standard(&["userName", "name.givenName", "name.familyName", "name.middleName", "name.formatted"]);
    // `create` says the user name where there is nothing better.
    attributes.push(Definition::text("displayName"));
    attributes.push(Definition::complex(EMAILS, &["value"]).multi_valued().requires("value"));
    attributes.push(
        Definition::text(EXTERNAL_ID).required().unique().case_exact().described(
            "The person's key at the identity provider: it has to be the NameID or the subject with which they sign in",
        ),
    );
    attributes.push(Definition::complex("roles", &["value"]).multi_valued().one_of(&ROLES));
    Scim::new(Dialect {
        base: format!("/scim/v2/enterprises/{}", segment(enterprise)),
        headers: vec![(VERSION.0.to_owned(), VERSION.1.to_owned())],
        // The description has no discovery document.
        discovery: false,
        attributes: Some(attributes),
        filter: Choice::Yes,
        filters: Some(["userName", EXTERNAL_ID, "id", "displayName"].map(Filter::on).into()),
        compound_filters: false,
        etag: false,
        patch: Choice::Yes,
        // "Complex SCIM path selectors that include filters are not supported."
        patch_path: PatchPath::Plain,
        suspend: Some(LifecycleEffect {
            reversible: true,
            keeps_data: true,
            frees_seat: true,
            // Groups are the identity provider's: nothing says that a suspended user is taken out of them.
            keeps_grants: true,
            note: Some("GitHub hides the login and the address of a suspended user and takes them out of organisations until they are back.".to_owned()),
        }),
        delete: Some(Delete {
            means: DeleteMeans::Removal,
            effect: LifecycleEffect {
                reversible: false,
                keeps_data: false,
                frees_seat: true,
                keeps_grants: false,
                note: Some("Suspends for ever: GitHub erases the name, addresses, keys and tokens, and the person cannot come back.".to_owned()),
            },
        }),
        groups: Some(Groups {
            description: "A group that teams of the enterprise's organisations can be connected to".to_owned(),
            nests: false,
            // Groups are filtered by `externalId`, `id` and `displayName` only.
            filters_members: false,
            ..Groups::default()
        }),
        ..Dialect::default()
    })
}

pub(crate) fn status(scim: &Scim) -> Result<Status> {
    Ok(Status { profile: Some("enterprise-scim".to_owned()), system: Some("GitHub".to_owned()), ..scim.status()? })
}

/// Creates a user with all that GitHub demands: a name to show, which is the user name where the draft has none.
pub(crate) fn create(scim: &Scim, mut draft: Draft) -> Result<Outcome> {
    if !draft.attributes.iter().any(|attribute| attribute.name == "displayName" && !attribute.values.is_empty()) {
        draft.attributes.push(Attribute::text("displayName", draft.unique_name.clone()));
    }
    for attribute in draft.attributes.iter_mut().filter(|attribute| attribute.name == EMAILS) {
        complete(&mut attribute.values);
    }
    scim.create_user(&draft)
}

pub(crate) fn update(scim: &Scim, id: &str, mut deltas: Vec<Delta>, intent: &Intent) -> Result<Outcome> {
    for delta in deltas.iter_mut().filter(|delta| delta.name == EMAILS) {
        if let Edit::Replace(values) = &mut delta.edit {
            complete(values);
        }
    }
    scim.update_user(id, &deltas, intent)
}

/// GitHub wants to know of every address what it is for and which is the primary one.
fn complete(values: &mut [Value]) {
    for value in values.iter_mut().filter(|value| value.label.is_none()) {
        value.label = Some("work".to_owned());
    }
    if !values.iter().any(|value| value.primary)
        && let Some(first) = values.first_mut()
    {
        first.primary = true;
    }
}
