//! SCIM 2.0 as a client speaks it: what connectors to SCIM systems share.
