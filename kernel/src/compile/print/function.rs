//! The function of a cell: it takes the variables that the cell uses from the store, runs the statements, and puts back what is
//! to be kept.

use super::edits::included;
use super::names::{absolute, raw};
use super::{Edit, Printer, TailForm, hex};
use crate::cell::Kind;
use crate::compile::guards;
use crate::compile::source_map::What;
use std::sync::Arc;

/// The variable store, as the cell's function calls it.
const STORE: &str = "__isopleth_store";
const STORE_TYPE: &str = "::isopleth::runtime::VariableStore";
/// The name under which the store keeps the async runtime.
const RUNTIME: &str = "isopleth_async_runtime";

impl Printer<'_> {
    pub(super) fn cell_function(&mut self) {
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

    pub(super) fn analysed_function(&mut self) {
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
