//! Bytes of a token in the encoding that a schema names, as Python writes them.

/// Encoding of the tokens of an attribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TextEncoding {
    Ascii,
    Utf8,
    /// Byte order mark, then 16-bit units, the lower byte first.
    Utf16,
    /// Byte order mark, then 32-bit units, the lowest byte first.
    Utf32,
}

impl TextEncoding {
    /// Names in a schema, in the order of [`Self::ALL`].
    pub(super) const NAMES: [&str; 4] = ["ascii", "utf-8", "utf-16", "utf-32"];
    pub(super) const ALL: [Self; 4] = [Self::Ascii, Self::Utf8, Self::Utf16, Self::Utf32];

    /// Says whether the encoding has every character of a text.
    pub(super) fn has(self, text: &str) -> bool {
        self != Self::Ascii || text.is_ascii()
    }

    /// Returns the bytes of a token; a buffer holds them where they are not the text's own.
    pub(super) fn bytes<'a>(self, token: &'a str, buffer: &'a mut Vec<u8>) -> &'a [u8] {
        buffer.clear();
        match self {
            Self::Ascii | Self::Utf8 => return token.as_bytes(),
            Self::Utf16 => {
                let units = std::iter::once(0xfeff).chain(token.encode_utf16());
                units.for_each(|unit| buffer.extend_from_slice(&unit.to_le_bytes()));
            }
            Self::Utf32 => {
                let units = std::iter::once(0xfeff).chain(token.chars().map(u32::from));
                units.for_each(|unit| buffer.extend_from_slice(&unit.to_le_bytes()));
            }
        }
        buffer
    }
}
