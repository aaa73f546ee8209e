//! The log of the whole run, at level `debug`, kept in memory so that a test can look for what must not be in it.

use std::io::{self, Write};
use std::sync::{Mutex, Once, PoisonError};

use tracing_subscriber::EnvFilter;

static LOG: Mutex<Vec<u8>> = Mutex::new(Vec::new());
static STARTED: Once = Once::new();

/// The tests' own HTTP client is not the product. Nor is what they read pages with: it tells each step of each character,
/// gigabytes in a run.
const FILTER: &str =
    "debug,hyper=off,hyper_util=off,reqwest=off,cookie_store=off,html5ever=off,selectors=off";

pub(super) fn start() {
    STARTED.call_once(|| {
        tracing_subscriber::fmt()
            .json()
            .flatten_event(true)
            .with_env_filter(EnvFilter::new(FILTER))
            .with_writer(|| Captured)
            .init();
    });
}

/// Every line that any portal of this run has logged so far.
pub(crate) fn everything_logged() -> String {
    let log = LOG.lock().unwrap_or_else(PoisonError::into_inner);
    String::from_utf8_lossy(&log).into_owned()
}

struct Captured;

impl Write for Captured {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut log = LOG.lock().unwrap_or_else(PoisonError::into_inner);
        log.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
