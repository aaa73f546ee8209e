//! Words of the first interface, which both products understand.

use std::collections::HashMap;

use super::{api::Api, error::Problem, model::FoundContent, source::Answer};

pub(super) async fn search(_api: &Api, _cql: &str, _limit: usize) -> Answer<Vec<FoundContent>> {
    Err(Problem::Gone.into())
}
pub(super) async fn view_restrictions(
    _api: &Api,
    _ids: &[String],
) -> Answer<HashMap<String, bool>> {
    Err(Problem::Gone.into())
}
