# shellcheck shell=bash
# Ports on loopback that nobody listens on, for scripts to source.

# Any one, of those that the system gives out.
free_port() {
    python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

# The first of twenty in a row, from $1 on: servers that name each other need to know theirs before.
free_ports() {
    local base port
    for ((base = $1; base < 20000; base += 20)); do
        for ((port = base; port < base + 20; port++)); do
            if (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then continue 2; fi
        done
        echo "$base"
        return
    done
    echo "no free ports from $1 on" >&2
    exit 1
}
