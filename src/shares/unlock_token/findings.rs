//! One look at a token, whatever comes of it: `check` wants the first thing wrong, `explain` wants all of them, and
//! both must mean the same rule. What the findings are worth is said there.

use super::{
    claims::{self, BadDate, Dates, WrongIssuer},
    header::{self, BadHeader},
    rule::{SigningKey, TokenRule},
    shape::{Malformed, Parts, Signed},
    signature,
};

/// What a well-formed token says, and what of it holds.
pub(super) struct Findings<'a> {
    pub(super) signed: Signed<'a>,
    pub(super) header: Result<(), BadHeader>,
    pub(super) signed_with: Option<SigningKey>,
    pub(super) issuer: Result<(), WrongIssuer>,
    pub(super) not_before: Result<i64, BadDate>,
    pub(super) expires: Result<i64, BadDate>,
}

impl<'a> Findings<'a> {
    pub(super) fn gather(token: &'a str, rule: &TokenRule<'_>) -> Result<Self, Malformed> {
        let parts = Parts::cut(token)?;
        let header = parts.header()?;
        let claims = parts.claims()?;
        Ok(Self {
            signed: parts.signed,
            header: header::check(&header),
            signed_with: signature::find_key(parts.signed, &rule.secrets),
            issuer: claims::check_issuer(&claims, rule.share_id),
            not_before: claims::read_date(&claims, "nbf"),
            expires: claims::read_date(&claims, "exp"),
        })
    }

    pub(super) fn dates(&self) -> Result<Dates, &BadDate> {
        Ok(Dates {
            not_before: *self.not_before.as_ref()?,
            expires: *self.expires.as_ref()?,
        })
    }
}
