//! What this process holds at this moment.

/// The memory of this process that is in use, in bytes; 0 where the system does not tell.
pub(crate) fn memory_used() -> u64 {
    let pages = std::fs::read_to_string("/proc/self/statm").ok().and_then(|text| resident_in(&text));
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_what_is_resident() {
        assert_eq!(resident_in("46291 1203 900 1 0 400 0\n"), Some(1203));
        assert_eq!(resident_in(""), None);
        let held = memory_used();
        assert!(held > 1 << 20 && held < super::super::memory_limit(), "{held}");
    }
}
