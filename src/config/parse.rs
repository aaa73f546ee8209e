//! Texts of the configuration into values. An error is the rest of a sentence that begins with the variable's name.

use std::net::SocketAddr;

use ipnet::IpNet;
use url::Url;

pub(super) fn parse_listen(text: &str) -> Result<SocketAddr, String> {
    text.parse().map_err(|_parse_error| {
        format!("“{text}” is not an address and port such as 127.0.0.1:8080 or [::]:8080")
    })
}

/// Any address of the web without credentials in it.
pub(super) fn parse_url(text: &str) -> Result<Url, String> {
    let url = Url::parse(text.trim()).map_err(|error| format!("“{text}” is not a URL: {error}"))?;
    let has_credentials = !url.username().is_empty() || url.password().is_some();
    if matches!(url.scheme(), "http" | "https") && url.host_str().is_some() && !has_credentials {
        return Ok(url);
    }
    Err(format!(
        "“{text}” must begin with https:// or http:// and name a host"
    ))
}

pub(super) fn parse_host(text: &str) -> Result<String, String> {
    let wrong = || format!("“{text}” is not a host name such as docs.example.com");
    // The URL parser knows punycode and refuses what no host name can hold.
    let url = Url::parse(&format!("https://{text}/")).map_err(|_parse_error| wrong())?;
    let plain = url.path() == "/"
        && url.port().is_none()
        && url.username().is_empty()
        && !text.contains(['/', '@', ':', '?', '#']);
    url.host_str()
        .filter(|_| plain)
        .map(str::to_owned)
        .ok_or_else(wrong)
}

pub(super) fn parse_network(text: &str) -> Result<IpNet, String> {
    text.parse::<IpNet>()
        .or_else(|_not_a_network| {
            text.parse()
                .map(|address: std::net::IpAddr| IpNet::from(address))
        })
        .map_err(|_neither| format!("“{text}” is not an address or network such as 10.0.0.0/8"))
}

pub(super) fn parse_list<T>(
    text: &str,
    parse: impl Fn(&str) -> Result<T, String>,
) -> Result<Vec<T>, String> {
    entries(text).map(parse).collect()
}

/// Names between commas, as they are written.
pub(super) fn names(text: &str) -> Vec<String> {
    entries(text).map(str::to_owned).collect()
}

fn entries(text: &str) -> impl Iterator<Item = &str> {
    let entries = text.split(',').map(str::trim);
    entries.filter(|entry| !entry.is_empty())
}

pub(super) fn parse_number(text: &str, min: u32, max: u32) -> Result<u32, String> {
    match text.trim().parse::<u32>() {
        Ok(number) if (min..=max).contains(&number) => Ok(number),
        _ => Err(format!(
            "“{text}” is not a whole number from {min} to {max}"
        )),
    }
}
