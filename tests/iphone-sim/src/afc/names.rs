//! What the operations are called, for faults and for people.

/// The name of an operation; `Unknown` if it has none.
pub(super) fn of(op: u64) -> &'static str {
    match op {
        0x03 => "ReadDir",
        0x04 => "ReadFile",
        0x05 => "WriteFile",
        0x06 => "WritePart",
        0x07 => "Truncate",
        0x08 => "Remove",
        0x09 => "MakeDir",
        0x0A => "GetFileInfo",
        0x0B => "GetDeviceInfo",
        0x0C => "WriteFileAtomic",
        0x0D => "FileOpen",
        0x0F => "FileRead",
        0x10 => "FileWrite",
        0x11 => "FileSeek",
        0x12 => "FileTell",
        0x14 => "FileClose",
        0x15 => "FileSetSize",
        0x18 => "Rename",
        0x1B => "FileLock",
        0x1C => "MakeLink",
        0x1D => "GetFileHash",
        0x1E => "SetModTime",
        0x1F => "GetFileHashRange",
        0x22 => "RemovePathAndContents",
        0x27 => "FileReadAt",
        0x28 => "FileWriteAt",
        _ => "Unknown",
    }
}
