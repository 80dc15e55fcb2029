//! Records the compiler that builds the prelude: cells must be compiled by the same one, and `about()` names it.
//! And what the installed GDAL can do that an older one cannot.

use std::env;
use std::process::Command;

fn main() {
    let rustc = env::var("RUSTC").unwrap_or_else(|_| "rustc".to_owned());
    let output = Command::new(&rustc).arg("--version").output().unwrap_or_else(|error| panic!("{rustc}: {error}"));
    let text = String::from_utf8_lossy(&output.stdout);
    let version = text.split_whitespace().nth(1).unwrap_or("unknown");
    println!("cargo::rustc-env=ISOPLETH_RUSTC={version}");
    // 64-bit integers as pixels came with GDAL 3.5; before it the bindings do not name them.
    println!("cargo::rustc-check-cfg=cfg(gdal_int64)");
    let gdal = env::var("DEP_GDAL_VERSION_NUMBER").ok().and_then(|number| number.parse::<u64>().ok());
    if gdal.is_some_and(|number| number >= 3_050_000) {
        println!("cargo::rustc-cfg=gdal_int64");
    }
    // Signed bytes as pixels came with GDAL 3.7.
    println!("cargo::rustc-check-cfg=cfg(gdal_int8)");
    if gdal.is_some_and(|number| number >= 3_070_000) {
        println!("cargo::rustc-cfg=gdal_int8");
    }
    // What cargo-fuzz sets: see fuzz/README.md.
    println!("cargo::rustc-check-cfg=cfg(fuzzing)");
    println!("cargo::rerun-if-env-changed=RUSTC");
    println!("cargo::rerun-if-changed=build.rs");
}
