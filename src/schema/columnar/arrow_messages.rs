//! Messages of an Arrow file or stream, each checked against the file before it is decoded.

use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use arrow_buffer::Buffer;
use arrow_ipc::{Message, MessageHeader, root_as_message};

use super::pages::too_large;
use crate::error::{Error, Result};
use crate::schema::opening::bad_structure;

/// Start of a file, in which a stream follows; its end too, but for the two zero bytes.
const FILE: &[u8] = b"ARROW1\0\0";
/// Sign before each message.
const CONTINUATION: [u8; 4] = [0xFF; 4];
/// Longest description of a message.
const LONGEST_HEAD: u64 = 16 << 20;
/// Longest body of a message, which is in memory whole.
const LONGEST_BODY: u64 = 1 << 30;

/// Messages of a file or stream, in order.
pub(super) struct Messages {
    path: PathBuf,
    input: BufReader<File>,
    /// Bytes of the file that are still to come.
    left: u64,
    is_file: bool,
    /// Description of the message read last.
    head: Vec<u8>,
}

impl Messages {
    /// Starts at the first byte of an opened file of so many bytes.
    ///
    /// # Errors
    /// `BadStructure` for a file that does not end as it should.
    pub(super) fn open(mut file: File, path: &Path, length: u64) -> Result<Self> {
        let unreadable = |cause| Error::unreadable(path, &cause);
        let mut start = Vec::new();
        file.seek(SeekFrom::Start(0)).map_err(unreadable)?;
        file.by_ref().take(8).read_to_end(&mut start).map_err(unreadable)?;
        let is_file = start.starts_with(&FILE[..6]);
        if is_file {
            let mut end = [0; 6];
            let from = SeekFrom::Start(length.saturating_sub(6).max(8));
            let whole = file.seek(from).and_then(|_| file.read_exact(&mut end));
            if whole.is_err() || end != FILE[..6] {
                return Err(broken(path, "the Arrow file breaks off: it does not end as it began"));
            }
        }
        let begin = if is_file { FILE.len() as u64 } else { 0 };
        file.seek(SeekFrom::Start(begin)).map_err(unreadable)?;
        let (path, input) = (path.to_path_buf(), BufReader::new(file));
        Ok(Self { path, input, left: length - begin, is_file, head: Vec::new() })
    }

    /// Reads the next message with its body, or returns `None` at the end.
    ///
    /// # Errors
    /// `BadStructure` for messages that are cut, follow the end, or are compressed; `TooLarge`
    /// for one beyond measure.
    pub(super) fn next(&mut self) -> Result<Option<(Message<'_>, Buffer)>> {
        let prefix = self.take(8)?;
        let [sign @ .., a, b, c, d] = prefix.as_slice() else {
            return Err(broken(
                &self.path,
                "the Arrow data break off: they have no mark of the end",
            ));
        };
        if *sign != CONTINUATION {
            return Err(broken(&self.path, "the Arrow data hold something else than messages"));
        }
        let length = u64::from(u32::from_le_bytes([*a, *b, *c, *d]));
        if length == 0 {
            self.check_end()?;
            return Ok(None);
        }
        if length > LONGEST_HEAD {
            return Err(too_large(&self.path, "a message of it has a head of more than 16 MiB"));
        }
        self.head = self.take(length)?;
        let body = self.check_head(length)?;
        if body > self.left {
            return Err(self.cut());
        }
        let body = Buffer::from(self.take(body)?);
        let message = root_as_message(&self.head).map_err(|_| self.cut())?;
        Ok(Some((message, body)))
    }

    /// Checks the description of a message and returns the length of its body.
    fn check_head(&self, length: u64) -> Result<u64> {
        if (self.head.len() as u64) < length {
            return Err(self.cut());
        }
        let message = root_as_message(&self.head).map_err(|_| self.cut())?;
        let body = u64::try_from(message.bodyLength()).map_err(|_| self.cut())?;
        if body > LONGEST_BODY {
            let error = too_large(&self.path, "a batch of its rows takes more than 1 GiB");
            return Err(error.help("write it in batches of fewer rows"));
        }
        let batch = match message.header_type() {
            MessageHeader::RecordBatch => message.header_as_record_batch(),
            MessageHeader::DictionaryBatch => {
                message.header_as_dictionary_batch().and_then(|dictionary| dictionary.data())
            }
            _ => None,
        };
        if batch.is_some_and(|batch| batch.compression().is_some()) {
            return Err(bad_structure(
                &self.path,
                "its Arrow data are compressed with lz4 or zstd",
            )
            .help("write it without compression, or as Parquet"));
        }
        Ok(body)
    }

    /// Checks that what follows the end of the messages is a file's footer and nothing else.
    fn check_end(&mut self) -> Result<()> {
        if !self.is_file {
            return match self.left {
                0 => Ok(()),
                _ => Err(broken(&self.path, "something follows the end of the Arrow stream")),
            };
        }
        let rest = self.take(self.left.min(LONGEST_HEAD))?;
        let footer = rest.len().checked_sub(10).map(|at| &rest[at..at + 4]);
        let declared = footer.and_then(|bytes| bytes.try_into().ok()).map(u32::from_le_bytes);
        if self.left > 0 || declared.map(u64::from) != Some((rest.len() as u64).saturating_sub(10))
        {
            return Err(broken(&self.path, "the Arrow file does not end with its footer"));
        }
        Ok(())
    }

    /// Takes so many bytes, or as many as there are.
    fn take(&mut self, bytes: u64) -> Result<Vec<u8>> {
        let mut taken = Vec::new();
        let read = self.input.by_ref().take(bytes.min(self.left)).read_to_end(&mut taken);
        self.left -= read.map_err(|cause| Error::unreadable(&self.path, &cause))? as u64;
        Ok(taken)
    }

    fn cut(&self) -> Error {
        broken(&self.path, "a message of the Arrow data is cut or broken")
    }
}

/// Builds the error of Arrow data that are not whole.
pub(super) fn broken(path: &Path, what: &str) -> Error {
    bad_structure(path, what).help("write the file again, or ask for it again")
}
