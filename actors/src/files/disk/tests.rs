//! The folder of a disk against links, devices and races, and what interrupted uploads leave.

use crate::testkit::s3::guard;
use std::os::unix::fs::symlink;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, SystemTime};

use super::*;
use crate::files::tests::{MOST, QUOTA, body, scope};
use crate::files::{Folder, Place};
use autonomos_runtime::Ambient;

fn folder() -> (tempfile::TempDir, Folder, Scope, PathBuf) {
    let root = tempfile::tempdir().unwrap();
    let folder = Folder::open(root.path(), QUOTA, Ambient::system()).unwrap();
    let home = root.path().join(scope(1).tenant().to_string());
    std::fs::create_dir_all(&home).unwrap();
    (root, folder, scope(1), home)
}

#[tokio::test]
async fn a_broken_upload_leaves_no_draft() {
    let (_root, folder, me, home) = folder();
    folder.put(&me, "crm/b.csv", body(b""), MOST).await.unwrap();
    assert_eq!(folder.put(&me, "big", body(&[b'x'; 1_001]), MOST).await.unwrap_err().code, "files.too_large");
    assert_eq!(std::fs::read_dir(home.join(TEMPORARY)).unwrap().count(), 0);
    // A folder of a disk knows what is a folder and what is a file.
    assert_eq!(folder.put(&me, "crm/b.csv/x", body(b""), MOST).await.unwrap_err().code, "path.not_a_folder");
    assert_eq!(folder.open_file(&me, "crm").unwrap_err().code, "path.not_a_file");
}

#[test]
fn drafts_of_other_nodes_are_left_alone() {
    let root = tempfile::tempdir().unwrap();
    let url = format!("file://{}", root.path().display());
    let place = Place::of(&url, Path::new("/nowhere")).unwrap();
    let drafts = root.path().join("files").join(scope(1).tenant().to_string()).join(TEMPORARY);
    std::fs::create_dir_all(&drafts).unwrap();
    for (name, age) in [("fresh", 60), ("forgotten", 25 * 3600)] {
        let file = std::fs::File::create(drafts.join(name)).unwrap();
        file.set_modified(SystemTime::from(Ambient::system().now()) - Duration::from_secs(age)).unwrap();
    }
    place.folder("files", QUOTA, &guard(), Ambient::system()).unwrap();
    let left: Vec<_> = std::fs::read_dir(&drafts).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert_eq!(left, ["fresh"], "somebody may be writing it");
    Folder::open(root.path().join("files"), QUOTA, Ambient::system()).unwrap();
    assert!(!drafts.exists(), "in a folder of one's own there is nobody else");
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
                assert_eq!(std::io::read_to_string(opened.content).unwrap(), "mine");
            }
        }
        stop.store(true, Ordering::Relaxed);
    });
}
