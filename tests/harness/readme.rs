//! What README.md tells people to paste.

/// The first block of this language below this heading.
pub(crate) fn block(heading: &str, language: &str) -> &'static str {
    let readme = include_str!("../../README.md");
    let (_, below) = readme.split_once(&format!("\n{heading}\n")).unwrap();
    let (_, block) = below.split_once(&format!("\n```{language}\n")).unwrap();
    block.split_once("```\n").unwrap().0
}
