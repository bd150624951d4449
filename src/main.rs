//! The `atelier` binary. Everything is in the library: see `cli`.

mod program_pages;

use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    atelier::cli::main(program_pages::give_back)
}
