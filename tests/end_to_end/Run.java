import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;

/** Which run this is: the broker, the topics, the worker's group and the size, from the environment. */
record Run(String brokers, String raw, String enriched, String deadLetters, String group, int articles, Path samples) {

    static Run fromEnvironment() {
        Map<String, String> environment = System.getenv();
        return new Run(
                environment.get("COPYDESK__KAFKA__BROKERS"),
                environment.get("COPYDESK__KAFKA__INPUT_TOPICS"),
                environment.get("COPYDESK__KAFKA__OUTPUT_TOPIC"),
                environment.get("COPYDESK__KAFKA__DEAD_LETTER_TOPIC"),
                environment.get("COPYDESK__KAFKA__GROUP_ID"),
                Integer.parseInt(environment.get("ARTICLES")),
                Path.of(environment.get("SAMPLES")));
    }

    Properties properties() {
        Properties properties = new Properties();
        properties.put("bootstrap.servers", brokers);
        return properties;
    }
}
