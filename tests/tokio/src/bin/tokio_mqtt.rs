//! A client of MQTT, rumqttc: publishes, and gets what it has published. Its argument is the broker's port.

use std::env;
use std::time::Duration;

use berkeley_test_tokio::Result;
use rumqttc::{AsyncClient, Event, MqttOptions, Packet, QoS};

const MESSAGES: usize = 10;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result {
    let port = env::args().nth(1).ok_or("which port?")?.parse()?;
    let mut options = MqttOptions::new("a guest", "127.0.0.1", port);
    options.set_keep_alive(Duration::from_secs(60)).set_max_packet_size(100_000, 100_000);
    let (client, mut events) = AsyncClient::new(options, 4);
    client.subscribe("topic/#", QoS::ExactlyOnce).await?;
    let publisher = tokio::spawn(async move {
        for number in 0..MESSAGES {
            client.publish(format!("topic/{number}"), QoS::ExactlyOnce, false, vec![7; 20_000]).await?;
        }
        // It is kept until all are there.
        Ok::<_, rumqttc::ClientError>(client)
    });
    let (mut messages, mut bytes) = (0, 0);
    while messages < MESSAGES {
        if let Event::Incoming(Packet::Publish(message)) = events.poll().await? {
            messages += 1;
            bytes += message.payload.len();
        }
    }
    println!("{messages} {bytes}");
    publisher.await??.disconnect().await?;
    while !matches!(events.poll().await, Ok(Event::Outgoing(rumqttc::Outgoing::Disconnect)) | Err(_)) {}
    Ok(())
}
