//! Failures of a first contact in more words: most are a token of the wrong kind, or the right one in the wrong place.

use crate::confluence::{
    api::Api,
    authorization::Authorization,
    error::{ConfluenceError, Problem},
    product::Product,
};

/// How API tokens of Cloud begin.
const CLOUD_TOKEN: &str = "ATATT";

pub(super) const ANONYMOUS: &str = "The site answers, but takes us for nobody: the credentials are missing, wrong or \
    expired, and the site lets everybody in. Enter new credentials.";

pub(super) const RESTRICTIONS: &str = "Whether a page is restricted cannot be read. Shares that refuse restricted pages \
    will show none.";

pub(super) fn failure(error: &ConfluenceError, api: &Api) -> String {
    let site = api.site();
    match &error.problem {
        Problem::Unauthorized => unauthorized(
            site.product(),
            site.is_through_gateway(),
            api.authorization(),
        )
        .to_owned(),
        Problem::WrongHost { to } if is_https_of(to, site.base_url()) => {
            format!("The site wants to be asked by https. Enter {to} as its address.")
        }
        Problem::NotFound if site.product() == Product::DataCenter => format!(
            "There is no Confluence at {}. If it is below a path, such as /confluence, add the path.",
            site.base_url()
        ),
        Problem::NotFound => format!(
            "There is no Confluence at {}. Check the name of the site.",
            site.base_url()
        ),
        _ => error.sentence(),
    }
}

fn is_https_of(to: &str, base: &url::Url) -> bool {
    let host = to.strip_prefix("https://").unwrap_or_default();
    base.scheme() == "http" && host.split(':').next() == base.host_str()
}

fn unauthorized(
    product: Product,
    is_through_gateway: bool,
    authorization: &Authorization,
) -> &'static str {
    let is_cloud_token = authorization.secret().reveal().starts_with(CLOUD_TOKEN);
    match (product, is_through_gateway, authorization) {
        (Product::DataCenter, ..) if is_cloud_token => {
            "This is an API token of Confluence Cloud; a Data Center site does not know it. Make a personal access token \
             in the account's settings there."
        }
        (_, _, Authorization::App { .. }) => {
            "The site does not accept what our app signs: the app was uninstalled there, or the site was imported. Install \
             the app on the site again."
        }
        (_, _, Authorization::Cookies { .. }) => {
            "The site does not know the cookies of the single sign-on, or not from this address."
        }
        (Product::DataCenter, _, Authorization::Bearer(_)) => {
            "The personal access token is not accepted: it is mistyped, expired or revoked."
        }
        (Product::DataCenter, _, Authorization::Basic { .. }) => {
            "User name and password are not accepted. Sites may have switched off passwords for programs: make a \
             personal access token instead."
        }
        (Product::Cloud, _, _) if !is_cloud_token && !is_through_gateway => {
            "This is no API token. Cloud takes neither passwords nor personal access tokens of Data Center: make an API \
             token in the Atlassian account."
        }
        (Product::Cloud, false, Authorization::Bearer(_)) => {
            "On the site's own address an API token goes together with the e-mail of its account."
        }
        (Product::Cloud, false, Authorization::Basic { .. }) => {
            "The e-mail and token are not accepted. A token with scopes, or of a service account, only works through the \
             gateway: choose that kind of connection. Otherwise the token is mistyped, expired or of another account."
        }
        (Product::Cloud, true, Authorization::Basic { .. }) => {
            "The token is not accepted by the gateway. A token without scopes only works on the site's own address: \
             choose that kind of connection, or make a token with scopes."
        }
        (Product::Cloud, true, Authorization::Bearer(_)) => {
            "The token is not accepted by the gateway: it is expired, or not for this site."
        }
    }
}

#[cfg(test)]
mod tests {
    use super::unauthorized;
    use crate::confluence::{Authorization, Secret, product::Product};

    #[track_caller]
    fn check(
        product: Product,
        is_through_gateway: bool,
        authorization: &Authorization,
        words: &str,
    ) {
        let sentence = unauthorized(product, is_through_gateway, authorization);
        assert!(sentence.contains(words), "{sentence}");
    }

    fn basic(secret: &str) -> Authorization {
        Authorization::Basic {
            user: "ada@acme.example".to_owned(),
            secret: Secret::new(secret),
        }
    }

    #[test]
    fn an_app_is_installed_again() {
        let app = Authorization::App {
            app_key: "com.example.share".to_owned(),
            client_key: "site".to_owned(),
            secret: Secret::new("s"),
            clock: || time::OffsetDateTime::UNIX_EPOCH,
        };
        check(Product::Cloud, false, &app, "Install the app");
    }

    #[test]
    fn tokens_in_the_wrong_place_are_explained() {
        let bearer = |secret| Authorization::Bearer(Secret::new(secret));
        check(
            Product::Cloud,
            false,
            &basic("ATATT3x"),
            "only works through the gateway",
        );
        check(
            Product::Cloud,
            false,
            &basic("hunter2"),
            "This is no API token",
        );
        check(
            Product::Cloud,
            false,
            &bearer("NDU2"),
            "personal access tokens of Data Center",
        );
        check(
            Product::Cloud,
            true,
            &basic("ATATT3x"),
            "A token without scopes",
        );
        check(
            Product::DataCenter,
            false,
            &bearer("ATATT3x"),
            "API token of Confluence Cloud",
        );
        check(
            Product::DataCenter,
            false,
            &basic("ATATT3x"),
            "API token of Confluence Cloud",
        );
        check(
            Product::DataCenter,
            false,
            &bearer("NDU2"),
            "expired or revoked",
        );
        check(
            Product::DataCenter,
            false,
            &basic("hunter2"),
            "personal access token instead",
        );
    }
}
