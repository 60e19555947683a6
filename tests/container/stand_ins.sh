#!/usr/bin/env bash
# Makes stand-ins for the Dockerfile's base images, under their names, where the images themselves cannot
# be pulled: Debian as debootstrap makes it, and Rust as what the official image adds to it. The toolchain
# is the machine's own, to be mounted at /usr/local/toolchain while an image is built.
#
#   tests/container/stand_ins.sh [debian | rust]
#
# An image that is there already, pulled or made, is left alone.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=tests/container/podman.sh
source "$here/podman.sh"
debian=docker.io/library/debian:bookworm-slim
rust=docker.io/library/rust:1.95-bookworm

main() {
    configure
    make_debian
    if [[ ${1:-rust} == rust ]]; then make_rust; fi
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

say() { echo "container: $*" >&2; }

main "$@"
