#!/usr/bin/env bash
# Three real Apache Kafka brokers for the tests, each voter of the quorum and keeper of a copy
# of everything, on loopback: broker.sh, three times.
#
#   tests/kafka/cluster.sh start     start them (twice does no harm) and print the line that
#                                    points the tests at them
#   tests/kafka/cluster.sh stop      stop them; their topics are kept
#   tests/kafka/cluster.sh bounce    stop the next node in turn and start it again
#   tests/kafka/cluster.sh crash     the same, and it is killed instead of told to stop
#   tests/kafka/cluster.sh clean     stop them and forget their topics
#
# With two copies in sync, and more than half of the voters, all goes on while one is away.
# What it needs, and where things are, is as in broker.sh.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=tests/ports.sh
source "$here/../ports.sh"
plain_home=${COPYDESK_TEST_KAFKA_DIR:-$here/../../target/kafka}
home=$plain_home-cluster
nodes=(1 2 3)

main() {
    case ${1:-} in
        start) start ;;
        stop) each stop ;;
        bounce) bounce ;;
        crash) crash ;;
        clean) each clean && rm -f "$home/ports" "$home/id" ;;
        *) sed -n '2,/^set /{ /^set /d; s/^# \{0,1\}//; p; }' "${BASH_SOURCE[0]}" >&2 && exit 2 ;;
    esac
}

start() {
    mkdir -p "$home"
    if [[ ! -s $home/ports ]]; then free_ports 19600 >"$home/ports"; fi
    if [[ ! -s $home/id ]]; then make_id >"$home/id"; fi
    local node running=()
    # None is ready before two of them are there.
    for node in "${nodes[@]}"; do
        prepare "$node"
        broker "$node" start "$(port "$node")" >/dev/null &
        running+=($!)
    done
    for node in "${running[@]}"; do wait "$node"; done
    echo "export COPYDESK_TEST_BROKERS=$(addresses)"
}

# One at a time and never two: the others hold what it holds.
bounce() {
    local node
    node=$(next_in_turn)
    broker "$node" restart >/dev/null
}

crash() {
    local node pid
    node=$(next_in_turn)
    pid=$(sed -n 1p "$home/node-$node/broker.pid")
    kill -9 "$pid"
    while kill -0 "$pid" 2>/dev/null; do sleep 0.1; done
    broker "$node" start "$(port "$node")" >/dev/null
}

next_in_turn() {
    local last=3
    if [[ -s $home/turn ]]; then last=$(cat "$home/turn"); fi
    echo $((last % 3 + 1)) | tee "$home/turn"
}

each() {
    local node
    for node in "${nodes[@]}"; do broker "$node" "$1"; done
}

broker() {
    local node=$1
    shift
    COPYDESK_TEST_KAFKA_DIR=$home/node-$node \
        COPYDESK_TEST_KAFKA_PROPERTIES=$home/node-$node/node.properties \
        COPYDESK_TEST_KAFKA_CLUSTER_ID=$(cat "$home/id" 2>/dev/null || true) \
        "$here/broker.sh" "$@"
}

# What differs from a broker that is alone; of two lines for one property the later counts.
prepare() {
    local node=$1 folder=$home/node-$1 plain controller
    mkdir -p "$folder"
    if [[ -d $plain_home/libraries && ! -e $folder/libraries ]]; then
        ln -s "$(cd "$plain_home" && pwd)/libraries" "$folder/libraries"
    fi
    plain=$(port "$node")
    controller=$((plain + 10))
    cat >"$folder/node.properties" <<PROPERTIES
node.id=$node
controller.quorum.voters=$(voters)
listeners=PLAINTEXT://127.0.0.1:$plain,CONTROLLER://127.0.0.1:$controller
default.replication.factor=3
min.insync.replicas=2
offsets.topic.replication.factor=3
transaction.state.log.replication.factor=3
transaction.state.log.min.isr=2
share.coordinator.state.topic.replication.factor=3
share.coordinator.state.topic.min.isr=2
# A node that was killed is to be missed as soon as one that went in order.
broker.session.timeout.ms=3000
broker.heartbeat.interval.ms=500
PROPERTIES
}

make_id() {
    prepare 1
    java -Xmx256m -cp "$(COPYDESK_TEST_KAFKA_DIR=$home/node-1 "$here/broker.sh" classpath)" \
        kafka.tools.StorageTool random-uuid
}

port() { echo $(($(cat "$home/ports") + $1)); }

addresses() {
    local node addresses=()
    for node in "${nodes[@]}"; do addresses+=("127.0.0.1:$(port "$node")"); done
    (IFS=,; echo "${addresses[*]}")
}

voters() {
    local node voters=()
    for node in "${nodes[@]}"; do voters+=("$node@127.0.0.1:$(($(port "$node") + 10))"); done
    (IFS=,; echo "${voters[*]}")
}

main "$@"
