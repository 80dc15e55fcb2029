//! How many processors this process may use, which is rarely all there are.

use super::cgroup::Group;

/// The processors by affinity and by the control group's quota.
pub(super) fn cpus(group: &Group) -> usize {
    // The standard library honours the affinity; the quota is ours to read, since a job's may be set far up.
    let visible = std::thread::available_parallelism().map_or(1, |n| n.get());
    match group.cpus {
        // Half a processor's time is no reason to start another thread.
        Some(quota) => visible.min((quota.floor() as usize).max(1)),
        None => visible,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_of_a_processor_is_one() {
        assert_eq!(cpus(&Group { cpus: Some(0.5), ..Group::default() }), 1);
        assert_eq!(cpus(&Group { cpus: Some(1.9), ..Group::default() }), 1);
        assert!(cpus(&Group::default()) >= 1);
    }
}
