//! Compiling at once, or only when it is needed.

use std::sync::{Arc, OnceLock};

use crate::{CompileError, Environment};

/// What a source compiles to.
#[derive(Debug, Clone)]
pub(crate) enum Deferred<T> {
    /// Compiled when it was made.
    Ready(T),
    /// Compiled by the first who needs it, once for everyone.
    Later {
        environment: Arc<Environment>,
        compiled: OnceLock<Result<T, CompileError>>,
    },
}

impl<T> Deferred<T> {
    /// Waits for the first who needs it.
    pub(crate) fn later(environment: &Arc<Environment>) -> Self {
        Self::Later {
            environment: Arc::clone(environment),
            compiled: OnceLock::new(),
        }
    }

    /// What came of it; `compile` is called if nobody has asked before.
    pub(crate) fn get(
        &self,
        compile: impl FnOnce(&Environment) -> Result<T, CompileError>,
    ) -> Result<&T, &CompileError> {
        match self {
            Self::Ready(compiled) => Ok(compiled),
            Self::Later {
                environment,
                compiled,
            } => compiled.get_or_init(|| compile(environment)).as_ref(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    #[test]
    fn what_is_deferred_is_compiled_once() {
        let calls = Cell::new(0);
        let compile = |_: &Environment| {
            calls.set(calls.get() + 1);
            Ok(7)
        };
        let deferred = Deferred::later(&Arc::default());
        assert_eq!(calls.get(), 0);
        assert_eq!(deferred.get(compile), Ok(&7));
        assert_eq!(deferred.get(compile), Ok(&7));
        assert_eq!(calls.get(), 1);
        assert_eq!(Deferred::Ready(8).get(compile), Ok(&8));
        assert_eq!(calls.get(), 1);
    }

    #[test]
    fn a_refusal_is_kept() {
        let deferred: Deferred<i32> = Deferred::later(&Arc::default());
        let refusal = CompileError::new("no");
        assert_eq!(deferred.get(|_| Err(refusal.clone())), Err(&refusal));
        assert_eq!(deferred.get(|_| Ok(1)), Err(&refusal));
    }
}
