//! A decoder that does what a file's name tells it to, as one would that a file has taken over. Other names are drawn.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "misbehaves on purpose")]

use decoder::Purpose;
use domain::ResourceReader;
use media::{Drawing, PreviewError};
use std::io::{self, Write};

fn main() {
    if std::env::args().nth(1).as_deref() == Some(decoder::ARGUMENT) {
        decoder::serve(&draw);
    }
}

fn draw(purpose: Purpose, name: &str, file: &mut dyn ResourceReader, edge: u32) -> Result<Drawing, PreviewError> {
    // As every decoder, it reads before anything else.
    file.read_at(0, 64)?;
    let tried = match name {
        "abort" => std::process::abort(),
        "exit" => std::process::exit(0),
        "loop" => loop {
            std::hint::spin_loop();
        },
        "deep" => deep(1),
        "memory" => hoard(),
        "lie" => io::stdout().write_all(b"P\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF").and_then(|()| io::stdout().flush()),
        "greedy" => loop {
            file.read_at(0, 1 << 20)?;
        },
        "socket" => std::net::UdpSocket::bind("127.0.0.1:0").map(drop),
        "connect" => std::net::TcpStream::connect("127.0.0.1:9").map(drop),
        "read" => std::fs::read("/etc/hostname").map(drop),
        "write" => std::fs::write(std::env::temp_dir().join("keepsake-offender"), "x"),
        "program" => std::process::Command::new("/bin/true").status().map(drop),
        _ => return decoder::drawn(purpose, name, file, edge),
    };
    // What was possible is shown as a picture, what was refused as an error.
    tried.map_err(|error| PreviewError::Corrupt(format!("{:?}", error.kind())))?;
    Ok(Drawing { rgba: vec![255; 16 * 16 * 4], width: 16, height: 16 })
}

fn deep(level: u64) -> io::Result<()> {
    let here = [level; 128];
    if std::hint::black_box(here)[0] != 0 {
        deep(level + 1)?;
        std::hint::black_box(here);
    }
    Ok(())
}

fn hoard() -> io::Result<()> {
    let mut held: Vec<Vec<u8>> = Vec::new();
    // Twice what is allowed.
    for _ in 0..128 {
        held.push(vec![1; 16 << 20]);
        std::hint::black_box(&held);
    }
    Ok(())
}
