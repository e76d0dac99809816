//! The same passes over files in a bucket: the contract holds, changes are told as on a disk, and a bucket that does not
//! answer is not a damaged file.

use bytes::Bytes;
use hyper::Method;

use super::*;
use crate::testkit::s3::{Fault, S3, guard};

struct Cloud {
    s3: S3,
    folder: Folder,
    scope: Scope,
}

impl Cloud {
    async fn new() -> Self {
        let (s3, ambient) = (S3::start().await, Ambient::system());
        let scope = Scope::new(TenantId::new(&ambient), Actor::System("test"), TraceId::new(&ambient));
        let folder = Folder::in_bucket(s3.client(), "files", Quota::default(), &guard(), ambient).unwrap();
        Self { s3, folder, scope }
    }

    async fn put(&self, name: &str, bytes: impl AsRef<[u8]>) {
        let body = futures::stream::iter([Ok::<_, std::io::Error>(Bytes::copy_from_slice(bytes.as_ref()))]);
        self.folder.put(&self.scope, name, body, u64::MAX).await.unwrap();
    }

    fn files(&self, path: &str) -> Files {
        let settings = serde_json::from_value(serde_json::json!({ "path": path })).unwrap();
        Files::new(self.folder.clone(), settings).unwrap()
    }

    async fn read(&self, files: &Files, cursor: Option<String>) -> (Vec<String>, Option<String>, Option<Error>) {
        let (mut rows, mut last, mut error) = (Vec::new(), cursor.clone(), None);
        let mut stream = files.read(&self.scope, &files.stream, cursor, &small()).await.unwrap();
        while let Some(batch) = stream.next().await {
            match batch {
                Ok(batch) => {
                    let text = |i| arrow::util::display::array_value_to_string(batch.columns.column(0), i).unwrap();
                    rows.extend((0..batch.columns.num_rows()).map(text));
                    last = Some(batch.to);
                }
                Err(e) => error = Some(e),
            }
        }
        (rows, last, error)
    }
}

#[tokio::test]
async fn it_keeps_the_contract() {
    let cloud = Cloud::new().await;
    let csv = lines(20, |i| if i == 7 { "bad\n".to_owned() } else { format!("k{i},\"a\n{i}\"\n") });
    cloud.put("crm/one_1.csv", format!("id,v\n{csv}")).await;
    cloud.put("crm/one_2.csv", "id,v\nz,1\n").await;
    cloud.put("two.jsonl", lines(20, |i| format!("{{\"id\":{i},\"n\":{{\"v\":{i}.5}}}}\n"))).await;
    cloud.put("three.parquet", parquet(20)).await;
    for path in ["crm/one_*.csv", "two.jsonl", "three.parquet"] {
        let files = cloud.files(path);
        let limits = Limits { batch_rows: 6, ..Limits::default() };
        crate::connector::conformance::holds(&files, &cloud.scope, &files.stream, &limits).await.unwrap();
    }
}

#[tokio::test]
async fn only_changes_are_read_again() {
    let cloud = Cloud::new().await;
    cloud.put("deals_1.csv", "id,v\na,1\nb,2\nc,3\n").await;
    cloud.put("deals_2.csv", "id,v\nd,4\n").await;
    let files = cloud.files("deals*.csv");
    let (rows, end, _) = cloud.read(&files, None).await;
    assert_eq!(rows, ["a", "b", "c", "d"]);
    let cursors = [(files.stream.clone(), end.clone().unwrap())].into();
    assert!(!files.has_news(&cloud.scope, &cursors).await.unwrap());
    cloud.s3.asked();
    assert_eq!(cloud.read(&files, end.clone()).await.0, Vec::<String>::new());
    assert!(cloud.s3.asked().iter().all(|asked| asked.contains("list-type=2")), "nothing is fetched to see that");
    cloud.put("deals_1.csv", "id,v\na,1\nb,2\nc,3\n").await;
    assert_eq!(cloud.read(&files, end.clone()).await.0, Vec::<String>::new(), "the same content again");
    cloud.put("deals_2.csv", "id,v\nd,5\n").await;
    assert!(files.has_news(&cloud.scope, &cursors).await.unwrap());
    assert_eq!(cloud.read(&files, end).await.0, ["d"]);
}

#[tokio::test]
async fn a_bucket_that_fails_is_no_damaged_file() {
    let cloud = Cloud::new().await;
    cloud.put("good.parquet", parquet(20)).await;
    cloud.put("good.csv", "id\n1\n").await;
    for path in ["good.parquet", "good.csv"] {
        let files = cloud.files(path);
        // Whichever request it meets: that for the file's end, for all of it, or for a group of its rows.
        for served in 0..4 {
            cloud.s3.fail(std::iter::repeat_n(Fault::Cut(Method::GET, usize::MAX), served));
            cloud.s3.fail([Fault::Status(Method::GET, 403)]);
            let (_, _, error) = cloud.read(&files, None).await;
            let met = cloud.s3.forgive() == 0;
            assert!(!met || error.is_some_and(|e| e.code == "files.away" && e.retryable()), "{path} {served}");
            assert!(met || served > 0, "the first request is met");
        }
        assert!(cloud.read(&files, None).await.2.is_none());
    }
    cloud.put("bad.parquet", b"PAR1 and then nothing").await;
    let error = cloud.files("bad.parquet").check(&cloud.scope).await.unwrap_err();
    assert_eq!(error.code, "parquet.broken");
}

#[tokio::test]
async fn a_file_replaced_under_the_reader_is_one_or_the_other() {
    let cloud = Cloud::new().await;
    let (old, new) = (lines(4000, |i| format!("old{i}\n")), lines(4000, |i| format!("new{i}\n")));
    cloud.put("a.csv", format!("id\n{old}")).await;
    let files = cloud.files("a.csv");
    let limits = Limits { batch_rows: 1000, ..Limits::default() };
    let mut stream = files.read(&cloud.scope, "a", None, &limits).await.unwrap();
    let first = stream.next().await.unwrap().unwrap();
    cloud.put("a.csv", format!("id\n{new}")).await;
    drop(stream);
    // The rest is not what was begun, so it is read from its start.
    let (rows, ..) = cloud.read(&files, Some(first.to)).await;
    assert_eq!((rows.len(), rows[0].as_str()), (4000, "new0"));
}
