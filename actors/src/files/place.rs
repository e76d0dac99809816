//! Where files lie, as `files.url` says: nothing is a folder of the data directory, `file:///shared/folder` one that other
//! nodes share, `s3://bucket/prefix` a part of a bucket.

use std::path::{Path, PathBuf};

use autonomos_runtime::resilience::Guard;
use autonomos_runtime::{Ambient, Error, Result};
use object_store::aws::AmazonS3Builder;
use reqwest::Url;

use super::bucket::Bucket;
use super::disk::{Disk, Swept};
use super::{Folder, Quota};

/// See the module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// The node's own.
    Own(PathBuf),
    /// A folder that others use too.
    Shared(PathBuf),
    /// A bucket, and what its keys begin with; how to get there is in the environment, by the names that AWS gave.
    Bucket(String, String),
}

impl Place {
    /// What the setting means.
    pub fn of(url: &str, data: &Path) -> Result<Self> {
        if url.is_empty() {
            return Ok(Self::Own(data.to_owned()));
        }
        let refuse = |why: &str| {
            Error::invalid("config.bad", format!("files.url {why}"))
                .field("files.url")
                .remedy("Use file:///shared/folder, or s3://bucket/prefix, or leave it empty.")
        };
        let parsed = Url::parse(url).map_err(|e| refuse(&format!("is no address: {e}")))?;
        let plain = parsed.query().is_none() && parsed.fragment().is_none() && parsed.port().is_none();
        if !plain || !parsed.username().is_empty() || parsed.password().is_some() {
            return Err(refuse("holds more than a place; keys and the endpoint come from the environment (AWS_...)"));
        }
        match (parsed.scheme(), parsed.host_str().filter(|host| !host.is_empty())) {
            ("file", None) => match parsed.to_file_path() {
                Ok(path) if path != Path::new("/") => Ok(Self::Shared(path)),
                _ => Err(refuse("names no folder")),
            },
            ("file", Some(_)) => Err(refuse("names another machine: write file:/// with three slashes")),
            ("s3", Some(bucket)) => Ok(Self::Bucket(
                bucket.to_owned(),
                prefix(&parsed).ok_or_else(|| refuse("has a prefix that cannot be one"))?,
            )),
            ("s3", None) => Err(refuse("names no bucket")),
            (scheme, _) => Err(refuse(&format!("begins with {scheme}:, which is not known here"))),
        }
    }

    /// A room of it (`files`, `exports`), with a folder for each tenant; `guard` stands around calls to a bucket.
    pub fn folder(&self, room: &str, quota: Quota, guard: &Guard, ambient: Ambient) -> Result<Folder> {
        match self {
            Self::Own(root) => Folder::open(root.join(room), quota, ambient),
            Self::Shared(root) => {
                let disk = Disk::open(&root.join(room), Swept::Forgotten(ambient.now()))?;
                Ok(Folder::over(Box::new(disk), quota, ambient))
            }
            Self::Bucket(bucket, prefix) => {
                let builder = AmazonS3Builder::from_env().with_bucket_name(bucket);
                Folder::in_bucket(builder, &format!("{prefix}{room}"), quota, guard, ambient)
            }
        }
    }
}

/// What keys begin with: nothing, or parts that each end with a slash.
fn prefix(url: &Url) -> Option<String> {
    let mut out = String::new();
    for part in url.path().split('/').filter(|part| !part.is_empty()) {
        let plain = part.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.=".contains(&b));
        if !plain || part.starts_with('.') {
            return None;
        }
        out.push_str(part);
        out.push('/');
    }
    Some(out)
}

impl Folder {
    /// All tenants' folders live in a bucket, beneath `prefix`.
    pub fn in_bucket(
        builder: AmazonS3Builder,
        prefix: &str,
        quota: Quota,
        guard: &Guard,
        ambient: Ambient,
    ) -> Result<Self> {
        let bucket = Bucket::open(builder, prefix, quota.file, guard)?;
        Ok(Self::over(Box::new(bucket), quota, ambient))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_setting_means() {
        let of = |url: &str| Place::of(url, Path::new("/data"));
        let bucket = |name: &str, prefix: &str| Place::Bucket(name.to_owned(), prefix.to_owned());
        for (url, place) in [
            ("", Place::Own("/data".into())),
            ("file:///shared/a%20folder", Place::Shared("/shared/a folder".into())),
            ("s3://one", bucket("one", "")),
            ("s3://one/", bucket("one", "")),
            ("s3://my-bucket.eu/prod/autonomos/", bucket("my-bucket.eu", "prod/autonomos/")),
        ] {
            assert_eq!(of(url).unwrap(), place, "{url}");
        }
        for bad in [
            "shared/folder",
            "/shared/folder",
            "file://server/folder",
            "file:///",
            "s3://",
            "s3:///prefix",
            "s3://key:secret@bucket/x",
            "s3://bucket:9000/x",
            "s3://bucket/x?region=eu",
            "s3://bucket/../x y",
            "s3://bucket/.hidden",
            "gs://bucket",
            "http://host/bucket",
        ] {
            let error = of(bad).unwrap_err();
            assert_eq!((error.code, error.field.as_deref()), ("config.bad", Some("files.url")), "{bad}");
            assert!(!error.message.contains("secret"), "{bad}");
        }
    }
}
