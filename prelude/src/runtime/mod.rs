//! What generated cell code and the worker call. Not for users.
//!
//! A cell is a shared object with one function. The kernel's compile front
//! lowers evcxr's generated code onto this module, so that a cell carries no
//! variable store and no error plumbing of its own: both are compiled once,
//! here, in the prelude.

#[cfg(test)]
pub(crate) mod alone;
mod cell;
mod children;
mod crash;
mod describe;
mod failure;
mod question;
pub(crate) mod stdin;
mod store;
mod trace;
mod worker;

pub use crate::{bus, guard};
pub use failure::{has_failed, let_go, report_unwind};
pub use question::{AnyUserError, UserError, as_result};
pub use store::{VariableStore, create_variable_store};
