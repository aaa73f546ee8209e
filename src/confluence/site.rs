//! Where a site is and how the URLs of its interfaces are made. URLs are made from ids and keys, never from what pages
//! say. Nothing is sent here.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use url::{Host, Url};

use super::{
    addresses::{OutboundRules, Reach},
    product::Product,
};

/// Where Cloud's gateway is unless the operator says otherwise (as for a government cloud).
pub const GATEWAY: &str = "https://api.atlassian.com";

const CLOUD_DOMAINS: [&str; 3] = [".atlassian.net", ".jira.com", ".atlassian-us-gov-mod.net"];

/// First segments of Confluence's own paths; what stands before them is the context path.
const OWN_SEGMENTS: [&str; 18] = [
    "admin",
    "collector",
    "dashboard",
    "display",
    "download",
    "home",
    "label",
    "pages",
    "people",
    "plugins",
    "rest",
    "s",
    "setup",
    "spacedirectory",
    "spaces",
    "users",
    "wiki",
    "x",
];

const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// A Confluence site and the way to its interfaces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Site {
    product: Product,
    base_url: Url,
    api_base: Url,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SiteError {
    #[error("this is not the address of a site, such as https://acme.atlassian.net")]
    NotAnAddress,
    #[error("the address must begin with https://")]
    HttpsNeeded,
    #[error("the portal does not connect to this address; see VESTIBULE_CONFLUENCE_NETWORKS")]
    Blocked,
    #[error("the cloud id has other characters than letters, digits and hyphens")]
    BadCloudId,
}

impl Site {
    /// The site behind whatever an admin pastes: its address with or without scheme, `/wiki` or context path, or the URL
    /// of any page. Which product it is follows from the host unless `product` says so.
    pub fn recognise(
        typed: &str,
        product: Option<Product>,
        rules: &OutboundRules,
    ) -> Result<Self, SiteError> {
        let typed = typed.trim();
        let mut url = match typed.contains("://") {
            true => Url::parse(typed),
            false => Url::parse(&format!("https://{typed}")),
        }
        .map_err(|_error| SiteError::NotAnAddress)?;
        let product = product.unwrap_or_else(|| product_of(&url));
        let cleared = url.set_username("").and(url.set_password(None));
        let reach = Reach::of(product, &url).ok_or(SiteError::NotAnAddress)?;
        if cleared.is_err() || !is_host_of_a_site(&url) {
            return Err(SiteError::NotAnAddress);
        }
        if reach == Reach::Listed && rules.private_networks.is_empty() {
            return Err(SiteError::HttpsNeeded);
        }
        if !reach.allows_host_of(&url, rules) {
            return Err(SiteError::Blocked);
        }
        let context = match product {
            Product::Cloud => "/wiki".to_owned(),
            Product::DataCenter => context_path(&url),
        };
        url.set_path(&context);
        url.set_query(None);
        url.set_fragment(None);
        Ok(Self {
            product,
            api_base: url.clone(),
            base_url: url,
        })
    }

    /// The same Cloud site, asked through the gateway, as scoped and OAuth tokens need it.
    pub fn through_gateway(self, gateway: &Url, cloud_id: &str) -> Result<Self, SiteError> {
        let is_id = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        if cloud_id.is_empty() || !cloud_id.bytes().all(is_id) {
            return Err(SiteError::BadCloudId);
        }
        let mut api_base = gateway.clone();
        api_base.set_path(&format!("/ex/confluence/{cloud_id}/wiki"));
        api_base.set_query(None);
        Ok(Self { api_base, ..self })
    }

    pub fn product(&self) -> Product {
        self.product
    }

    /// What people see in their browsers, with `/wiki` or the context path and without a slash behind.
    pub fn base_url(&self) -> &Url {
        &self.base_url
    }

    /// Requests go to Cloud's gateway instead of the site's own host.
    pub fn is_through_gateway(&self) -> bool {
        self.api_base != self.base_url
    }

    pub(super) fn api_base(&self) -> &Url {
        &self.api_base
    }

    /// Where Cloud tells anybody the site's cloud id.
    pub(super) fn tenant_info(&self) -> Url {
        let mut url = self.base_url.clone();
        url.set_path("/_edge/tenant_info");
        url
    }

    /// `/rest/api` of both products, followed by escaped `segments`.
    pub(super) fn v1(&self, segments: &[&str]) -> Url {
        self.below("rest/api", segments)
    }

    /// `/api/v2` of Cloud.
    pub(super) fn v2(&self, segments: &[&str]) -> Url {
        self.below("api/v2", segments)
    }

    fn below(&self, interface: &str, segments: &[&str]) -> Url {
        let mut url = self.api_base.clone();
        let base = url.path().trim_end_matches('/');
        let mut path = format!("{base}/{interface}");
        for segment in segments {
            path.push('/');
            path.extend(utf8_percent_encode(segment, SEGMENT));
        }
        url.set_path(&path);
        url
    }

    /// Whether `url` belongs to the interfaces we were told to use: same origin, below the same path.
    pub(super) fn is_below_api(&self, url: &Url) -> bool {
        let path = self.api_base.path().trim_end_matches('/');
        let rest = url.path().strip_prefix(path);
        self.api_base.origin() == url.origin() && rest.is_some_and(|rest| rest.starts_with('/'))
    }
}

fn product_of(url: &Url) -> Product {
    let host = url.host_str().unwrap_or_default();
    match CLOUD_DOMAINS.iter().any(|domain| host.ends_with(domain)) {
        true => Product::Cloud,
        false => Product::DataCenter,
    }
}

/// A name with a dot in it, or an address, or this machine.
fn is_host_of_a_site(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => !name.starts_with('.') && !name.contains(".."),
        Some(_) => true,
        None => false,
    }
}

fn context_path(url: &Url) -> String {
    let segments = url.path_segments().into_iter().flatten();
    let is_own = |segment: &str| {
        segment.is_empty() || segment.contains('.') || OWN_SEGMENTS.contains(&segment)
    };
    let mut context = String::new();
    for (place, segment) in segments.enumerate() {
        // A context path may well be called `wiki`; deeper down no segment of ours is.
        let is_context = place == 0 && segment == "wiki";
        if is_own(segment) && !is_context {
            break;
        }
        context.push('/');
        context.push_str(segment);
    }
    context
}

#[cfg(test)]
mod tests {
    use url::Url;

    use super::{GATEWAY, Site, SiteError};
    use crate::confluence::{addresses::OutboundRules, product::Product};

    #[track_caller]
    fn check(typed: &str, product: Product, base_url: &str) {
        let site = Site::recognise(typed, None, &OutboundRules::default()).unwrap();
        let base = site.base_url().as_str().trim_end_matches('/');
        assert_eq!((site.product(), base), (product, base_url), "{typed}");
    }

    #[track_caller]
    fn check_refused(typed: &str, error: SiteError) {
        let refused = Site::recognise(typed, None, &OutboundRules::default());
        assert_eq!(refused, Err(error), "{typed}");
    }

    fn listed() -> OutboundRules {
        OutboundRules {
            private_networks: vec!["127.0.0.0/8".parse().unwrap()],
        }
    }

    #[test]
    fn cloud_sites_are_recognised_in_all_forms() {
        for typed in [
            "acme.atlassian.net",
            "  https://acme.atlassian.net/ ",
            "https://acme.atlassian.net/wiki",
            "https://acme.atlassian.net/wiki/",
            "https://ACME.atlassian.net/wiki/spaces/DS/pages/65961985/Share+me?focusedCommentId=1#x",
            "https://acme.atlassian.net/wiki/x/AYDuAw",
            "https://ada:secret@acme.atlassian.net/wiki/home",
        ] {
            check(typed, Product::Cloud, "https://acme.atlassian.net/wiki");
        }
    }

    #[test]
    fn data_center_sites_are_recognised_with_their_context_path() {
        for typed in [
            "wiki.acme.example/confluence",
            "https://wiki.acme.example/confluence/",
            "https://wiki.acme.example/confluence/display/DS/Share+me",
            "https://wiki.acme.example/confluence/pages/viewpage.action?pageId=65961985",
            "https://wiki.acme.example/confluence/spaces/DS/pages/65961985/Share+me",
            "https://wiki.acme.example/confluence/x/AYDuAw",
            "https://wiki.acme.example/confluence/rest/api/content/1",
            "https://wiki.acme.example/confluence/login.action?os_destination=%2F",
        ] {
            check(
                typed,
                Product::DataCenter,
                "https://wiki.acme.example/confluence",
            );
        }
        check(
            "wiki.acme.example",
            Product::DataCenter,
            "https://wiki.acme.example",
        );
        check(
            "https://wiki.acme.example:8443/display/DS",
            Product::DataCenter,
            "https://wiki.acme.example:8443",
        );
        check(
            "https://acme.example/wiki/display/DS",
            Product::DataCenter,
            "https://acme.example/wiki",
        );
        check(
            "https://10.0.0.7/x/AY",
            Product::DataCenter,
            "https://10.0.0.7",
        );
        check(
            "https://acme.atlassian.net.evil.example/wiki",
            Product::DataCenter,
            "https://acme.atlassian.net.evil.example/wiki",
        );
    }

    #[test]
    fn what_is_no_site_is_refused_with_the_reason() {
        check_refused("", SiteError::NotAnAddress);
        check_refused("my wiki", SiteError::NotAnAddress);
        check_refused("ftp://acme.example", SiteError::NotAnAddress);
        check_refused("http://wiki.acme.example", SiteError::HttpsNeeded);
        check_refused("https://127.0.0.1/wiki", SiteError::Blocked);
        check_refused("https://169.254.169.254", SiteError::Blocked);
        check_refused("https://[::1]/", SiteError::Blocked);
        check_refused("https://0x7f.1/", SiteError::Blocked);
    }

    #[test]
    fn plain_http_is_for_listed_networks() {
        let site = Site::recognise(
            "http://127.0.0.1:9000/wiki",
            Some(Product::Cloud),
            &listed(),
        );
        assert_eq!(
            site.unwrap().base_url().as_str(),
            "http://127.0.0.1:9000/wiki"
        );
        let other = Site::recognise("http://10.0.0.1/", None, &listed());
        assert_eq!(other, Err(SiteError::Blocked));
    }

    #[test]
    fn urls_of_the_interfaces_are_made_below_the_base() {
        let rules = OutboundRules::default();
        let cloud = Site::recognise("acme.atlassian.net", None, &rules).unwrap();
        assert_eq!(
            cloud.v2(&["pages", "1"]).as_str(),
            "https://acme.atlassian.net/wiki/api/v2/pages/1"
        );
        assert_eq!(
            cloud.tenant_info().as_str(),
            "https://acme.atlassian.net/_edge/tenant_info"
        );
        let gateway = cloud
            .through_gateway(&Url::parse(GATEWAY).unwrap(), "11-22")
            .unwrap();
        assert_eq!(
            gateway.v1(&["content", "search"]).as_str(),
            "https://api.atlassian.com/ex/confluence/11-22/wiki/rest/api/content/search"
        );
        let server = Site::recognise("wiki.acme.example", None, &rules).unwrap();
        assert_eq!(
            server.v1(&["space", "../~ada"]).as_str(),
            "https://wiki.acme.example/rest/api/space/..%2F~ada"
        );
    }

    #[test]
    fn a_cloud_id_cannot_lead_elsewhere() {
        let site = Site::recognise("acme.atlassian.net", None, &OutboundRules::default()).unwrap();
        let gateway = Url::parse(GATEWAY).unwrap();
        for id in ["", "../x", "a/b", "a?b"] {
            let refused = site.clone().through_gateway(&gateway, id);
            assert_eq!(refused, Err(SiteError::BadCloudId), "{id}");
        }
    }
}
