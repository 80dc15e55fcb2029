//== raw strings
let text_raw = r#"a "quoted" \n {brace} #"#;
println!("{text_raw}");
(text_raw.len(), r##"#"# "##, r"\d+")
//> a "quoted" \n {brace} #
//=> (23, "#\"# ", "\\d+")
//== strings over several lines
let text_long = "one
  two \
    three";
println!("{text_long}");
//> one
//>   two three
//%%
text_long.lines().count()
//=> 2
//== byte strings and C strings
(b"a\xff\0", br"\n", c"rain".to_bytes().len(), c"x".to_bytes_with_nul(), b'\'')
//=> ([97, 255, 0], [92, 110], 4, [120, 0], 39)
//== escapes
("\u{e9}\x41\t\\\"'", '\u{1F600}'.len_utf8(), '\'', "\0".len())
//=> ("éA\t\\\"'", 4, '\'', 1)
//== arguments of format
let (text_w, text_p, text_x) = (7, 2, 3.14159);
println!("[{text_x:>text_w$.text_p$}] [{:<5}] [{:^5}] [{:*>5}] [{:+}] [{:05}]", 1, 2, 3, 4, -5);
println!("{0} {1} {0} {name:?} {:#x} {:#010b} {2:e}", 10, 5, 10.0, name = "n");
println!("{:>w$} {:.*} {{}}", 1, 2, 1.23456, w = 4);
//> [   3.14] [1    ] [  2  ] [****3] [+4] [-0005]
//> 10 5 10 "n" 0xa 0b00000101 1e1
//>    1 1.23 {}
//== pretty debug
println!("{:#?}", (1, vec!["a"]));
//> (
//>     1,
//>     [
//>         "a",
//>     ],
//> )
//== a debug of floats and text
(1.0, -0.0, 1e21, f64::NAN, f32::INFINITY, 0.1 + 0.2, "tab\t", 'é', "\u{200b}")
//=> (1.0, -0.0, 1e21, NaN, inf, 0.30000000000000004, "tab\t", 'é', "\u{200b}")
//== literals of numbers
(1_000_000, 0xff_u8, 0o17, 0b1010_0001u8, 1e3, 2.5e-3_f32, 1f64, 7usize, i128::MAX, b'A' as char)
//=> (1000000, 255, 15, 161, 1000.0, 0.0025, 1.0, 7, 170141183460469231731687303715884105727, 'A')
//== a number that does not fit
let text_fit: u8 = 256;
//! CompileError out of range
//== an index that is always wrong
let text_index = [1, 2][5];
//! CompileError out of bounds
//== methods and ranges on literals
(1.max(2), 2.0_f64.sqrt() as i32, -1i32.abs(), (-1i32).abs(), 1..=3, ..4, "a".repeat(3))
//=> (2, 1, -1, 1, 1..=3, ..4, "aaa")
//== casts
let text_big = 300;
(text_big as u8, -1i32 as u32, 3.99 as i32, -1.0 as u8, f64::NAN as i32, 'a' as u32, true as i32, 97u8 as char, i64::MAX as f32)
//=> (44, 4294967295, 3, 0, 0, 97, 1, 'a', 9.223372e18)
//== unicode identifiers
let température = 21.5; let 雨 = 3; fn größe(ß: i32) -> i32 { ß * 2 }
struct Météo { été: bool }
//%%
(température, größe(雨), Météo { été: true }.été)
//=> (21.5, 6, true)
//== raw identifiers
let r#fn = 1; fn r#match(r#in: i32) -> i32 { r#in + 1 } struct TextRaw { r#type: i32 }
//%%
r#match(r#fn) + TextRaw { r#type: 5 }.r#type
//=> 7
//%%
let TextRaw { r#type } = TextRaw { r#type: 9 };
println!("{type} {}", r#type);
//> 9 9
//== text that looks like the end of things
let text_braces = "} ) ] ; // no comment /* "; let text_quote = '"'; let text_life: &'static str = "'a"; // "
/* a comment /* in a comment */ " */ (text_braces.len(), text_quote, text_life)
//=> (25, '"', "'a")
//== characters beside lifetimes
fn text_first<'a>(t: &'a str, c: char) -> &'a str { match t.find(c) { Some(i) => &t[..i], None => t } }
(text_first("a'b", '\''), text_first("x{y", '{'), b'{')
//=> ("a", "x", 123)
//== chars, bytes and slices of text
let text_word = "été";
(text_word.len(), text_word.chars().count(), &text_word[2..], text_word.char_indices().last(), text_word.to_uppercase())
//=> (5, 3, "té", Some((3, 'é')), "ÉTÉ")
//== a slice within a letter
"été"[..1].len()
//! Panic é
//== concat and stringify
(concat!("a", 1, 2.5, true, 'c'), stringify!(a + b * 2), line!() > 0, module_path!().is_empty())
//=> ("a12.5truec", "a + b * 2", true, false)
