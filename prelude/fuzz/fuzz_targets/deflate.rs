//! Deflate against miniz_oxide: every answer is its answer too, of exactly the length that was wanted, and what an
//! encoder wrote is answered.

#![no_main]

mod packed;

use isopleth::raster::fuzzing::Blocks;
use libdeflater::{CompressionLvl, Compressor};
use libfuzzer_sys::fuzz_target;
use std::cell::RefCell;

thread_local! {
    static BLOCKS: RefCell<Blocks> = RefCell::default();
}

fn encode(data: &[u8]) -> Vec<u8> {
    let level = CompressionLvl::new((data.len() % 13) as i32).expect("levels go from 0 to 12");
    let mut encoder = Compressor::new(level);
    let mut packed = vec![0; encoder.zlib_compress_bound(data.len())];
    let length = encoder.zlib_compress(data, &mut packed).expect("the bound is one");
    packed.truncate(length);
    packed
}

fuzz_target!(|block: packed::Block<'_>| {
    let case = block.case(encode);
    let answer = BLOCKS.with_borrow_mut(|blocks| blocks.unpack(8, &case.packed, case.wanted, block.room.into()));
    if let Some(answer) = &answer {
        let plain = miniz_oxide::inflate::decompress_to_vec_zlib_with_limit(&case.packed, case.wanted).ok();
        assert!(Some(answer) == plain.as_ref(), "another answer than the plain decoder's");
    }
    if let Some(honest) = case.honest {
        assert!(answer.as_ref() == Some(&honest), "what was packed does not come back");
    }
});
