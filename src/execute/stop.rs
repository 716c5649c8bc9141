//! The wish to stop, from whoever has it: a signal, a time limit. Not what becomes of it.

use tokio::sync::watch;

use crate::http::Halt;

/// How often it has been asked to stop; shared by who asks and who works.
#[derive(Clone, Debug)]
pub struct Stop {
    times: watch::Sender<u32>,
}

impl Default for Stop {
    fn default() -> Self {
        Self { times: watch::Sender::new(0) }
    }
}

impl Stop {
    /// Asks once more. The first time, what is under way ends and nothing new begins; the second time, nothing that
    /// only looks is waited for.
    pub fn ask(&self) {
        self.times.send_modify(|times| *times += 1);
    }

    /// Whether it has been asked.
    #[must_use]
    pub fn asked(&self) -> bool {
        *self.times.borrow() > 0
    }

    /// Waits until it has been asked `times` times.
    pub async fn wait(&self, times: u32) {
        // It ends with an error only when nobody is left who could ask; `self` could.
        let _ = self.times.subscribe().wait_for(|asked| *asked >= times).await;
    }
}

impl Halt for Stop {
    async fn called(&self) {
        self.wait(1).await;
    }
}
