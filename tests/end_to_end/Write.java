import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Creates the topics and writes half of the plan to the raw one.
 *
 * <p>{@code java Write first} · {@code java Write second}
 */
final class Write {
    public static void main(String[] arguments) throws Exception {
        Run run = Run.fromEnvironment();
        List<Message> plan = Plan.of(run.articles(), run.samples());
        int half = plan.size() / 2;
        boolean first = arguments[0].equals("first");
        if (first) {
            createTopics(run);
        }
        List<Message> share = first ? plan.subList(0, half) : plan.subList(half, plan.size());
        write(run, share);
        System.err.printf("wrote %d messages (%s half)%n", share.size(), arguments[0]);
    }

    private static void createTopics(Run run) throws Exception {
        // The plan's timestamps are old: without this the broker may delete what it has just taken.
        Map<String, String> keepAll = Map.of("retention.ms", "-1");
        List<NewTopic> topics = new ArrayList<>();
        for (String name : List.of(run.raw(), run.enriched(), run.deadLetters())) {
            topics.add(new NewTopic(name, Plan.PARTITIONS, (short) 1).configs(keepAll));
        }
        try (Admin admin = Admin.create(run.properties())) {
            admin.createTopics(topics).all().get();
        } catch (ExecutionException failure) {
            if (failure.getCause() instanceof TopicExistsException) {
                throw new IllegalStateException("topics of an earlier run: choose other names", failure);
            }
            throw failure;
        }
    }

    private static void write(Run run, List<Message> messages) throws Exception {
        Properties properties = run.properties();
        properties.put("acks", "all");
        properties.put("linger.ms", "5");
        properties.put("compression.type", "lz4");
        List<Future<RecordMetadata>> reports = new ArrayList<>();
        try (var producer = new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer())) {
            for (Message message : messages) {
                reports.add(producer.send(new ProducerRecord<>(
                        run.raw(), message.partition(), message.timestamp(), message.key(), message.value(),
                        message.headers())));
            }
            for (Future<RecordMetadata> report : reports) {
                report.get();
            }
        }
    }
}
