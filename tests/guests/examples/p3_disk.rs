//! A program of WASI 0.3 that tells what its disk is like: the time of a file, the order of a directory, numbers, and
//! whether there is room.

use std::time::Duration;

use anyhow::{Context as _, Result};
use wasip3::clocks::monotonic_clock::wait_for;
use wasip3::filesystem::preopens::get_directories;
use wasip3::filesystem::types::{Descriptor, DescriptorFlags, ErrorCode, OpenFlags, PathFlags};
use wasip3::wit_stream;

struct Program;

wasip3::cli::command::export!(Program);

impl wasip3::exports::cli::run::Guest for Program {
    async fn run() -> Result<(), ()> {
        look().await.map_err(|error| eprintln!("{error:?}"))
    }
}

const PATH: PathFlags = PathFlags::empty();

async fn wait(time: Duration) -> Result<()> {
    wait_for(u64::try_from(time.as_nanos())?).await;
    Ok(())
}

async fn put(file: &Descriptor, text: &str, at: u64) -> Result<(), ErrorCode> {
    let (mut writer, reader) = wit_stream::new();
    let written = file.write_via_stream(reader, at);
    // What is left over was not taken, which the future tells.
    let _ = writer.write_all(text.as_bytes().to_vec()).await;
    drop(writer);
    written.await
}

async fn look() -> Result<()> {
    let (directory, _) = get_directories().pop().context("a directory")?;
    let flags = DescriptorFlags::READ | DescriptorFlags::WRITE;
    for name in ["z", "a", "m"] {
        wait(Duration::from_secs(1)).await?;
        let file = directory.open_at(PATH, name.into(), OpenFlags::CREATE, flags).await?;
        put(&file, "text", 0).await?;
        let (opened, stat) = (file.stat().await?, directory.stat_at(PATH, name.into()).await?);
        let seconds = |time: Option<wasip3::clocks::system_clock::Instant>| time.map(|time| time.seconds);
        println!(
            "{name} of {} bytes: {:?} {:?} {:?}",
            opened.size,
            seconds(opened.data_modification_timestamp),
            seconds(stat.data_modification_timestamp),
            seconds(stat.status_change_timestamp)
        );
        let (one, other) = (file.metadata_hash().await?, directory.metadata_hash_at(PATH, name.into()).await?);
        println!("number {} {} {} {}", one.lower, one.upper, other.lower, other.upper);
    }
    let (entries, ended) = directory.read_directory();
    let names: Vec<_> = entries.collect().await.into_iter().map(|entry| entry.name).collect();
    ended.await?;
    println!("{}", names.join(" "));
    let stat = directory.stat().await?;
    println!("{} {}", stat.size, stat.link_count);
    let file = directory.open_at(PATH, "a".into(), OpenFlags::empty(), flags).await?;
    for _ in 0..3 {
        println!("{:?}", put(&file, "more", 4).await);
        wait(Duration::from_secs(5)).await?;
    }
    let (stream, ended) = file.read_via_stream(0);
    println!("{}", String::from_utf8(stream.collect().await)?);
    ended.await?;
    Ok(())
}
