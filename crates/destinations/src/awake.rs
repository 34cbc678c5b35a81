//! A computer that sleeps copies nothing: while photos are copied or read again it is kept from going to sleep by itself.
//! Linux and macOS have a program for that, which asks the right service and ends with us however we end; Windows has a call.

use std::marker::PhantomData;
#[cfg(unix)]
use std::process::{Child, Command, Stdio};

#[cfg(windows)]
mod windows;

/// Keeps the computer awake for as long as it lives. Where nothing can do that, it does nothing: work is never refused for
/// it, and a lid that is closed or a person who chooses to sleep has the last word everywhere.
#[derive(Debug)]
pub struct Awake {
    #[cfg(unix)]
    keeper: Option<Child>,
    /// Windows asks each thread for itself.
    _of_this_thread: PhantomData<*const ()>,
}

impl Awake {
    /// Begins to keep the computer awake. `why` is shown by systems that list who does, as `Importing photos`.
    pub fn keep(why: &str) -> Self {
        #[cfg(unix)]
        return Self { keeper: start(&mut keeper(why)), _of_this_thread: PhantomData };
        #[cfg(not(unix))]
        {
            let _ = why;
            #[cfg(windows)]
            windows::need_system(true);
            Self { _of_this_thread: PhantomData }
        }
    }
}

impl Drop for Awake {
    fn drop(&mut self) {
        #[cfg(unix)]
        if let Some(keeper) = &mut self.keeper {
            // One that had nobody to ask has ended long ago; either way nothing of it stays behind.
            drop(keeper.stdin.take());
            drop(keeper.kill());
            drop(keeper.wait());
        }
        #[cfg(windows)]
        windows::need_system(false);
    }
}

/// `systemd-inhibit` holds logind's lock while its own child lives, which ends with the pipe from us: also when we crash.
#[cfg(all(unix, not(target_os = "macos")))]
fn keeper(why: &str) -> Command {
    let mut command = Command::new("systemd-inhibit");
    command.args(["--what=sleep:idle", "--who=Keepsake", "--mode=block"]).arg(format!("--why={why}")).arg("cat");
    command
}

/// `caffeinate` holds a power assertion against idle sleep until the process that it watches has ended.
#[cfg(target_os = "macos")]
fn keeper(_why: &str) -> Command {
    let mut command = Command::new("/usr/bin/caffeinate");
    command.args(["-i", "-w", &std::process::id().to_string()]);
    command
}

/// Starts it without a word from it; `None` where there is no such program.
#[cfg(unix)]
fn start(keeper: &mut Command) -> Option<Child> {
    keeper.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().ok()
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::path::Path;
    use std::time::{Duration, Instant};

    /// Has a shell stand in for the system's program: it says that it is there until its pipe ends.
    fn stand_in(mark: &Path) -> Command {
        let mut command = Command::new("sh");
        command.arg("-c").arg(": > \"$0\"; cat; rm \"$0\"").arg(mark);
        command
    }

    fn until(holds: impl Fn() -> bool) {
        let began = Instant::now();
        while !holds() {
            assert!(began.elapsed() < Duration::from_secs(20), "it takes too long");
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    #[test]
    fn the_keeper_lives_as_long_as_the_work_and_leaves_nothing_behind() {
        let folder = tempfile::tempdir().unwrap();
        let mark = folder.path().join("awake");
        let keeper = start(&mut stand_in(&mark));
        let process = keeper.as_ref().map(|child| Path::new("/proc").join(child.id().to_string())).unwrap();
        let awake = Awake { keeper, _of_this_thread: PhantomData };
        until(|| mark.exists());
        drop(awake);
        assert!(!cfg!(target_os = "linux") || !process.exists(), "it is still there, or nobody took note of its end");
    }

    #[test]
    fn the_keeper_ends_by_itself_when_we_are_gone() {
        let folder = tempfile::tempdir().unwrap();
        let mark = folder.path().join("awake");
        let mut keeper = start(&mut stand_in(&mark)).unwrap();
        until(|| mark.exists());
        // A crash closes the pipe and does nothing else.
        drop(keeper.stdin.take());
        until(|| !mark.exists());
        keeper.wait().unwrap();
    }

    #[test]
    fn work_goes_on_where_nobody_can_be_asked() {
        assert!(start(&mut Command::new("/nowhere/systemd-inhibit")).is_none());
        drop(Awake { keeper: None, _of_this_thread: PhantomData });
        drop(Awake { keeper: start(&mut Command::new("false")), _of_this_thread: PhantomData });
    }
}
