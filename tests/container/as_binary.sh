#!/usr/bin/env bash
# The image of run.sh as if it were the binary, for scripts that run one.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=tests/container/podman.sh
source "$here/podman.sh"
start "$@"
