//! Pure: which addresses are out in the world. An address within another (mapped, translated) is what it leads to.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use autonomos_runtime::{Error, Result};
use ipnet::{IpNet, Ipv4Net, Ipv6Net};

const fn v4(a: u8, b: u8, c: u8, length: u8) -> Ipv4Net {
    Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, 0), length)
}

const fn v6(a: u16, b: u16, length: u8) -> Ipv6Net {
    Ipv6Net::new_assert(Ipv6Addr::new(a, b, 0, 0, 0, 0, 0, 0), length)
}

/// What is not out in the world (IANA's registry of special-purpose addresses, multicast, and what is reserved).
const INSIDE_V4: [Ipv4Net; 16] = [
    v4(0, 0, 0, 8),       // this network
    v4(10, 0, 0, 8),      // private
    v4(100, 64, 0, 10),   // shared with a carrier
    v4(127, 0, 0, 8),     // this machine
    v4(169, 254, 0, 16),  // this link; metadata of clouds
    v4(172, 16, 0, 12),   // private
    v4(192, 0, 0, 24),    // protocols
    v4(192, 0, 2, 24),    // documentation
    v4(192, 31, 196, 24), // AS112
    v4(192, 88, 99, 24),  // relays of 6to4
    v4(192, 168, 0, 16),  // private
    v4(198, 18, 0, 15),   // benchmarks
    v4(198, 51, 100, 24), // documentation
    v4(203, 0, 113, 24),  // documentation
    v4(224, 0, 0, 4),     // multicast
    v4(240, 0, 0, 4),     // reserved, broadcast
];

/// Of the part of IPv6 that is given out.
const GIVEN_OUT: Ipv6Net = v6(0x2000, 0, 3);
const INSIDE_V6: [Ipv6Net; 4] = [
    v6(0x2001, 0, 23),      // protocols, Teredo
    v6(0x2001, 0x0db8, 32), // documentation
    v6(0x2002, 0, 16),      // 6to4
    v6(0x3fff, 0, 20),      // documentation
];
/// Translation to IPv4 (NAT64), with the address in the last 32 bits.
const TRANSLATED: Ipv6Net = v6(0x0064, 0xff9b, 96);

/// Whether an address is out in the world.
pub fn is_public(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(address) => !INSIDE_V4.iter().any(|net| net.contains(&address)),
        IpAddr::V6(address) if TRANSLATED.contains(&address) => {
            let [.., a, b, c, d] = address.octets();
            is_public(Ipv4Addr::new(a, b, c, d).into())
        }
        IpAddr::V6(address) => GIVEN_OUT.contains(&address) && !INSIDE_V6.iter().any(|net| net.contains(&address)),
    }
}

/// Networks that the operator allows besides.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Allowed(Vec<IpNet>);

impl Allowed {
    /// As configured.
    pub fn of(texts: &[String]) -> Result<Self> {
        let net = |text: &String| {
            let parsed = text.parse::<IpNet>().ok().or_else(|| text.parse::<IpAddr>().ok().map(IpNet::from));
            parsed.ok_or_else(|| {
                Error::invalid("config.bad", format!("outside.allow: {text} is no network"))
                    .field("outside.allow")
                    .remedy("Write networks as 10.1.0.0/16 or fd00:1::/32, or single addresses.")
            })
        };
        texts.iter().map(net).collect::<Result<_>>().map(Self)
    }

    /// Whether nothing is.
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether this one is.
    pub fn has(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.0.iter().any(|net| net.contains(&address))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn public(text: &str) -> bool {
        is_public(text.parse().unwrap())
    }

    #[test]
    fn every_private_form_is_inside() {
        for inside in [
            "0.0.0.0",
            "0.1.2.3",
            "10.0.0.1",
            "10.255.255.255",
            "100.64.0.1",
            "100.127.255.255",
            "127.0.0.1",
            "127.9.9.9",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.8",
            "192.0.2.1",
            "192.88.99.1",
            "192.168.1.1",
            "198.18.0.1",
            "198.19.255.255",
            "198.51.100.7",
            "203.0.113.9",
            "224.0.0.1",
            "239.1.1.1",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::127.0.0.1",
            "::8.8.8.8",
            "::ffff:10.0.0.1",
            "::ffff:127.0.0.1",
            "::ffff:169.254.169.254",
            "64:ff9b::10.0.0.1",
            "64:ff9b::169.254.169.254",
            "64:ff9b:1::8.8.8.8",
            "100::1",
            "2001::1",
            "2001:2::1",
            "2001:db8::1",
            "2002:7f00:1::",
            "2002:808:808::1",
            "3fff::1",
            "5f00::1",
            "fc00::1",
            "fd12:3456::1",
            "fd00:ec2::254",
            "fe80::1",
            "fec0::1",
            "ff02::1",
        ] {
            assert!(!public(inside), "{inside}");
        }
        for outside in [
            "1.1.1.1",
            "8.8.8.8",
            "9.255.255.255",
            "11.0.0.0",
            "100.63.255.255",
            "100.128.0.0",
            "172.15.0.1",
            "172.32.0.1",
            "192.167.0.1",
            "198.17.0.1",
            "198.20.0.1",
            "223.255.255.255",
            "2606:4700::1111",
            "2001:4860:4860::8888",
            "::ffff:8.8.8.8",
            "64:ff9b::8.8.8.8",
        ] {
            assert!(public(outside), "{outside}");
        }
    }

    #[test]
    fn what_is_allowed_is_named_as_networks_or_addresses() {
        let of = |texts: &[&str]| Allowed::of(&texts.iter().map(|t| (*t).to_owned()).collect::<Vec<_>>());
        let allowed = of(&["10.1.0.0/16", "127.0.0.1", "fd00:1::/32"]).unwrap();
        for (text, fine) in
            [("10.1.2.3", true), ("10.2.0.0", false), ("127.0.0.1", true), ("127.0.0.2", false), ("fd00:1::9", true)]
        {
            assert_eq!(allowed.has(text.parse().unwrap()), fine, "{text}");
        }
        assert!(allowed.has("::ffff:10.1.0.1".parse().unwrap()), "a mapped address is what it leads to");
        for bad in ["intranet", "10.1.0.0/33", "10.1", ""] {
            assert_eq!(of(&[bad]).unwrap_err().field.as_deref(), Some("outside.allow"), "{bad}");
        }
    }

    proptest! {
        /// However an IPv4 address is wrapped, it is judged as itself.
        #[test]
        fn a_wrapped_address_is_what_it_leads_to(bits in any::<u32>()) {
            let plain = Ipv4Addr::from(bits);
            let [a, b, c, d] = plain.octets().map(u16::from);
            let translated = Ipv6Addr::new(0x64, 0xff9b, 0, 0, 0, 0, a << 8 | b, c << 8 | d);
            prop_assert_eq!(is_public(plain.to_ipv6_mapped().into()), is_public(plain.into()));
            prop_assert_eq!(is_public(translated.into()), is_public(plain.into()));
        }
    }
}
