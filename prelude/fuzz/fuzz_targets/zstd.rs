//! ZSTD in one step, as here, against ZSTD piece by piece, as GDAL does it: every answer is GDAL's too, of exactly the
//! length that was wanted, and what an encoder wrote is answered.

#![no_main]

mod packed;

use isopleth::raster::fuzzing::Blocks;
use libfuzzer_sys::fuzz_target;
use std::cell::RefCell;
use std::io::Write as _;
use zstd::stream::raw::{Decoder, InBuffer, Operation as _, OutBuffer};

thread_local! {
    static BLOCKS: RefCell<Blocks> = RefCell::default();
}

/// In one step or, as GDAL does it, without saying how much there is.
fn encode(data: &[u8]) -> Vec<u8> {
    let level = (data.len() % 12) as i32 - 2;
    if data.len() % 2 == 0 {
        return zstd::bulk::compress(data, level).expect("any bytes can be packed");
    }
    let mut encoder = zstd::Encoder::new(Vec::new(), level).expect("an encoder");
    encoder.write_all(data).expect("any bytes can be packed");
    encoder.finish().expect("any bytes can be packed")
}

/// What libtiff makes of a block: it stops where the output is full or the frame ends.
fn plain(packed: &[u8], wanted: usize) -> Option<Vec<u8>> {
    let mut decoder = Decoder::new().expect("a decoder");
    let mut out = vec![0; wanted];
    let mut source = InBuffer::around(packed);
    let mut target = OutBuffer::around(&mut out[..]);
    loop {
        let more = decoder.run(&mut source, &mut target).ok()?;
        if more == 0 || source.pos() == packed.len() || target.pos() == wanted {
            break;
        }
    }
    let written = target.pos();
    (written == wanted).then_some(out)
}

fuzz_target!(|block: packed::Block<'_>| {
    let case = block.case(encode);
    let answer = BLOCKS.with_borrow_mut(|blocks| blocks.unpack(50000, &case.packed, case.wanted, block.room.into()));
    if let Some(answer) = &answer {
        assert!(Some(answer) == plain(&case.packed, case.wanted).as_ref(), "another answer than GDAL's");
    }
    if let Some(honest) = case.honest {
        assert!(answer.as_ref() == Some(&honest), "what was packed does not come back");
    }
});
