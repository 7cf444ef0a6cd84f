//! Members with their e-mail addresses, by GraphQL: those on the organisation's verified domains, or those that its SAML identity
//! provider gives. REST shows neither.

use crate::account::{Role, User};
use crate::api::Page;
use crate::graphql::PageInfo;
use crate::settings::{Identity, Organization};
use innkeeper_sdk::types::Account;
use innkeeper_sdk::{Error, Result};
use serde::Deserialize;
use serde_json::json;
use std::collections::HashMap;

/// GraphQL gives at most 100 nodes; with SAML every page needs all identities, so that a page has more of them there.
const SAML_PAGES: usize = 10;

const MEMBERS: &str = "query($organization:String!,$after:String){organization(login:$organization){\
    membersWithRole(first:100,after:$after){pageInfo{hasNextPage endCursor}edges{role node{databaseId login name}}}}}";

const MEMBERS_WITH_EMAILS: &str = "query($organization:String!,$after:String){organization(login:$organization){\
    membersWithRole(first:100,after:$after){pageInfo{hasNextPage endCursor}edges{role node{databaseId login name \
    organizationVerifiedDomainEmails(login:$organization)}}}}}";

const EXTERNAL_IDENTITIES: &str = "query($organization:String!,$after:String){organization(login:$organization){\
    samlIdentityProvider{externalIdentities(first:100,after:$after){pageInfo{hasNextPage endCursor}edges{node{\
    samlIdentity{nameId username emails{value}}scimIdentity{username emails{value}}user{databaseId}}}}}}}";

#[derive(Deserialize)]
struct Answer<T> {
    organization: Option<T>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Members {
    members_with_role: Connection<MemberEdge>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Connection<T> {
    page_info: PageInfo,
    edges: Vec<T>,
}

#[derive(Deserialize)]
struct MemberEdge {
    role: Option<String>,
    node: MemberNode,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct MemberNode {
    database_id: u64,
    login: String,
    name: Option<String>,
    #[serde(default)]
    organization_verified_domain_emails: Option<Vec<String>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Saml {
    saml_identity_provider: Option<Provider>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Provider {
    external_identities: Connection<IdentityEdge>,
}

#[derive(Deserialize)]
struct IdentityEdge {
    node: IdentityNode,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct IdentityNode {
    saml_identity: Option<Names>,
    scim_identity: Option<Names>,
    /// Null until somebody has signed in with it.
    user: Option<Linked>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Linked {
    database_id: u64,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Names {
    #[serde(default)]
    name_id: Option<String>,
    #[serde(default)]
    username: Option<String>,
    #[serde(default)]
    emails: Option<Vec<Email>>,
}

#[derive(Deserialize)]
struct Email {
    value: String,
}

impl Names {
    /// The addresses, declared ones first. Most identity providers use one as the NameID.
    fn addresses(self) -> impl Iterator<Item = String> {
        let declared = self.emails.into_iter().flatten().map(|email| email.value);
        let names = self.name_id.into_iter().chain(self.username);
        declared.chain(names.filter(|name| name.contains('@')))
    }
}

/// Addresses of people, by the people's numbers.
type Addresses = HashMap<u64, Vec<String>>;

impl Organization {
    /// A page of members with their addresses.
    pub(crate) fn members_with_emails(&self, after: Option<&str>) -> Result<Page<Account>> {
        let addresses = match self.identity {
            Identity::Saml => Some(self.saml_addresses()?),
            Identity::Login | Identity::VerifiedDomainEmail => None,
        };
        let query = if addresses.is_some() { MEMBERS } else { MEMBERS_WITH_EMAILS };
        let pages = if addresses.is_some() { SAML_PAGES } else { 1 };
        let (mut items, mut next) = (Vec::new(), after.map(str::to_owned));
        for _ in 0..pages {
            let variables = json!({ "organization": self.login, "after": next });
            let members = self.ask::<Answer<Members>>(query, &variables)?.organization.ok_or_else(|| self.unseen())?;
            let Connection { page_info, edges } = members.members_with_role;
            items.extend(edges.into_iter().map(|edge| edge.into_account(addresses.as_ref())));
            let following = page_info.next()?;
            if following.is_some() && following == next {
                return Err(Error::malformed("GitHub says that the page after this one is this one"));
            }
            next = following;
            if next.is_none() {
                break;
            }
        }
        Ok(Page { items, next })
    }

    /// What the identity provider gives of everybody who has signed in with it.
    fn saml_addresses(&self) -> Result<Addresses> {
        let mut addresses = Addresses::new();
        let mut after: Option<String> = None;
        loop {
            let variables = json!({ "organization": self.login, "after": after });
            let saml = self.ask::<Answer<Saml>>(EXTERNAL_IDENTITIES, &variables)?.organization.ok_or_else(|| self.unseen())?;
            let provider = saml.saml_identity_provider.ok_or_else(|| no_provider(&self.login))?;
            for IdentityEdge { node } in provider.external_identities.edges {
                let Some(user) = node.user else { continue };
                let known = addresses.entry(user.database_id).or_default();
                for address in [node.saml_identity, node.scim_identity].into_iter().flatten().flat_map(Names::addresses) {
                    if !known.iter().any(|other| other.eq_ignore_ascii_case(&address)) {
                        known.push(address);
                    }
                }
            }
            let next = provider.external_identities.page_info.next()?;
            if next.is_some() && next == after {
                return Err(Error::malformed("GitHub says that the page after this one is this one"));
            }
            match next {
                Some(next) => after = Some(next),
                None => return Ok(addresses),
            }
        }
    }

    /// Whether the setting `identity` works with this organisation and these credentials.
    pub(crate) fn try_identities(&self) -> Result<()> {
        match self.identity {
            Identity::Login => Ok(()),
            Identity::VerifiedDomainEmail => self.members_with_emails(None).map(drop),
            Identity::Saml => {
                let variables = json!({ "organization": self.login, "after": null });
                let saml =
                    self.ask::<Answer<Saml>>(EXTERNAL_IDENTITIES, &variables)?.organization.ok_or_else(|| self.unseen())?;
                saml.saml_identity_provider.map(drop).ok_or_else(|| no_provider(&self.login))
            }
        }
    }

    pub(crate) fn unseen(&self) -> Error {
        Error::not_found(format!("there is no organisation {}, or the token may not see it", self.login))
    }
}

fn no_provider(organization: &str) -> Error {
    Error::unsupported(format!(
        "{organization} has no SAML identity provider of its own that the token may see: use identity = \"verified-domain-email\" or \"login\""
    ))
}

impl MemberEdge {
    fn into_account(self, addresses: Option<&Addresses>) -> Account {
        let MemberNode { database_id, login, name, organization_verified_domain_emails } = self.node;
        let emails = match addresses {
            // Who has never signed in with the identity provider may have any address.
            Some(addresses) => addresses.get(&database_id).cloned(),
            None => organization_verified_domain_emails,
        };
        let user = User { id: database_id, login, name: Some(name), kind: None };
        user.into_account(self.role.as_deref().and_then(Role::parse), emails)
    }
}
