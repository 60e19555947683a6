import java.util.LinkedHashSet;
import java.util.Random;
import java.util.Set;

/** Invents articles. The same number gives the same article. */
final class Newsroom {
    private static final String[] PLACES = {
        "Port Ellery", "Vargholm", "Lower Tarn", "Brisk Hill", "Casterwick", "Nordby", "Saltmere", "Oaken Ferry"
    };
    private static final String[] PEOPLE = {
        "Marit Solheim", "Tobias Okafor", "Elena Brandvold", "Prakash Nair", "Hanne Westergaard", "Luis Cordero",
        "Agnes Whitlock", "Jonas Terzi"
    };
    private static final String[] BODIES = {
        "the harbour board", "the county council", "the water company", "the school district", "the tram operator",
        "the housing trust", "the library service", "the fishing cooperative"
    };
    private static final String[] WORKS = {
        "a new footbridge", "the reservoir repairs", "a night bus line", "the flood wall", "a second ferry berth",
        "the museum roof", "a district heating plant", "the market hall"
    };
    private static final String[] OPENINGS = {
        "%2$s will spend %5$d million crowns on %3$s in %1$s, after a vote that took %6$d minutes on Tuesday evening.",
        "Work on %3$s in %1$s has been put off for %6$d days because the steel for it has not arrived, %2$s said.",
        "Almost %7$d people have signed a petition against %3$s in %1$s, which %2$s wants to begin before winter.",
        "An inspection of %3$s in %1$s found %6$d faults, none of them dangerous, according to %2$s.",
    };
    private static final String[] MIDDLES = {
        "“We have been asked about this every week for %6$d weeks, and now there is an answer,” said %4$s, who speaks"
                + " for the residents of %1$s.",
        "The estimate has grown by %6$d per cent since the first drawings were shown in the town hall of %1$s, mostly"
                + " because timber and labour cost more.",
        "%4$s, an engineer who has worked on %3$s for %6$d months, expects %7$d lorries to pass through %1$s while"
                + " it lasts.",
        "A count made last spring found that %7$d people a day would be spared a detour of %6$d kilometres.",
        "Shops on the quay will be compensated with %7$d crowns each for every week that the road is closed, a rule"
                + " that %2$s brought in %6$d years ago.",
        "“Nobody in %1$s is against it in principle,” %4$s said. “But %6$d weeks of noise is a lot to ask of people"
                + " who live above their shops.”",
        "The money comes from a fund of %5$d million crowns that was set aside for such work and had hardly been"
                + " touched by the end of year %6$d of the plan.",
    };
    private static final String[] ENDINGS = {
        "The next meeting is open to the public and begins at %6$d minutes past seven in the reading room at %1$s.",
        "If the weather holds, the first %7$d metres will be finished before the schools of %1$s go back.",
        "%2$s will publish the contract, which runs to %7$d pages, once both sides have signed it.",
    };

    private final Random random;
    private final String place;
    private final String person;
    private final String body;
    private final String work;

    Newsroom(int number) {
        random = new Random(0x5eedL + number);
        place = pick(PLACES);
        person = pick(PEOPLE);
        body = pick(BODIES);
        work = pick(WORKS);
    }

    String headline() {
        return capital(body) + " decides on " + work + " in " + place;
    }

    String url(int number) {
        return "https://www." + place.toLowerCase().replace(" ", "") + "-gazette.example/local/" + number;
    }

    /** Paragraphs without fault or furniture, about {@code paragraphs} × 170 characters; none comes twice, for that is a fault. */
    String[] paragraphs(int paragraphs) {
        Set<String> text = new LinkedHashSet<>();
        while (text.size() < paragraphs) {
            int i = text.size();
            String[] among = i == 0 ? OPENINGS : i == paragraphs - 1 ? ENDINGS : MIDDLES;
            text.add(capital(String.format(
                    pick(among), place, body, work, person, 2 + random.nextInt(80), 11 + random.nextInt(40),
                    1_100 + random.nextInt(7_000))));
        }
        return text.toArray(String[]::new);
    }

    String clean() {
        return String.join("\n\n", paragraphs(6 + random.nextInt(14)));
    }

    /** What a scraper that only took the tags off brings. */
    String withFurniture() {
        String[] text = paragraphs(7 + random.nextInt(6));
        return "Skip to main content\n\n" + headline() + "\n\nBy " + person + "\n\n5 min read\n\n" + text[0]
                + "\n\nAdvertisement\n\n" + String.join("\n\n", java.util.Arrays.copyOfRange(text, 1, text.length))
                + "\n\nShare this article\n\nFacebook\n\nCopy link\n\nSubscribe to our newsletter\n\nAll rights reserved";
    }

    /** Text that was decoded wrongly once, with soft hyphens and a line feed of Windows. */
    String damaged() {
        String wrong = new String(
                clean().getBytes(java.nio.charset.StandardCharsets.UTF_8),
                java.nio.charset.Charset.forName("windows-1252"));
        return wrong.replace("council", "coun\u00adcil").replaceFirst("\n\n", "\r\n\r\n");
    }

    String page() {
        StringBuilder page = new StringBuilder("<!doctype html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\"><title>")
                .append(headline())
                .append("</title></head>\n<body>\n<nav><a href=\"/\">Home</a> <a href=\"/local\">Local</a></nav>\n")
                .append("<article>\n<h1>").append(headline()).append("</h1>\n");
        for (String paragraph : paragraphs(6 + random.nextInt(8))) {
            page.append("<p>").append(paragraph).append("</p>\n");
        }
        return page.append("</article>\n<aside><h2>Most read</h2><ul><li><a href=\"/1\">Quay closed</a></li></ul></aside>\n")
                .append("<footer><p>All rights reserved</p></footer>\n</body>\n</html>\n")
                .toString();
    }

    private String pick(String[] among) {
        return among[random.nextInt(among.length)];
    }

    private static String capital(String text) {
        return Character.toUpperCase(text.charAt(0)) + text.substring(1);
    }
}
