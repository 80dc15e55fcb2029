//! `isopleth`: the Jupyter kernel, its helper processes, and the command that users type.
//!
//! One binary plays every role, so that one file is installed and all roles agree on versions.

mod analysis;
mod cache;
mod cell;
mod commands;
mod compile;
mod jupyter;
mod keeper;
mod log;
mod notebook;
mod prefix;
mod prepare;
mod report;
mod session;
mod threads;
mod toolchain;
mod worker;
mod workspace;

use std::ffi::OsString;
use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const HELP: &str = "\
Isopleth: Rust notebooks for rasters and labelled arrays.

Usage: isopleth COMMAND

Commands:
  lab [ARGS...]      open JupyterLab on the notebooks; ARGS go to JupyterLab
  lesson [OPTIONS]   run the lesson from start to end, without a browser
      --days N         on N days of sample data (default: the whole year)
      --output FILE    write the executed notebook to FILE
      --notebook FILE  run another notebook
  export NOTEBOOK DIR
                     turn a notebook into a cargo project that gives the same numbers
  doctor             check everything Isopleth needs, and say what is wrong
  help, --version

Called by Jupyter and by the kernel, not by hand:
  kernel CONNECTION_FILE, worker, analysis, keeper, dependencies, relay, setup
";

fn main() -> ExitCode {
    let mut args = std::env::args_os();
    let program = args.next().unwrap_or_default();
    let args: Vec<OsString> = args.collect();
    // evcxr calls this binary under the names of the tools it stands before.
    if let Some(tool) = analysis::dependencies::tool_of(&program) {
        return analysis::dependencies::pretend(tool, &args).unwrap_or(ExitCode::FAILURE);
    }
    let role = args.first().and_then(|arg| arg.to_str()).unwrap_or("help");
    let rest = args.get(1..).unwrap_or_default();
    let outcome = match role {
        "kernel" => jupyter::run(rest),
        "worker" => worker::role::run(),
        "analysis" => analysis::role::run(rest),
        "keeper" => keeper::run(rest),
        "dependencies" => analysis::dependencies::run(),
        "relay" => analysis::relay::run(),
        "setup" => commands::setup::run(rest),
        "lab" => commands::lab::run(rest),
        "lesson" => commands::lesson::run(rest),
        "export" => commands::export::run(rest),
        "doctor" => commands::doctor::run(),
        "--version" | "-V" | "version" => {
            println!("isopleth {}", env!("CARGO_PKG_VERSION"));
            Ok(ExitCode::SUCCESS)
        }
        "help" | "--help" | "-h" => {
            print!("{HELP}");
            Ok(ExitCode::SUCCESS)
        }
        other => {
            eprintln!("isopleth: no command {other:?}\n\n{HELP}");
            Ok(ExitCode::from(2))
        }
    };
    outcome.unwrap_or_else(|error| {
        eprintln!("isopleth {role}: {error:#}");
        ExitCode::FAILURE
    })
}
