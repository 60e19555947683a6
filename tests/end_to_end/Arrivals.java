import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Reads a topic from its beginning, committed records only. */
final class Arrivals {
    /**
     * Reads until {@code enough} says so or the deadline passes.
     *
     * @return whether there was enough
     */
    static boolean follow(
            Run run, String topic, Consumer<ConsumerRecord<byte[], byte[]>> each, BooleanSupplier enough, Duration limit) {
        long deadline = System.nanoTime() + limit.toNanos();
        try (var consumer = consumer(run, topic)) {
            while (!enough.getAsBoolean()) {
                if (System.nanoTime() > deadline) {
                    return false;
                }
                consumer.poll(Duration.ofMillis(100)).forEach(each);
            }
            return true;
        }
    }

    /** Reads what is there, to the end. */
    static List<ConsumerRecord<byte[], byte[]>> all(Run run, String topic) {
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        try (var consumer = consumer(run, topic)) {
            Map<TopicPartition, Long> ends = consumer.endOffsets(consumer.assignment());
            // A position moves past markers of transactions too, which are no records.
            while (!ends.entrySet().stream().allMatch(end -> consumer.position(end.getKey()) >= end.getValue())) {
                consumer.poll(Duration.ofMillis(100)).forEach(records::add);
            }
        }
        return records;
    }

    private static KafkaConsumer<byte[], byte[]> consumer(Run run, String topic) {
        Properties properties = run.properties();
        properties.put("isolation.level", "read_committed");
        properties.put("enable.auto.commit", "false");
        properties.put("auto.offset.reset", "none");
        var consumer = new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        List<TopicPartition> partitions = new ArrayList<>();
        consumer.partitionsFor(topic).forEach(known -> partitions.add(new TopicPartition(topic, known.partition())));
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
        return consumer;
    }
}
