//! What the system is like, and what works now.

use crate::Scim;
use crate::groups::KIND;
use crate::schema::Target;
use crate::settings::{Choice, Paging};
use innkeeper_sdk::prelude::*;

impl Scim {
    pub(crate) fn description(&self) -> Result<Description> {
        let resources = self.resources()?;
        let patches = self.patches()?;
        let filters = self.filters()?;
        let schemas: Vec<_> =
            resources.definitions.iter().flat_map(|definition| definition.targets()).map(|target| target.schema()).collect();

        let mut description = Description::new("userName", schemas);
        let searchable = resources.definitions.iter().filter(|definition| definition.is_returned());
        description.searchable =
            searchable.flat_map(|definition| definition.targets()).map(|target| Target::name(&target)).collect();
        if resources.groups {
            let mut group = EntitlementKind::new(KIND);
            group.description = Some("A group of the server, with users and groups as members".to_owned());
            group.nests = true;
            description.entitlement_kinds = vec![group];
            description.grant_scopes = GrantScopes::ALL | GrantScopes::ENTITLEMENT;
            description.grant_scopes.set(GrantScopes::ACCOUNT, filters);
        }
        description.settable_statuses = vec![AccountStatus::Active, AccountStatus::Suspended];
        description.suspend = Some(LifecycleEffect {
            reversible: true,
            keeps_data: true,
            frees_seat: false,
            keeps_grants: true,
            note: Some("Sets `active` to false. Whether that frees a licence is the server's affair.".to_owned()),
        });
        description.delete = Some(LifecycleEffect {
            reversible: false,
            keeps_data: false,
            frees_seat: true,
            keeps_grants: false,
            note: Some("Sends DELETE. What the server keeps of what the person made is its own affair.".to_owned()),
        });
        description.quirks.set(Quirks::NEEDS_FULL_OBJECT, !patches);
        description.quirks.set(Quirks::FIND_LISTS, !filters);
        description.quirks.set(Quirks::NO_TOTAL, self.settings.quirks.paging == Paging::Cursor);
        let schema = if resources.declared { "server" } else { "standard" };
        description.extra.push(Extra { name: "schema".to_owned(), value: schema.to_owned() });
        Ok(description)
    }

    /// Whether filters are worth a try.
    fn filters(&self) -> Result<bool> {
        Ok(match self.settings.quirks.filter {
            Choice::Yes => true,
            Choice::No => false,
            Choice::Auto => self.features()?.filter.unwrap_or(true),
        })
    }

    /// Asks for one user and one group, as many clients do for a connection test. What writes would do cannot be seen without
    /// writing.
    pub(crate) fn status(&self) -> Result<Status> {
        let features = self.features()?.clone();
        let patches = self.patches()?;
        let mut abilities = Vec::new();
        for (path, operations) in [
            (&self.settings.quirks.users, &["accounts.list", "accounts.get", "people.list"][..]),
            (&self.settings.quirks.groups, &["entitlements.list", "entitlements.list-grants"][..]),
        ] {
            let request = http::get(path).query_if("startIndex", self.settings.quirks.count.then_some(1));
            let answer = self.send(request.query_if("count", self.settings.quirks.count.then_some(2)), &[]);
            let reason = match answer.and_then(|response| response.json::<serde_json::Map<_, serde_json::Value>>()) {
                Ok(_) => None,
                // Without good credentials nothing works, and the operator needs to hear that and nothing else.
                Err(error) if error.code == ErrorCode::Unauthenticated => return Err(error),
                Err(error) if matches!(error.code, ErrorCode::Unavailable | ErrorCode::RateLimited) => return Err(error),
                Err(error) => Some(error.message),
            };
            abilities.extend(operations.iter().map(|operation| match &reason {
                None => Ability::available(*operation),
                Some(reason) => Ability::missing(*operation, reason),
            }));
        }
        let extra =
            [("patch", Some(patches)), ("filter", features.filter), ("etag", features.etag), ("cursor-paging", features.cursor)];
        let extra =
            extra.into_iter().filter_map(|(name, value)| Some(Extra { name: name.to_owned(), value: value?.to_string() }));
        Ok(Status {
            profile: Some(if patches { "patch" } else { "put" }.to_owned()),
            system: features.documentation,
            abilities,
            extra: extra.collect(),
        })
    }
}
