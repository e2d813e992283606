//! A program of WASI 0.3 that looks at a directory with a socket and a pipe in it, and removes both.

use anyhow::{Context as _, Result, ensure};
use wasip3::filesystem::preopens::get_directories;
use wasip3::filesystem::types::{
    Descriptor, DescriptorFlags, DescriptorType, ErrorCode, NewTimestamp, OpenFlags, PathFlags,
};
use wasip3::wit_stream;

struct Program;

wasip3::cli::command::export!(Program);

impl wasip3::exports::cli::run::Guest for Program {
    async fn run() -> Result<(), ()> {
        look().await.map_err(|error| eprintln!("{error:?}"))?;
        println!("files in WASI 0.3");
        Ok(())
    }
}

async fn open(
    directory: &Descriptor,
    name: &str,
    how: OpenFlags,
    flags: DescriptorFlags,
) -> Result<Descriptor, ErrorCode> {
    directory.open_at(PathFlags::empty(), name.into(), how, flags).await
}

async fn look() -> Result<()> {
    let (directory, _) = get_directories().pop().context("a directory")?;
    let (read, write) = (DescriptorFlags::READ, DescriptorFlags::WRITE);
    for name in ["socket", "pipe"] {
        let kind = directory.stat_at(PathFlags::empty(), name.into()).await?.type_;
        ensure!(
            matches!((name, &kind), ("socket", DescriptorType::Socket) | ("pipe", DescriptorType::Fifo)),
            "{kind:?}"
        );
        let opened = open(&directory, name, OpenFlags::DIRECTORY, read).await;
        ensure!(matches!(opened, Err(ErrorCode::NotDirectory)), "{opened:?}");
        // Setting its times opens it no more than that.
        let (kept, changed) = (NewTimestamp::NoChange, NewTimestamp::Now);
        directory.set_times_at(PathFlags::SYMLINK_FOLLOW, name.into(), kept, changed).await?;
    }
    let opened = open(&directory, "socket", OpenFlags::empty(), read).await;
    ensure!(matches!(opened, Err(ErrorCode::NoSuchDevice)), "{opened:?}");
    // What goes by streams is wasmtime's.
    let file = open(&directory, "file", OpenFlags::CREATE, read | write).await?;
    let (mut writer, reader) = wit_stream::new();
    let written = file.write_via_stream(reader, 0);
    ensure!(writer.write_all(b"data".to_vec()).await.is_empty());
    drop(writer);
    written.await?;
    let (stream, ended) = file.read_via_stream(0);
    ensure!(stream.collect().await == b"data");
    ended.await?;
    let (entries, ended) = directory.read_directory();
    let mut names: Vec<_> = entries.collect().await.into_iter().map(|entry| entry.name).collect();
    ended.await?;
    names.sort();
    ensure!(names == ["file", "pipe", "socket"], "{names:?}");
    for name in names {
        directory.unlink_file_at(name).await?;
    }
    Ok(())
}
