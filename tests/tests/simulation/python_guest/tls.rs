//! Certificates are judged by the calendar of the host that asks.

use berkeley_tests::certificates::certificates;

use crate::scenario::{Scenario, passes};

const PROGRAM: &str = "import asyncio, ssl
async def main():
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain('/keys/expired.pem', '/keys/expired.key')
    client = ssl.create_default_context(cafile='/keys/ca.pem')
    await asyncio.start_server(lambda _, writer: writer.close(), '127.0.0.1', 443, ssl=server)
    for turn in range(2):
        try:
            _, writer = await asyncio.open_connection('127.0.0.1', 443, ssl=client, server_hostname='localhost')
            writer.close()
            print('is trusted', flush=True)
        except ssl.SSLCertVerificationError as error:
            print(error.verify_message, flush=True)
        await asyncio.sleep(10)
asyncio.run(main())
";

/// What is told of a certificate of the year 2001, now and in 10 seconds.
#[track_caller]
fn tells(date: &str, skew: &str, expected: [&str; 2]) {
    let keys = certificates();
    let scenario = Scenario::new(&format!(
        "date = \"{date}\"\n[hosts.a]\npython = \"a.py\"\nfiles = {{ \"/keys\" = {:?} }}\n\
         [[events]]\nat = \"5s\"\nskew = {{ host = \"a\", by = \"{skew}\" }}\n",
        keys.path().display().to_string()
    ));
    std::fs::write(scenario.file("a.py"), PROGRAM).expect("writes");
    let stdout = passes(&scenario.run(&[]));
    let told: Vec<_> = stdout.lines().filter_map(|line| line.split_once("a | ")).map(|(_, told)| told).collect();
    assert_eq!(told, expected, "{stdout}");
}

#[test]
fn certificates_are_judged_by_the_calendar_of_the_host() {
    tells("2001-06-01T00:00:00Z", "0s", ["is trusted"; 2]);
    tells("2026-01-01T00:00:00Z", "0s", ["certificate has expired"; 2]);
    tells("2001-12-31T23:00:00Z", "2h", ["is trusted", "certificate has expired"]);
    tells("2001-01-01T01:00:00Z", "-2h", ["is trusted", "certificate is not yet valid"]);
}
