//! How much memory this process may use, and how much of it is still to be had: of the machine, of its control group, and by
//! the limits of the process itself (`ulimit`).

use super::cgroup::Group;
use std::fs;

/// Memory of this process and around it, in bytes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Memory {
    /// What the process may hold at most.
    pub limit: u64,
    /// What it may still take.
    pub free: u64,
    /// What it held when this was asked.
    pub held: u64,
}

impl Memory {
    /// As it is now.
    pub fn now(group: &Group) -> Self {
        let meminfo = fs::read_to_string("/proc/meminfo").unwrap_or_default();
        Self::of(&meminfo, group, &Process::this())
    }

    fn of(meminfo: &str, group: &Group, process: &Process) -> Self {
        let total = kibibytes(meminfo, "MemTotal:").unwrap_or(u64::MAX);
        let rests = process.limits.iter().map(|(limit, used)| limit.saturating_sub(*used));
        let limit = process.limits.iter().map(|(limit, _)| *limit).chain(group.memory).fold(total, u64::min);
        // Linux before 3.14 does not say what could be had.
        let machine = kibibytes(meminfo, "MemAvailable:").unwrap_or_else(|| total.saturating_sub(process.held));
        let free = rests.chain(group.free).fold(machine, u64::min).min(limit.saturating_sub(process.held));
        Self { limit, free, held: process.held }
    }
}

/// What the system says of this process.
struct Process {
    /// Bytes in memory.
    held: u64,
    /// Limits on address space and data, each with what is used of it.
    limits: Vec<(u64, u64)>,
}

impl Process {
    fn this() -> Self {
        let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
        let of = |resource, used: &str| Some((limit(resource)?, kibibytes(&status, used).unwrap_or_default()));
        let limits = [of(libc::RLIMIT_AS, "VmSize:"), of(libc::RLIMIT_DATA, "VmData:")];
        Self { held: resident(), limits: limits.into_iter().flatten().collect() }
    }
}

#[cfg(target_env = "gnu")]
type Resource = libc::__rlimit_resource_t;
#[cfg(not(target_env = "gnu"))]
type Resource = libc::c_int;

/// A limit of this process, if it has that one.
fn limit(resource: Resource) -> Option<u64> {
    let mut limit = libc::rlimit { rlim_cur: libc::RLIM_INFINITY, rlim_max: libc::RLIM_INFINITY };
    // SAFETY: the structure is ours, and the call fills it in or leaves it as it is.
    let outcome = unsafe { libc::getrlimit(resource, &raw mut limit) };
    (outcome == 0 && limit.rlim_cur != libc::RLIM_INFINITY).then_some(limit.rlim_cur)
}

/// The memory of this process that is in use, in bytes; 0 where the system does not tell.
pub(crate) fn resident() -> u64 {
    let pages = fs::read_to_string("/proc/self/statm").ok().and_then(|text| resident_in(&text));
    pages.unwrap_or(0) * page_size()
}

/// The resident pages in the text of `/proc/self/statm`.
fn resident_in(statm: &str) -> Option<u64> {
    statm.split_whitespace().nth(1)?.parse().ok()
}

fn page_size() -> u64 {
    // SAFETY: no preconditions.
    let size = unsafe { libc::sysconf(libc::_SC_PAGESIZE) };
    u64::try_from(size).unwrap_or(4096)
}

/// A line such as `MemTotal:  32847120 kB`, in bytes.
fn kibibytes(text: &str, name: &str) -> Option<u64> {
    let line = text.lines().find_map(|line| line.strip_prefix(name))?;
    let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kibibytes * 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MEMINFO: &str = "MemTotal:       1000 kB\nMemFree: 1 kB\nMemAvailable:    600 kB\n";
    const KIB: u64 = 1024;

    fn process(held: u64, limits: &[(u64, u64)]) -> Process {
        Process { held, limits: limits.to_vec() }
    }

    #[test]
    fn lines_of_proc_are_read() {
        assert_eq!(kibibytes("MemTotal:       32847120 kB\nMemFree: 1 kB\n", "MemTotal:"), Some(32_847_120 * 1024));
        assert_eq!(kibibytes("nothing", "MemTotal:"), None);
        assert_eq!(resident_in("46291 1203 900 1 0 400 0\n"), Some(1203));
        assert_eq!(resident_in(""), None);
    }

    #[test]
    fn what_other_processes_hold_is_not_free() {
        let memory = Memory::of(MEMINFO, &Group::default(), &process(100 * KIB, &[]));
        assert_eq!(memory, Memory { limit: 1000 * KIB, free: 600 * KIB, held: 100 * KIB });
    }

    #[test]
    fn the_least_of_machine_group_and_process_counts() {
        let group = Group { memory: Some(500 * KIB), free: Some(300 * KIB), cpus: None };
        let memory = Memory::of(MEMINFO, &group, &process(100 * KIB, &[]));
        assert_eq!((memory.limit, memory.free), (500 * KIB, 300 * KIB));
        // Of an address space of 450 KiB 260 are taken, whether or not anything lies there.
        let memory = Memory::of(MEMINFO, &group, &process(100 * KIB, &[(450 * KIB, 260 * KIB), (800 * KIB, 10 * KIB)]));
        assert_eq!((memory.limit, memory.free), (450 * KIB, 190 * KIB));
        // A group that does not say what it uses leaves its limit less what this process holds.
        let silent = Group { free: None, ..group };
        assert_eq!(Memory::of(MEMINFO, &silent, &process(100 * KIB, &[])).free, 400 * KIB);
    }
}
