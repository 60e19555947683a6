import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;

/**
 * Reads everything that came out and holds it against the plan. Prints a summary as JSON; exit 1
 * on any fault.
 *
 * <p>{@code java Check}
 */
final class Check {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int FAULTS_SHOWN = 20;
    /** Described the raw payload, which is no longer there. */
    private static final Set<String> REPLACED_HEADERS = Set.of("content-type", "content-encoding", "content-length");
    private static final String OWN_PREFIX = "copydesk-";

    private final Run run;
    private final List<Message> plan;
    /** Of every message in the raw topic, by its sequence number. */
    private final Map<Integer, Long> offsets = new HashMap<>();
    private final Map<String, Integer> faults = new TreeMap<>();
    private final List<String> shown = new ArrayList<>();
    private int enriched;
    private int tombstones;
    private int clean;
    private int undone;
    private int deadLetters;

    private Check(Run run) throws Exception {
        this.run = run;
        plan = Plan.of(run.articles(), run.samples());
        for (var record : Arrivals.all(run, run.raw())) {
            Header sequence = record.headers().lastHeader(Message.SEQUENCE);
            offsets.put(Integer.valueOf(new String(sequence.value(), StandardCharsets.UTF_8)), record.offset());
        }
    }

    public static void main(String[] arguments) throws Exception {
        Check check = new Check(Run.fromEnvironment());
        check.checkTopic(check.run.enriched(), false);
        check.checkTopic(check.run.deadLetters(), true);
        check.checkOffsets();
        check.report();
        System.exit(check.faults.isEmpty() ? 0 : 1);
    }

    private void checkTopic(String topic, boolean forDeadLetters) {
        Set<Integer> arrived = new HashSet<>();
        int[] last = new int[Plan.PARTITIONS];
        Arrays.fill(last, -1);
        for (var record : Arrivals.all(run, topic)) {
            Message message = original(record, forDeadLetters);
            if (message == null) {
                continue;
            }
            if (!arrived.add(message.sequence())) {
                fault("duplicate", record, "came before");
                continue;
            }
            if (message.sequence() < last[record.partition()]) {
                fault("order", record, "comes after " + last[record.partition()]);
            }
            last[record.partition()] = message.sequence();
            checkEnvelope(record, message, forDeadLetters);
            if (message.outcome() instanceof Message.Enriched expected) {
                checkEnriched(record, expected);
            } else if (message.outcome() instanceof Message.DeadLetter expected) {
                checkDeadLetter(record, message, expected);
            } else {
                checkTombstone(record);
            }
        }
        for (Message message : plan) {
            boolean isDeadLetter = message.outcome() instanceof Message.DeadLetter;
            if (isDeadLetter == forDeadLetters && !arrived.contains(message.sequence())) {
                fault("missing", topic + " lacks message " + message.sequence() + " of partition " + message.partition());
            }
        }
    }

    /** The message of the plan that a record came of, if it belongs in this topic. */
    private Message original(ConsumerRecord<byte[], byte[]> record, boolean forDeadLetters) {
        Header header = record.headers().lastHeader(Message.SEQUENCE);
        if (header == null || header.value() == null) {
            fault("unknown", record, "has no " + Message.SEQUENCE);
            return null;
        }
        Message message = plan.get(Integer.parseInt(new String(header.value(), StandardCharsets.UTF_8)));
        if (message.outcome() instanceof Message.DeadLetter != forDeadLetters) {
            fault("topic", record, "belongs in the other topic" + ownHeaders(record));
            return null;
        }
        return message;
    }

    private void checkEnvelope(ConsumerRecord<byte[], byte[]> record, Message message, boolean forDeadLetters) {
        if (!Arrays.equals(record.key(), message.key())) {
            fault("key", record, "is " + shown(record.key()) + ", was " + shown(message.key()));
        }
        if (record.timestamp() != message.timestamp()) {
            fault("timestamp", record, "is " + record.timestamp() + ", was " + message.timestamp());
        }
        if (record.partition() != message.partition()) {
            fault("partition", record, "was in " + message.partition());
        }
        List<String> before = new ArrayList<>();
        for (Header header : message.headers()) {
            if (forDeadLetters || isTombstone(message) || !REPLACED_HEADERS.contains(header.key())) {
                before.add(header.key() + "=" + shown(header.value()));
            }
        }
        List<String> after = new ArrayList<>();
        for (Header header : record.headers()) {
            if (!header.key().startsWith(OWN_PREFIX) && !isReplacement(header, forDeadLetters)) {
                after.add(header.key() + "=" + shown(header.value()));
            }
        }
        if (!after.equals(before)) {
            fault("headers", record, "are " + after + ", were " + before);
        }
    }

    private static boolean isReplacement(Header header, boolean forDeadLetters) {
        return !forDeadLetters && REPLACED_HEADERS.contains(header.key());
    }

    private static boolean isTombstone(Message message) {
        return message.outcome() instanceof Message.Tombstone;
    }

    private void checkTombstone(ConsumerRecord<byte[], byte[]> record) {
        tombstones++;
        if (record.value() != null) {
            fault("tombstone", record, "has a value of " + record.value().length + " bytes");
        }
    }

    private void checkEnriched(ConsumerRecord<byte[], byte[]> record, Message.Enriched expected) {
        enriched++;
        JsonNode article;
        try {
            article = JSON.readTree(record.value());
        } catch (Exception unreadable) {
            fault("value", record, "is not JSON: " + unreadable.getMessage());
            return;
        }
        String id = article.path("id").asText();
        if (expected.id() == null ? id.isEmpty() : !id.equals(expected.id())) {
            fault("id", record, "is " + id + ", was " + expected.id());
        }
        checkStamp(record, article, expected);
        if (!article.path("articleBody").isTextual()) {
            fault("value", record, "has no articleBody");
            return;
        }
        String body = article.get("articleBody").textValue();
        if (expected.clean()) {
            clean++;
            if (!body.equals(expected.original())) {
                fault("clean text changed", record, article.path("edits") + " " + article.path("removals"));
            }
        }
        if (expected.original() != null) {
            undone++;
            try {
                if (!Changes.undo(article).equals(expected.original())) {
                    fault("undo", record, "does not give the original back");
                }
            } catch (RuntimeException misfit) {
                fault("undo", record, misfit.toString());
            }
        }
    }

    private void checkStamp(ConsumerRecord<byte[], byte[]> record, JsonNode article, Message.Enriched expected) {
        try {
            JsonNode stamp = article.path("input").path("stamp");
            if (expected.stamp() != null && !stamp.equals(JSON.readTree(expected.stamp()))) {
                fault("input", record, "stamp is " + stamp + ", was " + expected.stamp());
            }
        } catch (java.io.IOException impossible) {
            throw new java.io.UncheckedIOException(impossible);
        }
    }

    private void checkDeadLetter(ConsumerRecord<byte[], byte[]> record, Message message, Message.DeadLetter expected) {
        deadLetters++;
        if (!Arrays.equals(record.value(), message.value())) {
            fault("dead letter", record, "has other bytes than its original");
        }
        Map<String, String> why = Map.of(
                "error-reason", expected.reason(),
                "origin-topic", run.raw(),
                "origin-partition", Integer.toString(message.partition()),
                "origin-offset", String.valueOf(offsets.get(message.sequence())),
                "origin-timestamp", Long.toString(message.timestamp()));
        why.forEach((name, value) -> {
            Header header = record.headers().lastHeader(OWN_PREFIX + name);
            String found = header == null ? null : new String(header.value(), StandardCharsets.UTF_8);
            if (!value.equals(found)) {
                fault("why", record, name + " is " + found + ", expected " + value);
            }
        });
    }

    /** After a clean end everything that was read is also committed. */
    private void checkOffsets() throws Exception {
        try (Admin admin = Admin.create(run.properties())) {
            var committed = admin.listConsumerGroupOffsets(run.group()).partitionsToOffsetAndMetadata().get();
            for (int partition = 0; partition < Plan.PARTITIONS; partition++) {
                TopicPartition key = new TopicPartition(run.raw(), partition);
                long end = admin.listOffsets(Map.of(key, OffsetSpec.latest())).all().get().get(key).offset();
                var offset = committed.get(key);
                if (offset == null || offset.offset() != end) {
                    fault("offset", key + " is committed to " + offset + ", ends at " + end);
                }
            }
        }
    }

    private void report() {
        ObjectNode summary = JSON.createObjectNode();
        summary.put("written", plan.size()).put("enriched", enriched).put("tombstones", tombstones);
        summary.put("dead_letters", deadLetters).put("clean_kept", clean).put("undone", undone);
        ObjectNode counts = summary.putObject("faults");
        faults.forEach(counts::put);
        System.out.println(summary.toPrettyString());
        shown.forEach(System.err::println);
    }

    private void fault(String kind, ConsumerRecord<byte[], byte[]> record, String what) {
        Header sequence = record.headers().lastHeader(Message.SEQUENCE);
        String number = sequence == null ? "?" : new String(sequence.value(), StandardCharsets.UTF_8);
        fault(kind, "message " + number + " (" + record.topic() + "-" + record.partition() + "@" + record.offset() + ") " + what);
    }

    private void fault(String kind, String what) {
        faults.merge(kind, 1, Integer::sum);
        if (shown.size() < FAULTS_SHOWN) {
            shown.add("fault: " + kind + ": " + (what.length() > 600 ? what.substring(0, 600) + "…" : what));
        }
    }

    private static String ownHeaders(ConsumerRecord<byte[], byte[]> record) {
        StringBuilder text = new StringBuilder();
        for (Header header : record.headers()) {
            if (header.key().startsWith(OWN_PREFIX)) {
                text.append(", ").append(header.key()).append('=').append(shown(header.value()));
            }
        }
        return text.toString();
    }

    private static String shown(byte[] bytes) {
        return bytes == null ? "null" : "'" + new String(bytes, StandardCharsets.ISO_8859_1) + "'";
    }
}
