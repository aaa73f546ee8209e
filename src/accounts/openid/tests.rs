//! A provider that lies, on a socket of its own: every ID token that must not let anybody in. What a real provider does is
//! tested in `tests/portal/admin/openid`.

use std::sync::{Arc, Mutex};

use openidconnect::core::{
    CoreEdDsaPrivateSigningKey, CoreGenderClaim, CoreHmacKey, CoreJweContentEncryptionAlgorithm,
    CoreJwsSigningAlgorithm,
};
use openidconnect::{
    AccessToken, Audience, ClientId, IdToken, IssuerUrl, JsonWebKeyId, Nonce,
    PrivateSigningKey as _, StandardClaims, SubjectIdentifier,
};
use serde_json::{Value, json};
use time::OffsetDateTime;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use super::claims::OtherClaims;
use super::error::OpenIdError;
use super::protocol::Claims;
use super::{Brought, OnTheWay, OpenIdPerson, OpenIdProvider};
use crate::accounts::account::Role;
use crate::config::{OpenId, RoleGroups};
use crate::confluence::{Http, OutboundRules};

/// From RFC 8410.
const KEY: &str = "-----BEGIN PRIVATE KEY-----\n\
    MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\n\
    -----END PRIVATE KEY-----\n";
const SECRET: &str = "the portal's client secret";
const NOW: i64 = 1_800_000_000;

type TokenOfPerson = IdToken<
    OtherClaims,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJwsSigningAlgorithm,
>;

/// Paths and the JSON that is there.
type Answers = Arc<Mutex<Vec<(&'static str, Value)>>>;

struct Liar {
    issuer: String,
    answers: Answers,
    provider: OpenIdProvider,
}

impl Liar {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let issuer = format!("http://{}", listener.local_addr().unwrap());
        let answers = Answers::default();
        tokio::spawn(serve(listener, Arc::clone(&answers)));
        let settings = OpenId {
            issuer: issuer.clone(),
            client_id: "portal".to_owned(),
            client_secret: Some(SECRET.to_owned()),
            scopes: vec!["openid".to_owned()],
            groups_claim: "groups".to_owned(),
            groups: RoleGroups {
                admins: vec!["it".to_owned()],
                sharers: Vec::new(),
            },
            name: "Liar".to_owned(),
        };
        let rules = OutboundRules {
            private_networks: vec!["127.0.0.0/8".parse().unwrap()],
        };
        let back = "https://portal.example/back".to_owned();
        let provider = OpenIdProvider::new(settings, back, Http::new(&rules).unwrap()).unwrap();
        let liar = Self {
            issuer,
            answers,
            provider,
        };
        liar.say("/.well-known/openid-configuration", liar.document());
        liar.say("/jwks", json!({ "keys": [key().as_verification_key()] }));
        liar
    }

    fn document(&self) -> Value {
        let at = |path: &str| format!("{}{path}", self.issuer);
        json!({
            "issuer": self.issuer,
            "authorization_endpoint": at("/authorize"),
            "token_endpoint": at("/token"),
            "userinfo_endpoint": at("/userinfo"),
            "jwks_uri": at("/jwks"),
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            // It would like the portal to take these.
            "id_token_signing_alg_values_supported": ["EdDSA", "HS256", "none"],
        })
    }

    fn say(&self, path: &'static str, answer: Value) {
        let mut answers = self.answers.lock().unwrap();
        answers.retain(|(known, _)| *known != path);
        answers.push((path, answer));
    }

    /// The claims of somebody who may come in.
    fn claims(&self, on_the_way: &OnTheWay) -> Claims {
        let moment = |seconds| chrono::DateTime::from_timestamp(seconds, 0).unwrap();
        let other = json!({ "groups": ["it"] });
        Claims::new(
            IssuerUrl::new(self.issuer.clone()).unwrap(),
            vec![Audience::new("portal".to_owned())],
            moment(NOW + 300),
            moment(NOW),
            StandardClaims::new(SubjectIdentifier::new("ada".to_owned())),
            serde_json::from_value(other).unwrap(),
        )
        .set_nonce(Some(Nonce::new(on_the_way.nonce.clone())))
    }

    /// What comes of an answer with this ID token.
    async fn finish(
        &self,
        on_the_way: &OnTheWay,
        id_token: Value,
    ) -> Result<OpenIdPerson, OpenIdError> {
        let tokens =
            json!({ "access_token": "access", "token_type": "bearer", "id_token": id_token });
        self.say("/token", tokens);
        let brought = Brought {
            code: "code".to_owned(),
            state: on_the_way.state.clone(),
            ..Brought::default()
        };
        self.provider.finish(&brought, on_the_way, now()).await
    }

    async fn begin(&self) -> OnTheWay {
        let (_, on_the_way) = self.provider.begin(String::new(), now()).await.unwrap();
        on_the_way
    }
}

fn now() -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp(NOW).unwrap()
}

fn key() -> CoreEdDsaPrivateSigningKey {
    let id = JsonWebKeyId::new("key".to_owned());
    CoreEdDsaPrivateSigningKey::from_ed25519_pem(KEY, Some(id)).unwrap()
}

fn signed(claims: Claims, access_token: &str) -> Value {
    let token = AccessToken::new(access_token.to_owned());
    let algorithm = CoreJwsSigningAlgorithm::EdDsa;
    let signed = TokenOfPerson::new(claims, &key(), algorithm, Some(&token), None);
    serde_json::to_value(signed.unwrap()).unwrap()
}

async fn serve(listener: TcpListener, answers: Answers) {
    while let Ok((mut socket, _)) = listener.accept().await {
        let mut request = vec![0; 16_384];
        let length = socket.read(&mut request).await.unwrap_or(0);
        let request = String::from_utf8_lossy(&request[..length]).into_owned();
        let path = request.split(' ').nth(1).unwrap_or_default();
        let found = {
            let answers = answers.lock().unwrap();
            let found = answers.iter().find(|(known, _)| *known == path);
            found.map(|(_, answer)| answer.to_string())
        };
        let (status, body) = match found {
            Some(body) => ("200 OK", body),
            None => ("404 Not Found", "{}".to_owned()),
        };
        let answer = format!(
            "HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
            body.len()
        );
        drop(socket.write_all(answer.as_bytes()).await);
    }
}

#[tokio::test]
async fn a_token_that_holds_lets_in() {
    let liar = Liar::start().await;
    let on_the_way = liar.begin().await;
    let token = signed(liar.claims(&on_the_way), "access");
    let person = liar.finish(&on_the_way, token).await.unwrap();
    assert_eq!(
        (person.subject.as_str(), person.role),
        ("ada", Some(Role::Admin))
    );
}

#[tokio::test]
async fn claims_that_do_not_fit_let_nobody_in() {
    type Change = fn(Claims) -> Claims;
    let changes: [(&str, Change); 7] = [
        ("nonce", |claims| {
            claims.set_nonce(Some(Nonce::new("another".to_owned())))
        }),
        ("nonce", |claims| claims.set_nonce(None)),
        ("issuer", |claims| {
            claims.set_issuer(IssuerUrl::new("https://evil.example".to_owned()).unwrap())
        }),
        ("audience", |claims| {
            claims.set_audiences(vec![Audience::new("another".to_owned())])
        }),
        ("audience", |claims| {
            claims.set_audiences(
                ["portal", "another"]
                    .map(|name| Audience::new(name.to_owned()))
                    .into(),
            )
        }),
        ("client", |claims| {
            claims.set_authorized_party(Some(ClientId::new("another".to_owned())))
        }),
        ("expired", |claims| {
            claims.set_expiration(chrono::DateTime::from_timestamp(NOW, 0).unwrap())
        }),
    ];
    let liar = Liar::start().await;
    for (word, change) in changes {
        let on_the_way = liar.begin().await;
        let token = signed(change(liar.claims(&on_the_way)), "access");
        match liar.finish(&on_the_way, token).await {
            Err(OpenIdError::Token(reason)) => {
                assert!(reason.to_lowercase().contains(word), "{word}: {reason}");
            }
            other => panic!("{word}: {other:?}"),
        }
    }
}

#[tokio::test]
async fn tokens_signed_with_the_client_secret_or_by_nobody_let_nobody_in() {
    let liar = Liar::start().await;
    let on_the_way = liar.begin().await;
    let claims = || liar.claims(&on_the_way);
    let by_secret = TokenOfPerson::new(
        claims(),
        &CoreHmacKey::new(SECRET),
        CoreJwsSigningAlgorithm::HmacSha256,
        None,
        None,
    );
    let by_secret = serde_json::to_value(by_secret.unwrap()).unwrap();
    let whole = signed(claims(), "access");
    let mut parts = whole.as_str().unwrap().split('.');
    let payload = parts.nth(1).unwrap();
    // {"alg":"none"}
    let by_nobody = json!(format!("eyJhbGciOiJub25lIn0.{payload}."));
    let cut = json!(
        whole
            .as_str()
            .unwrap()
            .rsplit_once('.')
            .unwrap()
            .0
            .to_owned()
            + ".AAAA"
    );
    for token in [by_secret, by_nobody, cut, json!("no token"), Value::Null] {
        let refused = liar.finish(&on_the_way, token.clone()).await;
        let refused = refused.expect_err(token.as_str().unwrap_or("null"));
        assert!(
            matches!(refused, OpenIdError::Token(_) | OpenIdError::Answer(_)),
            "{refused:?}"
        );
    }
}

#[tokio::test]
async fn an_access_token_that_was_exchanged_is_noticed() {
    let liar = Liar::start().await;
    let on_the_way = liar.begin().await;
    let token = signed(liar.claims(&on_the_way), "another access token");
    let refused = liar.finish(&on_the_way, token).await.unwrap_err();
    assert!(refused.to_string().contains("does not belong"), "{refused}");
}

#[tokio::test]
async fn groups_of_another_person_are_not_taken() {
    let liar = Liar::start().await;
    let on_the_way = liar.begin().await;
    let without_groups = || {
        let mut claims = liar.claims(&on_the_way);
        *claims.additional_claims_mut() = OtherClaims::default();
        signed(claims, "access")
    };
    liar.say("/userinfo", json!({ "sub": "bob", "groups": ["it"] }));
    let refused = liar.finish(&on_the_way, without_groups()).await;
    assert!(matches!(refused, Err(OpenIdError::Token(_))), "{refused:?}");
    liar.say("/userinfo", json!({ "sub": "ada", "groups": ["it"] }));
    let person = liar.finish(&on_the_way, without_groups()).await.unwrap();
    assert_eq!(person.role, Some(Role::Admin));
    liar.say("/userinfo", json!({ "sub": "ada" }));
    let refused = liar.finish(&on_the_way, without_groups()).await;
    assert!(
        matches!(refused, Err(OpenIdError::NoGroups(_))),
        "{refused:?}"
    );
}

#[tokio::test]
async fn a_document_of_another_issuer_is_not_believed() {
    let liar = Liar::start().await;
    let mut document = liar.document();
    document["issuer"] = json!("https://evil.example");
    liar.say("/.well-known/openid-configuration", document);
    let refused = liar.provider.begin(String::new(), now()).await;
    assert!(matches!(refused.map(|_| ()), Err(OpenIdError::Answer(_))));
}

#[tokio::test]
async fn who_took_longer_than_ten_minutes_starts_again() {
    let liar = Liar::start().await;
    let mut on_the_way = liar.begin().await;
    on_the_way.began_at -= 601;
    let token = signed(liar.claims(&on_the_way), "access");
    let refused = liar.finish(&on_the_way, token).await;
    assert!(
        matches!(refused, Err(OpenIdError::NotAsked(_))),
        "{refused:?}"
    );
}
