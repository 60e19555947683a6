import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.apache.kafka.common.header.Header;

/**
 * Waits until the worker has brought out a number of different messages, or all of them.
 *
 * <p>{@code java Follow COUNT|all SECONDS}; exit 1 when the time passed first.
 */
final class Follow {
    public static void main(String[] arguments) throws Exception {
        Run run = Run.fromEnvironment();
        long expected = Plan.of(run.articles(), run.samples()).stream()
                .filter(message -> !(message.outcome() instanceof Message.DeadLetter))
                .count();
        long wanted = arguments[0].equals("all") ? expected : Long.parseLong(arguments[0]);
        Set<String> seen = new HashSet<>();
        boolean enough = Arrivals.follow(
                run,
                run.enriched(),
                record -> {
                    Header sequence = record.headers().lastHeader(Message.SEQUENCE);
                    seen.add(sequence == null ? "offset " + record.offset() : new String(sequence.value()));
                },
                () -> seen.size() >= wanted,
                Duration.ofSeconds(Long.parseLong(arguments[1])));
        System.err.printf("%d of %d messages are out%n", seen.size(), expected);
        System.exit(enough ? 0 : 1);
    }
}
