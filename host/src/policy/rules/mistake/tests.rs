//! Mistakes, and what is said of them.

use crate::policy::Rule;

#[test]
fn mistakes_are_told_with_the_rule_that_was_meant() {
    for (rule, meant) in [
        ("http://example.com/", "`connect=example.com:80`"),
        ("connect=https://example.com/a?b=c", "`connect=example.com:443`"),
        ("connect=https://[::1]:8443/", "`connect=[::1]:8443`"),
        ("connect=example.com:443/index.html", "`connect=example.com:443`"),
        ("connect=example.com/", "`connect=example.com`"),
        ("connect=[::1]:80/a", "`connect=[::1]:80`"),
        ("connect=fe80::1%eth0", "`connect=[fe80::1]`"),
        ("listen:udp=[fe80::1%eth0]:5353", "`listen:udp=[fe80::1]:5353`"),
        ("listen=[fe80::1]%2:80", "`listen=[fe80::1]:80`"),
        ("connect:example.com:443", "`connect=example.com:443`"),
        ("unix:/run/app", "`unix=/run/app`"),
        ("option:SO_MARK", "`option=SO_MARK`"),
        ("resolve:db.internal", "`resolve=db.internal`"),
        ("tcp:example.com:443", "`connect=example.com:443`"),
        ("tcp=example.com", "`connect=example.com`"),
        ("Connect=example.com", "`connect=example.com`"),
        ("connect example.com:443", "`connect=example.com:443`"),
        (" connect= a", "`connect=a`"),
        ("connect=a:80, b:90", "`connect=a:80`, `connect=b:90`, each"),
        ("connect=a,[::1]:80", "`connect=a`, `connect=[::1]:80`, each"),
        ("connect=a:https", "`connect=a:443`"),
        ("connect=a:", "`connect=a`"),
        ("listen=:8080", "`listen=*:8080`"),
        ("connect=10.0.*", "`connect=10.0.0.0/16`"),
        ("connect=10.*.*.*:80", "`connect=10.0.0.0/8:80`"),
        ("connect=10.0.0.0/255.0.0.0:80", "`connect=10.0.0.0/8:80`"),
        ("connect=10.0.0.1/8:80", "`connect=10.0.0.0/8:80`"),
        ("accept=192.168.1.7/24", "`accept=192.168.1.0/24`"),
        ("connect=name.example@10.1.2.3/8", "`connect=name.example@10.0.0.0/8`"),
        ("connect=[fe80::1]/10:80", "`connect=[fe80::]/10:80`"),
        ("connect=[fe80::1/10]", "`connect=[fe80::/10]`"),
        ("connect=example.com:0", "`connect=example.com`"),
        ("connect:tcp=[::1]:0", "`connect:tcp=[::1]`"),
        ("connect=*example.com", "`connect=*.example.com`"),
        ("connect=.example.com", "`connect=*.example.com`"),
        ("connect=udp://8.8.8.8:53", "`connect:udp=8.8.8.8:53`"),
        ("connect:udp:8.8.8.8:53", "`connect:udp=8.8.8.8:53`"),
        ("connect=/run/app/socket", "`unix=/run/app`"),
        ("connect=unix:/run/app/socket", "`unix=/run/app`"),
        ("unix:///run/app/socket", "`unix=/run/app`"),
        ("listen=8080", "`listen=*:8080`"),
        ("listen:8080", "`listen=*:8080`"),
        ("udp:53", "`udp=*:53`"),
        ("https", "`connect=*:443`"),
        ("https=example.com", "`connect=example.com:443`"),
        ("dns", "`resolve`"),
        ("lookup=db", "`resolve=db`"),
        ("family=AF_NETLINK", "`family=netlink`"),
        ("option=so_mark", "`option=SO_MARK`"),
        ("connect=fe80::abcd", "`connect=[fe80::abcd]`"),
        ("connect=2001:db8::1:80", "`connect=[2001:db8::1:80]` or `connect=[2001:db8::1]:80`"),
    ] {
        let told = rule.parse::<Rule>().expect_err(rule).to_string();
        assert!(told.contains(&format!("write {meant}")), "{rule}: {told}");
    }
}

#[test]
fn nothing_else_is_guessed() {
    for rule in [
        "connect:tpc",
        "connect=10.0.0.1/99",
        "conect=a",
        "connect=a b",
        "connect a b",
        "unix=run/app",
        "",
        "=",
        "%",
        "*",
    ] {
        let told = rule.parse::<Rule>().expect_err(rule).to_string();
        assert!(!told.contains(": write `"), "{rule}: {told}");
    }
}
