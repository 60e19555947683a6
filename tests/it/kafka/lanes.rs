//! The record of what is done, without a broker.

use copydesk::transport::kafka::lanes::{DELIVERY_OVERHEAD_BYTES, Lanes, Prepared};
use copydesk::transport::{Lane, Receipt};
use proptest::prelude::*;

fn take(lanes: &mut Lanes, offset: i64) -> Receipt {
    let (receipt, _) = lanes.take("raw", 0, offset, 100).expect("the partition is held");
    assert!(lanes.hand_out(receipt));
    receipt
}

fn committable(lanes: &Lanes) -> Option<i64> {
    lanes.commit_points(None).first().map(|point| point.offset)
}

#[test]
fn acks_out_of_order_move_the_commit_only_up_to_the_first_gap() {
    let mut lanes = Lanes::default();
    lanes.assign("raw", 0);
    let receipts: Vec<Receipt> = (5..10).map(|offset| take(&mut lanes, offset)).collect();
    lanes.ack(receipts[1]);
    lanes.ack(receipts[4]);
    assert_eq!(committable(&lanes), None);
    lanes.ack(receipts[0]);
    assert_eq!(committable(&lanes), Some(7));
    lanes.ack(receipts[3]);
    lanes.ack(receipts[2]);
    assert_eq!(committable(&lanes), Some(10));
}

#[test]
fn offsets_that_were_never_there_leave_no_gap() {
    let mut lanes = Lanes::default();
    lanes.assign("raw", 0);
    let receipts = [3, 90, 91, 4_000_000_000].map(|offset| take(&mut lanes, offset));
    for receipt in receipts {
        assert!(lanes.ack(receipt));
    }
    assert_eq!(committable(&lanes), Some(4_000_000_001));
}

#[test]
fn an_ack_of_a_released_partition_is_void() {
    let mut lanes = Lanes::default();
    let lane = lanes.assign("raw", 0);
    let late = take(&mut lanes, 1);
    assert!(lanes.is_current(late));
    lanes.release(&[lane]);
    assert!(!lanes.is_current(late), "another member does it");
    assert!(!lanes.ack(late));
    assert_eq!(lanes.assign("raw", 0), lane, "a partition keeps its lane");
    let fresh = take(&mut lanes, 1);
    assert!(!lanes.ack(late), "the same offset, of another time");
    assert!(!lanes.is_current(late) && lanes.is_current(fresh));
    assert_eq!(committable(&lanes), None);
    assert!(lanes.ack(fresh));
    assert_eq!(committable(&lanes), Some(2));
}

#[test]
fn a_partition_being_revoked_hands_out_nothing_more() {
    let mut lanes = Lanes::default();
    lanes.assign("raw", 0);
    let out = take(&mut lanes, 1);
    let (queued, _) = lanes.take("raw", 0, 2, 100).unwrap();
    let shut = lanes.shut([("raw", 0), ("unknown", 7)]);
    assert!(!lanes.hand_out(queued));
    assert_eq!(lanes.handed_out(&shut), 1);
    lanes.ack(out);
    assert_eq!(lanes.handed_out(&shut), 0);
    assert_eq!(lanes.commit_points(Some(&shut))[0].offset, 2);
    lanes.release(&shut);
    assert_eq!((lanes.bytes(), lanes.queued()), (0, 0));
    assert!(lanes.take("raw", 0, 3, 100).is_none(), "it is another member's");
}

#[test]
fn repeated_and_unknown_acks_change_nothing() {
    let mut lanes = Lanes::default();
    let lane = lanes.assign("raw", 0);
    let first = take(&mut lanes, 1);
    let (queued, _) = lanes.take("raw", 0, 2, 100).unwrap();
    assert!(!lanes.ack(queued), "never handed out");
    assert!(lanes.ack(first));
    assert!(!lanes.ack(first));
    assert!(!lanes.ack(Receipt { lane: Lane(lane.0 + 1), ..first }));
    assert_eq!(lanes.bytes(), 100 + DELIVERY_OVERHEAD_BYTES);
}

#[test]
fn a_failed_commit_is_asked_for_again() {
    let mut lanes = Lanes::default();
    lanes.assign("raw", 0);
    let receipt = take(&mut lanes, 1);
    lanes.ack(receipt);
    let points = lanes.commit_points(None);
    lanes.commit_requested(&points);
    assert_eq!(committable(&lanes), None);
    lanes.commit_failed("raw", 0);
    assert_eq!(committable(&lanes), Some(2));
    lanes.commit_requested(&points);
    lanes.commit_succeeded("raw", 0, 2);
    lanes.commits_failed();
    assert_eq!(committable(&lanes), None, "what is committed stays so");
}

#[test]
fn a_transaction_takes_the_offsets_of_its_messages_and_of_what_is_done() {
    let mut lanes = Lanes::default();
    lanes.assign("raw", 0);
    lanes.assign("raw", 1);
    let [one, two, three] = [0, 1, 2].map(|offset| take(&mut lanes, offset));
    assert_eq!(lanes.prepare(&[]), Prepared::Points(vec![]));
    assert!(lanes.mark_sent(one));
    assert!(lanes.mark_sent(three));
    assert_eq!(lanes.prepare(&[one, three]), Prepared::Gap);
    assert!(lanes.was_overtaken(two) && !lanes.was_overtaken(three));
    // Done without a message of its own.
    lanes.ack(two);
    let Prepared::Points(points) = lanes.prepare(&[one, three]) else { panic!("no gap is left") };
    assert_eq!(points.len(), 1);
    assert_eq!((points[0].partition, points[0].offset), (0, 3));
    lanes.commit_requested(&points);
    lanes.commit_succeeded("raw", 0, 3);
    assert!(lanes.ack(one) && lanes.ack(three));
    assert_eq!(lanes.prepare(&[]), Prepared::Points(vec![]), "all of it is committed");
}

#[test]
fn a_transaction_of_what_was_revoked_is_void() {
    let mut lanes = Lanes::default();
    let lane = lanes.assign("raw", 0);
    let one = take(&mut lanes, 0);
    assert!(lanes.mark_sent(one));
    lanes.release(&[lane]);
    assert_eq!(lanes.prepare(&[one]), Prepared::Void);
    assert!(!lanes.mark_sent(one));
    lanes.assign("raw", 0);
    assert_eq!(lanes.prepare(&[one]), Prepared::Void, "it is another assignment");
}

#[test]
fn what_is_withdrawn_is_read_again_from_where_reading_began_or_later() {
    let mut lanes = Lanes::default();
    lanes.assign("raw", 0);
    lanes.assign("raw", 1);
    let old = take(&mut lanes, 40);
    lanes.withdraw();
    assert_eq!(lanes.bytes(), 0);
    assert!(!lanes.ack(old) && !lanes.mark_sent(old));
    let rewinding = lanes.rewinding();
    assert_eq!(rewinding.len(), 1, "nothing was taken of the other");
    assert_eq!((rewinding[0].partition, rewinding[0].offset), (0, 40));
    // Fetched ahead of the rewinding: it would leave a gap.
    assert!(lanes.take("raw", 0, 41, 100).is_none());
    lanes.rewound("raw", 0);
    assert!(lanes.rewinding().is_empty());
    let again = take(&mut lanes, 40);
    assert!(lanes.ack(again));
    assert_eq!(committable(&lanes), Some(41));
}

#[test]
fn offsets_that_go_back_start_the_partition_over() {
    let mut lanes = Lanes::default();
    lanes.assign("raw", 0);
    let old = take(&mut lanes, 500);
    let new = take(&mut lanes, 0);
    assert!(!lanes.ack(old));
    assert!(lanes.ack(new));
    assert_eq!(committable(&lanes), Some(1));
}

proptest! {
    /// Whatever the order of acks, what may be committed is everything before
    /// the first delivery that is not acknowledged, and no byte is forgotten.
    #[test]
    fn the_commit_is_the_contiguous_prefix(
        gaps in prop::collection::vec(1i64..4, 1..60),
        order in prop::collection::vec(any::<prop::sample::Index>(), 0..120),
    ) {
        let mut lanes = Lanes::default();
        lanes.assign("raw", 0);
        let mut offset = 0;
        let receipts: Vec<Receipt> = gaps.iter().map(|gap| {
            offset += gap;
            take(&mut lanes, offset)
        }).collect();
        let mut acked = vec![false; receipts.len()];
        for index in order {
            let index = index.index(receipts.len());
            prop_assert_eq!(lanes.ack(receipts[index]), !acked[index]);
            acked[index] = true;
            let prefix = acked.iter().take_while(|done| **done).count();
            let expected = (prefix > 0).then(|| receipts[prefix - 1].offset + 1);
            prop_assert_eq!(committable(&lanes), expected);
            let open = acked.iter().filter(|done| !**done).count();
            prop_assert_eq!(lanes.bytes(), open * (100 + DELIVERY_OVERHEAD_BYTES));
        }
    }
}
