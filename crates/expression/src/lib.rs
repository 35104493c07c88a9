//! Expressions over JSON documents: the language of checks and of message templates.
//!
//! The language is [CEL](https://github.com/google/cel-spec), parsed by the crate `cel`. Evaluation
//! is this crate's own, because checks read Azure's documents, and those ask for rules that CEL's
//! standard values do not have:
//!
//! * **Absent is null, and null is quiet.** A member that a document lacks, a member of null and an
//!   index out of range are null. In `!`, `&&`, `||`, `?:` and as a result null counts as false;
//!   `size(null)` is 0, `x in null` and `null.exists(..)` are false, `null.all(..)` is true,
//!   `null.contains(..)` and the like are false. Ordering (`<`) and arithmetic with null are errors:
//!   a number that nobody set must not decide anything.
//! * **Strings compare without case** in `==`, `!=`, `in`, `<`, `contains`, `startsWith` and
//!   `endsWith`, because Azure's names, ids and enumerations do. `exact(a, b)` compares with case,
//!   and `matches` takes a regular expression with case (`(?i)` switches it off).
//! * **Nothing is copied.** A value borrows the parsed document; a path is a walk over it.
//! * **Nothing panics or hangs.** Arithmetic is checked, and an evaluation has a budget of steps.
//!
//! Left out of CEL: optional syntax (`a.?b`, needless where absent is null), message literals,
//! byte strings, timestamps and durations, and types as values. As in CEL, `a || b` is true when
//! one side is, even if the other side fails; `&&`, `exists` and `all` likewise.

mod bindings;
mod budget;
mod builtin;
mod compile;
mod deferred;
mod environment;
mod error;
mod evaluate;
mod function;
mod lasting;
mod locals;
mod node;
mod operators;
mod parse;
mod path;
mod program;
mod quantifier;
mod sharing;
mod spelling;
mod suggest;
mod template;
mod text;
mod value;

pub use bindings::Bindings;
pub use environment::Environment;
pub use error::{CompileError, EvalError};
pub use function::{Call, Function, FunctionDescription};
pub use lasting::Lasting;
pub use path::{MemberPath, Step};
pub use program::Program;
pub use suggest::nearest;
pub use template::Template;
pub use text::same_text;
pub use value::{Elements, Value};
