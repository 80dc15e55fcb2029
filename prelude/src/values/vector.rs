//! Loops compiled several times, for the vectors that processors may have, and the choice among them as the program runs.
//!
//! The library is compiled for every processor of its kind, which of x86-64 means vectors of 16 bytes and no fused
//! multiply-add. A [`Loop`] is compiled for 32 and 64 bytes as well. Arithmetic gives the same bits in all of them: the
//! compiler fuses nothing by itself.

use super::Element;

/// A loop over plain slices. Its `run` is `#[inline(always)]`, and so is all that it calls: what is not inlined is not
/// compiled anew.
pub(crate) trait Loop {
    fn run(self);
}

/// Runs `work` on elements of these types, as it was compiled for vectors of 32 bytes if this processor has them: for loops
/// that wait for memory most of the time.
///
/// Only loops over floats, and from them to bool, are compiled twice: there are many more of the other types, and few of
/// them are ever run.
pub(crate) fn wide<T: Element, U: Element>(work: impl Loop) {
    #[cfg(target_arch = "x86_64")]
    if const { is_float(T::DTYPE) && (is_float(U::DTYPE) || matches!(U::DTYPE, super::DType::Bool)) } && has_avx2() {
        // SAFETY: the processor has what this was compiled for.
        return unsafe { avx2(work) };
    }
    work.run();
}

/// Runs `work` as it was compiled for the longest vectors that this processor has.
pub(crate) fn widest(work: impl Loop) {
    #[cfg(target_arch = "x86_64")]
    {
        if has_avx512() {
            // SAFETY: the processor has what this was compiled for.
            return unsafe { avx512(work) };
        }
        if has_avx2() {
            // SAFETY: as above.
            return unsafe { avx2(work) };
        }
    }
    work.run();
}

/// Whether a fused multiply-add is one instruction in what [`widest`] runs; otherwise it would be a call, and slow.
pub(crate) fn fuses() -> bool {
    #[cfg(target_arch = "x86_64")]
    return has_avx2();
    #[cfg(not(target_arch = "x86_64"))]
    return cfg!(any(target_arch = "aarch64", target_feature = "fma"));
}

#[cfg(target_arch = "x86_64")]
const fn is_float(dtype: super::DType) -> bool {
    matches!(dtype, super::DType::F32 | super::DType::F64)
}

#[cfg(target_arch = "x86_64")]
fn has_avx2() -> bool {
    is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma")
}

#[cfg(target_arch = "x86_64")]
fn has_avx512() -> bool {
    has_avx2()
        && is_x86_feature_detected!("avx512f")
        && is_x86_feature_detected!("avx512vl")
        && is_x86_feature_detected!("avx512bw")
        && is_x86_feature_detected!("avx512dq")
}

/// # Safety
/// The processor must have AVX2 and FMA.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
unsafe fn avx2(work: impl Loop) {
    work.run();
}

/// # Safety
/// The processor must have AVX2, FMA and these parts of AVX-512.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma,avx512f,avx512vl,avx512bw,avx512dq")]
unsafe fn avx512(work: impl Loop) {
    work.run();
}
