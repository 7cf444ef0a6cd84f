//! What an organisation is like.

use crate::account::{DISPLAY_NAME, EMAILS, ROLE, Role, USER_NAME};
use crate::settings::{Identity, Join, Organization};
use crate::{copilot, roles, teams};
use innkeeper_sdk::types::*;

impl Organization {
    pub(crate) fn description(&self) -> Description {
        let mut description = Description::new(USER_NAME, self.attributes());
        description.searchable = vec![USER_NAME.to_owned(), EMAILS.to_owned()];
        description.entitlement_kinds = kinds();
        description.grant_scopes = GrantScopes::ALL | GrantScopes::ENTITLEMENT;
        description.delete = Some(LifecycleEffect {
            reversible: true,
            keeps_data: true,
            frees_seat: true,
            keeps_grants: false,
            note: Some(
                "Removes the person from the organisation; the GitHub account is theirs and stays. Private forks of private repositories \
                 and memberships of teams are lost, and kept by GitHub for three months for whoever is invited again. Bought licences are \
                 not given back by themselves."
                    .to_owned(),
            ),
        });
        description.quirks = Quirks::NO_TOTAL;
        description.quirks.set(Quirks::FIND_LISTS, self.identity != Identity::Login);
        let invites = Quirks::INVITES | Quirks::INVITATION_HAS_OWN_ID | Quirks::INVITED_HOLDS_NOTHING;
        description.quirks.set(invites, self.join == Join::Invitation);
        description
    }

    fn attributes(&self) -> Vec<AttributeSchema> {
        let mut user_name = AttributeSchema::text(USER_NAME).required().unique();
        // Who has the account may rename it at any time; nobody else can.
        user_name.mutability = Mutability::Immutable;
        let mut emails = AttributeSchema::text(EMAILS).multi_valued();
        match self.join {
            Join::Invitation => {
                user_name.description =
                    Some("The GitHub login; or the e-mail address to invite, as long as the login is not known".to_owned());
                emails.mutability = Mutability::Immutable;
                emails.description = Some("Where an invitation went to; of members, what `identity` makes known".to_owned());
            }
            Join::Direct => {
                user_name.description = Some("The GitHub login".to_owned());
                emails = emails.read_only();
                emails.description = Some("What `identity` makes known".to_owned());
            }
        }
        let mut role = AttributeSchema::text(ROLE);
        role.description = Some("admin: owner of the organisation".to_owned());
        role.canonical_values = Role::ALL.map(|role| role.as_str().to_owned()).to_vec();
        let mut name = AttributeSchema::text(DISPLAY_NAME).read_only();
        name.description = Some("The name on the person's profile".to_owned());
        vec![user_name, emails, role, name]
    }
}

fn kinds() -> Vec<EntitlementKind> {
    let mut team = EntitlementKind::new(teams::KIND);
    team.description = Some("A team, by slug. Members of child teams are members too; only direct ones are listed".to_owned());
    team.nests = true;
    let mut role = EntitlementKind::new(roles::KIND);
    role.description = Some("An organisation role. Teams can hold it".to_owned());
    role.nests = true;
    let mut seat = EntitlementKind::new(copilot::KIND);
    seat.holder_writes = HolderWrites::Many;
    seat.description = Some("A GitHub Copilot seat: granting buys it, revoking ends it with the billing cycle".to_owned());
    seat.has_seats = true;
    seat.costs_money = true;
    seat.nests = true;
    vec![team, role, seat]
}
