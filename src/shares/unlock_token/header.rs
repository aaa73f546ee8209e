//! The second row of the token rule: what the header may say. It chooses nothing: the algorithm and the key are
//! known before the token comes, and `kid`, `jku`, `jwk`, `x5*` are not looked at.

use crate::strict_json::{Object, Value, shown};

/// Fields that would change what the signature or the payload means.
const REFUSED_FIELDS: [&str; 4] = ["crit", "b64", "zip", "enc"];

#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum BadHeader {
    #[error("The header has no alg. Sign with HS256.")]
    NoAlg,
    #[error("alg is not a text. Sign with HS256.")]
    AlgNotText,
    #[error(
        "alg is {}, HS256 is wanted. Some libraries (jjwt, for one) choose the algorithm by the length of the key: \
         name HS256 in the call, and give the 32 bytes of the secret as key.", shown(.0)
    )]
    LongerHmac(String),
    #[error("alg is {}, HS256 is wanted, in exactly these letters.", shown(.0))]
    OtherAlg(String),
    #[error("typ is {}. Write JWT, or leave typ out.", shown(.0))]
    OtherTyp(String),
    #[error("typ is not a text. Write JWT, or leave typ out.")]
    TypNotText,
    #[error("The header has the field {0}, which is refused. Leave it out.")]
    RefusedField(&'static str),
}

pub(super) fn check(header: &Object<'_>) -> Result<(), BadHeader> {
    check_alg(header)?;
    check_typ(header)?;
    match REFUSED_FIELDS
        .iter()
        .find(|field| header.contains_key(**field))
    {
        Some(field) => Err(BadHeader::RefusedField(field)),
        None => Ok(()),
    }
}

fn check_alg(header: &Object<'_>) -> Result<(), BadHeader> {
    match header.get("alg") {
        None => Err(BadHeader::NoAlg),
        Some(Value::String(alg)) => match alg.as_ref() {
            "HS256" => Ok(()),
            "HS384" | "HS512" => Err(BadHeader::LongerHmac(alg.to_string())),
            _ => Err(BadHeader::OtherAlg(alg.to_string())),
        },
        Some(_) => Err(BadHeader::AlgNotText),
    }
}

fn check_typ(header: &Object<'_>) -> Result<(), BadHeader> {
    match header.get("typ") {
        None => Ok(()),
        Some(Value::String(typ)) if typ.eq_ignore_ascii_case("JWT") => Ok(()),
        Some(Value::String(typ)) => Err(BadHeader::OtherTyp(typ.to_string())),
        Some(_) => Err(BadHeader::TypNotText),
    }
}
