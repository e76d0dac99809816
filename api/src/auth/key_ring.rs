//! Keys that sign access tokens and can be changed while the node runs: a file beside the data, each key in it sealed
//! under the node's secret. `autonomos keys rotate` puts a new one in front; the node reads the file again when it has
//! changed. The one before signs nothing from then on and is taken until the last token it signed has ended. An empty
//! ring, which is how every node begins, leaves signing to the key derived from the secret.
//!
//! A crash in the middle of a rotation leaves the file as it was: the new one is written beside it and takes its place
//! whole. Two rotations at once take turns.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use autonomos_runtime::secrets::{Purpose, Sealer};
use autonomos_runtime::{Ambient, Error, Result};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::token::{ACCESS_SECONDS, LEEWAY};

/// How long a node may go on signing with a key after another took its place, in seconds.
const UNAWARE: i64 = 60;

/// How a key signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
pub enum Kind {
    /// A secret that only this installation has.
    #[serde(rename = "HS256")]
    #[value(name = "HS256")]
    Hs256,
    /// A private key whose public half is at `/.well-known/jwks.json`.
    #[serde(rename = "EdDSA")]
    #[value(name = "EdDSA")]
    EdDsa,
}

/// One key.
#[derive(Clone)]
pub struct RingKey {
    /// Its name in tokens.
    pub kid: String,
    /// How it signs.
    pub kind: Kind,
    /// When it began to sign, in seconds since 1970.
    pub made_at: i64,
    /// When another took its place.
    pub retired_at: Option<i64>,
    /// 32 bytes: the secret, or the seed of the private key.
    pub material: Zeroizing<[u8; 32]>,
}

/// As the file has it.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Kept {
    kid: String,
    algorithm: Kind,
    made_at: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    retired_at: Option<i64>,
    sealed: String,
}

/// The file.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Book {
    since: i64,
    keys: Vec<Kept>,
}

/// Keys in the order they were made; the last one signs.
#[derive(Clone, Default)]
pub struct Ring {
    /// When the first one took over from the key derived from the secret.
    since: Option<i64>,
    keys: Vec<RingKey>,
}

impl std::fmt::Debug for Ring {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Ring({} keys)", self.keys.len())
    }
}

/// Until when tokens of a key that was retired then are taken.
pub const fn taken_until(retired_at: i64) -> i64 {
    retired_at + ACCESS_SECONDS + LEEWAY + UNAWARE
}

impl Ring {
    /// Where the ring of a data directory is.
    pub fn path(data_dir: &Path) -> PathBuf {
        data_dir.join("token-keys.json")
    }

    /// Of what the file says. Nothing there is an empty ring.
    pub fn parse(text: &[u8], sealer: &Sealer) -> Result<Self> {
        if text.is_empty() {
            return Ok(Self::default());
        }
        let book: Book = serde_json::from_slice(text).map_err(|e| unreadable().source(e))?;
        let keys = book.keys.into_iter().map(|kept| kept.open(sealer)).collect::<Result<_>>()?;
        Ok(Self { since: Some(book.since), keys })
    }

    /// Reads the file.
    pub fn read(path: &Path, sealer: &Sealer) -> Result<Self> {
        match std::fs::read(path) {
            Ok(text) => Self::parse(&text, sealer),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(Self::default()),
            Err(e) => Err(unreadable().source(e)),
        }
    }

    /// The keys whose tokens are taken at that moment, in order; the last one signs.
    pub fn in_force(&self, now: i64) -> impl Iterator<Item = &RingKey> {
        self.keys.iter().filter(move |key| key.retired_at.is_none_or(|at| now < taken_until(at)))
    }

    /// When the ring took over from the key derived from the secret.
    pub const fn since(&self) -> Option<i64> {
        self.since
    }

    /// The key that signs.
    pub fn current(&self) -> Option<&RingKey> {
        self.keys.last()
    }

    /// With a new key in front, the one before retired, and the ones that are past left out.
    #[must_use]
    fn rotated(&self, kind: Kind, now: i64, ambient: &Ambient) -> Self {
        let mut keys: Vec<RingKey> = self.in_force(now).cloned().collect();
        for key in &mut keys {
            key.retired_at.get_or_insert(now);
        }
        let material = Zeroizing::new(ambient.bytes::<32>());
        let kid = hex::encode(ambient.bytes::<8>());
        keys.push(RingKey { kid, kind, made_at: now, retired_at: None, material });
        Self { since: Some(self.since.unwrap_or(now)), keys }
    }

    /// Rotates the ring of a file and says which key signs now. Blocking.
    pub fn rotate(path: &Path, kind: Option<Kind>, sealer: &Sealer, ambient: &Ambient) -> Result<RingKey> {
        let unwritable = |e: std::io::Error| {
            Error::unavailable("keys.file", "the keys cannot be written")
                .remedy("Check that the data directory exists and that this user may write to it.")
                .source(e)
        };
        let turn = File::options().create(true).truncate(false).write(true).open(path.with_extension("lock"));
        let turn = turn.map_err(unwritable)?;
        turn.lock().map_err(unwritable)?;
        let before = Self::read(path, sealer)?;
        let kind = kind.or_else(|| before.current().map(|key| key.kind)).unwrap_or(Kind::Hs256);
        let ring = before.rotated(kind, ambient.now().timestamp(), ambient);
        let keys = ring.keys.iter().map(|key| Kept::seal(key, sealer)).collect::<Result<_>>()?;
        let book = Book { since: ring.since.unwrap_or_default(), keys };
        let text = serde_json::to_vec_pretty(&book).map_err(|e| unreadable().source(e))?;
        let beside = path.with_extension("new");
        let written = || {
            let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&beside)?;
            file.write_all(&text)?;
            file.sync_all()?;
            std::fs::rename(&beside, path)?;
            path.parent().map_or(Ok(()), |dir| File::open(dir)?.sync_all())
        };
        written().map_err(unwritable)?;
        drop(turn);
        ring.current().cloned().ok_or_else(unreadable)
    }
}

impl Kept {
    fn seal(key: &RingKey, sealer: &Sealer) -> Result<Self> {
        let sealed = sealer.seal_own(&Purpose::token_key(&key.kid), key.material.as_slice())?;
        Ok(Self {
            kid: key.kid.clone(),
            algorithm: key.kind,
            made_at: key.made_at,
            retired_at: key.retired_at,
            sealed: STANDARD.encode(sealed),
        })
    }

    fn open(self, sealer: &Sealer) -> Result<RingKey> {
        let sealed = STANDARD.decode(&self.sealed).map_err(|e| unreadable().source(e))?;
        let opened = sealer.open_own(&Purpose::token_key(&self.kid), &sealed)?;
        let material = <[u8; 32]>::try_from(opened.as_slice()).map_err(|e| unreadable().source(e))?;
        Ok(RingKey {
            kid: self.kid,
            kind: self.algorithm,
            made_at: self.made_at,
            retired_at: self.retired_at,
            material: Zeroizing::new(material),
        })
    }
}

fn unreadable() -> Error {
    Error::unavailable("keys.unreadable", "the keys for tokens cannot be read")
        .remedy("Restore token-keys.json of the data directory, or remove it: everybody then signs in again.")
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use autonomos_runtime::clock::ManualClock;

    use super::*;

    #[test]
    fn a_rotation_retires_the_one_before_and_forgets_what_is_past() {
        let clock = ManualClock::at(chrono::DateTime::from_timestamp(1_700_000_000, 0).unwrap());
        let ambient = Ambient::manual(clock.clone(), 1);
        let sealer = Sealer::new(ambient.clone(), "a secret that is long enough", &[]);
        let dir = tempfile::tempdir().unwrap();
        let path = Ring::path(dir.path());
        assert!(Ring::read(&path, &sealer).unwrap().current().is_none());
        let first = Ring::rotate(&path, None, &sealer, &ambient).unwrap();
        assert_eq!(first.kind, Kind::Hs256);
        let second = Ring::rotate(&path, Some(Kind::EdDsa), &sealer, &ambient).unwrap();
        let ring = Ring::read(&path, &sealer).unwrap();
        let now = ambient.now().timestamp();
        let kids = |ring: &Ring, now| ring.in_force(now).map(|key| key.kid.clone()).collect::<Vec<_>>();
        assert_eq!(kids(&ring, now), [first.kid.clone(), second.kid.clone()]);
        assert_eq!(kids(&ring, taken_until(now)), std::slice::from_ref(&second.kid), "its last token has ended");
        clock.advance(Duration::from_hours(1));
        let third = Ring::rotate(&path, None, &sealer, &ambient).unwrap();
        assert_eq!(third.kind, Kind::EdDsa, "as the one before");
        assert_eq!(Ring::read(&path, &sealer).unwrap().keys.len(), 2);

        let text = std::fs::read_to_string(&path).unwrap();
        assert!(
            !text.contains(&hex::encode(third.material.as_slice()))
                && !text.contains(&STANDARD.encode(*third.material))
        );
        let stranger = Sealer::new(ambient, "another secret, long enough", &[]);
        assert!(Ring::read(&path, &stranger).is_err());
        assert!(Ring::parse(b"[{}]", &sealer).is_err());
    }
}
