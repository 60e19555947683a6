//! The networks that judge a page's segments are what their documentation says, and bounded.

use copydesk::stage::Deadline;
use copydesk::stages::boilerplate::network::{CUTS, LANES, Layout, Networks, REACHES, WIDTH};
use proptest::prelude::*;

use super::by_definition::config;

const COLUMNS: usize = 5;
const NETWORKS: usize = 2;

/// Numbers from −1 to 1 that look random.
fn numbers(seed: u64) -> impl Iterator<Item = f32> {
    let next = |state: &u64| Some(state.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(1));
    std::iter::successors(Some(seed), next)
        .skip(4)
        .map(|state| (state >> 40) as f32 / (1u64 << 23) as f32 - 1.0)
}

/// For each column its cuts, and the weights in the order of the file.
fn model(seed: u64) -> (Vec<Vec<f32>>, Vec<f32>) {
    let mut numbers = numbers(seed);
    let cuts = (0..COLUMNS).map(|column| {
        let mut cuts: Vec<f32> = numbers.by_ref().take(column * CUTS / (COLUMNS - 1)).collect();
        cuts.sort_by(f32::total_cmp);
        cuts
    });
    let cuts = cuts.collect();
    let weights =
        numbers.map(|number| number / 8.0).take(NETWORKS * Layout::new(COLUMNS).weights());
    (cuts, weights.collect())
}

fn file(cuts: &[Vec<f32>], weights: &[f32]) -> Vec<u8> {
    let mut file = b"networks\n".to_vec();
    file.extend((cuts.len() as u32).to_le_bytes());
    for cuts in cuts {
        file.extend((cuts.len() as u32).to_le_bytes());
        file.extend(cuts.iter().flat_map(|cut| cut.to_le_bytes()));
    }
    file.extend(weights.iter().flat_map(|weight| weight.to_le_bytes()));
    file
}

fn networks(seed: u64) -> Networks {
    let (cuts, weights) = model(seed);
    Networks::read(&file(&cuts, &weights)).expect("a file as it should be")
}

/// Of one row after the other, each output's inputs one after the other.
fn plain(cuts: &[Vec<f32>], weights: &[f32], rows: &[Vec<f32>]) -> Vec<f32> {
    let layout = Layout::new(cuts.len());
    let affine = |inputs: &[f32], weights: &[f32]| -> Vec<f32> {
        let output = |output: usize| {
            let group = output / LANES * (inputs.len() + 1);
            let weight = |line: usize| weights[(group + line) * LANES + output % LANES];
            inputs.iter().zip(1..).fold(weight(0), |sum, (input, line)| sum + input * weight(line))
        };
        (0..WIDTH).map(|at| output(at).max(0.0)).collect()
    };
    let scaled = |row: &Vec<f32>| -> Vec<f32> {
        let scale = |(cell, cuts): (&f32, &Vec<f32>)| {
            let smaller = cuts.iter().filter(|&cut| cut <= cell).count() as f32;
            (smaller / (cuts.len() as f32).max(1.0) - 0.5) * 3.4
        };
        row.iter().zip(cuts).map(scale).collect()
    };
    let mut known: Vec<Vec<f32>> =
        rows.iter().map(|row| affine(&scaled(row), &weights[layout.input()])).collect();
    for (layer, reach) in REACHES.into_iter().enumerate() {
        let row = |at: Option<usize>| {
            at.and_then(|at| known.get(at)).cloned().unwrap_or_else(|| vec![0.0; WIDTH])
        };
        known = (0..known.len())
            .map(|at| {
                let inputs = [row(at.checked_sub(reach)), row(Some(at)), row(Some(at + reach))];
                let found = affine(&inputs.concat(), &weights[layout.layer(layer)]);
                found.iter().zip(&known[at]).map(|(found, known)| found + known).collect()
            })
            .collect();
    }
    let mean: Vec<f32> = (0..WIDTH)
        .map(|at| known.iter().map(|known| known[at]).sum::<f32>() / known.len().max(1) as f32)
        .collect();
    let (output, bias) = weights[layout.output()].split_at(WIDTH);
    known
        .iter()
        .map(|known| {
            let judged = affine(&[&mean[..], known].concat(), &weights[layout.judgement()]);
            let products: f32 = judged.iter().zip(output).map(|(one, other)| one * other).sum();
            1.0 / (1.0 + (-(products + bias[0])).exp())
        })
        .collect()
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn many_rows_at_once_are_judged_as_one_after_the_other(
        seed in 1..u64::MAX,
        count in 0..40usize,
    ) {
        let rows: Vec<Vec<f32>> =
            numbers(!seed).take(count * COLUMNS).collect::<Vec<_>>().chunks(COLUMNS).map(<[f32]>::to_vec).collect();
        let (cuts, weights) = model(seed);
        let borrowed: Vec<&[f32]> = rows.iter().map(Vec::as_slice).collect();
        let judged = networks(seed).probabilities(&borrowed, &Deadline::never());
        let each = weights.chunks(weights.len() / NETWORKS);
        let of_each: Vec<Vec<f32>> = each.map(|weights| plain(&cuts, weights, &rows)).collect();
        let expected = (0..count).map(|row| (of_each[0][row] + of_each[1][row]) / 2.0);
        prop_assert_eq!(judged.len(), count);
        for (judged, expected) in judged.into_iter().zip(expected) {
            // The last sum is taken in another order.
            prop_assert!((judged - expected).abs() < 1e-5, "{} {}", judged, expected);
        }
    }
}

#[test]
fn what_is_behind_a_row_counts_as_what_is_before_it() {
    let networks = networks(7);
    let alike = [0.25; COLUMNS];
    let other = [-0.75; COLUMNS];
    let judged = |place: usize| {
        let mut rows = [alike.as_slice(); 9];
        rows[place] = &other;
        networks.probabilities(&rows, &Deadline::never())[4]
    };
    let between = networks.probabilities(&[alike.as_slice(); 9], &Deadline::never())[4];
    assert!([0, 3, 5, 8].iter().all(|&place| (judged(place) - between).abs() > 1e-6));
}

#[test]
fn a_broken_file_is_refused() {
    let (cuts, weights) = model(3);
    let whole = file(&cuts, &weights);
    assert!(Networks::read(&whole).is_some());
    for length in [0, 5, 12, 16, 40, whole.len() / 2, whole.len() - 4] {
        assert!(Networks::read(&whole[..length]).is_none(), "{length} bytes");
    }
    assert!(
        Networks::read(&[&whole[..], &[0; 4]].concat()).is_none(),
        "more weights than there are"
    );
    let mut many = cuts;
    many[0] = vec![0.5; CUTS + 1];
    assert!(Networks::read(&file(&many, &weights)).is_none(), "more cuts than there can be");
    let mut endless = whole;
    endless[9..13].copy_from_slice(&u32::MAX.to_le_bytes());
    assert!(Networks::read(&endless).is_none(), "more columns than bytes");
}

#[test]
fn numbers_that_are_none_are_judged_too() {
    let networks = networks(5);
    for number in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, f32::MAX] {
        let judged =
            networks.probabilities(&[&[number; COLUMNS], &[0.0; COLUMNS]], &Deadline::never());
        assert!(judged.iter().all(|judged| (0.0..=1.0).contains(judged)), "{number}");
    }
}

#[test]
fn a_hundred_thousand_rows_are_each_judged_by_those_in_reach() {
    let networks = networks(11);
    let row = [0.5; COLUMNS];
    let judged = networks.probabilities(&vec![row.as_slice(); 100_000], &Deadline::never());
    assert_eq!(judged.len(), 100_000);
    let reach: usize = REACHES.iter().sum();
    let within = &judged[reach..judged.len() - reach];
    assert!(within.iter().all(|judged| *judged == within[0]));
    assert_ne!(judged[0], within[0]);
}
