//! Requests and responses against the vendors' own descriptions of their APIs.
