//! Requests that the service makes to addresses others have given: never into its own network.
//!
//! Only https; the name is resolved here, every address it has must be a public one, and the request goes to the very
//! address that was examined, so that it cannot become another on the way. No redirect is followed. Whoever runs the
//! service may allow single origins (`--webhook-allow`) that are exempt.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use reqwest::{Client, Url};

const CONNECT: Duration = Duration::from_secs(5);
const ANSWER: Duration = Duration::from_secs(10);

/// The address, if something may be sent there at all; whether its origin is exempt.
pub fn examine(text: &str, allowed: &[String]) -> Result<(Url, bool), String> {
    let url = Url::parse(text).map_err(|error| format!("{text:?} is no address: {error}"))?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err("the address holds a name or a password: leave them out".to_owned());
    }
    let origin = url.origin().ascii_serialization();
    if allowed.iter().any(|one| Url::parse(one).is_ok_and(|one| one.origin().ascii_serialization() == origin)) {
        return Ok((url, true));
    }
    if url.scheme() != "https" {
        return Err(format!("{:?} is not taken: the address has to begin with https://", url.scheme()));
    }
    match url.host() {
        None => Err("the address names no host".to_owned()),
        // The library has read octal, hexadecimal and shortened spellings as what they are.
        Some(url::Host::Ipv4(address)) => public(IpAddr::V4(address)).map(|()| (url, false)),
        Some(url::Host::Ipv6(address)) => public(IpAddr::V6(address)).map(|()| (url, false)),
        Some(url::Host::Domain(name)) => {
            let name = name.trim_end_matches('.').to_lowercase();
            let local = !name.contains('.') || ["localhost", "local", "internal"].iter().any(|end| name.ends_with(end));
            if local { Err(format!("{name:?} is a name of an inner network")) } else { Ok((url, false)) }
        }
    }
}

/// A client that goes to this address only, and to no other place it may point to meanwhile.
pub async fn client_for(url: &Url, exempt: bool) -> Result<Client, String> {
    // Whoever was first has set it.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut builder = Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .connect_timeout(CONNECT)
        .timeout(ANSWER)
        .https_only(!exempt)
        .user_agent(concat!("Bailiwick/", env!("CARGO_PKG_VERSION")));
    if !exempt && let Some(name) = url.domain() {
        let port = url.port_or_known_default().unwrap_or(443);
        let found = tokio::time::timeout(CONNECT, tokio::net::lookup_host((name, port))).await;
        let found = found.map_err(|_| format!("{name} was not found in time"))?;
        let addresses: Vec<SocketAddr> = found.map_err(|error| format!("{name} was not found: {error}"))?.collect();
        if addresses.is_empty() {
            return Err(format!("{name} was not found"));
        }
        for address in &addresses {
            public(address.ip())?;
        }
        builder = builder.resolve_to_addrs(name, &addresses);
    }
    builder.build().map_err(|error| error.to_string())
}

/// Whether an address belongs to the world, and not to this machine, its network, or nobody.
fn public(address: IpAddr) -> Result<(), String> {
    let inner = match address {
        IpAddr::V4(address) => is_inner(address),
        IpAddr::V6(address) => is_inner_v6(address),
    };
    if inner { Err(format!("{address} belongs to an inner network: give a public address")) } else { Ok(()) }
}

fn is_inner(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    match (a, b, c) {
        // This network, this machine, private, link-local with the clouds' metadata, multicast, reserved, broadcast.
        (0 | 10 | 127 | 224..=255, ..) | (169, 254, _) | (192, 168, _) => true,
        (172, 16..=31, _) => true,
        // Carrier-grade NAT.
        (100, 64..=127, _) => true,
        // Protocol assignments, documentation, benchmarking, the relay of 6to4.
        (192, 0, 0 | 2) | (198, 18..=19, _) | (198, 51, 100) | (203, 0, 113) | (192, 88, 99) => true,
        _ => false,
    }
}

fn is_inner_v6(address: Ipv6Addr) -> bool {
    let parts = address.segments();
    let embedded = |high: u16, low: u16| {
        let [[a, b], [c, d]] = [high.to_be_bytes(), low.to_be_bytes()];
        is_inner(Ipv4Addr::new(a, b, c, d))
    };
    match parts {
        // Unspecified, this machine, IPv4-compatible and IPv4-mapped.
        [0, 0, 0, 0, 0, 0 | 0xffff, high, low] => {
            address.is_unspecified() || address.is_loopback() || embedded(high, low)
        }
        // NAT64, well known and local.
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] => embedded(high, low),
        [0x64, 0xff9b, 1, ..] => true,
        // 6to4, Teredo, documentation, discard.
        [0x2002, high, low, ..] => embedded(high, low),
        [0x2001, 0 | 0xdb8, ..] | [0x3fff, ..] | [0x100, 0, 0, 0, ..] => true,
        // Unique local, link-local, site-local, multicast.
        [first, ..] => matches!(first, 0xfc00..=0xfdff | 0xfe80..=0xfeff | 0xff00..=0xffff),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn no_spelling_of_an_inner_address_is_taken() {
        for inner in [
            "http://example.com/hook",
            "ftp://example.com/",
            "https://user:secret@example.com/",
            "https://localhost/",
            "https://LOCALHOST./",
            "https://api.localhost/",
            "https://intranet/",
            "https://printer.local/",
            "https://metadata.google.internal/",
            "https://127.0.0.1/",
            "https://127.1/",
            "https://0177.0.0.1/",
            "https://0x7f.0.0.1/",
            "https://2130706433/",
            "https://017700000001/",
            "https://0/",
            "https://10.0.0.1/",
            "https://172.16.0.1/",
            "https://172.31.255.255/",
            "https://192.168.1.1/",
            "https://169.254.169.254/latest/meta-data/",
            "https://100.100.100.200/",
            "https://224.0.0.1/",
            "https://255.255.255.255/",
            "https://[::]/",
            "https://[::1]/",
            "https://[::ffff:127.0.0.1]/",
            "https://[::ffff:7f00:1]/",
            "https://[::ffff:169.254.169.254]/",
            "https://[::127.0.0.1]/",
            "https://[64:ff9b::10.0.0.1]/",
            "https://[2002:7f00:1::]/",
            "https://[2001:0:1::]/",
            "https://[fe80::1]/",
            "https://[fd00:ec2::254]/",
            "https://[ff02::1]/",
            "https://127。0。0。1/",
            "https://①②⑦.0.0.1/",
            "not an address",
            "https://",
        ] {
            assert!(examine(inner, &[]).is_err(), "{inner}");
        }
        for fine in ["https://example.com/hook?x=1", "https://93.184.216.34:8443/", "https://[2606:2800:220:1::1]/"] {
            assert!(examine(fine, &[]).is_ok(), "{fine}");
        }
    }

    #[test]
    fn an_origin_is_allowed_and_no_other() {
        let allowed = ["http://127.0.0.1:4000".to_owned()];
        assert!(examine("http://127.0.0.1:4000/hook", &allowed).unwrap().1);
        for other in ["http://127.0.0.1:4001/", "https://127.0.0.1:4000/", "http://127.0.0.2:4000/"] {
            assert!(examine(other, &allowed).is_err(), "{other}");
        }
    }

    #[tokio::test]
    async fn a_name_that_leads_inside_is_refused() {
        let url = Url::parse("https://localhost/").unwrap();
        assert!(client_for(&url, false).await.unwrap_err().contains("inner network"));
    }
}
