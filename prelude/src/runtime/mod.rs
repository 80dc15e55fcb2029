//! What generated cell code and the worker call. Not for users.
//!
//! A cell is a shared object with one function. The kernel's compile front
//! lowers evcxr's generated code onto this module, so that a cell carries no
//! variable store and no error plumbing of its own: both are compiled once,
//! here, in the prelude.

#[cfg(test)]
mod alone;
pub mod bus;
mod cell;
mod children;
mod crash;
mod describe;
mod failure;
pub mod guard;
mod question;
pub(crate) mod stdin;
mod store;
mod trace;
mod worker;

pub use failure::{has_failed, let_go, report_unwind};
pub(crate) use question::texts_of;
pub use question::{AnyUserError, UserError, as_result};
pub use store::{VariableStore, create_variable_store};
