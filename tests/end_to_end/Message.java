import java.util.List;
import org.apache.kafka.common.header.Header;

/** One message of the plan: what is written, and what must come of it. */
record Message(
        int sequence,
        int partition,
        byte[] key,
        byte[] value,
        List<Header> headers,
        long timestamp,
        Outcome outcome) {

    /** The header that every message carries its sequence number in. */
    static final String SEQUENCE = "stamp-sequence";

    sealed interface Outcome permits Enriched, Tombstone, DeadLetter {}

    /**
     * @param id the article's own id; null where the worker has to derive one
     * @param stamp a field copydesk does not know, as JSON; null where the body is not JSON
     * @param original what undoing the changes must give back; null for a page
     * @param clean whether the text must come out as it went in
     */
    record Enriched(String id, String stamp, String original, boolean clean) implements Outcome {}

    record Tombstone() implements Outcome {}

    /** @param reason the value of the dead letter's reason header */
    record DeadLetter(String reason) implements Outcome {}
}
