//! How many processors and how much memory this process may use, which is rarely all there is.

use super::cgroup;
use std::fs;

/// The processors that this process may use: its affinity and its control group count, not the machine.
///
/// ```
/// assert!(isopleth::parallel::cpus() >= 1);
/// ```
pub fn cpus() -> usize {
    // The standard library honours the affinity; the quota is ours to read, since a job's may be set far up.
    let visible = std::thread::available_parallelism().map_or(1, |n| n.get());
    match cgroup::limits().cpus {
        // Half a processor's time is no reason to start another thread.
        Some(quota) => visible.min((quota.floor() as usize).max(1)),
        None => visible,
    }
}

/// The memory that this process may use, in bytes: the machine's, or its control group's limit if that is less.
pub fn memory_limit() -> u64 {
    let machine = fs::read_to_string("/proc/meminfo").ok().and_then(|text| total_in(&text)).unwrap_or(u64::MAX);
    cgroup::limits().memory.map_or(machine, |limit| limit.min(machine))
}

/// The machine's memory as `/proc/meminfo` gives it, in bytes.
fn total_in(meminfo: &str) -> Option<u64> {
    let line = meminfo.lines().find_map(|line| line.strip_prefix("MemTotal:"))?;
    let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kibibytes * 1024)
}

/// Bytes for people: `31.2 GiB`.
pub(crate) fn bytes(count: u64) -> String {
    const UNITS: [&str; 5] = ["B", "KiB", "MiB", "GiB", "TiB"];
    let mut value = count as f64;
    let mut unit = 0;
    while value >= 1024.0 && unit + 1 < UNITS.len() {
        value /= 1024.0;
        unit += 1;
    }
    if unit == 0 { format!("{count} B") } else { format!("{value:.1} {}", UNITS[unit]) }
}

/// The same where it changes all the time and stands beside much else: `412 MiB`, `31.2 GiB`.
pub(crate) fn short_bytes(count: u64) -> String {
    let text = bytes(count);
    match text.split_once('.') {
        Some((whole, rest)) if whole.len() >= 3 => {
            let unit = rest.trim_start_matches(|digit: char| digit.is_ascii_digit());
            format!("{whole}{unit}")
        }
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_machines_memory_is_read() {
        assert_eq!(total_in("MemTotal:       32847120 kB\nMemFree: 1 kB\n"), Some(32_847_120 * 1024));
        assert_eq!(total_in("nothing"), None);
        assert!(memory_limit() > 64 << 20);
    }

    #[test]
    fn bytes_are_shown_with_a_fitting_unit() {
        assert_eq!(bytes(0), "0 B");
        assert_eq!(bytes(74_880_000), "71.4 MiB");
        assert_eq!(bytes(32 << 30), "32.0 GiB");
        assert_eq!([short_bytes(412 << 20), short_bytes(32 << 30), short_bytes(7)], ["412 MiB", "32.0 GiB", "7 B"]);
    }
}
