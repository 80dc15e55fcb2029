//== capturing by field
let mut clo_data = (vec![1], String::from("a"));
{
    let text = &clo_data.1;
    let mut push = || clo_data.0.push(2);
    push();
    println!("{text}");
}
clo_data
//> a
//=> ([1, 2], "a")
//== returning closures
fn clo_adder(n: i32) -> impl Fn(i32) -> i32 { move |x| x + n }
fn clo_compose<A, B, C>(f: impl Fn(A) -> B, g: impl Fn(B) -> C) -> impl Fn(A) -> C { move |x| g(f(x)) }
fn clo_boxed(up: bool) -> Box<dyn Fn(i32) -> i32> { if up { Box::new(|x| x + 1) } else { Box::new(|x| x - 1) } }
//%%
(clo_compose(clo_adder(1), clo_adder(10))(0), clo_boxed(true)(5), clo_boxed(false)(5))
//=> (11, 6, 4)
//== closures that change and that consume
fn clo_thrice(mut f: impl FnMut() -> i32) -> [i32; 3] { [f(), f(), f()] }
fn clo_once(f: impl FnOnce() -> String) -> usize { f().len() }
let mut clo_n = 0;
let clo_owned = String::from("owned");
(clo_thrice(|| { clo_n += 2; clo_n }), clo_once(move || clo_owned), clo_n)
//=> ([2, 4, 6], 5, 6)
//== a closure is used in its cell
let clo_k = 3;
let clo_times = |x: i32| -> i32 { let y = x * clo_k; y + 1 };
let clo_results: Vec<i32> = (0..3).map(clo_times).collect();
//%%
clo_results
//=> [1, 4, 7]
//== moving into threads
let clo_shared = std::sync::Arc::new(std::sync::Mutex::new(vec![]));
let clo_handles: Vec<_> = (0..4).map(|i| { let all = std::sync::Arc::clone(&clo_shared); thread::spawn(move || all.lock().unwrap().push(i * i)) }).collect();
for h in clo_handles { h.join().unwrap(); }
clo_shared.lock().unwrap().sort();
//%%
clo_shared.lock().unwrap().clone()
//=> [0, 1, 4, 9]
//== scoped threads
let clo_numbers = vec![1, 2, 3, 4];
let (clo_low, clo_high) = thread::scope(|s| {
    let (left, right) = clo_numbers.split_at(2);
    let a = s.spawn(|| left.iter().sum::<i32>());
    let b = s.spawn(|| right.iter().sum::<i32>());
    (a.join().unwrap(), b.join().unwrap())
});
(clo_low, clo_high, clo_numbers.len())
//=> (3, 7, 4)
//== channels
let (clo_tx, clo_rx) = std::sync::mpsc::channel();
for i in 0..3 { let tx = clo_tx.clone(); thread::spawn(move || tx.send(i * 10).unwrap()); }
drop(clo_tx);
let mut clo_got: Vec<i32> = clo_rx.iter().collect();
clo_got.sort();
clo_got
//=> [0, 10, 20]
//== a table of functions
let clo_table: [(&str, fn(f64) -> f64); 3] = [("sqrt", f64::sqrt), ("neg", |x| -x), ("one", |_| 1.0)];
//%%
clo_table.iter().map(|(n, f)| format!("{n}={}", f(4.0))).collect::<Vec<_>>()
//=> ["sqrt=2", "neg=-4", "one=1"]
//== a boxed closure that is kept and called
let mut clo_counter: Box<dyn FnMut() -> u32> = { let mut n = 0; Box::new(move || { n += 1; n }) };
//%%
clo_counter(); clo_counter()
//=> 2
//%%
clo_counter()
//=> 3
//== recursion through a reference
fn clo_fix(f: &dyn Fn(&dyn Fn(u64) -> u64, u64) -> u64, n: u64) -> u64 { f(&|m| clo_fix(f, m), n) }
clo_fix(&|again, n| if n == 0 { 1 } else { n * again(n - 1) }, 10)
//=> 3628800
//== chains over several lines
let clo_words = "rain snow rain hail rain";
let mut clo_sorted: Vec<(&str, usize)> = clo_words
    .split(' ')
    // one by one
    .fold(HashMap::new(), |mut m, w| { *m.entry(w).or_insert(0) += 1; m })
    .into_iter()
    .collect();
clo_sorted.sort_by_key(|(w, n)| (std::cmp::Reverse(*n), *w));
clo_sorted
    .first()
//=> Some(("rain", 3))
//== iterators of iterators
(1..=3)
    .flat_map(|i| (0..i).map(move |j| (i, j)))
    .filter(|(i, j)| (i + j) % 2 == 1)
    .zip("abc".chars())
    .collect::<Vec<_>>()
//=> [((1, 0), 'a'), ((2, 1), 'b'), ((3, 0), 'c')]
//== a closure with a pattern
[(1, 'a'), (2, 'b')].iter().map(|&(n, c)| format!("{c}{n}")).collect::<Vec<_>>().join("-")
//=> "a1-b2"
//== reference counts
let clo_rc = std::rc::Rc::new(std::cell::RefCell::new(5));
let clo_second = clo_rc.clone();
//%%
*clo_second.borrow_mut() += 1;
(*clo_rc.borrow(), std::rc::Rc::strong_count(&clo_rc), clo_rc.try_borrow_mut().is_ok())
//=> (6, 2, false)
