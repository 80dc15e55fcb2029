//! What the control group of this process allows: a job gets a part of its node, not all of it.
//!
//! Both versions are read, since clusters still run version 1. A limit holds for all groups
//! below, so the smallest one on the way up to the root counts.

use std::fs;
use std::path::{Path, PathBuf};

/// What was found; nothing where nothing is limited.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Group {
    /// Bytes that all processes of a group may hold together.
    pub memory: Option<u64>,
    /// Bytes of that which nobody holds yet. What the system keeps of files can be taken from it at any time, and counts
    /// as free.
    pub free: Option<u64>,
    /// Processors' worth of time; may be a fraction.
    pub cpus: Option<f64>,
}

/// The group of this process.
pub(super) fn group() -> Group {
    let groups = fs::read_to_string("/proc/self/cgroup").unwrap_or_default();
    group_in(Path::new("/sys/fs/cgroup"), &groups)
}

/// The names that a version has for what is asked of a group.
struct Names {
    limit: &'static str,
    used: &'static str,
    /// What `memory.stat` calls the pages that can be taken at any time.
    reclaimable: [&'static str; 3],
}

const VERSION_1: Names = Names {
    limit: "memory.limit_in_bytes",
    used: "memory.usage_in_bytes",
    reclaimable: ["total_inactive_file", "total_active_file", "total_slab_reclaimable"],
};

const VERSION_2: Names = Names {
    limit: "memory.max",
    used: "memory.current",
    reclaimable: ["inactive_file", "active_file", "slab_reclaimable"],
};

/// What holds under `root` for a process whose `/proc/self/cgroup` says `groups`.
fn group_in(root: &Path, groups: &str) -> Group {
    let mut found = Group::default();
    for line in groups.lines() {
        let mut fields = line.splitn(3, ':');
        let (Some(_), Some(controllers), Some(group)) = (fields.next(), fields.next(), fields.next()) else { continue };
        if controllers.is_empty() {
            for folder in upwards(root, group) {
                memory(&folder, &VERSION_2, &mut found);
                smaller(&mut found.cpus, quota_v2(&folder.join("cpu.max")));
            }
            continue;
        }
        for controller in controllers.split(',') {
            for folder in upwards(&root.join(controller), group) {
                match controller {
                    "memory" => memory(&folder, &VERSION_1, &mut found),
                    "cpu" => smaller(&mut found.cpus, quota_v1(&folder)),
                    _ => {}
                }
            }
        }
    }
    found
}

/// The limit of one group, and what its processes have left of it: a group further up may have a larger limit and less left.
fn memory(folder: &Path, names: &Names, found: &mut Group) {
    let Some(limit) = number(&folder.join(names.limit)) else { return };
    smaller(&mut found.memory, Some(limit));
    let Some(used) = number(&folder.join(names.used)) else { return };
    let stat = fs::read_to_string(folder.join("memory.stat")).unwrap_or_default();
    let reclaimable = names.reclaimable.iter().filter_map(|name| counter(&stat, name)).fold(0, u64::saturating_add);
    smaller(&mut found.free, Some(limit.saturating_sub(used.saturating_sub(reclaimable))));
}

/// One line of `memory.stat`, in bytes.
fn counter(stat: &str, name: &str) -> Option<u64> {
    let value = |line: &str| line.strip_prefix(name)?.strip_prefix(' ')?.trim().parse().ok();
    stat.lines().find_map(value)
}

/// The group's folder and all above it. In a container the names of the upper
/// groups may not exist under the mount, where only the root is ours; they are skipped by being unreadable.
fn upwards(mount: &Path, group: &str) -> Vec<PathBuf> {
    let group = Path::new(group.trim_start_matches('/'));
    group.ancestors().map(|part| mount.join(part)).collect()
}

fn smaller<T: PartialOrd>(kept: &mut Option<T>, other: Option<T>) {
    if let Some(other) = other
        && kept.as_ref().is_none_or(|kept| other < *kept)
    {
        *kept = Some(other);
    }
}

/// A file with one number; `max` (version 2) and the huge number of version 1 both mean no limit.
fn number(file: &Path) -> Option<u64> {
    const UNLIMITED: u64 = 1 << 62;
    fs::read_to_string(file).ok()?.trim().parse().ok().filter(|&bytes| bytes < UNLIMITED)
}

fn quota_v2(file: &Path) -> Option<f64> {
    let text = fs::read_to_string(file).ok()?;
    let mut fields = text.split_whitespace();
    ratio(fields.next()?.parse().ok()?, fields.next()?.parse().ok()?)
}

fn quota_v1(folder: &Path) -> Option<f64> {
    let read = |name: &str| fs::read_to_string(folder.join(name)).ok()?.trim().parse::<f64>().ok();
    ratio(read("cpu.cfs_quota_us")?, read("cpu.cfs_period_us")?)
}

/// A quota of -1 is none.
fn ratio(quota: f64, period: f64) -> Option<f64> {
    (quota > 0.0 && period > 0.0).then(|| quota / period)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(files: &[(&str, &str)]) -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        for (file, text) in files {
            let path = root.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        root
    }

    #[test]
    fn version_2_takes_the_smallest_limit_on_the_way_up() {
        let root = tree(&[
            ("slurm/job_7/step_0/memory.max", "max\n"),
            ("slurm/job_7/memory.max", "34359738368\n"),
            ("slurm/memory.max", "68719476736\n"),
            ("slurm/job_7/step_0/cpu.max", "max 100000\n"),
            ("slurm/job_7/cpu.max", "800000 100000\n"),
        ]);
        let group = group_in(root.path(), "0::/slurm/job_7/step_0\n");
        assert_eq!(group, Group { memory: Some(32 << 30), free: None, cpus: Some(8.0) });
    }

    #[test]
    fn version_1_has_a_folder_for_each_controller() {
        let root = tree(&[
            ("memory/slurm/job_7/memory.limit_in_bytes", "4294967296\n"),
            ("memory/memory.limit_in_bytes", "9223372036854771712\n"),
            ("cpu/slurm/job_7/cpu.cfs_quota_us", "150000\n"),
            ("cpu/slurm/job_7/cpu.cfs_period_us", "100000\n"),
        ]);
        let groups = "4:memory:/slurm/job_7\n3:cpuset:/slurm/job_7\n2:cpu,cpuacct:/slurm/job_7\n0::/\n";
        assert_eq!(group_in(root.path(), groups), Group { memory: Some(4 << 30), free: None, cpus: Some(1.5) });
    }

    #[test]
    fn in_a_container_the_limit_is_at_the_root_of_the_mount() {
        let root = tree(&[("memory/memory.limit_in_bytes", "1073741824\n")]);
        assert_eq!(group_in(root.path(), "4:memory:/docker/abc\n").memory, Some(1 << 30));
    }

    #[test]
    fn without_limits_there_are_none() {
        let root = tree(&[
            ("memory.max", "max\n"),
            ("cpu.max", "max 100000\n"),
            ("cpu/cpu.cfs_quota_us", "-1\n"),
            ("cpu/cpu.cfs_period_us", "100000\n"),
        ]);
        assert_eq!(group_in(root.path(), "2:cpu:/\n0::/\n"), Group::default());
        assert_eq!(group_in(root.path(), "nonsense"), Group::default());
    }

    #[test]
    fn what_others_of_the_group_hold_is_not_free_but_what_is_kept_of_files_is() {
        let root = tree(&[
            ("job/step/memory.max", "8000\n"),
            ("job/step/memory.current", "5000\n"),
            (
                "job/step/memory.stat",
                "anon 3000\nfile 2000\ninactive_file 1200\nactive_file 700\nslab_reclaimable 100\n",
            ),
            ("job/memory.max", "10000\n"),
            ("job/memory.current", "9500\n"),
            ("job/memory.stat", "anon 9000\ninactive_file 500\n"),
        ]);
        // The step has 5,000 left, but its job only 1,000.
        assert_eq!(group_in(root.path(), "0::/job/step\n"), Group { memory: Some(8000), free: Some(1000), cpus: None });
        let root = tree(&[
            ("memory/job/memory.limit_in_bytes", "8000\n"),
            ("memory/job/memory.usage_in_bytes", "5000\n"),
            ("memory/job/memory.stat", "inactive_file 1\ntotal_inactive_file 500\ntotal_active_file 250\n"),
        ]);
        assert_eq!(group_in(root.path(), "4:memory:/job\n").free, Some(3750));
    }
}
