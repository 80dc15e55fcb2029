//! Exports the functions of the C library that the worker stands in for (`worker/sleep.rs`, `worker/stdin.rs`).

fn main() {
    // Older linkers have no `--export-dynamic-symbol`.
    println!("cargo:rustc-link-arg-bins=-Wl,--dynamic-list={}/src/worker/exports.list", env!("CARGO_MANIFEST_DIR"));
    println!("cargo:rerun-if-changed=src/worker/exports.list");
}
