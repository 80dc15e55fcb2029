//! Lines that are meant for the notebook: `:dep`, `:vars`, `!program`. One table says which there are.

use super::Executor;
use crate::analysis::{Candidate, CandidateKind, dependencies};
use crate::cell::CommandLine;
use crate::compile::Crates;
use crate::jupyter::display::{media, notices, progress};
use crate::report::{CellError, quoted, short_type};
use jupyter_protocol::{ExecuteResult, JupyterMessage, Payload, Transient};
use serde_json::{Map, Value};
use std::collections::BTreeSet;
use std::sync::Arc;
use tokio::sync::mpsc;

/// What a line can ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Command {
    Dep,
    Vars,
    Type,
    Doc,
    Clear,
    Restart,
    Quit,
    Version,
    Help,
}

/// Names, what stands behind them, and what they do.
const COMMANDS: [(Command, &[&str], &str, &str); 9] = [
    (Command::Dep, &["dep"], "NAME = \"VERSION\"", "add a crate; also { path = \"…\" }, features = [\"…\"]"),
    (Command::Vars, &["vars"], "", "list the variables, their types and sizes"),
    (Command::Type, &["type", "t"], "NAME", "show the type of a variable"),
    (Command::Doc, &["doc"], "NAME", "show the documentation of a name, as ?NAME does"),
    (Command::Clear, &["clear"], "", "forget all variables, functions, types and imports; crates stay"),
    (Command::Restart, &["restart"], "", "start the cells' process anew: variables go, functions stay"),
    (Command::Quit, &["quit"], "", "end the kernel"),
    (Command::Version, &["version"], "", "show the version of Isopleth and of Rust"),
    (Command::Help, &["help"], "", "show this list"),
];

/// Commands of evcxr that have no use here, and what there is instead.
const INSTEAD: [(&[&str], &str); 6] = [
    (&["opt"], "Loops, closures and functions are always optimised."),
    (
        &["toolchain", "codegen_backend", "linker", "time_passes"],
        "Cells are compiled with the Rust that Isopleth was installed with.",
    ),
    (&["preserve_vars_on_panic"], "Variables are always kept when a cell panics."),
    (&["efmt", "fmt", "types"], "Write println!(\"{value:#?}\") for another form, and :type NAME for a type."),
    (
        &["timing", "explain", "last_error_json", "last_compile_dir", "internal_debug"],
        "The message below a cell says all there is.",
    ),
    (&["env", "build_env"], "Write std::env::set_var in an unsafe block, or set it before Jupyter is started."),
];

/// The commands that begin with `typed`, which begins with a colon.
pub fn names(typed: &str) -> Vec<Candidate> {
    let all = COMMANDS.iter().flat_map(|(_, names, arguments, what)| {
        names.iter().map(move |name| Candidate {
            text: format!(":{name}"),
            kind: CandidateKind::Command,
            label: format!(":{name} {arguments}: {what}").replace(" :", ":"),
        })
    });
    all.filter(|candidate| candidate.text.starts_with(typed)).collect()
}

fn error(what: impl Into<String>, advice: impl Into<String>) -> CellError {
    CellError::new("CommandError", what, vec![advice.into()])
}

fn find(name: &str) -> Result<Command, CellError> {
    if let Some((command, ..)) = COMMANDS.iter().find(|(_, names, ..)| names.contains(&name)) {
        return Ok(*command);
    }
    let listed = COMMANDS.iter().map(|(_, names, ..)| format!(":{}", names[0])).collect::<Vec<_>>().join(", ");
    let advice = match INSTEAD.iter().find(|(names, _)| names.contains(&name)) {
        Some((_, instead)) => format!("{instead} There are {listed}."),
        None => format!("There are {listed}."),
    };
    Err(error(format!("`:{name}` is no command of this notebook"), advice))
}

impl Executor {
    /// Does what one line asks for.
    pub(super) async fn command(
        &mut self,
        line: &CommandLine,
        silent: bool,
        request: &JupyterMessage,
    ) -> Result<Vec<Payload>, CellError> {
        let (name, arguments) = match line {
            CommandLine::Shell { line, .. } => {
                self.program(line, silent, request).await?;
                return Ok(Vec::new());
            }
            CommandLine::Command { name, arguments, .. } => (name, arguments.as_str()),
        };
        match find(name)? {
            Command::Dep => self.add_crate(arguments, silent, request).await?,
            Command::Vars => self.show_variables(silent, request),
            Command::Type => self.show_type(arguments, silent, request)?,
            Command::Doc if arguments.is_empty() => {
                return Err(error("`:doc` needs a name", "Write :doc Pool, or ?Pool."));
            }
            Command::Doc => return Ok(self.help(&[arguments], request).await),
            Command::Clear => self.clear(),
            Command::Restart => {
                let lost = self.worker_gone(request);
                let told = match lost.as_slice() {
                    [] => "The cells' process was started anew.".to_owned(),
                    names => format!("The cells' process was started anew. Gone with the old one: {}.", quoted(names)),
                };
                self.say(&told, silent, request);
            }
            Command::Quit => return Ok(vec![Payload::AskExit { keepkernel: false }]),
            Command::Version => {
                let told = format!("isopleth {}, {}", env!("CARGO_PKG_VERSION"), self.kernel.toolchain.version());
                self.say(&told, silent, request);
            }
            Command::Help => self.show_help(silent, request),
        }
        Ok(Vec::new())
    }

    fn say(&self, told: &str, silent: bool, request: &JupyterMessage) {
        self.show_bundle(&[("text/plain", told.to_owned())], silent, request);
    }

    /// Shows the result of a command, in several forms.
    fn show_bundle(&self, bundle: &[(&str, String)], silent: bool, request: &JupyterMessage) {
        if silent {
            return;
        }
        let data: Map<String, Value> =
            bundle.iter().map(|(mime, content)| ((*mime).to_owned(), Value::String(content.clone()))).collect();
        let result = ExecuteResult {
            execution_count: self.count(),
            data: media(data),
            transient: Some(Transient::default()),
            ..ExecuteResult::default()
        };
        self.publisher.publish(result, request);
    }

    fn show_variables(&self, silent: bool, request: &JupyterMessage) {
        let rows: Vec<[String; 4]> = (self.kernel.session().variables().iter())
            .map(|(name, variable)| {
                let bytes = variable.described["bytes"].as_u64().map(human).unwrap_or_default();
                let text = variable.described["text"].as_str().unwrap_or_default().to_owned();
                [name.clone(), short_type(&variable.kind), bytes, text]
            })
            .collect();
        if rows.is_empty() {
            return self.say("There are no variables.", silent, request);
        }
        let plain: Vec<String> = rows
            .iter()
            .map(|[name, kind, bytes, text]| {
                let more =
                    [bytes, text].into_iter().filter(|part| !part.is_empty()).cloned().collect::<Vec<_>>().join(", ");
                if more.is_empty() { format!("{name}: {kind}") } else { format!("{name}: {kind} ({more})") }
            })
            .collect();
        let row = |cells: &[String; 4], tag: &str| {
            let cells: String = cells.iter().map(|cell| format!("<{tag}>{}</{tag}>", escaped(cell))).collect();
            format!("<tr>{cells}</tr>")
        };
        let head = ["Variable", "Type", "Size", "Value"].map(str::to_owned);
        let body: String = rows.iter().map(|cells| row(cells, "td")).collect();
        let html = format!("<table>{}{body}</table>", row(&head, "th"));
        self.show_bundle(&[("text/plain", plain.join("\n")), ("text/html", html)], silent, request);
    }

    fn show_type(&self, name: &str, silent: bool, request: &JupyterMessage) -> Result<(), CellError> {
        let told = {
            let session = self.kernel.session();
            match session.variables().get(name) {
                Some(variable) => format!("{name}: {}", short_type(&variable.kind)),
                None => {
                    let gone = session.gone(name).map(|gone| gone.in_words(name));
                    let names: Vec<String> = session.variables().keys().cloned().collect();
                    let there = if names.is_empty() {
                        "There are none.".to_owned()
                    } else {
                        format!("There are {}.", quoted(&names))
                    };
                    return Err(error(format!("there is no variable `{name}`"), gone.unwrap_or(there)));
                }
            }
        };
        self.say(&told, silent, request);
        Ok(())
    }

    fn show_help(&self, silent: bool, request: &JupyterMessage) {
        let mut plain = String::new();
        let mut rows = String::new();
        let program = ("!program".to_owned(), "run a program; its output is shown here".to_owned());
        let commands = COMMANDS.iter().map(|(_, names, arguments, what)| {
            let names = names.iter().map(|name| format!(":{name}")).collect::<Vec<_>>().join(", ");
            (format!("{names} {arguments}").trim_end().to_owned(), (*what).to_owned())
        });
        for (written, what) in commands.chain([program]) {
            plain.push_str(&format!("{written:<24} {what}\n"));
            rows.push_str(&format!("<tr><td><code>{}</code></td><td>{}</td></tr>", escaped(&written), escaped(&what)));
        }
        let bundle = [("text/plain", plain.trim_end().to_owned()), ("text/html", format!("<table>{rows}</table>"))];
        self.show_bundle(&bundle, silent, request);
    }

    fn clear(&mut self) {
        let mut session = self.kernel.session();
        let names: Vec<String> = session.variables().keys().cloned().collect();
        session.clear();
        drop(session);
        if let Some(worker) = self.worker.as_ref().filter(|_| !names.is_empty()) {
            worker.control().forget(&names);
        }
    }

    /// `:dep`: evcxr reads the line, cargo builds the crates, and analysis learns of them.
    async fn add_crate(&mut self, line: &str, silent: bool, request: &JupyterMessage) -> Result<(), CellError> {
        if line.is_empty() {
            return Err(error("`:dep` needs a crate", "Write :dep serde_json = \"1\"."));
        }
        let mut lines = self.dependencies.clone();
        let name = |line: &str| line.split('=').next().unwrap_or_default().trim().to_owned();
        lines.retain(|known| name(known) != name(line));
        lines.push(line.to_owned());
        let kernel = Arc::clone(&self.kernel);
        let wanted = lines.clone();
        let crates = self.build(silent, request, move |tell| {
            let folder = kernel.workspace.join("evcxr");
            let here = std::env::current_dir().unwrap_or_default();
            let absolute: Vec<String> =
                wanted.iter().map(|line| dependencies::with_absolute_path(line, &here)).collect();
            let table = dependencies::read(&kernel.prefix, &kernel.toolchain, &folder, &absolute)?;
            kernel.workshop.compiler.build_crates(&table, tell)
        });
        let crates = crates.await?;
        self.dependencies = lines;
        let apart: BTreeSet<String> = crates
            .apart
            .iter()
            .map(|(name, shared)| {
                format!(
                    "`{name}` brings a build of `{shared}` of its own: what it defines does not fit the arrays of this notebook, which \
                     come from the prelude's `{shared}`. Convert them by way of plain vectors."
                )
            })
            .collect();
        self.use_crates(crates).await;
        if !silent {
            notices(&self.publisher, &apart.into_iter().collect::<Vec<_>>(), request);
        }
        Ok(())
    }
}

impl Executor {
    /// Crates on this disk that have changed are built again before the next cell.
    pub(super) async fn rebuild_changed_crates(
        &mut self,
        silent: bool,
        request: &JupyterMessage,
    ) -> Result<(), CellError> {
        let known = self.kernel.session().local_crates().clone();
        if known.is_empty() {
            return Ok(());
        }
        let kernel = Arc::clone(&self.kernel);
        let work = move |tell: &dyn Fn(&str)| kernel.workshop.compiler.rebuild_changed_crates(&known, tell);
        if let Some(crates) = self.build(silent, request, work).await? {
            self.use_crates(crates).await;
        }
        Ok(())
    }

    /// Has crates built. One line of the output says what cargo is doing.
    async fn build<T: Send + 'static>(
        &self,
        silent: bool,
        request: &JupyterMessage,
        work: impl FnOnce(&dyn Fn(&str)) -> anyhow::Result<T> + Send + 'static,
    ) -> Result<T, CellError> {
        let (told, mut hears) = mpsc::unbounded_channel::<String>();
        let mut building = tokio::task::spawn_blocking(move || work(&|line| drop(told.send(line.to_owned()))));
        let mut shown = false;
        let mut show = |line: String| {
            if !silent {
                progress(&self.publisher, &line, self.count, shown, request);
                shown = true;
            }
        };
        let built = loop {
            tokio::select! {
                biased;
                Some(line) = hears.recv() => show(line),
                built = &mut building => break built,
            }
        };
        while let Ok(line) = hears.try_recv() {
            show(line);
        }
        let built = built.unwrap_or_else(|panic| Err(anyhow::anyhow!("the crates could not be built: {panic}")));
        built.map_err(|reason| CellError::new("CompileError", format!("error: {reason:#}"), Vec::new()))
    }

    async fn use_crates(&self, crates: Crates) {
        self.kernel.session().set_crates(crates.names, crates.local);
        if let Err(reason) = self.kernel.workshop.analyst.load(crates.metadata).await {
            eprintln!("isopleth kernel: the new crates are not known to completion: {reason:#}");
        }
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// Bytes as people say them.
fn human(bytes: u64) -> String {
    const UNITS: [&str; 5] = ["bytes", "kB", "MB", "GB", "TB"];
    let (mut size, mut unit) = (bytes as f64, 0);
    while size >= 1000.0 && unit + 1 < UNITS.len() {
        size /= 1000.0;
        unit += 1;
    }
    if unit == 0 { format!("{bytes} bytes") } else { format!("{size:.1} {}", UNITS[unit]) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_is_in_the_table_and_nothing_else_is_one() {
        assert_eq!(find("t").ok(), Some(Command::Type));
        for name in ["opt", "toolchain", "nonsense", ""] {
            let error = find(name).unwrap_err();
            assert!(error.ename == "CommandError" && error.evalue.contains(&format!(":{name}")), "{error:?}");
            assert!(error.traceback[1].contains(":dep, :vars"), "{error:?}");
        }
        assert!(find("opt").unwrap_err().traceback[1].starts_with("Loops"));
    }

    #[test]
    fn commands_are_completed() {
        let texts: Vec<String> = names(":ve").into_iter().map(|candidate| candidate.text).collect();
        assert_eq!(texts, [":version"]);
        assert_eq!(names(":").len(), 10);
    }
}
