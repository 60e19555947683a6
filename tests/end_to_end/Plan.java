import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;

/**
 * The messages of a run, in the order they are written. The same arguments give the same plan, so
 * the writer and the checker need not talk to each other.
 */
final class Plan {
    static final int PARTITIONS = 6;

    private static final ObjectMapper JSON = new ObjectMapper();
    /** A tombstone follows every so many articles, and something unreadable every so many. */
    private static final int ARTICLES_A_TOMBSTONE = 40;
    private static final int ARTICLES_A_BAD_INPUT = 100;
    /** Of the first message: 1 March 2024; not the broker's clock, which a lost timestamp would become. */
    private static final long FIRST_TIMESTAMP = 1_709_251_200_000L;

    private final List<ObjectNode> samples;
    private final List<Message> messages = new ArrayList<>();

    private Plan(List<ObjectNode> samples) {
        this.samples = samples;
    }

    /** @param samples a folder with one folder an article, each with a {@code raw.json} */
    static List<Message> of(int articles, Path samples) throws IOException {
        Plan plan = new Plan(read(samples));
        for (int i = 1; i <= articles; i++) {
            plan.addArticle(i);
            if (i % ARTICLES_A_TOMBSTONE == 0) {
                plan.add(null, List.of(), new Message.Tombstone());
            }
            if (i % ARTICLES_A_BAD_INPUT == 0) {
                plan.addBadInput(i / ARTICLES_A_BAD_INPUT);
            }
        }
        return plan.messages;
    }

    private static List<ObjectNode> read(Path folder) throws IOException {
        List<ObjectNode> samples = new ArrayList<>();
        try (var paths = Files.find(folder, 2, (path, attributes) -> path.endsWith("raw.json"))) {
            for (Path path : paths.sorted().toList()) {
                samples.add((ObjectNode) JSON.readTree(path.toFile()));
            }
        }
        if (samples.isEmpty()) {
            throw new IOException("no */raw.json in " + folder);
        }
        return samples;
    }

    private void addArticle(int number) {
        Newsroom newsroom = new Newsroom(number);
        switch (number % 8) {
            case 0, 1, 2 -> addJson(number, newsroom, "text", newsroom.clean(), true, false);
            case 3 -> addJson(number, newsroom, "body", newsroom.withFurniture(), false, false);
            case 4 -> addJson(number, newsroom, "html", newsroom.page(), false, false);
            case 5 -> addSample(number);
            case 6 -> addJson(number, newsroom, "content", newsroom.clean(), true, true);
            default -> {
                switch (number / 8 % 3) {
                    case 0 -> addJson(number, newsroom, "text", newsroom.damaged(), false, false);
                    case 1 -> addBody("text/plain; charset=utf-8", newsroom.clean(), true);
                    default -> addBody("text/html; charset=utf-8", newsroom.page(), false);
                }
            }
        }
    }

    private void addJson(int number, Newsroom newsroom, String field, String text, boolean clean, boolean packed) {
        ObjectNode article = JSON.createObjectNode();
        article.put("url", newsroom.url(number));
        article.put(field, text);
        addJson(number, article, field.equals("html") ? null : text, clean, packed);
    }

    private void addSample(int number) {
        ObjectNode article = samples.get(number / 8 % samples.size()).deepCopy();
        String original = null;
        for (String field : new String[] {"content", "body", "text"}) {
            original = article.path(field).isTextual() ? article.get(field).textValue() : original;
        }
        addJson(number, article, article.path("html").isTextual() ? null : original, false, false);
    }

    private void addJson(int number, ObjectNode article, String original, boolean clean, boolean packed) {
        String id = "article-" + number;
        ObjectNode stamp = JSON.createObjectNode();
        stamp.put("number", number).put("ratio", number / 8.0).putNull("nothing");
        stamp.putArray("nested").addObject().put("accents", "Å é 新聞 🗞");
        article.put("id", id);
        article.set("stamp", stamp);
        byte[] value = bytes(article.toString());
        List<Header> headers = new ArrayList<>(List.of(header("content-type", bytes("application/json"))));
        if (packed) {
            headers.add(header("content-encoding", bytes("gzip")));
            value = gzip(value);
        }
        add(value, headers, new Message.Enriched(id, stamp.toString(), original, clean));
    }

    /** A message whose whole value is the article. */
    private void addBody(String contentType, String body, boolean clean) {
        add(
                bytes(body),
                List.of(header("content-type", bytes(contentType))),
                new Message.Enriched(null, null, clean ? body : null, clean));
    }

    private void addBadInput(int number) {
        List<Header> json = List.of(header("content-type", bytes("application/json")));
        switch (number % 8) {
            case 0 -> addBad("not_json", bytes("{\"id\": \"torn\", \"text\": \"The quay was clo"), json);
            case 1 -> addBad("missing_body", bytes("{\"id\": \"no-body\", \"url\": \"https://a.example/\"}"), json);
            case 2 -> addBad("wrong_type", bytes("{\"id\": \"numbered\", \"text\": 17}"), json);
            case 3 -> addBad("empty_payload", new byte[0], json);
            case 4 -> addBad("not_an_object", bytes("[\"a list\", \"of two\"]"), json);
            case 5 -> addBad("too_deep", bytes("[".repeat(10_000) + "]".repeat(10_000)), json);
            case 6 -> addBad("wrong_media", new byte[] {(byte) 0x89, 'P', 'N', 'G', 13, 10, 26, 10, 0, 0, 0, 13}, List.of());
            default -> addBad("unpack_failed", bytes("not gzip"), List.of(header("content-encoding", bytes("gzip"))));
        }
    }

    private void addBad(String reason, byte[] value, List<Header> headers) {
        add(value, headers, new Message.DeadLetter(reason));
    }

    private void add(byte[] value, List<Header> own, Message.Outcome outcome) {
        int sequence = messages.size();
        byte[] key = key(sequence);
        // Not what any partitioner would choose, so a partition that is kept is kept on purpose.
        int partition = (key == null ? sequence : 7 * key.length + sequence / 9) % PARTITIONS;
        List<Header> headers = new ArrayList<>();
        headers.add(header(Message.SEQUENCE, bytes(Integer.toString(sequence))));
        headers.addAll(own);
        if (sequence % 2 == 0) {
            headers.add(header("trace", bytes("00-" + Integer.toHexString(sequence) + "-01")));
        }
        if (sequence % 3 == 0) {
            headers.add(header("nothing", null));
        }
        if (sequence % 4 == 0) {
            headers.add(header("empty", new byte[0]));
            headers.add(header("binary", new byte[] {0, -1, (byte) sequence, 10}));
            headers.add(header("trace", bytes("a second of the same name")));
        }
        // Now and then a message is older than the one before it.
        long timestamp = FIRST_TIMESTAMP + 1_009L * sequence - (sequence % 13 == 0 ? 60_000 : 0);
        messages.add(new Message(sequence, partition, key, value, headers, timestamp, outcome));
    }

    private static byte[] key(int sequence) {
        if (sequence % 5 == 0) {
            return null;
        }
        if (sequence % 49 == 1) {
            return new byte[0];
        }
        if (sequence % 11 == 3) {
            return new byte[] {-2, (byte) (sequence % 3), 0};
        }
        return bytes("desk-" + sequence % 37);
    }

    private static Header header(String name, byte[] value) {
        return new RecordHeader(name, value);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] gzip(byte[] plain) {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
            gzip.write(plain);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return packed.toByteArray();
    }
}
