//! Looks up what each line of stdin asks for, and prints the line with the answer, as a Python program does it too.
//!
//! A line is the name of a function and its arguments, divided by tabs; `-` stands for none.

use std::env::args;
use std::fmt::Display;
use std::io::{BufRead, stdin};
use std::net::{Ipv6Addr, SocketAddr, SocketAddrV6};

use anyhow::{Context, Result, bail, ensure};
use berkeley_guest::error::Error;
use berkeley_guest::socket::*;
use berkeley_test_guests::{fails, hex, unhex};

fn main() -> Result<()> {
    match args().nth(1).as_deref() {
        Some("answers") => answers(),
        Some("denied") => denied(),
        Some("named") => named(&args().nth(2).context("a name")?),
        _ => bail!("what is to be done?"),
    }
}

fn answers() -> Result<()> {
    for line in stdin().lock().lines() {
        let line = line?;
        let words: Vec<_> = line.split('\t').collect();
        let answer = match ask(&words).with_context(|| line.clone())? {
            Ok(answer) => answer,
            Err(error) => told(&error),
        };
        println!("{line}: {answer}");
    }
    Ok(())
}

fn told(error: &Error) -> String {
    let kind = match error {
        Error::Gai(_) | Error::GaiNumber(_) => "gaierror",
        Error::Herror(_) => "herror",
        Error::Invalid(text) => return format!("invalid: {text}"),
        _ => "OSError",
    };
    let number = error.number().map_or_else(String::new, |number| number.to_string());
    // The texts of the system's own numbers are looked at elsewhere.
    if kind == "OSError" { format!("{kind} {number}") } else { format!("{kind} {number} {error}") }
}

fn ask(words: &[&str]) -> Result<berkeley_guest::Result<String>> {
    let text = |at: usize| words.get(at).copied().context("a word is missing");
    let optional = |at: usize| Ok::<_, anyhow::Error>(Some(text(at)?).filter(|word| *word != "-"));
    let number = |at: usize| Ok::<i32, anyhow::Error>(text(at)?.parse()?);
    let port = |at: usize| Ok::<u16, anyhow::Error>(text(at)?.parse()?);
    Ok(match text(0)? {
        "getaddrinfo" => {
            let hints = Hints { family: number(3)?, r#type: number(4)?, proto: number(5)?, flags: number(6)? };
            getaddrinfo(optional(1)?, optional(2)?.map(Service::from), hints)
                .map(|infos| joined(infos.iter().map(info)))
        }
        "getnameinfo" => {
            let (port, flags) = (port(2)?, number(3)?);
            let named = match text(1)?.parse::<Ipv6Addr>() {
                Ok(ip) => {
                    let (scope, flow) = (text(4)?.parse()?, words.get(5).map_or(Ok(0), |word| word.parse())?);
                    getnameinfo(SocketAddrV6::new(ip, port, flow, scope), flags)
                }
                Err(_) => getnameinfo((text(1)?, port), flags),
            };
            named.map(|(host, service)| format!("{host} {service}"))
        }
        "getfqdn" => getfqdn(text(1)?),
        "gethostname" => gethostname(),
        "if_nameindex" => if_nameindex().map(|all| joined(all.iter().map(|(index, name)| format!("{index} {name}")))),
        "if_nametoindex" => if_nametoindex(text(1)?).map(|index| index.to_string()),
        "if_indextoname" => if_indextoname(text(1)?.parse()?),
        "gethostbyname" => gethostbyname(text(1)?),
        "gethostbyname_ex" => gethostbyname_ex(text(1)?).map(|entry| host(&entry)),
        "gethostbyaddr" => gethostbyaddr(text(1)?).map(|entry| host(&entry)),
        "getservbyname" => getservbyname(text(1)?, optional(2)?).map(|port| port.to_string()),
        "getservbyport" => getservbyport(port(1)?, optional(2)?),
        "getprotobyname" => getprotobyname(text(1)?).map(|number| number.to_string()),
        "inet_aton" => inet_aton(text(1)?).map(|bytes| hex(&bytes)),
        "inet_ntoa" => inet_ntoa(&unhex(text(1)?)?),
        "inet_pton" => inet_pton(number(1)?, text(2)?).map(|bytes| hex(&bytes)),
        "inet_ntop" => inet_ntop(number(1)?, &unhex(text(2)?)?),
        other => bail!("no function {other}"),
    })
}

fn info(info: &AddressInfo) -> String {
    let address = match info.address.as_socket_addr() {
        Some(SocketAddr::V4(at)) => format!("{} {}", at.ip(), at.port()),
        Some(SocketAddr::V6(at)) => format!("{} {} {} {}", at.ip(), at.port(), at.flowinfo(), at.scope_id()),
        None => info.address.to_string(),
    };
    format!("{} {} {} [{}] {address}", info.family, info.r#type, info.proto, info.canonname)
}

fn host(entry: &HostEntry) -> String {
    format!("{} [{}] [{}]", entry.hostname, joined(&entry.aliaslist), joined(&entry.ipaddrlist))
}

fn joined(items: impl IntoIterator<Item = impl Display>) -> String {
    items.into_iter().map(|item| item.to_string()).collect::<Vec<_>>().join(", ")
}

/// Names the host, and prints its name.
fn named(name: &str) -> Result<()> {
    sethostname(name)?;
    println!("{}", gethostname()?);
    fails("too long", sethostname(&"x".repeat(65)), errno::EINVAL)
}

/// Nothing is granted.
fn denied() -> Result<()> {
    let hints = Hints::default();
    let stream = Hints { r#type: SOCK_STREAM, ..hints };
    let web = || Some("http".into());
    fails("getaddrinfo", getaddrinfo(Some("localhost"), web(), hints), errno::EACCES)?;
    fails("gethostbyname", gethostbyname("localhost"), errno::EACCES)?;
    fails("gethostbyname_ex", gethostbyname_ex("localhost"), errno::EACCES)?;
    fails("gethostbyaddr", gethostbyaddr("127.0.0.1"), errno::EACCES)?;
    fails("getfqdn", getfqdn(""), errno::EACCES)?;
    ensure!(getfqdn("localhost")? == "localhost", "what may not be looked up is not known");
    fails("getnameinfo", getnameinfo(("127.0.0.1", 80), 0), errno::EACCES)?;
    fails("getnameinfo", getnameinfo(("127.0.0.1", 80), NI_NUMERICSERV), errno::EACCES)?;
    let socket = Socket::new(AF_INET, SOCK_STREAM, 0)?;
    fails("connect by a name", socket.connect(("localhost", 80)), errno::EACCES)?;
    // What needs no look-up needs no grant.
    ensure!(getaddrinfo(Some("127.0.0.1"), web(), stream)?[0].address.port() == Some(80));
    ensure!(getaddrinfo(None, web(), stream)?.iter().all(|info| info.address.port() == Some(80)));
    ensure!(gethostbyname("127.0.0.1")? == "127.0.0.1" && gethostbyname("")? == "0.0.0.0");
    ensure!(gethostbyname_ex("127.0.0.1")?.ipaddrlist == ["127.0.0.1"]);
    ensure!(getnameinfo(("127.0.0.1", 80), NI_NUMERICHOST)? == ("127.0.0.1".into(), "http".into()));
    ensure!(getservbyname("http", None)? == 80 && getservbyport(80, Some("tcp"))? == "http");
    ensure!(getprotobyname("tcp")? == IPPROTO_TCP);
    Ok(())
}
