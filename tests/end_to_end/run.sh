#!/usr/bin/env bash
# Runs the worker's binary against a real broker, from outside: a Java program writes 2,000 articles,
# tombstones and unreadable messages, the worker is stopped in the middle of them and started again,
# and another Java program reads what came out and holds it against what was written.
#
#   tests/end_to_end/run.sh [BINARY]
#
# ARTICLES=100000 OUT_SECONDS=600 tests/end_to_end/run.sh queues so many, to see the memory.
#
# Uses the broker at COPYDESK_TEST_BROKERS, or starts one for the run. Neither Java program knows
# copydesk's code or librdkafka. Exit 0 when nothing is missing, doubled, moved or changed.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
broker=$root/tests/kafka/broker.sh
binary=${1:-${CARGO_TARGET_DIR:-$root/target}/release/copydesk}
work=$root/target/end_to_end
# The worker's drain and close deadlines, and a little.
stop_seconds=35
out_seconds=${OUT_SECONDS:-180}
# The worker's byte budget of 64 MiB and 100 MB.
peak_mebibytes=159
worker=

main() {
    [[ -x $binary ]] || fail "no binary at $binary; cargo build --release makes it"
    trap 'clean_up $?' EXIT
    if [[ -z ${COPYDESK_TEST_BROKERS:-} ]]; then
        starts_broker=yes
        eval "$("$broker" start)"
    fi
    describe_run
    compile

    java_run Write first
    # Both wait for their turn already, so that the worker is stopped with its hands full.
    java_run Follow 100 "$out_seconds" &
    local first_are_out=$!
    java_run Write second &
    local second_is_written=$!
    start_worker "$work/worker-1.log"
    wait $first_are_out || fail_with_log "the first articles did not come out"
    stop_worker
    wait $second_is_written

    start_worker "$work/worker-2.log"
    if ! java_run Follow all "$out_seconds"; then
        java_run Check || true
        fail_with_log "not all articles came out"
    fi
    stop_worker

    java_run Check | tee "$work/summary.json"
}

describe_run() {
    local run
    run=$(date +%s).$$
    mkdir -p "$work"
    export ARTICLES=${ARTICLES:-2000}
    export SAMPLES=$root/tests/articles
    export COPYDESK__KAFKA__BROKERS=$COPYDESK_TEST_BROKERS
    export COPYDESK__KAFKA__INPUT_TOPICS=end-to-end.raw.$run
    export COPYDESK__KAFKA__OUTPUT_TOPIC=end-to-end.enriched.$run
    export COPYDESK__KAFKA__DEAD_LETTER_TOPIC=end-to-end.dead-letter.$run
    export COPYDESK__KAFKA__GROUP_ID=end-to-end.$run
    export COPYDESK__HTTP__ADDRESS=
    export COPYDESK__LOG__FORMAT=json
}

compile() {
    local jars
    jars=$("$broker" classpath)
    mkdir -p "$work/classes"
    javac -d "$work/classes" -cp "$jars" "$here"/*.java
    # Quoted where it is used: java itself expands the star.
    classpath=$work/classes:$jars
}

java_run() {
    java -Xmx2g -XX:TieredStopAtLevel=1 -Dlog4j2.level=ERROR -cp "$classpath" "$@"
}

start_worker() {
    log=$1
    "$binary" run </dev/null >"$log" 2>&1 &
    worker=$!
}

stop_worker() {
    local status=0 deadline=$((SECONDS + stop_seconds)) started=$SECONDS peak
    # Linux alone tells it; elsewhere the bound is not looked at.
    peak=$(awk '/^VmHWM/ { print int($2 / 1024) }' "/proc/$worker/status" 2>/dev/null || echo 0)
    ((peak <= peak_mebibytes)) || fail_with_log "the worker took $peak MiB, more than $peak_mebibytes"
    kill -TERM "$worker" 2>/dev/null || fail_with_log "the worker had already ended"
    while kill -0 "$worker" 2>/dev/null; do
        ((SECONDS < deadline)) || fail_with_log "the worker did not end within $stop_seconds s of SIGTERM"
        sleep 0.1
    done
    wait "$worker" || status=$?
    worker=
    ((status == 0)) || fail_with_log "the worker ended with $status after SIGTERM"
    say "the worker ended cleanly, within $((SECONDS - started + 1)) s; its peak was $peak MiB"
}

clean_up() {
    local status=$1 job
    # What is left is left by a failure: nothing of it is worth draining.
    for job in $worker $(jobs -p); do
        kill -9 "$job" 2>/dev/null || true
    done
    if [[ -n ${starts_broker:-} ]]; then "$broker" stop; fi
    exit "$status"
}

say() { echo "end to end: $*" >&2; }

fail() {
    say "$*"
    exit 1
}

fail_with_log() {
    tail -n 30 "$log" >&2 || true
    fail "$*; its log is $log"
}

main
