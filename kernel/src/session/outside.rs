//! What code reads while it is compiled: files by `include_str!` and its kin, the environment by `env!`.

use ra_ap_syntax::{AstToken, NodeOrToken, SyntaxKind, SyntaxNode, T, ast};
use sha2::{Digest, Sha256};

/// Each call of such a macro below `tree`, by the macro's name, with its argument if that is a plain text.
pub fn calls_that_read(tree: &SyntaxNode) -> Vec<(String, Option<ast::String>)> {
    // In the tokens of another macro they are words and brackets like all others.
    let tokens: Vec<_> = tree
        .descendants_with_tokens()
        .filter_map(NodeOrToken::into_token)
        .filter(|token| !token.kind().is_trivia())
        .collect();
    let mut found = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        let is_call = token.kind() == SyntaxKind::IDENT && tokens.get(at + 1).is_some_and(|next| next.kind() == T![!]);
        if is_call && ["include", "include_str", "include_bytes", "env", "option_env"].contains(&token.text()) {
            found.push((token.text().to_owned(), tokens.get(at + 3).cloned().and_then(ast::String::cast)));
        }
    }
    found
}

/// What each of them reads now; None for one whose argument is no plain text.
pub fn reads(tree: &SyntaxNode) -> Vec<Option<String>> {
    let now = |(name, text): (String, Option<ast::String>)| read(&name, &text?.value().ok()?);
    calls_that_read(tree).into_iter().map(now).collect()
}

fn read(name: &str, argument: &str) -> Option<String> {
    if name.ends_with("env") {
        return Some(format!("{argument}={:?}", std::env::var_os(argument)));
    }
    let bytes = std::fs::read(std::env::current_dir().ok()?.join(argument)).ok()?;
    let digest: String = Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    Some(format!("{argument} {digest}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use ra_ap_syntax::{Edition, SourceFile};

    fn of(code: &str) -> Vec<Option<String>> {
        reads(&SourceFile::parse(&format!("fn f() {{ {code} }}"), Edition::Edition2024).syntax_node())
    }

    #[test]
    fn what_is_read_is_part_of_what_a_cell_is() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.txt");
        let call = format!("println!(\"{{}}\", include_str!({path:?}))");
        std::fs::write(&path, "one").unwrap();
        let first = of(&call);
        assert!(matches!(first.as_slice(), [Some(_)]), "{first:?}");
        std::fs::write(&path, "two").unwrap();
        assert_ne!(of(&call), first);
        assert!(of("env!(\"HOME\")")[0].as_deref().unwrap().starts_with("HOME="));
    }

    #[test]
    fn what_cannot_be_told_is_said_so_and_other_words_are_nothing() {
        assert_eq!(of("include_str!(concat!(\"a\", \"b\"))"), [None]);
        assert_eq!(of("include_str!(\"/no/such/file\")"), [None]);
        assert!(of("let env = 1; include(env); \"include_str!()\"").is_empty());
    }
}
