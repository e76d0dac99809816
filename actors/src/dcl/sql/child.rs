//! Starts a worker, asks it, and ends it. Whatever it does, there is an answer within the deadline: rows, a refusal, or
//! how it was stopped.
//!
//! It has no environment, no folder but that of the copy, a process group of its own, and pipes that are read no further
//! than an answer may be long. A caller that goes away takes it along.

use std::os::unix::process::ExitStatusExt;
use std::process::{ExitStatus, Stdio};

use autonomos_runtime::{Error, Result};
use bytes::Bytes;
use rustix::process::{Pid, Signal, kill_process_group};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, Command};

use super::worker::{COMMAND, REFUSED};
use super::{Refusal, Request, Settings};
use crate::dcl::guard::Place;

/// What is kept of what it says to the log.
const SAID: u64 = 4 << 10;
/// What an answer has around its rows.
const FRAME: u64 = 256 << 10;

/// How a worker ended.
struct Ended {
    status: ExitStatus,
    out: Vec<u8>,
    said: String,
}

/// Has a worker run a query over a copy.
pub(super) async fn ask(settings: &Settings, snapshot: &Place, request: &Request) -> Result<Bytes> {
    let question = serde_json::to_vec(request).map_err(|e| broken(e.into()))?;
    let mut child = start(settings, snapshot).map_err(|e| broken(e.into()))?;
    let most = request.bytes as u64 + FRAME;
    let heard = tokio::time::timeout(settings.deadline, hear(&mut child, &question, most)).await;
    if let Ok(ended) = heard {
        return outcome(ended.map_err(|e| broken(e.into()))?, most);
    }
    stop(&mut child).await.map_err(|e| broken(e.into()))?;
    let seconds = settings.deadline.as_secs_f64();
    Err(timeout(&format!("after {seconds} s")))
}

fn start(settings: &Settings, snapshot: &Place) -> std::io::Result<Child> {
    let mut command = Command::new(&settings.program);
    command.arg(COMMAND).args(["--memory-mb", &(settings.memory >> 20).to_string()]);
    command.args(["--seconds", &settings.deadline.as_secs().to_string()]);
    // By name alone: a query that asks where its file is learns nothing of the machine.
    if let (Some(folder), Some(name)) = (snapshot.file().parent(), snapshot.file().file_name()) {
        command.arg("--snapshot").arg(name).current_dir(folder);
    }
    command.env_clear().stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command.process_group(0).kill_on_drop(true).spawn()
}

/// Asks, and reads until it has ended.
async fn hear(child: &mut Child, question: &[u8], most: u64) -> std::io::Result<Ended> {
    let (stdin, stdout, stderr) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
    let tell = async {
        // One that ended before it read says why by its end.
        if let Some(mut stdin) = stdin {
            stdin.write_all(question).await.ok();
        }
    };
    let ((), out, said) = tokio::join!(tell, read(stdout, most + 1), read(stderr, SAID));
    let (out, said) = (out?, said?);
    if out.len() as u64 > most {
        stop(child).await?;
    }
    Ok(Ended { status: child.wait().await?, out, said: String::from_utf8_lossy(&said).into_owned() })
}

async fn read(pipe: Option<impl AsyncRead + Unpin>, most: u64) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    if let Some(pipe) = pipe {
        pipe.take(most).read_to_end(&mut bytes).await?;
    }
    Ok(bytes)
}

/// Ends it and whatever it may have started.
async fn stop(child: &mut Child) -> std::io::Result<()> {
    if let Some(group) = child.id().and_then(|id| Pid::from_raw(id as i32)) {
        // Gone already is as good.
        kill_process_group(group, Signal::KILL).ok();
    }
    child.wait().await.map(drop)
}

fn outcome(ended: Ended, most: u64) -> Result<Bytes> {
    let Ended { status, out, said } = ended;
    if status.success() && out.len() as u64 <= most {
        return Ok(out.into());
    }
    if status.code() == Some(i32::from(REFUSED))
        && let Ok(refusal) = serde_json::from_slice::<Refusal>(&out)
    {
        return Err(refusal.into());
    }
    if let Some(signal) = status.signal() {
        tracing::warn!(signal, %said, "a worker for SQL was ended");
        return Err(by_signal(signal, &said));
    }
    Err(broken(format!("the worker ended with {status}: {said}").into()))
}

/// What ended it, as far as its own words and the signal tell.
fn by_signal(signal: i32, said: &str) -> Error {
    // An allocation that is refused where nothing can be thrown ends the process by its own hand.
    if ["bad_alloc", "memory allocation of", "Out of Memory"].iter().any(|words| said.contains(words)) {
        return Refusal::memory().into();
    }
    if signal == Signal::XCPU.as_raw() {
        return timeout("because it computed for too long");
    }
    Error::invalid("query.crashed", "the query ended the process that ran it; nothing else was touched")
        .field("/sql")
        .remedy("Write it another way, and tell whoever runs this node.")
}

fn timeout(when: &str) -> Error {
    Error::invalid("query.timeout", format!("the query was stopped {when}"))
        .field("/sql")
        .remedy("Narrow it: filter earlier, join by equal keys, or group less finely.")
}

fn broken(cause: Box<dyn std::error::Error + Send + Sync>) -> Error {
    Error::internal("query.worker", "the query could not be run").source(cause)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_end_by_signal_is_told_by_what_it_said() {
        let code = |signal: Signal, said: &str| by_signal(signal.as_raw(), said).code;
        assert_eq!(
            code(Signal::ABORT, "terminate called after throwing an instance of 'std::bad_alloc'"),
            "query.memory"
        );
        assert_eq!(code(Signal::ABORT, "memory allocation of 99 bytes failed"), "query.memory");
        assert_eq!(code(Signal::SEGV, ""), "query.crashed");
        assert_eq!(code(Signal::XCPU, ""), "query.timeout");
    }
}
