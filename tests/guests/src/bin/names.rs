//! Looks names up with grants and without.

use std::env::args;

use anyhow::{Context, Result, bail, ensure};
use berkeley_guest::socket::*;
use berkeley_test_guests::fails;

fn main() -> Result<()> {
    match args().nth(1).as_deref() {
        Some("granted") => granted(),
        Some("denied") => denied(),
        Some("connects") => connects(&args().nth(2).context("a name")?, args().nth(3).context("a port")?.parse()?),
        Some("named") => named(&args().nth(2).context("a name")?),
        _ => bail!("what is to be done?"),
    }
}

/// All is granted that names need.
fn granted() -> Result<()> {
    let hints = Hints { r#type: SOCK_STREAM, ..Hints::default() };
    ensure!(!getaddrinfo(Some("localhost"), Some("http".into()), hints)?.is_empty());
    ensure!(gethostbyname("localhost")?.starts_with("127."));
    ensure!(!gethostbyname_ex("localhost")?.ipaddrlist.is_empty());
    ensure!(gethostbyaddr("127.0.0.1")?.ipaddrlist == ["127.0.0.1"]);
    ensure!(getnameinfo(("127.0.0.1", 80), 0)?.1 == "http");
    ensure!(!getfqdn("")?.is_empty() && !gethostname()?.is_empty());
    let (index, name) = if_nameindex()?.into_iter().next().context("an interface")?;
    ensure!(if_nametoindex(&name)? == index && if_indextoname(index)? == name);
    Ok(())
}

/// Connects to a name.
fn connects(name: &str, port: u16) -> Result<()> {
    Socket::new(AF_INET, SOCK_STREAM, 0)?.connect((name, port))?;
    Ok(())
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
