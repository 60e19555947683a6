//! What exactly-once costs: the rate of a worker with its own stages in both guarantees, in
//! rounds that take turns, so that whatever else the machine does strikes both.

use serde_json::{Value, json};

use super::{Attack, Failure, Ground, Pace, driver};
use crate::settings::{Choice, Guarantee};

const ARTICLES: u64 = 40_000;

/// Articles a second of each round.
pub struct Throughput {
    pub at_least_once: Vec<f64>,
    pub exactly_once: Vec<f64>,
}

pub fn measure(ground: &Ground, rounds: usize) -> Result<Throughput, Failure> {
    let mut found = Throughput { at_least_once: Vec::new(), exactly_once: Vec::new() };
    for round in 0..rounds {
        let mut order = [Guarantee::AtLeastOnce, Guarantee::ExactlyOnce];
        if round % 2 == 1 {
            order.reverse();
        }
        for delivery in order {
            let label = format!("{}-{round}", delivery.as_str());
            let attack = Attack {
                delivery,
                pace: Pace::Burst,
                workers: 1,
                ..Attack::new(&ground.within(&label), ARTICLES)
            };
            let report = driver::run(&attack)?;
            let failures = report.failures();
            if !failures.is_empty() {
                return Err(format!("{label}: {}", failures.join("; ")));
            }
            let rate = report.steady_rate.ok_or_else(|| format!("{label}: too short"))?;
            match delivery {
                Guarantee::AtLeastOnce => found.at_least_once.push(rate),
                Guarantee::ExactlyOnce => found.exactly_once.push(rate),
            }
        }
    }
    Ok(found)
}

impl Throughput {
    /// Of exactly-once to at-least-once: the mean of the rounds' ratios, and two standard
    /// errors of it.
    pub fn ratio(&self) -> (f64, f64) {
        let ratios: Vec<f64> =
            self.exactly_once.iter().zip(&self.at_least_once).map(|(one, all)| one / all).collect();
        let count = ratios.len() as f64;
        let mean = ratios.iter().sum::<f64>() / count;
        let variance = ratios.iter().map(|it| (it - mean).powi(2)).sum::<f64>() / (count - 1.0);
        (mean, 2.0 * (variance / count).sqrt())
    }

    pub fn json(&self) -> Value {
        let rounded = |rates: &[f64]| rates.iter().map(|rate| rate.round()).collect::<Vec<_>>();
        let (ratio, error) = self.ratio();
        json!({
            "articles_a_round": ARTICLES,
            "at_least_once_articles_a_second": rounded(&self.at_least_once),
            "exactly_once_articles_a_second": rounded(&self.exactly_once),
            "ratio": (ratio * 1000.0).round() / 1000.0,
            "ratio_give_or_take": (error * 1000.0).round() / 1000.0,
        })
    }
}
