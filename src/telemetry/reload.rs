//! Asks the worker to read its settings anew, from wherever that is asked: the answer tells
//! what was taken over, or why nothing was.

use tokio::sync::{mpsc, oneshot};

use crate::stages::boilerplate::OwnPhrases;

type Answer = Result<String, String>;

/// The asking side.
#[derive(Clone)]
pub struct Reload {
    /// What a reload replaces in the stages.
    pub phrases: OwnPhrases,
    asked: mpsc::Sender<oneshot::Sender<Answer>>,
}

/// The answering side.
pub struct Reloads(mpsc::Receiver<oneshot::Sender<Answer>>);

impl Reload {
    pub fn new(phrases: OwnPhrases) -> (Self, Reloads) {
        let (asked, asking) = mpsc::channel(1);
        (Self { phrases, asked }, Reloads(asking))
    }

    pub async fn ask(&self) -> Answer {
        let ended = |_| "the worker is ending".to_owned();
        let (answer, answered) = oneshot::channel();
        self.asked.send(answer).await.map_err(|_| ended(()))?;
        answered.await.map_err(|_| ended(()))?
    }
}

impl Reloads {
    /// The next to ask; it must be answered. Pending while there is none.
    pub async fn next(&mut self) -> oneshot::Sender<Answer> {
        match self.0.recv().await {
            Some(answer) => answer,
            None => std::future::pending().await,
        }
    }
}
