//! The program's own code, of which starting needs far more than serving: what is not needed any more is not held.
//!
//! Tables, schemas and settings are read once, by code that lies all over the program; the system counts every page around
//! it for this process (30 MiB of an idle server's 55, docs/performance.md). Given back, a page costs nothing until it is
//! run again, and then comes from the file, which the system still has in memory. Not here: memory with anything of ours in
//! it, which is the allocator's.

/// Lets go of the code that is in memory. What runs on comes back by itself.
#[cfg(target_os = "linux")]
pub fn give_back() {
    let Some(code) = own_code() else { return };
    // SAFETY: These pages are mapped from the program's file and may not be written (`r-xp`), so whoever runs or reads one
    // next finds the file's bytes again, which are the same: rustc makes code that needs no changes when it is loaded
    // (no text relocations), and nothing in this program writes to code.
    let given = unsafe {
        rustix::mm::madvise(
            std::ptr::with_exposed_provenance_mut(code.start),
            code.len(),
            rustix::mm::Advice::LinuxDontNeed,
        )
    };
    // A system that cannot do so keeps them: nothing is lost.
    let _ = given;
}

/// Elsewhere nothing is given back.
#[cfg(not(target_os = "linux"))]
pub fn give_back() {}

/// Where the code lies that this very function is part of, if it is a mapped file's: unpacked into memory, it has nowhere to
/// come back from (proc(5), `/proc/pid/maps`: range, rights, offset, device, inode, path).
#[cfg(target_os = "linux")]
fn own_code() -> Option<std::ops::Range<usize>> {
    let here = own_code as fn() -> Option<std::ops::Range<usize>> as usize;
    let maps = std::fs::read_to_string("/proc/self/maps").ok()?;
    maps.lines().find_map(|line| {
        let (range, rest) = line.split_once(' ')?;
        let (start, end) = range.split_once('-')?;
        let range = usize::from_str_radix(start, 16).ok()?..usize::from_str_radix(end, 16).ok()?;
        let is_of_file = rest.split_whitespace().nth(4).is_some_and(|path| path.starts_with('/'));
        (range.contains(&here) && rest.starts_with("r-xp") && is_of_file).then_some(range)
    })
}
