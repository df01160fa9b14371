//! A file's bytes: read with progress, digested, unpacked, and never more than the bound says.
//!
//! A packed file is refused when it unpacks to more than `max_bytes`, or, where the policy states none, to much more than
//! any table packs to ([`RATIO`]). The bound is enforced while inflating, whatever the file's directory claims.

use std::fs::File;
use std::io::{Cursor, Read};

use flate2::read::MultiGzDecoder;
use sha2::{Digest, Sha256};

use super::locate::Found;
use crate::error::{DataError, Fault};

/// Bound on the unpacked size where the policy states none.
const MAX_BYTES: u64 = 4 << 30;
/// Tables pack to a tenth, very regular ones to a fortieth; deflate reaches a thousandth on nothing but zeros.
const RATIO: u64 = 200;
/// Below this size the ratio does not matter.
const HARMLESS: u64 = 64 << 20;
const CHUNK: usize = 1 << 20;

/// What may be unpacked.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bound {
    stated: Option<u64>,
}

impl Bound {
    pub(crate) fn new(stated: Option<u64>) -> Bound {
        Bound { stated }
    }

    pub(crate) fn max(self) -> u64 {
        self.stated.unwrap_or(MAX_BYTES)
    }

    /// The largest unpacked size of a file of this packed size.
    fn unpacked(self, packed: u64) -> u64 {
        self.stated.unwrap_or_else(|| MAX_BYTES.min(HARMLESS.max(packed.saturating_mul(RATIO))))
    }

    pub(crate) fn refuse(self, name: &str, packed: Option<u64>) -> DataError {
        let limit = packed.map_or(self.max(), |packed| self.unpacked(packed));
        let message = match packed {
            Some(packed) => format!("unpacks to more than {} from {}", size(limit), size(packed)),
            None => format!("larger than {}", size(limit)),
        };
        let remedy = "if the file is to be trusted, state a larger max_bytes for this source";
        DataError::TooLarge(Box::new(Fault::new(message).file(name).remedy(remedy)))
    }
}

/// A digest as it is told.
pub(crate) fn hexadecimal(digest: Sha256) -> String {
    digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// `1.5 MB`
fn size(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} bytes"),
        1_000..1_000_000 => format!("{} kB", bytes / 1_000),
        1_000_000..1_000_000_000 => format!("{} MB", bytes / 1_000_000),
        _ => format!("{:.1} GB", bytes as f64 / 1e9),
    }
}

pub(crate) fn open(found: &Found) -> Result<(File, u64), DataError> {
    let told = |error: std::io::Error| {
        DataError::File(Box::new(
            Fault::new(format!("cannot be opened: {error}")).file(&found.name).remedy("check its permissions"),
        ))
    };
    let file = File::open(&found.path).map_err(told)?;
    let length = file.metadata().map_err(told)?.len();
    Ok((file, length))
}

/// Reads the whole file as it lies on disk. `seen` is told of every piece.
pub(crate) fn read_file(
    found: &Found,
    bound: Bound,
    digest: &mut Sha256,
    seen: &mut dyn FnMut(u64),
) -> Result<Vec<u8>, DataError> {
    let (file, length) = open(found)?;
    if length > bound.max() {
        return Err(bound.refuse(&found.name, None));
    }
    let mut bytes = Vec::with_capacity(usize::try_from(length).unwrap_or(0));
    let mut rest = file.take(bound.max() + 1);
    loop {
        let before = bytes.len();
        let read = rest.by_ref().take(CHUNK as u64).read_to_end(&mut bytes).map_err(|error| {
            DataError::File(Box::new(Fault::new(format!("cannot be read: {error}")).file(&found.name)))
        })?;
        if read == 0 {
            break;
        }
        digest.update(&bytes[before..]);
        seen(read as u64);
    }
    if bytes.len() as u64 > bound.max() {
        return Err(bound.refuse(&found.name, None));
    }
    Ok(bytes)
}

/// Digests a file that is read in another way.
pub(crate) fn digest_file(found: &Found, digest: &mut Sha256, seen: &mut dyn FnMut(u64)) -> Result<(), DataError> {
    let (mut file, _) = open(found)?;
    let mut piece = vec![0; CHUNK];
    loop {
        let read = file.read(&mut piece).map_err(|error| {
            DataError::File(Box::new(Fault::new(format!("cannot be read: {error}")).file(&found.name)))
        })?;
        if read == 0 {
            return Ok(());
        }
        digest.update(&piece[..read]);
        seen(read as u64);
    }
}

/// The content of a gzip file; any other bytes as they are.
pub(crate) fn unpack(bytes: Vec<u8>, name: &str, bound: Bound) -> Result<Vec<u8>, DataError> {
    if !bytes.starts_with(&[0x1f, 0x8b]) {
        return Ok(bytes);
    }
    let packed = bytes.len() as u64;
    let limit = bound.unpacked(packed);
    let mut content = Vec::new();
    MultiGzDecoder::new(bytes.as_slice()).take(limit + 1).read_to_end(&mut content).map_err(|error| {
        DataError::Unreadable(Box::new(
            Fault::new(format!("a damaged gzip file: {error}")).file(name).remedy("copy or export the file again"),
        ))
    })?;
    if content.len() as u64 > limit {
        return Err(bound.refuse(name, Some(packed)));
    }
    Ok(content)
}

/// Checks that a zip archive unpacks to no more than the bound: by its directory first, then by inflating all of it.
pub(crate) fn check_zip(bytes: &[u8], name: &str, bound: Bound) -> Result<(), DataError> {
    let told = |error: &dyn std::fmt::Display| {
        DataError::Unreadable(Box::new(
            Fault::new(format!("not a workbook: {error}"))
                .file(name)
                .remedy("open it in a spreadsheet program and save it as .xlsx"),
        ))
    };
    let packed = bytes.len() as u64;
    let limit = bound.unpacked(packed);
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|error| told(&error))?;
    if archive.decompressed_size().is_some_and(|size| size > u128::from(limit)) {
        return Err(bound.refuse(name, Some(packed)));
    }
    let mut total = 0u64;
    for index in 0..archive.len() {
        let entry = archive.by_index(index).map_err(|error| told(&error))?;
        let left = limit - total;
        let read = std::io::copy(&mut entry.take(left + 1), &mut std::io::sink()).map_err(|error| told(&error))?;
        total += read;
        if total > limit {
            return Err(bound.refuse(name, Some(packed)));
        }
    }
    Ok(())
}
