//! What every test of the portal starts from; `tests/README.md` shows how it is used. No test lives here.

mod answer;
mod captured_log;
mod openid_provider;
mod portal;
mod postgres;
mod program;
mod shares;
mod tokens;
mod visitor;

pub(crate) use answer::Answer;
pub(crate) use captured_log::everything_logged;
pub(crate) use openid_provider::{OpenIdProvider, ProviderSetup, openid_args};
pub(crate) use portal::{Portal, Setup};
pub(crate) use postgres::Database;
pub(crate) use program::{Ran, vestibule};
pub(crate) use shares::{PASSWORD, path};
pub(crate) use tokens::{sign, token, token_with};
pub(crate) use visitor::{Request, Shown, Visitor};

use std::time::{Duration, Instant};

/// Asks until the answer is yes. Stops the test after a minute, far beyond every limit the product promises,
/// and long enough for a machine that does other things as well.
pub(crate) async fn eventually(what: &str, is_so: impl AsyncFnMut() -> bool) {
    within(Duration::from_secs(60), what, is_so).await;
}

/// The same for work that may take longer, such as a thousand requests.
pub(crate) async fn within(limit: Duration, what: &str, mut is_so: impl AsyncFnMut() -> bool) {
    let began = Instant::now();
    while !is_so().await {
        assert!(began.elapsed() < limit, "never: {what}");
        tokio::time::sleep(Duration::from_millis(30)).await;
    }
}
