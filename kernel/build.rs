//! Exports this program's `read`, which the worker needs: see `src/worker/stdin.rs`.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rustc-link-arg-bins=-Wl,--export-dynamic-symbol=read");
}
