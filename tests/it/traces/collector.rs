//! A collector for the time of a test: takes OTLP over HTTP, and reads the spans out of
//! the bytes itself, knowing no more than protobuf's wire format and the fields' numbers.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};

#[derive(Debug, Clone, Default, PartialEq)]
pub struct Span {
    pub trace_id: String,
    pub span_id: String,
    /// Empty for a root.
    pub parent: String,
    pub name: String,
    pub kind: u64,
    pub start: u64,
    pub end: u64,
    pub attributes: BTreeMap<String, String>,
}

pub struct Collector {
    pub endpoint: String,
    pub spans: Receiver<Span>,
}

impl Collector {
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let (sender, spans) = channel();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let (stream, sender) = (stream.unwrap(), sender.clone());
                std::thread::spawn(move || serve(&stream, &sender));
            }
        });
        Self { endpoint, spans }
    }
}

fn serve(stream: &TcpStream, spans: &Sender<Span>) {
    let mut reader = BufReader::new(stream);
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).unwrap_or(0) == 0 {
            return;
        }
        assert!(line.starts_with("POST /v1/traces "), "{line}");
        let mut length = 0;
        loop {
            let mut header = String::new();
            reader.read_line(&mut header).unwrap();
            let header = header.trim().to_ascii_lowercase();
            if header.is_empty() {
                break;
            }
            if let Some(value) = header.strip_prefix("content-length: ") {
                length = value.parse().unwrap();
            }
            if let Some(value) = header.strip_prefix("content-type: ") {
                assert_eq!(value, "application/x-protobuf");
            }
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body).unwrap();
        for span in read(&body) {
            // The test may have seen enough.
            let _ = spans.send(span);
        }
        let mut stream = stream;
        let answer =
            "HTTP/1.1 200 OK\r\nContent-Type: application/x-protobuf\r\nContent-Length: 0\r\n\r\n";
        stream.write_all(answer.as_bytes()).unwrap();
    }
}

/// ExportTraceServiceRequest → ResourceSpans → ScopeSpans → Span.
fn read(request: &[u8]) -> Vec<Span> {
    let mut spans = Vec::new();
    for resource in parts(request, 1) {
        let described = parts(resource, 1).flat_map(|resource| parts(resource, 1)).map(attribute);
        assert!(described.collect::<BTreeMap<_, _>>()["service.name"] == "copydesk");
        spans.extend(parts(resource, 2).flat_map(|scope| parts(scope, 2)).map(span));
    }
    spans
}

fn span(bytes: &[u8]) -> Span {
    let mut span = Span::default();
    for (number, field) in fields(bytes) {
        match (number, field) {
            (1, Field::Bytes(id)) => span.trace_id = hexadecimal(id),
            (2, Field::Bytes(id)) => span.span_id = hexadecimal(id),
            (4, Field::Bytes(id)) => span.parent = hexadecimal(id),
            (5, Field::Bytes(name)) => span.name = String::from_utf8(name.to_vec()).unwrap(),
            (6, Field::Number(kind)) => span.kind = kind,
            (7, Field::Number(nanoseconds)) => span.start = nanoseconds,
            (8, Field::Number(nanoseconds)) => span.end = nanoseconds,
            (9, Field::Bytes(pair)) => span.attributes.extend([attribute(pair)]),
            _ => {}
        }
    }
    span
}

/// KeyValue, with a value that is a text or a whole number.
fn attribute(bytes: &[u8]) -> (String, String) {
    let key = parts(bytes, 1).next().unwrap();
    let value = parts(bytes, 2).next().unwrap();
    let value = fields(value).next().map(|(number, field)| match (number, field) {
        (1, Field::Bytes(text)) => String::from_utf8(text.to_vec()).unwrap(),
        (3, Field::Number(number)) => number.to_string(),
        other => panic!("{other:?}"),
    });
    (String::from_utf8(key.to_vec()).unwrap(), value.unwrap())
}

#[derive(Debug)]
enum Field<'a> {
    Number(u64),
    Bytes(&'a [u8]),
}

fn parts(bytes: &[u8], wanted: u64) -> impl Iterator<Item = &[u8]> {
    fields(bytes).filter_map(move |(number, field)| match field {
        Field::Bytes(part) if number == wanted => Some(part),
        _ => None,
    })
}

fn fields(mut bytes: &[u8]) -> impl Iterator<Item = (u64, Field<'_>)> {
    std::iter::from_fn(move || {
        if bytes.is_empty() {
            return None;
        }
        let tag = varint(&mut bytes);
        let field = match tag & 7 {
            0 => Field::Number(varint(&mut bytes)),
            1 => Field::Number(u64::from_le_bytes(take(&mut bytes, 8).try_into().unwrap())),
            2 => {
                let length = varint(&mut bytes) as usize;
                Field::Bytes(take(&mut bytes, length))
            }
            5 => Field::Number(u32::from_le_bytes(take(&mut bytes, 4).try_into().unwrap()).into()),
            kind => panic!("wire type {kind}"),
        };
        Some((tag >> 3, field))
    })
}

fn varint(bytes: &mut &[u8]) -> u64 {
    let mut number = 0;
    for shift in (0..).step_by(7) {
        let byte = take(bytes, 1)[0];
        number |= u64::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            break;
        }
    }
    number
}

fn take<'a>(bytes: &mut &'a [u8], count: usize) -> &'a [u8] {
    let (taken, rest) = bytes.split_at(count);
    *bytes = rest;
    taken
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
