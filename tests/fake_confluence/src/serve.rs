//! The HTTP server of a fake: three ports on a thread of its own, so that a test which blocks does not stop it. What is
//! answered is decided in `state`.

use std::convert::Infallible;
use std::net::{SocketAddr, TcpListener};
use std::sync::{Arc, mpsc};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use actix_web::body::{BodyStream, BoxBody, SizedStream};
use actix_web::dev::ServerHandle;
use actix_web::http::StatusCode;
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, rt, web};
use futures_util::stream::{self, Stream, StreamExt};
use percent_encoding::percent_decode_str;
use tokio::sync::watch;

use super::exchange::{Body, Port, Reply, Request};

const PIECE: u64 = 1 << 16;

/// What a fake does with a request.
pub enum Outcome {
    Reply(Reply),
    /// No answer until the hung requests are let go; then this one.
    Hang(Reply),
}

pub trait Answers: Send + Sync + 'static {
    fn answer(&self, request: &Request) -> Outcome;
    /// Changes whenever hung requests are let go.
    fn releases(&self) -> watch::Receiver<u64>;
}

/// A running server; it ends with `stop`.
pub struct Server {
    handle: ServerHandle,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    /// Afterwards the ports are free again.
    pub fn stop(&mut self) {
        // The order is sent at once; its future would only wait, as the thread's end does.
        drop(self.handle.stop(false));
        if let Some(thread) = self.thread.take() {
            // A panic in there has been shown already.
            thread.join().ok();
        }
    }
}

/// Sockets that listen but are not yet served, so that the fake can know its own URLs first.
pub struct Sockets([TcpListener; 3]);

impl Sockets {
    /// The site's port may be chosen; 0 is any.
    pub fn open(site: u16) -> Self {
        Self([site, 0, 0].map(|port| TcpListener::bind(("127.0.0.1", port)).unwrap()))
    }

    pub fn addresses(&self) -> [SocketAddr; 3] {
        let Self(sockets) = self;
        sockets
            .each_ref()
            .map(|socket| socket.local_addr().unwrap())
    }

    pub fn serve(self, fake: Arc<dyn Answers>) -> Server {
        let addresses = self.addresses();
        let (started, handle) = mpsc::channel();
        let thread = thread::spawn(move || {
            rt::System::new().block_on(async move {
                let factory = move || {
                    let fake = web::Data::from(Arc::clone(&fake));
                    App::new()
                        .app_data(fake)
                        .app_data(web::Data::new(addresses))
                        .app_data(web::PayloadConfig::new(1 << 24))
                        .default_service(web::to(answer))
                };
                let Self([site, media, stranger]) = self;
                let server = HttpServer::new(factory)
                    .workers(1)
                    // As Confluence's Tomcat is delivered.
                    .keep_alive(Duration::from_secs(20))
                    .disable_signals()
                    .shutdown_timeout(0);
                let server = server.listen(site).unwrap().listen(media).unwrap();
                let server = server.listen(stranger).unwrap().run();
                started.send(server.handle()).unwrap();
                server.await.unwrap();
            });
        });
        let handle = handle.recv().unwrap();
        let thread = Some(thread);
        Server { handle, thread }
    }
}

async fn answer(
    request: HttpRequest,
    body: web::Bytes,
    fake: web::Data<dyn Answers>,
    ports: web::Data<[SocketAddr; 3]>,
) -> HttpResponse {
    let local = request.app_config().local_addr();
    let port = match ports.iter().position(|port| *port == local) {
        Some(1) => Port::Media,
        Some(2) => Port::Stranger,
        _ => Port::Site,
    };
    // Asked for before the answer, so that a release in between is not missed.
    let mut releases = fake.releases();
    match fake.answer(&read(&request, port, &body)) {
        Outcome::Reply(reply) => respond(reply),
        Outcome::Hang(reply) => {
            // An error means that the fake is gone, and this answer with it.
            releases.changed().await.ok();
            respond(reply)
        }
    }
}

fn read(request: &HttpRequest, port: Port, body: &[u8]) -> Request {
    let query = request.query_string();
    Request {
        port,
        peer: request.peer_addr().unwrap().ip(),
        method: request.method().to_string(),
        target: request.uri().to_string(),
        path: request.uri().path().to_owned(),
        query: serde_urlencoded::from_str(query).unwrap_or_default(),
        headers: request.headers().clone(),
        body: body.to_vec(),
    }
}

fn respond(reply: Reply) -> HttpResponse {
    let mut response = HttpResponse::build(StatusCode::from_u16(reply.status).unwrap());
    for (name, value) in &reply.headers {
        response.append_header((name.as_str(), value.as_str()));
    }
    match reply.body {
        Body::Whole(bytes) => response.body(bytes),
        Body::File {
            bytes,
            first,
            length,
        } => {
            let pieces = (0..length.div_ceil(PIECE)).map(move |number| {
                let from = number * PIECE;
                Ok::<_, Infallible>(web::Bytes::from(
                    bytes.piece(first + from, PIECE.min(length - from)),
                ))
            });
            response.body(SizedStream::new(length, stream::iter(pieces)))
        }
        Body::Slow { bytes, pause } => {
            response.body(SizedStream::new(bytes.len() as u64, slow(bytes, pause)))
        }
        Body::Cut(bytes) => {
            let half = web::Bytes::from(bytes[..bytes.len() / 2].to_vec());
            let end = stream::iter([Ok(half), Err(std::io::Error::other("cut"))]);
            response.body(SizedStream::new(bytes.len() as u64, end))
        }
        Body::Flood {
            length,
            is_announced,
        } => response.body(flood(length, is_announced)),
    }
}

fn slow(bytes: Vec<u8>, pause: u64) -> impl Stream<Item = Result<web::Bytes, Infallible>> {
    stream::iter(bytes).then(move |byte| async move {
        rt::time::sleep(Duration::from_millis(pause)).await;
        Ok(web::Bytes::from(vec![byte]))
    })
}

fn flood(length: u64, is_announced: bool) -> BoxBody {
    let start = web::Bytes::from_static(br#"{"results":[],"padding":""#);
    let rest = length.saturating_sub(start.len() as u64);
    let piece = web::Bytes::from(vec![b'x'; PIECE as usize]);
    let pieces = (0..rest.div_ceil(PIECE)).map(move |number| {
        let left = (rest - number * PIECE).min(PIECE);
        piece.slice(..left as usize)
    });
    let all = stream::iter(
        std::iter::once(start)
            .chain(pieces)
            .map(Ok::<_, Infallible>),
    );
    if is_announced {
        BoxBody::new(SizedStream::new(length, all))
    } else {
        BoxBody::new(BodyStream::new(all))
    }
}

/// Letters as the client meant them; `+` stays what it is.
pub fn decoded(segment: &str) -> String {
    percent_decode_str(segment).decode_utf8_lossy().into_owned()
}
