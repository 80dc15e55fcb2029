//! The threads that compute lazy arrays, and how the user chooses how many there are.

use super::limits::bytes;
use super::{Pool, cpus, memory_limit};
use crate::Result;
use crate::display::{MimeBundle, Show, impl_show};
use crate::lazy::threads;
use crate::raster::table;
use std::fmt;

/// The threads that lazy arrays are computed with from now on.
///
/// Without a client there is one thread for each processor that this process may use.
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

    fn lines(&self) -> Vec<(&'static str, String)> {
        vec![
            ("threads", self.threads().to_string()),
            ("processors", cpus().to_string()),
            ("memory limit", bytes(memory_limit())),
        ]
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (threads, limit) = (self.threads(), bytes(memory_limit()));
        write!(f, "Client: {threads} threads on {} processors, {limit} of memory", cpus())
    }
}

impl Show for Client {
    fn mime_bundle(&self) -> MimeBundle {
        let html = format!("<strong>Client</strong>{}", table(&self.lines()));
        MimeBundle::text(format!("{self:?}")).with("text/html", html)
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
        assert!(view.get("text/plain").unwrap().starts_with("Client: 3 threads"));
        assert!(view.get("text/html").unwrap().contains("<td style=\"text-align:left\">3</td>"));
    }
}
