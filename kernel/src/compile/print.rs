//! The crate that rustc compiles, printed from the session's model.
//!
//! Macros come first, since they are known only below their definition; then imports, the newest definition of each item
//! in the notebook's order, and the cell's statements in a function. Users' words are copied as they are, and a
//! [`SourceMap`] knows where each came from. Everything that is written between them is named by its full path. No edit
//! adds or removes a line, so a crate has the same lines with guards and without.

use super::guards;
use super::source_map::{SourceMap, What};
use crate::cell::item::{Item, ItemKind, visibility_place};
use crate::cell::{Kind, ParsedCell, Source};
use crate::session::{Candidate, Entry, Session, Static, Symbol, calls_that_read, statics};
use ra_ap_syntax::{
    AstNode, AstToken, Edition, SyntaxKind,
    ast::{self, HasModuleItem},
};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::ops::Range;
use std::sync::Arc;

/// The variable store, as the cell's function calls it.
const STORE: &str = "__isopleth_store";
const STORE_TYPE: &str = "::isopleth::runtime::VariableStore";
/// The name under which the store keeps the async runtime.
const RUNTIME: &str = "isopleth_async_runtime";

/// How a crate is printed. The first try has nothing left out; what a compiler says may ask for another.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Variant {
    pub unguarded: bool,
    /// Guards of the cell's statements that do not compile.
    pub unguarded_here: BTreeSet<usize>,
    /// `?` meets an error that is no `std::error::Error`.
    pub any_error: bool,
    /// Variables that the cell makes and that cannot be stored at its end, since they borrow.
    pub not_put: BTreeSet<String>,
    /// Variables that the cell makes and moves away again.
    pub moved_here: BTreeSet<String>,
    /// Of those that are not stored, the ones that are moved away in the cell.
    pub not_let_go: BTreeSet<String>,
    /// Variables that the cell moves away.
    pub not_put_back: BTreeSet<String>,
    /// Variables that the cell moves away and gives a new value: they are put back where it has that.
    pub put_back_inside: BTreeSet<String>,
    /// How the last expression is shown.
    pub tail: TailForm,
}

/// How the last expression of a cell is shown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum TailForm {
    /// By its own method.
    #[default]
    Shown,
    /// It never ends, and no method can be called on what it gives.
    Never,
    /// A `Result` whose error nobody has named, as in `Ok(())`: it is the error that `?` would make.
    Result,
}

/// A crate, and what is what in it.
#[derive(Debug, Clone)]
pub struct Printed {
    pub text: String,
    pub map: SourceMap,
    /// The function to call in the object.
    pub symbol: String,
}

impl Printed {
    /// Names the crate by its content.
    pub fn label(&self) -> String {
        hex(&self.text)
    }
}

fn hex(text: &str) -> String {
    Sha256::digest(text).iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

/// Prints the crate of `candidate`, as rustc is to compile it.
pub fn to_compile(candidate: &Candidate, variant: &Variant) -> Printed {
    let mut printer = Printer::new(candidate, variant, true);
    printer.items();
    printer.cell_function();
    printer.finish()
}

/// Prints the crate of `candidate` as types are inferred in it: the variables are parameters, and nothing is stored.
pub fn to_analyse(candidate: &Candidate) -> Printed {
    let variant = Variant { unguarded: true, ..Variant::default() };
    let mut printer = Printer::new(candidate, &variant, false);
    printer.items();
    printer.analysed_function();
    printer.finish()
}

/// Prints what `cell` is written below: the session's items, its variables, and the cell as it is so far, whole, since it may
/// not be Rust yet.
pub fn to_look_at(session: &Session, cell: &ParsedCell) -> Printed {
    let empty = ParsedCell::new(Arc::new(Source { count: 0, code: String::new(), id: None }), |_| false);
    let mut out =
        Printed { text: String::new(), map: SourceMap::default(), symbol: "isopleth_cell_looked_at".to_owned() };
    let variant = Variant { unguarded: true, ..Variant::default() };
    if let Ok(before) = session.candidate(empty) {
        let mut printer = Printer::new(&before, &variant, false);
        printer.items();
        out.text = printer.out;
    }
    out.text.push_str(&format!("async fn {}(", out.symbol));
    for (name, variable) in session.variables() {
        let mutable = if variable.mutable { "mut " } else { "" };
        out.text.push_str(&format!("{mutable}{}: {}, ", raw(name), absolute(&variable.kind)));
    }
    out.text.push_str(") -> ::core::result::Result<(), ::isopleth::runtime::UserError> {\n");
    let start = out.text.len();
    out.text.push_str(&cell.code()[cell.rust()]);
    let what = What::Written { source: Arc::clone(&cell.source), start: cell.rust().start, entry: None };
    out.map.add(start..out.text.len(), what);
    out.text.push_str("\n;::core::result::Result::Ok(())\n}\n");
    out.map.finish(&out.text);
    out
}

struct Printer<'a> {
    candidate: &'a Candidate,
    variant: &'a Variant,
    out: String,
    map: SourceMap,
    symbol: String,
    /// Functions that call themselves, by way of others or not.
    recursive: HashSet<String>,
    to_compile: bool,
}

/// Something that is written in place of a range of an item.
struct Edit {
    range: Range<usize>,
    insert: String,
    what: Option<What>,
}

impl<'a> Printer<'a> {
    fn new(candidate: &'a Candidate, variant: &'a Variant, to_compile: bool) -> Self {
        let symbol = format!("isopleth_cell_{}", hex(candidate.cell.code()));
        let recursive = if to_compile && !variant.unguarded { recursive_functions(candidate) } else { HashSet::new() };
        Self { candidate, variant, out: String::new(), map: SourceMap::default(), symbol, recursive, to_compile }
    }

    fn finish(mut self) -> Printed {
        self.map.finish(&self.out);
        Printed { text: self.out, map: self.map, symbol: self.symbol }
    }

    fn line(&mut self, text: &str) {
        self.out.push_str(text);
        self.out.push('\n');
    }

    fn marked(&mut self, text: &str, what: What) {
        let start = self.out.len();
        self.out.push_str(text);
        self.map.add(start..self.out.len(), what);
    }

    /// Copies `range` of `source`, with `edits` (in bytes of the range, in their order) made.
    fn written(&mut self, source: &Arc<Source>, range: Range<usize>, entry: Option<usize>, edits: &[Edit]) {
        let mut at = range.start;
        for edit in edits {
            let (from, to) = (range.start + edit.range.start, range.start + edit.range.end);
            if from < at || to > range.end {
                // Two edits of one place: what comes first holds.
                continue;
            }
            self.copy(source, at..from, entry);
            match &edit.what {
                Some(what) => self.marked(&edit.insert, what.clone()),
                None => self.out.push_str(&edit.insert),
            }
            // Lines keep their numbers.
            let lines = source.code[from..to].matches('\n').count();
            self.out.push_str(&"\n".repeat(lines));
            at = to;
        }
        self.copy(source, at..range.end, entry);
    }

    fn copy(&mut self, source: &Arc<Source>, range: Range<usize>, entry: Option<usize>) {
        if !range.is_empty() {
            let what = What::Written { source: Arc::clone(source), start: range.start, entry };
            self.marked(&source.code[range], what);
        }
    }

    // Items

    fn items(&mut self) {
        self.line("#![allow(unused_imports, dead_code, private_interfaces, private_bounds)]");
        for attribute in &self.candidate.attributes {
            self.written(&attribute.source, attribute.range.clone(), None, &only_warned_of(attribute.text()));
            self.line("");
        }
        if self.to_compile {
            self.line(
                "#[allow(non_upper_case_globals)] static __isopleth_stop: ::isopleth::runtime::guard::Stop = \
                 ::isopleth::runtime::guard::Stop::new();",
            );
        }
        let candidate = self.candidate;
        let entries: Vec<(usize, &Entry)> =
            candidate.items.iter().enumerate().filter(|(_, entry)| !entry.is_aside()).collect();
        let is_crate = |entry: &Entry| matches!(entry.item.kind, ItemKind::ExternCrate(_));
        if self.candidate.has_crates {
            // One shared object holds the crates of `:dep`: what is static in them exists once.
            self.line("extern crate isopleth_dependencies as _;");
        }
        for (index, entry) in entries.iter().filter(|(_, entry)| is_crate(entry)) {
            self.item(*index, entry);
        }
        for (index, entry) in entries.iter().filter(|(_, entry)| entry.item.is_macro()) {
            self.item(*index, entry);
        }
        self.imports(&entries);
        for (index, entry) in &entries {
            if entry.import.is_none() && !entry.item.is_macro() && !is_crate(entry) {
                self.item(*index, entry);
            }
        }
    }

    /// The prelude, and what cells have imported. An import whose name a later cell gave to something else lies in a
    /// module below, from where it is taken only where nothing newer has the name.
    fn imports(&mut self, entries: &[(usize, &Entry)]) {
        let imports: Vec<(usize, &Entry, usize)> =
            entries.iter().filter_map(|(index, entry)| Some((*index, *entry, entry.import.as_ref()?.below))).collect();
        let deepest = imports.iter().map(|(.., below)| *below).max().unwrap_or(0);
        for level in 1..=deepest {
            self.line(&format!("#[allow(ambiguous_glob_reexports)] mod __isopleth_below_{level} {{"));
            if level == deepest {
                self.line("pub(crate) use ::isopleth::prelude::*;");
            } else {
                self.line(&format!("pub(crate) use crate::__isopleth_below_{}::*;", level + 1));
            }
            for (index, entry, _) in imports.iter().filter(|(.., below)| *below == level) {
                self.import(*index, entry, "pub(crate) ");
            }
            self.line("}");
        }
        self.line(if deepest == 0 { "use ::isopleth::prelude::*;" } else { "use __isopleth_below_1::*;" });
        for (index, entry, _) in imports.iter().filter(|(.., below)| *below == 0) {
            self.import(*index, entry, "");
        }
    }

    fn import(&mut self, index: usize, entry: &Entry, visibility: &str) {
        let Some(import) = entry.imported() else { return };
        let item = &entry.item;
        let attributes = item.tree().children().filter(|node| ast::Attr::can_cast(node.kind())).collect::<Vec<_>>();
        for attribute in attributes {
            self.out.push_str(&attribute.text().to_string());
            self.out.push(' ');
        }
        self.out.push_str(visibility);
        self.out.push_str("use ");
        let own = self.candidate.items.own_type_names();
        let first = import.path.first().map(|(segment, _)| segment.as_str()).unwrap_or_default();
        if import.from_crates {
            self.out.push_str("::");
        } else if own.contains_key(first) {
            self.out.push_str("crate::");
        }
        for (at, (segment, range)) in import.path.iter().enumerate() {
            if at > 0 {
                self.out.push_str("::");
            }
            if at == 0 && segment == "self" {
                self.out.push_str("crate");
                continue;
            }
            let start = item.range.start + range.end - segment.len();
            self.copy(&item.source, start..start + segment.len(), Some(index));
        }
        if import.is_glob {
            self.out.push_str(if import.path.is_empty() { "*" } else { "::*" });
        }
        if let Some(alias) = &import.alias {
            self.out.push_str(&format!(" as {alias}"));
        }
        self.line(";");
    }

    fn item(&mut self, index: usize, entry: &Entry) {
        let item = &entry.item;
        if let ItemKind::ThreadLocal(_) = item.kind {
            return self.thread_locals(index, entry);
        }
        let version = item.defines.first().and_then(|(name, _)| Some((name, self.candidate.versions.get(name)?)));
        let version = version.filter(|_| item.holds_types());
        let mut edits = self.edits(index, entry);
        if let Some((_, module)) = version {
            self.line(&format!("mod {module} {{ use super::*;"));
            edits.extend(visible(item));
            edits.sort_by_key(|edit| edit.range.start);
        }
        self.written(&item.source, item.range.clone(), Some(index), &edits);
        if matches!(item.kind, ItemKind::MacroCall) && !item.text().trim_end().ends_with('}') {
            self.out.push(';');
        }
        self.line("");
        if let Some((name, module)) = version {
            self.line(&format!("}} use {module}::{};", raw(name)));
        }
    }

    /// What is written into an item: declarations of statics, guards; and what a later cell defines anew goes.
    fn edits(&self, index: usize, entry: &Entry) -> Vec<Edit> {
        let item = &entry.item;
        let mut edits: Vec<Edit> = Vec::new();
        let members = match &item.kind {
            ItemKind::Impl(block) => block.members.as_slice(),
            ItemKind::ExternBlock(members) => members.as_slice(),
            _ => &[],
        };
        for member in members.iter().filter(|member| entry.overridden.contains(&member.name)) {
            edits.push(Edit { range: member.range.clone(), insert: String::new(), what: None });
        }
        for one in statics(item).iter().filter(|one| self.to_compile && !entry.own_statics.contains(&one.path)) {
            if let Some(symbol) = self.candidate.statics.get(&one.path) {
                edits.push(declaration(item, one, symbol));
            }
        }
        edits.extend(included(&item.tree()));
        if self.to_compile && !self.variant.unguarded {
            let guard = |edit: guards::Edit| Edit {
                range: edit.range,
                insert: edit.insert,
                what: Some(What::Guard { entry: Some(index), guard: edit.guard }),
            };
            let all = guards::edits(&item.tree(), &|name| self.recursive.contains(name));
            edits.extend(all.into_iter().filter(|edit| !entry.unguarded.contains(&edit.guard)).map(guard));
        }
        // Stable: guards at one place keep their order.
        edits.sort_by_key(|edit| edit.range.start);
        edits
    }

    fn thread_locals(&mut self, index: usize, entry: &Entry) {
        let item = &entry.item;
        let ItemKind::ThreadLocal(found) = &item.kind else { return };
        for one in found.iter().filter(|one| !entry.overridden.contains(&one.name)) {
            let is_shared = self.to_compile && !entry.own_statics.contains(&one.name);
            let symbol = self.candidate.statics.get(&one.name).filter(|_| is_shared);
            let part = |range: &Range<usize>| item.range.start + range.start..item.range.start + range.end;
            let attribute = match symbol {
                Some(Symbol { name, is_loaded: true }) => {
                    self.out.push_str(&format!("unsafe extern \"Rust\" {{ #[link_name = \"{name}\"] "));
                    String::new()
                }
                Some(Symbol { name, .. }) => format!("#[unsafe(export_name = \"{name}\")] "),
                None => String::new(),
            };
            self.out.push_str(&attribute);
            self.written(&item.source, part(&one.before), Some(index), &[]);
            if symbol.is_some_and(|symbol| symbol.is_loaded) {
                self.out.push_str(&format!("safe static {}: ::std::thread::LocalKey<", one.name));
                self.written(&item.source, part(&one.kind), Some(index), &[]);
                self.line(">; }");
                continue;
            }
            self.out.push_str(&format!("static {}: ::std::thread::LocalKey<", one.name));
            self.written(&item.source, part(&one.kind), Some(index), &[]);
            let kind = &item.text()[one.kind.clone()];
            self.out.push_str(&format!("> = {{ ::std::thread_local!(static {}: {kind} = ", one.name));
            self.written(&item.source, part(&one.value), Some(index), &[]);
            self.line(&format!("); {} }};", one.name));
        }
    }

    // The cell

    fn cell_function(&mut self) {
        let candidate = self.candidate;
        self.symbol = format!("isopleth_cell_{}", hex(&format!("{}{}", self.meets(), candidate.cell.code())));
        let symbol = self.symbol.clone();
        let error = if self.variant.any_error { "AnyUserError" } else { "UserError" };
        let result = format!("::core::result::Result<(), ::isopleth::runtime::{error}>");
        self.line(&format!(
            "#[unsafe(no_mangle)] #[allow(improper_ctypes_definitions)] pub extern \"C\" fn {symbol}(__isopleth_handle: *mut \
             {STORE_TYPE}) -> *mut {STORE_TYPE} {{"
        ));
        self.line("::isopleth::runtime::guard::begin(&__isopleth_stop);");
        self.line(&format!("let {STORE} = unsafe {{ &mut *__isopleth_handle }};"));
        for take in &candidate.takes {
            self.line(&format!(
                "if !{STORE_TYPE}::check_variable::<{kind}>({STORE}, \"{name}\") {{ return __isopleth_handle; }}",
                kind = absolute(&take.kind),
                name = take.name,
            ));
        }
        for take in &candidate.takes {
            let mutable = if take.mutable { "mut " } else { "" };
            self.line(&format!(
                "let {mutable}{} = {STORE_TYPE}::take_variable::<{}>({STORE}, \"{}\");",
                raw(&take.name),
                absolute(&take.kind),
                take.name,
            ));
        }
        let waits = candidate.cell.awaits();
        if waits || candidate.uses_a_runtime {
            self.line(&format!(
                "let __isopleth_runtime = {STORE_TYPE}::lazy_arc::<::tokio::runtime::Runtime, _>({STORE}, \"{RUNTIME}\", || \
                 ::tokio::runtime::Runtime::new().expect(\"no async runtime could be started\"));"
            ));
        }
        if candidate.uses_a_runtime && !waits {
            self.line("let __isopleth_entered = __isopleth_runtime.enter();");
        }
        self.line(&format!(
            "let __isopleth_ended = ::std::panic::catch_unwind(::std::panic::AssertUnwindSafe(|| -> {result} {{"
        ));
        if waits {
            self.line(
                "__isopleth_runtime.block_on(::isopleth::runtime::guard::waiting(&crate::__isopleth_stop, async {",
            );
        }
        self.statements(true);
        // Whoever goes on after something was cut short by Stop ends here at the latest.
        self.line("::isopleth::runtime::guard::check(&crate::__isopleth_stop);");
        for binding in candidate.names.bindings.iter().rev() {
            // What borrows ends before what it borrows from is stored.
            if self.variant.not_put.contains(&binding.name) && !self.variant.not_let_go.contains(&binding.name) {
                let let_go = format!("{{ let _ended = {}; }}", raw(&binding.name));
                self.marked(&let_go, What::LetGo { name: binding.name.clone() });
            }
            self.line("");
        }
        for binding in &candidate.names.bindings {
            if !self.variant.not_put.contains(&binding.name) && !self.variant.moved_here.contains(&binding.name) {
                let put = format!("{STORE_TYPE}::put_variable({STORE}, \"{}\", {});", binding.name, raw(&binding.name));
                let source = Arc::clone(&candidate.cell.source);
                self.marked(&put, What::Put { name: binding.name.clone(), source, place: binding.place.clone() });
            }
            self.line("");
        }
        for take in candidate.takes.iter().filter(|take| !take.is_rebound) {
            if self.variant.put_back_inside.contains(&take.name) {
                let put = format!("{STORE_TYPE}::put_variable({STORE}, \"{}\", {});", take.name, raw(&take.name));
                self.marked(&put, What::PutBack { name: take.name.clone() });
            }
            self.line("");
        }
        self.line(&format!("::core::result::Result::Ok::<(), ::isopleth::runtime::{error}>(())"));
        if waits {
            self.line("}))");
        }
        self.line("}));");
        self.line("if let ::core::result::Result::Err(payload) = __isopleth_ended { ::isopleth::runtime::report_unwind(&*payload); }");
        for take in &candidate.takes {
            let inside = self.variant.put_back_inside.contains(&take.name);
            if !inside && !self.variant.not_put_back.contains(&take.name) {
                let name = raw(&take.name);
                let put = format!("{STORE_TYPE}::put_variable({STORE}, \"{}\", {name});", take.name);
                // A value that was replaced is dropped as a cell's value may be: a panic of its `drop` is a report.
                let put = if take.is_rebound {
                    format!(
                        "if ::isopleth::runtime::has_failed() {{ {put} }} else {{ ::isopleth::runtime::let_go({name}); }}"
                    )
                } else {
                    put
                };
                self.marked(&put, What::PutBack { name: take.name.clone() });
            }
            self.line("");
        }
        // An older value of the same name is not what the cell has made.
        let may_end_early = crate::cell::words(candidate.cell.code()).any(|word| word == "return");
        if may_end_early && !candidate.names.bindings.is_empty() {
            let names: Vec<String> = candidate.names.bindings.iter().map(|one| format!("\"{}\"", one.name)).collect();
            self.out.push_str(&format!(
                "if !::isopleth::runtime::has_failed() {{ {STORE_TYPE}::drop_unmade({STORE}, &[{}]); }}",
                names.join(", ")
            ));
        }
        self.line("");
        self.line("__isopleth_handle");
        self.line("}");
    }

    /// The cell's statements, each on lines of its own. A cell that the parser does not understand is copied whole: rustc
    /// says what is wrong.
    fn statements(&mut self, shows: bool) {
        let cell = &self.candidate.cell;
        let source = &cell.source;
        if cell.syntax_error().is_some() {
            let end = cell.code().trim_end().len();
            let last = cell.code()[..end].char_indices().next_back().map_or(end, |(at, _)| at);
            self.out.push('{');
            self.written(source, cell.rust(), None, &[]);
            // Where rustc misses something it points at what comes next: that is the end of the cell.
            self.marked("\n}\n", What::Shown { source: Arc::clone(source), place: last..end });
            return;
        }
        let tree = cell.tree();
        let mut all = included(&tree);
        if self.to_compile && !self.variant.unguarded {
            let edits = guards::edits(&tree, &|_| false).into_iter();
            all.extend(edits.filter(|edit| !self.variant.unguarded_here.contains(&edit.guard)).map(|edit| {
                let what = What::Guard { entry: None, guard: edit.guard };
                Edit { range: edit.range, insert: edit.insert, what: Some(what) }
            }));
            all.sort_by_key(|edit| edit.range.start);
        }
        for (kind, range) in self.candidate.statements.clone() {
            let edits: Vec<Edit> = (all.iter())
                .filter_map(|edit| {
                    let at = cell.place_of(edit.range.clone());
                    // A look behind a statement that waits stands at its very end.
                    let inside = at.start >= range.start && at.end <= range.end;
                    let moved = || at.start - range.start..at.end - range.start;
                    inside.then(|| Edit { range: moved(), insert: edit.insert.clone(), what: edit.what.clone() })
                })
                .collect();
            let shown = What::Shown { source: Arc::clone(source), place: range.clone() };
            match kind {
                Kind::Tail if shows && self.variant.tail == TailForm::Never => {
                    self.marked(
                        "::isopleth::runtime::bus::result(&::isopleth::display::MimeBundle::text(&::std::format!(\"{:?}\", &(",
                        shown.clone(),
                    );
                    self.written(source, range, None, &edits);
                    self.marked("\n))));\n", shown);
                }
                Kind::Tail if shows => {
                    let is_result = self.variant.tail == TailForm::Result;
                    self.out.push_str(if is_result { "(::isopleth::runtime::as_result(" } else { "(" });
                    self.written(source, range, None, &edits);
                    self.marked(if is_result { "\n)).evcxr_display();\n" } else { "\n).evcxr_display();\n" }, shown);
                }
                Kind::Tail => {
                    self.written(source, range, None, &edits);
                    self.line("\n;");
                }
                _ => {
                    self.written(source, range, None, &edits);
                    self.line("");
                }
            }
        }
    }

    /// The definitions that hold, as one text: not as they are printed, which depends on what does not compile.
    fn meets(&self) -> String {
        let entries = self.candidate.items.iter().filter(|entry| !entry.is_aside());
        entries.map(|entry| entry.item.text()).collect::<Vec<_>>().join("\n")
    }

    fn analysed_function(&mut self) {
        let symbol = self.symbol.clone();
        self.out.push_str(&format!("async fn {symbol}("));
        for take in &self.candidate.takes {
            let mutable = if take.mutable { "mut " } else { "" };
            self.out.push_str(&format!("{mutable}{}: {}, ", raw(&take.name), absolute(&take.kind)));
        }
        self.line(") -> ::core::result::Result<(), ::isopleth::runtime::UserError> {");
        self.statements(false);
        self.line("::core::result::Result::Ok(())");
        self.line("}");
    }
}

/// The functions of the notebook that call themselves, by way of others or not.
fn recursive_functions(candidate: &Candidate) -> HashSet<String> {
    let holding = candidate.items.iter().filter(|entry| !entry.is_aside() && entry.import.is_none());
    let calls: Vec<(String, BTreeSet<String>)> =
        holding.flat_map(|entry| guards::names_called(&entry.item.tree())).collect();
    guards::recursive(&calls)
}

/// A static as the object that defines it exports it, or as one that finds it loaded declares it.
fn declaration(item: &Item, one: &Static, symbol: &Symbol) -> Edit {
    if !symbol.is_loaded {
        let insert = format!("#[unsafe(export_name = \"{}\")] ", symbol.name);
        return Edit { range: one.range.start..one.range.start, insert, what: None };
    }
    let safe = if one.is_mut { "static mut" } else { "safe static" };
    let insert = format!(
        "unsafe extern \"Rust\" {{ #[link_name = \"{}\"] {}{safe} {}: {}; }}",
        symbol.name,
        &item.text()[one.visibility.clone()],
        one.name,
        with_static_lifetimes(&item.text()[one.kind.clone()]).replace('\n', " "),
    );
    Edit { range: one.range.clone(), insert, what: Some(What::Declared { path: one.path.clone() }) }
}

/// A type as it is written where lifetimes cannot be left out.
fn with_static_lifetimes(kind: &str) -> String {
    let before = "type T = ";
    let parsed = ast::SourceFile::parse(&format!("{before}{kind};"), Edition::Edition2024).tree();
    let references = parsed.syntax().descendants().filter_map(ast::RefType::cast);
    let mut places: Vec<usize> = references
        .filter(|reference| reference.lifetime().is_none())
        // What a function takes and gives has lifetimes of its own.
        .filter(|reference| {
            let mut around = reference.syntax().ancestors();
            !around.any(|node| {
                matches!(
                    node.kind(),
                    SyntaxKind::FN_PTR_TYPE | SyntaxKind::PARENTHESIZED_ARG_LIST | SyntaxKind::RET_TYPE
                )
            })
        })
        .filter_map(|reference| Some(usize::from(reference.amp_token()?.text_range().end()) - before.len()))
        .collect();
    places.sort_unstable();
    let mut out = kind.to_owned();
    for place in places.into_iter().rev() {
        out.insert_str(place, "'static ");
    }
    out
}

/// What makes a type usable from outside of the module that holds it, as it was at the top of the crate.
fn visible(item: &Item) -> Vec<Edit> {
    let root = item.tree();
    let mut places: Vec<Range<usize>> = visibility_place(&root).into_iter().collect();
    match ast::Item::cast(root.clone()) {
        Some(ast::Item::Module(module)) => {
            let inner = module.item_list().into_iter().flat_map(|list| list.items().collect::<Vec<_>>());
            // `pub(super)` meant the whole notebook.
            let is_super = |range: &Range<usize>| item.text()[range.clone()].contains("super");
            places.extend(inner.filter_map(|item| visibility_place(item.syntax())).filter(is_super));
        }
        Some(ast::Item::Struct(_) | ast::Item::Union(_)) => {
            let is_field = |node: &ra_ap_syntax::SyntaxNode| {
                matches!(node.kind(), SyntaxKind::RECORD_FIELD | SyntaxKind::TUPLE_FIELD)
            };
            let fields = root.descendants().filter(is_field).filter_map(|field| visibility_place(&field));
            places.extend(fields.filter(|range| &item.text()[range.clone()] != "pub"));
        }
        _ => {}
    }
    let edit = |range: Range<usize>| {
        let insert = if range.is_empty() { "pub(crate) " } else { "pub(crate)" };
        Edit { range, insert: insert.to_owned(), what: None }
    };
    places.into_iter().filter(|range| &item.text()[range.clone()] != "pub").map(edit).collect()
}

/// Files that a cell reads while it is compiled are meant from the notebook's folder, not from where the crate lies.
fn included(tree: &ra_ap_syntax::SyntaxNode) -> Vec<Edit> {
    let path = |(name, text): (String, Option<ast::String>)| {
        let text = text.filter(|_| name.starts_with("include"))?;
        let (written, range) = (text.value().ok()?.into_owned(), text.syntax().text_range());
        let whole = std::env::current_dir().ok()?.join(&written);
        let range = range.start().into()..range.end().into();
        (!written.starts_with('/')).then(|| Edit {
            range,
            insert: format!("{:?}", whole.to_string_lossy()),
            what: None,
        })
    };
    calls_that_read(tree).into_iter().filter_map(path).collect()
}

/// What a notebook forbids in an inner attribute it is warned of: items of earlier cells, and what is written around a cell,
/// break such rules in each cell. What rustc itself denies stays an error.
fn only_warned_of(attribute: &str) -> Vec<Edit> {
    let parsed = ast::SourceFile::parse(attribute, Edition::Edition2024).tree();
    let tokens = parsed.syntax().descendants_with_tokens().filter_map(|element| element.into_token());
    let levels = tokens.filter(|token| {
        let is_list = || {
            token.text_range().end() < parsed.syntax().text_range().end() && {
                let behind = &attribute[usize::from(token.text_range().end())..];
                behind.trim_start().starts_with('(')
            }
        };
        matches!(token.text(), "deny" | "forbid") && is_list()
    });
    levels
        .map(|token| Edit {
            range: token.text_range().start().into()..token.text_range().end().into(),
            insert: "warn".to_owned(),
            what: None,
        })
        .collect()
}

/// A name as an identifier: `r#type`.
pub fn raw(name: &str) -> String {
    let is_keyword = SyntaxKind::from_keyword(name, Edition::Edition2024).is_some();
    if is_keyword && !matches!(name, "self" | "Self" | "super" | "crate") {
        format!("r#{name}")
    } else {
        name.to_owned()
    }
}

/// A type as the session keeps it, written so that nothing in a cell can give its names another meaning.
fn absolute(kind: &str) -> String {
    let before = "type T = ";
    let parsed = ast::SourceFile::parse(&format!("{before}{kind};"), Edition::Edition2024).tree();
    let mut places: BTreeMap<usize, &str> = BTreeMap::new();
    for path in parsed.syntax().descendants().filter_map(ast::Path::cast) {
        if path.qualifier().is_some() || path.coloncolon_token().is_some() {
            continue;
        }
        let Some(name) = path.segment().and_then(|segment| segment.name_ref()) else { continue };
        let is_first_of_several = path.syntax().parent().is_some_and(|parent| ast::Path::can_cast(parent.kind()));
        let at = usize::from(path.syntax().text_range().start()) - before.len();
        let name = name.text().to_string();
        if matches!(name.as_str(), "crate" | "self" | "super" | "Self")
            || crate::session::is_primitive(&name) && !is_first_of_several
        {
            continue;
        }
        // A name alone is one of those that are always there.
        places.insert(at, if is_first_of_several { "::" } else { "::std::prelude::v1::" });
    }
    let mut out = kind.to_owned();
    for (place, insert) in places.into_iter().rev() {
        out.insert_str(place, insert);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::Outcome;

    /// The crate of the last of `cells`; earlier ones have run, and what they bind is of the type `i32`.
    fn printed(cells: &[&str], variant: &Variant) -> Printed {
        let mut session = Session::default();
        for (at, code) in cells.iter().enumerate() {
            let source = Arc::new(Source { count: at + 1, code: (*code).to_owned(), id: None });
            let cell = ParsedCell::new(source, |name| session.has_variable(name));
            let candidate = session.candidate(cell).unwrap();
            if at + 1 == cells.len() {
                return to_compile(&candidate, variant);
            }
            session.compiled(&candidate, at + 1);
            let mut outcome = Outcome { stored: session.variables().keys().cloned().collect(), ..Outcome::default() };
            for binding in &candidate.names.bindings {
                outcome.stored.insert(binding.name.clone());
                outcome.types.insert(binding.name.clone(), "i32".into());
            }
            session.loaded(candidate.defined_statics());
            session.ended(&candidate, &outcome, at + 1);
        }
        unreachable!("no cells")
    }

    fn plain() -> Variant {
        Variant { unguarded: true, ..Variant::default() }
    }

    fn text(cells: &[&str]) -> String {
        printed(cells, &plain()).text
    }

    #[test]
    fn a_cell_takes_what_it_uses_and_stores_what_it_makes() {
        let text = text(&["let a = 1; let b = 2;", "let c = a + 1;\nc"]);
        assert!(text.contains("take_variable::<i32>(__isopleth_store, \"a\")") && !text.contains("\"b\""), "{text}");
        assert!(text.contains("put_variable(__isopleth_store, \"c\", c);") && text.contains("(c\n).evcxr_display();"));
        let anew = printed(&["let a = 1;", "let a = a + 1;"], &plain()).text;
        assert!(anew.contains("if ::isopleth::runtime::has_failed() {"), "{anew}");
        assert!(printed(&["let r#type = 1;", "r#type + 1"], &plain()).text.contains("let r#type = "));
    }

    #[test]
    fn every_word_of_a_cell_is_found_again() {
        let code = "use std::fmt;\nfn f() -> i32 { 1 }\nlet a = f();\na + 1";
        let printed = printed(&[code], &plain());
        let source = Source { count: 1, code: code.into(), id: None };
        for word in ["fmt", "fn f()", "let a", "a + 1"] {
            let at = code.find(word).unwrap();
            let there = printed.map.printed(&source, at).unwrap_or_else(|| panic!("{word}: {}", printed.text));
            assert!(printed.text[there..].starts_with(word), "{word}");
            assert_eq!(printed.map.place(there..there + word.len()).unwrap().range, at..at + word.len());
        }
    }

    #[test]
    fn macros_come_first_and_the_newest_definition_holds() {
        let text = text(&[
            "fn g() -> i32 { sq!(2) }",
            "macro_rules! sq { ($x:expr) => { $x * $x } }",
            "fn g() -> i32 { sq!(3) }",
            "g()",
        ]);
        assert!(text.find("macro_rules! sq") < text.find("sq!(3)") && !text.contains("sq!(2)"), "{text}");
        let text = self::text(&[
            "struct S;\nimpl S { fn f() -> i32 { 1 } fn g() {} }",
            "impl S { fn f() -> i32 { 2 } }",
            "S::f()",
        ]);
        assert!(!text.contains("{ 1 }") && text.contains("fn g() {}") && text.contains("{ 2 }"), "{text}");
    }

    #[test]
    fn a_type_that_is_defined_anew_stands_in_a_module_and_is_used_as_before() {
        let text = text(&[
            "struct S { a: i32, pub b: i32 }",
            "#[derive(Debug)]\nstruct S { a: u8, pub b: i32 }",
            "S { a: 1, b: 2 }",
        ]);
        assert!(text.contains("pub(crate) struct S { pub(crate) a: u8, pub b: i32 }"), "{text}");
        assert!(text.contains("use super::*;") && text.contains("::S;"), "{text}");
    }

    #[test]
    fn an_import_that_gave_way_lies_below() {
        let text = text(&["use std::env;", "fn env() {}", "env(); env::args()"]);
        assert!(text.contains("pub(crate) use std::env;") && text.contains("use __isopleth_below_1::*;"), "{text}");
        let text = self::text(&["mod m { pub fn f() {} }", "use m::f;", "f()"]);
        assert!(text.contains("use crate::m::f;"), "{text}");
    }

    #[test]
    fn a_static_is_exported_once_and_declared_afterwards() {
        let cells = ["static A: AtomicU32 = AtomicU32::new(0);", "A.load()"];
        let first = printed(&cells[..1], &plain()).text;
        assert!(first.contains("#[unsafe(export_name = \"isopleth_static_"), "{first}");
        let second = printed(&cells, &plain()).text;
        assert!(second.contains("safe static A: AtomicU32; }") && !second.contains("AtomicU32::new"), "{second}");
        assert_eq!(with_static_lifetimes("&[&str; 2]"), "&'static [&'static str; 2]");
        assert_eq!(with_static_lifetimes("Mutex<fn(&str) -> usize>"), "Mutex<fn(&str) -> usize>");
    }

    #[test]
    fn a_crate_has_the_same_lines_whatever_is_left_out() {
        let cells = [
            "struct S;\nimpl S { fn f() {\n1;\n} fn g() {} }",
            "impl S { fn f() {} }",
            "let v = vec![1];\nfor x in v {\n f(x);\n}\nlet w = 1;\nw",
        ];
        let all = printed(&cells, &Variant::default()).text;
        let less = Variant { not_put: BTreeSet::from(["v".into()]), any_error: true, ..plain() };
        assert_eq!(all.lines().count(), printed(&cells, &less).text.lines().count());
    }

    #[test]
    fn a_type_means_the_same_whatever_a_cell_calls_so() {
        for (kind, whole) in [
            ("Vec<String>", "::std::prelude::v1::Vec<::std::prelude::v1::String>"),
            ("std::collections::HashMap<i32, crate::S>", "::std::collections::HashMap<i32, crate::S>"),
            ("&str", "&str"),
            ("Box<dyn Fn(f64) -> f64>", "::std::prelude::v1::Box<dyn ::std::prelude::v1::Fn(f64) -> f64>"),
            ("[(f64, bool); 3]", "[(f64, bool); 3]"),
        ] {
            assert_eq!(absolute(kind), whole);
        }
    }

    #[test]
    fn what_a_notebook_forbids_it_is_warned_of() {
        let text = text(&["#![deny(warnings)]\n#![cfg_attr(all(), forbid(unsafe_code))]\n#![allow(deny)]", "1"]);
        assert!(
            text.contains("#![warn(warnings)]") && text.contains("#![cfg_attr(all(), warn(unsafe_code))]"),
            "{text}"
        );
        assert!(text.contains("#![allow(deny)]"), "{text}");
    }

    #[test]
    fn what_is_not_rust_is_copied_whole() {
        let text = text(&["let a = 1\nlet b = ;\n// why\n"]);
        assert!(text.contains("let a = 1\nlet b = ;\n// why\n"), "{text}");
    }
}
