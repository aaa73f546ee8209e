//! One look at a token, whatever comes of it: `check` wants the first thing wrong, `explain` wants all of them, and
//! both must mean the same rule. What the findings are worth is said there.

use super::{
    SigningKey, TokenRule,
    claims::{self, BadDate, Dates, WrongIssuer},
    header::{self, BadHeader},
    shape::{Malformed, Parts},
    signature,
};

/// What a well-formed token says, and what of it holds.
pub(super) struct Findings<'a> {
    pub(super) parts: Parts<'a>,
    pub(super) header: Result<(), BadHeader>,
    pub(super) signed_with: Option<SigningKey>,
    pub(super) issuer: Result<(), WrongIssuer>,
    pub(super) not_before: Result<i64, BadDate>,
    pub(super) expires: Result<i64, BadDate>,
}

impl<'a> Findings<'a> {
    pub(super) fn gather(token: &'a str, rule: &TokenRule<'_>) -> Result<Self, Malformed> {
        let parts = Parts::cut(token)?;
        let header = header::check(&parts.header()?);
        let claims = parts.claims()?;
        let issuer = claims::check_issuer(&claims, rule.share_id);
        let not_before = claims::read_date(&claims, "nbf");
        let expires = claims::read_date(&claims, "exp");
        drop(claims);
        let signed_with = signature::find_key(&parts, &rule.secrets);
        Ok(Self {
            parts,
            header,
            signed_with,
            issuer,
            not_before,
            expires,
        })
    }

    pub(super) fn dates(&self) -> Result<Dates, &BadDate> {
        Ok(Dates {
            not_before: *self.not_before.as_ref()?,
            expires: *self.expires.as_ref()?,
        })
    }
}
