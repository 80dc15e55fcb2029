//! The session as a state machine: cells go in, and what later cells meet comes out.

use super::*;

/// A notebook without processes: every variable has the type that the test names.
#[derive(Default)]
struct Notebook {
    session: Session,
    count: usize,
}

impl Notebook {
    fn candidate(&self, code: &str) -> Result<Candidate, Refusal> {
        let source = Arc::new(Source { count: self.count + 1, code: code.to_owned(), id: None });
        self.session.candidate(ParsedCell::new(source, |name| self.session.has_variable(name)))
    }

    /// Runs a cell to its end; `types` are those of what it binds.
    fn run(&mut self, code: &str, types: &[(&str, &str)]) -> Candidate {
        self.end(code, types, |_| {})
    }

    fn end(&mut self, code: &str, types: &[(&str, &str)], change: impl FnOnce(&mut Outcome)) -> Candidate {
        let candidate = self.candidate(code).expect("not refused");
        self.count += 1;
        self.session.compiled(&candidate, self.count);
        let mut stored: BTreeSet<String> = self.session.variables.keys().cloned().collect();
        stored.extend(types.iter().map(|(name, _)| (*name).to_owned()));
        let types = types.iter().map(|(name, kind)| ((*name).to_owned(), (*kind).to_owned())).collect();
        let mut outcome = Outcome { stored, types, ..Outcome::default() };
        change(&mut outcome);
        self.session.ended(&candidate, &outcome, self.count);
        candidate
    }

    fn names(&self) -> Vec<&str> {
        self.session.variables.keys().map(String::as_str).collect()
    }

    fn told(&self, name: &str) -> String {
        self.session.gone(name).map(|gone| gone.in_words(name)).unwrap_or_default()
    }
}

#[test]
fn a_cell_takes_what_it_uses_and_nothing_else() {
    let mut notebook = Notebook::default();
    notebook.run("let a = 1; let mut b = 2;", &[("a", "i32"), ("b", "i32")]);
    let candidate = notebook.candidate("for a in 0..3 { b += a; }").unwrap();
    let takes: Vec<(&str, bool)> = candidate.takes.iter().map(|take| (take.name.as_str(), take.mutable)).collect();
    assert_eq!(takes, [("b", true)]);
    assert!(notebook.candidate("let a = a + 1;").unwrap().takes[0].is_rebound);
    assert!(notebook.candidate("let a = 5;").unwrap().takes.is_empty());
}

#[test]
fn a_variable_is_dropped_only_if_its_own_definition_changes() {
    let mut notebook = Notebook::default();
    notebook.run("struct S { a: i32 }", &[]);
    notebook.run("let s = S { a: 1 }; let e = g();", &[("s", "crate::S"), ("e", "Box<dyn std::error::Error>")]);
    for code in
        ["struct T;", "use std::fmt::*;", "macro_rules! m { () => {} }", "impl S { fn f() {} }", "struct S { a: i32 }"]
    {
        assert!(notebook.run(code, &[]).outdated.is_empty(), "{code}");
    }
    let candidate = notebook.end("struct S { a: u8 }", &[], |outcome| {
        outcome.stored.remove("s");
    });
    assert_eq!(candidate.outdated[0].variable, "s");
    assert_eq!(notebook.names(), ["e"]);
    assert!(notebook.told("s").contains("defined anew"));
}

#[test]
fn a_type_that_is_defined_anew_is_another_type() {
    let mut notebook = Notebook::default();
    assert!(notebook.run("struct S(i32);", &[]).versions.is_empty());
    let second = notebook.run("struct S(u8);", &[]).versions["S"].clone();
    assert_ne!(notebook.run("struct S(u16);", &[]).versions["S"], second);
    assert_eq!(notebook.run("struct S(u8);", &[]).versions["S"], second);
    assert!(notebook.run("struct S(i32);", &[]).versions.is_empty());
}

#[test]
fn a_cell_that_uses_what_it_makes_outdated_is_refused() {
    let mut notebook = Notebook::default();
    notebook.run("struct S(i32); let s = S(1);", &[("s", "crate::S")]);
    let refusal = notebook.candidate("struct S(u8); s.0").unwrap_err();
    assert_eq!((refusal.variable.as_str(), refusal.because_of), ("s", vec!["S".to_owned()]));
    assert!(notebook.candidate("struct S(u8); let s = S(2); s.0").is_ok());
}

#[test]
fn moved_dropped_and_never_made_are_told_apart() {
    let mut notebook = Notebook::default();
    notebook.run("let a = f(); let b = f();", &[("a", "Vec<i32>"), ("b", "Vec<i32>")]);
    notebook.end("let c = a;", &[("c", "Vec<i32>")], |outcome| {
        outcome.stored.remove("a");
    });
    assert!(notebook.told("a").contains("moved away by cell [2]"));
    notebook.end("drop(b); let d = 1; panic!();", &[], |outcome| {
        outcome.failed = true;
        outcome.stored.remove("b");
    });
    assert!(notebook.told("b").contains("then failed") && notebook.told("d").contains("failed before its end"));
    notebook.run("fn c() {}", &[]);
    assert!(notebook.told("c").contains("gave its name"));
    notebook.run("let a = f();", &[("a", "Vec<i32>")]);
    assert!(notebook.told("a").is_empty());
    assert_eq!(notebook.session.worker_gone(), ["a"]);
    assert!(notebook.told("a").contains("process"));
}

#[test]
fn a_cell_that_failed_keeps_the_old_value_and_type() {
    let mut notebook = Notebook::default();
    notebook.run("let x = 1;", &[("x", "i32")]);
    notebook.end("let mut x = f(x)?;", &[], |outcome| outcome.failed = true);
    let x = &notebook.session.variables["x"];
    assert_eq!((x.kind.as_str(), x.mutable), ("i32", false));
}

#[test]
fn what_thread_local_and_the_notebooks_macros_make_are_items() {
    let mut notebook = Notebook::default();
    notebook.run("macro_rules! item { ($n:ident) => { struct $n { a: i32 } } }", &[]);
    let candidate = notebook.run("item!(Made);\nthread_local! { static T: Cell<i32> = c(); }\nprintln!(\"a\");", &[]);
    assert_eq!((candidate.items.iter().count(), candidate.statements.len()), (3, 1));
}

#[test]
fn clear_forgets_all_but_the_crates() {
    let mut notebook = Notebook::default();
    notebook.session.set_crates(BTreeSet::from(["itoa".to_owned()]), BTreeMap::new());
    notebook.run("fn f() {} let a = 1;", &[("a", "i32")]);
    notebook.session.clear();
    assert!(notebook.names().is_empty() && notebook.session.items.iter().next().is_none());
    assert!(notebook.session.has_crate("itoa"));
}
