//! What a request says of whoever sent it before anybody is signed in.

use actix_web::HttpRequest;

use crate::sharing::actor::Stranger;
use crate::web::client::client_address;
use crate::web::request::request_id;
use crate::web::state::AppState;

pub fn stranger_of(state: &AppState, request: &HttpRequest) -> Stranger {
    Stranger {
        client: client_address(request, &state.settings.trusted_proxies),
        request_id: request_id(request),
    }
}
