#!/usr/bin/env bash
# Fuzzes copydesk with libFuzzer, one target after the other, on stable Rust:
#
#     tests/fuzz/run.sh [TARGET…] [SECONDS]
#
# Without a TARGET all of them; SECONDS is for each, 600 unless told. Ends with
# an error at the first finding, which then lies in target/fuzz/findings/; the target
# that found it runs it again when given its path. The corpus is kept in
# target/fuzz/corpus/, so that a later run goes on from there.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/../.."
export CARGO_TARGET_DIR=target/fuzz
all=(decode html flat repair settings)

main() {
    local seconds=600 targets=() word
    for word in "$@"; do
        if [[ $word =~ ^[0-9]+$ ]]; then
            seconds=$word
        elif [[ " ${all[*]} " == *" $word "* ]]; then
            targets+=("$word")
        else
            echo "usage: run.sh [${all[*]}] [SECONDS]" >&2
            exit 2
        fi
    done
    ((${#targets[@]})) || targets=("${all[@]}")
    build
    for word in "${targets[@]}"; do
        fuzz "$word" "$seconds"
    done
}

# What -Zsanitizer and cargo-fuzz would ask of nightly Rust, in stable flags: LLVM
# counts the edges taken and shows libFuzzer what is compared. No address sanitizer:
# there is no unsafe code here for it to watch.
build() {
    # What is fuzzed is what ships: the same versions of everything.
    cp Cargo.lock tests/fuzz/Cargo.lock
    local host
    host=$(rustc -vV | sed -n 's/^host: //p')
    built=$CARGO_TARGET_DIR/$host/release
    # With --target the flags stay away from build scripts, which have no libFuzzer.
    RUSTFLAGS="--cfg fuzzing -Cpasses=sancov-module -Ccodegen-units=1 \
        -Cllvm-args=-sanitizer-coverage-level=4 \
        -Cllvm-args=-sanitizer-coverage-inline-8bit-counters \
        -Cllvm-args=-sanitizer-coverage-pc-table \
        -Cllvm-args=-sanitizer-coverage-trace-compares" \
        cargo build --manifest-path tests/fuzz/Cargo.toml --release --bins --target "$host"
}

fuzz() {
    local target=$1 seconds=$2 work=$CARGO_TARGET_DIR
    mkdir -p "$work/corpus/$target" "$work/seeds/$target" "$work/findings"
    echo "fuzz: $target for $seconds s"
    # 4 KB reach every rule; a longer input finds the same more slowly.
    COPYDESK_FUZZ_SEEDS=$work/seeds "$built/$target" "$work/corpus/$target" "$work/seeds/$target" \
        -max_total_time="$seconds" -max_len=4096 -len_control=0 -timeout=20 -rss_limit_mb=2048 \
        -dict="$work/seeds/dictionary" -artifact_prefix="$work/findings/$target-" \
        -print_final_stats=1
}

main "$@"
