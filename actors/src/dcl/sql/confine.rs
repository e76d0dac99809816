//! What a worker gives up before it reads what a tenant wrote: memory beyond its budget, processor time, files to write,
//! and in the end any file or socket that is not open yet. The operating system holds these, whatever DuckDB does.
//!
//! It also ends with the process that started it, so that a killed node leaves nobody behind.

use std::io;

use rustix::process::{Resource, Rlimit, Signal, set_parent_process_death_signal, setrlimit};

/// Address space that is reserved and never used: stacks and the arenas of the allocator.
const RESERVED: u64 = 1 << 30;

/// Bounds memory, in bytes beyond what the process holds already, and time.
pub(super) fn bound(memory: u64, seconds: u64) -> io::Result<()> {
    set_parent_process_death_signal(Some(Signal::KILL))?;
    let status = std::fs::read_to_string("/proc/self/status")?;
    set(Resource::Data, held(&status, "VmData:")? + memory)?;
    set(Resource::As, held(&status, "VmSize:")? + memory + RESERVED)?;
    set(Resource::Cpu, seconds)?;
    set(Resource::Fsize, 0)?;
    set(Resource::Core, 0)
}

/// From here on nothing more is opened; what is open stays.
pub(super) fn close_doors() -> io::Result<()> {
    set(Resource::Nofile, 0)
}

fn set(resource: Resource, most: u64) -> io::Result<()> {
    Ok(setrlimit(resource, Rlimit { current: Some(most), maximum: Some(most) })?)
}

/// A line of `/proc/self/status` in bytes.
fn held(status: &str, name: &str) -> io::Result<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix(name));
    let kib = line.and_then(|rest| rest.trim().strip_suffix("kB")).and_then(|kib| kib.trim().parse::<u64>().ok());
    kib.map(|kib| kib << 10).ok_or_else(|| io::Error::other(format!("the process status has no {name}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_status_is_read_in_bytes() {
        let status = "Name:\tx\nVmSize:\t  123456 kB\nVmData:\t     12 kB\n";
        assert_eq!((held(status, "VmSize:").unwrap(), held(status, "VmData:").unwrap()), (123_456 << 10, 12 << 10));
        assert!(held(status, "VmRSS:").is_err());
        let own = std::fs::read_to_string("/proc/self/status").unwrap();
        assert!(held(&own, "VmData:").unwrap() > 0);
    }
}
