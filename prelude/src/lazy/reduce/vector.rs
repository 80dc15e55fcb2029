//! The tightest loops, compiled a second time for processors with AVX2: vectors of twice the width.
//!
//! The operations and their order are the same, so the results are too.

/// Defines a function whose body is also compiled for AVX2, which is taken where the processor has it.
macro_rules! widest {
    ($(#[$doc:meta])* $visible:vis fn $name:ident<$($generic:ident : $bound:path),* ; $(const $flag:ident),*>
        ($($argument:ident : $type:ty),* $(,)?) $body:block) => {
        $(#[$doc])*
        #[inline]
        $visible fn $name<$($generic: $bound,)* $(const $flag: bool),*>($($argument: $type),*) {
            #[inline(always)]
            fn plain<$($generic: $bound,)* $(const $flag: bool),*>($($argument: $type),*) $body

            #[cfg(target_arch = "x86_64")]
            {
                #[target_feature(enable = "avx2")]
                fn avx2<$($generic: $bound,)* $(const $flag: bool),*>($($argument: $type),*) {
                    plain::<$($generic,)* $($flag),*>($($argument),*)
                }

                if std::arch::is_x86_feature_detected!("avx2") {
                    // SAFETY: the processor has just been asked.
                    return unsafe { avx2::<$($generic,)* $($flag),*>($($argument),*) };
                }
            }
            plain::<$($generic,)* $($flag),*>($($argument),*)
        }
    };
}

pub(crate) use widest;
