//! Bearer tokens as proof: a handler takes a [`ReadToken`] or a [`WriteToken`], and only checking a request makes one.

use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::http::header::AUTHORIZATION;
use actix_web::{FromRequest, HttpRequest, web};

use crate::accounts::api_token::TokenScope;
use crate::accounts::store::api_token as store;
use crate::clock;
use crate::sharing::actor::{Actor, Who};
use crate::web::client::client_address;
use crate::web::error::{ApiError, Failure};
use crate::web::request::request_id;
use crate::web::state::AppState;

/// The request carried a token in force.
pub struct ReadToken(Bearer);

impl ReadToken {
    /// The same token would do as a [`WriteToken`].
    pub fn may_write(&self) -> bool {
        self.0.scope == TokenScope::Write
    }

    /// As the use cases know the program.
    pub fn actor(&self) -> &Actor {
        &self.0.actor
    }
}

/// The request carried a token in force that may change things.
pub struct WriteToken(Bearer);

impl WriteToken {
    /// As the use cases know the program.
    pub fn actor(&self) -> &Actor {
        &self.0.actor
    }
}

/// Whose token a request carried.
struct Bearer {
    scope: TokenScope,
    actor: Actor,
}

type Checking<T> = Pin<Box<dyn Future<Output = Result<T, ApiError>>>>;

impl FromRequest for ReadToken {
    type Error = ApiError;
    type Future = Checking<Self>;

    fn from_request(request: &HttpRequest, _payload: &mut Payload) -> Self::Future {
        let checking = check(request.clone());
        Box::pin(async move { checking.await.map(Self).map_err(ApiError) })
    }
}

impl FromRequest for WriteToken {
    type Error = ApiError;
    type Future = Checking<Self>;

    fn from_request(request: &HttpRequest, _payload: &mut Payload) -> Self::Future {
        let checking = check(request.clone());
        Box::pin(async move {
            let token = checking.await?;
            match token.scope {
                TokenScope::Write => Ok(Self(token)),
                TokenScope::Read => Err(ApiError(Failure::Forbidden(
                    "This token may only read. Use one with the scope write.".to_owned(),
                ))),
            }
        })
    }
}

async fn check(request: HttpRequest) -> Result<Bearer, Failure> {
    let Some(presented) = presented(&request) else {
        return Err(Failure::Unauthorized(
            "Send an API token: Authorization: Bearer vst_…".to_owned(),
        ));
    };
    let Some(state) = request.app_data::<web::Data<AppState>>() else {
        return Err(Failure::Internal("the state is missing".to_owned()));
    };
    let now = clock::now();
    let found = state.db.run(move |db| {
        let token = store::find_token(db, &presented, now)?;
        if let Some(token) = &token {
            store::record_use(db, token, now)?;
        }
        Ok::<_, store::TokenStoreError>(token)
    });
    let token = found.await?.ok_or_else(|| {
        Failure::Unauthorized("This token is unknown, deleted or expired.".to_owned())
    })?;
    Ok(Bearer {
        scope: token.scope,
        actor: Actor {
            who: Who::Token {
                id: token.id,
                name: token.name,
            },
            client: Some(client_address(&request, &state.settings.trusted_proxies)),
            request_id: Some(request_id(&request)),
        },
    })
}

/// The text after `Bearer` (RFC 6750), when the request has exactly one such header.
fn presented(request: &HttpRequest) -> Option<String> {
    let mut values = request.headers().get_all(AUTHORIZATION);
    let value = values.next()?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    let only_one = values.next().is_none();
    (only_one && scheme.eq_ignore_ascii_case("bearer")).then(|| token.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::presented;

    fn read(values: &[&'static str]) -> Option<String> {
        let request = values
            .iter()
            .fold(TestRequest::default(), |request, value| {
                request.append_header(("authorization", *value))
            });
        presented(&request.to_http_request())
    }

    #[test]
    fn the_token_stands_after_the_scheme_in_any_case() {
        assert_eq!(read(&["Bearer vst_1"]).as_deref(), Some("vst_1"));
        assert_eq!(read(&["bearer  vst_1 "]).as_deref(), Some("vst_1"));
    }

    #[test]
    fn other_schemes_no_scheme_and_two_headers_carry_no_token() {
        assert_eq!(read(&[]), None);
        assert_eq!(read(&["vst_1"]), None);
        assert_eq!(read(&["Basic vst_1"]), None);
        assert_eq!(read(&["Bearer vst_1", "Bearer vst_2"]), None);
    }
}
