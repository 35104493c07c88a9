//! The way to CEL's parser, which works by recursion and takes tens of kilobytes of stack for each
//! bracket of its input.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread;

use cel::common::ast::IdedExpr;

use crate::CompileError;

/// The longest expression, in bytes.
const LONGEST: usize = 8 * 1024;
/// The deepest nesting of brackets.
const DEEPEST: usize = 24;
/// Expressions up to these measures fit any thread's stack; others get one of their own.
const PLAIN: (usize, usize) = (512, 6);
/// The stack of an expression that is not plain: enough for the measures above.
const STACK: usize = 64 * 1024 * 1024;

/// Runs `work`, which parses `source`, with enough stack for it.
pub(crate) fn on_a_stack_for<T: Send>(
    source: &str,
    work: impl FnOnce() -> T + Send,
) -> Result<T, CompileError> {
    let nesting = nesting(source);
    if source.len() > LONGEST {
        return Err(CompileError::new(format!("longer than {LONGEST} bytes")));
    }
    if nesting > DEEPEST {
        return Err(CompileError::new(format!(
            "brackets nested more than {DEEPEST} deep"
        )));
    }
    if source.len() <= PLAIN.0 && nesting <= PLAIN.1 {
        return Ok(work());
    }
    thread::scope(|scope| {
        let thread = thread::Builder::new()
            .stack_size(STACK)
            .spawn_scoped(scope, work);
        let thread =
            thread.map_err(|error| CompileError::new(format!("no memory to parse it: {error}")))?;
        thread
            .join()
            .map_err(|_| CompileError::new("the parser cannot read this expression"))
    })
}

/// Parses CEL without its macros: the quantifiers are compiled to loops of our own instead of the
/// general fold that the macros make. A defect of the parser becomes an error of the expression.
pub(crate) fn parse(source: &str) -> Result<IdedExpr, CompileError> {
    let parser = || {
        cel::Env::default()
            .with_optional_support(false)
            .parser()
            .parse(source)
    };
    let parsed = catch_unwind(AssertUnwindSafe(parser))
        .map_err(|_| CompileError::new("the parser cannot read this expression"))?;
    parsed.map_err(|errors| match errors.errors.first() {
        Some(first) => CompileError {
            message: first.msg.clone(),
            position: position(first.pos),
        },
        None => CompileError::new("not an expression"),
    })
}

fn position((line, column): (isize, isize)) -> Option<(usize, usize)> {
    let line = usize::try_from(line).ok().filter(|line| *line > 0)?;
    Some((line, usize::try_from(column).ok()?.max(1)))
}

/// How deep brackets nest. Brackets in strings count too, which only errs on the safe side.
fn nesting(source: &str) -> usize {
    let mut open = 0_usize;
    let mut most = 0;
    for byte in source.bytes() {
        match byte {
            b'(' | b'[' | b'{' => open += 1,
            b')' | b']' | b'}' => open = open.saturating_sub(1),
            _ => {}
        }
        most = most.max(open);
    }
    most
}

#[cfg(test)]
mod tests {
    use crate::{Environment, Program};

    fn compile(source: &str) -> Result<(), String> {
        Program::compile(&Environment::standard(), source)
            .map(|_| ())
            .map_err(|error| error.to_string())
    }

    #[test]
    fn the_largest_expressions_do_not_exhaust_the_stack() {
        for depth in [5, 24, 25, 90, 3000] {
            let nested = format!("{}1{}", "(1+".repeat(depth), ")".repeat(depth));
            assert_eq!(compile(&nested).is_ok(), depth <= 24, "{depth}");
        }
        for count in [60, 250, 4000, 100_000] {
            for source in [
                format!("1{}", "+1".repeat(count)),
                format!("a{}", ".a".repeat(count)),
                format!("a{}", "[0]".repeat(count)),
                format!("{}1", "a?1:".repeat(count)),
                format!("{}true", "!".repeat(count)),
                format!("{}1", "- ".repeat(count)),
            ] {
                let _ = compile(&source);
            }
        }
    }

    #[test]
    fn brackets_that_never_open_are_no_nesting() {
        assert!(compile(")))").is_err());
        assert_eq!(compile("'((((((((((' == ''"), Ok(()));
    }
}
