//! A question that a loop can ask and keep what it has in registers.
//!
//! By the C convention of x86-64 a call may change every vector register. A loop that makes a call, even one that is hardly
//! ever reached, therefore keeps its sums in memory: each addition then waits for the one before to be written and read, and
//! the loop takes three times as long. This call changes nothing but the register of its answer.

use super::stop::{Stop, ends_the_caller};
#[cfg(target_arch = "x86_64")]
use std::sync::atomic::{AtomicBool, Ordering};

/// Whether the system has registers that only `xsave` saves.
#[cfg(target_arch = "x86_64")]
static WIDE: AtomicBool = AtomicBool::new(false);

/// To be called before the first [`is_to_end`].
pub(super) fn prepare() {
    #[cfg(target_arch = "x86_64")]
    WIDE.store(std::arch::is_x86_feature_detected!("xsave"), Ordering::Relaxed);
}

/// Whether the calling thread is to end.
#[cfg(target_arch = "x86_64")]
#[inline(always)]
pub(super) fn is_to_end(stop: &'static Stop) -> bool {
    let answer: u64;
    // SAFETY: `keeping` follows a convention of its own, which is the one that is declared here: `rdi` is the argument, `rax` the
    // answer, and all else is as it was, flags apart. The stack may be used, since `nostack` is not given.
    unsafe {
        std::arch::asm!(
            "call rax",
            inlateout("rax") keeping as *const () => answer,
            in("rdi") std::ptr::from_ref(stop),
        );
    }
    answer != 0
}

/// Whether the calling thread is to end.
#[cfg(not(target_arch = "x86_64"))]
#[inline(always)]
pub(super) fn is_to_end(stop: &'static Stop) -> bool {
    asked(stop) != 0
}

/// An answer with all its bits. Never unwinds: out of a function of C a panic aborts.
extern "C" fn asked(stop: &'static Stop) -> u64 {
    u64::from(ends_the_caller(stop))
}

/// [`asked`], with every register but `rax` saved before and restored after: those for whole numbers one by one, vectors by
/// `xsave`, and by `fxsave` on processors and under tools that have nothing wider to save.
///
/// The parts saved are those of mask 0xe7 (x87, SSE, AVX, AVX-512), whose standard layout ends at byte 2,688.
#[cfg(target_arch = "x86_64")]
#[unsafe(naked)]
unsafe extern "C" fn keeping() {
    std::arch::naked_asm!(
        "push rbp",
        "mov rbp, rsp",
        "push rcx",
        "push rdx",
        "push rsi",
        "push rdi",
        "push r8",
        "push r9",
        "push r10",
        "push r11",
        "sub rsp, 2752",
        "and rsp, -64",
        "cmp byte ptr [rip + {wide}], 0",
        "je 2f",
        // The header of the area, which `xrstor` reads, must not hold what was on the stack.
        "xor eax, eax",
        "mov [rsp + 512], rax",
        "mov [rsp + 520], rax",
        "mov [rsp + 528], rax",
        "mov [rsp + 536], rax",
        "mov [rsp + 544], rax",
        "mov [rsp + 552], rax",
        "mov [rsp + 560], rax",
        "mov [rsp + 568], rax",
        "mov eax, 0xe7",
        "xor edx, edx",
        "xsave64 [rsp]",
        "call {asked}",
        "mov rcx, rax",
        "mov eax, 0xe7",
        "xor edx, edx",
        "xrstor64 [rsp]",
        "mov rax, rcx",
        "jmp 3f",
        "2:",
        "fxsave64 [rsp]",
        "call {asked}",
        "fxrstor64 [rsp]",
        "3:",
        "lea rsp, [rbp - 64]",
        "pop r11",
        "pop r10",
        "pop r9",
        "pop r8",
        "pop rdi",
        "pop rsi",
        "pop rdx",
        "pop rcx",
        "pop rbp",
        "ret",
        asked = sym asked,
        wide = sym WIDE,
    )
}

#[cfg(all(test, target_arch = "x86_64"))]
mod tests {
    use super::super::stop::{Stop, check};
    use std::arch::asm;
    use std::hint::black_box;

    static RAISED: Stop = Stop::raised_for_nobody();

    #[test]
    fn a_look_leaves_every_register_as_it_was() {
        let sums: Vec<f64> = (0..16).map(|at| f64::from(at) + 0.5).collect();
        let mut after = [0.0; 16];
        let mut counts = [0u64; 8];
        super::prepare();
        // SAFETY: the look is between what fills the registers and what reads them; all are declared.
        unsafe {
            asm!(
                "movsd xmm0, [{from}]", "movsd xmm7, [{from} + 56]", "movsd xmm15, [{from} + 120]",
                "mov rcx, 1", "mov rdx, 2", "mov rsi, 3", "mov r8, 4", "mov r9, 5", "mov r10, 6", "mov r11, 7",
                "call rax",
                "movsd [{to}], xmm0", "movsd [{to} + 56], xmm7", "movsd [{to} + 120], xmm15",
                "mov [{counts}], rcx", "mov [{counts} + 8], rdx", "mov [{counts} + 16], rsi", "mov [{counts} + 24], r8",
                "mov [{counts} + 32], r9", "mov [{counts} + 40], r10", "mov [{counts} + 48], r11",
                "mov [{counts} + 56], rdi",
                from = in(reg) sums.as_ptr(),
                to = in(reg) after.as_mut_ptr(),
                counts = in(reg) counts.as_mut_ptr(),
                inout("rax") super::keeping as *const () => _,
                in("rdi") std::ptr::from_ref(&RAISED),
                out("rcx") _, out("rdx") _, out("rsi") _, out("r8") _, out("r9") _, out("r10") _, out("r11") _,
                out("xmm0") _, out("xmm7") _, out("xmm15") _,
            );
        }
        assert_eq!([after[0], after[7], after[15]], [0.5, 7.5, 15.5]);
        assert_eq!(counts[..7], [1, 2, 3, 4, 5, 6, 7]);
        assert_eq!(counts[7], std::ptr::from_ref(&RAISED).addr() as u64);
    }

    #[test]
    fn sums_survive_looks_that_go_on() {
        let (mut sum, mut count) = (0.0f64, 0u32);
        for at in 0..10_000u32 {
            check(&RAISED);
            if black_box(at) % 3 != 0 {
                sum += f64::from(at) * 0.5;
                count += 1;
            }
        }
        assert_eq!((sum, count), ((0..10_000u32).filter(|at| at % 3 != 0).map(|at| f64::from(at) * 0.5).sum(), 6_666));
    }
}
