//! What the system is like, and what works now.

use crate::Scim;
use crate::dialect::{Choice, Paging, RemoveMembers};
use crate::schema::Target;
use innkeeper_sdk::prelude::*;

impl Scim {
    /// What the server is like. Asks it for what it says of itself, unless the dialect says all.
    ///
    /// # Errors
    /// Where the server is down or refuses the credentials.
    pub fn description(&self) -> Result<Description> {
        let resources = self.resources()?;
        let patches = self.patches()?;
        let filters = self.filters()?;
        let targets: Vec<_> = resources.definitions.iter().flat_map(|definition| definition.targets()).collect();
        let schema = |target: &Target| AttributeSchema { mutability: self.mutability(target), ..target.schema() };

        let mut description = Description::new("userName", targets.iter().map(schema).collect());
        let searchable = targets.iter().filter(|target| target.definition.is_returned()).map(Target::name);
        let known = |name: &String| self.dialect.filters.is_none() || self.dialect.filters_on(name);
        description.searchable = searchable.filter(known).collect();
        if let Some(groups) = self.dialect.groups.as_ref().filter(|_| resources.groups) {
            let mut kind = EntitlementKind::new(&groups.kind);
            kind.description = Some(groups.description.clone());
            kind.nests = groups.nests;
            kind.holder_writes = match patches && groups.remove_members != RemoveMembers::Whole {
                true => HolderWrites::Many,
                false => HolderWrites::All,
            };
            description.entitlement_kinds = vec![kind];
            description.grant_scopes = GrantScopes::ALL | GrantScopes::ENTITLEMENT;
            description.grant_scopes.set(GrantScopes::ACCOUNT, groups.in_users || filters && groups.filters_members);
        }
        description.settable_statuses = match &self.dialect.suspend {
            Some(effect) if effect.reversible => vec![AccountStatus::Active, AccountStatus::Suspended],
            Some(_) => vec![AccountStatus::Suspended],
            None => Vec::new(),
        };
        description.suspend = self.dialect.suspend.clone();
        description.delete = self.dialect.delete.as_ref().map(|delete| delete.effect.clone());
        description.quirks.set(Quirks::NEEDS_FULL_OBJECT, !patches);
        description.quirks.set(Quirks::FIND_LISTS, !filters);
        description.quirks.set(Quirks::NO_TOTAL, self.dialect.paging == Paging::Cursor || !self.dialect.totals);
        description.extra.push(Extra { name: "schema".to_owned(), value: resources.origin.to_owned() });
        Ok(description)
    }

    /// Whether filters are worth a try.
    fn filters(&self) -> Result<bool> {
        Ok(match self.dialect.filter {
            Choice::Yes => true,
            Choice::No => false,
            Choice::Auto => self.features()?.filter.unwrap_or(true),
        })
    }

    /// What works now: asks for one user and one group, as many clients do for a connection test. What writes would do cannot be seen
    /// without writing. It says nothing of a profile: that is the connector's word.
    ///
    /// # Errors
    /// Where nothing works: the server is down or refuses the credentials.
    pub fn status(&self) -> Result<Status> {
        let features = self.features()?.clone();
        let patches = self.patches()?;
        let mut abilities = Vec::new();
        let groups = self.dialect.groups.as_ref();
        let groups = groups.map(|groups| (self.below(&groups.path), &["entitlements.list", "entitlements.list-grants"][..]));
        let users = (self.users(), &["accounts.list", "accounts.get", "people.list"][..]);
        for (path, operations) in [users].into_iter().chain(groups) {
            let request = http::get(path).query_if("startIndex", self.dialect.count.then_some(1));
            let answer = self.send(request.query_if("count", self.dialect.count.then_some(2)), &[]);
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
        Ok(Status { profile: None, system: features.documentation, abilities, extra: extra.collect() })
    }
}
