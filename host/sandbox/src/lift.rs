//! Accounts out of a guest's memory, straight into the engine's types.
//!
//! A listing is the one answer that is large: a thousand accounts are some 23,000 lists and texts in the types that wasmtime generates for the
//! contract, each of them a block of memory that is made to be taken apart again. Here what the canonical ABI has in the guest's memory is read
//! once ([Component Model, canonical ABI, load](https://github.com/WebAssembly/component-model/blob/main/design/mvp/CanonicalABI.md)).
//! Offsets are those of the generated types, every address and length is checked, and what crosses is counted as wasmtime counts it.

use crate::bindings::types;
use crate::convert::{self, Names};
use innkeeper_domain::{Account, AccountId, AccountStatus, Attributes, Invitation, Text, Value};
use std::str;
use wasmtime::component::__internal::wasmtime_environ::component::StringEncoding;
use wasmtime::component::__internal::{CanonicalAbiInfo, ComponentVariant, InstanceType, InterfaceType, LiftContext};
use wasmtime::component::{ComponentType, Lift};
use wasmtime::{Result, bail};

/// The `page` of the interface `accounts`.
#[derive(ComponentType, Lift)]
#[component(record)]
pub(crate) struct AccountPage {
    items: Accounts,
    next: Option<String>,
    total: Option<u32>,
}

impl From<AccountPage> for crate::Page<Account> {
    fn from(page: AccountPage) -> Self {
        Self { items: page.items.0, next: page.next, total: page.total }
    }
}

/// A `list<account>`.
pub(crate) struct Accounts(Vec<Account>);

/// What the bindings make of it, whose shape it has.
type Generated = Vec<types::Account>;

// SAFETY: everything is that of the generated type: the lowered form, the shape in memory, and what is checked before any of it is used.
#[allow(unsafe_code)]
unsafe impl ComponentType for Accounts {
    type Lower = <Generated as ComponentType>::Lower;
    const ABI: CanonicalAbiInfo = Generated::ABI;

    fn typecheck(ty: &InterfaceType, types: &InstanceType<'_>) -> Result<()> {
        Generated::typecheck(ty, types)
    }
}

// SAFETY: the bytes that are given are read and nothing else; the memory is a slice, and addresses in it are checked by Rust.
#[allow(unsafe_code)]
unsafe impl Lift for Accounts {
    fn linear_lift_from_flat(cx: &mut LiftContext<'_>, ty: InterfaceType, src: &Self::Lower) -> Result<Self> {
        Generated::linear_lift_from_flat(cx, ty, src).map(|found| Self(convert::accounts(found)))
    }

    fn linear_lift_from_memory(cx: &mut LiftContext<'_>, ty: InterfaceType, bytes: &[u8]) -> Result<Self> {
        if !matches!(cx.options().string_encoding, StringEncoding::Utf8) {
            return Generated::linear_lift_from_memory(cx, ty, bytes).map(|found| Self(convert::accounts(found)));
        }
        let memory = cx.memory();
        let mut reader = Reader { cx, memory };
        let mut names = Names::default();
        let items = reader.list::<types::Account>(bytes)?;
        let mut accounts = Vec::with_capacity(items.len());
        for item in items {
            accounts.push(reader.account(item, &mut names)?);
        }
        Ok(Self(accounts))
    }
}

/// The fields of a record, one after the other.
struct Fields<'m> {
    record: &'m [u8],
    offset: usize,
}

impl<'m> Fields<'m> {
    fn of(record: &'m [u8]) -> Self {
        Self { record, offset: 0 }
    }

    fn next<T: ComponentType>(&mut self) -> &'m [u8] {
        let at = T::ABI.next_field32_size(&mut self.offset);
        &self.record[at..at + T::SIZE32]
    }
}

/// What is read, and whose account the bytes go on.
struct Reader<'c, 'm> {
    cx: &'c mut LiftContext<'m>,
    memory: &'m [u8],
}

impl<'m> Reader<'_, 'm> {
    fn text(&mut self, bytes: &[u8]) -> Result<&'m str> {
        let (at, length) = (word(bytes, 0), word(bytes, 1));
        let Some(text) = at.checked_add(length).and_then(|end| self.memory.get(at..end)) else {
            bail!("string pointer/length out of bounds of memory")
        };
        self.cx.consume_fuel(length)?;
        Ok(str::from_utf8(text)?)
    }

    fn list<T: ComponentType>(&mut self, bytes: &[u8]) -> Result<impl ExactSizeIterator<Item = &'m [u8]> + use<'m, T>> {
        let (at, length) = (word(bytes, 0), word(bytes, 1));
        let end = length.checked_mul(T::SIZE32).and_then(|size| at.checked_add(size));
        let Some(items) = end.and_then(|end| self.memory.get(at..end)) else {
            bail!("list pointer/length out of bounds of memory")
        };
        self.cx.consume_fuel_array(length, size_of::<T>())?;
        if !at.is_multiple_of(T::ALIGN32 as usize) {
            bail!("list pointer is not aligned")
        }
        Ok(items.chunks_exact(T::SIZE32))
    }

    fn optional_text(&mut self, bytes: &'m [u8]) -> Result<Option<Text>> {
        some::<String>(bytes)?.map(|text| self.text(text).map(Text::from)).transpose()
    }

    fn account(&mut self, record: &'m [u8], names: &mut Names) -> Result<Account> {
        let mut fields = Fields::of(record);
        let id = AccountId::new(self.text(fields.next::<String>())?);
        let unique_name = self.text(fields.next::<String>())?.into();
        let status = match fields.next::<types::AccountStatus>() {
            [0] => AccountStatus::Invited,
            [1] => AccountStatus::Active,
            [2] => AccountStatus::Suspended,
            [3] => AccountStatus::Gone,
            other => bail!("unexpected discriminant: {other:?}"),
        };
        let attributes = self.attributes(fields.next::<Vec<types::Attribute>>(), names)?;
        let version = self.optional_text(fields.next::<Option<String>>())?;
        let invitation = some::<types::Invitation>(fields.next::<Option<types::Invitation>>())?;
        let invitation = invitation.map(|invitation| self.invitation(invitation)).transpose()?;
        // Nobody reads them, and nonsense in them is nonsense all the same.
        for extra in self.list::<types::Extra>(fields.next::<Vec<types::Extra>>())? {
            let mut fields = Fields::of(extra);
            self.text(fields.next::<String>())?;
            self.text(fields.next::<String>())?;
        }
        Ok(Account { id, unique_name, status, attributes, version, invitation: invitation.map(Into::into) })
    }

    fn invitation(&mut self, record: &'m [u8]) -> Result<Invitation> {
        let mut fields = Fields::of(record);
        let expires = self.optional_text(fields.next::<Option<String>>())?.map(Into::into);
        Ok(Invitation { expires, failed: self.optional_text(fields.next::<Option<String>>())?.map(Into::into) })
    }

    fn attributes(&mut self, bytes: &[u8], names: &mut Names) -> Result<Attributes> {
        let list = self.list::<types::Attribute>(bytes)?;
        Attributes::try_gathered(list.enumerate().map(|(place, attribute)| {
            let mut fields = Fields::of(attribute);
            let name = names.of(place, self.text(fields.next::<String>())?);
            let values = self.list::<types::Value>(fields.next::<Vec<types::Value>>())?;
            Ok((name, values.map(|value| self.value(value)).collect::<Result<_>>()?))
        }))
    }

    fn value(&mut self, record: &'m [u8]) -> Result<Value> {
        let mut fields = Fields::of(record);
        let (case, payload) = fields.next::<types::Scalar>().split_at(types::Scalar::PAYLOAD_OFFSET32);
        let scalar = match case[0] {
            0 | 4 | 5 => self.text(payload)?.into(),
            1 => convert::scalar_in(types::Scalar::Boolean(payload[0] != 0)),
            2 => convert::scalar_in(types::Scalar::Integer(i32::from_le_bytes(first(payload)))),
            3 => convert::scalar_in(types::Scalar::Decimal(f64::from_le_bytes(first(payload)))),
            other => bail!("unexpected discriminant: {other}"),
        };
        let label = self.optional_text(fields.next::<Option<String>>())?;
        Ok(Value { scalar, label, primary: fields.next::<bool>()[0] != 0 })
    }
}

/// What is in an `option`, if anything is.
fn some<T: ComponentType>(bytes: &[u8]) -> Result<Option<&[u8]>> {
    match bytes[0] {
        0 => Ok(None),
        1 => Ok(Some(&bytes[<Option<T> as ComponentVariant>::PAYLOAD_OFFSET32..][..T::SIZE32])),
        other => bail!("unexpected discriminant: {other}"),
    }
}

/// The address or the length of a text or a list.
fn word(bytes: &[u8], at: usize) -> usize {
    u32::from_le_bytes(first(&bytes[4 * at..])) as usize
}

fn first<const N: usize>(bytes: &[u8]) -> [u8; N] {
    let mut first = [0; N];
    first.copy_from_slice(&bytes[..N]);
    first
}
