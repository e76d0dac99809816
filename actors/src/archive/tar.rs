//! Members of a tar archive as bytes, so that they can be streamed. Pure.

use autonomos_runtime::{Error, Result};
use bytes::Bytes;

/// What everything in a tar is a multiple of.
const BLOCK: usize = 512;

/// A file inside.
#[derive(Clone, Debug)]
pub struct Member {
    /// Its name inside.
    pub name: String,
    /// What it holds.
    pub content: Vec<u8>,
    /// Seconds since 1970.
    pub modified: u64,
}

impl Member {
    /// Its header, its content and what fills the last block.
    pub fn encode(self) -> Result<Bytes> {
        let mut header = tar::Header::new_ustar();
        header.set_path(&self.name).map_err(|e| Error::internal("export.name", "a name does not fit").source(e))?;
        header.set_size(self.content.len() as u64);
        header.set_mode(0o644);
        header.set_mtime(self.modified);
        header.set_entry_type(tar::EntryType::Regular);
        header.set_cksum();
        let padded = self.content.len().next_multiple_of(BLOCK);
        let mut out = Vec::with_capacity(BLOCK + padded);
        out.extend_from_slice(header.as_bytes());
        out.extend_from_slice(&self.content);
        out.resize(BLOCK + padded, 0);
        Ok(out.into())
    }
}

/// What ends an archive.
pub fn end() -> Bytes {
    Bytes::from_static(&[0; 2 * BLOCK])
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;

    #[test]
    fn what_is_written_is_read_back_by_others() {
        let mut archive = Vec::new();
        for (name, content) in [("a.jsonl", "{}\n".repeat(500)), ("audit/000001.jsonl", String::new())] {
            let member = Member { name: name.into(), content: content.into_bytes(), modified: 1_700_000_000 };
            archive.extend_from_slice(&member.encode().unwrap());
        }
        archive.extend_from_slice(&end());
        let mut read = tar::Archive::new(&archive[..]);
        let members: Vec<(String, usize)> = read
            .entries()
            .unwrap()
            .map(|entry| {
                let mut entry = entry.unwrap();
                let mut text = String::new();
                entry.read_to_string(&mut text).unwrap();
                (entry.path().unwrap().display().to_string(), text.len())
            })
            .collect();
        assert_eq!(members, [("a.jsonl".to_owned(), 1500), ("audit/000001.jsonl".to_owned(), 0)]);
    }
}
