//! Ctrl-C: work stops at the next good place, and what is half done leaves nothing behind.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Comes back when Ctrl-C is pressed.
pub async fn pressed() {
    // Without a handler there is nothing to wait for: the system's own way of stopping applies.
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}

/// Remembers that Ctrl-C was pressed, for work that looks now and then. Once Ctrl-C was waited for,
/// the system no longer stops the program by itself.
pub struct Watch(Arc<AtomicBool>);

impl Watch {
    /// Watches from now on. Must be called within the runtime.
    pub fn start() -> Self {
        let asked = Arc::new(AtomicBool::new(false));
        let remembered = Arc::clone(&asked);
        tokio::spawn(async move {
            pressed().await;
            remembered.store(true, Ordering::Relaxed);
        });
        Self(asked)
    }

    /// Whether Ctrl-C was pressed.
    pub fn is_pressed(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}
