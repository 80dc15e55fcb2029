//! What the processes of an Isopleth kernel say to each other: one type for each direction of each connection, so that both
//! sides match on the same words and the compiler finds what one of them forgets.
//!
//! A message is one [frame]: its length, then JSON. The processes are of one installation, so the types may change from one
//! version to the next.

pub mod analysis;
pub mod frame;
