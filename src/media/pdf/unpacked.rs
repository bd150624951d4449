//! Streams of a PDF, unpacked within limits (ISO 32000-1, 7.4.4). A bomb of a few bytes stays one.

use miniz_oxide::inflate::decompress_to_vec_zlib_with_limit;

use super::syntax::{Dictionary, Value};

/// What a stream holds; none where it is packed in a way that nobody uses here, or holds more than `most` bytes.
pub fn unpacked(stream: &Dictionary, bytes: &[u8], most: usize) -> Option<Vec<u8>> {
    let Some(filter) = stream.get("Filter") else {
        return (bytes.len() <= most).then(|| bytes.to_vec());
    };
    if filter.single()? != &Value::Name(b"FlateDecode".to_vec()) {
        return None;
    }
    let inflated = decompress_to_vec_zlib_with_limit(bytes, most).ok()?;
    match stream.get("DecodeParms").and_then(Value::single) {
        Some(Value::Dictionary(how)) => predicted(how, inflated),
        _ => Some(inflated),
    }
}

/// Undoes what makes tables pack better: each row says how it differs from the one above (PNG's filters).
fn predicted(how: &Dictionary, bytes: Vec<u8>) -> Option<Vec<u8>> {
    if how.number("Predictor").unwrap_or(1) == 1 {
        return Some(bytes);
    }
    let of_bytes = how.number("Predictor")? >= 10
        && how.number("Colors").unwrap_or(1) == 1
        && how.number("BitsPerComponent").unwrap_or(8) == 8;
    let columns = usize::try_from(how.number("Columns").unwrap_or(1)).ok()?;
    if !of_bytes || !(1..=64).contains(&columns) {
        return None;
    }
    let mut above = vec![0; columns];
    let mut rows = Vec::with_capacity(bytes.len());
    for row in bytes.chunks_exact(columns + 1) {
        let (filter, row) = row.split_first()?;
        above = unfiltered(*filter, row, &above)?;
        rows.extend_from_slice(&above);
    }
    Some(rows)
}

fn unfiltered(filter: u8, row: &[u8], above: &[u8]) -> Option<Vec<u8>> {
    let mut plain: Vec<u8> = Vec::with_capacity(row.len());
    for (at, byte) in row.iter().enumerate() {
        let before = |row: &[u8]| at.checked_sub(1).and_then(|at| row.get(at)).copied().unwrap_or(0);
        let (left, up, corner) = (before(&plain), *above.get(at)?, before(above));
        let guess = match filter {
            0 => 0,
            1 => left,
            2 => up,
            3 => u8::midpoint(left, up),
            4 => nearest(left, up, corner),
            _ => return None,
        };
        plain.push(byte.wrapping_add(guess));
    }
    Some(plain)
}

/// Paeth's guess.
fn nearest(left: u8, up: u8, corner: u8) -> u8 {
    let [a, b, c] = [left, up, corner].map(i16::from);
    let guess = a + b - c;
    let far = |from: i16| (guess - from).abs();
    match () {
        () if far(a) <= far(b) && far(a) <= far(c) => left,
        () if far(b) <= far(c) => up,
        () => corner,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media::pdf::syntax::Reader;
    use miniz_oxide::deflate::compress_to_vec_zlib;

    fn stream(text: &str) -> Dictionary {
        let Ok(Value::Dictionary(stream)) = Reader::new(text.as_bytes()).value() else { panic!("{text}") };
        stream
    }

    #[test]
    fn a_table_is_unpacked_and_its_rows_are_added_up() {
        let how = "<< /Filter [/FlateDecode] /DecodeParms << /Predictor 12 /Columns 2 >> >> ";
        let packed = compress_to_vec_zlib(&[2, 1, 2, 2, 1, 1, 0, 9, 9], 6);
        assert_eq!(unpacked(&stream(how), &packed, 100), Some(vec![1, 2, 2, 3, 9, 9]));
    }

    #[test]
    fn a_bomb_is_not_unpacked() {
        let packed = compress_to_vec_zlib(&vec![0; 1 << 20], 9);
        assert!(packed.len() < 2000);
        assert_eq!(unpacked(&stream("<< /Filter /FlateDecode >> "), &packed, 1000), None);
        assert_eq!(unpacked(&stream("<< /Filter /LZWDecode >> "), &packed, 1000), None);
    }
}
