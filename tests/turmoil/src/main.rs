//! The workload in turmoil. Arguments: `tcp` or `udp`, how many hosts, and how often each client asks. Writes how many seconds
//! have passed there.

mod rounds;

use turmoil::net;

use std::io;
use std::net::IpAddr;
use std::time::Duration;

use turmoil::Builder;

fn lookup(name: &str) -> io::Result<IpAddr> {
    Ok(turmoil::lookup(name))
}

/// As links of `berkeley simulate` are unless a scenario says otherwise.
const LATENCY: Duration = Duration::from_millis(1);

fn main() -> turmoil::Result {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [protocol, hosts, rounds] = &words[..] else { return Err("tcp or udp, how many hosts, and how often".into()) };
    let (hosts, rounds): (usize, u32) = (hosts.parse()?, rounds.parse()?);
    let is_tcp = protocol == "tcp";
    let mut simulation = Builder::new()
        .simulation_duration(Duration::from_secs(100_000))
        .tick_duration(LATENCY)
        .min_message_latency(LATENCY)
        .max_message_latency(LATENCY)
        .tcp_capacity(1000)
        .udp_capacity(1000)
        .build();
    simulation.host("server", move || async move {
        if is_tcp {
            rounds::serve_tcp().await?
        } else {
            rounds::serve_udp().await?
        }
        Ok(())
    });
    for number in 1..hosts {
        simulation.client(format!("client{number}"), async move {
            if is_tcp {
                rounds::ask_tcp("server", rounds).await?
            } else {
                rounds::ask_udp("server", rounds).await?
            }
            Ok(())
        });
    }
    simulation.run()?;
    println!("{}", simulation.elapsed().as_secs_f64());
    Ok(())
}
