//! What every client of this node has in common, whoever chose the address: nobody is followed elsewhere, a connection is
//! there soon or not at all, and what comes back has an end.

use std::time::Duration;

use futures::StreamExt as _;
use reqwest::redirect::Policy;
use reqwest::{Client, ClientBuilder, Response};

/// How long a connection may take.
const CONNECT: Duration = Duration::from_secs(5);

/// A client to be.
pub fn builder() -> ClientBuilder {
    Client::builder().redirect(Policy::none()).connect_timeout(CONNECT).user_agent("autonomos")
}

/// Why a body could not be read.
#[derive(Debug, thiserror::Error)]
pub enum Unread {
    /// It broke off.
    #[error(transparent)]
    Broken(#[from] reqwest::Error),
    /// It has no end, as far as anybody waited.
    #[error("an answer too large")]
    TooLarge,
}

/// The whole body, of so many bytes at most.
pub async fn whole(answer: Response, most: usize) -> Result<Vec<u8>, Unread> {
    let (body, more) = beginning(answer, most).await?;
    if more { Err(Unread::TooLarge) } else { Ok(body) }
}

/// The beginning of a body, and whether there is more.
pub async fn beginning(answer: Response, most: usize) -> Result<(Vec<u8>, bool), reqwest::Error> {
    let (mut body, mut pieces) = (Vec::new(), answer.bytes_stream());
    while let Some(piece) = pieces.next().await {
        let piece = piece.map_err(reqwest::Error::without_url)?;
        let room = most - body.len();
        body.extend_from_slice(&piece[..piece.len().min(room)]);
        if piece.len() > room {
            return Ok((body, true));
        }
    }
    Ok((body, false))
}
