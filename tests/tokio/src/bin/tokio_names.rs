//! A resolver that asks a server of DNS itself, hickory-resolver's, by UDP and then by TCP: its argument is the server's
//! port.

use std::env;
use std::net::{IpAddr, Ipv4Addr};

use berkeley_test_tokio::Result;
use hickory_resolver::TokioResolver;
use hickory_resolver::config::{ConnectionConfig, NameServerConfig, ResolveHosts, ResolverConfig};
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use hickory_resolver::proto::rr::RecordType;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result {
    let port: u16 = env::args().nth(1).ok_or("which port?")?.parse()?;
    for mut connection in [ConnectionConfig::udp(), ConnectionConfig::tcp()] {
        connection.port = port;
        let server = NameServerConfig::new(IpAddr::V4(Ipv4Addr::LOCALHOST), true, vec![connection]);
        let config = ResolverConfig::from_name_servers(vec![server]);
        let mut builder = TokioResolver::builder_with_config(config, TokioRuntimeProvider::default());
        builder.options_mut().use_hosts_file = ResolveHosts::Never;
        ask(&builder.build()?).await?;
    }
    Ok(())
}

async fn ask(resolver: &TokioResolver) -> Result {
    for kind in [RecordType::A, RecordType::AAAA, RecordType::TXT] {
        let name = if kind == RecordType::TXT { "text.test." } else { "host.test." };
        for record in resolver.lookup(name, kind).await?.answers() {
            println!("{}", record.data);
        }
    }
    // All at once.
    let asked = (0..50).map(|_| resolver.lookup_ip("host.test."));
    let tasks: Vec<_> = asked.collect();
    let mut answered = 0;
    for task in tasks {
        answered += task.await?.iter().count();
    }
    println!("{answered}");
    println!("{}", resolver.lookup_ip("none.test.").await.is_err());
    Ok(())
}
