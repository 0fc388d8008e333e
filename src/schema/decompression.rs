//! Decompresses gzip and zstd within bounds: no file of records swells without measure.

use std::io::{self, BufRead, BufReader, Read};

use flate2::bufread::MultiGzDecoder;
use zstd::stream::read::Decoder as ZstdDecoder;

/// Bytes read or decompressed at a time.
pub(super) const BUFFER: usize = 1 << 17;
/// Most bytes of text that one compressed byte may become.
pub(super) const MOST_EXPANSION: u64 = 200;
/// Text up to this length may expand as it likes: it fits in memory many times over.
pub(super) const FREE_EXPANSION: u64 = 16 << 20;

/// Most bytes that a compressed length may become.
pub(super) fn most_expanded(compressed: u64) -> u64 {
    FREE_EXPANSION.max(compressed.saturating_mul(MOST_EXPANSION))
}

/// Returns the decompressed text of an input that begins as gzip or zstd does.
///
/// Fails in reading with `FileTooLarge` beyond [`most_expanded`], and with `InvalidData` or
/// `UnexpectedEof` where the compressed data are broken.
pub(super) fn decompressed<R: BufRead + Send + 'static>(
    mut input: R,
) -> io::Result<Result<Box<dyn BufRead + Send>, R>> {
    let start = input.fill_buf()?;
    let (gzip, zstd) = (start.starts_with(b"\x1F\x8B"), start.starts_with(b"\x28\xB5\x2F\xFD"));
    if gzip {
        let decoder = MultiGzDecoder::new(Counted { input, taken: 0 });
        return Ok(Ok(buffered(decoder)));
    }
    if zstd {
        return Ok(Ok(buffered(ZstdDecoder::with_buffer(Counted { input, taken: 0 })?)));
    }
    Ok(Err(input))
}

fn buffered<D: Read + Taking + Send + 'static>(decoder: D) -> Box<dyn BufRead + Send> {
    Box::new(BufReader::with_capacity(BUFFER, Bounded { decoder, given: 0 }))
}

/// Input that counts the bytes taken from it.
struct Counted<R> {
    input: R,
    taken: u64,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.input.read(buffer)?;
        self.taken += read as u64;
        Ok(read)
    }
}

impl<R: BufRead> BufRead for Counted<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.input.fill_buf()
    }

    fn consume(&mut self, bytes: usize) {
        self.taken += bytes as u64;
        self.input.consume(bytes);
    }
}

/// Decoder that knows how many compressed bytes it has taken.
trait Taking {
    fn taken(&self) -> u64;
}

impl<R: BufRead> Taking for MultiGzDecoder<Counted<R>> {
    fn taken(&self) -> u64 {
        self.get_ref().taken
    }
}

impl<R: BufRead> Taking for ZstdDecoder<'static, Counted<R>> {
    fn taken(&self) -> u64 {
        self.get_ref().taken
    }
}

/// Decompressed text that stops when it grows beyond what any real file does.
struct Bounded<D> {
    decoder: D,
    given: u64,
}

impl<D: Read + Taking> Read for Bounded<D> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.decoder.read(buffer).map_err(of_data)?;
        self.given += read as u64;
        if self.given > most_expanded(self.decoder.taken()) {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        Ok(read)
    }
}

/// Says of an error that did not come from the operating system that the data are broken.
fn of_data(cause: io::Error) -> io::Error {
    match cause.kind() {
        io::ErrorKind::Other if cause.raw_os_error().is_none() => {
            io::Error::new(io::ErrorKind::InvalidData, cause)
        }
        _ => cause,
    }
}
