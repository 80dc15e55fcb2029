//! The stumbling blocks of those who come from Python: one sentence each that says what to do.
//!
//! rustc's report stands above it and is not repeated. The first entry that fits an error is used.

use serde_json::Value;

/// When to say something, and what.
struct Hint {
    /// rustc's number for the error; empty for a syntax error, `*` for any.
    code: &'static str,
    /// Parts of rustc's message, labels and notes: one of each inner list must be there.
    said: &'static [&'static [&'static str]],
    /// Words of the line that the error points at: one of them must be there, if there are any.
    line: &'static [&'static str],
    /// `{0}`, `{1}` … stand for what rustc's message has in backquotes.
    advice: &'static str,
}

const fn hint(
    code: &'static str,
    said: &'static [&'static [&'static str]],
    line: &'static [&'static str],
    advice: &'static str,
) -> Hint {
    Hint { code, said, line, advice }
}

const WHOLE: &[&str] = &[
    "{integer}`",
    "`i8`",
    "`i16`",
    "`i32`",
    "`i64`",
    "`u8`",
    "`u16`",
    "`u32`",
    "`u64`",
    "`usize`",
    "`isize`",
    "integer",
];
const REAL: &[&str] = &["{float}`", "`f32`", "`f64`", "floating-point"];
const OPERATION: &[&str] =
    &["cannot add", "cannot subtract", "cannot multiply", "cannot divide", "cannot calculate", "can't compare"];

const HINTS: &[Hint] = &[
    // Names from Python. Syntax comes as words that stand where no word can.
    hint(
        "",
        &[&["found"]],
        &["def"],
        "A function begins with `fn`, names the types and has its body in braces: fn f(x: f64) -> f64 { x * 2.0 }",
    ),
    hint("", &[&["found"]], &["lambda"], "A function without a name is written |x| x + 1."),
    hint(
        "",
        &[&["found"]],
        &["import", "from"],
        "`use` brings names in (use std::f64::consts::PI;). A crate is added by a line `:dep name = \"1\"`. Nothing has to be imported for arrays, rasters and plots.",
    ),
    hint("", &[&["found"]], &["elif"], "`elif` is written `else if`."),
    hint(
        "",
        &[&["found"]],
        &["class"],
        "A type is a `struct`, its methods stand in an `impl` block: struct Station { name: String }",
    ),
    hint(
        "",
        &[&["found"]],
        &["with"],
        "There is no `with`: a file is closed when its variable goes out of scope, for example at the end of a block { … }.",
    ),
    hint(
        "",
        &[&["found"]],
        &["try", "except", "raise"],
        "Errors are values: `?` passes one on, `match` looks into a Result. There is no `try`.",
    ),
    hint(
        "",
        &[&["found keyword `in`"]],
        &[],
        "Whether something is in a list is asked with .contains(): list.contains(&x)",
    ),
    hint("", &[&["found `is`"]], &[], "`x is None` is written x.is_none(), and `x is not None` x.is_some()."),
    hint(
        "",
        &[&["prefix `f` is unknown"]],
        &[],
        "What f\"…\" is in Python is format!(\"…\") here, with the same {name}; println!(\"…\") takes it directly.",
    ),
    hint(
        "*",
        &[&["`f`"]],
        &["f\"", "f'"],
        "What f\"…\" is in Python is format!(\"…\") here, with the same {name}; println!(\"…\") takes it directly.",
    ),
    hint(
        "",
        &[&["found keyword `for`"]],
        &["for"],
        "There are no comprehensions: (0..10).map(|i| i * i).collect::<Vec<_>>() makes such a list.",
    ),
    hint(
        "",
        &[&["found `:`"]],
        &["if", "for", "while", "else"],
        "What follows a condition stands in braces: if x > 1 { … }. There is no colon, and indentation means nothing.",
    ),
    hint(
        "",
        &[&["expected identifier, found `:`"]],
        &[],
        "What follows a condition stands in braces: while x > 1 { … }. There is no colon, and indentation means nothing.",
    ),
    hint(
        "",
        &[&["found `:`", "range expression"]],
        &["["],
        "A range is written with two dots, and a part of a list is borrowed: &v[1..3]",
    ),
    hint("", &[&["found `:`"]], &["{"], "A dictionary is a HashMap: HashMap::from([(\"a\", 1), (\"b\", 2)])"),
    hint("", &[&["expected one of `!` or `[`"]], &["#"], "A comment begins with two slashes: // like this"),
    hint(
        "",
        &[&["character literal may only contain one codepoint"]],
        &[],
        "Text stands in double quotes: \"text\". Single quotes are for one character: 'x'.",
    ),
    hint("", &[&["is not a logical operator"]], &[], "Python's `and`, `or` and `not` are written &&, || and !."),
    hint("", &[&["after identifier", "found"]], &["not"], "Python's `and`, `or` and `not` are written &&, || and !."),
    hint(
        "",
        &[&["add `;` here"]],
        &[],
        "A semicolon is missing: each statement ends with one. Only the last expression of a cell, the one to be shown, has none.",
    ),
    hint(
        "",
        &[&["expected `;`"]],
        &[],
        "A semicolon is missing: each statement ends with one. Only the last expression of a cell, the one to be shown, has none.",
    ),
    hint(
        "",
        &[&["unclosed delimiter", "this file contains an unclosed"]],
        &[],
        "A bracket or brace is open at the end of the cell: close it.",
    ),
    hint(
        "",
        &[&["unexpected closing delimiter", "mismatched closing delimiter"]],
        &[],
        "Brackets and braces do not match: each one that is opened is closed by its own kind.",
    ),
    hint("", &[&["unterminated double quote"]], &[], "The text has no end: a double quote is missing."),
    hint(
        "",
        &[&["unexpected `,` in pattern"]],
        &[],
        "Several variables at once need parentheses: let (a, b) = (1, 2);",
    ),
    hint(
        "",
        &[&["argument never used"]],
        &[],
        "println! shows what stands in braces: println!(\"{x}\") or println!(\"{}\", x)",
    ),
    hint("E0425", &[&["`True`", "`False`"]], &[], "They are written `true` and `false`."),
    hint(
        "E0425",
        &[&["`null`", "`nil`", "`NULL`", "`nan`", "`NaN`"]],
        &[],
        "A missing value is `None` in an Option, a missing number f64::NAN.",
    ),
    hint(
        "E0425",
        &[&["function `range`"]],
        &[],
        "range(10) is written 0..10, and range(2, 10) 2..10: for i in 0..10 { … }",
    ),
    hint("E0425", &[&["function `len`"]], &[], "The length is a method: x.len()"),
    hint("E0425", &[&["function `print`"]], &[], "println!(\"{x}\") prints a value; the `!` belongs to the name."),
    hint("E0423", &[&["found macro"]], &[], "{0} is a macro, and the `!` belongs to its name: {0}!(\"{x}\")"),
    hint(
        "E0425",
        &[&[
            "function `sqrt`",
            "function `abs`",
            "function `exp`",
            "function `log`",
            "function `sin`",
            "function `cos`",
            "function `floor`",
            "function `ceil`",
            "function `round`",
            "function `pow`",
        ]],
        &[],
        "Mathematics are methods of numbers: x.sqrt(), x.abs(), x.powi(2). A number needs its type: 2.0_f64.sqrt()",
    ),
    hint(
        "E0425",
        &[&["function `min`", "function `max`"]],
        &[],
        "a.min(b) and a.max(b) are methods; the smallest of a list of f64 is v.iter().copied().fold(f64::INFINITY, f64::min).",
    ),
    hint("E0425", &[&["function `sum`"]], &[], "The sum is a method of an iterator: v.iter().sum::<f64>()"),
    hint(
        "E0425",
        &[&["function `enumerate`"]],
        &[],
        "enumerate is a method of an iterator: for (i, x) in v.iter().enumerate() { … }",
    ),
    hint("E0425", &[&["function `zip`"]], &[], "zip is a method of an iterator: for (a, b) in x.iter().zip(&y) { … }"),
    hint(
        "E0425",
        &[&["function `sorted`"]],
        &[],
        "v.sort() sorts a Vec in place; numbers with a fraction need v.sort_by(f64::total_cmp).",
    ),
    hint(
        "E0425",
        &[&["function `dict`", "function `set`", "function `list`"]],
        &[],
        "A dictionary is a HashMap::new(), a set a HashSet::new(), a list a Vec: vec![1, 2, 3]",
    ),
    hint(
        "E0425",
        &[&["function `open`"]],
        &[],
        "std::fs::read_to_string(path)? reads a text file, open_raster(path)? a raster.",
    ),
    hint(
        "*",
        &[&["builtin type `str`", "function `str`", "function `int`", "function `float`"]],
        &[],
        "Numbers are converted by `as` (x as f64, x as i64), to text by x.to_string(), from text by text.parse::<f64>()?.",
    ),
    hint(
        "E0423",
        &[&["`str`", "`int`", "`float`", "builtin type"]],
        &[],
        "Numbers are converted by `as` (x as f64, x as i64), to text by x.to_string(), from text by text.parse::<f64>()?.",
    ),
    hint(
        "E0425",
        &[&["introduce a new binding"]],
        &[],
        "A new variable begins with `let`: let {0} = …; and `let mut {0}` if it is to change later.",
    ),
    hint("E0070", &[], &[], "Only a variable can stand left of `=`. Equality is asked with `==`."),
    hint(
        "E0433",
        &[&["undeclared"]],
        &["np", "pd", "plt", "xr", "math", "os"],
        "Python's modules are not there. Most of them have a counterpart that is here already: Array2 and DataArray for arrays, imshow for pictures, x.sqrt() for mathematics.",
    ),
    // Numbers.
    hint(
        "E0277",
        &[OPERATION, WHOLE, REAL],
        &[],
        "Whole numbers and numbers with a fraction are not mixed by themselves: write both with a point (1.0 + 2.0), or convert one: x as f64",
    ),
    hint(
        "E0277",
        &[
            &["cannot be indexed by"],
            &["`usize`"],
            &["integer", "`i8", "`i16", "`i32", "`i64", "`u8", "`u16", "`u32", "`u64", "`isize", "`f32", "`f64"],
        ],
        &[],
        "A position is a usize: v[i as usize]. Write `let i: usize = …;` where it is made to spare the conversion.",
    ),
    hint(
        "E0277",
        &[&["type `str` cannot be indexed", "type `String` cannot be indexed"]],
        &[],
        "The n-th character is text.chars().nth(n), since characters differ in length.",
    ),
    hint(
        "E0277",
        &[OPERATION],
        &[],
        "Two different types of number are not mixed by themselves: convert one, for example x as f64, or n as i64.",
    ),
    hint(
        "",
        &[&["negative integers cannot be used to index"]],
        &[],
        "There are no negative positions: the last one is v[v.len() - 1] or v.last().",
    ),
    hint(
        "E0308",
        &[&["expected `f64`", "expected `f32`", "expected floating-point"], WHOLE],
        &[],
        "A number with a fraction is wanted: write 3.0 and not 3, or convert: n as f64",
    ),
    hint(
        "E0308",
        &[&["expected `i", "expected `u", "expected integer"], REAL],
        &[],
        "A whole number is wanted: convert with `x as i64` (which cuts the fraction off) or x.round() as i64.",
    ),
    hint(
        "E0308",
        &[&["expected `i", "expected `u"], &["found `i", "found `u"]],
        &[],
        "The two types of whole number differ: convert one, for example n as i64 or n as usize.",
    ),
    hint(
        "E0689",
        &[&["{integer}", "{float}"]],
        &[],
        "The number needs its type first: 2.0_f64.sqrt(), or let x: f64 = 2.0;",
    ),
    hint(
        "E0614",
        &[&["cannot be dereferenced"]],
        &["**"],
        "Powers are methods: x.powi(2) or x.powf(0.5) for fractions, n.pow(2) for whole numbers.",
    ),
    hint(
        "E0277",
        &[&["{float}: Ord", "`f64: Ord", "`f32: Ord", "{float}` to implement `Ord", "f64` to implement `Ord"]],
        &[],
        "Numbers with a fraction have no full order (NaN): sort with v.sort_by(f64::total_cmp), and v.iter().copied().fold(f64::MIN, f64::max) is the largest.",
    ),
    hint(
        "E0277",
        &[&["{float}: Eq", "{float}: Hash", "`f64: Eq", "`f64: Hash"]],
        &[],
        "Numbers with a fraction cannot be keys. Use whole numbers or text, or x.to_bits().",
    ),
    // Text.
    hint("E0369", &[&["cannot add `&str`", "cannot add `String`"]], &[], "Texts are joined by format!(\"{a}{b}\")."),
    hint("E0308", &[&["expected `&str`, found `String`"]], &["+"], "Texts are joined by format!(\"{a}{b}\")."),
    hint(
        "E0308",
        &[&["expected `&str`"], &["found integer", "found floating", "found `i", "found `u", "found `f"]],
        &["+"],
        "Text and numbers are joined by format!(\"{a}{b}\").",
    ),
    hint(
        "E0308",
        &[&["expected `String`, found `&str`"]],
        &[],
        "A text that is kept is a String: \"text\".to_string()",
    ),
    hint("E0308", &[&["expected `&str`, found `String`"]], &[], "A borrowed text is wanted: put & before it."),
    hint(
        "E0277",
        &[&["doesn't implement `std::fmt::Display`", "doesn't implement `Display`"]],
        &[],
        "It has no text for people. {x:?} shows any value that is Debug: println!(\"{x:?}\")",
    ),
    hint(
        "E0277",
        &[&["doesn't implement `Debug`"]],
        &[],
        "Write #[derive(Debug, Clone)] above your struct or enum, and it can be shown and copied.",
    ),
    hint(
        "E0599",
        &[&["no method named `clone`"]],
        &[],
        "Write #[derive(Debug, Clone)] above your struct or enum, and it can be shown and copied.",
    ),
    hint("E0599", &[&["no method named `format`"]], &[], "\"{}\".format(x) is written format!(\"{x}\")."),
    hint("E0599", &[&["no method named `append`"]], &[], "One value is added to a Vec by v.push(x)."),
    hint(
        "E0308",
        &[&["might have meant to use `push`"]],
        &[],
        "One value is added to a Vec by v.push(x); append takes another Vec.",
    ),
    // Variables and their owners.
    hint(
        "E0596",
        &[&["not declared as mutable"]],
        &[],
        "What is to change is made with `let mut`. For a variable of an earlier cell: let mut {0} = {0};",
    ),
    hint(
        "E0384",
        &[],
        &[],
        "What is to change is made with `let mut`. For a variable of an earlier cell: let mut {0} = {0};",
    ),
    hint(
        "E0594",
        &[],
        &[],
        "What is to change is made with `let mut`. For a variable of an earlier cell: let mut x = x;",
    ),
    hint(
        "E0382",
        &[&["for"], &["into_iter"]],
        &["for"],
        "The loop has used the list up: lend it with & to keep it, for x in &list { … }",
    ),
    hint(
        "E0382",
        &[&["moved value"]],
        &[],
        "A value has one owner: lend it with &{0}, or copy it with {0}.clone(), where it is used first.",
    ),
    hint(
        "E0282",
        &[&["`Option<"]],
        &[],
        "`None` alone has no type. Write what could be in it: let a: Option<f64> = None;",
    ),
    hint("E0282", &[&["`Vec<"]], &[], "An empty list needs its type: let v: Vec<f64> = Vec::new();"),
    hint("E0283", &[&["Sum"]], &[], "Say what the sum is: .sum::<f64>()"),
    hint("E0283", &[&["FromIterator"]], &[], "Say what to collect into: .collect::<Vec<_>>()"),
    hint("E0277", &[&["`!: FromStr`", "_: FromStr"]], &[], "Say what to read: text.parse::<f64>()?"),
    hint("E0284", &[&["FromStr"]], &[], "Say what to read: text.parse::<f64>()?"),
    hint("E0282", &[], &[], "The type cannot be found out. Write it: let x: TYPE = …;"),
    hint(
        "E0658",
        &[&["the `!` type is experimental"]],
        &[],
        "What is kept in the variable can never be: its code always panics or never ends. Leave the `let` away, or write the type.",
    ),
    hint("E0616", &[&["call it with parentheses"]], &[], "A method is called with parentheses: x.{0}()"),
    hint("E0615", &[], &[], "A method is called with parentheses: x.{0}()"),
    hint("E0277", &[&["is not an iterator"], WHOLE], &["for"], "A loop runs over a range: for i in 0..n { … }"),
    hint(
        "E0369",
        &[&["Option<"]],
        &[],
        "There may be nothing in an Option: take the value out first, with .unwrap() or with `if let Some(x) = … { … }`.",
    ),
    hint(
        "E0599",
        &[&["Option<"]],
        &[],
        "There may be nothing in an Option: take the value out first, with .unwrap() or with `if let Some(x) = … { … }`.",
    ),
    hint(
        "E0599",
        &[&["for enum `Result", "Result<"]],
        &[],
        "A Result may be an error: `?` behind the call takes the value out or stops the cell.",
    ),
    hint(
        "E0277",
        &[&["operator can only be used on `Result`s, not `Option`s"]],
        &[],
        "For an Option, say what is wrong when it is empty: .ok_or(\"nothing there\")?",
    ),
    hint(
        "E0277",
        &[&["couldn't convert the error"]],
        &[],
        "An error needs a text: give its type an impl of std::fmt::Display, or write .map_err(|error| format!(\"{error:?}\"))?",
    ),
    hint(
        "E0277",
        &[&["the `?` operator can only be used in"]],
        &[],
        "`?` needs a function that returns a Result: fn f() -> Result<f64> { … Ok(x) }",
    ),
    hint(
        "E0308",
        &[&["remove this semicolon"]],
        &[],
        "The value of a function is its last expression, without a semicolon.",
    ),
    hint("E0308", &[&["compare for equality"]], &[], "Equality is asked with `==`."),
    hint("", &[&["postfix increment", "postfix decrement"]], &[], "x += 1 counts up."),
    hint(
        "E0277",
        &[&["operator `?` cannot", "`?` operator can only be applied"]],
        &[],
        "`?` stands behind a call that returns a Result; this value is none.",
    ),
];

/// What to do about an error of rustc's whose primary line is `line`, if there is a short way to say it.
pub fn advice(message: &Value, line: &str) -> Option<String> {
    let code = message["code"]["code"].as_str().unwrap_or_default();
    let said = everything_said(message);
    let fits = |hint: &&Hint| {
        (hint.code == "*" || hint.code == code)
            && hint.said.iter().all(|any| any.iter().any(|part| said.contains(part)))
            && (hint.line.is_empty() || hint.line.iter().any(|word| has_word(line, word)))
    };
    let hint = HINTS.iter().find(fits)?;
    let mut advice = hint.advice.to_owned();
    for (at, name) in message["message"].as_str().unwrap_or_default().split('`').skip(1).step_by(2).enumerate() {
        advice = advice.replace(&format!("{{{at}}}"), name);
    }
    Some(advice)
}

fn everything_said(message: &Value) -> String {
    let list = |key: &str| message[key].as_array().map(Vec::as_slice).unwrap_or_default();
    let texts = (message["message"].as_str().into_iter())
        .chain(list("spans").iter().filter_map(|span| span["label"].as_str()))
        .chain(list("children").iter().filter_map(|child| child["message"].as_str()));
    let said = texts.collect::<Vec<_>>().join("\n");
    // rustc writes whole paths once a notebook has another type of the same name.
    ["std::option::", "std::result::", "std::vec::", "std::string::"]
        .iter()
        .fold(said, |said, path| said.replace(path, ""))
}

/// Words as whole words, signs anywhere.
fn has_word(line: &str, word: &str) -> bool {
    if word.chars().all(char::is_alphanumeric) {
        line.split(|character: char| !(character.is_alphanumeric() || character == '_')).any(|found| found == word)
    } else {
        line.contains(word)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn said(code: &str, text: &str, line: &str) -> String {
        advice(&json!({ "code": { "code": code }, "message": text }), line).unwrap_or_default()
    }

    #[test]
    fn numbers_that_do_not_mix_are_told_how_to() {
        assert!(said("E0277", "cannot add a float to an integer: `{integer} + {float}`", "1 + 2.0").contains("as f64"));
        assert!(said("E0308", "mismatched types, expected `f64`, found integer", "f(3)").contains("3.0 and not 3"));
        let index = "the type `[i32]` cannot be indexed by `i64`: slice indices are of type `usize`";
        assert!(said("E0277", index, "v[i]").contains("v[i as usize]"));
    }

    #[test]
    fn python_is_recognised_by_its_words() {
        assert!(said("", "expected one of 8 possible tokens, found `f`", "def f(x):").contains("`fn`"));
        assert!(said("E0425", "cannot find function `range` in this scope", "for i in range(3) {").contains("0..10"));
        assert_eq!(said("", "something, found `f`", "define(x)"), "");
    }

    #[test]
    fn names_of_the_message_are_filled_in() {
        let text = "cannot borrow `v` as mutable, as it is not declared as mutable";
        assert!(said("E0596", text, "v.push(1)").ends_with("let mut v = v;"));
    }

    #[test]
    fn an_advice_leaves_no_placeholder_that_rustc_filled() {
        for hint in HINTS {
            assert!(!hint.advice.is_empty() && !hint.advice.contains("{2}"), "{}", hint.advice);
        }
    }
}
