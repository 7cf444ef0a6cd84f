//! Step 5: which addresses a connector may reach.
//!
//! The special-purpose registries of IANA (RFC 6890 and what followed), read as an allow-list for IPv6: only what is globally routed
//! unicast passes.

use ipnet::IpNet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Why an address is closed by default.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Class {
    Unspecified,
    Loopback,
    Private,
    LinkLocal,
    Shared,
    Multicast,
    Metadata,
    Documentation,
    Benchmark,
    Reserved,
}

impl Class {
    /// The class in words, to go behind "which is at 10.0.0.1,".
    pub(crate) fn describe(self) -> &'static str {
        match self {
            Self::Unspecified => "an unspecified address",
            Self::Loopback => "a loopback address (this machine itself)",
            Self::Private => "a private address",
            Self::LinkLocal => "a link-local address",
            Self::Shared => "an address of a carrier's shared network",
            Self::Multicast => "a multicast address",
            Self::Metadata => "the metadata service of a cloud, which hands out credentials",
            Self::Documentation => "an address for documentation",
            Self::Benchmark => "an address for benchmarks",
            Self::Reserved => "a reserved address",
        }
    }
}

/// Services that hand out the machine's own credentials, or control it, to whoever asks from it.
const METADATA: &[IpAddr] = &[
    IpAddr::V4(Ipv4Addr::new(169, 254, 169, 254)),                  // most clouds
    IpAddr::V4(Ipv4Addr::new(169, 254, 170, 2)),                    // AWS, containers
    IpAddr::V4(Ipv4Addr::new(169, 254, 170, 23)),                   // AWS, pods
    IpAddr::V4(Ipv4Addr::new(100, 100, 100, 200)),                  // Alibaba
    IpAddr::V4(Ipv4Addr::new(168, 63, 129, 16)),                    // Azure's platform, a public address
    IpAddr::V4(Ipv4Addr::new(192, 0, 0, 192)),                      // Oracle
    IpAddr::V6(Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254)), // AWS
    IpAddr::V6(Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x23)),  // AWS, pods
    IpAddr::V6(Ipv6Addr::new(0xfd20, 0xce, 0, 0, 0, 0, 0, 0x254)),  // Google
];

/// Takes an address out of the wrappings in which it reaches the same host: IPv4-mapped and -compatible IPv6 (RFC 4291), NAT64
/// (RFC 6052) and 6to4 (RFC 3056).
pub(crate) fn canonical(address: IpAddr) -> IpAddr {
    let IpAddr::V6(v6) = address else { return address };
    let segments = v6.segments();
    let v4 = |high: u16, low: u16| IpAddr::V4(Ipv4Addr::from_bits(u32::from(high) << 16 | u32::from(low)));
    match segments {
        [0, 0, 0, 0, 0, 0xffff, high, low] => v4(high, low),
        // `::` and `::1` are themselves.
        [0, 0, 0, 0, 0, 0, high, low] if high != 0 || low > 1 => v4(high, low),
        [0, 0, 0, 0, 0xffff, 0, high, low] => v4(high, low),
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] => v4(high, low),
        [0x2002, high, low, ..] => v4(high, low),
        _ => address,
    }
}

/// Why this address is closed by default; none where everybody may reach it. Takes a canonical address.
pub(crate) fn closed(address: IpAddr) -> Option<Class> {
    if METADATA.contains(&address) {
        return Some(Class::Metadata);
    }
    match address {
        IpAddr::V4(v4) => closed_v4(v4),
        IpAddr::V6(v6) => closed_v6(v6),
    }
}

/// Whether the operator's networks open a closed address. A metadata service must be named by its address alone.
pub(crate) fn granted(address: IpAddr, class: Class, networks: &[IpNet]) -> bool {
    networks.iter().any(|network| match class {
        Class::Metadata => *network == IpNet::from(address),
        _ => network.contains(&address),
    })
}

fn closed_v4(address: Ipv4Addr) -> Option<Class> {
    Some(match address.octets() {
        [0, ..] => Class::Unspecified,
        [127, ..] => Class::Loopback,
        [10, ..] | [172, 16..=31, ..] | [192, 168, ..] => Class::Private,
        [169, 254, ..] => Class::LinkLocal,
        [100, 64..=127, ..] => Class::Shared,
        [192, 0, 2, _] | [198, 51, 100, _] | [203, 0, 113, _] => Class::Documentation,
        [198, 18..=19, ..] => Class::Benchmark,
        [224..=239, ..] => Class::Multicast,
        // IETF protocol assignments, the 6to4 relay, and everything from 240 up.
        [192, 0, 0, _] | [192, 88, 99, _] | [240..=255, ..] => Class::Reserved,
        _ => return None,
    })
}

fn closed_v6(address: Ipv6Addr) -> Option<Class> {
    Some(match address.segments() {
        [0, 0, 0, 0, 0, 0, 0, 0] => Class::Unspecified,
        [0, 0, 0, 0, 0, 0, 0, 1] => Class::Loopback,
        [0xfc00..=0xfdff, ..] => Class::Private,
        [0xfe80..=0xfebf, ..] => Class::LinkLocal,
        // Site-local, which some still use.
        [0xfec0..=0xfeff, ..] => Class::Private,
        [0xff00..=0xffff, ..] => Class::Multicast,
        // A network's own NAT64 (RFC 8215) leads wherever that network lets it.
        [0x64, 0xff9b, 1, ..] => Class::Private,
        [0x2001, 0xdb8, ..] | [0x3fff, 0..=0xfff, ..] => Class::Documentation,
        [0x2001, 2, 0, ..] => Class::Benchmark,
        // Teredo, ORCHID and other protocols' own addresses.
        [0x2001, 0..=0x1ff, ..] => Class::Reserved,
        [0x2000..=0x3fff, ..] => return None,
        _ => Class::Reserved,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn class(text: &str) -> Option<Class> {
        closed(canonical(text.parse().expect("an address")))
    }

    #[test]
    fn each_special_network_is_closed_to_its_edges() {
        use Class::*;
        for (wanted, addresses) in [
            (Unspecified, &["0.0.0.0", "0.255.255.255", "::"][..]),
            (Loopback, &["127.0.0.1", "127.255.255.255", "::1"]),
            (Private, &["10.0.0.0", "10.255.255.255", "172.16.0.0", "172.31.255.255", "192.168.0.0", "192.168.255.255"]),
            (Private, &["fc00::", "fdff:ffff::1", "fec0::1", "64:ff9b:1::a00:1"]),
            (LinkLocal, &["169.254.0.0", "169.254.255.255", "fe80::1", "febf::1"]),
            (Shared, &["100.64.0.0", "100.127.255.255"]),
            (Multicast, &["224.0.0.1", "239.255.255.255", "ff02::1"]),
            (Documentation, &["192.0.2.1", "198.51.100.1", "203.0.113.1", "2001:db8::1", "3fff::1"]),
            (Benchmark, &["198.18.0.0", "198.19.255.255", "2001:2::1"]),
            (
                Reserved,
                &["192.0.0.1", "192.88.99.1", "240.0.0.0", "255.255.255.255", "2001::1", "2001:20::1", "100::1", "4000::1"],
            ),
            (Metadata, &["169.254.169.254", "169.254.170.2", "100.100.100.200", "168.63.129.16", "192.0.0.192"]),
            (Metadata, &["fd00:ec2::254", "fd20:ce::254"]),
        ] {
            for address in addresses {
                assert_eq!(class(address), Some(wanted), "{address}");
            }
        }
    }

    #[test]
    fn the_neighbours_of_special_networks_are_open() {
        for address in [
            "1.1.1.1",
            "9.255.255.255",
            "11.0.0.0",
            "100.63.255.255",
            "100.128.0.0",
            "126.255.255.255",
            "128.0.0.1",
            "169.253.255.255",
            "169.255.0.0",
            "172.15.255.255",
            "172.32.0.0",
            "192.0.1.0",
            "192.167.255.255",
            "192.169.0.0",
            "198.17.255.255",
            "198.20.0.0",
            "223.255.255.255",
            "2606:4700::1111",
            "2a00::1",
            "2001:200::1",
            "2001:4860::8888",
            "3ffe::1",
        ] {
            assert_eq!(class(address), None, "{address}");
        }
    }

    #[test]
    fn wrappings_are_taken_off() {
        for (address, wanted) in [
            ("::ffff:127.0.0.1", Class::Loopback),
            ("::ffff:a00:1", Class::Private),
            ("::127.0.0.1", Class::Loopback),
            ("::ffff:0:10.0.0.1", Class::Private),
            ("64:ff9b::169.254.169.254", Class::Metadata),
            ("64:ff9b::7f00:1", Class::Loopback),
            ("2002:7f00:1::", Class::Loopback),
            ("2002:a9fe:a9fe::1", Class::Metadata),
        ] {
            assert_eq!(class(address), Some(wanted), "{address}");
        }
        assert_eq!(class("::ffff:1.1.1.1"), None);
        assert_eq!(class("64:ff9b::1.1.1.1"), None);
    }

    #[test]
    fn a_metadata_service_is_only_opened_by_its_own_address() {
        let address: IpAddr = "169.254.169.254".parse().expect("an address");
        let networks = |text: &str| vec![text.parse::<IpNet>().expect("a network")];
        assert!(!granted(address, Class::Metadata, &networks("169.254.0.0/16")));
        assert!(!granted(address, Class::Metadata, &networks("0.0.0.0/0")));
        assert!(granted(address, Class::Metadata, &networks("169.254.169.254/32")));
        assert!(granted("10.1.2.3".parse().expect("an address"), Class::Private, &networks("10.0.0.0/8")));
        assert!(!granted("11.1.2.3".parse().expect("an address"), Class::Private, &networks("10.0.0.0/8")));
    }

    proptest! {
        #[test]
        fn no_wrapping_changes_the_class(bits in any::<u32>()) {
            let plain = Ipv4Addr::from_bits(bits);
            let [a, b, c, d] = plain.octets().map(u16::from);
            let (high, low) = (a << 8 | b, c << 8 | d);
            prop_assume!(bits > 1);
            for wrapped in [
                Ipv6Addr::new(0, 0, 0, 0, 0, 0xffff, high, low),
                Ipv6Addr::new(0, 0, 0, 0, 0, 0, high, low),
                Ipv6Addr::new(0x64, 0xff9b, 0, 0, 0, 0, high, low),
                Ipv6Addr::new(0x2002, high, low, 0, 0, 0, 0, 1),
            ] {
                prop_assert_eq!(closed(canonical(IpAddr::V6(wrapped))), closed(IpAddr::V4(plain)));
            }
        }
    }
}
