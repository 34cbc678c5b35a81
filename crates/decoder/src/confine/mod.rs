//! What a decoder gives up before it sees the first byte of a file. Each system's way is a file of its own.
//!
//! What cannot be given up, such as on an older kernel, is not an error: a crash still costs one picture only.

#[cfg(target_os = "linux")]
mod linux;
#[cfg(unix)]
mod unix;

/// Most bytes that a decoder may have, beyond what the program needs by itself. A picture of 64 megapixels needs 0.8 GiB.
#[cfg(unix)]
const MOST_MEMORY: u64 = 1 << 30;

/// What a decoder has given up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Confinement {
    /// Files, sockets and other processes' signals, by Landlock.
    pub files: bool,
    /// All but a few system calls, by seccomp.
    pub calls: bool,
    /// Memory without a bound, time without a bound, writing files, dumps of what it had in memory.
    pub resources: bool,
}

impl Confinement {
    /// Returns it as bits.
    pub(crate) fn bits(self) -> u8 {
        u8::from(self.files) | u8::from(self.calls) << 1 | u8::from(self.resources) << 2
    }

    /// Reads the bits back.
    pub(crate) fn from_bits(bits: u8) -> Self {
        Self { files: bits & 1 != 0, calls: bits & 2 != 0, resources: bits & 4 != 0 }
    }
}

/// Locks this process in, for good.
#[cfg(target_os = "linux")]
pub(crate) fn confine() -> Confinement {
    // In this order: the last one forbids what the others need.
    let resources = unix::limit_resources();
    Confinement { resources, files: linux::give_up_files(), calls: linux::give_up_calls() }
}

/// Locks this process in as far as the system's plain limits go.
#[cfg(all(unix, not(target_os = "linux")))]
pub(crate) fn confine() -> Confinement {
    Confinement { resources: unix::limit_resources(), ..Confinement::default() }
}

/// Nothing here: see the decision on decoders for what is planned.
#[cfg(not(unix))]
pub(crate) fn confine() -> Confinement {
    Confinement::default()
}
