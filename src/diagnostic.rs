//! Findings about what the operator wrote, shown with the place they are about.
//!
//! A finding shows its own line and no neighbour of it, and nothing that the file hides: a value shown in an error
//! ends in the logs of a pipeline. Nothing is printed here.

mod excerpt;
#[cfg(test)]
mod tests;

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};

use crate::model::source::Source;
use excerpt::Excerpt;

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// The spec cannot be used.
    Error,
    /// The spec can be used; the operator should know.
    Warning,
}

/// One finding.
#[derive(Clone, Debug)]
pub struct Diagnostic {
    /// How bad it is.
    pub severity: Severity,
    /// Its stable code, if it has one.
    pub code: Option<&'static str>,
    /// One sentence, lower case, without a full stop.
    pub message: String,
    /// The place it is about.
    pub source: Source,
    /// A word beside the marked place.
    pub label: Option<String>,
    /// Further places with their sentence, possibly in other files.
    pub also: Vec<(Source, String)>,
    /// What to do.
    pub help: Option<String>,
    /// The marked text itself is hidden.
    concealed: bool,
}

impl Diagnostic {
    /// An error at this place.
    pub fn error(source: Source, message: impl Into<String>) -> Self {
        Self::new(Severity::Error, source, message.into())
    }

    /// A warning at this place.
    pub fn warning(source: Source, message: impl Into<String>) -> Self {
        Self::new(Severity::Warning, source, message.into())
    }

    fn new(severity: Severity, source: Source, message: String) -> Self {
        Self { severity, code: None, message, source, label: None, also: Vec::new(), help: None, concealed: false }
    }

    /// Give it a stable code.
    #[must_use]
    pub fn code(mut self, code: &'static str) -> Self {
        self.code = Some(code);
        self
    }

    /// Put a word beside the marked place.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = Some(label.into());
        self
    }

    /// Show a further place.
    #[must_use]
    pub fn also(mut self, source: Source, message: impl Into<String>) -> Self {
        self.also.push((source, message.into()));
        self
    }

    /// Say what to do.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Hide the marked text itself, because it may be a secret.
    #[must_use]
    pub fn conceal(mut self) -> Self {
        self.concealed = true;
        self
    }

    /// The finding as text: message, place, marked line, further places, help. No line break at the end.
    #[must_use]
    pub fn render(&self, colour: bool) -> String {
        let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
        let level = match self.severity {
            Severity::Error => Level::ERROR,
            Severity::Warning => Level::WARNING,
        };
        let mut title = level.primary_title(harmless(&self.message));
        if let Some(code) = self.code {
            title = title.id(code);
        }
        let label = self.label.as_deref().map(harmless);
        let mut group = place(Group::with_title(title), &self.source, self.concealed, AnnotationKind::Primary, label);
        if let Some(help) = &self.help {
            group = group.element(Level::HELP.message(harmless(help)));
        }
        let mut report = vec![group];
        report.extend(self.also.iter().map(|(source, message)| {
            let title = Level::NOTE.secondary_title(harmless(message));
            place(Group::with_title(title), source, false, AnnotationKind::Context, None)
        }));
        renderer.render(&report)
    }
}

/// The group with the place and its marked line, or with the place alone when there is no text.
fn place<'a>(
    group: Group<'a>,
    source: &Source,
    concealed: bool,
    kind: AnnotationKind,
    label: Option<String>,
) -> Group<'a> {
    let name = harmless(&source.file.name());
    match (source.line, Excerpt::of(source, concealed)) {
        (0, _) => group.element(Origin::path(name)),
        (line, None) => group.element(Origin::path(name).line(line).char_column(source.column)),
        (line, Some(excerpt)) => group.element(
            Snippet::source(excerpt.text).path(name).line_start(line).annotation(kind.span(excerpt.mark).label(label)),
        ),
    }
}

/// The text without what a terminal would obey: messages quote what operators and servers wrote.
fn harmless(text: &str) -> String {
    text.replace(char::is_control, "\u{fffd}")
}

/// Findings, collected so that all of them are shown at once.
#[derive(Clone, Debug, Default)]
pub struct Diagnostics(Vec<Diagnostic>);

impl Diagnostics {
    /// None so far.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Add one.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.0.push(diagnostic);
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether one of them is an error.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.0.iter().any(|diagnostic| diagnostic.severity == Severity::Error)
    }

    /// All of them, by file, line and column; those of one place in the order they were found.
    #[must_use]
    pub fn sorted(&self) -> Vec<&Diagnostic> {
        let mut sorted: Vec<&Diagnostic> = self.0.iter().collect();
        sorted.sort_by(|one, other| one.source.cmp(&other.source));
        sorted
    }

    /// All of them as text, with an empty line between two. No line break at the end.
    #[must_use]
    pub fn render(&self, colour: bool) -> String {
        let rendered: Vec<String> = self.sorted().into_iter().map(|diagnostic| diagnostic.render(colour)).collect();
        rendered.join("\n\n")
    }
}

impl Extend<Diagnostic> for Diagnostics {
    fn extend<I: IntoIterator<Item = Diagnostic>>(&mut self, diagnostics: I) {
        self.0.extend(diagnostics);
    }
}

impl IntoIterator for Diagnostics {
    type Item = Diagnostic;
    type IntoIter = std::vec::IntoIter<Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}
