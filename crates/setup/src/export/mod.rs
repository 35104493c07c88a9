//! The same identity for people who may not run this program against their directory: scripts,
//! templates, and steps in the portal.
