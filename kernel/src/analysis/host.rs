//! rust-analyzer, given whole texts: it infers types, completes and explains, and remembers nothing of the notebook.

use super::project;
use super::types;
use super::{Binding, TypeOf};
use crate::prefix::Prefix;
use crate::toolchain::Toolchain;
use anyhow::Result;
use ra_ap_base_db::EditionedFileId;
use ra_ap_hir::{ChangeWithProcMacros, Semantics};
use ra_ap_ide::{AnalysisHost, Edition};
use ra_ap_syntax::{AstNode, SyntaxKind, TextSize, ast};
use ra_ap_vfs::FileId;
use serde_json::Value;
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
                let kind = semantics.type_of_binding_in_pat(&pattern)?;
                let module = semantics.scope(pattern.syntax())?.module();
                Some(types::name_of(db, &kind, module, written.as_ref()))
            };
            let named = bindings.iter().map(|binding| (binding.name.clone(), of(binding).unwrap_or(TypeOf::Unknown)));
            named.collect()
        })
    }
}
