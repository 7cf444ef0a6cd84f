use super::text;
use crate::bindings::{connector, types};
use crate::{Ability, Status};
use innkeeper_domain::{
    AttributeName, AttributeSchema, AttributeType, Description, EntitlementKind, ErrorCode, Failure, GrantScopes, HolderWrites,
    LifecycleEffect, Mutability, Quirks, Uniqueness,
};

/// The description, if it names no entitlement kinds but those of the manifest; none: the manifest does not say which there are.
pub(crate) fn description(description: connector::Description, declared: Option<&[String]>) -> Result<Description, Failure> {
    if let Some(declared) = declared
        && let Some(kind) =
            description.entitlement_kinds.iter().find(|kind| !declared.iter().any(|name| *name == kind.name || name == ANY))
    {
        return Err(undeclared(&text(&kind.name)));
    }
    Ok(known(description))
}

/// In the place of a kind's name: the connector has kinds that its author cannot know.
const ANY: &str = "*";

fn undeclared(kind: &str) -> Failure {
    let message = format!(
        "the connector describes entitlements of the kind `{kind}`, which its manifest does not name: nobody agreed to them. Its author \
         adds to connector.toml, below [entitlements]: \"{kind}\" = \"what they are\""
    );
    Failure::new(ErrorCode::MalformedResponse, message)
}

fn known(description: connector::Description) -> Description {
    // The house has no list of statuses: an app can suspend where it says what that means and that it can be set.
    let suspends = description.settable_statuses.contains(&types::AccountStatus::Suspended);
    Description {
        accounts: description.accounts.into_iter().map(schema).collect(),
        unique_name: AttributeName::new(description.unique_name),
        searchable: description.searchable.into_iter().map(AttributeName::new).collect(),
        entitlement_kinds: description.entitlement_kinds.into_iter().map(kind).collect(),
        grant_scopes: grant_scopes(description.grant_scopes),
        suspend: description.suspend.filter(|_| suspends).map(lifecycle),
        delete: description.delete.map(lifecycle),
        quirks: quirks(description.quirks),
    }
}

fn schema(schema: connector::AttributeSchema) -> AttributeSchema {
    AttributeSchema {
        name: AttributeName::new(schema.name),
        description: schema.description.as_deref().map(text),
        kind: match schema.type_ {
            connector::AttributeType::Text => AttributeType::Text,
            connector::AttributeType::Boolean => AttributeType::Boolean,
            connector::AttributeType::Integer => AttributeType::Integer,
            connector::AttributeType::Decimal => AttributeType::Decimal,
            connector::AttributeType::DateTime => AttributeType::DateTime,
            connector::AttributeType::Reference => AttributeType::Reference,
        },
        multi_valued: schema.multi_valued,
        required: schema.required,
        case_exact: schema.case_exact,
        mutability: match schema.mutability {
            connector::Mutability::ReadOnly => Mutability::ReadOnly,
            connector::Mutability::ReadWrite => Mutability::ReadWrite,
            connector::Mutability::Immutable => Mutability::Immutable,
            connector::Mutability::WriteOnly => Mutability::WriteOnly,
        },
        uniqueness: match schema.uniqueness {
            connector::Uniqueness::None => Uniqueness::None,
            connector::Uniqueness::Server => Uniqueness::Server,
            connector::Uniqueness::Global => Uniqueness::Global,
        },
        canonical_values: schema.canonical_values,
    }
}

fn kind(kind: connector::EntitlementKind) -> EntitlementKind {
    EntitlementKind {
        name: kind.name,
        description: kind.description.as_deref().map(text),
        assignable: kind.assignable,
        has_seats: kind.has_seats,
        costs_money: kind.costs_money,
        nests: kind.nests,
        holder_writes: match kind.holder_writes {
            connector::HolderWrites::Each => HolderWrites::Each,
            connector::HolderWrites::Many => HolderWrites::Many,
            connector::HolderWrites::All => HolderWrites::All,
        },
    }
}

fn lifecycle(effect: connector::LifecycleEffect) -> LifecycleEffect {
    LifecycleEffect {
        reversible: effect.reversible,
        keeps_data: effect.keeps_data,
        frees_seat: effect.frees_seat,
        keeps_grants: effect.keeps_grants,
        note: effect.note.as_deref().map(text),
    }
}

fn grant_scopes(scopes: connector::GrantScopes) -> GrantScopes {
    GrantScopes {
        all: scopes.contains(connector::GrantScopes::ALL),
        entitlement: scopes.contains(connector::GrantScopes::ENTITLEMENT),
        account: scopes.contains(connector::GrantScopes::ACCOUNT),
    }
}

fn quirks(quirks: connector::Quirks) -> Quirks {
    Quirks {
        needs_full_object: quirks.contains(connector::Quirks::NEEDS_FULL_OBJECT),
        eventually_consistent: quirks.contains(connector::Quirks::EVENTUALLY_CONSISTENT),
        invites: quirks.contains(connector::Quirks::INVITES),
        hides_suspended: quirks.contains(connector::Quirks::HIDES_SUSPENDED),
        find_lists: quirks.contains(connector::Quirks::FIND_LISTS),
        no_total: quirks.contains(connector::Quirks::NO_TOTAL),
        invitation_has_own_id: quirks.contains(connector::Quirks::INVITATION_HAS_OWN_ID),
        invited_holds_nothing: quirks.contains(connector::Quirks::INVITED_HOLDS_NOTHING),
    }
}

pub(crate) fn probe_status(status: connector::Status) -> Status {
    let ability = |ability: connector::Ability| Ability {
        operation: text(&ability.operation),
        available: ability.available,
        reason: ability.reason.as_deref().map(text),
    };
    Status {
        profile: status.profile.as_deref().map(text),
        system: status.system.as_deref().map(text),
        abilities: status.abilities.into_iter().map(ability).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn describing(kinds: &[&str], declared: Option<&[&str]>) -> Result<Description, Failure> {
        let kind = |name: &&str| connector::EntitlementKind {
            name: (*name).to_owned(),
            description: Some("\x1b[2Jteams".to_owned()),
            assignable: true,
            has_seats: false,
            costs_money: false,
            nests: false,
            holder_writes: connector::HolderWrites::Each,
            extra: vec![],
        };
        let described = connector::Description {
            accounts: vec![],
            unique_name: "userName".to_owned(),
            searchable: vec![],
            entitlement_kinds: kinds.iter().map(kind).collect(),
            grant_scopes: connector::GrantScopes::empty(),
            settable_statuses: vec![],
            suspend: None,
            delete: None,
            quirks: connector::Quirks::empty(),
            extra: vec![],
        };
        let declared: Option<Vec<String>> = declared.map(|names| names.iter().map(|name| (*name).to_owned()).collect());
        description(described, declared.as_deref())
    }

    #[test]
    fn kinds_that_the_manifest_names_are_taken_and_their_text_cannot_steer_a_terminal() {
        let described = describing(&["team", "role"], Some(&["role", "team", "channel"])).expect("all are named");
        assert_eq!(described.entitlement_kinds[0].description.as_deref(), Some("\\u{1b}[2Jteams"));
        for declared in [None, Some(["*"].as_slice())] {
            assert!(describing(&["whatever"], declared).is_ok(), "{declared:?}");
        }
    }

    #[test]
    fn a_kind_that_the_manifest_does_not_name_is_refused_with_the_line_to_add() {
        let refused = describing(&["team", "owner"], Some(&["team"])).expect_err("nobody agreed to owners");
        assert_eq!(refused.code, ErrorCode::MalformedResponse);
        assert_eq!(
            refused.message,
            "the connector describes entitlements of the kind `owner`, which its manifest does not name: nobody agreed to them. Its \
             author adds to connector.toml, below [entitlements]: \"owner\" = \"what they are\""
        );
        assert!(describing(&["team"], Some(&[])).is_err());
    }
}
