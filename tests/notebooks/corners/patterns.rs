//== ref and ref mut
let mut pat_pair = (String::from("a"), String::from("b"));
{
    let (ref first, ref mut second) = pat_pair;
    second.push_str(first);
}
pat_pair
//=> ("a", "ba")
//%%
match pat_pair { (ref a, _) if a == "a" => a.len(), _ => 0 }
//=> 1
//%%
pat_pair.1
//=> "ba"
//== binding with at
let pat_at = match 42u8 { low @ 0..=9 => ("low", low), mid @ (10 | 42) => ("mid", mid), other => ("other", other) };
pat_at
//=> ("mid", 42)
//%%
let pat_whole @ (pat_left, _) = (1, 2);
(pat_whole, pat_left)
//=> ((1, 2), 1)
//== slices with a rest
fn pat_ends(v: &[i32]) -> String {
    match v {
        [] => "empty".into(),
        [one] => format!("one {one}"),
        [first, .., last] if first == last => format!("same {first}"),
        [first, rest @ ..] => format!("{first} then {}", rest.len()),
    }
}
//%%
[pat_ends(&[]), pat_ends(&[7]), pat_ends(&[1, 2, 1]), pat_ends(&[1, 2, 3])]
//=> ["empty", "one 7", "same 1", "1 then 2"]
//== a rest in the middle of an array
let [pat_a, pat_mid @ .., pat_z] = [1, 2, 3, 4, 5];
//%%
(pat_a, pat_mid, pat_z)
//=> (1, [2, 3, 4], 5)
//== ranges of every kind
fn pat_range(n: i32) -> &'static str {
    match n { i32::MIN..0 => "below", 0 => "zero", 1..=9 => "digit", 10.. => "more" }
}
//%%
[-5, 0, 9, 10].map(pat_range)
//=> ["below", "zero", "digit", "more"]
//== ranges of characters
"aZ5é".chars().map(|c| match c { 'a'..='z' => 1, 'A'..='Z' => 2, '0'..='9' => 3, _ => 4 }).collect::<Vec<_>>()
//=> [1, 2, 3, 4]
//== nested patterns
enum PatShape { Dot { at: (i32, i32) }, Line([(i32, i32); 2]), Group(Vec<PatShape>, Option<&'static str>) }
fn pat_describe(s: &PatShape) -> String {
    match s {
        PatShape::Dot { at: (0, y) } => format!("axis {y}"),
        PatShape::Dot { at: (x, ..) } => format!("dot {x}"),
        PatShape::Line([(a, _), (.., b)]) => format!("line {a} {b}"),
        PatShape::Group(all, Some(name)) if !all.is_empty() => format!("{name}: {}", pat_describe(&all[0])),
        PatShape::Group(..) => "group".to_string(),
    }
}
//%%
pat_describe(&PatShape::Group(vec![PatShape::Line([(1, 2), (3, 4)])], Some("g")))
//=> "g: line 1 4"
//%%
(pat_describe(&PatShape::Dot { at: (0, 9) }), pat_describe(&PatShape::Group(vec![], None)))
//=> ("axis 9", "group")
//== constants in patterns
const PAT_LIMIT: u32 = 10;
struct PatMax;
impl PatMax { const TOP: u32 = 20; }
fn pat_const(n: u32) -> u8 { match n { PAT_LIMIT => 1, PatMax::TOP => 2, PAT_LIMIT..PatMax::TOP => 3, u32::MAX => 4, _ => 5 } }
//%%
[10, 20, 15, u32::MAX, 0].map(pat_const)
//=> [1, 2, 3, 4, 5]
//== a cell's constant is not a binding
const PAT_NINE: i32 = 9;
//%%
match 8 { PAT_NINE => "nine", _ => "other" }
//=> "other"
//== alternatives inside
match Some(3) { Some(1 | 3 | 5) => "odd", Some(_) => "even", None => "none" }
//=> "odd"
//%%
let (Ok(pat_either) | Err(pat_either)) = Err::<i32, i32>(4);
//%%
pat_either
//=> 4
//== patterns of references
let pat_refs = vec![(1, "a"), (2, "b")];
let pat_sum: i32 = pat_refs.iter().map(|&(n, _)| n).sum();
pat_sum
//=> 3
//%%
let &pat_ref = &5; let (pat_x, &pat_y) = (1, &2);
(pat_ref, pat_x, pat_y)
//=> (5, 1, 2)
//== patterns of parameters
struct PatPoint { x: i32, y: i32 }
fn pat_norm(PatPoint { x, y: up }: PatPoint, [a, b]: [i32; 2], (c, ..): (i32, u8, u8)) -> i32 { x + up + a + b + c }
//%%
pat_norm(PatPoint { x: 1, y: 2 }, [3, 4], (5, 0, 0))
//=> 15
//== matches
(matches!('c', 'a'..='f'), matches!(Some(3), Some(n) if n > 5))
//=> (true, false)
//== let with else
fn pat_parse(text: &str) -> i32 {
    let Some((left, right)) = text.split_once('=') else { return -1; };
    let (Ok(n), true) = (right.parse::<i32>(), left == "n") else { return -2 };
    n
}
//%%
let Some(pat_found) = [3, 8].iter().copied().find(|n| *n > 5) else { panic!("none") };
(pat_parse("n=5"), pat_parse("x"), pat_parse("m=1"), pat_found)
//=> (5, -1, -2, 8)
//== chains of if let
fn pat_chain(text: Option<&str>) -> i32 {
    if let Some(t) = text && let Ok(n) = t.parse::<i32>() && n > 0 { n } else { 0 }
}
//%%
[pat_chain(Some("7")), pat_chain(Some("-7")), pat_chain(Some("x")), pat_chain(None)]
//=> [7, 0, 0, 0]
//%%
let pat_word = Some(String::from("rain"));
if let Some(w) = &pat_word && w.len() == 4 && let Some(c) = w.chars().next() { println!("{c}"); }
//> r
//== destructuring assignment
let (mut pat_p, mut pat_q) = (1, 2);
(pat_p, pat_q) = (pat_q, pat_p);
(pat_p, pat_q)
//=> (2, 1)
//%%
[pat_p, .., pat_q] = [10, 20, 30];
(pat_p, _) = (pat_p + 1, 99);
//%%
(pat_p, pat_q)
//=> (11, 30)
//%%
struct PatAssign { a: i32, b: i32 }
PatAssign { a: pat_p, .. } = PatAssign { a: 5, b: 6 };
_ = PatAssign { a: 1, b: 2 }.b;
pat_p
//=> 5
//== an inline constant pattern by name
const fn pat_double(n: u8) -> u8 { n * 2 }
const PAT_DOUBLE: u8 = pat_double(4);
match 8u8 { PAT_DOUBLE => "eight", _ => "other" }
//=> "eight"
//== strings and bytes in patterns
match ("rain", b"ab") { ("rain", b"ab") => 1, ("snow", _) => 2, _ => 3 }
//=> 1
//== a pattern that moves a part
let pat_parts = (String::from("kept"), String::from("taken"));
let (_, pat_taken) = pat_parts;
pat_taken
//=> "taken"
//== numbers that are negative
[-1i8, 0, 1].map(|n| match n { -128..=-1 => '-', 0 => '0', 1..=127 => '+' })
//=> ['-', '0', '+']
