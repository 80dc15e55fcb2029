//! Writes down what the pinned evcxr makes of cells: the types of their variables, and what their last expressions show.
//!
//! `tests/kernel/test_evcxr_contract.py` holds Isopleth's kernel to it. Run it where the contract is to be recorded anew:
//!
//! ```sh
//! cargo run --release -p isopleth-kernel --example record_evcxr_contract tests/kernel/evcxr_contract.json
//! ```
//!
//! The file holds notebooks, each a list of cells; their `types` and `shown` are replaced. evcxr's own order is that of a hash
//! map, so everything is sorted.

use evcxr::{CommandContext, EvalContext};
use serde_json::{Map, Value, json};

fn main() {
    // evcxr starts this program again as the process that runs cells.
    evcxr::runtime_hook();
    let path = std::env::args().nth(1).expect("which file?");
    let text = std::fs::read_to_string(&path).expect("a file of notebooks");
    let mut notebooks: Value = serde_json::from_str(&text).expect("JSON");
    for notebook in notebooks.as_array_mut().expect("a list of notebooks") {
        let (context, outputs) = EvalContext::new().expect("evcxr starts");
        let mut evcxr = CommandContext::with_eval_context(context);
        std::thread::spawn(move || outputs.stderr.iter().for_each(|line| eprintln!("{line}")));
        let mut shown = Vec::new();
        let cells: Vec<String> = serde_json::from_value(notebook["cells"].clone()).expect("cells");
        for cell in &cells {
            let answer = evcxr.execute(cell).unwrap_or_else(|error| panic!("{cell}: {error}"));
            shown.push(answer.get("text/plain").map_or(Value::Null, |text| Value::String(text.trim_end().to_owned())));
        }
        let types: Map<String, Value> =
            evcxr.variables_and_types().map(|(name, kind)| (name.to_owned(), Value::String(kind.to_owned()))).collect();
        let mut sorted: Vec<_> = types.into_iter().collect();
        sorted.sort_by(|a, b| a.0.cmp(&b.0));
        notebook["shown"] = json!(shown);
        notebook["types"] = Value::Object(sorted.into_iter().collect());
        eprintln!("{}", cells.first().map_or("", String::as_str));
    }
    std::fs::write(&path, serde_json::to_string_pretty(&notebooks).expect("JSON") + "\n").expect("the file is written");
}
