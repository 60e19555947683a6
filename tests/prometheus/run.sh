#!/usr/bin/env bash
# The dashboard and the rules over a real Prometheus: it scrapes a worker, by the configuration that
# ships, and every question of every panel, recording rule and alert is put to it.
#
#   tests/prometheus/run.sh [BINARY]
#
# Needs prometheus (Debian's), python3, and what tests/kafka/broker.sh needs; the broker is that of
# COPYDESK_TEST_BROKERS, or started for the run. The logs are in target/prometheus.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=tests/ports.sh
source "$here/../ports.sh"
root=$(cd "$here/../.." && pwd)
binary=${1:-${CARGO_TARGET_DIR:-$root/target}/release/copydesk}
broker=$root/tests/kafka/broker.sh
work=$root/target/prometheus
topic=prometheus.$(date +%s).$$
started=()

main() {
    [[ -x $binary ]] || fail "no binary at $binary; cargo build --release makes it"
    rm -rf "$work"
    mkdir -p "$work"
    trap clean_up EXIT
    if [[ -z ${COPYDESK_TEST_BROKERS:-} ]]; then
        starts_broker=yes
        eval "$("$broker" start)"
    fi
    local worker prometheus
    worker=127.0.0.1:$(free_port)
    prometheus=127.0.0.1:$(free_port)
    configure "$worker"
    prometheus --config.file="$work/prometheus.yml" --storage.tsdb.path="$work/data" \
        --web.listen-address="$prometheus" >"$work/prometheus.log" 2>&1 &
    started+=($!)
    write_articles
    "$binary" run --set "kafka.brokers=$COPYDESK_TEST_BROKERS" --set "kafka.input_topics=$topic.raw" \
        --set "kafka.output_topic=$topic.enriched" --set "kafka.dead_letter_topic=$topic.dead-letter" \
        --set "kafka.group_id=$topic" --set kafka.delivery=exactly-once --set worker.dead_letter_ratio=1 \
        --set "http.address=$worker" </dev/null >"$work/worker.log" 2>&1 &
    worker_process=$!
    started+=("$worker_process")
    python3 "$here/ask.py" working "$prometheus" "$root/config"
    kill "$worker_process"
    python3 "$here/ask.py" gone "$prometheus" "$root/config"
}

# The files that ship, but for where the worker is and how often it is looked at.
configure() {
    cp "$root"/config/prometheus/*.yml "$work"
    sed -i "s/copydesk:8080/$1/; s/_interval: 15s/_interval: 1s/" "$work/prometheus.yml"
    grep -q "$1" "$work/prometheus.yml" || fail "prometheus.yml names another target"
}

# The samples again and again, and each time something that is no article.
write_articles() {
    local kind
    for kind in raw enriched dead-letter; do
        "$broker" topics --create --topic "$topic.$kind" --partitions 4 >/dev/null
    done
    while sleep 1; do
        # A message is a line; JSON takes a blank for a line break.
        for article in "$root"/tests/articles/*/raw.json; do
            tr '\n' ' ' <"$article"
            echo
        done
        echo '{"text": "It ends before'
    done > >(exec java -Xmx256m -cp "$("$broker" classpath)" org.apache.kafka.tools.ConsoleProducer \
        --bootstrap-server "$COPYDESK_TEST_BROKERS" --topic "$topic.raw" >"$work/writer.log" 2>&1) &
    started+=($!)
}

clean_up() {
    local process
    for process in "${started[@]}"; do
        kill "$process" 2>/dev/null || true
    done
    wait
    if [[ -n ${starts_broker:-} ]]; then "$broker" stop; fi
}

fail() {
    echo "prometheus: $*" >&2
    exit 1
}

main "$@"
