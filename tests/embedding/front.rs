//! The one TLS listener of a test: a reverse proxy before the portal, and the sites of invented clients. By host name.

use std::collections::HashMap;
use std::io::{self, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use rustls::{ServerConnection, StreamOwned};

use super::certificate::Certificate;
use super::http::{Answer, Asked, Head};
use super::record::Record;

/// The portal's name.
pub(crate) const PORTAL: &str = "portal.test";
/// A host of the portal's site that is not the portal. Whatever a browser does with the portal's cookies it does with
/// this host's.
pub(crate) const CANARY: &str = "canary.portal.test";
/// The site that frames shares.
pub(crate) const CLIENT: &str = "client.test";
/// Another one that may frame them.
pub(crate) const OTHER: &str = "other.test";
/// One that may not.
pub(crate) const STRANGER: &str = "stranger.test";

pub(crate) const HOSTS: [&str; 5] = [PORTAL, CANARY, CLIENT, OTHER, STRANGER];

type Page = Arc<dyn Fn(&Asked) -> Answer + Send + Sync>;

/// Serves until the test process ends.
#[derive(Clone)]
pub(crate) struct Front {
    pub(crate) port: u16,
    /// For Chromium; see [`Certificate`].
    pub(crate) fingerprint: String,
    pub(crate) record: Record,
    places: Arc<Places>,
}

#[derive(Default)]
struct Places {
    portal: OnceLock<SocketAddr>,
    pages: Mutex<HashMap<(String, String), Page>>,
}

impl Front {
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let certificate = Certificate::of(&HOSTS);
        let front = Self {
            port: listener.local_addr().unwrap().port(),
            fingerprint: certificate.fingerprint,
            record: Record::default(),
            places: Arc::default(),
        };
        let serving = front.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let (front, config) = (serving.clone(), Arc::clone(&certificate.config));
                // Browsers open connections ahead of need, and close them when they have enough.
                std::thread::spawn(move || {
                    let connection = ServerConnection::new(config).map_err(io::Error::other)?;
                    front.converse(&mut StreamOwned::new(connection, stream))
                });
            }
        });
        front
    }

    /// Where the portal listens; nobody asks for it before.
    pub(crate) fn set_portal(&self, address: SocketAddr) {
        self.places.portal.set(address).unwrap();
    }

    /// `https://{host}:{port}`.
    pub(crate) fn origin(&self, host: &str) -> String {
        format!("https://{host}:{}", self.port)
    }

    /// Puts a page on a site, and returns its address.
    pub(crate) fn put(
        &self,
        host: &str,
        path: &str,
        page: impl Fn(&Asked) -> Answer + Send + Sync + 'static,
    ) -> String {
        let mut pages = self.places.pages.lock().unwrap();
        pages.insert((host.to_owned(), path.to_owned()), Arc::new(page));
        format!("{}{path}", self.origin(host))
    }

    fn converse(&self, stream: &mut StreamOwned<ServerConnection, TcpStream>) -> io::Result<()> {
        let asked = Asked::read(&mut BufReader::new(&mut *stream))?;
        if asked.host() == PORTAL {
            self.pass_on(asked, stream)?;
        } else {
            let (head, body) = self.answer(&asked).split();
            self.record.add(asked, head.clone());
            stream.write_all(&head.write())?;
            stream.write_all(&body)?;
        }
        stream.conn.send_close_notify();
        stream.flush()
    }

    fn pass_on(&self, asked: Asked, browser: &mut (impl Read + Write)) -> io::Result<()> {
        let address = self.places.portal.get().ok_or(io::ErrorKind::NotFound)?;
        let mut portal = TcpStream::connect(address)?;
        portal.write_all(&asked.forwarded())?;
        let mut portal = BufReader::new(portal);
        let head = Head::read(&mut portal)?;
        // Before the browser can act on the answer.
        self.record.add(asked, head.clone());
        browser.write_all(&head.write())?;
        io::copy(&mut portal, browser)?;
        Ok(())
    }

    fn answer(&self, asked: &Asked) -> Answer {
        let place = (asked.host().to_owned(), asked.path().to_owned());
        let page = {
            let pages = self.places.pages.lock();
            pages
                .unwrap_or_else(PoisonError::into_inner)
                .get(&place)
                .cloned()
        };
        page.map_or_else(Answer::not_found, |page| page(asked))
    }
}
