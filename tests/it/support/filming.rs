//! Films, filmed: what ffmpeg makes for stories in which somebody really watches. Made-up ones, which nobody could, are in
//! `films`.

use std::path::Path;
use std::process::Command;
use std::sync::LazyLock;

/// Whether films can be made and processed here; says loudly if not.
pub fn is_ffmpeg_here() -> bool {
    let here =
        ["ffmpeg", "ffprobe"].iter().all(|program| Command::new(program).arg("-version").output().is_ok());
    if !here {
        eprintln!("SKIPPED: NO FFMPEG HERE. Install ffmpeg, or nothing about films is tested.");
    }
    here
}

fn ffmpeg(words: &str, folder: &Path) {
    let mut run = Command::new("ffmpeg");
    run.args(["-v", "error", "-nostdin", "-y"]).args(words.split_whitespace());
    let done = run.current_dir(folder).output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
}

/// A file that ffmpeg makes of nothing, by these words.
pub fn made(words: &str, file: &str) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    ffmpeg(&format!("{words} {file}"), folder.path());
    std::fs::read(folder.path().join(file)).unwrap()
}

/// Ten seconds of picture and sound, 854 by 480, as a camera writes them: 250 frames.
pub static FILMED: LazyLock<Vec<u8>> = LazyLock::new(|| {
    made(
        "-f lavfi -i testsrc=size=854x480:rate=25 -f lavfi -i sine=frequency=440:sample_rate=48000 -t 10 \
         -c:v libx264 -preset ultrafast -g 50 -pix_fmt yuv420p -c:a aac -ac 2",
        "film.mp4",
    )
});

/// The same, divided into chapters by a program that leaves one without a name.
pub static DIVIDED: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let folder = tempfile::tempdir().unwrap();
    let chapter = |from, to, title: &str| {
        format!("[CHAPTER]\nTIMEBASE=1/1000\nSTART={from}\nEND={to}\ntitle={title}\n")
    };
    let marks = [chapter(0, 4000, "Stripes"), chapter(4000, 9000, "")];
    std::fs::write(folder.path().join("marks"), format!(";FFMETADATA1\n{}", marks.concat())).unwrap();
    std::fs::write(folder.path().join("plain.mp4"), &*FILMED).unwrap();
    let words = "-i plain.mp4 -f ffmetadata -i marks -map 0 -map_chapters 1 -c copy film.mp4";
    ffmpeg(words, folder.path());
    std::fs::read(folder.path().join("film.mp4")).unwrap()
});
