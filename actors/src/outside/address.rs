//! Pure: what an address that a tenant names may look like. Hosts are read as browsers read them, so that numbers in
//! whatever notation are the addresses they mean; what a name means is looked up by whoever connects.

use std::net::IpAddr;

use autonomos_runtime::{Error, Result};
use reqwest::Url;

use super::network::{Allowed, is_public};

/// Longest address.
const LONGEST: usize = 2048;
/// Names that mean a machine or a site of one's own (RFC 6761, 6762, 8375, 9476).
const OWN: [&str; 5] = ["localhost", "local", "internal", "home.arpa", "alt"];

/// Why an address is not called.
pub fn refused(why: &str) -> Error {
    Error::invalid("outside.address", format!("This address cannot be called: {why}."))
        .remedy("Give an https:// address that is public; whoever operates the node may allow others (outside.allow).")
}

/// What an address names as a host that needs no lookup.
pub fn literal(url: &Url) -> Option<IpAddr> {
    // Between brackets or bare, as the parser leaves them.
    url.host_str()?.trim_start_matches('[').trim_end_matches(']').parse().ok()
}

/// An address that may be called, as far as its text tells.
pub fn address(text: &str, allowed: &Allowed) -> Result<Url> {
    if text.len() > LONGEST {
        return Err(refused("it is too long"));
    }
    let url = Url::parse(text).map_err(|e| refused("it is no address").source(e))?;
    match url.scheme() {
        "https" => {}
        "http" if !allowed.is_empty() => {}
        "http" => return Err(refused("it is not https://")),
        _ => return Err(refused("it is neither https:// nor http://")),
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(refused("it holds a user or a password"));
    }
    if url.fragment().is_some() {
        return Err(refused("it has a fragment, which is never sent"));
    }
    let host = url.host_str().unwrap_or_default().trim_end_matches('.').to_ascii_lowercase();
    if host.is_empty() {
        return Err(refused("it names no host"));
    }
    let own = |name: &&str| host == **name || host.strip_suffix(*name).is_some_and(|rest| rest.ends_with('.'));
    match literal(&url) {
        Some(address) => judge(address, url.scheme() == "http", allowed)?,
        None if allowed.is_empty() && OWN.iter().any(own) => return Err(refused("it leads inside")),
        None => {}
    }
    Ok(url)
}

/// Whether this address may be connected to; without TLS only one that the operator allows.
pub fn judge(address: IpAddr, plain: bool, allowed: &Allowed) -> Result<()> {
    if allowed.has(address) || !plain && is_public(address) {
        Ok(())
    } else if is_public(address) {
        Err(refused("it is not https://"))
    } else {
        Err(refused("it leads inside"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_leads_inside_is_refused_in_every_notation() {
        let none = Allowed::default();
        for bad in [
            "https://127.0.0.1/",
            "https://127.1/",
            "https://2130706433/",
            "https://0x7f000001/",
            "https://0x7f.1/",
            "https://0177.0.0.1/",
            "https://017700000001/",
            "https://127.0.0.1./",
            "https://0/",
            "https://0.0.0.0:8080/",
            "https://%31%32%37.0.0.1/",
            "https://①②⑦.⓪.⓪.①/",
            "https://127。0。0。1/",
            "https://169.254.169.254/latest",
            "https://10.0.0.7/",
            "https://192.168.0.1/",
            "https://100.64.0.1/",
            "https://[::1]/",
            "https://[::]/",
            "https://[::ffff:127.0.0.1]/",
            "https://[::ffff:7f00:1]/",
            "https://[64:ff9b::7f00:1]/",
            "https://[2002:7f00:1::]/",
            "https://[fd00::1]/",
            "https://[fe80::1]/",
            "https://[fe80::1%25eth0]/",
            "https://[ff02::1]/",
            "https://localhost/",
            "https://LOCALHOST./",
            "https://a.localhost/",
            "https://x.local/",
            "https://metadata.google.internal/",
            "https://224.0.0.1/",
            "https://255.255.255.255/",
        ] {
            let error = address(bad, &none).unwrap_err();
            assert_eq!(error.code, "outside.address", "{bad}");
            assert!(error.remedy.is_some(), "{bad}");
        }
    }

    #[test]
    fn what_is_no_address_to_call_says_why() {
        let none = Allowed::default();
        for (bad, why) in [
            ("", "no address"),
            ("nonsense", "no address"),
            ("http://example.org/x", "not https://"),
            ("ftp://example.org/", "neither"),
            ("file:///etc/passwd", "neither"),
            ("javascript:alert(1)", "neither"),
            ("https://user:secret@example.org/", "a user"),
            ("https://example.org/#part", "fragment"),
            ("https://1.2.3.4.5/", "no address"),
        ] {
            let error = address(bad, &none).unwrap_err();
            assert!(error.message.contains(why), "{bad}: {}", error.message);
            assert!(!error.message.contains("secret"));
        }
        let long = format!("https://example.org/{}", "x".repeat(LONGEST));
        assert!(address(&long, &none).unwrap_err().message.contains("too long"));
        for fine in ["https://example.org/hook?x=1", "https://8.8.8.8/", "https://[2606:4700::1111]:8443/a"] {
            address(fine, &none).unwrap();
        }
    }

    #[test]
    fn what_the_operator_allows_may_be_called_also_without_tls() {
        let allowed = Allowed::of(&["127.0.0.0/8".to_owned()]).unwrap();
        for fine in ["http://127.0.0.1:9/x", "https://127.1.2.3/", "http://localhost/", "http://hooks.internal/"] {
            address(fine, &allowed).unwrap();
        }
        for bad in ["http://10.0.0.1/", "https://10.0.0.1/", "http://8.8.8.8/"] {
            assert_eq!(address(bad, &allowed).unwrap_err().code, "outside.address", "{bad}");
        }
    }
}
