//! Which functions call which, by their names alone: those that may call themselves must look.

use super::plain;
use ra_ap_syntax::{
    AstNode, SyntaxKind, SyntaxNode, T,
    ast::{self, HasName},
};
use std::collections::{BTreeSet, HashMap, HashSet};

/// Types of libraries: `Vec::new()` in a function `new` is no recursion.
const OF_LIBRARIES: [&str; 24] = [
    "Arc",
    "Array",
    "Array1",
    "Array2",
    "Array3",
    "ArrayD",
    "BTreeMap",
    "BTreeSet",
    "Box",
    "Cell",
    "DataArray",
    "Dataset",
    "Default",
    "Duration",
    "HashMap",
    "HashSet",
    "Instant",
    "Mutex",
    "PathBuf",
    "Rc",
    "RefCell",
    "String",
    "Vec",
    "VecDeque",
];
/// Methods that hand on to one of the same name and are called in the innermost loops: `self.values.len()` in `len`.
const HANDED_ON: [&str; 22] = [
    "add",
    "as_mut",
    "as_ref",
    "clone",
    "cmp",
    "deref",
    "deref_mut",
    "div",
    "eq",
    "get",
    "get_mut",
    "hash",
    "index",
    "index_mut",
    "into",
    "is_empty",
    "iter",
    "len",
    "mul",
    "next",
    "partial_cmp",
    "sub",
];

/// Each function and method of a tree, and the names that it calls or mentions as values.
pub fn names_called(root: &SyntaxNode) -> Vec<(String, BTreeSet<String>)> {
    let functions = root.descendants().filter_map(ast::Fn::cast);
    functions
        .filter_map(|function| {
            let name = plain(function.name()?.text()).to_owned();
            let called = function.body()?.syntax().descendants().flat_map(|node| mentioned(&node, &name)).collect();
            Some((name, called))
        })
        .collect()
}

fn mentioned(node: &SyntaxNode, of: &str) -> Vec<String> {
    match node.kind() {
        SyntaxKind::METHOD_CALL_EXPR => {
            let name = ast::MethodCallExpr::cast(node.clone()).and_then(|call| call.name_ref());
            let name = name.map(|name| plain(name.text()).to_owned());
            name.filter(|name| name != of || !HANDED_ON.contains(&of)).into_iter().collect()
        }
        // Also of one that is handed over: `.map(depth)`.
        SyntaxKind::PATH_EXPR => {
            ast::PathExpr::cast(node.clone()).and_then(|path| last_name(&path.path()?, of)).into_iter().collect()
        }
        SyntaxKind::TOKEN_TREE => in_macro(node),
        _ => Vec::new(),
    }
}

fn last_name(path: &ast::Path, of: &str) -> Option<String> {
    let name = plain(path.segment()?.name_ref()?.text()).to_owned();
    let qualifier = path.qualifier().and_then(|qualifier| Some(qualifier.segment()?.name_ref()?.text().to_string()));
    let of_library = qualifier.is_some_and(|qualifier| OF_LIBRARIES.contains(&qualifier.as_str()));
    (name != of || !of_library).then_some(name)
}

/// Words of a macro's tokens that are followed by a bracket.
fn in_macro(tree: &SyntaxNode) -> Vec<String> {
    let elements: Vec<_> = tree.children_with_tokens().filter(|element| !element.kind().is_trivia()).collect();
    let calls = elements.windows(2).filter(|pair| {
        let bracket =
            pair[1].as_node().and_then(|tree| tree.first_token()).is_some_and(|token| token.kind() == T!['(']);
        bracket && pair[0].kind() == SyntaxKind::IDENT
    });
    calls.filter_map(|pair| Some(plain(pair[0].as_token()?.text()).to_owned())).collect()
}

/// The names of `calls` from which calls lead back to them.
pub fn recursive(calls: &[(String, BTreeSet<String>)]) -> HashSet<String> {
    let mut graph: HashMap<&str, BTreeSet<&str>> = HashMap::new();
    for (name, called) in calls {
        graph.entry(name).or_default().extend(called.iter().map(String::as_str));
    }
    let comes_back = |name: &str| {
        let (mut seen, mut left) = (HashSet::new(), vec![name]);
        while let Some(at) = left.pop() {
            for next in graph.get(at).into_iter().flatten().filter(|next| graph.contains_key(**next)) {
                if *next == name {
                    return true;
                }
                if seen.insert(*next) {
                    left.push(next);
                }
            }
        }
        false
    };
    graph.keys().filter(|name| comes_back(name)).map(|name| (*name).to_owned()).collect()
}
