//! How many documents a core parses and judges in a second.
fn main() {}
