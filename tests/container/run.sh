#!/usr/bin/env bash
# Proves config/docker/Dockerfile without a Docker daemon: builds the image with buildah, and runs it
# with podman and runc against a real broker, on a read-only root, without privileges.
#
#   tests/container/run.sh [BINARY]
#
# With BINARY the Dockerfile's first stage, which compiles for many minutes, is left out: the image gets
# this program, which must need no more than the image has (a release build on the same Debian).
#
# The base images are stand-ins of the same names, made by stand_ins.sh, so that nothing is pulled. The
# broker is that of COPYDESK_TEST_BROKERS, or started for the run.
#
# Needs root, and Debian's buildah, podman, runc and debootstrap. Everything is kept in target/container.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
broker=$root/tests/kafka/broker.sh
# shellcheck source=tests/container/podman.sh
source "$here/podman.sh"
log=$work/worker.log
# What copydesk's layers may add to the base.
largest_mebibytes=60
# For the worker to take partitions and publish, on a machine that is busy with other things.
patience_seconds=60

main() {
    for program in buildah podman runc debootstrap; do
        command -v $program >/dev/null || fail "$program is missing"
    done
    if [[ -n ${1:-} ]]; then "$here/stand_ins.sh" debian; else "$here/stand_ins.sh" rust; fi
    build "$@"
    weigh
    trap 'clean_up $?' EXIT
    if [[ -z ${COPYDESK_TEST_BROKERS:-} ]]; then
        starts_broker=yes
        eval "$("$broker" start)"
    fi
    refuse_faults
    work_read_only
    run_end_to_end
}

build() {
    local options=() started=$SECONDS
    if [[ -n ${1:-} ]]; then
        local made=$work/made
        rm -rf "$made"
        install -D "$1" "$made/copydesk/target/release/copydesk"
        strip --strip-debug "$made/copydesk/target/release/copydesk"
        install -D /etc/ssl/certs/ca-certificates.crt "$made/etc/ssl/certs/ca-certificates.crt"
        options+=(--build-context "build=$made")
    else
        # Crates that this machine has are not fetched again; the toolchain is the stand-in's.
        local crates=${CARGO_HOME:-$HOME/.cargo}/registry
        mkdir -p "$crates"
        options+=(--volume "$(rustc --print sysroot):/usr/local/toolchain:ro")
        options+=(--volume "$crates:/usr/local/cargo/registry")
    fi
    buildah bud --pull-never "${options[@]}" -t "$image" \
        -f "$root/config/docker/Dockerfile" "$root" >"$work/build.log" 2>&1 ||
        { tail -n 40 "$work/build.log" >&2; fail "the image was not built; the log is $work/build.log"; }
    say "built in $((SECONDS - started)) s"
}

weigh() {
    local base whole added
    base=$("${podman[@]}" image inspect --format '{{.Size}}' docker.io/library/debian:bookworm-slim)
    whole=$("${podman[@]}" image inspect --format '{{.Size}}' "$image")
    added=$(((whole - base) / 1048576))
    ((added <= largest_mebibytes)) || fail "$added MiB over its base, more than $largest_mebibytes"
    say "$added MiB over its base"
}

# Settings at fault end it with 2 and a word on each, before anything is connected to.
refuse_faults() {
    local status=0
    # shellcheck disable=SC2119 # none of the arguments are meant for the image
    (COPYDESK__KAFKA__BROKERS=nowhere COPYDESK__WORKER__ORDER=sideways start) >"$log" 2>&1 || status=$?
    ((status == 2)) || fail_with_log "bad settings ended it with $status, not 2"
    for key in kafka.brokers worker.order; do
        grep -q "$key" "$log" || fail_with_log "it does not name the fault of $key"
    done
}

# The default command, from its start to the first article, as an orchestrator sees it.
work_read_only() {
    local run topic articles
    run=$(date +%s).$$
    articles=("$root"/tests/articles/*/raw.json)
    export COPYDESK__KAFKA__BROKERS=$COPYDESK_TEST_BROKERS
    export COPYDESK__KAFKA__INPUT_TOPICS=container.raw.$run
    export COPYDESK__KAFKA__OUTPUT_TOPIC=container.enriched.$run
    export COPYDESK__KAFKA__DEAD_LETTER_TOPIC=container.dead-letter.$run
    export COPYDESK__KAFKA__GROUP_ID=container.$run
    export COPYDESK__WORKER__DEAD_LETTER_RATIO=1
    export COPYDESK__LOG__LEVEL=info,copydesk=debug
    for topic in raw enriched dead-letter; do
        "$broker" topics --create --topic "container.$topic.$run" --partitions 4 >/dev/null
    done
    # A message is a line; JSON takes a blank for a line break.
    for article in "${articles[@]}"; do
        tr '\n' ' ' <"$article"
        echo
    done | java -Xmx256m -cp "$("$broker" classpath)" org.apache.kafka.tools.ConsoleProducer \
        --bootstrap-server "$COPYDESK_TEST_BROKERS" --topic "container.raw.$run" >/dev/null 2>&1

    # shellcheck disable=SC2119
    (start) >"$log" 2>&1 &
    local starts=$!
    await "ready" answers_ready
    await "all of ${#articles[@]} articles" are_done "${#articles[@]}"
    "${podman[@]}" healthcheck run "$container" >/dev/null || fail_with_log "the image's healthcheck fails"
    local as_user
    as_user=$("${podman[@]}" exec "$container" bash -c 'id -u; (echo >/tmp/trace) 2>&1 || true; grep CapEff /proc/1/status')
    [[ $as_user == *65532*Read-only*0000000000000000* ]] || fail "not as it should be: $as_user"
    say "user 65532, no capabilities, nothing to write to; the healthcheck is content"
    "${podman[@]}" kill --signal TERM "$container" >/dev/null
    local status=0
    wait $starts || status=$?
    ((status == 0)) || fail_with_log "it ended with $status after SIGTERM"
    # Not before: the log comes by way of podman.
    local first
    first=$(first_article_millis)
    say "first article $first ms after the assignment"
}

answers_ready() { [[ $(get /ready) == *' 200 '* ]]; }

# Each article is acknowledged, enriched, rejected or a dead letter.
are_done() {
    local metrics sum
    metrics=$(get /metrics)
    sum=$(awk '/^copydesk_(articles_enriched|articles_rejected|dead_letters)_total/ { sum += $NF } END { print sum + 0 }' <<<"$metrics")
    ((sum >= $1))
}

get() {
    exec 3<>/dev/tcp/127.0.0.1/8080 || return 0
    printf 'GET %s HTTP/1.0\r\n\r\n' "$1" >&3
    cat <&3
} 2>/dev/null

await() {
    local what=$1 deadline=$((SECONDS + patience_seconds))
    shift
    until "$@"; do
        ((SECONDS < deadline)) || fail_with_log "no sign of $what within $patience_seconds s"
        sleep 0.1
    done
}

# By the log's own times.
first_article_millis() {
    local assigned first
    assigned=$(time_of 'partitions assigned') || fail_with_log "no assignment in the log"
    first=$(time_of 'article enriched') || fail_with_log "no article in the log"
    echo $(($(date -d "$first" +%s%3N) - $(date -d "$assigned" +%s%3N)))
}

time_of() {
    grep -m 1 -F "$1" "$log" | sed 's/.*"timestamp":"\([^"]*\)".*/\1/'
}

# The whole of tests/end_to_end, with the image for a binary.
run_end_to_end() {
    local variable
    for variable in "${!COPYDESK__@}"; do unset "$variable"; done
    "$root/tests/end_to_end/run.sh" "$here/as_binary.sh"
}

clean_up() {
    local status=$1
    "${podman[@]}" rm --force --all >/dev/null 2>&1 || true
    if [[ -n ${starts_broker:-} ]]; then "$broker" stop; fi
    exit "$status"
}

say() { echo "container: $*" >&2; }

fail() {
    say "$*"
    exit 1
}

fail_with_log() {
    tail -n 30 "$log" >&2 || true
    fail "$*; its log is $log"
}

main "$@"
