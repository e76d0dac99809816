//! What a bucket does that a disk does not: parts, pages, a network that fails, keys that do not fit.

use std::io::Read as _;

use autonomos_runtime::Ambient;
use futures::stream;
use hyper::Method;
use tokio::runtime::Runtime;

use super::*;
use crate::files::tests::scope;
use crate::files::{Folder, Quota};
use crate::testkit::s3::{Fault, S3, guard};

const MOST: u64 = 1 << 30;

struct Bench {
    runtime: Runtime,
    s3: S3,
    folder: Folder,
}

fn bench() -> Bench {
    let runtime = Runtime::new().unwrap();
    let s3 = runtime.block_on(S3::start());
    let folder = {
        let _inside = runtime.enter();
        Folder::in_bucket(s3.client(), "files", Quota::default(), &guard(), Ambient::system()).unwrap()
    };
    Bench { runtime, s3, folder }
}

fn letters(length: usize) -> Vec<u8> {
    (0..length).map(|i| b'a' + (i / 1000 % 26) as u8).collect()
}

impl Bench {
    fn put(&self, name: &str, bytes: &[u8]) -> Result<()> {
        let pieces: Vec<_> =
            bytes.chunks(100_000).map(|c| Ok::<_, std::io::Error>(Bytes::copy_from_slice(c))).collect();
        self.runtime.block_on(self.folder.put(&scope(1), name, stream::iter(pieces), MOST)).map(drop)
    }

    fn read(&self, name: &str) -> Result<Vec<u8>> {
        let mut bytes = Vec::new();
        let read = self.folder.open_file(&scope(1), name)?.content.read_to_end(&mut bytes);
        read.map(|_| bytes).map_err(|e| e.downcast().unwrap())
    }

    /// What was asked, without the keys.
    fn asked(&self) -> Vec<String> {
        let home = format!("files/{}/", scope(1).tenant());
        self.s3.asked().into_iter().map(|asked| asked.replace(&home, "")).collect()
    }
}

#[test]
fn a_large_file_is_put_in_parts_and_read_as_one() {
    let b = bench();
    let text = letters(20_000_000);
    b.put("large", &text).unwrap();
    let asked = b.asked();
    let parts = asked.iter().filter(|a| a.starts_with("PUT large partNumber=")).count();
    assert_eq!((parts, b.s3.unfinished()), (3, 0), "{asked:?}");
    assert_eq!(b.read("large").unwrap(), text);
    assert_eq!(b.asked(), ["HEAD large ", "GET large bytes=0-19999999"], "one request brings all of it");
    b.put("small", b"x").unwrap();
    assert!(b.asked().contains(&"PUT small ".to_owned()), "a small one is one request");
}

#[test]
fn an_upload_that_ends_early_takes_its_parts_back() {
    let b = bench();
    b.put("f", b"before").unwrap();
    let pieces =
        (0..12).map(|i| if i < 11 { Ok(Bytes::from(letters(1 << 20))) } else { Err(std::io::Error::other("gone")) });
    let put = b.runtime.block_on(b.folder.put(&scope(1), "f", stream::iter(pieces), MOST));
    assert_eq!(put.unwrap_err().code, "files.body_broken");
    let aborted = |asked: &String| asked.starts_with("DELETE f uploadId=");
    let mut asked = b.asked();
    while !asked.iter().any(aborted) {
        std::thread::yield_now();
        asked.extend(b.asked());
    }
    assert!(asked.iter().any(|a| a.starts_with("PUT f partNumber=1")), "{asked:?}");
    assert_eq!((b.read("f").unwrap(), b.s3.unfinished()), (b"before".to_vec(), 0));
}

#[test]
fn what_fails_in_passing_is_done_again() {
    let b = bench();
    let text = letters(9_000_000);
    b.s3.fail([Fault::Status(Method::POST, 503), Fault::Lost(Method::PUT), Fault::Status(Method::PUT, 500)]);
    b.put("f", &text).unwrap();
    // A body that breaks off, again and again, is gone on with where it broke.
    b.s3.fail([3_000_000, 10, 4_000_000].map(|after| Fault::Cut(Method::GET, after)));
    b.asked();
    assert_eq!(b.read("f").unwrap(), text);
    let first = |asked: String| asked.strip_prefix("GET f bytes=")?.split_once('-')?.0.parse::<u64>().ok();
    let begun: Vec<u64> = b.asked().into_iter().filter_map(first).collect();
    assert!(begun.len() == 4 && begun.is_sorted() && begun[3] > 3_000_000, "{begun:?}");
    b.s3.fail([Fault::Status(Method::GET, 500)]);
    assert_eq!(b.folder.list(&scope(1), "*").unwrap().len(), 1);
}

#[test]
fn what_fails_for_good_is_said_and_leaves_what_was() {
    let b = bench();
    b.put("f", b"before").unwrap();
    b.s3.fail([Fault::Status(Method::PUT, 403)]);
    let error = b.put("f", b"after").unwrap_err();
    assert_eq!((error.code, error.retryable()), ("files.away", true));
    assert!(error.remedy.is_some() && !error.message.contains("AKID"), "{error:?}");
    assert_eq!(b.read("f").unwrap(), b"before");
}

#[test]
fn a_file_replaced_while_it_is_read_is_never_a_mixture() {
    let b = bench();
    let (old, new) = (letters(3_000_000), vec![b'-'; 3_000_000]);
    b.put("f", &old).unwrap();
    let mut opened = b.folder.open_file(&scope(1), "f").unwrap();
    let mut head = vec![0; 1000];
    opened.content.read_exact(&mut head).unwrap();
    assert_eq!(head, old[..1000]);
    b.put("f", &new).unwrap();
    // What is under way is the old one to its end; what is begun anew is refused.
    let mut again = opened.content.try_clone().unwrap();
    let mut rest = Vec::new();
    opened.content.read_to_end(&mut rest).unwrap();
    assert_eq!(rest, old[1000..]);
    let error: Error = again.read(&mut head).unwrap_err().downcast().unwrap();
    assert_eq!((error.code, error.retryable()), ("file.changed", true));
    assert_eq!(b.read("f").unwrap(), new);
}

#[test]
fn a_bucket_that_cannot_be_used_is_named_with_the_setting() {
    let b = bench();
    let _inside = b.runtime.enter();
    let with =
        |builder| Folder::in_bucket(builder, "files", Quota::default(), &guard(), Ambient::system()).unwrap().check();
    with(b.s3.client()).unwrap();
    for builder in [b.s3.client().with_secret_access_key("wrong"), b.s3.client().with_bucket_name("elsewhere")] {
        let error = with(builder).unwrap_err();
        assert_eq!((error.code, error.field.as_deref()), ("files.no_root", Some("files.url")));
        assert!(error.remedy.is_some(), "{error:?}");
    }
    // Without AWS_ALLOW_HTTP nothing is sent in the clear.
    b.asked();
    assert!(with(b.s3.client().with_allow_http(false)).is_err());
    assert_eq!(b.asked(), Vec::<String>::new());
}

#[test]
fn parts_are_large_enough_for_the_largest_file() {
    let b = bench();
    let _inside = b.runtime.enter();
    let part = |largest| Bucket::open(b.s3.client(), "", largest, &guard()).unwrap().part as u64;
    assert_eq!(part(10 << 30), SMALLEST_PART);
    assert!(part(5 << 40) * MOST_PARTS >= 5 << 40);
}
