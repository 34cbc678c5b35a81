//! Operations on paths.

use super::arguments::Arguments;
use super::files;
use super::frame::{Reply, Request};
use crate::media::{Change, FileInfo, FileKind, OpenMode, PhonePath, Tree};
use crate::status::Status;

const DONE: Reply = Reply::Status(Status::Success);
const BLOCK: u64 = 512;

pub(super) fn answer(tree: &dyn Tree, request: &Request, arguments: &mut Arguments<'_>) -> Result<Reply, Status> {
    let change = |change: Change<'_>| tree.change(change).map(|()| DONE);
    match request.op {
        0x03 => list(tree, &arguments.path()),
        0x04 => {
            let (offset, length) = (arguments.number()?, arguments.number()?);
            read(tree, &arguments.path(), offset, length).map(Reply::Data)
        }
        0x05 | 0x0C => write(tree, &arguments.path(), OpenMode::Truncate, 0, &request.payload),
        0x06 => {
            let offset = arguments.number()?;
            write(tree, &arguments.path(), OpenMode::ReadWrite, offset, &request.payload)
        }
        0x07 => truncate(tree, arguments),
        0x08 => change(Change::Remove(&arguments.path())),
        0x09 => change(Change::MakeFolder(&arguments.path())),
        0x0A => tree.stat(&arguments.path()).map(|info| Reply::Data(pairs(&attributes(&info)))),
        0x0B => Ok(Reply::Data(pairs(&device_info()))),
        0x18 => change(Change::Rename { from: &arguments.path(), to: &arguments.path() }),
        0x1C => link(tree, arguments),
        0x1D => tree.sha1(&arguments.path(), 0, u64::MAX).map(Reply::Data),
        0x1E => {
            let time = arguments.number()?;
            change(Change::SetModified { path: &arguments.path(), time })
        }
        0x1F => {
            let (start, length) = (arguments.number()?, arguments.number()?);
            tree.sha1(&arguments.path(), start, length).map(Reply::Data)
        }
        0x22 => change(Change::RemoveTree(&arguments.path())),
        _ => Err(Status::UnknownPacket),
    }
}

/// `.` and `..` come first: one client drops the first two names without looking.
fn list(tree: &dyn Tree, folder: &PhonePath) -> Result<Reply, Status> {
    let mut data = b".\0..\0".to_vec();
    for name in tree.list(folder)? {
        data.extend_from_slice(&name);
        data.push(0);
    }
    Ok(Reply::Data(data))
}

fn read(tree: &dyn Tree, path: &PhonePath, offset: u64, length: u64) -> Result<Vec<u8>, Status> {
    files::read(tree.open(path, OpenMode::Read)?.as_mut(), offset, length, Vec::new())
}

fn write(tree: &dyn Tree, path: &PhonePath, mode: OpenMode, at: u64, bytes: &[u8]) -> Result<Reply, Status> {
    tree.open(path, mode)?.write_at(at, bytes).map(|()| DONE)
}

fn truncate(tree: &dyn Tree, arguments: &mut Arguments<'_>) -> Result<Reply, Status> {
    let size = arguments.number()?;
    let path = arguments.path();
    tree.stat(&path)?;
    tree.open(&path, OpenMode::ReadWrite)?.resize(size).map(|()| DONE)
}

fn link(tree: &dyn Tree, arguments: &mut Arguments<'_>) -> Result<Reply, Status> {
    const HARD: u64 = 1;
    const SYMBOLIC: u64 = 2;
    let kind = arguments.number()?;
    let target = arguments.text();
    let name = &arguments.path();
    let change = match kind {
        HARD => tree.change(Change::HardLink { existing: &PhonePath::parse(target), name }),
        SYMBOLIC => tree.change(Change::SymbolicLink { target, name }),
        _ => Err(Status::InvalidArgument),
    };
    change.map(|()| DONE)
}

type Pair = (&'static str, Vec<u8>);

fn attributes(info: &FileInfo) -> Vec<Pair> {
    let kind = match info.kind {
        FileKind::Regular => "S_IFREG",
        FileKind::Directory => "S_IFDIR",
        FileKind::Link { .. } => "S_IFLNK",
    };
    let mut pairs = vec![
        ("st_size", decimal(info.size)),
        ("st_blocks", decimal(info.size.div_ceil(BLOCK))),
        ("st_nlink", decimal(info.links)),
        ("st_ifmt", kind.as_bytes().to_vec()),
        ("st_mtime", decimal(info.modified)),
        ("st_birthtime", decimal(info.created)),
    ];
    if let FileKind::Link { target } = &info.kind {
        pairs.push(("LinkTarget", target.clone()));
    }
    pairs.retain(|(name, _)| !info.withheld.iter().any(|withheld| withheld == name));
    pairs
}

fn device_info() -> [Pair; 4] {
    [
        ("Model", b"iPhone14,5".to_vec()),
        ("FSTotalBytes", decimal(128_000_000_000_u64)),
        ("FSFreeBytes", decimal(40_000_000_000_u64)),
        ("FSBlockSize", decimal(4096)),
    ]
}

fn decimal(number: impl ToString) -> Vec<u8> {
    number.to_string().into_bytes()
}

fn pairs(pairs: &[Pair]) -> Vec<u8> {
    let mut data = Vec::new();
    for (key, value) in pairs {
        for text in [key.as_bytes(), value] {
            data.extend_from_slice(text);
            data.push(0);
        }
    }
    data
}
