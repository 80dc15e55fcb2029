//! What the processes of an Isopleth kernel say to each other: one type for each direction of each connection, so that both
//! sides match on the same words and the compiler finds what one of them forgets.
//!
//! A message is one [frame]: its length, then JSON. The processes are of one installation, so the types may change from one
//! version to the next.
//!
//! | between the kernel and | are |
//! |---|---|
//! | the process in which cells run | [`worker::Command`] and [`worker::Message`] |

pub mod analysis;
pub mod frame;
pub mod worker;
