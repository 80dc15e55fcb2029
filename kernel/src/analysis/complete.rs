//! What can follow at the cursor.

use super::host::Host;
use isopleth_bus::analysis::{Candidate, CandidateKind, Completions};
use ra_ap_ide::{
    CompletionConfig, CompletionFieldsToResolve, CompletionItem, CompletionItemKind, FilePosition, RaFixtureConfig,
};
use ra_ap_ide_db::SymbolKind;
use ra_ap_ide_db::imports::insert_use::{ImportGranularity, InsertUseConfig};
use std::collections::HashSet;

/// What all names have that are written for the notebook's sake.
const OURS: [&str; 3] = ["__isopleth", "isopleth_cell_", "evcxr_"];

impl Host {
    /// What can follow at `cursor` in `text`, the likeliest first.
    pub fn complete(&mut self, text: &str, cursor: usize) -> Completions {
        self.set_text(text);
        let Ok(offset) = u32::try_from(cursor) else { return Completions::none(cursor) };
        let position = FilePosition { file_id: self.cell, offset: offset.into() };
        let found = self.host.analysis().completions(&config(), position, None);
        let Ok(Some(mut found)) = found else { return Completions::none(cursor) };
        // Those that are typed on first, then what rust-analyzer holds for relevant.
        found.sort_by(|a, b| b.relevance.score().cmp(&a.relevance.score()).then_with(|| a.lookup().cmp(b.lookup())));
        let Some(range) = found.first().map(|item| item.source_range) else { return Completions::none(cursor) };
        let (start, end) = (usize::from(range.start()), usize::from(range.end()));
        let typed = text.get(start..cursor.max(start)).unwrap_or_default();
        let mut seen = HashSet::new();
        let candidates = found
            .iter()
            .filter(|item| item.source_range == range && !item.is_snippet)
            .filter_map(candidate)
            .filter(|candidate| candidate.text.starts_with(typed))
            .filter(|candidate| !OURS.iter().any(|ours| candidate.text.starts_with(ours)))
            // A field and a method of one name: the method is what cells can use, and scores higher.
            .filter(|candidate| seen.insert(candidate.text.clone()))
            .collect();
        Completions { start, end, candidates }
    }
}

/// What is inserted is the name alone: a notebook cannot jump between arguments, and Python's completion has taught
/// everyone to expect that.
fn candidate(item: &CompletionItem) -> Option<Candidate> {
    let inserted = item.text_edit.iter().next().map(|edit| edit.insert.clone())?;
    let text = inserted.split('(').next().unwrap_or(&inserted).trim_end().to_owned();
    if text.is_empty() || item.text_edit.len() > 1 {
        return None;
    }
    // `fn(self, i32) -> f64` is the rest of a signature that begins with the name.
    let detail = item.label.detail_right.as_deref().or(item.detail.as_deref());
    let signature = detail.and_then(|detail| detail.split_once("fn")).map(|(_, rest)| rest.trim_start());
    let label = match signature {
        Some(rest) if rest.starts_with(['(', '<']) => format!("{text}{rest}"),
        Some(whole) if whole.starts_with(&text) => whole.to_owned(),
        _ => item.label.primary.to_string(),
    };
    Some(Candidate { text, kind: kind_of(item.kind), label })
}

fn config() -> CompletionConfig<'static> {
    CompletionConfig {
        enable_postfix_completions: false,
        enable_imports_on_the_fly: false,
        enable_self_on_the_fly: true,
        // `iter().le(…)` for `v.le`: what is offered must go on from what is typed.
        enable_auto_iter: false,
        enable_auto_await: false,
        enable_private_editable: false,
        // It searches for expressions of the expected type, takes long, and panics on some.
        enable_term_search: false,
        term_search_fuel: 0,
        full_function_signatures: true,
        callable: None,
        add_colons_to_module: false,
        add_semicolon_to_unit: false,
        snippet_cap: None,
        insert_use: InsertUseConfig {
            granularity: ImportGranularity::Item,
            enforce_granularity: false,
            prefix_kind: ra_ap_hir::PrefixKind::ByCrate,
            group: false,
            skip_glob_imports: false,
        },
        prefer_no_std: false,
        prefer_prelude: false,
        prefer_absolute: false,
        snippets: Vec::new(),
        limit: None,
        fields_to_resolve: CompletionFieldsToResolve::empty(),
        exclude_flyimport: Vec::new(),
        exclude_traits: &[],
        ra_fixture: RaFixtureConfig::default(),
    }
}

fn kind_of(kind: CompletionItemKind) -> CandidateKind {
    use CompletionItemKind as K;
    match kind {
        K::SymbolKind(
            SymbolKind::Function
            | SymbolKind::Method
            | SymbolKind::Macro
            | SymbolKind::ProcMacro
            | SymbolKind::Derive
            | SymbolKind::DeriveHelper
            | SymbolKind::Attribute
            | SymbolKind::BuiltinAttr,
        ) => CandidateKind::Function,
        K::SymbolKind(
            SymbolKind::Struct
            | SymbolKind::Enum
            | SymbolKind::Union
            | SymbolKind::Trait
            | SymbolKind::TypeAlias
            | SymbolKind::TypeParam
            | SymbolKind::SelfType,
        ) => CandidateKind::Class,
        K::SymbolKind(SymbolKind::Module | SymbolKind::CrateRoot | SymbolKind::ToolModule) => CandidateKind::Module,
        K::Keyword => CandidateKind::Keyword,
        _ => CandidateKind::Instance,
    }
}
