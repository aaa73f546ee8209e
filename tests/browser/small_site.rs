//! A web site of one function, for what the portal must not be asked to do: set a cookie as a stranger, run scripts,
//! be asked from outside.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;

/// What a browser asked for.
pub(crate) struct Asked {
    pub(crate) path: String,
    pub(crate) cookies: String,
}

/// What it gets: more header lines, if any, and a page.
pub(crate) struct Answer {
    pub(crate) headers: &'static str,
    pub(crate) html: String,
}

/// Serves on a free port of 127.0.0.1, which is returned, until the test process ends.
pub(crate) fn serve(answer: impl Fn(Asked) -> Answer + Send + Sync + 'static) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let answer = Arc::new(answer);
    std::thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let answer = Arc::clone(&answer);
            // Browsers open connections ahead of need; one that stays silent must not keep the others waiting.
            std::thread::spawn(move || converse(stream, &*answer));
        }
    });
    port
}

fn converse(mut stream: TcpStream, answer: &impl Fn(Asked) -> Answer) -> std::io::Result<()> {
    let mut lines = BufReader::new(stream.try_clone()?).lines();
    let request = lines.next().transpose()?.unwrap_or_default();
    let mut cookies = String::new();
    for line in lines {
        let line = line?;
        if let Some(value) = line.to_lowercase().strip_prefix("cookie:") {
            cookies = value.trim().to_owned();
        }
        if line.is_empty() {
            break;
        }
    }
    let path = request.split(' ').nth(1).unwrap_or_default().to_owned();
    let Answer { headers, html } = answer(Asked { path, cookies });
    write!(
        stream,
        "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {}\r\n\
         Cache-Control: no-store\r\nConnection: close\r\n{headers}\r\n{html}",
        html.len()
    )
}
