#!/usr/bin/env bash
# Runs the consumers of config/examples on a real broker, on what copydesk makes of its sample articles.
#
#   tests/examples/run.sh [BINARY]
#
# Uses the broker at COPYDESK_TEST_BROKERS, or starts one for the run. Needs Python 3, Java 17 and Maven; the
# packages are PyPI's, in target/examples, the jars of Kafka Connect and of OpenSearch Maven Central's.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
broker=$root/tests/kafka/broker.sh
binary=${1:-${CARGO_TARGET_DIR:-$root/target}/release/copydesk}
work=$root/target/examples

main() {
    [[ -x $binary ]] || fail "no binary at $binary; cargo build --release makes it"
    if ! cmp -s "$here/requirements.txt" "$work/requirements.txt"; then
        python3 -m venv --clear "$work"
        "$work/bin/pip" install -q -r "$here/requirements.txt"
        cp "$here/requirements.txt" "$work/"
    fi
    jars connect
    jars opensearch
    trap 'clean_up $?' EXIT
    if [[ -z ${COPYDESK_TEST_BROKERS:-} ]]; then
        starts_broker=yes
        eval "$("$broker" start)"
    fi
    local topic
    topic=examples.$(date +%s).$$
    "$broker" topics --create --topic "$topic" --partitions 3 >/dev/null
    # A line is a message; JSON takes a blank for a line break.
    for article in "$root"/tests/articles/*/raw.json; do
        tr '\n' ' ' <"$article"
        echo
    done | "$binary" process --dead-letters "$work/dead-letters.ndjson" - >"$work/enriched.ndjson"
    "$work/bin/python" "$here/check.py" "$COPYDESK_TEST_BROKERS" "$topic" "$work/enriched.ndjson" "$work/jars"
}

# Those that one of the folders beside this script names.
jars() {
    local from=$here/$1/pom.xml to=$work/jars/$1
    if ! cmp -s "$from" "$to/pom.xml"; then
        rm -rf "$to"
        mvn -q -B -f "$from" dependency:copy-dependencies -DincludeScope=runtime -DoutputDirectory="$to" >&2
        cp "$from" "$to/"
    fi
}

clean_up() {
    if [[ -n ${starts_broker:-} ]]; then "$broker" stop; fi
    exit "$1"
}

fail() {
    echo "examples: $*" >&2
    exit 1
}

main
