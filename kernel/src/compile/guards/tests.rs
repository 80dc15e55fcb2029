//! What guards make of source text. That it compiles, without warnings, and prints what it did is tried on whole programs.

use super::{Edit, edits, names_called, recursive};
use ra_ap_syntax::{Edition, SourceFile};
use std::collections::HashSet;

fn edits_of(source: &str, recursive: &[&str]) -> Vec<Edit> {
    let root = SourceFile::parse(source, Edition::Edition2024).syntax_node();
    edits(&root, &|name| recursive.contains(&name))
}

fn with_recursive(source: &str, recursive: &[&str]) -> String {
    let (mut out, mut copied) = (String::new(), 0);
    for edit in edits_of(source, recursive) {
        out.push_str(&source[copied..edit.range.start]);
        out.push_str(&edit.insert);
        copied = edit.range.end;
        assert!(
            !edit.insert.contains('\n') && !source[edit.range].contains('\n'),
            "lines keep their numbers: {source}"
        );
    }
    out.push_str(&source[copied..]);
    let parsed = SourceFile::parse(&out, Edition::Edition2024);
    assert!(parsed.errors().is_empty(), "{out}\n{:?}", parsed.errors());
    out.replace("::isopleth::runtime::guard::", "g::").replace("&crate::__isopleth_stop", "S")
}

fn guarded(source: &str) -> String {
    with_recursive(source, &[])
}

/// The statements of a function.
fn of(body: &str) -> String {
    let out = guarded(&format!("fn f() {{\n{body}\n}}"));
    out["fn f() {\n".len()..out.len() - 2].to_owned()
}

#[test]
fn a_loop_looks_in_each_turn() {
    assert_eq!(of("loop { x(); }"), "loop { g::check(S); x(); }");
    assert_eq!(of("'a: while c { x(); }"), "'a: while c { g::check(S); x(); }");
    assert_eq!(of("while let Some(x) = v.pop() {\n}"), "while let Some(x) = v.pop() { g::check(S);\n}");
    assert_eq!(of("loop { #![allow(unused)] x(); }"), "loop { #![allow(unused)] g::check(S); x(); }");
}

#[test]
fn a_for_loop_over_numbers_is_taken_apart() {
    let apart = "match g::parts(S, &data) { mut __isopleth_rest => { while let ::core::option::Option::Some(__isopleth_part) = \
                 __isopleth_rest.__isopleth_part() { for x in \
                 ::core::convert::identity(__isopleth_part).__isopleth_turns() { sum += x.abs(); } } } }";
    assert_eq!(of("for x in &data { sum += x.abs(); }"), apart);
    assert!(of("for (i, _) in v.iter().enumerate() { sum += i; }").contains("for (i, _) in ::core"));
    assert!(of("#[cfg(windows)] for i in 0..3 { s += i; }").starts_with("#[cfg(windows)] match g::parts(S, 0..3) {"));
}

#[test]
fn a_for_loop_that_calls_or_leaves_or_would_warn_elsewhere_looks_in_each_turn() {
    for body in
        ["f(i);", "if i > 3 { break; }", "println!(\"{i}\");", "for j in 0..i { k += j; }", "x.fold(i);", "n += 1;"]
    {
        let out = of(&format!("for i in 0..9 {{ {body} }}"));
        assert!(out.starts_with("for i in g::guarded(S, 0..9).__isopleth_turns() {"), "{out}");
    }
    assert!(of("'a: for i in 0..9 { x += i; }").starts_with("'a: for i in g::guarded(S, 0..9)"));
    assert!(of("for mut i in 0..9 { i += 1; x += i; }").starts_with("for mut i in g::guarded(S, 0..9)"));
    assert!(
        of("for x in (A { n: 1 }) { f(x) }").starts_with("for x in g::guarded(S, A { n: 1 }).__isopleth_turns() {")
    );
    assert!(of("for x in (0..3) { s += x; }").starts_with("match g::parts(S, 0..3) {"));
    assert!(of("for (a,\n b) in v { x += a * b; }").starts_with("for (a,\n b) in g::guarded(S, v)"));
}

#[test]
fn constants_are_left_alone() {
    for item in [
        "const fn f() { loop {} }",
        "const N: usize = { let mut n = 0; while n < 3 { n += 1; } n };",
        "static N: usize = { loop {} };",
        "fn f() { const { loop {} } }",
        "fn f(a: [u8; { loop {} }]) { [0; { loop {} }]; g::<{ loop {} }>(); }",
        "enum E { A = { loop {} } }",
        "impl T for S { const N: u8 = { loop {} }; }",
        "#[unsafe(naked)] extern \"C\" fn f() { loop {} }",
    ] {
        assert_eq!(guarded(item), item);
    }
}

#[test]
fn what_must_not_be_unwound_says_so_first_and_is_guarded_all_the_same() {
    let no_unwind = "{ let __isopleth_no_unwind = g::NoUnwind::new(); loop { g::check(S);";
    assert!(guarded("extern \"C\" fn f() { loop {} }").contains(no_unwind));
    assert!(guarded("unsafe extern fn f() { loop {} }").contains(no_unwind));
    assert!(guarded("impl<T> std::ops::Drop for A<T> { fn drop(&mut self) { loop {} } }").contains(no_unwind));
    assert!(guarded("impl Drop for A { fn drop(&mut self) { helper() } }").contains("NoUnwind"));
    assert!(!guarded("impl Drop for A { fn drop(&mut self) { self.0 = 1; } }").contains("NoUnwind"));
    for other in
        ["extern \"C-unwind\" fn f() { loop {} }", "fn drop() { loop {} }", "impl A { fn drop(&mut self) { loop {} } }"]
    {
        assert!(!guarded(other).contains("NoUnwind"), "{other}");
    }
}

#[test]
fn a_statement_that_waits_is_followed_by_a_look() {
    assert_eq!(of("thread::sleep(a);\nb();"), "thread::sleep(a); g::check(S);\nb();");
    assert!(of("let n = { sleep(a); 3 };").ends_with("3 }; g::check(S);"));
    assert!(of("let n = handle.join();").ends_with("join(); g::check(S);"));
    assert!(of("Command::new(\"a\").status()?;").ends_with("?; g::check(S);"));
    assert!(of("let o = c.wait_with_output().unwrap();").ends_with("; g::check(S);"));
    assert_eq!(of("let sleep = 1;"), "let sleep = 1;");
    assert_eq!(
        of("sleep(a);for x in v { f(x) }"),
        "sleep(a); g::check(S);for x in g::guarded(S, v).__isopleth_turns() { f(x) }"
    );
}

#[test]
fn no_look_stands_where_nothing_is_reached() {
    for body in [
        "return v.join(\",\");",
        "'a: loop { g::check(S); break 'a v.join(\"+\"); }",
        "panic!(\"{}\", v.join(\"\"));",
        "std::process::exit(child.wait().unwrap().code().unwrap());",
        "if c { return v.join(\"\"); } else { return w.join(\"\"); };",
        "match c { A => return a.join(), B => panic!() };",
        "let x: u8 = { return v.join(\"\"); };",
    ] {
        let source = body.replace(" g::check(S);", "");
        assert_eq!(of(&source), body);
    }
    assert!(of("loop { sleep(a); };").ends_with("g::check(S); };"));
    for body in [
        "let x = match h.join() { Ok(x) => x, Err(_) => return };",
        "let x = loop { h.join(); break 3; };",
        "let t = spawn(|| { return v.join(\"\") });",
        "let Some(x) = h.join() else { return };",
        "c && return v.join(\"\");",
    ] {
        assert!(of(body).ends_with("; g::check(S);"), "{body}");
    }
}

#[test]
fn channels_are_waited_for_in_slices() {
    assert_eq!(of("rx.recv()"), "g::recv(S, &rx)");
    assert_eq!(of("let x = a.b[0].recv().unwrap();"), "let x = g::recv(S, &a.b[0]).unwrap(); g::check(S);");
    assert_eq!(of("while let Ok(x) = rx.recv() {}"), "while let Ok(x) = g::recv(S, &rx) { g::check(S);}");
    assert_eq!(of("rx.recv_timeout(t + u)"), "g::recv_timeout(S, &rx, t + u)");
    assert_eq!(of("rx\n.recv()"), "g::recv(S, &rx\n)");
    assert_eq!(of("rx.recv().recv()"), "g::recv(S, &g::recv(S, &rx))");
    assert_eq!(of("for x in rx { f(x) }"), "for x in g::guarded(S, rx).__isopleth_turns() { f(x) }");
    assert_eq!(of("for x in self.rx.iter() { f(x) }"), "for x in g::receiving(S, &self.rx) { f(x) }");
    assert_eq!(
        of("for x in rx.recv() { f(x) }"),
        "for x in g::guarded(S, g::recv(S, &rx)).__isopleth_turns() { f(x) }"
    );
    for other in ["rx.recv().await", "socket.recv(&mut buffer)", "rx.recv(\n)"] {
        assert_eq!(of(other), other);
    }
}

#[test]
fn plain_expressions_in_macros_are_guarded_and_text_is_text() {
    assert_eq!(
        of("println!(\"for {{}} loop\", x, n = { loop { break 3; } });"),
        "println!(\"for {{}} loop\", x, n = { loop { g::check(S); break 3; } });"
    );
    assert_eq!(of("std::vec![{ for i in 0..3 { f(i) } }; 3];").matches("guarded(S, 0..3)").count(), 1);
    assert_eq!(of("println!(\"{}\", format!(\"{}\", { loop {} }));").matches("g::check(S)").count(), 1);
    for other in [
        "dbg!({ loop {} });",
        "assert!({ loop {} });",
        "own!(for x in y {});",
        "println!(\"loop {{}}\", for);",
        "let s = \"loop { for x in y {} }\";",
        "// for x in y {}",
    ] {
        assert_eq!(of(other), other);
    }
}

#[test]
fn each_loop_and_each_wait_is_a_guard_of_its_own() {
    let edits = edits_of("fn f() { for x in &v { s += x; } loop { rx.recv(); } }", &[]);
    let guards: Vec<usize> = edits.iter().map(|edit| edit.guard).collect();
    assert_eq!(guards, [0, 0, 0, 1, 3, 3, 2], "{edits:?}");
    assert!(edits.is_sorted_by_key(|edit| edit.range.start));
}

#[test]
fn a_function_that_may_call_itself_looks() {
    let source = "fn even(n: u32) -> bool { n == 0 || odd(n - 1) } fn odd(n: u32) -> bool { [n].map(even)[0] }
        fn depth(t: &Tree) -> u32 { println!(\"{}\", t.kids.iter().map(|t| depth(t)).sum()); leaf() }
        impl A { fn walk(&self) { self.left.walk() } fn new() -> A { A { v: Vec::new() } } fn len(&self) -> usize { self.v.len() } }
        fn leaf() -> u32 { 1 } fn r#type() { r#type() } const fn never() { never() }";
    let root = SourceFile::parse(source, Edition::Edition2024).syntax_node();
    let found = recursive(&names_called(&root));
    let expected = ["even", "odd", "depth", "walk", "type", "never"].map(str::to_owned);
    assert_eq!(found, HashSet::from(expected));
    let names: Vec<&str> = found.iter().map(String::as_str).collect();
    let out = with_recursive(source, &names);
    assert!(out.contains("fn even(n: u32) -> bool { g::check(S); n == 0"), "{out}");
    assert!(out.contains("fn r#type() { g::check(S); r#type() }") && out.contains("const fn never() { never() }"));
    assert_eq!(out.matches("g::check(S)").count(), 5);
}

#[test]
fn the_loops_that_a_macro_writes_look() {
    let out = guarded(
        "macro_rules! m { (loop { $x:expr }) => { 'a: loop { $x; } }; ($v:ident) => {{ for x in $v { f(x) } }} }",
    );
    assert_eq!(
        out,
        "macro_rules! m { (loop { $x:expr }) => { 'a: loop { g::check(S); $x; } }; ($v:ident) => {{ for x in $v { g::check(S); f(x) } }} }"
    );
    let other = "macro_rules! m { ($t:ty) => { impl T for $t { fn f() { g() } } } }";
    assert_eq!(guarded(other), other);
}
