#!/usr/bin/env bash
# Runs docker-compose.yml as it stands, without a Docker daemon: podman-compose, the image that run.sh has
# built, and a stand-in for Kafka's.
#
#   tests/container/run.sh && tests/container/compose.sh
#
# Plays what podman 4 lacks of an orchestrator, that a service waits for others to be healthy or done, and
# asks outside for what should come out. Prometheus and Grafana have no stand-ins: their services are read
# and not started. Needs what run.sh needs, Debian's netavark and aardvark-dns for the services' network,
# and the ports that docker-compose.yml publishes.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
# shellcheck source=tests/container/podman.sh
source "$here/podman.sh"
python=$work/python
log=$work/compose.log
patience_seconds=120

main() {
    "${podman[@]}" image exists "$image" || fail "no image $image; run.sh builds it"
    "$here/stand_ins.sh" kafka
    "${podman[@]}" tag "$image" copydesk:latest
    [[ -x $python/bin/podman-compose ]] || {
        python3 -m venv "$python"
        "$python/bin/pip" install -q podman-compose==1.6.0
    }
    configure_engine
    compose --profile watch config >/dev/null || fail_with_log "docker-compose.yml is not understood"
    trap 'clean_up $?' EXIT
    up kafka
    await "a healthy broker" "${podman[@]}" healthcheck run "$(named kafka)"
    up_to_the_end topics
    up copydesk
    await "a worker that is ready" is_ready
    up_to_the_end seeder
    local sent
    sent=$(find "$root/tests/articles" -name raw.json | wc -l)
    await "$sent enriched articles" are_out "$sent"
    say "$sent articles went in, $sent came out"
}

# What podman would take from the machine's own settings.
configure_engine() {
    export CONTAINERS_CONF=$work/containers.conf
    cat >"$CONTAINERS_CONF" <<ENGINE
[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
[network]
network_backend = "netavark"
[containers]
default_ulimits = ["nofile=4096:4096", "nproc=4096:4096"]
ENGINE
}

compose() {
    # It calls Python and podman by their names.
    (cd "$root" && "$python/bin/podman-compose" --project-name copydesk "$@") 2>>"$log"
}

up() { compose up --detach --no-deps --no-build "$1" >>"$log" || fail_with_log "$1 did not start"; }

up_to_the_end() {
    up "$1"
    local status
    status=$("${podman[@]}" wait "$(named "$1")" 2>>"$log")
    "${podman[@]}" logs "$(named "$1")" >>"$log" 2>&1
    ((status == 0)) || fail_with_log "$1 ended with $status"
}

named() { echo "copydesk_$1_1"; }

# From outside, by the port that is published.
is_ready() {
    exec 3<>/dev/tcp/127.0.0.1/8080 || return 1
    printf 'GET /ready HTTP/1.0\r\n\r\n' >&3
    grep -q ' 200 ' <&3
} 2>/dev/null

# By the command that docker-compose.yml tells its reader to use.
are_out() {
    local lines
    lines=$("${podman[@]}" exec "$(named kafka)" /opt/kafka/bin/kafka-console-consumer.sh \
        --bootstrap-server kafka:9092 --topic articles.enriched --from-beginning \
        --timeout-ms 5000 2>>"$log" | grep -c articleBody)
    ((lines == $1))
}

await() {
    local what=$1 deadline=$((SECONDS + patience_seconds))
    shift
    until "$@" >>"$log" 2>&1; do
        ((SECONDS < deadline)) || fail_with_log "no sign of $what within $patience_seconds s"
        sleep 1
    done
    say "seen: $what"
}

clean_up() {
    compose down >>"$log" 2>&1 || true
    exit "$1"
}

say() { echo "compose: $*" >&2; }

fail() {
    say "$*"
    exit 1
}

fail_with_log() {
    for service in kafka topics copydesk seeder; do
        "${podman[@]}" logs --tail 20 "$(named $service)" >>"$log" 2>&1 || true
    done
    tail -n 40 "$log" >&2 || true
    fail "$*; the log is $log"
}

: >"$log"
main
