# Shared by the scripts beside it: where images are, and how the worker's is run.
# shellcheck shell=bash

work=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)/target/container
image=copydesk:test
container=copydesk-test

export CONTAINERS_STORAGE_CONF=$work/storage.conf BUILDAH_ISOLATION=chroot
# The healthcheck is Docker's; OCI's image format has none.
export BUILDAH_FORMAT=docker
podman=(podman --runtime runc --cgroup-manager cgroupfs)

# Storage of its own, in plain folders: no overlay file system, no daemon.
configure() {
    mkdir -p "$work"
    cat >"$CONTAINERS_STORAGE_CONF" <<STORAGE
[storage]
driver = "vfs"
runroot = "$work/run"
graphroot = "$work/storage"
STORAGE
}

# As docker-compose.yml and config/k8s run it, with this shell's settings. The network is the host's, for
# there is the broker. The limits are stated because podman would raise them, which not every host allows.
start() {
    local variable variables=()
    for variable in "${!COPYDESK__@}"; do variables+=(--env "$variable"); done
    exec "${podman[@]}" run --rm --replace --name "$container" --network host --read-only --read-only-tmpfs=false \
        --cap-drop all --security-opt no-new-privileges --ulimit nofile=1024:1024 --ulimit nproc=4096:4096 \
        "${variables[@]}" "$image" "$@"
}
