//! What holds of the tenant's folder wherever it lies: one suite, run over a disk, a shared disk and a bucket.

use std::io::{Read as _, Seek as _, SeekFrom};

use autonomos_runtime::Actor;
use autonomos_runtime::ids::TraceId;
use bytes::Bytes;
use futures::{Stream, TryStreamExt as _};
use tokio::runtime::Runtime;

use super::*;
use crate::testkit::s3::{S3, guard};

/// Bytes of all files.
pub const MOST: u64 = 2_500;
pub const QUOTA: Quota = Quota { file: 1_000, matches: 5 };

pub fn scope(n: u32) -> Scope {
    let tenant: TenantId = format!("00000000-0000-0000-0000-{n:012}").parse().unwrap();
    Scope::new(tenant, Actor::System("test"), TraceId::new(&Ambient::system()))
}

pub fn body(bytes: &[u8]) -> impl Stream<Item = Result<Bytes, std::io::Error>> + Unpin + Send + use<> {
    futures::stream::iter(bytes.chunks(7).map(|c| Ok(Bytes::copy_from_slice(c))).collect::<Vec<_>>())
}

#[test]
fn of_a_disk() {
    let root = tempfile::tempdir().unwrap();
    suite(&Folder::open(root.path(), QUOTA, Ambient::system()).unwrap(), &Runtime::new().unwrap());
}

#[test]
fn of_a_shared_disk() {
    let root = tempfile::tempdir().unwrap();
    let url = format!("file://{}/shared", root.path().display());
    let place = Place::of(&url, Path::new("/nowhere")).unwrap();
    suite(&place.folder("files", QUOTA, &guard(), Ambient::system()).unwrap(), &Runtime::new().unwrap());
    assert!(root.path().join("shared/files").exists());
}

#[test]
fn of_a_bucket() {
    let runtime = Runtime::new().unwrap();
    let s3 = runtime.block_on(S3::start());
    let _inside = runtime.enter();
    s3.page(2);
    let folder = Folder::in_bucket(s3.client(), "prod/files", QUOTA, &guard(), Ambient::system()).unwrap();
    suite(&folder, &runtime);
    assert_eq!(s3.keys(), [format!("prod/files/{}/a.csv", scope(2).tenant())], "the other tenant's is all there is");
}

fn suite(folder: &Folder, runtime: &Runtime) {
    folder.check().unwrap();
    belongs_to_its_tenant(folder, runtime);
    is_read_from_anywhere(folder, runtime);
    is_bounded(folder, runtime);
    keeps_notes(folder);
    goes_whole(folder, runtime);
}

fn names(folder: &Folder, scope: &Scope, pattern: &str) -> Vec<String> {
    folder.list(scope, pattern).unwrap().into_iter().map(|e| e.path).collect()
}

fn belongs_to_its_tenant(folder: &Folder, runtime: &Runtime) {
    let me = scope(1);
    let put = |name: &str, bytes: &[u8]| runtime.block_on(folder.put(&me, name, body(bytes), MOST));
    let stored = put("crm/a.csv", b"id\n1\n").unwrap();
    assert_eq!((stored.path.as_str(), stored.size), ("crm/a.csv", 5));
    assert_eq!(stored.sha256, hex::encode(<sha2::Sha256 as sha2::Digest>::digest(b"id\n1\n")));
    put("crm/b.csv", b"").unwrap();
    put("crm/2024/ä & b+c%20.csv", b"x").unwrap();
    assert_eq!(names(folder, &me, "crm/*.csv"), ["crm/a.csv", "crm/b.csv"]);
    assert_eq!(names(folder, &me, "**/a.csv"), ["crm/a.csv"]);
    assert_eq!(names(folder, &me, "crm/**"), ["crm/2024/ä & b+c%20.csv", "crm/a.csv", "crm/b.csv"]);
    assert_eq!(names(folder, &me, "*.csv"), Vec::<String>::new());
    assert_eq!(names(folder, &me, "crm/b.csv"), ["crm/b.csv"]);
    assert_eq!(names(folder, &me, "cr*"), Vec::<String>::new());
    assert_eq!(names(folder, &scope(2), "**"), Vec::<String>::new());
    assert_eq!(folder.open_file(&scope(2), "crm/a.csv").unwrap_err().code, "file.not_found");
    for bad in ["../a", "/etc/passwd", ".notes/x", "crm/../../a"] {
        assert_eq!(folder.open_file(&me, bad).unwrap_err().code, "path.invalid", "{bad}");
        assert_eq!(put(bad, b"").unwrap_err().code, "path.invalid", "{bad}");
        assert_eq!(folder.delete(&me, bad).unwrap_err().code, "path.invalid", "{bad}");
    }
    assert!(!folder.delete(&scope(2), "crm/a.csv").unwrap());
    for name in ["crm/a.csv", "crm/b.csv", "crm/2024/ä & b+c%20.csv"] {
        assert!(folder.delete(&me, name).unwrap(), "{name}");
        assert!(!folder.delete(&me, name).unwrap(), "{name}");
    }
}

fn is_read_from_anywhere(folder: &Folder, runtime: &Runtime) {
    let me = scope(1);
    let text: Vec<u8> = (0..900_u32).map(|i| (i % 251) as u8).collect();
    let put = |bytes: &[u8]| runtime.block_on(folder.put(&me, "f", body(bytes), MOST)).unwrap();
    put(&text);
    let mut opened = folder.open_file(&me, "f").unwrap();
    assert_eq!(opened.identity, opened.content.identity().unwrap());
    assert_eq!(
        [opened.identity],
        folder.list(&me, "f*").unwrap().into_iter().map(|e| e.identity).collect::<Vec<_>>()[..]
    );
    let mut part = [0; 10];
    for (to, at) in
        [(SeekFrom::Start(500), 500), (SeekFrom::Current(-20), 490), (SeekFrom::End(-10), 890), (SeekFrom::Start(3), 3)]
    {
        assert_eq!(opened.content.seek(to).unwrap(), at);
        opened.content.read_exact(&mut part).unwrap();
        assert_eq!(part, text[at as usize..][..10]);
    }
    assert_eq!(opened.content.seek(SeekFrom::Start(5_000)).unwrap(), 5_000);
    assert_eq!(opened.content.read(&mut part).unwrap(), 0);
    assert!(opened.content.seek(SeekFrom::Current(-6_000)).is_err());
    let mut other = opened.content.try_clone().unwrap();
    other.rewind().unwrap();
    let mut all = Vec::new();
    other.read_to_end(&mut all).unwrap();
    assert_eq!(all, text);
    let fresh = folder.open_file(&me, "f").unwrap().content;
    let streamed: Vec<Bytes> = runtime.block_on(fresh.into_stream().try_collect()).unwrap();
    assert_eq!(streamed.concat(), text);
    let before = folder.open_file(&me, "f").unwrap().identity;
    put(b"something else");
    assert_ne!(folder.open_file(&me, "f").unwrap().identity, before);
    folder.delete(&me, "f").unwrap();
}

fn is_bounded(folder: &Folder, runtime: &Runtime) {
    let me = scope(1);
    let put = |name: &str, bytes: &[u8]| runtime.block_on(folder.put(&me, name, body(bytes), MOST));
    assert_eq!(put("big", &[b'x'; 1_001]).unwrap_err().code, "files.too_large");
    for name in ["a", "b"] {
        put(name, &[b'x'; 1_000]).unwrap();
    }
    put("a", &[b'y'; 1_000]).unwrap();
    assert_eq!(folder.used(&me).unwrap(), 2_000, "a replaced file counts once");
    assert_eq!(put("c", &[b'x'; 600]).unwrap_err().code, "files.quota");
    let broken = futures::stream::iter([Ok(Bytes::from_static(b"x")), Err(std::io::Error::other("gone"))]);
    assert_eq!(runtime.block_on(folder.put(&me, "d", broken, MOST)).unwrap_err().code, "files.body_broken");
    assert_eq!(names(folder, &me, "*"), ["a", "b"], "what was refused left nothing");
    for i in 0..4 {
        put(&format!("{i}.tsv"), b"").unwrap();
    }
    assert_eq!(folder.list(&me, "*").unwrap_err().code, "path.too_many_files");
    assert_eq!(folder.list(&me, "[").unwrap_err().code, "path.bad_pattern");
}

fn keeps_notes(folder: &Folder) {
    let me = scope(1);
    assert_eq!(folder.note(&me, "s-1").unwrap(), None);
    for (name, kept) in [("s-1", ""), ("s-2", "s-1"), ("t-1", "")] {
        let beginning = name.split_at(2).0;
        folder.put_note(&me, name, name.as_bytes(), beginning, kept).unwrap();
    }
    folder.put_note(&me, "s-3", b"s-3", "s-", "s-2").unwrap();
    let there = ["s-1", "s-2", "s-3", "t-1"].map(|name| folder.note(&me, name).unwrap().is_some());
    assert_eq!(there, [false, true, true, true]);
    assert_eq!(folder.note(&scope(2), "s-3").unwrap(), None);
    assert!(!names(folder, &me, "**/s-3").contains(&"s-3".to_owned()), "a note is no file");
}

fn goes_whole(folder: &Folder, runtime: &Runtime) {
    runtime.block_on(folder.put(&scope(2), "a.csv", body(b"id\n"), MOST)).unwrap();
    folder.delete_all(&scope(1)).unwrap();
    folder.delete_all(&scope(1)).unwrap();
    assert_eq!((folder.used(&scope(1)).unwrap(), folder.note(&scope(1), "s-3").unwrap()), (0, None));
    assert_eq!(names(folder, &scope(2), "**"), ["a.csv"]);
}
