use crate::bindings::{connector, types};
use crate::{Ability, Status};
use innkeeper_domain::{
    AttributeName, AttributeSchema, AttributeType, Description, EntitlementKind, GrantScopes, LifecycleEffect, Mutability,
    Quirks, Uniqueness,
};

pub(crate) fn description(description: connector::Description) -> Description {
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
        description: schema.description,
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
        description: kind.description,
        assignable: kind.assignable,
        has_seats: kind.has_seats,
        costs_money: kind.costs_money,
        nests: kind.nests,
        replaces_holders: kind.replaces_holders,
    }
}

fn lifecycle(effect: connector::LifecycleEffect) -> LifecycleEffect {
    LifecycleEffect {
        reversible: effect.reversible,
        keeps_data: effect.keeps_data,
        frees_seat: effect.frees_seat,
        keeps_grants: effect.keeps_grants,
        note: effect.note,
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
        operation: ability.operation,
        available: ability.available,
        reason: ability.reason,
    };
    Status { profile: status.profile, system: status.system, abilities: status.abilities.into_iter().map(ability).collect() }
}
