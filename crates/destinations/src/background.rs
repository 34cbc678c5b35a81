//! Work that gives way to other programs.

/// Has the calling thread come after others, for as long as it lives: on Linux, where drives' schedulers take that over for
/// what it reads. Elsewhere it does nothing: there it would be the whole program, or needs more than a call.
pub fn give_way() {
    #[cfg(target_os = "linux")]
    // Refused, the work is done all the same, only with the others.
    let _ = rustix::process::nice(GENTLE);
}

/// Half of the way to the lowest priority there is.
#[cfg(target_os = "linux")]
const GENTLE: i32 = 10;
