//! Makes tokens byte by byte, and presents them to the rule. Knows nothing of how the rule is written.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Sha256, Sha384, Sha512};
use uuid::{Uuid, uuid};
use vestibule::shares::{
    unlock_secret::UnlockSecret,
    unlock_token::{
        Accepted, Availability, Explanation, RefusalCode, Refused, SecretsInForce, TokenRule,
        check, explain,
    },
};

/// It has letters, so that upper and lower case differ.
pub(crate) const SHARE: Uuid = uuid!("6f9c2d1e-8a4b-4c7d-9e0f-a1b2c3d4e5f6");
pub(crate) const SHARE_TEXT: &str = "6f9c2d1e-8a4b-4c7d-9e0f-a1b2c3d4e5f6";
pub(crate) const OTHER_SHARE_TEXT: &str = "0b7e5f3a-1c2d-4e3f-8a9b-f0e1d2c3b4a5";
pub(crate) const NOW: i64 = 1_800_000_000;
pub(crate) const SECRET: [u8; 32] = *b"\x00\xff\xa1 the current unlock secret \x80\n";
pub(crate) const PREVIOUS: [u8; 32] = *b"\x01\xfe\xb2 the previous one of them \x81\r\n";
pub(crate) const FOREIGN: [u8; 32] = *b"the secret of some other share..";

/// What the rule says of an attempt, without the details.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    Accepted,
    Malformed,
    BadAlg,
    BadSignature,
    WrongShare,
    BadClaims,
    WindowTooLong,
    NotYetValid,
    Expired,
    ShareUnavailable,
}

/// A token in the making, and the share and moment it is presented to. `good()` is accepted; each case changes
/// what it is about.
#[derive(Debug)]
pub(crate) struct Attempt {
    header: Vec<u8>,
    iss: Option<String>,
    nbf: Option<String>,
    exp: Option<String>,
    extra: String,
    payload: Option<Vec<u8>>,
    key: Vec<u8>,
    mac: MacAlgorithm,
    /// Instead of the made token.
    text: Option<String>,
    now: i64,
    previous: Option<UnlockSecret>,
    share: Availability,
}

#[derive(Debug, Clone, Copy)]
pub(crate) enum MacAlgorithm {
    Hs256,
    Hs384,
    Hs512,
}

pub(crate) fn good() -> Attempt {
    Attempt {
        header: br#"{"alg":"HS256","typ":"JWT"}"#.to_vec(),
        iss: Some(format!("\"{SHARE_TEXT}\"")),
        nbf: Some((NOW - 5).to_string()),
        exp: Some((NOW + 55).to_string()),
        extra: String::new(),
        payload: None,
        key: SECRET.to_vec(),
        mac: MacAlgorithm::Hs256,
        text: None,
        now: NOW,
        previous: None,
        share: Availability::Open,
    }
}

/// A text that nobody signed.
pub(crate) fn text(token: impl Into<String>) -> Attempt {
    Attempt {
        text: Some(token.into()),
        ..good()
    }
}

/// The good payload, to be put between other things.
pub(crate) fn good_payload() -> String {
    String::from_utf8(good().payload_bytes()).unwrap()
}

pub(crate) fn base64url(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Changes of the token.
impl Attempt {
    pub(crate) fn header(self, bytes: impl Into<Vec<u8>>) -> Self {
        let header = bytes.into();
        Self { header, ..self }
    }

    pub(crate) fn payload(self, bytes: impl Into<Vec<u8>>) -> Self {
        let payload = Some(bytes.into());
        Self { payload, ..self }
    }

    /// The JSON of one claim.
    pub(crate) fn iss(self, json: impl ToString) -> Self {
        let iss = Some(json.to_string());
        Self { iss, ..self }
    }

    pub(crate) fn nbf(self, json: impl ToString) -> Self {
        let nbf = Some(json.to_string());
        Self { nbf, ..self }
    }

    pub(crate) fn exp(self, json: impl ToString) -> Self {
        let exp = Some(json.to_string());
        Self { exp, ..self }
    }

    pub(crate) fn without_iss(self) -> Self {
        Self { iss: None, ..self }
    }

    pub(crate) fn without_nbf(self) -> Self {
        Self { nbf: None, ..self }
    }

    pub(crate) fn without_exp(self) -> Self {
        Self { exp: None, ..self }
    }

    /// More members of the claims object, after the usual three.
    pub(crate) fn extra(self, members: impl Into<String>) -> Self {
        let extra = members.into();
        Self { extra, ..self }
    }

    pub(crate) fn key(self, key: impl Into<Vec<u8>>) -> Self {
        let key = key.into();
        Self { key, ..self }
    }

    pub(crate) fn mac(self, mac: MacAlgorithm) -> Self {
        Self { mac, ..self }
    }

    /// Signs what `edit` makes of header and payload: a right signature over parts that are odd.
    pub(crate) fn signing(self, edit: impl FnOnce(&str, &str) -> (String, String)) -> Self {
        let (header, payload) = edit(&base64url(&self.header), &base64url(self.payload_bytes()));
        let signed = format!("{header}.{payload}");
        let token = format!("{signed}.{}", base64url(self.sign(signed.as_bytes())));
        Self {
            text: Some(token),
            ..self
        }
    }

    /// Replaces the signature part.
    pub(crate) fn signature(self, edit: impl FnOnce(Vec<u8>) -> String) -> Self {
        let token = self.token();
        let (signed, _) = token.rsplit_once('.').unwrap();
        let text = Some(format!("{signed}.{}", edit(self.sign(signed.as_bytes()))));
        Self { text, ..self }
    }

    /// Changes the finished token.
    pub(crate) fn edit(self, edit: impl FnOnce(String) -> String) -> Self {
        let text = Some(edit(self.token()));
        Self { text, ..self }
    }
}

/// Changes of the share and the moment.
impl Attempt {
    pub(crate) fn at(self, now: i64) -> Self {
        Self { now, ..self }
    }

    pub(crate) fn with_previous_secret(self) -> Self {
        let previous = Some(UnlockSecret::from_bytes(&PREVIOUS).unwrap());
        Self { previous, ..self }
    }

    pub(crate) fn share_closed(self) -> Self {
        let share = Availability::Closed;
        Self { share, ..self }
    }
}

/// What comes of it.
impl Attempt {
    pub(crate) fn token(&self) -> String {
        if let Some(text) = &self.text {
            return text.clone();
        }
        let signed = format!(
            "{}.{}",
            base64url(&self.header),
            base64url(self.payload_bytes())
        );
        let signature = base64url(self.sign(signed.as_bytes()));
        format!("{signed}.{signature}")
    }

    pub(crate) fn answer(&self) -> Answer {
        match self.check().map_err(|refused| refused.code) {
            Ok(_) => Answer::Accepted,
            Err(RefusalCode::Malformed) => Answer::Malformed,
            Err(RefusalCode::BadAlg) => Answer::BadAlg,
            Err(RefusalCode::BadSignature) => Answer::BadSignature,
            Err(RefusalCode::WrongShare) => Answer::WrongShare,
            Err(RefusalCode::BadClaims) => Answer::BadClaims,
            Err(RefusalCode::WindowTooLong) => Answer::WindowTooLong,
            Err(RefusalCode::NotYetValid) => Answer::NotYetValid,
            Err(RefusalCode::Expired) => Answer::Expired,
            Err(RefusalCode::ShareUnavailable) => Answer::ShareUnavailable,
        }
    }

    pub(crate) fn check(&self) -> Result<Accepted, Refused> {
        self.under_rule(|rule| check(&self.token(), rule))
    }

    pub(crate) fn explain(&self) -> Explanation {
        self.explain_pasted(&self.token())
    }

    pub(crate) fn explain_pasted(&self, pasted: &str) -> Explanation {
        self.under_rule(|rule| explain(pasted, rule))
    }

    fn under_rule<T>(&self, ask: impl FnOnce(&TokenRule<'_>) -> T) -> T {
        let current = UnlockSecret::from_bytes(&SECRET).unwrap();
        ask(&TokenRule {
            share_id: SHARE,
            secrets: SecretsInForce {
                current: &current,
                previous: self.previous.as_ref(),
            },
            share: self.share,
            now: self.now,
        })
    }

    fn payload_bytes(&self) -> Vec<u8> {
        if let Some(payload) = &self.payload {
            return payload.clone();
        }
        let claim = |name: &str, json: &Option<String>| {
            json.as_ref().map(|json| format!("\"{name}\":{json}"))
        };
        let extra = Some(self.extra.clone()).filter(|extra| !extra.is_empty());
        let members: Vec<String> = [
            claim("iss", &self.iss),
            claim("nbf", &self.nbf),
            claim("exp", &self.exp),
            extra,
        ]
        .into_iter()
        .flatten()
        .collect();
        format!("{{{}}}", members.join(",")).into_bytes()
    }

    fn sign(&self, message: &[u8]) -> Vec<u8> {
        match self.mac {
            MacAlgorithm::Hs256 => sign::<Hmac<Sha256>>(&self.key, message),
            MacAlgorithm::Hs384 => sign::<Hmac<Sha384>>(&self.key, message),
            MacAlgorithm::Hs512 => sign::<Hmac<Sha512>>(&self.key, message),
        }
    }
}

fn sign<M: Mac + KeyInit>(key: &[u8], message: &[u8]) -> Vec<u8> {
    let mut mac = <M as KeyInit>::new_from_slice(key).unwrap();
    mac.update(message);
    mac.finalize().into_bytes().to_vec()
}
