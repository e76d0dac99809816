//! A server of our own: started on a free loopback port with a data directory of its own, watched from outside, killed
//! by its own process id, its folder removed with it.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::{Outcome, clock};

/// See the module.
#[derive(Debug)]
pub struct Server {
    child: Option<Child>,
    binary: PathBuf,
    folder: PathBuf,
    /// Where it listens.
    pub url: String,
    port: u16,
    mode: Mode,
}

/// How it is started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// The embedded node, empty.
    Serve,
    /// With the demo tenant.
    Dev,
    /// The embedded node with every layer of its gateway on, limits as well, none of which is reached.
    Guarded,
}

/// A port nobody listens on now.
pub fn free_port() -> Outcome<u16> {
    let socket = std::net::TcpListener::bind("127.0.0.1:0").map_err(|e| e.to_string())?;
    socket.local_addr().map(|a| a.port()).map_err(|e| e.to_string())
}

impl Server {
    /// Starts one and waits until it is ready.
    pub async fn start(binary: &Path, mode: Mode) -> Outcome<Self> {
        let port = free_port()?;
        let folder = std::env::temp_dir().join(format!("autonomos-loadtest-{}-{port}", std::process::id()));
        std::fs::create_dir_all(&folder).map_err(|e| e.to_string())?;
        let url = format!("http://127.0.0.1:{port}");
        let mut server = Self { child: None, binary: binary.to_owned(), folder, url, port, mode };
        server.launch().await?;
        Ok(server)
    }

    /// Starts the process again over the same folder; answers seconds to port bound and to ready.
    pub async fn launch(&mut self) -> Outcome<(f64, f64)> {
        let log = std::fs::OpenOptions::new().create(true).append(true).open(self.folder.join("server.log"));
        let log = log.map_err(|e| e.to_string())?;
        let began = clock::now();
        let child = Command::new(&self.binary)
            .arg(if self.mode == Mode::Dev { "dev" } else { "serve" })
            .args(["--data-dir", &self.folder.join("data").to_string_lossy()])
            .args(["--listen", &format!("127.0.0.1:{}", self.port)])
            .env("AUTONOMOS_SECRET_KEY", "a-key-for-load-tests-only-0123456789abcdef")
            .env("AUTONOMOS_RATE_LIMIT_PER_MINUTE", if self.mode == Mode::Guarded { "100000000" } else { "0" })
            .stdin(Stdio::null())
            .stdout(log.try_clone().map_err(|e| e.to_string())?)
            .stderr(log)
            .spawn()
            .map_err(|e| format!("cannot start {}: {e}", self.binary.display()))?;
        self.child = Some(child);
        let bound = self.until(began, |s| std::net::TcpStream::connect(("127.0.0.1", s.port)).is_ok()).await?;
        let client = reqwest::Client::new();
        let mut ready = None;
        while ready.is_none() {
            if let Ok(answer) = client.get(format!("{}/readyz", self.url)).send().await
                && answer.status().is_success()
            {
                ready = Some(began.elapsed().as_secs_f64());
            } else {
                self.alive(began)?;
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        }
        Ok((bound, ready.unwrap_or_default()))
    }

    async fn until(&mut self, began: Instant, ready: impl Fn(&Self) -> bool) -> Outcome<f64> {
        while !ready(self) {
            self.alive(began)?;
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        Ok(began.elapsed().as_secs_f64())
    }

    fn alive(&mut self, began: Instant) -> Outcome {
        if let Some(child) = &mut self.child
            && let Ok(Some(status)) = child.try_wait()
        {
            return Err(format!("the server ended ({status}):\n{}", self.log_tail()));
        }
        if began.elapsed() > Duration::from_mins(1) {
            return Err(format!("the server did not become ready within a minute:\n{}", self.log_tail()));
        }
        Ok(())
    }

    /// The last lines it wrote.
    pub fn log_tail(&self) -> String {
        let text = std::fs::read_to_string(self.folder.join("server.log")).unwrap_or_default();
        let lines: Vec<&str> = text.lines().collect();
        lines[lines.len().saturating_sub(20)..].join("\n")
    }

    /// Resident memory now, in MB.
    pub fn resident_mb(&self) -> f64 {
        self.status("VmRSS:")
    }

    /// The most it ever was, in MB.
    pub fn peak_mb(&self) -> f64 {
        self.status("VmHWM:")
    }

    /// Resident memory of the processes that it started, now, in MB.
    pub fn children_mb(&self) -> f64 {
        let Some(child) = &self.child else { return 0.0 };
        let own = f64::from(child.id());
        let entries = std::fs::read_dir("/proc").into_iter().flatten().flatten();
        let texts = entries.filter_map(|entry| std::fs::read_to_string(entry.path().join("status")).ok());
        let of_it = |text: &String| (field(text, "PPid:") - own).abs() < 0.5;
        texts.filter(of_it).map(|text| field(&text, "VmRSS:") / 1024.0).sum()
    }

    fn status(&self, name: &str) -> f64 {
        self.child.as_ref().map_or(0.0, |child| memory_mb(child.id(), name))
    }

    /// Ends it as a power cut would.
    pub fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().ok();
            child.wait().ok();
        }
    }

    /// Asks it to end and waits; answers the seconds it took.
    pub async fn terminate(&mut self) -> Outcome<f64> {
        let Some(mut child) = self.child.take() else { return Ok(0.0) };
        let began = clock::now();
        Command::new("kill").args(["-TERM", &child.id().to_string()]).status().map_err(|e| e.to_string())?;
        loop {
            match child.try_wait() {
                Ok(Some(status)) if status.success() => return Ok(began.elapsed().as_secs_f64()),
                Ok(Some(status)) => return Err(format!("the server ended badly: {status}\n{}", self.log_tail())),
                _ if began.elapsed() > Duration::from_secs(35) => {
                    child.kill().ok();
                    child.wait().ok();
                    return Err("the server did not end within its deadline".to_owned());
                }
                _ => tokio::time::sleep(Duration::from_millis(20)).await,
            }
        }
    }

    /// Where its data and whatever the scenario needs beside lie.
    pub fn folder(&self) -> &Path {
        &self.folder
    }
}

/// Memory of a process as `/proc/<pid>/status` names it, in MB; none of one that has ended.
pub fn memory_mb(process: u32, name: &str) -> f64 {
    field(&std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default(), name) / 1024.0
}

/// A number of `/proc/<pid>/status`.
fn field(status: &str, name: &str) -> f64 {
    let line = status.lines().find(|line| line.starts_with(name)).unwrap_or_default();
    line.split_whitespace().nth(1).and_then(|number| number.parse().ok()).unwrap_or(0.0)
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
        std::fs::remove_dir_all(&self.folder).ok();
    }
}
