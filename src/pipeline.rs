//! Runs the stages over one article. This is the boundary at which a stage's
//! panic or overrun becomes an error about one article and nothing else.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use crate::article::Article;
use crate::error::PipelineError;
use crate::stage::{Deadline, DeadlinePassed, Stage, StageName, Verdict};

pub struct Pipeline {
    stages: Vec<Box<dyn Stage>>,
    /// How long all stages together may take for one article.
    time_limit: Option<Duration>,
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
        Self { stages, time_limit }
    }

    /// Runs every stage in order; the first rejection ends the run. After an
    /// error the article is in no defined state.
    pub fn run(&self, article: &mut Article) -> Result<Run, PipelineError> {
        let deadline = self.time_limit.map_or_else(Deadline::never, Deadline::after);
        let mut timings = Vec::with_capacity(self.stages.len());
        for stage in &self.stages {
            let started = Instant::now();
            let verdict = catch_unwind(AssertUnwindSafe(|| {
                deadline.check();
                stage.apply(article, &deadline)
            }))
            .map_err(|payload| {
                if payload.is::<DeadlinePassed>() {
                    PipelineError::DeadlinePassed { stage: stage.name() }
                } else {
                    PipelineError::StagePanicked { stage: stage.name() }
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
