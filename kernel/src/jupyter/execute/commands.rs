//! Lines that are meant for the notebook: `:dep`, `:vars`, `!program`. One table says which there are.

use super::cell::ExecutingCell;
use super::engine::Engine;
use super::executor::Executor;
use crate::analysis::{Candidate, CandidateKind};
use crate::cell::CommandLine;
use crate::report::{CellError, ErrorKind, quoted, short_type};
use jupyter_protocol::Payload;

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

pub(super) fn error(what: impl Into<String>, advice: impl Into<String>) -> CellError {
    CellError::new(ErrorKind::Command, what, vec![advice.into()])
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

impl<E: Engine> Executor<E> {
    /// Does what one line asks for.
    pub(super) async fn command(
        &mut self,
        line: &CommandLine,
        cell: &ExecutingCell,
    ) -> Result<Vec<Payload>, CellError> {
        let (name, arguments) = match line {
            CommandLine::Shell { line, .. } => {
                self.program(line, cell).await?;
                return Ok(Vec::new());
            }
            CommandLine::Command { name, arguments, .. } => (name, arguments.as_str()),
        };
        match find(name)? {
            Command::Dep => self.add_crate(arguments, cell).await?,
            Command::Vars => self.show_variables(cell),
            Command::Type => self.show_type(arguments, cell)?,
            Command::Doc if arguments.is_empty() => {
                return Err(error("`:doc` needs a name", "Write :doc Pool, or ?Pool."));
            }
            Command::Doc => return Ok(self.help(&[arguments], cell).await),
            Command::Clear => self.clear(),
            Command::Restart => {
                let lost = self.worker_gone(cell);
                let told = match lost.as_slice() {
                    [] => "The cells' process was started anew.".to_owned(),
                    names => format!("The cells' process was started anew. Gone with the old one: {}.", quoted(names)),
                };
                cell.say(&told);
            }
            Command::Quit => return Ok(vec![Payload::AskExit { keepkernel: false }]),
            Command::Version => {
                cell.say(&self.engine.version());
            }
            Command::Help => show_help(cell),
        }
        Ok(Vec::new())
    }

    fn show_variables(&self, cell: &ExecutingCell) {
        let rows: Vec<[String; 4]> = (self.engine.session().variables().iter())
            .map(|(name, variable)| {
                let text = variable.described.text.clone().unwrap_or_default();
                [name.clone(), short_type(&variable.kind), human(variable.described.bytes), text]
            })
            .collect();
        if rows.is_empty() {
            return cell.say("There are no variables.");
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
        cell.answer(&[("text/plain", plain.join("\n")), ("text/html", html)]);
    }

    fn show_type(&self, name: &str, cell: &ExecutingCell) -> Result<(), CellError> {
        let told = {
            let session = self.engine.session();
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
        cell.say(&told);
        Ok(())
    }

    fn clear(&mut self) {
        let mut session = self.engine.session();
        let names: Vec<String> = session.variables().keys().cloned().collect();
        session.clear();
        drop(session);
        if let Some(worker) = self.worker.as_ref().filter(|_| !names.is_empty()) {
            worker.control().forget(names);
        }
    }
}

fn show_help(cell: &ExecutingCell) {
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
    cell.answer(&bundle);
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
            assert!(error.kind == ErrorKind::Command && error.evalue.contains(&format!(":{name}")), "{error:?}");
            assert!(error.traceback()[1].contains(":dep, :vars"), "{error:?}");
        }
        assert!(find("opt").unwrap_err().traceback()[1].starts_with("Loops"));
    }

    #[test]
    fn commands_are_completed() {
        let texts: Vec<String> = names(":ve").into_iter().map(|candidate| candidate.text).collect();
        assert_eq!(texts, [":version"]);
        assert_eq!(names(":").len(), 10);
    }
}
