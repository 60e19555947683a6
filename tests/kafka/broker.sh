#!/usr/bin/env bash
# A real Apache Kafka broker for the tests: one node, on loopback, without Docker.
#
#   tests/kafka/broker.sh start [PORT]    start it (twice does no harm) and print the
#                                         line that points the tests at it
#   tests/kafka/broker.sh stop            stop it; its topics are kept
#   tests/kafka/broker.sh restart         stop it and start it again on its port
#   tests/kafka/broker.sh status          say where it runs; exit 1 if it does not
#   tests/kafka/broker.sh topics ARG…     Kafka's own topic command
#   tests/kafka/broker.sh groups ARG…     Kafka's own consumer-group command
#   tests/kafka/broker.sh classpath       the jars, for a Java client
#   tests/kafka/broker.sh clean           stop it and forget its topics
#
# So: eval "$(tests/kafka/broker.sh start)" && cargo test kafka
#
# Needs Java 17 with its compiler and Maven. The jars (54 MB), the topics and the
# log are in target/kafka; COPYDESK_TEST_KAFKA_DIR names another place, and with
# it another broker. secured.sh starts one with more listeners, cluster.sh three.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
home=${COPYDESK_TEST_KAFKA_DIR:-$here/../../target/kafka}
mkdir -p "$home"
home=$(cd "$home" && pwd)

libraries=$home/libraries
log=$home/broker.log
# Its first line is the process id, its second the port.
pid_file=$home/broker.pid
start_seconds=90
stop_seconds=30

main() {
    local command=${1:-}
    shift || true
    case $command in
        start) start "$@" ;;
        stop) stop ;;
        restart) restart ;;
        status) status ;;
        topics) install && run_tool org.apache.kafka.tools.TopicCommand "$@" ;;
        groups) install && run_tool org.apache.kafka.tools.consumer.group.ConsumerGroupCommand "$@" ;;
        classpath) install && echo "$libraries/*" ;;
        clean) stop && rm -rf "$home/topics" "$log" "$home/server.properties" ;;
        *) usage ;;
    esac
}

usage() {
    sed -n '2,/^set /{ /^set /d; s/^# \{0,1\}//; p; }' "${BASH_SOURCE[0]}" >&2
    exit 2
}

start() {
    install
    # Two that start at once would take each other's ports and topics.
    exec 9>"$home/start.lock"
    if command -v flock >/dev/null; then flock 9; fi

    local wanted=${1:-}
    if runs; then
        [[ -z $wanted || $wanted == "$(port)" ]] ||
            fail "already runs on port $(port); stop it first"
    else
        launch "$wanted"
    fi
    echo "export COPYDESK_TEST_BROKERS=127.0.0.1:$(port)"
}

launch() {
    local port=${1:-$(free_port 19092)} controller_port
    [[ $port =~ ^[0-9]+$ ]] || fail "not a port: $port"
    ! is_used "$port" || fail "port $port is in use"
    controller_port=$(free_port $((port + 1)))
    write_properties "$port" "$controller_port"

    if [[ ! -e $home/topics/meta.properties ]]; then
        local cluster=${COPYDESK_TEST_KAFKA_CLUSTER_ID:-}
        [[ -n $cluster ]] || cluster=$(run_java kafka.tools.StorageTool random-uuid)
        local users=() mechanism
        if [[ -n ${COPYDESK_TEST_KAFKA_USER:-} ]]; then
            for mechanism in SCRAM-SHA-256 SCRAM-SHA-512; do
                users+=(--add-scram "$mechanism=[$COPYDESK_TEST_KAFKA_USER]")
            done
        fi
        run_java kafka.tools.StorageTool format -t "$cluster" -c "$home/server.properties" \
            "${users[@]}" >"$log" 2>&1 ||
            fail_with_log "could not format $home/topics"
    fi

    # The marker tells this broker from whatever else may have its process id
    # one day. A test run is too short to earn back the optimising compiler.
    nohup java "$(marker)" -Xms256m -Xmx1g -XX:ActiveProcessorCount=1 -XX:TieredStopAtLevel=1 \
        -Dlog4j2.level=INFO -cp "$libraries/*" kafka.Kafka "$home/server.properties" \
        </dev/null >"$log" 2>&1 9>&- &
    local pid=$!
    printf '%s\n%s\n' "$pid" "$port" >"$pid_file"

    local deadline=$((SECONDS + start_seconds))
    until grep -q 'Kafka Server started' "$log" && is_used "$port"; do
        # Not `runs`: at first the process is still a shell about to become the broker.
        if ! kill -0 "$pid" 2>/dev/null; then
            rm -f "$pid_file"
            fail_with_log "the broker ended while it started"
        fi
        if ((SECONDS >= deadline)); then
            stop
            fail_with_log "the broker was not ready within $start_seconds s"
        fi
        sleep 0.2
    done
    say "runs on 127.0.0.1:$port (process $pid, log $log)"
}

stop() {
    if runs; then
        local pid deadline=$((SECONDS + stop_seconds))
        pid=$(pid)
        kill "$pid" 2>/dev/null || true
        while runs; do
            if ((SECONDS >= deadline)); then
                say "does not stop within $stop_seconds s, killed"
                kill -9 "$pid" 2>/dev/null || true
                deadline=$((SECONDS + stop_seconds))
            fi
            sleep 0.2
        done
        say "stopped (process $pid)"
    fi
    rm -f "$pid_file"
}

restart() {
    runs || fail "does not run"
    local port
    port=$(port)
    stop
    start "$port"
}

status() {
    if ! runs; then
        say "does not run"
        exit 1
    fi
    say "runs on 127.0.0.1:$(port) (process $(pid), log $log)"
    echo "export COPYDESK_TEST_BROKERS=127.0.0.1:$(port)"
}

# Fetches the jars once, and again when the list of them has changed.
install() {
    local program
    for program in java javac mvn; do
        command -v "$program" >/dev/null || fail "$program is missing; Java 17 and Maven are needed"
    done
    if cmp -s "$here/pom.xml" "$libraries/pom.xml"; then return; fi
    say "fetching Apache Kafka into $libraries"
    rm -rf "$libraries" "$libraries.part"
    mvn -q -B -f "$here/pom.xml" dependency:copy-dependencies \
        -DincludeScope=runtime -DoutputDirectory="$libraries.part" >&2 ||
        fail "Maven could not fetch the jars"
    cp "$here/pom.xml" "$libraries.part/"
    mv "$libraries.part" "$libraries"
}

write_properties() {
    local port=$1 controller_port=$2
    cat >"$home/server.properties" <<PROPERTIES
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:$controller_port
listeners=PLAINTEXT://127.0.0.1:$port,CONTROLLER://127.0.0.1:$controller_port${COPYDESK_TEST_KAFKA_LISTENERS:-}
advertised.listeners=PLAINTEXT://127.0.0.1:$port${COPYDESK_TEST_KAFKA_LISTENERS:-}
controller.listener.names=CONTROLLER
listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT${COPYDESK_TEST_KAFKA_PROTOCOLS:-}
inter.broker.listener.name=PLAINTEXT
log.dirs=$home/topics
# One node holds the only copy of everything.
offsets.topic.replication.factor=1
offsets.topic.num.partitions=4
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=4
# Transactions past their time are looked for this often, and not every 10 s: a worker that is
# stopped for 9 finds that its own has expired.
transaction.abort.timed.out.transaction.cleanup.interval.ms=1000
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
share.coordinator.state.topic.num.partitions=4
# A group's first member need not wait for others.
group.initial.rebalance.delay.ms=0
# A test names its topics; a misspelt one is an error.
auto.create.topics.enable=false
# Articles keep their own timestamps, however old.
log.retention.ms=-1
PROPERTIES
    if [[ -n ${COPYDESK_TEST_KAFKA_PROPERTIES:-} ]]; then
        cat "$COPYDESK_TEST_KAFKA_PROPERTIES" >>"$home/server.properties"
    fi
}

run_java() {
    java -Xmx256m -XX:TieredStopAtLevel=1 -cp "$libraries/*" "$@"
}

run_tool() {
    runs || fail "does not run"
    local class=$1
    shift
    run_java "$class" --bootstrap-server "127.0.0.1:$(port)" "$@"
}

marker() { echo "-Dcopydesk.test.broker=$home"; }

pid() { sed -n 1p "$pid_file"; }

port() { sed -n 2p "$pid_file"; }

# Whether the process on file lives and is the broker, not a later one that was
# given its number.
runs() {
    [[ -s $pid_file ]] || return 1
    local arguments
    arguments=$(ps -ww -o args= -p "$(pid)" 2>/dev/null) || return 1
    [[ $arguments == *"$(marker) "* ]]
}

is_used() {
    (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null
}

# The first unused port from the given one on.
free_port() {
    local port
    for ((port = $1; port < $1 + 100; port++)); do
        if ! is_used "$port"; then
            echo "$port"
            return
        fi
    done
    fail "no free port between $1 and $port"
}

say() { echo "kafka: $*" >&2; }

fail() {
    say "$*"
    exit 1
}

fail_with_log() {
    tail -n 40 "$log" >&2 || true
    fail "$*; the log is $log"
}

main "$@"
