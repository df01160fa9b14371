//! A service that is told to stop over a real socket: what is under way ends, nothing new begins.

use crate::common::*;
use crate::house::House;
use bailiwick_server::run;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

on_both!(what_is_under_way_is_finished);

async fn what_is_under_way_is_finished(bench: Bench) {
    let house = House::new(bench).await;
    let raw = house.raw().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let service = tokio::spawn(run(listener, house.serving.clone(), async {
        let _ = stopped.await;
    }));

    alive(address).await;

    // A change that waits for another program to let go of the ledger.
    let lock = raw.lock().await;
    let body = json!({"name": "CRM", "scopes": ["read"]}).to_string();
    let request = format!(
        "POST /api/v1/tokens HTTP/1.1\r\nhost: x\r\ncookie: bailiwick=session of ann\r\nconnection: close\r\n\
         content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    let mut waiting = TcpStream::connect(address).await.unwrap();
    waiting.write_all(request.as_bytes()).await.unwrap();
    // It has been taken once the service answers another on a connection of its own.
    alive(address).await;

    stop.send(()).unwrap();
    lock.release().await;
    let mut answer = String::new();
    waiting.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 201"), "{answer}");
    service.await.unwrap().unwrap();
    assert!(TcpStream::connect(address).await.is_err(), "nobody listens any more");
}

async fn alive(address: std::net::SocketAddr) {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(b"GET /healthz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
}
