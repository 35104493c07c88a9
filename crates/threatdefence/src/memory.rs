//! The process's peak memory.

/// Peak resident memory in bytes, where the system tells without a library: Linux.
/// <https://man7.org/linux/man-pages/man5/proc_pid_status.5.html>
pub fn peak_bytes() -> Option<u64> {
    peak_of(&std::fs::read_to_string("/proc/self/status").ok()?)
}

fn peak_of(status: &str) -> Option<u64> {
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kibibytes: u64 = line.split_whitespace().next()?.parse().ok()?;
    Some(kibibytes * 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_high_water_mark_is_read_in_bytes() {
        assert_eq!(
            peak_of("Name:\tx\nVmHWM:\t   2048 kB\nVmRSS:\t1 kB\n"),
            Some(2 * 1024 * 1024)
        );
        assert_eq!(peak_of("Name:\tx\n"), None);
    }
}
