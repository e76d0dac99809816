//! The folder against names, links, devices and races.

use std::os::unix::fs::symlink;
use std::sync::atomic::{AtomicBool, Ordering};

use autonomos_runtime::Actor;
use autonomos_runtime::ids::TraceId;
use bytes::Bytes;

use super::*;

/// Bytes of all files.
const MOST: u64 = 2_500;

fn scope(n: u32) -> Scope {
    let tenant: TenantId = format!("00000000-0000-0000-0000-{n:012}").parse().unwrap();
    Scope::new(tenant, Actor::System("test"), TraceId::new(&Ambient::system()))
}

fn folder() -> (tempfile::TempDir, Folder, Scope, PathBuf) {
    let root = tempfile::tempdir().unwrap();
    let quota = Quota { file: 1_000, matches: 5 };
    let folder = Folder::open(root.path(), quota, Ambient::system()).unwrap();
    let home = root.path().join(scope(1).tenant().to_string());
    std::fs::create_dir_all(&home).unwrap();
    (root, folder, scope(1), home)
}

fn body(bytes: &[u8]) -> impl Stream<Item = Result<Bytes, std::io::Error>> + Unpin + Send + use<> {
    futures::stream::iter(bytes.chunks(7).map(|c| Ok(Bytes::copy_from_slice(c))).collect::<Vec<_>>())
}

use futures::Stream;

#[tokio::test]
async fn what_is_put_is_there_for_its_tenant_only() {
    let (_root, folder, me, home) = folder();
    let stored = folder.put(&me, "crm/a.csv", body(b"id\n1\n"), MOST).await.unwrap();
    assert_eq!(stored.size, 5);
    assert_eq!(stored.sha256, hex::encode(<sha2::Sha256 as sha2::Digest>::digest(b"id\n1\n")));
    folder.put(&me, "crm/b.csv", body(b""), MOST).await.unwrap();
    let names = |scope: &Scope, p: &str| folder.list(scope, p).unwrap().into_iter().map(|e| e.path).collect::<Vec<_>>();
    assert_eq!(names(&me, "crm/*.csv"), ["crm/a.csv", "crm/b.csv"]);
    assert_eq!(names(&me, "**/a.csv"), ["crm/a.csv"]);
    assert_eq!(names(&me, "*.csv"), Vec::<String>::new());
    assert_eq!(names(&scope(2), "**"), Vec::<String>::new());
    assert_eq!(folder.open_file(&scope(2), "crm/a.csv").unwrap_err().code, "file.not_found");
    assert_eq!(folder.open_file(&me, "crm").unwrap_err().code, "path.not_a_file");
    assert_eq!(std::fs::read_dir(home.join(TEMPORARY)).unwrap().count(), 0);
    assert!(folder.delete(&me, "crm/a.csv").unwrap());
    assert!(!folder.delete(&me, "crm/a.csv").unwrap());
    assert_eq!(folder.put(&me, "crm/b.csv/x", body(b""), MOST).await.unwrap_err().code, "path.not_a_folder");
}

#[tokio::test]
async fn limits_hold_and_leave_nothing() {
    let (_root, folder, me, home) = folder();
    assert_eq!(folder.put(&me, "big", body(&[b'x'; 1_001]), MOST).await.unwrap_err().code, "files.too_large");
    for name in ["a", "b"] {
        folder.put(&me, name, body(&[b'x'; 1_000]), MOST).await.unwrap();
    }
    folder.put(&me, "a", body(&[b'y'; 1_000]), MOST).await.unwrap();
    assert_eq!(folder.used(&me).unwrap(), 2_000, "a replaced file counts once");
    assert_eq!(folder.put(&me, "c", body(&[b'x'; 600]), MOST).await.unwrap_err().code, "files.quota");
    let broken = futures::stream::iter([Ok(Bytes::from_static(b"x")), Err(std::io::Error::other("gone"))]);
    assert_eq!(folder.put(&me, "d", broken, MOST).await.unwrap_err().code, "files.body_broken");
    assert_eq!(folder.put(&me, "../d", body(b""), MOST).await.unwrap_err().code, "path.invalid");
    assert_eq!(std::fs::read_dir(home.join(TEMPORARY)).unwrap().count(), 0);
    assert_eq!(folder.list(&me, "*").unwrap().len(), 2);
    folder.delete_all(&me).unwrap();
    assert_eq!(folder.used(&me).unwrap(), 0);
}

#[test]
fn links_devices_and_pipes_are_refused() {
    let (root, folder, me, home) = folder();
    std::fs::write(root.path().join("secret"), "s").unwrap();
    std::fs::create_dir(home.join("dir")).unwrap();
    std::fs::write(home.join("dir/ok.csv"), "id\n").unwrap();
    symlink("../secret", home.join("out.csv")).unwrap();
    symlink("dir/ok.csv", home.join("in.csv")).unwrap();
    symlink("dir", home.join("link")).unwrap();
    symlink("/dev/zero", home.join("zero.csv")).unwrap();
    rustix::fs::mknodat(
        rustix::fs::CWD,
        home.join("pipe.csv"),
        rustix::fs::FileType::Fifo,
        Mode::from_raw_mode(0o600),
        0,
    )
    .unwrap();
    for (name, code) in [
        ("out.csv", "path.symlink"),
        ("in.csv", "path.symlink"),
        ("link/ok.csv", "path.symlink"),
        ("zero.csv", "path.symlink"),
        ("pipe.csv", "path.not_a_file"),
        ("dir", "path.not_a_file"),
        ("../secret", "path.invalid"),
    ] {
        let error = folder.open_file(&me, name).unwrap_err();
        assert!(
            error.code == code || (error.code == "path.not_a_folder" && name == "link/ok.csv"),
            "{name}: {error:?}"
        );
        assert!(error.remedy.is_some() && !error.message.contains("secret") || name == "../secret", "{error:?}");
    }
    let found: Vec<_> = folder.list(&me, "**").unwrap().into_iter().map(|e| e.path).collect();
    assert_eq!(found, ["dir/ok.csv"]);
    for i in 0..9 {
        std::fs::write(home.join(format!("{i}.tsv")), "").unwrap();
    }
    assert_eq!(folder.list(&me, "*.tsv").unwrap_err().code, "path.too_many_files");
    assert_eq!(folder.list(&me, "[").unwrap_err().code, "path.bad_pattern");
}

#[test]
fn a_folder_swapped_for_a_link_while_opening_never_leads_out() {
    let (root, folder, me, home) = folder();
    let outside = root.path().join("outside");
    for dir in [&outside, &home.join("d"), &home.join("spare")] {
        std::fs::create_dir_all(dir).unwrap();
    }
    std::fs::write(outside.join("f.csv"), "SECRET").unwrap();
    std::fs::write(home.join("spare/f.csv"), "mine").unwrap();
    std::fs::write(home.join("d/f.csv"), "mine").unwrap();
    let stop = AtomicBool::new(false);
    std::thread::scope(|threads| {
        threads.spawn(|| {
            while !stop.load(Ordering::Relaxed) {
                drop(std::fs::rename(home.join("d"), home.join("spare2")));
                drop(symlink(&outside, home.join("d")));
                drop(std::fs::remove_file(home.join("d")));
                drop(std::fs::rename(home.join("spare2"), home.join("d")));
            }
        });
        for _ in 0..5_000 {
            if let Ok(opened) = folder.open_file(&me, "d/f.csv") {
                assert_eq!(std::io::read_to_string(opened.file).unwrap(), "mine");
            }
        }
        stop.store(true, Ordering::Relaxed);
    });
}
