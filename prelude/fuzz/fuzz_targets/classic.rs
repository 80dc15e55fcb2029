//! Classic netCDF files: any bytes are values or an error, and never more values than the file has bytes.

#![no_main]

use isopleth::files::fuzzing::read_all;
use libfuzzer_sys::fuzz_target;
use std::cell::RefCell;
use std::fs::File;
use std::io::{Seek as _, Write as _};

thread_local! {
    static FILE: RefCell<File> = RefCell::new(tempfile::tempfile().expect("a file"));
}

fuzz_target!(|bytes: &[u8]| {
    FILE.with_borrow_mut(|file| {
        file.set_len(0).and_then(|()| file.rewind()).and_then(|()| file.write_all(bytes)).expect("a file is written");
        let used = allocation_counter::measure(|| {
            read_all(bytes, file);
        });
        let limit = (256 << 10) + 64 * bytes.len() as u64;
        assert!(used.bytes_max <= limit, "{} bytes of memory for {}", used.bytes_max, bytes.len());
    });
});
