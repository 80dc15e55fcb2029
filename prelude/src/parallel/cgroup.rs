//! What the control group of this process allows: a job gets a part of its node, not all of it.
//!
//! Both versions are read, since clusters still run version 1. A limit holds for all groups
//! below, so the smallest one on the way up to the root counts.

use std::fs;
use std::path::{Path, PathBuf};

/// The limits found; none where nothing is limited.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Limits {
    /// Bytes.
    pub memory: Option<u64>,
    /// Processors' worth of time; may be a fraction.
    pub cpus: Option<f64>,
}

/// The limits of this process.
pub fn limits() -> Limits {
    let groups = fs::read_to_string("/proc/self/cgroup").unwrap_or_default();
    limits_in(Path::new("/sys/fs/cgroup"), &groups)
}

/// The limits under `root` of a process whose `/proc/self/cgroup` says `groups`.
fn limits_in(root: &Path, groups: &str) -> Limits {
    let mut found = Limits::default();
    for line in groups.lines() {
        let mut fields = line.splitn(3, ':');
        let (Some(_), Some(controllers), Some(group)) = (fields.next(), fields.next(), fields.next()) else { continue };
        if controllers.is_empty() {
            for folder in upwards(root, group) {
                smaller(&mut found.memory, number(&folder.join("memory.max")));
                smaller(&mut found.cpus, quota_v2(&folder.join("cpu.max")));
            }
            continue;
        }
        for controller in controllers.split(',') {
            for folder in upwards(&root.join(controller), group) {
                match controller {
                    "memory" => smaller(&mut found.memory, number(&folder.join("memory.limit_in_bytes"))),
                    "cpu" => smaller(&mut found.cpus, quota_v1(&folder)),
                    _ => {}
                }
            }
        }
    }
    found
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
        let limits = limits_in(root.path(), "0::/slurm/job_7/step_0\n");
        assert_eq!(limits, Limits { memory: Some(32 << 30), cpus: Some(8.0) });
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
        assert_eq!(limits_in(root.path(), groups), Limits { memory: Some(4 << 30), cpus: Some(1.5) });
    }

    #[test]
    fn in_a_container_the_limit_is_at_the_root_of_the_mount() {
        let root = tree(&[("memory/memory.limit_in_bytes", "1073741824\n")]);
        assert_eq!(limits_in(root.path(), "4:memory:/docker/abc\n").memory, Some(1 << 30));
    }

    #[test]
    fn without_limits_there_are_none() {
        let root = tree(&[
            ("memory.max", "max\n"),
            ("cpu.max", "max 100000\n"),
            ("cpu/cpu.cfs_quota_us", "-1\n"),
            ("cpu/cpu.cfs_period_us", "100000\n"),
        ]);
        assert_eq!(limits_in(root.path(), "2:cpu:/\n0::/\n"), Limits::default());
        assert_eq!(limits_in(root.path(), "nonsense"), Limits::default());
    }
}
