//! The threads that compute lazy arrays, and how the user chooses how many there are.

mod strip;
pub(super) mod view;

use super::threads;
use super::{Pool, bytes, live, memory_limit};
use crate::Result;
use crate::display::{MimeBundle, Show, impl_show};
use std::fmt;

/// The threads that lazy arrays are computed with from now on.
///
/// Without a client there is one thread for each processor that this process may use.
///
/// A cell that ends in a client shows a card that is kept up to date while later cells compute: what each thread is doing,
/// and what it has done since the work began. The card belongs to the client that was shown last.
///
/// ```
/// # fn main() -> isopleth::Result<()> {
/// let client = isopleth::parallel::Client::new(8)?;
/// assert_eq!(client.threads(), 8);
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct Client {
    pool: Pool,
}

impl Client {
    /// Lets lazy arrays be computed by `threads` threads, whatever the number before.
    ///
    /// # Errors
    /// As [`Pool::new`].
    pub fn new(threads: usize) -> Result<Self> {
        let pool = Pool::new(threads)?;
        threads::set_threads(threads)?;
        live::retire();
        Ok(Self { pool })
    }

    /// How many threads there are.
    pub fn threads(&self) -> usize {
        self.pool.threads()
    }

    /// A pool of as many threads, for work that is not an array.
    pub fn pool(&self) -> Pool {
        self.pool.clone()
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Client: {}, {} of memory", view::about(self.threads()), bytes(memory_limit()))
    }
}

impl Show for Client {
    fn mime_bundle(&self) -> MimeBundle {
        live::card(self.threads())
    }

    fn display_id(&self) -> Option<String> {
        live::begin(self.threads())
    }
}
impl_show!(Client);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_client_decides_and_says_so() {
        let client = Client::new(3).unwrap();
        assert_eq!(threads::threads(), 3);
        let view = client.mime_bundle();
        assert!(view.get("text/plain").unwrap().starts_with("Client: 3 threads on "));
        assert!(view.get("text/html").unwrap().contains("3 threads on "));
        assert_eq!(client.display_id(), None, "outside a notebook nothing is updated");
    }
}
