//== an overflow
let err_small = 250u8;
//%%
err_small + 10
//! Panic overflow
//%%
(err_small.checked_add(10), err_small.wrapping_add(10), err_small.saturating_add(10), err_small.overflowing_add(10))
//=> (None, 4, 255, (4, true))
//== an overflow of a product and of a negation
let err_big = i32::MAX;
//%%
err_big * 2
//! Panic multiply with overflow
//%%
let err_min = i32::MIN;
//%%
-err_min
//! Panic negate with overflow
//== a difference below zero
let err_len = vec![1].len();
err_len - 2
//! Panic subtract with overflow
//== divisions
let err_zero = 0;
(5.0 / 0.0, -7 / 2, -7 % 2, (-7i32).rem_euclid(2), 7 / (err_zero + 2))
//=> (inf, -3, -1, 1, 3)
//%%
1 / err_zero
//! Panic divide by zero
//== an index and a slice beyond the end
let err_v = vec![1, 2, 3]; let err_at = 5usize;
//%%
err_v[err_at]
//! Panic index is 5
//%%
err_v[2..err_at].len()
//! Panic range end index 5 out of range
//%%
err_v[err_at..4].len()
//! Panic range
//== keys and options
let err_map = HashMap::from([("a", 1)]);
(err_map.get("b"), err_map["a"], err_map.get("a").copied().unwrap_or_default())
//=> (None, 1, 1)
//%%
None::<i32>.expect("a day of rain")
//! Panic a day of rain
//== a caught panic
let err_caught = std::panic::catch_unwind(|| { let v: Vec<i32> = vec![]; v[err_index()] });
fn err_index() -> usize { 3 }
err_caught.is_err()
//=> true
//%%
std::panic::catch_unwind(|| 5).unwrap()
//=> 5
//== the payload of a panic
let err_payload = std::panic::catch_unwind(|| { std::panic::resume_unwind(Box::new(42u8)); });
err_payload.unwrap_err().downcast_ref::<u8>().copied()
//=> Some(42)
//== a panic of any value
std::panic::panic_any(7i32)
//! Panic 
//%%
1 + 1
//=> 2
//== an error in a box
fn err_boxed(n: i32) -> std::result::Result<i32, Box<dyn std::error::Error>> { if n > 1 { return Err("too many".into()); } if n < 0 { Err(format!("negative {n}"))? } Ok("1".parse::<i32>()? + n) }
//%%
(err_boxed(0)?, err_boxed(2).unwrap_err().to_string(), err_boxed(-1).unwrap_err().to_string())
//=> (1, "too many", "negative -1")
//%%
err_boxed(5)?;
//!  too many
//== an error of one's own
#[derive(Debug, PartialEq)] struct ErrOwn { day: u32 }
impl std::fmt::Display for ErrOwn { fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result { write!(f, "no data on day {}", self.day) } }
impl std::error::Error for ErrOwn {}
//%%
Err::<(), _>(ErrOwn { day: 3 })?;
//! ErrOwn no data on day 3
//%%
let err_back: Box<dyn std::error::Error> = ErrOwn { day: 4 }.into();
err_back.downcast_ref::<ErrOwn>()
//=> Some(ErrOwn { day: 4 })
//== a question mark on an option
fn err_initials(a: &str, b: &str) -> Option<String> { Some(format!("{}{}", a.chars().next()?, b.chars().next()?)) }
(err_initials("rain", "snow"), err_initials("", "x"))
//=> (Some("rs"), None)
//== collecting results
let err_all: std::result::Result<Vec<i32>, _> = "1 2 x".split(' ').map(str::parse::<i32>).collect();
let err_good: Vec<i32> = "1 2 x".split(' ').flat_map(|t| t.parse()).collect();
(err_all.is_err(), err_good)
//=> (true, [1, 2])
//== a borrow that is refused
let mut err_list = vec![1];
//%%
{ let first = &err_list[0]; err_list.push(2); println!("{first}"); }
//! CompileError E0502
//%%
err_list.len()
//=> 1
//== a type that is wrong
let err_typed: i32 = "text";
//! CompileError mismatched types
//== a value behind a failure
println!("before"); let err_never: u8 = "300".parse()?; println!("behind");
//> before
//!  number too large
//== a refcell that is borrowed twice
let err_cell = std::cell::RefCell::new(1);
//%%
{ let _a = err_cell.borrow_mut(); let _b = err_cell.borrow_mut(); }
//! Panic borrowed
//%%
err_cell.try_borrow().is_ok()
//=> true
//== a poisoned mutex
let err_mutex = std::sync::Arc::new(std::sync::Mutex::new(1));
{ let m = err_mutex.clone(); let _ = std::panic::catch_unwind(move || { let _guard = m.lock().unwrap(); std::panic::resume_unwind(Box::new(())) }); }
(err_mutex.is_poisoned(), *err_mutex.lock().unwrap_or_else(|e| e.into_inner()))
//=> (true, 1)
