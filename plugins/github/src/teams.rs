//! Teams, which nest: who is in a child team is in its parents too.

use crate::api::{self, Page};
use crate::graphql::PageInfo;
use crate::settings::Organization;
use innkeeper_sdk::http::segment;
use innkeeper_sdk::types::{Entitlement, EntitlementKey, Extra, Grant, Holder};
use innkeeper_sdk::{Error, Result};
use serde::Deserialize;
use serde_json::json;

pub(crate) const KIND: &str = "team";

/// `team` of the description.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Team {
    pub(crate) id: u64,
    /// How paths name it; changes with the name.
    pub(crate) slug: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    description: Option<String>,
    #[serde(default)]
    parent: Option<Parent>,
    /// `organization`, or `enterprise` for one that only the enterprise may fill.
    #[serde(default, rename = "type")]
    kind: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
struct Parent {
    id: u64,
}

/// `team-member` of the description.
#[derive(Deserialize)]
pub(crate) struct TeamMember {
    pub(crate) id: u64,
    #[serde(default)]
    role: Option<String>,
    /// Whether through a child team. Older servers do not say.
    #[serde(default)]
    inherited: Option<bool>,
}

pub(crate) fn key(id: u64) -> EntitlementKey {
    EntitlementKey::new(KIND, id.to_string())
}

impl Team {
    /// `synchronized` are the teams that an identity provider fills.
    pub(crate) fn entitlement(&self, synchronized: bool) -> Entitlement {
        // The slug is what people write, `@acme/platform`, and is unique; the name may be anything.
        let mut entitlement = Entitlement::new(key(self.id), &self.slug);
        let text = self.description.as_deref().filter(|text| !text.is_empty());
        entitlement.description = Some(text.map_or_else(|| self.name.clone(), |text| format!("{}: {text}", self.name)));
        entitlement.parent = self.parent.as_ref().map(|parent| key(parent.id));
        let filled_elsewhere =
            if self.is_of_enterprise() { Some("enterprise") } else { synchronized.then_some("identity-provider") };
        entitlement.assignable = filled_elsewhere.is_none();
        entitlement.extra.extend(filled_elsewhere.map(|by| Extra { name: "filled-by".to_owned(), value: by.to_owned() }));
        entitlement
    }

    pub(crate) fn is_of_enterprise(&self) -> bool {
        self.kind.as_deref() == Some("enterprise")
    }

    /// That this team is in its parent.
    pub(crate) fn nesting(&self) -> Option<Grant> {
        self.parent.as_ref().map(|parent| Grant::new(key(parent.id), Holder::Entitlement(key(self.id))))
    }
}

impl TeamMember {
    fn into_grant(self, team: &Team) -> Grant {
        let mut grant = Grant::new(key(team.id), Holder::Account(self.id.to_string()));
        if let Some(role) = self.role.filter(|role| role != "member") {
            grant.extra.push(Extra { name: "role".to_owned(), value: role.to_lowercase() });
        }
        grant
    }
}

const DIRECT_MEMBERS: &str = "query($organization:String!,$team:String!,$after:String){organization(login:$organization){\
    team(slug:$team){members(first:100,after:$after,membership:IMMEDIATE){pageInfo{hasNextPage endCursor}edges{role node{databaseId}}}}}}";

#[derive(Deserialize)]
struct Answer {
    organization: Option<WithTeam>,
}

#[derive(Deserialize)]
struct WithTeam {
    team: Option<WithMembers>,
}

#[derive(Deserialize)]
struct WithMembers {
    members: Members,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Members {
    page_info: PageInfo,
    edges: Vec<Edge>,
}

#[derive(Deserialize)]
struct Edge {
    role: Option<String>,
    node: Node,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Node {
    database_id: u64,
}

impl Organization {
    pub(crate) fn team_path(&self, slug: &str, rest: &str) -> String {
        self.path(&format!("/teams/{}{rest}", segment(slug)))
    }

    /// One page of teams, of so many.
    pub(crate) fn teams(&self, per_page: u32, next: Option<&str>) -> Result<Page<Team>> {
        let first = innkeeper_sdk::http::get(self.path("/teams")).query("per_page", per_page);
        api::page(first, next)
    }

    /// The team with this number. Paths take its slug, which changes with the name, so it is looked up in the list of teams.
    pub(crate) fn team(&self, id: &str) -> Result<Team> {
        let missing = || Error::not_found(format!("there is no team {id}, or the token may not see it"));
        let number: u64 = id.parse().map_err(|_| missing())?;
        let mut next: Option<String> = None;
        loop {
            let page = self.teams(api::PER_PAGE, next.as_deref())?;
            if let Some(team) = page.items.into_iter().find(|team| team.id == number) {
                return Ok(team);
            }
            match page.next {
                Some(following) => next = Some(following),
                None => return Err(missing()),
            }
        }
    }

    /// The members of the team itself, without those of its child teams.
    pub(crate) fn direct_members(&self, team: &Team) -> Result<Vec<TeamMember>> {
        let all: Vec<TeamMember> = api::all(|| api::listing(self.team_path(&team.slug, "/members")))?;
        if all.iter().any(|member| member.inherited.is_none()) {
            return self.immediate_members(team);
        }
        Ok(all.into_iter().filter(|member| member.inherited == Some(false)).collect())
    }

    /// The same by GraphQL, for servers that do not tell `inherited`.
    fn immediate_members(&self, team: &Team) -> Result<Vec<TeamMember>> {
        let mut members = Vec::new();
        let mut after: Option<String> = None;
        loop {
            let variables = json!({ "organization": self.login, "team": team.slug, "after": after });
            let organization = self.ask::<Answer>(DIRECT_MEMBERS, &variables)?.organization.ok_or_else(|| self.unseen())?;
            let found = organization.team.ok_or_else(|| Error::not_found(format!("there is no team {}", team.slug)))?.members;
            members.extend(found.edges.into_iter().map(|Edge { role, node }| TeamMember {
                id: node.database_id,
                role: role.map(|role| role.to_lowercase()),
                inherited: Some(false),
            }));
            match found.page_info.next()? {
                None => return Ok(members),
                next if next == after => return Err(Error::malformed("GitHub says that the page after this one is this one")),
                next => after = next,
            }
        }
    }

    /// Who holds the team directly, its child teams aside.
    pub(crate) fn team_grants(&self, team: &Team) -> Result<Vec<Grant>> {
        Ok(self.direct_members(team)?.into_iter().map(|member| member.into_grant(team)).collect())
    }

    /// The child teams as holders.
    pub(crate) fn child_grants(&self, team: &Team) -> Result<Vec<Grant>> {
        let children: Vec<Team> = api::all(|| api::listing(self.team_path(&team.slug, "/teams")))?;
        Ok(children.into_iter().map(|child| Grant::new(key(team.id), Holder::Entitlement(key(child.id)))).collect())
    }
}
