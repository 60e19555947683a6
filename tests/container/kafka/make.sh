#!/bin/sh
# Run in a Debian image: makes of it what docker-compose.yml needs of apache/kafka. The jars are there.
set -eu
apt-get update -qq
DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends openjdk-17-jre-headless

mkdir -p /opt/kafka/bin /opt/kafka/config /etc/kafka/docker /etc/kafka/mounted
cd /opt/kafka/bin
cat >kafka-run-class.sh <<'SCRIPT'
#!/bin/sh
exec java -Xmx512m -XX:TieredStopAtLevel=1 -cp '/opt/kafka/libs/*' "$@"
SCRIPT
script() { printf '#!/bin/sh\nexec /opt/kafka/bin/kafka-run-class.sh %s "$@"\n' "$2" >"$1"; }
script kafka-topics.sh org.apache.kafka.tools.TopicCommand
script kafka-console-producer.sh org.apache.kafka.tools.ConsoleProducer
script kafka-console-consumer.sh org.apache.kafka.tools.consumer.ConsoleConsumer
script kafka-broker-api-versions.sh org.apache.kafka.tools.BrokerApiVersionsCommand
chmod +x ./*.sh

# The wrapper asks for them; what they would say, the variables do.
cd /etc/kafka/docker
touch server.properties
cat >log4j2.yaml <<'LOG'
Configuration:
  Appenders:
    Console:
      name: STDOUT
      PatternLayout:
        pattern: "%d %p %m%n"
  Loggers:
    Root:
      level: INFO
      AppenderRef:
        - ref: STDOUT
    Logger: []
LOG
cp log4j2.yaml tools-log4j2.yaml
