//! How checks behave from the outside: loading, linting, judging.

mod check_text;
mod documents;
mod evaluate;
mod gaps;
mod lint;
mod load;
mod properties;
mod requirements;
mod several_types;
