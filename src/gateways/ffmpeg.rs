//! Running ffmpeg and ffprobe on files of strangers: child processes that are kept short of everything.
//!
//! Kept true: a child has no environment but a search path, no input, a folder of its own, a lower priority, and
//! limits of processor time, memory and file size that are set before it begins (`ulimit` in the shell that becomes
//! it: nothing here needs `unsafe`). It ends with its time, and when nobody waits for it any more. Arguments are never
//! read by the shell. What the child says is for the log, cut to its end.
//! Not here: which arguments (`media::film`), which files (`media::actions`).

use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, BufReader};
use tokio::process::{Child, Command};
use tokio::time::timeout;

/// Where the two programs are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Programs {
    /// Converts.
    pub ffmpeg: PathBuf,
    /// Says what a file is.
    pub ffprobe: PathBuf,
}

impl Programs {
    /// The first of each in a search path (folders with colons); none unless both are there.
    pub fn find(search_path: &str) -> Option<Self> {
        let first = |name: &str| {
            let places = search_path.split(':').filter(|folder| folder.starts_with('/'));
            places.map(|folder| Path::new(folder).join(name)).find(|file| file.is_file())
        };
        Some(Self { ffmpeg: first("ffmpeg")?, ffprobe: first("ffprobe")? })
    }
}

/// What one run may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Time on the wall.
    pub wall: Duration,
    /// Time of processors, in seconds.
    pub cpu_seconds: u64,
    /// Address space, in bytes.
    pub memory_bytes: u64,
    /// The largest file it may write, in bytes.
    pub file_bytes: u64,
}

/// Why a run came to nothing.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// It could not be begun, or not be listened to: our trouble, not the file's.
    #[error("the program could not be run: {0}")]
    Unable(#[from] std::io::Error),
    /// It used up its time, on the wall or of processors.
    #[error("the program took too long")]
    TooLong,
    /// It wrote more than it may.
    #[error("the program wrote too much")]
    TooLarge,
    /// Somebody else ended it, such as a kernel without memory.
    #[error("the program was ended from outside by signal {0}")]
    Ended(i32),
    /// It said no.
    #[error("the program said no: {0}")]
    SaidNo(String),
}

/// How much of what a program says is kept, in bytes.
const KEPT: usize = 2000;
/// The longest answer of a program that is read whole, in bytes.
const LONGEST_ANSWER: u64 = 4 * 1024 * 1024;
/// Blocks that `ulimit -f` counts in (POSIX).
const BLOCK: u64 = 512;

/// Sets limits, then becomes the program: `$0` and what follows are its words, untouched. The limit of time has a few
/// seconds more where it is hard: the soft one is told by a signal of its own, the hard one by the same as anybody's.
const BECOME: &str = "ulimit -S -t \"$1\" && ulimit -H -t $(($1 + 5)) && ulimit -v \"$2\" && ulimit -f \"$3\" \
     && shift 3 && exec nice -n 10 \"$@\"";

/// Runs a program in `folder` and hands each line of its output to `line`.
pub async fn run(
    program: &Path,
    arguments: &[String],
    folder: &Path,
    limits: &Limits,
    mut line: impl FnMut(&str) + Send,
) -> Result<(), RunError> {
    let mut child = begin(program, arguments, folder, limits)?;
    let (output, errors) = (child.stdout.take(), child.stderr.take());
    let heard = async {
        let told = async {
            let Some(output) = output else { return Ok(()) };
            let mut lines = BufReader::new(output).lines();
            while let Some(text) = lines.next_line().await? {
                line(&text);
            }
            Ok::<(), std::io::Error>(())
        };
        let (told, said) = tokio::join!(told, end_of(errors));
        told?;
        Ok((child.wait().await?, said?))
    };
    judged(timeout(limits.wall, heard).await)
}

/// Runs a program in `folder` and gives its output, at most four million bytes of it.
pub async fn ask(
    program: &Path,
    arguments: &[String],
    folder: &Path,
    limits: &Limits,
) -> Result<String, RunError> {
    let mut child = begin(program, arguments, folder, limits)?;
    let (output, errors) = (child.stdout.take(), child.stderr.take());
    let mut answer = Vec::new();
    let heard = async {
        let told = async {
            match output {
                Some(output) => output.take(LONGEST_ANSWER).read_to_end(&mut answer).await,
                None => Ok(0),
            }
        };
        let (told, said) = tokio::join!(told, end_of(errors));
        told?;
        Ok((child.wait().await?, said?))
    };
    judged(timeout(limits.wall, heard).await)?;
    Ok(String::from_utf8_lossy(&answer).into_owned())
}

fn begin(
    program: &Path,
    arguments: &[String],
    folder: &Path,
    limits: &Limits,
) -> Result<Child, std::io::Error> {
    Command::new("/bin/sh")
        .args(["-c", BECOME, "sh"])
        .arg(limits.cpu_seconds.to_string())
        .arg((limits.memory_bytes / 1024).to_string())
        .arg((limits.file_bytes / BLOCK).to_string())
        .arg(program)
        .args(arguments)
        .env_clear()
        .env("PATH", "/usr/bin:/bin")
        .env("LC_ALL", "C")
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
}

/// The end of what is said, read as it comes so that the child never waits for us.
async fn end_of(said: Option<impl AsyncRead + Unpin>) -> Result<String, std::io::Error> {
    let Some(mut said) = said else { return Ok(String::new()) };
    let (mut kept, mut piece) = (Vec::new(), [0; 4096]);
    loop {
        let length = said.read(&mut piece).await?;
        if length == 0 {
            return Ok(String::from_utf8_lossy(&kept).trim().to_owned());
        }
        kept.extend_from_slice(&piece[..length]);
        let surplus = kept.len().saturating_sub(KEPT);
        kept.drain(..surplus);
    }
}

type Heard = Result<Result<(ExitStatus, String), std::io::Error>, tokio::time::error::Elapsed>;

fn judged(heard: Heard) -> Result<(), RunError> {
    use std::os::unix::process::ExitStatusExt;
    const OUT_OF_TIME: i32 = 24;
    const FILE_TOO_LARGE: i32 = 25;
    let Ok(ended) = heard else { return Err(RunError::TooLong) };
    let (status, said) = ended?;
    match status.signal() {
        _ if status.success() => Ok(()),
        Some(OUT_OF_TIME) => Err(RunError::TooLong),
        Some(FILE_TOO_LARGE) => Err(RunError::TooLarge),
        // Decoders crash over files that were made for it.
        Some(signal @ (4 | 6 | 8 | 11)) => Err(RunError::SaidNo(format!("crashed by signal {signal}"))),
        Some(signal) => Err(RunError::Ended(signal)),
        None => Err(RunError::SaidNo(said)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limits() -> Limits {
        Limits { wall: Duration::from_secs(5), cpu_seconds: 3, memory_bytes: 1 << 30, file_bytes: 1 << 20 }
    }

    async fn shell(script: &str, limits: &Limits) -> Result<String, RunError> {
        let folder = tempfile::tempdir()?;
        ask(Path::new("/bin/sh"), &["-c".to_owned(), script.to_owned()], folder.path(), limits).await
    }

    #[tokio::test]
    async fn a_program_has_no_environment_and_no_input() {
        let said = shell("echo \"$HOME$ATELIER_ENV|$(cat)|$(pwd | cut -c1)\"", &limits()).await;
        assert_eq!(said.ok().as_deref(), Some("||/\n"));
    }

    #[tokio::test]
    async fn a_program_ends_with_its_time() {
        let short = Limits { wall: Duration::from_millis(100), ..limits() };
        assert!(matches!(shell("sleep 60", &short).await, Err(RunError::TooLong)));
        let hasty = Limits { cpu_seconds: 1, ..limits() };
        assert!(matches!(shell("while :; do :; done", &hasty).await, Err(RunError::TooLong)));
    }

    #[tokio::test]
    async fn a_program_cannot_write_or_take_without_end() {
        let flood = shell("head -c 3000000 /dev/zero > much", &limits()).await;
        assert!(flood.is_err(), "{flood:?}");
        let small = Limits { memory_bytes: 64 << 20, ..limits() };
        let greed = shell("head -c 900000000 /dev/zero | tail -c 500000000 | wc -c", &small).await;
        assert!(!matches!(greed.as_deref().map(str::trim), Ok("500000000")), "{greed:?}");
    }

    #[tokio::test]
    async fn what_it_says_is_kept_to_its_end() {
        let said = shell("seq 10000 >&2; echo the end >&2; exit 3", &limits()).await;
        assert!(
            matches!(said, Err(RunError::SaidNo(said)) if said.ends_with("the end") && said.len() <= KEPT)
        );
    }
}
