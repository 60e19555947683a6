//! Kafka as a source and a sink. The only folder that imports rdkafka.
