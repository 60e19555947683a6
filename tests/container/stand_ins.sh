#!/usr/bin/env bash
# Makes stand-ins for the Dockerfile's base images, under their names, where the images themselves cannot
# be pulled: Debian as debootstrap makes it, and Rust as what the official image adds to it. The toolchain
# is the machine's own, to be mounted at /usr/local/toolchain while an image is built. For compose.sh also
# Kafka, of the jars that tests/kafka/broker.sh fetches.
#
#   tests/container/stand_ins.sh debian | rust | kafka
#
# An image that is there already, pulled or made, is left alone.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=tests/container/podman.sh
source "$here/podman.sh"
debian=docker.io/library/debian:bookworm-slim
rust=docker.io/library/rust:1.95-bookworm
kafka=docker.io/apache/kafka:4.3.1

main() {
    configure
    make_debian
    case ${1:-} in
        debian) ;;
        rust) make_rust ;;
        kafka) make_kafka ;;
        *) say "not a stand-in: ${1:-}"; exit 2 ;;
    esac
}

make_debian() {
    if buildah images "$debian" >/dev/null 2>&1; then return; fi
    say "making $debian"
    local container folder
    container=$(buildah from scratch)
    folder=$(buildah mount "$container")
    debootstrap --variant=minbase bookworm "$folder" >"$work/debootstrap.log" 2>&1 ||
        { tail -n 20 "$work/debootstrap.log" >&2; exit 1; }
    # As the official slim image does: no package lists, no documents.
    rm -rf "$folder"/var/lib/apt/lists/* "$folder"/var/cache/apt/*.bin "$folder"/var/cache/apt/archives/*.deb
    rm -rf "$folder"/usr/share/{doc,info,locale,man}/*
    buildah config --cmd bash --env PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin "$container"
    buildah commit -q --rm "$container" "$debian" >/dev/null
}

# Of what the official image has, what the build may count on.
make_rust() {
    if buildah images "$rust" >/dev/null 2>&1; then return; fi
    say "making $rust"
    local container
    container=$(buildah from --pull-never "$debian")
    buildah run "$container" -- sh -c 'apt-get update -qq && DEBIAN_FRONTEND=noninteractive \
        apt-get install -y -qq --no-install-recommends ca-certificates gcc g++ libc6-dev make perl pkg-config' \
        >"$work/rust.log" 2>&1 || { tail -n 20 "$work/rust.log" >&2; exit 1; }
    buildah config --env CARGO_HOME=/usr/local/cargo --cmd bash \
        --env PATH=/usr/local/toolchain/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin "$container"
    buildah commit -q --rm "$container" "$rust" >/dev/null
}

make_kafka() {
    if buildah images "$kafka" >/dev/null 2>&1; then return; fi
    say "making $kafka"
    local container jars
    jars=$("$here/../kafka/broker.sh" classpath)
    container=$(buildah from --pull-never "$debian")
    buildah copy -q "$container" "${jars%/\*}" /opt/kafka/libs >/dev/null
    buildah copy -q --chmod 755 "$container" "$here/kafka/run" /etc/kafka/docker/run >/dev/null
    buildah run --volume "$here/kafka/make.sh:/make.sh:ro" "$container" -- /make.sh \
        >"$work/kafka.log" 2>&1 || { tail -n 20 "$work/kafka.log" >&2; exit 1; }
    buildah config --env CLUSTER_ID=5L6g3nShT-eMCtK--X86sw --cmd /etc/kafka/docker/run "$container"
    buildah commit -q --rm "$container" "$kafka" >/dev/null
}

say() { echo "container: $*" >&2; }

main "$@"
