//! A PDF's cross-references (ISO 32000-1, 7.5.4 and 7.5.8): where each object lies. Entries stay where they are, packed
//! ones as bytes; nothing is built that a hostile file could make large.

use super::syntax::Dictionary;

/// The length of an entry in a table of text.
pub const ENTRY: u64 = 20;

/// Where an object lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// At this byte of the file.
    At(u64),
    /// In the stream of this number, as this of its objects.
    Within(u32, u64),
}

/// The numbers of some objects, without gaps, and where the entries for them are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Run {
    /// In the file, as text.
    Text {
        /// The first number.
        first: u64,
        /// How many.
        count: u64,
        /// Where the first entry is.
        at: u64,
    },
    /// In rows that were unpacked.
    Rows {
        /// The first number.
        first: u64,
        /// How many.
        count: u64,
        /// Bytes of the three columns.
        widths: [usize; 3],
        /// The rows.
        rows: Vec<u8>,
    },
}

impl Run {
    /// Which entry is for an object, if one is.
    pub fn entry(&self, number: u32) -> Option<u64> {
        let (Self::Text { first, count, .. } | Self::Rows { first, count, .. }) = self;
        u64::from(number).checked_sub(*first).filter(|entry| entry < count)
    }
}

/// What a text entry says: `0000000123 00000 n`. None for an object that is free.
pub fn place_of_text(entry: &[u8]) -> Option<Place> {
    let text = std::str::from_utf8(entry).ok()?;
    let mut words = text.split_ascii_whitespace();
    let (at, _, kind) = (words.next()?, words.next()?, words.next()?);
    (kind == "n").then_some(Place::At(at.parse().ok()?))
}

/// What a row says. None for an object that is free.
pub fn place_of_row(rows: &[u8], widths: [usize; 3], entry: u64) -> Option<Place> {
    let width: usize = widths.iter().sum();
    let begin = usize::try_from(entry).ok()?.checked_mul(width)?;
    let row = rows.get(begin..begin.checked_add(width)?)?;
    let (kind, rest) = row.split_at(widths[0]);
    let (second, third) = rest.split_at(widths[1]);
    match if widths[0] == 0 { 1 } else { joined(kind) } {
        1 => Some(Place::At(joined(second))),
        2 => Some(Place::Within(u32::try_from(joined(second)).ok()?, joined(third))),
        _ => None,
    }
}

fn joined(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0, |number, byte| number << 8 | u64::from(*byte))
}

/// The runs of a stream of cross-references, whose rows were unpacked.
pub fn runs(stream: &Dictionary, rows: &[u8]) -> Option<Vec<Run>> {
    let widths: Vec<usize> =
        stream.numbers("W")?.into_iter().map(usize::try_from).collect::<Result<_, _>>().ok()?;
    let widths: [usize; 3] = widths.try_into().ok()?;
    let width: usize = widths.iter().try_fold(0_usize, |sum, width| sum.checked_add(*width))?;
    if width == 0 || widths.iter().any(|width| *width > 8) {
        return None;
    }
    let index = stream.numbers("Index").or_else(|| Some(vec![0, stream.number("Size")?]))?;
    let mut rest = rows;
    let mut found = Vec::new();
    for pair in index.chunks_exact(2) {
        let (first, count) = (u64::try_from(pair[0]).ok()?, u64::try_from(pair[1]).ok()?);
        let bytes = usize::try_from(count).ok()?.saturating_mul(width).min(rest.len());
        let (rows, others) = rest.split_at(bytes);
        rest = others;
        found.push(Run::Rows { first, count, widths, rows: rows.to_vec() });
    }
    Some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_say_where_objects_are_or_that_they_are_free() {
        assert_eq!(place_of_text(b"0000000017 00000 n \n"), Some(Place::At(17)));
        assert_eq!(place_of_text(b"0000000000 65535 f \n"), None);
        let rows = [1, 1, 2, 0, 2, 0, 7, 3, 0, 0, 0, 0];
        let place = |entry| place_of_row(&rows, [1, 2, 1], entry);
        assert_eq!(place(0), Some(Place::At(258)));
        assert_eq!(place(1), Some(Place::Within(7, 3)));
        assert_eq!((place(2), place(3), place(u64::MAX)), (None, None, None));
    }
}
