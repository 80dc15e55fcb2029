//! The items of a crate: what earlier cells have defined and this one defines, the newest of each.

use super::edits::{declaration, included, only_warned_of, visible};
use super::{Edit, Printer, raw};
use crate::cell::item::ItemKind;
use crate::compile::guards;
use crate::compile::source_map::What;
use crate::session::{Entry, Symbol, statics};
use ra_ap_syntax::{AstNode, ast};
use std::ops::Range;

impl Printer<'_> {
    pub(super) fn items(&mut self) {
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
}
