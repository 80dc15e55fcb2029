//! LZW against weezl: every answer is its answer too, and what an encoder wrote is answered.

#![no_main]

mod packed;

use isopleth::raster::fuzzing::Blocks;
use libfuzzer_sys::fuzz_target;
use std::cell::RefCell;
use weezl::{BitOrder, LzwStatus, decode, encode};

thread_local! {
    // Kept, so that tables of earlier blocks are there to be mistaken for new ones.
    static BLOCKS: RefCell<Blocks> = RefCell::default();
}

/// The first `wanted` bytes, or fewer where the stream ends before or is damaged.
fn plain(packed: &[u8], wanted: usize) -> Vec<u8> {
    let mut decoder = decode::Decoder::with_tiff_size_switch(BitOrder::Msb, 8);
    let mut out = vec![0; wanted];
    let (mut read, mut written) = (0, 0);
    while written < wanted {
        let step = decoder.decode_bytes(&packed[read..], &mut out[written..]);
        read += step.consumed_in;
        written += step.consumed_out;
        if !matches!(step.status, Ok(LzwStatus::Ok)) {
            break;
        }
    }
    out.truncate(written);
    out
}

fuzz_target!(|block: packed::Block<'_>| {
    let case = block.case(|data| {
        encode::Encoder::with_tiff_size_switch(BitOrder::Msb, 8).encode(data).expect("any bytes can be packed")
    });
    let answer = BLOCKS.with_borrow_mut(|blocks| blocks.unpack(5, &case.packed, case.wanted, block.room.into()));
    if let Some(answer) = &answer {
        assert!(*answer == plain(&case.packed, case.wanted), "another answer than the plain decoder's");
    }
    if let Some(honest) = case.honest {
        assert!(answer.as_ref() == Some(&honest), "what was packed does not come back");
    }
});
