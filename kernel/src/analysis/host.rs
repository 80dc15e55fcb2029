//! rust-analyzer, given whole texts: it infers types, completes and explains, and remembers nothing of the notebook.

use super::project;
use super::types;
use crate::prefix::Prefix;
use crate::toolchain::Toolchain;
use anyhow::Result;
use isopleth_bus::analysis::{Binding, TypeOf};
use ra_ap_base_db::EditionedFileId;
use ra_ap_hir::{ChangeWithProcMacros, ScopeDef, Semantics};
use ra_ap_ide::{AnalysisHost, Edition};
use ra_ap_syntax::{AstNode, SyntaxKind, TextSize, ast};
use ra_ap_vfs::FileId;
use serde_json::Value;
use std::collections::HashMap;
use std::path::Path;

/// How many results of each kind rust-analyzer remembers.
const REMEMBERED: u16 = 64;

/// One loaded project.
pub struct Host {
    pub(super) host: AnalysisHost,
    pub(super) cell: FileId,
    text: String,
}

impl Host {
    /// Loads the sources that cells see; `workspace` names the folder of their crate, which need not exist.
    ///
    /// # Errors
    /// If the installation's records cannot be read.
    pub fn load(
        prefix: &Prefix,
        toolchain: &Toolchain,
        workspace: &Path,
        dependencies: Option<&Value>,
    ) -> Result<Self> {
        let project = project::load(prefix, toolchain, workspace, dependencies)?;
        let mut host = AnalysisHost::new(Some(REMEMBERED));
        host.apply_change(project.change);
        Ok(Self { host, cell: project.cell, text: String::new() })
    }

    /// Makes `text` the crate that is asked about.
    pub fn set_text(&mut self, text: &str) {
        if self.text == text {
            return;
        }
        text.clone_into(&mut self.text);
        let mut change = ChangeWithProcMacros::default();
        change.change_file(self.cell, Some(self.text.clone()));
        self.host.apply_change(change);
    }

    /// The types of the names that `bindings` place in `text`.
    pub fn types(&mut self, text: &str, bindings: &[Binding]) -> Vec<(String, TypeOf)> {
        self.set_text(text);
        let db = self.host.raw_database();
        let semantics = Semantics::new(db);
        let file = semantics.parse(EditionedFileId::new(db, self.cell, Edition::Edition2024));
        ra_ap_hir::attach_db(db, || {
            // Asked once: to look each name up where it stands takes the square of the cell's length.
            let function = file.syntax().children().filter_map(ast::Fn::cast).last();
            let end = function.and_then(|function| function.body()?.tail_expr());
            let scope = end.and_then(|end| semantics.scope(end.syntax()));
            let mut at_the_end = HashMap::new();
            if let Some(scope) = &scope {
                scope.process_all_names(&mut |name, definition| {
                    if let ScopeDef::Local(local) = definition {
                        at_the_end.entry(name.as_str().to_owned()).or_insert(local);
                    }
                });
            }
            let of = |binding: &Binding| {
                let at = TextSize::try_from(binding.at).ok()?;
                let token = file.syntax().token_at_offset(at).right_biased()?;
                let pattern = token
                    .parent_ancestors()
                    .take_while(|node| node.kind() != SyntaxKind::LET_STMT)
                    .find_map(ast::IdentPat::cast)?;
                let statement = pattern.syntax().ancestors().find_map(ast::LetStmt::cast);
                let written = statement.and_then(|statement| {
                    // A type that is written behind the only name is that name's.
                    let is_whole = statement.pat().is_some_and(|whole| whole.syntax() == pattern.syntax());
                    statement.ty().filter(|_| is_whole)
                });
                let (kind, module) = match (at_the_end.get(&binding.name), &scope) {
                    (Some(local), Some(scope)) => (local.ty(db), scope.module()),
                    _ => (semantics.type_of_binding_in_pat(&pattern)?, semantics.scope(pattern.syntax())?.module()),
                };
                Some(types::name_of(db, &kind, module, written.as_ref()))
            };
            let named = bindings.iter().map(|binding| (binding.name.clone(), of(binding).unwrap_or(TypeOf::Unknown)));
            named.collect()
        })
    }
}
