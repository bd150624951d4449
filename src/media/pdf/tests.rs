//! Files of other programs, and files that were made to harm.

use miniz_oxide::deflate::compress_to_vec_zlib;
use proptest::prelude::*;

use super::*;

struct Memory<'b>(&'b [u8]);

impl Source for Memory<'_> {
    fn read(&self, from: u64, length: u64) -> BoxFuture<'_, Result<Bytes>> {
        let (from, length) = (from as usize, length as usize);
        assert!(length <= 4 << 20, "no long reads");
        let end = (from + length).min(self.0.len());
        Box::pin(async move { Ok(Bytes::copy_from_slice(&self.0[from..end])) })
    }
}

fn counted(file: &[u8]) -> Pages {
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    let Ok(runtime) = runtime else { panic!("no runtime") };
    match runtime.block_on(count(&Memory(file), file.len() as u64)) {
        Ok(pages) => pages,
        Err(error) => panic!("{error}"),
    }
}

fn pages(count: i32) -> Pages {
    Pages { count: Some(count), problem: None }
}

const UNREADABLE: Pages = Pages { count: None, problem: Some(Problem::Unreadable) };

const PLAIN: &[u8] = include_bytes!("samples/plain.pdf");
const PACKED: &[u8] = include_bytes!("samples/packed.pdf");
const LINEARIZED: &[u8] = include_bytes!("samples/linearized.pdf");
const ENCRYPTED: &[u8] = include_bytes!("samples/encrypted.pdf");

#[test]
fn pages_are_counted_however_a_file_is_written() {
    assert_eq!(counted(PLAIN), pages(3));
    assert_eq!(counted(PACKED), pages(7));
    assert_eq!(counted(LINEARIZED), pages(4));
}

#[test]
fn an_encrypted_file_says_so_and_its_pages_where_they_are_open() {
    assert_eq!(counted(ENCRYPTED), Pages { count: Some(2), problem: Some(Problem::Encrypted) });
}

#[test]
fn what_is_broken_is_unknown() {
    for broken in
        [&PLAIN[..PLAIN.len() / 2], b"%PDF-1.7\n%%EOF", b"", b"startxref", b"%PDF-1.7 startxref 9999 "]
    {
        assert_eq!(counted(broken), UNREADABLE);
    }
}

/// A file whose only cross-references are this stream; it begins at byte 9.
fn with_crossings(dictionary: &str, rows: &[u8]) -> Vec<u8> {
    let head = format!("%PDF-1.7\n1 0 obj\n<< {dictionary} /Length {} >>\nstream\n", rows.len());
    [head.as_bytes(), rows, b"\nendstream\nendobj\nstartxref\n9\n%%EOF"].concat()
}

#[test]
fn what_was_made_to_harm_costs_little() {
    let bomb = compress_to_vec_zlib(&vec![0; 64 << 20], 9);
    let about = "/Root 1 0 R /W [1 2 1] /Size 9 /Filter /FlateDecode";
    let endless =
        |next: &str| format!("%PDF-1.7\nxref\n0 0\ntrailer << /Root 1 0 R {next} >>\nstartxref\n9\n%%EOF");
    let begun = std::time::Instant::now();
    for hostile in [
        with_crossings(about, &bomb),
        with_crossings(&format!("{about} /Prev 9"), &compress_to_vec_zlib(&vec![0; 8 << 20], 9)),
        with_crossings("/Root 1 0 R /W [8 8 8] /Index [0 9223372036854775807]", &[255; 24]),
        with_crossings("/Root 1 0 R /W [9223372036854775807 9223372036854775807 2] /Size 1", &[1]),
        with_crossings("/Root 1 0 R /W [1 2 1] /Size 9", &[2, 0, 1, 0].repeat(9)),
        endless("/Prev 9").into_bytes(),
        endless(&"[".repeat(400_000)).into_bytes(),
        endless(&"/A 1 ".repeat(100_000)).into_bytes(),
        endless(&"(".repeat(400_000)).into_bytes(),
        b"xref\n0 9223372036854775807\ntrailer startxref 0 ".to_vec(),
        [&b"xref\n"[..], &b"0 0\n".repeat(200_000), b"startxref 0 "].concat(),
    ] {
        assert_eq!(counted(&hostile), UNREADABLE);
    }
    // All eleven, in a build that is not optimised; half a second on an idle machine.
    assert!(begun.elapsed().as_secs() < 11, "{:?}", begun.elapsed());
}

#[test]
fn more_pages_than_bytes_are_not_believed() {
    let lie = String::from_utf8_lossy(PLAIN).replace("/Count 3 ", "/Count 2147483647 ");
    assert_eq!(counted(lie.as_bytes()), UNREADABLE);
}

proptest! {
    #[test]
    fn no_change_of_a_byte_panics(at in 0..PACKED.len(), byte in any::<u8>()) {
        for sample in [PACKED, PLAIN] {
            let mut changed = sample.to_vec();
            if let Some(there) = changed.get_mut(at) {
                *there = byte;
            }
            counted(&changed);
        }
    }
}
