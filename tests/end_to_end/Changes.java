import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** The changes that an enriched message says were made, and the way back. */
final class Changes {
    private record Change(int start, int[] before, int[] after) {}

    /**
     * Undoes the message's edits and removals on its body. Places count Unicode scalar values of
     * the original text.
     *
     * @throws IllegalArgumentException when the changes do not fit the body
     */
    static String undo(JsonNode enriched) {
        List<Change> changes = new ArrayList<>();
        for (JsonNode edit : enriched.path("edits")) {
            if (isOfBody(edit)) {
                changes.add(new Change(edit.get("start").intValue(), points(edit.get("before")), points(edit.get("after"))));
            }
        }
        for (JsonNode removal : enriched.path("removals")) {
            if (isOfBody(removal)) {
                changes.add(new Change(removal.get("start").intValue(), points(removal.get("text")), new int[0]));
            }
        }
        changes.sort(Comparator.comparingInt(Change::start).thenComparingInt(change -> change.before.length));

        int[] body = points(enriched.get("articleBody"));
        StringBuilder original = new StringBuilder();
        int done = 0;
        int originalDone = 0;
        for (Change change : changes) {
            int gap = change.start - originalDone;
            if (gap < 0 || done + gap + change.after.length > body.length) {
                throw new IllegalArgumentException("change at " + change.start + " overlaps or lies outside");
            }
            append(original, body, done, gap);
            done += gap;
            for (int i = 0; i < change.after.length; i++) {
                if (body[done + i] != change.after[i]) {
                    throw new IllegalArgumentException("change at " + change.start + " is not in the body");
                }
            }
            append(original, change.before, 0, change.before.length);
            done += change.after.length;
            originalDone = change.start + change.before.length;
        }
        append(original, body, done, body.length - done);
        return original.toString();
    }

    /** Changes of a headline name it. */
    private static boolean isOfBody(JsonNode change) {
        return change.path("field").isMissingNode();
    }

    private static int[] points(JsonNode text) {
        return text.textValue().codePoints().toArray();
    }

    private static void append(StringBuilder text, int[] points, int start, int count) {
        for (int i = start; i < start + count; i++) {
            text.appendCodePoint(points[i]);
        }
    }
}
