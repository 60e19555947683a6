#!/usr/bin/env bash
# Builds every kustomization of config/k8s and holds what comes out against the schemas of Kubernetes,
# KEDA and the Prometheus Operator, and against each other.
#
#   tests/kubernetes/check.sh
#
# Needs kubectl (or Go, to build kustomize) and Python 3; the schemas are packages of PyPI. All of it is
# kept in target/kubernetes.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
work=$root/target/kubernetes

main() {
    local python=$work/bin/python variant
    if ! cmp -s "$here/requirements.txt" "$work/requirements.txt"; then
        python3 -m venv --clear "$work"
        "$work/bin/pip" install -q -r "$here/requirements.txt"
        cp "$here/requirements.txt" "$work/"
    fi
    for variant in deployment stateful-set example; do
        kustomize "$root/config/k8s/$variant" >"$work/$variant.yaml"
    done
    "$python" "$here/check.py" "$work"/{deployment,stateful-set,example}.yaml
}

kustomize() {
    if command -v kubectl >/dev/null; then
        kubectl kustomize "$1"
    else
        [[ -x $work/kustomize ]] || GOBIN=$work go install sigs.k8s.io/kustomize/kustomize/v5@v5.5.0
        "$work/kustomize" build "$1"
    fi
}

main
