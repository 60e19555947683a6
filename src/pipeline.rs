//! Runs the stages over one article. This is the boundary at which a stage's
//! panic or overrun becomes an error about one article and nothing else.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use crate::article::Article;
use crate::error::PipelineError;
use crate::stage::{Deadline, Exceeded, Stage, StageName, Verdict};

pub struct Pipeline {
    stages: Vec<Box<dyn Stage>>,
    /// How long all stages together may take for one article.
    time_limit: Option<Duration>,
    /// How much memory they may take, in bytes.
    memory_limit: usize,
}

/// How an article fared.
#[derive(Debug, Clone, PartialEq)]
pub struct Run {
    pub verdict: Verdict,
    /// Wall time of each stage that ran.
    pub timings: Vec<(StageName, Duration)>,
}

impl Pipeline {
    pub fn new(stages: Vec<Box<dyn Stage>>, time_limit: Option<Duration>) -> Self {
        Self { stages, time_limit, memory_limit: usize::MAX }
    }

    /// With a limit to the memory that the stages take for an article.
    pub fn within(mut self, bytes: usize) -> Self {
        self.memory_limit = bytes;
        self
    }

    /// Runs every stage in order; the first rejection ends the run. After an
    /// error the article is in no defined state.
    pub fn run(&self, article: &mut Article) -> Result<Run, PipelineError> {
        let deadline = self.time_limit.map_or_else(Deadline::never, Deadline::after);
        let deadline = deadline.within(self.memory_limit);
        let mut timings = Vec::with_capacity(self.stages.len());
        for stage in &self.stages {
            let started = Instant::now();
            let verdict = catch_unwind(AssertUnwindSafe(|| {
                deadline.check();
                stage.apply(article, &deadline)
            }))
            .map_err(|payload| {
                let stage = stage.name();
                match payload.downcast_ref() {
                    Some(Exceeded::Time) => PipelineError::DeadlinePassed { stage },
                    Some(Exceeded::Memory) => {
                        PipelineError::MemoryExceeded { stage, limit: self.memory_limit }
                    }
                    None => PipelineError::StagePanicked { stage },
                }
            })?;
            timings.push((stage.name(), started.elapsed()));
            if verdict != Verdict::Keep {
                return Ok(Run { verdict, timings });
            }
        }
        Ok(Run { verdict: Verdict::Keep, timings })
    }
}
