//! Arrays in memory made lazy: chunk by chunk, as with dask.

use super::data_array::DataArray;
use super::operation::Operation;
use crate::{Error, ErrorKind, Result};

impl DataArray {
    /// The array as a lazy one in chunks of these lengths; a dimension that is not named is not cut.
    ///
    /// What is then done with it is computed chunk by chunk, by all threads, at [`compute`](Self::compute): results
    /// on the way to a smaller answer never exist as a whole. An array that reads files is lazy already, in the blocks
    /// of its files, and stays as it is.
    ///
    /// ```
    /// use isopleth::array::DataArray;
    /// let temp = DataArray::new((0..365).map(f64::from).collect::<Vec<_>>(), "time")?.chunk([("time", 100)])?;
    /// assert!(temp.is_lazy());
    /// assert_eq!(temp.chunks(), [[100, 100, 100, 65]]);
    /// assert_eq!((&temp * 2.0).mean("time")?.compute()?.item()?, 364.0);
    /// # Ok::<(), isopleth::Error>(())
    /// ```
    ///
    /// # Errors
    /// When there is no such dimension, or a length is 0.
    pub fn chunk<'a>(&self, lengths: impl AsRef<[(&'a str, usize)]>) -> Result<Self> {
        self.chunk_dims(lengths.as_ref()).map_err(|error| error.context("chunk"))
    }

    fn chunk_dims(&self, lengths: &[(&str, usize)]) -> Result<Self> {
        let mut block: Vec<usize> = self.shape().to_vec();
        for &(dim, length) in lengths {
            let axis = self.axis(dim)?;
            if length == 0 {
                let message = format!("chunks of length 0 along {dim:?}; give 1 or more (it has {})", block[axis]);
                return Err(Error::new(ErrorKind::InvalidArgument, message));
            }
            block[axis] = length;
        }
        Ok(self.with_plan(Operation::Load, self.plan().chunked(&block)?))
    }
}
