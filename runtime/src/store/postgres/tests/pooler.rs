//! A pooler that hands its sessions out by the transaction, as small as it can be: it signs clients in itself, gives each
//! message to the session that was free last, and takes that back when the server says that no transaction is open.

use std::sync::Arc;

use parking_lot::Mutex;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

type Free = Arc<Mutex<Vec<TcpStream>>>;

/// Puts one before a server, signed in as a role; answers its address.
pub(super) async fn before(server: &str, role: &str, database: &str) -> std::net::SocketAddr {
    let mut sessions = Vec::new();
    let mut greeting = Vec::new();
    for _ in 0..3 {
        let mut session = TcpStream::connect(server).await.unwrap();
        let words = format!(
            "user\0{role}\0database\0{database}\0options\0-c search_path=autonomos -c statement_timeout=9s -c idle_in_transaction_session_timeout=9s\0\0"
        );
        let mut hello = ((words.len() + 8) as u32).to_be_bytes().to_vec();
        hello.extend(196_608_u32.to_be_bytes());
        hello.extend(words.as_bytes());
        session.write_all(&hello).await.unwrap();
        greeting.clear();
        while message(&mut session, &mut greeting).await != b'Z' {}
        sessions.push(session);
    }
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let free: Free = Arc::new(Mutex::new(sessions));
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            tokio::spawn(serve(client, Arc::clone(&free), greeting.clone()));
        }
    });
    address
}

/// Reads one message to the end of what is there; answers its kind.
async fn message(from: &mut TcpStream, into: &mut Vec<u8>) -> u8 {
    let mut head = [0; 5];
    from.read_exact(&mut head).await.unwrap();
    let length = u32::from_be_bytes([head[1], head[2], head[3], head[4]]) as usize;
    into.extend(head);
    let start = into.len();
    into.resize(start + length - 4, 0);
    from.read_exact(&mut into[start..]).await.unwrap();
    head[0]
}

async fn serve(mut client: TcpStream, free: Free, greeting: Vec<u8>) {
    loop {
        let length = client.read_u32().await.unwrap() as usize;
        let mut hello = vec![0; length - 4];
        client.read_exact(&mut hello).await.unwrap();
        if hello[..4] == 196_608_u32.to_be_bytes() {
            break;
        }
        // It would like TLS.
        client.write_all(b"N").await.unwrap();
    }
    client.write_all(&greeting).await.unwrap();
    let mut session: Option<TcpStream> = None;
    let mut asked = Vec::new();
    loop {
        let mut kind = [0];
        if client.peek(&mut kind).await.unwrap_or(0) == 0 || kind[0] == b'X' {
            return;
        }
        let kind = message(&mut client, &mut asked).await;
        if kind != b'Q' && kind != b'S' {
            continue;
        }
        let mut on = session.take().or_else(|| free.lock().pop()).unwrap();
        on.write_all(&std::mem::take(&mut asked)).await.unwrap();
        let mut answer = Vec::new();
        while message(&mut on, &mut answer).await != b'Z' {}
        if answer.last() == Some(&b'I') {
            free.lock().push(on);
        } else {
            session = Some(on);
        }
        client.write_all(&answer).await.unwrap();
    }
}
