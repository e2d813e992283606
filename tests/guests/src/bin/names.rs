//! Looks names up with grants and without.

use std::env::args;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use berkeley_guest::poll::poll;
use berkeley_guest::socket::*;
use berkeley_test_guests::fails;

fn main() -> Result<()> {
    match args().nth(1).as_deref() {
        Some("granted") => granted(),
        Some("denied") => denied(),
        Some("refused") => args().skip(2).try_for_each(|name| refused(&name)),
        Some("moved") => moved(&args().nth(2).context("a name")?, args().nth(3).context("a port")?.parse()?),
        Some("crowded") => crowded(&args().nth(2).context("a domain")?, args().nth(3).context("a port")?.parse()?),
        Some("shunned") => shunned(&args().nth(2).context("a domain")?),
        Some("forgotten") => forgotten(&args().nth(2).context("a name")?, args().nth(3).context("a port")?.parse()?),
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

/// The name leads to what it may not lead to, by whichever of the two families it has.
fn refused(name: &str) -> Result<()> {
    let hints = Hints { r#type: SOCK_STREAM, ..Hints::default() };
    for info in getaddrinfo(Some(name), Some("80".into()), hints)? {
        let what = format!("{name} at {}", info.address);
        fails(&what, Socket::new(info.family, SOCK_STREAM, 0)?.connect(info.address.clone()), errno::EACCES)?;
        fails(&what, Socket::new(info.family, SOCK_DGRAM, 0)?.sendto(b"x", info.address), errno::EACCES)?;
    }
    Ok(())
}

/// Looks a name up, tells where it leads, and awaits that it leads elsewhere; then connects to where it led, after each of
/// some more look-ups. Prints how many of them it took until that was refused.
fn moved(name: &str, port: u16) -> Result<()> {
    let led = || gethostbyname(name);
    let connect = |ip: &str| Socket::new(AF_INET, SOCK_STREAM, 0)?.connect((ip, port));
    let first = led()?;
    connect(&first)?;
    println!("{first}");
    let now = std::io::stdin().lines().next().context("a line")??;
    for count in 1..=100 {
        ensure!(led()? == now);
        connect(&now)?;
        if let Err(error) = connect(&first) {
            ensure!(error.number() == Some(errno::EACCES), "{error}");
            println!("{count}");
            return Ok(());
        }
    }
    bail!("it is not forgotten")
}

/// Whether a datagram gets to the address, of a socket that does not know it from before.
fn reaches(ip: &str, port: u16) -> Result<bool> {
    match Socket::new(AF_INET, SOCK_DGRAM, 0)?.sendto(b"x", (ip, port)) {
        Ok(_) => Ok(true),
        Err(error) if error.number() == Some(errno::EACCES) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// Looks `db.internal` up, and then a hundred names of a domain, until the first leads nowhere. Prints how many it took.
fn crowded(domain: &str, port: u16) -> Result<()> {
    let first = gethostbyname("db.internal")?;
    ensure!(reaches(&first, port)?);
    for count in 0..100 {
        gethostbyname(&format!("n{count}.{domain}"))?;
        if !reaches(&first, port)? {
            println!("forgotten after {count}");
            return Ok(());
        }
    }
    println!("kept");
    Ok(())
}

/// Looks a hundred names up that are denied, and prints of how many it was told before there was no room for more.
fn shunned(domain: &str) -> Result<()> {
    let known = (0..100).take_while(|count| gethostbyname(&format!("n{count}.{domain}")).is_ok()).count();
    println!("{known}");
    Ok(())
}

/// Connects to a name, and waits until that leads nowhere any more. What is connected stays, and a look-up leads there again.
fn forgotten(name: &str, port: u16) -> Result<()> {
    let stream = Socket::new(AF_INET, SOCK_STREAM, 0)?;
    // On a machine that is busy, it may be forgotten before it is used.
    let admitted = |admits: &dyn Fn(&str) -> Result<bool>| -> Result<String> {
        loop {
            let ip = gethostbyname(name)?;
            if admits(&ip)? {
                return Ok(ip);
            }
        }
    };
    let ip = admitted(&|ip| match stream.connect((ip, port)) {
        Ok(()) => Ok(true),
        Err(error) if error.number() == Some(errno::EACCES) => Ok(false),
        Err(error) => Err(error.into()),
    })?;
    while reaches(&ip, port)? {
        poll::<&Socket>(&[], Some(Duration::from_millis(10)))?;
    }
    let again = Socket::new(AF_INET, SOCK_STREAM, 0)?.connect((ip.as_str(), port));
    fails("another connection", again, errno::EACCES)?;
    stream.sendall(b"x")?;
    admitted(&|ip| reaches(ip, port))?;
    println!("forgotten");
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
