#!/usr/bin/env bash
# The proof page in a real browser: a worker on the embedded broker serves it, Chromium reads it,
# and what an editor and an operator would see is looked for, and photographed.
#
#   tests/browser/run.sh [BINARY]
#
# Needs chromium, chromedriver (Debian: chromium-driver) and python3, whose standard library speaks
# to the driver. The pictures are in target/browser.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=tests/ports.sh
source "$here/../ports.sh"
root=$(cd "$here/../.." && pwd)
binary=${1:-${CARGO_TARGET_DIR:-$root/target}/release/copydesk}
work=$root/target/browser
started=()

main() {
    [[ -x $binary ]] || fail "no binary at $binary; cargo build --release makes it"
    mkdir -p "$work"
    trap clean_up EXIT
    local brokers page
    "$binary" demo --keep </dev/null >"$work/demo.log" 2>&1 &
    started+=($!)
    brokers=$(wait_for "$work/demo.log" '127\.0\.0\.1:[0-9]+')
    page=127.0.0.1:$(free_port)
    # A group of its own reads the samples again.
    "$binary" run --set "kafka.brokers=$brokers" --set kafka.group_id=browser \
        --set "http.address=$page" --set worker.dead_letter_ratio=1 </dev/null >"$work/worker.log" 2>&1 &
    started+=($!)
    local driver
    driver=$(free_port)
    chromedriver --port="$driver" >"$work/driver.log" 2>&1 &
    started+=($!)
    python3 "$here/look.py" "http://127.0.0.1:$driver" "http://$page/proof" "$work"
}

# The first match of an expression in a file that is being written.
wait_for() {
    local found deadline=$((SECONDS + 60))
    until found=$(grep -oEm1 "$2" "$1"); do
        ((SECONDS < deadline)) || fail "$1 has no $2"
        sleep 0.2
    done
    head -1 <<<"$found"
}

clean_up() {
    local process
    for process in "${started[@]}"; do
        kill "$process" 2>/dev/null || true
    done
    wait
}

fail() {
    echo "browser: $*" >&2
    exit 1
}

main "$@"
