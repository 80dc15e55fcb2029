//! TIFF's LZW, one strip or tile at a time: the largest part of the time that a compressed raster takes.
//!
//! The stream is a sequence of codes of 9 to 12 bits, most significant bit first. A code stands for a sequence of
//! bytes: 0 to 255 for that byte, 256 clears the table, 257 ends the stream, and from 258 on each code that is read
//! defines one more sequence: that of the code before it and the first byte of its own (TIFF 6.0, section 13).
//!
//! A textbook decoder walks a chain of prefixes for every code. Two observations make that unnecessary:
//!
//! - A new sequence stands in the output already: it begins where the previous code's began and is one byte longer.
//!   So an entry is a place and a length, and decoding a code is a copy.
//! - In noise, where most of the time goes, sequences are short. Up to seven bytes fit into the entry itself, so that a
//!   code costs one load from the table and one store to the output, and no load waits for an earlier store.
//!
//! Only streams as encoders write them are decoded; anything odd is `None`, and GDAL's answer is taken instead.

use crate::prefetch::prefetch;

const CLEAR: usize = 256;
const END: usize = 257;
const FIRST: usize = 258;
const CODES: usize = 1 << 12;
/// A sequence of up to so many bytes is kept in its entry.
const INLINE: usize = 7;
/// Bits of an entry that hold the length of a longer sequence, which is less than the number of codes.
const LENGTH_BITS: u32 = 13;
/// Bytes that must follow the stream in the decoder's input, whatever they are: codes are read eight bytes at a time.
pub(super) const PADDING: usize = 8;

/// The meaning of each code, in eight bytes.
///
/// A short sequence has its bytes in the low seven bytes, first byte lowest, zeros behind them, and its length in the
/// highest. A longer one has its length in the low 13 bits, its place in the output above, and zero in the highest byte.
/// A code without a meaning is zero.
type Entries = [u64; CODES];

/// The decoder's table, kept from strip to strip.
pub(super) struct Table(Box<Entries>);

impl Default for Table {
    fn default() -> Self {
        let single = |code: usize| if code < CLEAR { code as u64 | 1 << 56 } else { 0 };
        Self(Box::new(std::array::from_fn(single)))
    }
}

/// What changes from code to code.
#[derive(Clone, Copy)]
struct State {
    /// Bits of the input that were read.
    bit: usize,
    /// Bytes of the output that were written.
    at: usize,
    /// The next code to be defined.
    free: usize,
    /// The previous code's entry, and where its sequence was written.
    previous: u64,
    previous_at: usize,
}

impl Table {
    /// Decodes a stream until `want` bytes are there. `input` is the stream and [`PADDING`] bytes more; `out` may be
    /// longer than `want`, and what follows is written over: room to copy in whole words.
    ///
    /// `None` where the stream is not one that an encoder writes, or ends too early.
    pub fn decode(&mut self, input: &[u8], out: &mut [u8], want: usize) -> Option<()> {
        #[cfg(target_arch = "x86_64")]
        if std::arch::is_x86_feature_detected!("bmi2") && std::arch::is_x86_feature_detected!("avx2") {
            // SAFETY: the processor has just been asked.
            return unsafe { decode_with_avx2(&mut self.0, input, out, want) };
        }
        decode(&mut self.0, input, out, want)
    }
}

/// [`decode`] with the instructions of newer processors: shifts that take one step instead of three, and wide copies.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "bmi2,avx2")]
fn decode_with_avx2(entries: &mut Entries, input: &[u8], out: &mut [u8], want: usize) -> Option<()> {
    decode(entries, input, out, want)
}

/// The core of [`Table::decode`].
#[inline(always)]
fn decode(entries: &mut Entries, input: &[u8], out: &mut [u8], want: usize) -> Option<()> {
    let end = input.len().checked_sub(PADDING)? * 8;
    if want == 0 || want > out.len() || out.len() >> (56 - LENGTH_BITS) != 0 {
        return (want == 0).then_some(());
    }
    let mut state = State { bit: 9, at: 0, free: CODES, previous: 0, previous_at: 0 };
    if code_at(input, 0, 9)? != CLEAR {
        return None;
    }
    loop {
        entries[FIRST..state.free].fill(0);
        begin(entries, input, out, &mut state)?;
        if state.at < want && until_clear(entries, input, out, want, &mut state)? {
            continue;
        }
        return (state.bit <= end).then_some(());
    }
}

/// The first code after a clear code, which stands for a single byte.
#[inline(always)]
fn begin(entries: &Entries, input: &[u8], out: &mut [u8], state: &mut State) -> Option<()> {
    let mut code = CLEAR;
    while code == CLEAR {
        code = code_at(input, state.bit, 9)?;
        state.bit += 9;
    }
    if code > CLEAR {
        return None;
    }
    *out.get_mut(state.at)? = code as u8;
    (state.previous, state.previous_at) = (entries[code], state.at);
    state.at += 1;
    state.free = FIRST;
    Some(())
}

/// Decodes up to the next clear code (true) or until `want` bytes are there (false).
#[inline(always)]
fn until_clear(entries: &mut Entries, input: &[u8], out: &mut [u8], want: usize, state: &mut State) -> Option<bool> {
    for width in 9..=12 {
        // The encoder widens its codes one code early.
        let limit = if width == 12 { CODES } else { (1 << width) - 1 };
        while state.free < limit {
            match width {
                9 => short_codes::<9>(entries, input, out, limit, state),
                10 => short_codes::<10>(entries, input, out, limit, state),
                11 => short_codes::<11>(entries, input, out, limit, state),
                _ => short_codes::<12>(entries, input, out, limit, state),
            }
            if state.at >= want {
                return Some(false);
            }
            // Those loops leave one code, at least, before the width changes. Long sequences come in runs.
            loop {
                long_codes(entries, input, out, width, limit, state);
                if state.at >= want {
                    return Some(false);
                }
                if state.free >= limit {
                    break;
                }
                let code = code_at(input, state.bit, width)?;
                state.bit += width as usize;
                if code == CLEAR {
                    return Some(true);
                }
                let short = any_code(entries, code, out, state)?;
                if state.at >= want {
                    return Some(false);
                }
                if short || state.free >= limit {
                    break;
                }
            }
        }
    }
    // The table is full. Encoders clear it two codes before or, as weezl's does, now; none in use goes on without.
    let code = code_at(input, state.bit, 12)?;
    state.bit += 12;
    (code == CLEAR).then_some(true)
}

/// Codes in one pass of the loop for short sequences: that many fit into one word of input.
const BATCH: usize = 4;
/// Bytes of output that a batch may touch: seven a code, and one word where the last begins.
const ROOM: usize = INLINE * (BATCH - 1) + 8;
/// Bytes between what is written and what is asked for meanwhile: new memory has left the processor's nearest cache since the
/// system cleared it.
const AHEAD: usize = 4096;

/// Decodes codes of short sequences for as long as there are some, and room for the next ones.
#[inline(always)]
fn short_codes<const WIDTH: u32>(entries: &mut Entries, input: &[u8], out: &mut [u8], limit: usize, state: &mut State) {
    const { assert!(WIDTH <= CODES.ilog2() && 7 + BATCH * WIDTH as usize <= 64) };
    let State { mut bit, at, free, mut previous, previous_at } = *state;
    // How many batches there are places for in the table, words in the input, and room in the output.
    let slots = limit.min(CODES).saturating_sub(free + 1) / BATCH;
    let words = (input.len() * 8).saturating_sub(bit + 64) / (BATCH * WIDTH as usize);
    let room = out.len().saturating_sub(at + ROOM) / (BATCH * INLINE);
    let batches = slots.min(words).min(room);
    if batches == 0 || previous_at > at {
        return;
    }
    // SAFETY: `batches` passes are made at most, each of `BATCH` codes of `WIDTH` bits, each of which writes one slot and
    // makes the output at most `INLINE` bytes longer. So
    // - slots are below `free + batches * BATCH < CODES`, and a code, being of `WIDTH` bits, is below `CODES`;
    // - a pass begins to read at bit `bit + (batches - 1) * BATCH * WIDTH` at most, from where the input has 64 bits;
    // - a pass begins to write at byte `at + (batches - 1) * BATCH * INLINE` at most, from where the output has `ROOM` bytes,
    //   and its last code begins `(BATCH - 1) * INLINE` bytes later and writes 8.
    // Nothing is read from the output, and the two pointers into the table are made from one borrow.
    unsafe {
        let table = entries.as_mut_ptr();
        let (first_slot, first) = (table.add(free), out.as_mut_ptr());
        let (mut slot, mut to, mut previous_to) = (first_slot, first.add(at), first.add(previous_at));
        let last_slot = first_slot.add(batches * BATCH);
        'batches: while slot < last_slot {
            prefetch(to.wrapping_add(AHEAD));
            let word: *const [u8; 8] = input.as_ptr().add(bit >> 3).cast();
            let mut word = u64::from_be_bytes(word.read()) << (bit & 7);
            for n in 0..BATCH {
                let entry = *table.add((word >> (64 - WIDTH)) as usize);
                if entry >> 56 == 0 {
                    bit += n * WIDTH as usize;
                    break 'batches;
                }
                word <<= WIDTH;
                to.cast::<[u8; 8]>().write(entry.to_le_bytes());
                *slot = extended(previous, previous_to.offset_from_unsigned(first), entry & 0xff);
                slot = slot.add(1);
                (previous, previous_to) = (entry, to);
                to = to.add((entry >> 56) as usize);
            }
            bit += BATCH * WIDTH as usize;
        }
        let (at, previous_at) = (to.offset_from_unsigned(first), previous_to.offset_from_unsigned(first));
        let free = free + slot.offset_from_unsigned(first_slot);
        *state = State { bit, at, free, previous, previous_at };
    }
}

/// Decodes codes of long sequences for as long as one follows the other, and there is room. Nothing here depends on the
/// data: in a run of equal pixels each code may be the one that is being defined, or not.
///
/// Out of line, as [`any_code`] is: the loops for short sequences need the registers.
#[inline(never)]
fn long_codes(entries: &mut Entries, input: &[u8], out: &mut [u8], width: u32, limit: usize, state: &mut State) {
    let State { mut bit, mut at, mut free, mut previous, mut previous_at } = *state;
    let mut before = length(previous);
    // A sequence that is longer than what an entry holds is defined without its last byte, and so before its code is read.
    while before >= INLINE && free < limit {
        let Some(code) = code_at(input, bit, width) else { break };
        entries[free & (CODES - 1)] = long_entry(previous_at, before + 1);
        let entry = entries[code & (CODES - 1)];
        let (from, length) = ((entry >> LENGTH_BITS) as usize, (entry & ((1 << LENGTH_BITS) - 1)) as usize);
        if entry >> 56 != 0 || entry == 0 || at + length + STEP > out.len() {
            break;
        }
        prefetch(out.as_ptr().wrapping_add(at + AHEAD));
        prefetch(out.as_ptr().wrapping_add(at + AHEAD + 64));
        copy_in_steps(out, from, at, length);
        // What is being defined ends with the first byte of its own copy, which was not there yet.
        out[at + length - 1] = out[from + length - 1];
        bit += width as usize;
        free += 1;
        (previous, previous_at, before) = (entry, at, length);
        at += length;
    }
    if free < limit {
        // Not read, so not defined.
        entries[free & (CODES - 1)] = 0;
    }
    *state = State { bit, at, free, previous, previous_at };
}

/// Decodes one code of any kind but a clear code, and says whether its sequence is a short one. What does not fit into
/// `out` is left away.
#[inline(never)]
fn any_code(entries: &mut Entries, code: usize, out: &mut [u8], state: &mut State) -> Option<bool> {
    let State { at, free, previous, previous_at, .. } = *state;
    let mut entry = entries[code & (CODES - 1)];
    let first = if entry >> 56 != 0 {
        let bytes = entry.to_le_bytes();
        let fits = length(entry).min(out.len() - at);
        out[at..at + fits].copy_from_slice(&bytes[..fits]);
        u64::from(bytes[0])
    } else if entry != 0 {
        let from = (entry >> LENGTH_BITS) as usize;
        copy(out, from, at, length(entry));
        u64::from(out[from])
    } else if code == free && code != END {
        // The code that is being defined: the previous sequence and its own first byte again.
        let first = u64::from(out[previous_at]);
        let before = length(previous);
        copy(out, previous_at, at, before);
        if let Some(last) = out.get_mut(at + before) {
            *last = first as u8;
        }
        entry = extended(previous, previous_at, first);
        first
    } else {
        return None;
    };
    entries[free & (CODES - 1)] = extended(previous, previous_at, first);
    *state = State { at: at + length(entry), free: free + 1, previous: entry, previous_at: at, ..*state };
    Some(entry >> 56 != 0)
}

/// The number of bytes of an entry's sequence.
#[inline(always)]
fn length(entry: u64) -> usize {
    match (entry >> 56) as usize {
        0 => (entry & ((1 << LENGTH_BITS) - 1)) as usize,
        short => short,
    }
}

/// The sequence of `entry`, which was written at `at`, with one byte more.
#[inline(always)]
fn extended(entry: u64, at: usize, byte: u64) -> u64 {
    let short = (entry >> 56) as usize;
    if short.wrapping_sub(1) < INLINE - 1 {
        (entry + (1 << 56)) | byte << (8 * short)
    } else {
        long_entry(at, length(entry) + 1)
    }
}

/// The entry of a sequence that is too long for the entry itself.
#[inline(always)]
fn long_entry(at: usize, length: usize) -> u64 {
    (at as u64) << LENGTH_BITS | length as u64
}

/// Bytes copied at a time, as far as there is room for the last step: most sequences take one.
const STEP: usize = 32;

/// Copies a sequence that ends before `to`.
#[inline(always)]
fn copy(out: &mut [u8], from: usize, to: usize, length: usize) {
    if to + length + STEP <= out.len() {
        copy_in_steps(out, from, to, length);
    } else {
        let fits = length.min(out.len() - to);
        out.copy_within(from..from + fits, to);
    }
}

/// Copies a sequence where there is room for one step more. If it ends right behind `to`, its last byte may come out wrong.
#[inline(always)]
fn copy_in_steps(out: &mut [u8], from: usize, to: usize, length: usize) {
    let mut done = 0;
    loop {
        out.copy_within(from + done..from + done + STEP, to + done);
        done += STEP;
        if done >= length {
            break;
        }
    }
}

/// The code of `width` bits at bit number `bit`, none at the end of the input.
#[inline(always)]
fn code_at(input: &[u8], bit: usize, width: u32) -> Option<usize> {
    let bytes = input.get(bit >> 3..)?.first_chunk::<8>()?;
    Some(((u64::from_be_bytes(*bytes) << (bit & 7)) >> (64 - width)) as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Codes as a stream, at the widths that a decoder expects.
    fn stream(codes: &[usize]) -> Vec<u8> {
        let (mut bits, mut free, mut fresh) = (Vec::new(), FIRST, true);
        for &code in codes {
            let width = [9, 10, 11].into_iter().find(|width| free < (1 << width) - 1).unwrap_or(12);
            bits.extend((0..width).rev().map(|bit| code >> bit & 1));
            (free, fresh) = match code {
                CLEAR => (FIRST, true),
                _ if fresh => (free, false),
                _ => (free + 1, false),
            };
        }
        let mut bytes: Vec<u8> = bits
            .chunks(8)
            .map(|byte| byte.iter().enumerate().fold(0, |all, (n, bit)| all | (*bit as u8) << (7 - n)))
            .collect();
        bytes.extend([0; PADDING]);
        bytes
    }

    /// What an encoder makes of `data`, by the book.
    fn encode(data: &[u8]) -> Vec<u8> {
        let mut codes = vec![CLEAR];
        let mut known = std::collections::HashMap::new();
        let mut at = 0;
        while at < data.len() {
            let (mut length, mut code) = (1, usize::from(data[at]));
            while at + length < data.len() && known.contains_key(&data[at..=at + length]) {
                code = known[&data[at..=at + length]];
                length += 1;
            }
            codes.push(code);
            if at + length < data.len() {
                known.insert(data[at..=at + length].to_vec(), FIRST + known.len());
            }
            at += length;
            if FIRST + known.len() == CODES - 2 {
                known.clear();
                codes.push(CLEAR);
            }
        }
        codes.push(END);
        stream(&codes)
    }

    fn decode(stream: &[u8], want: usize, room: usize) -> Option<Vec<u8>> {
        let mut out = vec![0xaa; want + room];
        Table::default().decode(stream, &mut out, want)?;
        out.truncate(want);
        Some(out)
    }

    #[test]
    fn what_was_encoded_comes_back_whatever_its_length_and_the_room_behind_it() {
        let mut random = fastrand::Rng::with_seed(1);
        for round in 0..400 {
            let (length, letters) = (random.usize(1..20_000), 1 << random.u32(0..9));
            let mut data: Vec<u8> = (0..length).map(|_| random.u32(0..letters) as u8).collect();
            // A long run in the middle, and a copy of the beginning.
            let run = random.usize(0..length);
            data[run..].iter_mut().take(random.usize(0..3000)).for_each(|byte| *byte = 7);
            let again = random.usize(0..length / 2 + 1);
            data.copy_within(0..again, length - again);
            let room = [0, 1, 7, 8, 15, 16, 40, 100][round % 8];
            assert_eq!(decode(&encode(&data), length, room).as_deref(), Some(&data[..]), "round {round}");
        }
    }

    #[test]
    fn a_table_serves_one_strip_after_the_other() {
        let mut table = Table::default();
        let (a, b) = (vec![5u8; 9000], (0..9000u32).map(|n| ((n * n) >> 3) as u8).collect::<Vec<u8>>());
        for data in [&a, &b, &a, &b] {
            let mut out = vec![0; data.len()];
            table.decode(&encode(data), &mut out, data.len()).unwrap();
            assert_eq!(&out, data);
        }
    }

    #[test]
    fn a_code_may_mean_the_sequence_that_it_defines() {
        assert_eq!(decode(&stream(&[CLEAR, 97, 258, 259, END]), 6, 0).unwrap(), b"aaaaaa");
        // Sequences of 2 to 60 bytes: each is the one before and its first byte.
        let codes: Vec<usize> = [CLEAR, 97, 98, 258].into_iter().chain(260..320).chain([END]).collect();
        let mut sequence = b"ab".to_vec();
        let mut data = b"abab".to_vec();
        for _ in 260..320 {
            sequence.push(sequence[0]);
            data.extend_from_slice(&sequence);
        }
        for room in [0, 1, 31, 32, 33, 100] {
            for want in [data.len(), data.len() - 1, data.len() - 40] {
                assert_eq!(decode(&stream(&codes), want, room).as_deref(), Some(&data[..want]), "{room} {want}");
            }
        }
    }

    #[test]
    fn a_long_sequence_is_defined_only_when_the_next_code_is_read() {
        let run: Vec<usize> = [CLEAR, 97].into_iter().chain(258..270).collect();
        let length = 1 + (2..14).sum::<usize>();
        assert!(decode(&stream(&[&run[..], &[END]].concat()), length, 99).is_some());
        // 270 is what the last code would have defined; after a clear code nobody knows it.
        let then = [CLEAR, 98, 99, 270];
        assert_eq!(decode(&stream(&[&run[..], &then].concat()), length + 9, 99), None);
        assert_eq!(decode(&stream(&[&run[..], &[271]].concat()), length + 1, 99), None);
    }

    #[test]
    fn a_full_table_may_be_cleared_and_nothing_else() {
        // The first code after a clear code defines nothing.
        let full: Vec<usize> = [CLEAR].into_iter().chain((0..=CODES - FIRST).map(|n| n % 251)).collect();
        let stream_of = |then: &[usize]| stream(&[&full[..], then].concat());
        let data = decode(&stream_of(&[CLEAR, 97, 98, 258, END]), full.len() + 3, 50).unwrap();
        assert_eq!(data[full.len() - 1..], *b"abab");
        assert_eq!(decode(&stream_of(&[97, 98, END]), full.len() + 1, 50), None);
    }

    #[test]
    fn odd_streams_are_left_to_gdal() {
        let odd: [&[usize]; 6] = [
            &[97, 98, END],        // no clear code first
            &[CLEAR, 300, END],    // a sequence before there are any
            &[CLEAR, 97, 259, 97], // a code that is not defined yet
            &[CLEAR, 97, END],     // an end too early
            &[CLEAR, CLEAR, END],  // nothing
            &[CLEAR, 97, 98],      // cut off
        ];
        for codes in odd {
            assert_eq!(decode(&stream(codes), 4, 50), None, "{codes:?}");
        }
        assert_eq!(decode(&[0; PADDING], 1, 0), None);
        assert_eq!(decode(&[], 1, 0), None);
    }

    #[test]
    fn entries_of_an_earlier_table_mean_nothing_after_a_clear_code() {
        let codes = [CLEAR, 97, 98, 258, CLEAR, 97, 258 + 1];
        assert_eq!(decode(&stream(&codes), 8, 0), None);
    }
}
