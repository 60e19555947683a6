//! The raw articles of files, as deliveries.

use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use copydesk::transport::{Delivery, Lane, Origin, Receipt};

use super::in_order;
use super::progress::Progress;
use super::{Failure, Format};

/// One raw article, as it was read.
pub struct Taken {
    pub delivery: Delivery,
    /// How long it is in the file, where that is longer than its payload.
    pub cut_from: Option<usize>,
}

/// All raw articles of some files; ends with the first file that cannot be read.
pub struct Input {
    files: std::vec::IntoIter<PathBuf>,
    open: Option<OpenFile>,
    /// What all files hold, where that was said.
    format: Option<Format>,
    max_bytes: usize,
    progress: Progress,
}

impl Input {
    /// A payload keeps `max_bytes` and no more of what it is in the file, so
    /// that a line without an end takes bounded memory.
    pub fn new(
        files: Vec<PathBuf>,
        format: Option<Format>,
        max_bytes: usize,
        progress: Progress,
    ) -> Self {
        Self { files: files.into_iter(), open: None, format, max_bytes, progress }
    }

    fn take(&mut self) -> Result<Option<Taken>, Failure> {
        loop {
            let Some(mut file) = self.open.take() else {
                let Some(path) = self.files.next() else { return Ok(None) };
                let format = self.format.unwrap_or_else(|| Format::named(&path));
                self.open = Some(OpenFile::open(&path, format, &self.progress)?);
                continue;
            };
            let format = file.format;
            let piece = if format == Format::Ndjson {
                let Some(line) = file.read(Some(b'\n'), self.max_bytes)? else { continue };
                line
            } else {
                file.read(None, self.max_bytes)?.unwrap_or_default()
            };
            let origin = Origin { topic: file.name.clone(), partition: 0, offset: file.pieces - 1 };
            if format == Format::Ndjson {
                self.open = Some(file);
                if piece.bytes.trim_ascii().is_empty() {
                    continue;
                }
            }
            return Ok(Some(taken(piece, origin, format)));
        }
    }
}

fn taken(piece: Piece, origin: Origin, format: Format) -> Taken {
    let content_type = match format {
        Format::Ndjson => "application/json",
        Format::Html => "text/html",
        Format::Text => "text/plain",
    };
    let receipt = Receipt { lane: Lane(0), epoch: 0, offset: origin.offset };
    Taken {
        cut_from: (piece.length > piece.bytes.len()).then_some(piece.length),
        delivery: Delivery {
            key: None,
            payload: Some(piece.bytes),
            headers: vec![("content-type".into(), Some(content_type.into()))],
            timestamp_millis: None,
            origin,
            receipt,
        },
    }
}

impl Iterator for Input {
    type Item = Result<Taken, Failure>;

    fn next(&mut self) -> Option<Self::Item> {
        let taken = self.take().transpose();
        if let Some(Err(_)) = taken {
            self.open = None;
            self.files = Vec::new().into_iter();
        }
        taken
    }
}

impl in_order::Weighed for Result<Taken, Failure> {
    fn bytes(&self) -> usize {
        /// What a delivery takes beside its payload, about.
        const OVERHEAD: usize = 512;
        let payload = self.as_ref().ok().and_then(|taken| taken.delivery.payload.as_ref());
        OVERHEAD + payload.map_or(0, Vec::len)
    }
}

/// That the files can be read, before any work is done; one that goes away
/// later fails the work.
pub fn check(files: &[PathBuf]) -> Result<(), Failure> {
    for path in files.iter().filter(|path| !is_standard_input(path)) {
        match File::open(path).and_then(|file| file.metadata()) {
            Ok(metadata) if metadata.is_dir() => {
                return Err(Failure::Usage(format!("{} is a folder", path.display())));
            }
            Ok(_) => {}
            Err(error) => return Err(Failure::Usage(unreadable(path, &error))),
        }
    }
    Ok(())
}

pub fn is_standard_input(path: &Path) -> bool {
    path.as_os_str() == "-"
}

fn unreadable(path: &Path, error: &io::Error) -> String {
    format!("could not read {}: {error}", path.display())
}

struct OpenFile {
    reader: Box<dyn BufRead + Send>,
    name: Arc<str>,
    format: Format,
    /// Read so far.
    pieces: i64,
}

/// A line, or a whole file.
#[derive(Default)]
struct Piece {
    bytes: Vec<u8>,
    /// In the file; more than `bytes` holds where it was cut.
    length: usize,
}

impl OpenFile {
    fn open(path: &Path, format: Format, progress: &Progress) -> Result<Self, Failure> {
        let name = if is_standard_input(path) { "stdin".into() } else { path.to_string_lossy() };
        match reader(path, progress) {
            Ok(reader) => Ok(Self { reader, name: name.into(), format, pieces: 0 }),
            Err(error) => Err(Failure::Work(unreadable(path, &error))),
        }
    }

    /// Up to `end`, which is left out, or to the end of the file; `None` when
    /// nothing is left.
    fn read(&mut self, end: Option<u8>, most: usize) -> Result<Option<Piece>, Failure> {
        self.pieces += 1;
        read_piece(&mut self.reader, end, most)
            .map_err(|error| Failure::Work(unreadable(Path::new(&*self.name), &error)))
    }
}

fn reader(path: &Path, progress: &Progress) -> io::Result<Box<dyn BufRead + Send>> {
    if is_standard_input(path) {
        return Ok(Box::new(BufReader::new(progress.watch(io::stdin()))));
    }
    let file = BufReader::new(progress.watch(File::open(path)?));
    Ok(match path.extension().and_then(|extension| extension.to_str()) {
        Some("gz") => Box::new(BufReader::new(flate2::bufread::MultiGzDecoder::new(file))),
        Some("zst") => Box::new(BufReader::new(zstd::Decoder::with_buffer(file)?)),
        _ => Box::new(file),
    })
}

fn read_piece(
    reader: &mut impl BufRead,
    end: Option<u8>,
    most: usize,
) -> io::Result<Option<Piece>> {
    let mut piece = Piece::default();
    let mut started = false;
    loop {
        let buffer = match reader.fill_buf() {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            buffer => buffer?,
        };
        if buffer.is_empty() {
            return Ok(started.then_some(piece));
        }
        started = true;
        let found = end.and_then(|end| memchr::memchr(end, buffer));
        let part = &buffer[..found.unwrap_or(buffer.len())];
        piece.length += part.len();
        piece.bytes.extend_from_slice(&part[..part.len().min(most - piece.bytes.len())]);
        let read = part.len() + usize::from(found.is_some());
        reader.consume(read);
        if found.is_some() {
            return Ok(Some(piece));
        }
    }
}
