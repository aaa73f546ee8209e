//! Long answers come in parts. Each names the next one by a link whose content we do not interpret, but which has to stay
//! within the interfaces of the site: the next request carries our credentials.

use std::collections::HashSet;

use serde::{Deserialize, de::DeserializeOwned};
use url::Url;

use super::{
    api::Api,
    error::{Need, Problem},
    http,
    site::Site,
    source::Answer,
};

/// More than any listing we can use; a site that goes on is broken or means harm.
pub(super) const MOST_ITEMS: usize = 50_000;

#[derive(Deserialize)]
pub(super) struct Part<T> {
    pub results: Vec<T>,
    #[serde(default, rename = "_links")]
    pub links: Links,
}

#[derive(Default, Deserialize)]
pub(super) struct Links {
    pub next: Option<String>,
}

/// All items from `url` on, in their order; no more than `most`.
pub(super) async fn all<T: DeserializeOwned>(
    api: &Api,
    url: Url,
    need: Need,
    most: usize,
) -> Answer<Vec<T>> {
    let mut items = Vec::new();
    let mut seen = HashSet::new();
    let mut next = Some(url);
    while let Some(url) = next {
        let part: Part<T> = api.get(url.clone(), need).await?;
        items.extend(part.results);
        if items.len() > MOST_ITEMS {
            let what = format!("a list of more than {MOST_ITEMS} entries");
            return Err(Problem::NotUnderstood { what }.into());
        }
        if items.len() >= most {
            items.truncate(most);
            break;
        }
        next = match part.links.next {
            Some(link) => Some(follow(api.site(), &url, &link)?),
            None => None,
        };
        if !seen.insert(url) {
            let what = "a list that leads back to its beginning".to_owned();
            return Err(Problem::NotUnderstood { what }.into());
        }
    }
    Ok(items)
}

/// The address that `link` in the answer of `asked` stands for. Sites write it in many ways: whole, from the root of the
/// host, or from their own base, which behind the gateway is not the host we speak to.
fn follow(site: &Site, asked: &Url, link: &str) -> Result<Url, Problem> {
    let base = site.api_base();
    let path = base.path().trim_end_matches('/');
    let above = path.strip_suffix("/wiki");
    let joined = match above {
        _ if !link.starts_with('/') || link.starts_with("//") => asked.join(link),
        _ if !path.is_empty() && link.starts_with(&format!("{path}/")) => base.join(link),
        Some(above) if link.starts_with("/wiki/") => base.join(&format!("{above}{link}")),
        _ => base.join(&format!("{path}{link}")),
    };
    let url = joined.map_err(|_error| Problem::NotUnderstood {
        what: "a list whose next part has no address".to_owned(),
    })?;
    match site.is_below_api(&url) {
        true => Ok(url),
        false => Err(Problem::WrongHost {
            to: http::origin_of(&url),
        }),
    }
}

#[cfg(test)]
mod tests {
    use url::Url;

    use super::follow;
    use crate::confluence::{OutboundRules, Problem, Site, site::GATEWAY};

    fn site(typed: &str) -> Site {
        Site::recognise(typed, None, &OutboundRules::default()).unwrap()
    }

    fn gateway() -> Site {
        site("acme.atlassian.net")
            .through_gateway(&Url::parse(GATEWAY).unwrap(), "11-22")
            .unwrap()
    }

    #[track_caller]
    fn check(site: &Site, link: &str, expected: &str) {
        let asked = site.v2(&["pages"]);
        assert_eq!(follow(site, &asked, link).unwrap().as_str(), expected);
    }

    #[test]
    fn links_are_followed_in_every_form_that_sites_write() {
        let cloud = site("acme.atlassian.net");
        let there = "https://acme.atlassian.net/wiki/api/v2/pages?cursor=a";
        check(&cloud, "/wiki/api/v2/pages?cursor=a", there);
        check(&cloud, "/api/v2/pages?cursor=a", there);
        check(&cloud, there, there);
        check(&cloud, "?cursor=a", there);
        let through = "https://api.atlassian.com/ex/confluence/11-22/wiki/api/v2/pages?cursor=a";
        check(&gateway(), "/wiki/api/v2/pages?cursor=a", through);
        check(
            &gateway(),
            "/ex/confluence/11-22/wiki/api/v2/pages?cursor=a",
            through,
        );
        check(
            &gateway(),
            "/rest/api/content/search?cursor=a",
            "https://api.atlassian.com/ex/confluence/11-22/wiki/rest/api/content/search?cursor=a",
        );
        let server = site("wiki.acme.example/confluence");
        let there = "https://wiki.acme.example/confluence/rest/api/content?start=25";
        check(&server, "/rest/api/content?start=25", there);
        check(&server, "/confluence/rest/api/content?start=25", there);
        let bare = site("wiki.acme.example");
        check(
            &bare,
            "/rest/api/content?start=25",
            "https://wiki.acme.example/rest/api/content?start=25",
        );
    }

    #[test]
    fn links_that_lead_away_are_not_followed() {
        let cloud = site("acme.atlassian.net");
        let asked = cloud.v2(&["pages"]);
        for link in [
            "https://evil.example/wiki/api/v2/pages",
            "//evil.example/wiki/api/v2/pages",
            "http://acme.atlassian.net/wiki/api/v2/pages",
            "https://acme.atlassian.net:8443/wiki/api/v2/pages",
            "https://acme.atlassian.net@evil.example/wiki/",
            "https://acme.atlassian.net/other",
            "/../../x",
            "/%2e%2e/%2e%2e/x",
            "/wiki/../x",
            "\\\\evil.example/wiki/",
        ] {
            let refused = follow(&cloud, &asked, link);
            assert!(
                matches!(refused, Err(Problem::WrongHost { .. })),
                "{link} {refused:?}"
            );
        }
        let elsewhere = "https://api.atlassian.com/ex/confluence/33-44/wiki/api/v2/pages";
        assert!(follow(&gateway(), &asked, elsewhere).is_err());
    }
}
