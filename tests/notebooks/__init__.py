"""Differential test of the kernel: generated notebooks print what ordinary Rust programs of the same statements print."""
