//! Bytes to text: the encoding stated, marked by the first bytes, or guessed; undecodable bytes kept in view.
//!
//! Guessing: a byte order mark decides; then zero bytes at every other place mean UTF-16 without a mark; bytes that are
//! all UTF-8 are UTF-8; so are those with few errors among many good sequences (the rows with the errors are refused);
//! the rest is left to chardetng, the detector of Firefox.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{DecoderResult, Encoding, UTF_8, UTF_16BE, UTF_16LE};

use crate::nearest::nearest;

/// A text and where in it U+FFFD stands for bytes that are none of its encoding.
pub(crate) struct Decoded {
    pub text: String,
    pub encoding: &'static str,
    pub broken: Vec<usize>,
}

/// Names for a message: the encodings people have.
const USUAL: [&str; 12] = [
    "utf-8",
    "utf-16le",
    "utf-16be",
    "windows-1250",
    "windows-1251",
    "windows-1252",
    "windows-1253",
    "windows-1254",
    "iso-8859-2",
    "koi8-r",
    "ibm866",
    "shift_jis",
];

/// The encoding of a name, or what to write instead.
pub(crate) fn encoding_of(label: &str) -> Result<&'static Encoding, String> {
    let plain = label.trim().to_lowercase();
    let alias = match plain.as_str() {
        "utf16" | "utf-16" => "utf-16le",
        "utf_8" | "utf-8-sig" => "utf-8",
        "cp866" => "ibm866",
        other => other,
    };
    Encoding::for_label(alias.as_bytes()).ok_or_else(|| match nearest(&plain, USUAL, 2).as_slice() {
        [] => format!("write one of {}", USUAL.join(", ")),
        near => format!("did you mean {}?", near.join(" or ")),
    })
}

/// The lasting name of an encoding whose name is given; empty where there is none.
#[cfg(feature = "ballista")]
pub(crate) fn name_of(encoding: &str) -> &'static str {
    Encoding::for_label(encoding.as_bytes()).map_or("", Encoding::name)
}

pub(crate) fn decode(bytes: Vec<u8>, stated: Option<&'static Encoding>) -> Decoded {
    let marked = Encoding::for_bom(&bytes);
    let (encoding, skip) = match (marked, stated) {
        (Some((encoding, length)), None) => (encoding, length),
        (Some((encoding, length)), Some(stated)) if encoding == stated => (encoding, length),
        (_, Some(stated)) => (stated, 0),
        (None, None) => (guess(&bytes), 0),
    };
    if encoding == UTF_8 { decode_utf8(bytes, skip) } else { transcode(&bytes[skip..], encoding) }
}

fn guess(bytes: &[u8]) -> &'static Encoding {
    let sample = &bytes[..bytes.len().min(4096)];
    let zeros = |odd: usize| sample.iter().skip(odd).step_by(2).filter(|&&byte| byte == 0).count();
    let (even, odd, pairs) = (zeros(0), zeros(1), sample.len() / 2);
    if pairs > 1 && odd * 10 > pairs * 3 && even * 20 < pairs {
        return UTF_16LE;
    }
    if pairs > 1 && even * 10 > pairs * 3 && odd * 20 < pairs {
        return UTF_16BE;
    }
    let (mut good, mut bad) = (0usize, 0usize);
    for chunk in bytes.utf8_chunks() {
        good += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        bad += usize::from(!chunk.invalid().is_empty());
    }
    if bad * 10 <= good {
        return UTF_8;
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(bytes, true);
    detector.guess(None, Utf8Detection::Deny)
}

fn decode_utf8(mut bytes: Vec<u8>, skip: usize) -> Decoded {
    bytes.drain(..skip);
    let bytes = match String::from_utf8(bytes) {
        Ok(text) => return Decoded { text, encoding: UTF_8.name(), broken: Vec::new() },
        Err(error) => error.into_bytes(),
    };
    let mut text = String::with_capacity(bytes.len() + 64);
    let mut broken = Vec::new();
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        if !chunk.invalid().is_empty() {
            broken.push(text.len());
            text.push('\u{fffd}');
        }
    }
    Decoded { text, encoding: UTF_8.name(), broken }
}

/// Piece by piece, so that no more than the bytes and the text are in memory.
fn transcode(bytes: &[u8], encoding: &'static Encoding) -> Decoded {
    let mut decoder = encoding.new_decoder_without_bom_handling();
    let mut text = String::with_capacity(bytes.len() + bytes.len() / 2 + 16);
    let mut broken = Vec::new();
    let mut rest = bytes;
    loop {
        let (result, read) = decoder.decode_to_string_without_replacement(rest, &mut text, true);
        rest = &rest[read..];
        match result {
            DecoderResult::InputEmpty => break,
            DecoderResult::OutputFull => text.reserve(rest.len() * 2 + 1024),
            DecoderResult::Malformed(..) => {
                broken.push(text.len());
                text.push('\u{fffd}');
            }
        }
    }
    Decoded { text, encoding: encoding.name(), broken }
}
