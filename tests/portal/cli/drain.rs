//! How connections end. SIGTERM: what is being served is served to its end.

use std::io::{BufRead as _, BufReader, ErrorKind, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::process::Child;
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::export::{id_of, space, zipped};
use crate::support::{Portal, eventually, within};

/// More than the buffers of two sockets take.
const FILE_BYTES: usize = 24 << 20;

#[tokio::test]
async fn a_slow_download_ends_well_although_the_server_was_told_to_stop() {
    let portal = Portal::start().await;
    let link = r#"<p><ac:link><ri:attachment ri:filename="tides.bin"/></ac:link></p>"#;
    let bytes = noise();
    let export = space(&[(1, "Home", link)]).file(1, "tides.bin", "image/png", bytes.clone());
    let share = portal.db_share_of_space(id_of(&portal.import(&zipped(export), "Notes")));
    let page = portal
        .visitor()
        .get(&format!("/content/{}/1", share.id))
        .await;
    let files = page.attributes(r#"main a[href*="/files/"]"#, "href");

    let (mut server, address) = serve(&portal);
    let mut download = BufReader::new(TcpStream::connect(address).unwrap());
    let request = format!(
        "GET {} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
        files.first().unwrap()
    );
    download.get_mut().write_all(request.as_bytes()).unwrap();
    let mut status = String::new();
    download.read_line(&mut status).unwrap();
    assert_eq!(status, "HTTP/1.1 200 OK\r\n");
    kill(Pid::from_raw(server.id().cast_signed()), Signal::SIGTERM).unwrap();
    eventually("new connections are refused", async || {
        let tried = TcpStream::connect_timeout(&address, Duration::from_secs(1));
        tried.is_err_and(|error| error.kind() == ErrorKind::ConnectionRefused)
    })
    .await;
    assert_eq!(server.try_wait().unwrap(), None);

    // A reader this slow: a server that drains looks once a second whether it may end.
    tokio::time::sleep(Duration::from_millis(2500)).await;
    let mut rest = Vec::new();
    download.read_to_end(&mut rest).unwrap();
    assert!(rest.ends_with(&bytes), "{} bytes came", rest.len());
    eventually("the server has stopped", async || {
        server.try_wait().unwrap().is_some()
    })
    .await;
    assert_eq!(server.wait().unwrap().code(), Some(0));
}

#[tokio::test]
async fn a_quiet_connection_stays_open_and_does_not_hold_up_the_end() {
    let portal = Portal::start().await;
    let (mut server, address) = serve(&portal);
    let mut connection = BufReader::new(TcpStream::connect(address).unwrap());
    assert_eq!(health(&mut connection), "HTTP/1.1 200 OK\r\n");
    // What is usual for servers: 5 s. Proxies keep theirs longer than that.
    tokio::time::sleep(Duration::from_secs(7)).await;
    assert_eq!(health(&mut connection), "HTTP/1.1 200 OK\r\n");
    kill(Pid::from_raw(server.id().cast_signed()), Signal::SIGTERM).unwrap();
    // Requests that are being served would get 30 s.
    let limit = Duration::from_secs(20);
    within(limit, "the server has stopped", async || {
        server.try_wait().unwrap().is_some()
    })
    .await;
    let mut rest = Vec::new();
    assert_eq!(connection.read_to_end(&mut rest).unwrap(), 0);
}

/// Asks on this connection; the line with the status. The rest of the answer is read too.
fn health(connection: &mut BufReader<TcpStream>) -> String {
    let request = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n";
    connection.get_mut().write_all(request).unwrap();
    let mut status = String::new();
    connection.read_line(&mut status).unwrap();
    let mut length = 0;
    loop {
        let mut line = String::new();
        connection.read_line(&mut line).unwrap();
        match line.trim_end().to_lowercase().split_once(": ") {
            Some(("content-length", bytes)) => length = bytes.parse().unwrap(),
            Some(_) => {}
            None => break,
        }
    }
    connection.read_exact(&mut vec![0; length]).unwrap();
    status
}

/// The server on a port of its own, ready.
fn serve(portal: &Portal) -> (Child, SocketAddr) {
    let mut serve = portal.vestibule(&["serve", "--listen", "127.0.0.1:0"]);
    let mut server = serve
        .env("VESTIBULE_SECRET_KEY", "5ec2e7".repeat(22))
        .spawn()
        .unwrap();
    let log = BufReader::new(server.stderr.as_mut().unwrap());
    let mut lines = log.lines().map(Result::unwrap);
    let line = lines.find(|line| line.contains(r#""message":"serving""#));
    let line = line.expect("the server did not start");
    let from = line.split_once("Some(").unwrap().1;
    let address = from.split_once(')').unwrap().0.parse().unwrap();
    (server, address)
}

/// Bytes that do not become fewer in a zip archive.
fn noise() -> Vec<u8> {
    let mut state = 22_u64;
    let words = std::iter::repeat_with(move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()
    });
    words.flatten().take(FILE_BYTES).collect()
}
