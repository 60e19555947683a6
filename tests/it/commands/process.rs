//! `process`: raw articles of files in, enriched ones out, in their order.

use super::*;

#[test]
fn process_keeps_the_order_of_the_input_on_many_threads() {
    // Every seventh article is a thousand times longer than its neighbours.
    let text = |number: usize| match number % 7 {
        0 => vec![PARAGRAPH; 1_000].join("\n"),
        _ => PARAGRAPH.to_string(),
    };
    let input: String =
        (0..700).map(|number| article(&number.to_string(), &text(number))).collect();
    let output = process(&["--threads", "8"], input.as_bytes());
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    assert_eq!(ids(&output), (0..700).map(|number| number.to_string()).collect::<Vec<_>>());
}

#[test]
fn process_keeps_the_order_with_room_for_one_article_only() {
    let input: String = (0..50).map(|number| article(&number.to_string(), PARAGRAPH)).collect();
    for room in ["worker.in_flight_articles=1", "worker.in_flight_bytes=1"] {
        let output = process(&["--threads", "4", "--set", room], input.as_bytes());
        assert_eq!(ids(&output), (0..50).map(|number| number.to_string()).collect::<Vec<_>>());
    }
}

/// Good, bad and blank lines; the last without its line break.
fn mixed() -> Vec<u8> {
    let mut input = article("first", PARAGRAPH).into_bytes();
    input.extend(b"{\"id\": \"broken\",\n\n  \t\r\n{\"id\": \"no body\"}\n");
    input.extend(b"{\"id\": \"bytes\", \"text\": \"\xff\xfe\x80");
    input.extend(b"\n");
    input.extend(article("last", PARAGRAPH).trim_end().as_bytes());
    input
}

#[test]
fn process_writes_dead_letters_to_their_file() {
    let folder = Folder::new();
    let dead_letters = folder.path("dead.ndjson");
    let output = process(&["--dead-letters", dead_letters.to_str().unwrap()], &mixed());
    assert_eq!(code(&output), 1);
    assert_eq!(ids(&output), ["first", "last"]);
    assert_eq!(stderr(&output), "");
    let dead = lines(&std::fs::read(dead_letters).unwrap());
    let told: Vec<_> =
        dead.iter().map(|letter| (&letter["reason"], &letter["origin"]["offset"])).collect();
    assert_eq!(
        told,
        [
            (&json!("not_json"), &json!(1)),
            (&json!("missing_body"), &json!(4)),
            (&json!("not_json"), &json!(5)),
        ]
    );
    assert_eq!(dead[0]["origin"]["topic"], "stdin");
    assert_eq!(dead[1]["payload"]["text"], "{\"id\": \"no body\"}");
    assert!(dead[2]["payload"]["base64"].is_string(), "{}", dead[2]);
}

#[test]
fn process_tells_of_dead_letters_without_a_file() {
    let output = process(&[], &mixed());
    assert_eq!(code(&output), 1);
    assert_eq!(ids(&output), ["first", "last"]);
    let told = stderr(&output);
    let told: Vec<_> = told.lines().collect();
    assert_eq!(told.len(), 3, "{told:?}");
    assert!(
        told[0].starts_with("copydesk: stdin, line 2: dead-lettered as not_json: "),
        "{told:?}"
    );
    assert!(told[1].starts_with("copydesk: stdin, line 5: dead-lettered as missing_body"));
}

#[test]
fn process_of_nothing_is_nothing() {
    for input in ["", "\n", " \n\n\t\n"] {
        let output = process(&[], input.as_bytes());
        assert_eq!((code(&output), output.stdout.len(), output.stderr.len()), (0, 0, 0));
    }
}

#[test]
fn process_reads_files_one_after_the_other_packed_or_not() {
    let folder = Folder::new();
    let plain = folder.write("a.ndjson", article("plain", PARAGRAPH));
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(article("gzip", PARAGRAPH).as_bytes()).unwrap();
    let gzip = folder.write("b.ndjson.gz", gzip.finish().unwrap());
    let packed = zstd::encode_all(article("zstd", PARAGRAPH).as_bytes(), 1).unwrap();
    let zstd = folder.write("c.ndjson.zst", packed);
    let output = process(&[&zstd, &plain, "-", &gzip], article("stdin", PARAGRAPH).as_bytes());
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    assert_eq!(ids(&output), ["zstd", "plain", "stdin", "gzip"]);
}

#[test]
fn process_takes_one_article_a_file_as_text_or_page() {
    let folder = Folder::new();
    let text = folder.write("a.txt", format!("{PARAGRAPH}\n{PARAGRAPH}\n"));
    let output = process(&["--format", "text", &text, &text], b"");
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    let articles = lines(&output.stdout);
    assert_eq!(articles.len(), 2);
    let body = articles[0]["articleBody"].as_str().unwrap();
    assert_eq!(body.matches(PARAGRAPH).count(), 2, "{body}");

    let page = folder.write(
        "a.html",
        format!(
            "<html><body><article><p>{PARAGRAPH}</p><p>{PARAGRAPH}</p></article></body></html>"
        ),
    );
    let output = process(&["--format", "html", &page], b"");
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    let body = lines(&output.stdout)[0]["articleBody"].to_string();
    assert_eq!(body.matches(PARAGRAPH).count(), 2, "{body}");
    assert!(!body.contains('<'), "{body}");
}

#[test]
fn process_takes_what_is_named_like_a_page_for_one() {
    let folder = Folder::new();
    let html = format!("<p>{PARAGRAPH}</p>\n<p>{PARAGRAPH}</p>\n");
    let page = folder.write("a.HTM", &html);
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(html.as_bytes()).expect("memory takes bytes");
    let packed = folder.write("b.html.gz", packed.finish().expect("memory takes bytes"));
    let messages = folder.write("c.ndjson", article("c", PARAGRAPH));
    let output = process(&[&page, &packed, &messages], b"");
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    assert_eq!(lines(&output.stdout).len(), 3);

    let output = process(&["--format", "ndjson", &page], b"");
    assert_eq!(code(&output), 1);
    assert!(output.stdout.is_empty());
}

#[test]
fn process_of_an_empty_page_is_a_dead_letter() {
    let folder = Folder::new();
    let empty = folder.write("empty.html", "");
    let output = process(&["--format", "html", &empty], b"");
    assert_eq!(code(&output), 1);
    assert!(stderr(&output).contains("empty_payload"), "{}", stderr(&output));
}

#[test]
fn process_cuts_an_article_beyond_the_limit_and_goes_on() {
    let input = format!(
        "{}{}{}",
        article("before", PARAGRAPH),
        article("long", &PARAGRAPH.repeat(1_000)),
        article("after", PARAGRAPH)
    );
    let folder = Folder::new();
    let dead_letters = folder.path("dead.ndjson");
    let limit = ["--set", "input.max_bytes=1000", "--dead-letters", dead_letters.to_str().unwrap()];
    let output = process(&limit, input.as_bytes());
    assert_eq!(code(&output), 1);
    assert_eq!(ids(&output), ["before", "after"]);
    let dead = lines(&std::fs::read(dead_letters).unwrap());
    assert_eq!(dead[0]["reason"], "too_large");
    let length = article("long", &PARAGRAPH.repeat(1_000)).len() - 1;
    let message = dead[0]["message"].as_str().unwrap();
    assert!(message.contains(&length.to_string()), "{message}");
    assert_eq!(dead[0]["payload"]["text"].as_str().unwrap().len(), 1_000);
}

#[test]
fn process_runs_only_the_stages_that_are_named() {
    // A soft hyphen is mended by repair; the fingerprints are the work of tag.
    let input = article("one", &PARAGRAPH.replace("lighthouse", "light\u{ad}house"));
    let body = |stages: &str| {
        let output = process(&["--only", stages], input.as_bytes());
        assert_eq!(code(&output), 0, "{}", stderr(&output));
        lines(&output.stdout)[0].clone()
    };
    let tagged = body("tag");
    assert_eq!(tagged["articleBody"], PARAGRAPH.replace("lighthouse", "light\u{ad}house"));
    assert!(tagged["fingerprints"].is_object(), "{tagged}");
    let mended = body("repair");
    assert_eq!(mended["articleBody"], PARAGRAPH);
    assert!(mended.get("fingerprints").is_none_or(Value::is_null), "{mended}");
    let both = body("tag,repair");
    assert_eq!(both["articleBody"], PARAGRAPH);
    assert!(both["fingerprints"].is_object(), "{both}");
    assert_eq!(code(&process(&["--only", "polish"], b"")), 2);
}

#[test]
fn process_renders_a_page_even_where_nothing_is_stripped() {
    let folder = Folder::new();
    let page = folder.write(
        "a.html",
        format!("<html><body><p>{PARAGRAPH}</p><p>Subscribe to our newsletter</p></body></html>"),
    );
    let output = process(&["--only", "tag", "--format", "html", &page], b"");
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    let body = lines(&output.stdout)[0]["articleBody"].to_string();
    assert!(body.contains(PARAGRAPH) && body.contains("newsletter"), "{body}");
}

#[test]
fn process_asks_for_what_can_be_done_before_it_begins() {
    let folder = Folder::new();
    let good = folder.write("good.ndjson", article("one", PARAGRAPH));
    let missing = folder.path("missing.ndjson");
    let output = process(&[&good, missing.to_str().unwrap()], b"");
    assert_eq!((code(&output), output.stdout.len()), (2, 0));
    assert!(stderr(&output).contains("missing.ndjson"));

    let output = process(&[&good, "--dead-letters", &good], b"");
    assert_eq!(code(&output), 2);
    assert!(stderr(&output).contains("it is also an input"), "{}", stderr(&output));
    assert_eq!(std::fs::read_to_string(Path::new(&good)).unwrap(), article("one", PARAGRAPH));

    let folder = folder.path("");
    assert_eq!(code(&process(&[folder.to_str().unwrap()], b"")), 2);
}

#[test]
fn process_tells_of_a_file_that_ends_too_early() {
    let folder = Folder::new();
    let packed = zstd::encode_all(article("zstd", PARAGRAPH).as_bytes(), 1).unwrap();
    let cut = folder.write("cut.ndjson.zst", &packed[..packed.len() - 3]);
    let output = process(&[&cut], b"");
    assert_eq!(code(&output), 1);
    assert!(stderr(&output).contains("could not read"), "{}", stderr(&output));
}

#[test]
fn process_gives_each_article_when_it_is_done() {
    let mut child = started(copydesk(&["process"]));
    let mut stdin = child.stdin.take().unwrap();
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    for id in ["one", "two"] {
        stdin.write_all(article(id, PARAGRAPH).as_bytes()).unwrap();
        let mut line = String::new();
        // The input stays open: a line that was held back would never come.
        stdout.read_line(&mut line).unwrap();
        assert_eq!(serde_json::from_str::<Value>(&line).unwrap()["id"], id);
    }
    drop(stdin);
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[test]
fn process_ends_quietly_when_its_reader_leaves() {
    let mut child = started(copydesk(&["process"]));
    let mut stdin = child.stdin.take().unwrap();
    let writer = std::thread::spawn(move || {
        // Goes on until nobody reads: an input without an end.
        let line = article("again", PARAGRAPH);
        while stdin.write_all(line.as_bytes()).is_ok() {}
    });
    let mut first = [0; 1];
    child.stdout.take().unwrap().read_exact(&mut first).unwrap();
    let mut told = String::new();
    child.stderr.take().unwrap().read_to_string(&mut told).unwrap();
    // As a shell tells of a program that SIGPIPE ended: not all was done.
    assert_eq!(child.wait().unwrap().code(), Some(141));
    writer.join().unwrap();
    assert_eq!(told, "");
}
