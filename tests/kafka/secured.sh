#!/usr/bin/env bash
# A real Apache Kafka broker that asks who is there: TLS, client certificates and SASL,
# on loopback, with an authority, certificates and passwords made for this one broker.
#
#   tests/kafka/secured.sh start    start it and print the line that points the tests at it
#   tests/kafka/secured.sh stop     stop it
#
# So: eval "$(tests/kafka/secured.sh start)" && cargo test --features tls kafka::security
#
# Needs what broker.sh needs, and openssl.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=tests/ports.sh
source "$here/../ports.sh"
plain_home=${COPYDESK_TEST_KAFKA_DIR:-$here/../../target/kafka}
home=$plain_home-secured
secrets=$home/secrets
export COPYDESK_TEST_KAFKA_DIR=$home

main() {
    case ${1:-} in
        start) start ;;
        stop) "$here/broker.sh" stop ;;
        *) sed -n '2,/^set /{ /^set /d; s/^# \{0,1\}//; p; }' "${BASH_SOURCE[0]}" >&2 && exit 2 ;;
    esac
}

start() {
    "$here/broker.sh" stop
    # Its users are made with its storage, so that starts anew, too.
    rm -rf "$home/topics" "$secrets"
    mkdir -p "$secrets"
    if [[ -d $plain_home/libraries && ! -e $home/libraries ]]; then
        ln -s "$(cd "$plain_home" && pwd)/libraries" "$home/libraries"
    fi
    make_certificates 2>"$home/openssl.log" || { cat "$home/openssl.log" >&2 && exit 1; }
    openssl rand -hex 16 >"$secrets/password"

    local base name listeners="" map=""
    base=$(free_ports 19400)
    local port=$((base + 10))
    for name in TLS MUTUAL EXPIRED ELSEWHERE SASL SASLTLS; do
        listeners+=",$name://127.0.0.1:$port"
        echo "127.0.0.1:$port" >"$secrets/${name,,}"
        case $name in
            SASL) map+=",$name:SASL_PLAINTEXT" ;;
            SASLTLS) map+=",$name:SASL_SSL" ;;
            *) map+=",$name:SSL" ;;
        esac
        port=$((port + 1))
    done
    local password
    password=$(cat "$secrets/password")
    write_properties "$password" >"$secrets/server.properties"

    export COPYDESK_TEST_KAFKA_LISTENERS=$listeners COPYDESK_TEST_KAFKA_PROTOCOLS=$map
    export COPYDESK_TEST_KAFKA_PROPERTIES=$secrets/server.properties
    export COPYDESK_TEST_KAFKA_USER="name=desk,password=$password"
    "$here/broker.sh" start "$base" >/dev/null
    echo "127.0.0.1:$base" >"$secrets/plain"
    echo "export COPYDESK_TEST_SECURED=$(cd "$secrets" && pwd)"
}

# An authority with its certificates, and another one that nobody should trust.
make_certificates() {
    local authority
    for authority in ca other-ca; do
        openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj "/CN=$authority" \
            -keyout "$secrets/$authority.key" -out "$secrets/$authority.pem"
    done
    certificate server 2 "subjectAltName=IP:127.0.0.1"
    certificate expired -1 "subjectAltName=IP:127.0.0.1"
    certificate elsewhere 2 "subjectAltName=DNS:elsewhere.example"
    certificate client 2 "extendedKeyUsage=clientAuth"
    certificate expired-client -1 "extendedKeyUsage=clientAuth"
}

# Its key is in the form that Kafka reads, and both in one file for it.
certificate() {
    local name=$1 days=$2 extension=$3
    openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out "$secrets/$name.key"
    openssl req -new -key "$secrets/$name.key" -subj "/CN=$name" -out "$secrets/$name.csr"
    openssl x509 -req -in "$secrets/$name.csr" -CA "$secrets/ca.pem" -CAkey "$secrets/ca.key" \
        -CAcreateserial -days "$days" -extfile <(echo "$extension") -out "$secrets/$name.pem"
    cat "$secrets/$name.key" "$secrets/$name.pem" >"$secrets/$name.store"
}

write_properties() {
    local password=$1 listener module=org.apache.kafka.common.security
    echo "ssl.truststore.type=PEM"
    echo "ssl.truststore.location=$secrets/ca.pem"
    echo "ssl.keystore.type=PEM"
    echo "ssl.keystore.location=$secrets/server.store"
    for listener in expired elsewhere; do
        echo "listener.name.$listener.ssl.keystore.type=PEM"
        echo "listener.name.$listener.ssl.keystore.location=$secrets/$listener.store"
    done
    echo "listener.name.mutual.ssl.client.auth=required"
    for listener in sasl sasltls; do
        echo "listener.name.$listener.sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-256,SCRAM-SHA-512,OAUTHBEARER"
        echo "listener.name.$listener.plain.sasl.jaas.config=$module.plain.PlainLoginModule required user_desk=\"$password\";"
        # Its validator takes tokens that nobody has signed, so that tests can make them.
        echo "listener.name.$listener.oauthbearer.sasl.jaas.config=$module.oauthbearer.OAuthBearerLoginModule required unsecuredLoginStringClaim_sub=\"desk\";"
        echo "listener.name.$listener.scram-sha-256.sasl.jaas.config=$module.scram.ScramLoginModule required;"
        echo "listener.name.$listener.scram-sha-512.sasl.jaas.config=$module.scram.ScramLoginModule required;"
    done
}

main "$@"
