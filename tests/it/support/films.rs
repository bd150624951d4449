//! Made-up films: an MP4 container with true lengths and dimensions, and bytes nobody could watch.

/// A film of 90.5 seconds and 1920 by 1080 around `frames`, its header at the end as cameras write it.
pub fn film_around(frames: &[u8]) -> Vec<u8> {
    let mut header = vec![0; 100];
    header[12..16].copy_from_slice(&1000_u32.to_be_bytes());
    header[16..20].copy_from_slice(&90_500_u32.to_be_bytes());
    let mut track = vec![0; 84];
    track[76..78].copy_from_slice(&1920_u16.to_be_bytes());
    track[80..82].copy_from_slice(&1080_u16.to_be_bytes());
    let moov = [boxed(b"mvhd", &header), boxed(b"trak", &boxed(b"tkhd", &track))].concat();
    [boxed(b"ftyp", b"isom\0\0\0\0isomiso2avc1mp41"), boxed(b"mdat", frames), boxed(b"moov", &moov)].concat()
}

fn boxed(name: &[u8; 4], inner: &[u8]) -> Vec<u8> {
    let length = u32::try_from(inner.len() + 8).unwrap();
    [&length.to_be_bytes()[..], name, inner].concat()
}
