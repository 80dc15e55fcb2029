//! From a cell's text to an object that can run: out of the cache, or compiled, while its types are found out.
//!
//! Types are needed by later cells only, so nobody waits for them before the cell runs.

use crate::analysis::{Analyst, Binding, TypeOf};
use crate::cache::{CachedCell, CellCache, Key};
use crate::cell::{ParsedCell, Source};
use crate::compile::{self, Built, Compiler, Priority};
use crate::log;
use crate::report::{self, CellError, ErrorKind, Places, warnings};
use crate::session::{self, Candidate, Gone, Session};
use crate::threads;
use isopleth_bus::worker::Description;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinHandle;
use tracing::Instrument;

/// How long a cell that has run waits for the types of what it has made.
const PATIENCE: Duration = Duration::from_secs(30);

/// What makes objects of cells, for one kernel.
#[derive(Clone)]
pub struct Workshop {
    pub compiler: Arc<Compiler>,
    pub analyst: Analyst,
    pub cells: CellCache,
    pub places: Places,
}

/// A cell that is ready to run.
pub struct Prepared {
    pub candidate: Candidate,
    pub object: PathBuf,
    /// The function to call in it.
    pub symbol: String,
    /// The statics that it defines.
    pub statics: BTreeSet<String>,
    /// What there is to say above its output.
    pub notices: Vec<String>,
    /// Variables of earlier cells that it moves away.
    pub moved: BTreeSet<String>,
    /// Variables of its own that cannot be kept.
    ended: BTreeMap<String, String>,
    types: Types,
    /// Where it is to be kept.
    key: Option<Key>,
    cell: usize,
}

#[cfg(test)]
impl Prepared {
    /// A cell that was never compiled, for tests that run none.
    pub fn uncompiled(candidate: Candidate, object: PathBuf) -> Self {
        let cell = candidate.cell.source.count;
        Self {
            statics: candidate.defined_statics(),
            candidate,
            object,
            symbol: "cell".to_owned(),
            notices: Vec::new(),
            moved: BTreeSet::new(),
            ended: BTreeMap::new(),
            types: Types::Known(BTreeMap::new()),
            key: None,
            cell,
        }
    }
}

enum Types {
    Known(BTreeMap<String, String>),
    Asked(JoinHandle<Vec<(String, TypeOf)>>),
    /// Asked only if the compiler's word is not enough.
    ToAsk(String, Vec<Binding>),
}

/// Analysis takes the square of a cell's length where it has many numbers without a type; such cells are rare, and most of
/// what they make has a plain type.
const MANY_STATEMENTS: usize = 100;

/// The types of the variables that a cell has made, and what keeps others from being kept.
#[derive(Debug, Default)]
pub struct Made {
    pub types: BTreeMap<String, String>,
    pub ended: BTreeMap<String, Gone>,
}

impl Workshop {
    /// Compiles a cell that nobody has written, ahead of time: the first one of a node reads the compiler, the prelude and its
    /// crates from the disk, which on a cluster may be far away.
    pub fn warm_up(&self) {
        let source = Arc::new(Source { count: 0, code: "println!(\"{}\", 1 + 1);".to_owned(), id: None });
        let Ok(mut candidate) = Session::default().candidate(ParsedCell::new(source, |_| false)) else { return };
        // Whatever came of it: a cell that is sent meanwhile ends it.
        if let Ok(built) = self.compiler.compile(&mut candidate, Priority::Ahead) {
            let _ = std::fs::remove_file(built.object);
        }
    }

    /// Makes `cell` ready to run after what `session` holds.
    ///
    /// # Errors
    /// What the notebook is to show instead.
    pub async fn prepare(&self, session: &Session, cell: ParsedCell) -> Result<Prepared, CellError> {
        let source = Arc::clone(&cell.source);
        if let Some(range) = cell.closed_too_early() {
            return Err(report::syntax_error(&source.code, "unexpected closing delimiter: `}`", range));
        }
        if cell.awaits() && !session.has_crate("tokio") {
            let advice = "Add one in a cell above: :dep tokio = { version = \"1\", features = [\"full\"] }";
            let what = "`.await` in a cell needs an async runtime, and this notebook has none";
            return Err(CellError::new(ErrorKind::Compile, what, vec![advice.into()]));
        }
        let candidate = session.candidate(cell).map_err(|refusal| report::refused(&refusal))?;
        let printed = compile::to_compile(&candidate, &compile::Variant::default());
        let outside = candidate.read_from_outside().filter(|_| !self.compiler.has_crates());
        let key = outside.and_then(|outside| self.cells.key(&printed.text, &outside));
        let kept = tracing::info_span!("cache").in_scope(|| key.as_ref().and_then(|key| self.cells.find(key)));
        if let Some(kept) = kept {
            let object = self.compiler.unpack(&kept.object).map_err(|error| {
                CellError::new(
                    ErrorKind::Engine,
                    format!("the cell cannot be written to the temporary folder: {error:#}"),
                    vec![],
                )
            })?;
            self.places.add(printed.label(), printed.map);
            return Ok(Prepared {
                candidate,
                object,
                symbol: printed.symbol,
                statics: kept.statics,
                notices: kept.notices,
                moved: kept.moved,
                ended: kept.ended,
                types: Types::Known(kept.variables),
                key: None,
                cell: source.count,
            });
        }
        let asked = self.ask_types(&candidate);
        let abort = match &asked {
            Types::Asked(asking) => Some(asking.abort_handle()),
            _ => None,
        };
        let label = printed.label();
        let compiler = Arc::clone(&self.compiler);
        let span = tracing::info_span!("compile");
        let compiling = threads::blocking(move || {
            let mut candidate = candidate;
            let built = span.in_scope(|| compiler.compile(&mut candidate, Priority::Now));
            (candidate, built)
        });
        let (mut candidate, built) = match compiling.await {
            Ok(done) => done,
            Err(error) => {
                let advice = "Nothing has changed.";
                return Err(CellError::new(
                    ErrorKind::Engine,
                    format!("the cell cannot be compiled: {error:#}"),
                    vec![advice.into()],
                ));
            }
        };
        let built = built.map_err(|failure| {
            abort.inspect(|asking| asking.abort());
            report::compile_error(&source, &failure, session)
        })?;
        if built.has_left_out {
            candidate.settle(session);
        }
        self.places.add(label, built.printed.map.clone());
        Ok(self.built(candidate, built, asked, key, source.count))
    }

    fn built(&self, candidate: Candidate, built: Built, types: Types, key: Option<Key>, cell: usize) -> Prepared {
        let Built { object, printed, variant, warnings, set_aside, has_left_out, unguarded_lines } = built;
        let mut notices: Vec<String> =
            set_aside.iter().map(|(title, cell, reason)| report::aside(title, *cell, reason)).collect();
        for line in unguarded_lines {
            notices
                .push(format!("Stop cannot end the loop on line {line} early: its types do not allow a look inside."));
        }
        notices.extend(warnings::told(&warnings, &printed.map, cell));
        let words = |names: &BTreeSet<String>, word: &str| {
            names.iter().map(|name| (name.clone(), word.to_owned())).collect::<Vec<_>>()
        };
        let mut ended: BTreeMap<String, String> = words(&variant.not_put, BORROWED).into_iter().collect();
        ended.extend(words(&variant.moved_here, MOVED));
        let rebound = |name: &String| candidate.names.binds(name);
        let moved = variant.not_put_back.iter().filter(|name| !rebound(name)).cloned().collect();
        let statics = candidate.defined_statics();
        Prepared {
            symbol: printed.symbol,
            object,
            statics,
            notices,
            moved,
            ended,
            types,
            // What an earlier item does not compile with is no matter of this text alone.
            key: key.filter(|_| !has_left_out),
            cell,
            candidate,
        }
    }

    /// Asks for the types of what the cell binds.
    fn ask_types(&self, candidate: &Candidate) -> Types {
        let mut bindings = Vec::new();
        let mut text = String::new();
        if !candidate.names.bindings.is_empty() {
            let printed = compile::to_analyse(candidate);
            for binding in &candidate.names.bindings {
                if let Some(at) = printed.map.printed(&candidate.cell.source, binding.place.start) {
                    bindings.push(Binding { name: binding.name.clone(), at });
                }
            }
            text = printed.text;
        }
        if candidate.statements.len() > MANY_STATEMENTS {
            return Types::ToAsk(text, bindings);
        }
        let analyst = self.analyst.clone();
        Types::Asked(tokio::spawn(async move {
            if bindings.is_empty() {
                return Vec::new();
            }
            analyst.types(text, bindings).instrument(tracing::info_span!("types", lane = log::ANALYSIS)).await
        }))
    }

    /// What the cell has made, once that is known; the cell is put into the cache, in the background. `told` is what the
    /// worker says of the variables, if the cell has run. One that has `failed` has stored nothing, and nobody waits for the
    /// types of that: Stop ends a cell at once.
    pub async fn made(&self, prepared: &mut Prepared, told: &BTreeMap<String, Description>, failed: bool) -> Made {
        let mut ended = std::mem::take(&mut prepared.ended);
        let types = match std::mem::replace(&mut prepared.types, Types::Known(BTreeMap::new())) {
            Types::Known(types) => types,
            asked => {
                let plain = |name: &String| session::plain_type(&told.get(name)?.type_name);
                let kept = prepared.candidate.names.bindings.iter().map(|binding| &binding.name);
                let kept: BTreeSet<&String> = kept.filter(|name| !ended.contains_key(*name)).collect();
                let mut types: BTreeMap<String, String> =
                    kept.iter().filter_map(|name| Some(((*name).clone(), plain(name)?))).collect();
                let span = tracing::info_span!("wait for types");
                let is_of_no_use = failed && !kept.iter().any(|name| told.contains_key(*name));
                let answer = match asked {
                    _ if kept.iter().all(|name| types.contains_key(*name)) => Vec::new(),
                    Types::Known(_) => Vec::new(),
                    Types::Asked(asked) if is_of_no_use && !asked.is_finished() => {
                        self.keep_later(prepared, asked, types.clone(), ended.clone());
                        Vec::new()
                    }
                    Types::ToAsk(..) if is_of_no_use => Vec::new(),
                    Types::Asked(asked) => {
                        let asking = asked.abort_handle();
                        let answer = tokio::time::timeout(PATIENCE, asked).instrument(span).await;
                        // What nobody waits for is not asked again of another process.
                        asking.abort();
                        answer.map(Result::unwrap_or_default).unwrap_or_default()
                    }
                    Types::ToAsk(text, bindings) => {
                        let asking = self.analyst.types(text, bindings);
                        let answer = tokio::time::timeout(PATIENCE, asking).instrument(span).await;
                        answer.unwrap_or_default()
                    }
                };
                sort(answer, &mut types, &mut ended);
                self.keep(prepared, &types, &ended);
                types
            }
        };
        let cell = prepared.cell;
        let gone = |word: &str| match word {
            BORROWED => Gone::Borrowed { cell },
            MOVED => Gone::Moved { cell },
            CLOSURE => Gone::Closure { cell },
            _ => Gone::Unnameable { cell },
        };
        Made { types, ended: ended.iter().map(|(name, word)| (name.clone(), gone(word))).collect() }
    }

    fn keep(&self, prepared: &mut Prepared, types: &BTreeMap<String, String>, ended: &BTreeMap<String, String>) {
        let Some((key, mut cell)) = to_keep(prepared) else { return };
        if !is_whole(prepared.candidate.names.bindings.iter().map(|binding| &binding.name), types, ended) {
            return;
        }
        (cell.variables, cell.ended) = (types.clone(), ended.clone());
        let cells = self.cells.clone();
        threads::in_background(move || cells.keep(&key, &cell));
    }

    /// [`Workshop::keep`] once the types are known, for which nobody else waits.
    fn keep_later(
        &self,
        prepared: &mut Prepared,
        asked: JoinHandle<Vec<(String, TypeOf)>>,
        mut types: BTreeMap<String, String>,
        mut ended: BTreeMap<String, String>,
    ) {
        let Some((key, mut cell)) = to_keep(prepared) else { return };
        let names: Vec<String> = prepared.candidate.names.bindings.iter().map(|binding| binding.name.clone()).collect();
        let cells = self.cells.clone();
        tokio::spawn(async move {
            let asking = asked.abort_handle();
            let answer = tokio::time::timeout(PATIENCE, asked).await;
            asking.abort();
            sort(answer.map(Result::unwrap_or_default).unwrap_or_default(), &mut types, &mut ended);
            if is_whole(names.iter(), &types, &ended) {
                (cell.variables, cell.ended) = (types, ended);
                threads::in_background(move || cells.keep(&key, &cell));
            }
        });
    }
}

/// What the cache is to keep of a cell, without the variables; it is kept once.
fn to_keep(prepared: &mut Prepared) -> Option<(Key, CachedCell)> {
    let key = prepared.key.take()?;
    let cell = CachedCell {
        variables: BTreeMap::new(),
        ended: BTreeMap::new(),
        moved: prepared.moved.clone(),
        statics: prepared.statics.clone(),
        notices: prepared.notices.clone(),
        object: std::fs::read(&prepared.object).ok()?,
    };
    Some((key, cell))
}

/// Where analysis gave no answer at all, another time it may.
fn is_whole<'a>(
    mut names: impl Iterator<Item = &'a String>,
    types: &BTreeMap<String, String>,
    ended: &BTreeMap<String, String>,
) -> bool {
    names.all(|name| types.contains_key(name) || ended.contains_key(name))
}

/// Puts what analysis says of variables where it belongs. What is known already stays.
fn sort(answer: Vec<(String, TypeOf)>, types: &mut BTreeMap<String, String>, ended: &mut BTreeMap<String, String>) {
    for (name, kind) in answer {
        if types.contains_key(&name) {
            continue;
        }
        match kind {
            TypeOf::Named(kind) => drop(types.insert(name, kind)),
            TypeOf::Closure => drop(ended.entry(name).or_insert_with(|| CLOSURE.to_owned())),
            TypeOf::Unknown => drop(ended.entry(name).or_insert_with(|| UNNAMEABLE.to_owned())),
        }
    }
}

/// Why a variable of the cell's own is not kept, in the words of the cache.
const BORROWED: &str = "borrowed";
const MOVED: &str = "moved";
const CLOSURE: &str = "closure";
const UNNAMEABLE: &str = "unnameable";
