//! What browsers send: forms that were checked against the session's token, and query strings. Both are read into
//! structs of texts; what the texts mean is decided where they are used.

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest, web};
use futures_util::future::LocalBoxFuture;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use url::form_urlencoded;

use super::gate::{Admin, SignedIn, administrator, admitted};
use crate::web::error::{Failure, PageError};

/// A form that only admins send, whose token is the session's.
pub struct AdminForm<T> {
    pub admin: Admin,
    pub input: T,
}

/// A form that sharers send as well, whose token is the session's.
pub struct SignedInForm<T> {
    pub signed_in: SignedIn,
    pub input: T,
}

/// A form of nothing but its button.
#[derive(Deserialize)]
pub struct JustAButton {}

#[derive(Deserialize)]
struct Token {
    #[serde(default)]
    csrf: String,
}

impl<T: DeserializeOwned + 'static> FromRequest for AdminForm<T> {
    type Error = PageError;
    type Future = LocalBoxFuture<'static, Result<Self, PageError>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let admin = administrator(request);
        let body = web::Bytes::from_request(request, payload);
        Box::pin(async move {
            let admin = admin?;
            let input = read(&admin, body).await?;
            Ok(Self { admin, input })
        })
    }
}

impl<T: DeserializeOwned + 'static> FromRequest for SignedInForm<T> {
    type Error = PageError;
    type Future = LocalBoxFuture<'static, Result<Self, PageError>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let signed_in = admitted(request);
        let body = web::Bytes::from_request(request, payload);
        Box::pin(async move {
            let signed_in = signed_in?;
            let input = read(&signed_in, body).await?;
            Ok(Self { signed_in, input })
        })
    }
}

async fn read<T: DeserializeOwned>(
    signed_in: &SignedIn,
    body: impl Future<Output = Result<web::Bytes, actix_web::Error>>,
) -> Result<T, Failure> {
    let body = body
        .await
        .map_err(|_too_large| Failure::TooLarge(256 << 10))?;
    let token: Token = parse(&body)?;
    check_token(signed_in, &token.csrf)?;
    parse(&body)
}

/// Refuses a form that this session's pages did not make.
pub fn check_token(signed_in: &SignedIn, sent: &str) -> Result<(), Failure> {
    if signed_in.csrf().matches(sent) {
        return Ok(());
    }
    Err(Failure::Forbidden(
        "This form was made for another sign-in, so nothing was changed. Go back, copy what you do not want to type \
         again, reload the page and send it once more."
            .to_owned(),
    ))
}

/// The query string of an admin page.
pub struct AdminQuery<T>(pub T);

impl<T: DeserializeOwned + 'static> FromRequest for AdminQuery<T> {
    type Error = PageError;
    type Future = std::future::Ready<Result<Self, PageError>>;

    fn from_request(request: &HttpRequest, _payload: &mut Payload) -> Self::Future {
        std::future::ready(
            parse(request.query_string().as_bytes())
                .map(Self)
                .map_err(PageError::from),
        )
    }
}

fn parse<T: DeserializeOwned>(encoded: &[u8]) -> Result<T, Failure> {
    // PostgreSQL stores every character but this one.
    if form_urlencoded::parse(encoded).any(|(_, value)| value.contains('\0')) {
        return Err(Failure::BadRequest(
            "A text holds a character that cannot be stored (NUL).".to_owned(),
        ));
    }
    serde_urlencoded::from_bytes(encoded).map_err(|_error| {
        Failure::BadRequest("The form is not complete. Reload the page and try again.".to_owned())
    })
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::parse;

    #[derive(Deserialize)]
    struct Name {
        name: String,
    }

    #[test]
    fn texts_are_decoded() {
        assert_eq!(
            parse::<Name>(b"name=a+b%C3%BC&other=1").unwrap().name,
            "a b\u{fc}"
        );
    }

    #[test]
    fn a_nul_and_a_missing_field_are_refused() {
        assert!(parse::<Name>(b"name=a%00b").is_err());
        assert!(parse::<Name>(b"other=1").is_err());
    }
}
