//! Where people come from, as configured.

use crate::connection::Connection;
use indexmap::IndexMap;
use innkeeper_domain::{AttributeName, Length, SourceName};

/// One source.
#[derive(Clone, Debug)]
pub struct Source {
    /// As it is called in the configuration.
    pub name: SourceName,
    /// How it is read.
    pub kind: SourceKind,
    /// How far apart the first and the last complete snapshot without somebody must be before they have left.
    pub vanish_after: Length,
}

impl Source {
    /// The attributes that the configuration says this source has beside the SCIM ones.
    pub(crate) fn named_attributes(&self) -> Box<dyn Iterator<Item = &AttributeName> + '_> {
        match &self.kind {
            SourceKind::Csv(csv) => Box::new(csv.columns.values().flatten()),
            SourceKind::Connector(source) => Box::new(source.attributes.iter()),
        }
    }
}

/// How a source is read.
#[derive(Clone, Debug)]
pub enum SourceKind {
    /// From a file, by the built-in reader.
    Csv(CsvSource),
    /// Through a connector that exports `people`.
    Connector(ConnectorSource),
}

/// A file with one line for each person.
#[derive(Clone, Debug)]
pub struct CsvSource {
    /// Relative to the configuration directory.
    pub path: String,
    /// The attribute whose value is the stable key of a person.
    pub key: AttributeName,
    /// The label of the encoding (WHATWG Encoding Standard); none: by byte order mark, else UTF-8.
    pub encoding: Option<String>,
    /// Between the fields of a line; always ASCII.
    pub delimiter: u8,
    /// In the notation of strftime; none: ISO 8601.
    pub date_format: Option<String>,
    /// From header to attribute; none: the column is ignored. A header that is an attribute's name needs no entry.
    pub columns: IndexMap<String, Option<AttributeName>>,
}

/// A system that knows people.
#[derive(Clone, Debug)]
pub struct ConnectorSource {
    /// The system.
    pub connection: Connection,
    /// The attribute whose value is the stable key of a person; none: the key that the system itself gives.
    pub key: Option<AttributeName>,
    /// Attributes beside those of SCIM that the system provides.
    pub attributes: Vec<AttributeName>,
}
