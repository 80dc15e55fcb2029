//== labelled blocks
let flow_block = 'found: { for n in 1..100 { if n * n > 50 { break 'found Some(n); } } None };
flow_block
//=> Some(8)
//== labels of loops
let mut flow_pairs = vec![];
'rows: for i in 0..4 { for j in 0..4 { if j > i { continue 'rows; } if i == 3 { break 'rows; } flow_pairs.push((i, j)); } }
flow_pairs.len()
//=> 6
//== values of loops
let mut flow_n = 1;
let flow_loop = loop { flow_n *= 2; if flow_n > 100 { break flow_n; } };
(flow_loop, loop { break; })
//=> (128, ())
//== while let with a stack
let mut flow_stack = vec![1, 2, 3];
while let Some(top) = flow_stack.pop() { if top == 2 { flow_stack.push(20); flow_stack.push(10); continue; } print!(" {top}"); if top == 20 { break; } }
println!();
//>  3 10 20
//== an if as the last expression
let flow_if = 3;
if flow_if > 2 { "big" } else if flow_if > 1 { "middle" } else { "small" }
//=> "big"
//== a match as the last expression
fn flow_match(n: i32) -> std::result::Result<i32, String> { Ok(n) }
match flow_match(2) { Ok(n) if n > 5 => n, Ok(n) => n * 10, Err(_) => -1 }
//=> 20
//== a block as the last expression
{ let a = 1; let b = 2; a + b }
//=> 3
//%%
unsafe { 5 }
//=> 5
//== a loop as the last expression
for i in 0..2 { println!("{i}"); }
//> 0
//> 1
//%%
loop { break 7 }
//=> 7
//== units are not shown
println!("only text")
//> only text
//%%
()
//%%
{ let flow_unit = (); flow_unit }
//%%
if false { println!("no"); }
//%%
drop(vec![1])
//== a semicolon hides the value
5;
//%%
5; ;
//%%
{ 5 };
//%%
{ 5 }
//=> 5
//== empty statements
;; let flow_empty = 1;; ;
flow_empty
//=> 1
//== a comment behind the last expression
fn flow_comment() -> i32 { 3 }
flow_comment() // with a ; in it
// and another
/* and a block; */
//=> 3
//%%
4 + 1 /* five */ // 5;
//=> 5
//== only comments
// nothing
/* at all */
//%%

//== an early return
println!("before");
if cpus() > 0 { return Ok(()); }
println!("never");
//> before
//== shadowed variables of loops
let i = 100;
for i in 0..2 { let i = i * 10; println!("{i}"); }
println!("{i}");
//> 0
//> 10
//> 100
//%%
i
//=> 100
//== ranges
((1..4).sum::<i32>(), (1..=4).rev().collect::<Vec<_>>(), (0..10).step_by(4).last(), (1..1).is_empty(), (..3).contains(&2), &[1, 2, 3][1..])
//=> (6, [4, 3, 2, 1], Some(8), true, true, [2, 3])
//== a tuple of one
let flow_one = (5,);
(flow_one, flow_one.0)
//=> ((5,), 5)
//== nested tuples
let flow_nest = ((1, (2, 3)), [(4, 'x')]);
flow_nest.0.1.1 + flow_nest.1[0].0
//=> 7
//== blocks in places of expressions
let flow_expr = [{ 1 + 1 }, if true { 2 } else { 3 }, match 1 { _ => 4 }, loop { break 5 }, *{ &6 }];
flow_expr
//=> [2, 2, 4, 5, 6]
//== a statement that begins like an expression
{ 1 }; -1
//=> -1
//%%
if true { 1 } else { 2 };
&[1, 2][..]
//=> [1, 2]
//== a block at the start of a line and a tuple behind
{ println!("block"); }
(1, 2)
//> block
//=> (1, 2)
//== assignments as expressions
let mut flow_assign;
let flow_of_assign = { flow_assign = 3; flow_assign += 1; };
(flow_assign, flow_of_assign)
//=> (4, ())
//== short circuit
fn flow_say(b: bool) -> bool { println!("{b}"); b }
flow_say(false) && flow_say(true) || flow_say(true)
//> false
//> true
//=> true
//== a question mark in a block
let flow_try: std::result::Result<i32, std::num::ParseIntError> = (|| { let a: i32 = "4".parse()?; Ok(a + "x".parse::<i32>()?) })();
flow_try.is_err()
//=> true
//== compound operators
let mut flow_ops = 7u8;
flow_ops <<= 1; flow_ops |= 1; flow_ops ^= 0b11; flow_ops %= 10; flow_ops -= 2;
flow_ops
//=> 0
