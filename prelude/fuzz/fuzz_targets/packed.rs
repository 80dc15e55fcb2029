//! A packed block as the fuzzer makes it: bytes of its own, or what an encoder made of them, a little damaged.

use arbitrary::Arbitrary;

/// How one block comes about, and how much of it is wanted.
#[derive(Debug, Arbitrary)]
pub struct Block<'a> {
    /// Whether `data` is what was packed; otherwise it is the packed block.
    encode: bool,
    /// Bytes of the packed block that are changed, and how.
    damage: Vec<(u16, u8)>,
    /// Repeats `data`, so that long blocks come from short inputs.
    times: u8,
    /// Bytes more or less than there are.
    more: i8,
    /// Bytes that a packed block is believed to hold.
    wanted: u16,
    /// Memory behind the block.
    pub room: u8,
    data: &'a [u8],
}

/// What a decoder is given, and what must come out.
pub struct Case {
    pub packed: Vec<u8>,
    pub wanted: usize,
    /// The bytes that were packed, where nothing was damaged and exactly they are wanted.
    pub honest: Option<Vec<u8>>,
}

impl Block<'_> {
    pub fn case(&self, encode: impl Fn(&[u8]) -> Vec<u8>) -> Case {
        if !self.encode {
            return Case { packed: self.data.to_vec(), wanted: usize::from(self.wanted).max(1), honest: None };
        }
        let data = self.data.repeat(usize::from(self.times) + 1);
        let mut packed = encode(&data);
        for &(at, change) in &self.damage {
            let length = packed.len().max(1);
            if let Some(byte) = packed.get_mut(usize::from(at) % length) {
                *byte ^= change;
            }
        }
        // No block is empty.
        let wanted = data.len().saturating_add_signed(self.more.into()).max(1);
        let honest = (self.damage.is_empty() && wanted == data.len()).then_some(data);
        Case { packed, wanted, honest }
    }
}
