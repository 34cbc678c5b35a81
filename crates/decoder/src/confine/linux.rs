//! Landlock and seccomp.

use landlock::{
    ABI, Access, AccessFs, AccessNet, CompatLevel, Compatible, Ruleset, RulesetAttr, RulesetError, RulesetStatus, Scope,
};
use seccompiler::{
    BackendError, BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter,
    SeccompRule, apply_filter,
};
use std::collections::BTreeMap;

/// Gives up every file, every TCP port, and reaching other processes by signals or named sockets. Tells whether the file
/// system at least is closed.
pub(crate) fn give_up_files() -> bool {
    let locked = || -> Result<bool, RulesetError> {
        let rules = Ruleset::default()
            .set_compatibility(CompatLevel::BestEffort)
            .handle_access(AccessFs::from_all(ABI::V5))?
            .handle_access(AccessNet::from_all(ABI::V5))?
            .scope(Scope::from_all(ABI::V6))?;
        Ok(rules.create()?.restrict_self()?.ruleset != RulesetStatus::NotEnforced)
    };
    locked().unwrap_or(false)
}

/// Gives up all system calls but those that computing needs; the others fail as if not permitted. Tells whether it worked.
pub(crate) fn give_up_calls() -> bool {
    let applied = |program: Result<BpfProgram, BackendError>| program.is_ok_and(|p| apply_filter(&p).is_ok());
    applied(no_clone3()) && applied(only_computing())
}

/// Threads are made by a call whose flags cannot be looked at. Said not to exist, libc falls back to the older one.
fn no_clone3() -> Result<BpfProgram, BackendError> {
    let rules = BTreeMap::from([(libc::SYS_clone3, Vec::new())]);
    let absent = SeccompAction::Errno(libc::ENOSYS as u32);
    SeccompFilter::new(rules, SeccompAction::Allow, absent, std::env::consts::ARCH.try_into()?)?.try_into()
}

/// What memory, time, chance and the end need; none opens, creates or sends anything.
const HARMLESS: [libc::c_long; 23] = [
    libc::SYS_brk,
    libc::SYS_clock_gettime,
    libc::SYS_clock_nanosleep,
    // The filter before this one has its say on it.
    libc::SYS_clone3,
    libc::SYS_close,
    libc::SYS_exit,
    libc::SYS_exit_group,
    libc::SYS_futex,
    libc::SYS_getpid,
    libc::SYS_getrandom,
    libc::SYS_gettid,
    libc::SYS_madvise,
    libc::SYS_mremap,
    libc::SYS_munmap,
    libc::SYS_restart_syscall,
    libc::SYS_rseq,
    libc::SYS_rt_sigaction,
    libc::SYS_rt_sigprocmask,
    libc::SYS_rt_sigreturn,
    libc::SYS_sched_getaffinity,
    libc::SYS_sched_yield,
    libc::SYS_sigaltstack,
    libc::SYS_set_robust_list,
];

fn only_computing() -> Result<BpfProgram, BackendError> {
    let mut rules: BTreeMap<i64, Vec<SeccompRule>> = HARMLESS.iter().map(|call| (*call, Vec::new())).collect();
    // The two pipes and, for last words, standard error.
    rules.insert(libc::SYS_read, vec![only(0, SeccompCmpOp::Eq, 0)?]);
    rules.insert(libc::SYS_write, vec![only(0, SeccompCmpOp::Eq, 1)?, only(0, SeccompCmpOp::Eq, 2)?]);
    rules.insert(libc::SYS_writev, vec![only(0, SeccompCmpOp::Eq, 1)?, only(0, SeccompCmpOp::Eq, 2)?]);
    // Memory, but none that can be run.
    let no_code = SeccompCmpOp::MaskedEq(libc::PROT_EXEC as u64);
    rules.insert(libc::SYS_mmap, vec![only(2, no_code.clone(), 0)?]);
    rules.insert(libc::SYS_mprotect, vec![only(2, no_code, 0)?]);
    // Decoders use threads; no processes.
    let threads = SeccompCmpOp::MaskedEq(libc::CLONE_THREAD as u64);
    rules.insert(libc::SYS_clone, vec![only(0, threads, libc::CLONE_THREAD as u64)?]);
    // Aborting is a signal to oneself.
    rules.insert(libc::SYS_tgkill, vec![only(0, SeccompCmpOp::Eq, u64::from(std::process::id()))?]);
    let refused = SeccompAction::Errno(libc::EPERM as u32);
    SeccompFilter::new(rules, refused, SeccompAction::Allow, std::env::consts::ARCH.try_into()?)?.try_into()
}

/// Allows a call only when one of its arguments fits.
fn only(argument: u8, operation: SeccompCmpOp, value: u64) -> Result<SeccompRule, BackendError> {
    SeccompRule::new(vec![SeccompCondition::new(argument, SeccompCmpArgLen::Dword, operation, value)?])
}
