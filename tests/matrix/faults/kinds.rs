//! The kinds of faults, and what each means for who asks.

use std::io::Write as _;
use std::sync::LazyLock;
use std::time::Duration;

use flate2::Compression;
use flate2::write::GzEncoder;

use super::super::model::Answer;
use super::super::model::fault::{Fault, Gate};
use super::super::model::list_fault::Alteration;

/// One kind of fault.
pub(crate) struct Kind {
    pub(crate) name: &'static str,
    pub(crate) fault: fn() -> Fault,
    pub(crate) means: Means,
}

/// What the answer, or its absence, tells.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Means {
    /// The server is away, unwell, busy, or does not know us: nothing is known of what is there.
    Nothing,
    /// The server has answered, and not what it should.
    Wrong,
    /// The server has answered that there is no such thing, and there is: whatever was there may have gone meanwhile.
    Gone,
    /// The server has answered that somebody else was faster, and it was our own request.
    Taken,
    /// Nothing at all: the answer is only slow.
    All,
}

impl Kind {
    /// Whether the answer does not come, or not within this time.
    pub(crate) fn outlasts(&self, patience: Duration) -> bool {
        match (self.fault)() {
            Fault::Stall(_) | Fault::Withhold(_) => true,
            Fault::Drip(pieces, pause) => pause * pieces > patience,
            _ => false,
        }
    }
}

pub(crate) const SILENCE: Kind = kind("silence", || Fault::Stall(Gate::closed()), Means::Nothing);

pub(crate) const KINDS: [Kind; 27] = [
    kind("500", || Fault::Answer(Answer::error(500, "unknown_error")), Means::Nothing),
    kind("500 without a word", || Fault::Answer(Answer::empty(500)), Means::Nothing),
    kind("500 after it was done", || altered(|_| Answer::error(500, "unknown_error")), Means::Nothing),
    kind("502 of a proxy", || Fault::Answer(Answer::html(502, "502 Bad Gateway")), Means::Nothing),
    kind("503 with Retry-After", || Fault::Answer(busy(503)), Means::Nothing),
    kind("503 after it was done", || altered(|_| Answer::html(503, "upstream connect error")), Means::Nothing),
    kind("504 of a proxy", || Fault::Answer(Answer::html(504, "504 Gateway Time-out")), Means::Nothing),
    kind("504 after it was done", || altered(|_| Answer::html(504, "504 Gateway Time-out")), Means::Nothing),
    kind("429", || Fault::Answer(busy(429)), Means::Nothing),
    kind("401", || Fault::Answer(Answer::error(401, "HTTP 401 Unauthorized")), Means::Nothing),
    kind("403", || Fault::Answer(Answer::error(403, "HTTP 403 Forbidden")), Means::Wrong),
    kind("404", || Fault::Answer(Answer::error(404, "HTTP 404 Not Found")), Means::Gone),
    kind("409", || Fault::Answer(Answer::error(409, "Conflict")), Means::Wrong),
    kind("409 after it was done", || altered(|_| Answer::error(409, "Conflict")), Means::Taken),
    kind("302 to a login page", || Fault::Answer(login_page()), Means::Wrong),
    kind("a reset before", || Fault::ResetBefore, Means::Nothing),
    kind("a reset after", || Fault::ResetAfter, Means::Nothing),
    kind("half of a body", || Fault::Truncate, Means::Nothing),
    kind("half of the JSON", || altered(half), Means::Wrong),
    kind("HTML instead of JSON", || altered(page), Means::Wrong),
    kind("nothing instead of JSON", || altered(nothing), Means::Wrong),
    SILENCE,
    kind("silence after it was done", || Fault::Withhold(Gate::closed()), Means::Nothing),
    kind("a body that drips", || Fault::Drip(8, Duration::from_millis(40)), Means::All),
    kind("a body that drips for too long", || Fault::Drip(8, Duration::from_secs(1)), Means::Nothing),
    kind("what is no HTTP", || Fault::Noise(b"\x15\x03\x01\x00\x02\x02\x28"), Means::Nothing),
    kind("a gzip bomb", || altered(bomb), Means::Wrong),
];

const fn kind(name: &'static str, fault: fn() -> Fault, means: Means) -> Kind {
    Kind { name, fault, means }
}

/// The model does what was asked, and something else is made of its answer.
fn altered(change: fn(Answer) -> Answer) -> Fault {
    Fault::Alter(Alteration::new(move |_, answer| change(answer)))
}

fn busy(status: u16) -> Answer {
    Answer::html(status, "later").with("retry-after", "0")
}

fn login_page() -> Answer {
    Answer::html(302, "Found").with("location", "/login")
}

/// The length that is announced is that of the half.
fn half(mut answer: Answer) -> Answer {
    answer.body.truncate(answer.body.len() / 2);
    answer
}

/// A page with the status that was meant.
fn page(answer: Answer) -> Answer {
    if answer.body.is_empty() { answer } else { Answer::html(answer.status, "Log in") }
}

fn nothing(mut answer: Answer) -> Answer {
    answer.headers.clear();
    answer.body.clear();
    answer
}

/// More than any answer may be, packed into little.
static PACKED: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let mut packer = GzEncoder::new(Vec::new(), Compression::best());
    let mebibyte = vec![b' '; 1 << 20];
    for _ in 0..160 {
        packer.write_all(&mebibyte).unwrap();
    }
    packer.finish().unwrap()
});

/// Packs the bomb, which takes longer than a run would wait for it.
pub(crate) fn prepare() {
    LazyLock::force(&PACKED);
}

fn bomb(answer: Answer) -> Answer {
    if answer.body.is_empty() {
        return answer;
    }
    Answer { body: PACKED.clone(), ..answer }.with("content-encoding", "gzip")
}
