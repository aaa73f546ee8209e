//! Vestibule: a self-hosted external share portal for Confluence.
//!
//! This page is the architecture document: what there is, where it lives, what never happens. The subject of a file
//! stands in its own first lines; how to run the portal is in `README.md`.
//!
//! # From afar
//!
//! An admin connects a Confluence site or imports a space export, and shares parts of the wiki by links. Somebody outside opens a link, proves a
//! right to it (by a password, by a token that a client's site has signed, or by nothing if the share is open), and reads
//! pages with their pictures, files, tree and search. One binary, one PostgreSQL, pages rendered on the server; scripts only
//! make things nicer.
//!
//! # Words
//!
//! One word per thing, in code, pages and documents.
//!
//! - **share**: a row of `shared_page`, named by a UUID; what a link leads to.
//! - **root page**: what the share points at. **Scope**: how much of the wiki it opens from there (page, tree, space,
//!   blog post). **Limits**: what of it is left out, by view restriction or label.
//! - **unlock token**: the JWT, good for a minute, by which a client's site lets its visitors in. **Unlock secret**: the
//!   32 bytes it is signed with, one per share.
//! - **pass**: the signed cookie that proves a visitor got in, by password or by token.
//! - **probe**: the single-use ticket in a redirect's address that finds out whether a frame keeps our cookie.
//! - **visit**: one request for something of a share, read once: where its answer will be shown (the **destination** of Fetch
//!   Metadata), and who frames it.
//! - **key**: what stands in the path of a visitor whose browser keeps no cookie in frames (`/e/{key}/content/…`).
//! - **epoch**: a number of the share that every pass carries; raising it ends all passes at once.
//! - **connection**: where pages come from. A **live** one is a Confluence site that is asked again and again, an
//!   **import** a space export that was read once.
//! - **installation**: our app at a Cloud site, by Connect or Forge; the other side of one live connection.
//! - **site**: a Confluence, Cloud or Data Center, with its address and interfaces.
//! - **snapshot**: our stored copy of a wiki's page. An **outline** is one without its body yet: title, place, version.
//! - **followed part**: what of a live site shares show; listed again and again, once for all shares of the same part.
//! - **creator**: who made a share, at the connection's site; the **stand-in** is another person, named for it. Both are
//!   its **viewers**: in their names Confluence renders the pages. A **viewer rendering** is a page rendered so. A **withheld**
//!   page is one that the creator may not see.
//! - **leak report**: what a share lets out beside the text of its pages; each thing in it is a **leak**.
//! - **embed health**: what became of a share in frames, by the site around them.
//! - **guess**: one try of a password, charged before it is looked at.
//! - **actor**: whoever asks for a change: a person, a token, the command line, the portal itself. A **right** is a value
//!   that says what they may do with what.
//! - **audit record**: who did what to what, as a chain of **events**. Its **head** is where it ends; a **checkpoint** is where
//!   old events were removed; a **tally** adds up what strangers do.
//!
//! # Rooms
//!
//! Imports go downwards only; rooms in one row never import each other. `tests/architecture.rs` holds this.
//!
//! | row | rooms | what they know |
//! |---|---|---|
//! | commands | `main`, [`cli`] | what a terminal asks for |
//! | demo | [`demo`] | a portal with a database, content and a client's site of its own |
//! | server | [`server`] | state, middleware in execution order, socket, drain |
//! | routes | [`routes`] | every URL, one table |
//! | handlers | [`visitor`], [`admin`], [`api`] | pages for readers, pages for admins, JSON |
//! | plumbing | [`web`] | actix and askama: errors to answers, headers, what browsers say of requests, assets |
//! | use cases | [`sharing`] | every change of a share, a connection, an account or a token, with its audit row in one transaction; who may |
//! | live | [`sync`] | how content of wikis gets into the snapshots and stays fresh: schedule, listings, bodies, files, webhooks, imports |
//! | | [`cloud_app`] | our app at Cloud sites: installations come and go, people's rights, pages rendered for viewers; below `sync` |
//! | | [`connections`] | what sites are asked with, and a client that may ask; below `cloud_app` |
//! | domain | [`shares`], [`accounts`], [`pages`], [`audit`] | what a share is; who may change things; snapshots, scope, search; who did what |
//! | sources | [`confluence`], [`content`], [`space_export`], [`client_kit`] | sites to plain values, untrusted markup to clean HTML, untrusted archives to pages, what integrators copy; no other room |
//! | settings | [`config`], [`guess_limit`] | checked configuration; guesses as one statement each |
//! | ground | [`db`], [`schema`], [`password`], [`keys`], [`name`], [`seal`], [`strict_json`], [`telemetry`], [`clock`] | no feature, no HTTP |
//!
//! A share is changed in [`sharing`], whose first lines say how; its row of the record is written by [`audit::record`].
//! A new page of the portal is a handler in `visitor` or `admin`, a template in the folder of the same name and a line in
//! [`routes`]. A new macro is a file or a few lines in [`content`]. A new setting is a field in [`config`]. A new product
//! of Confluence is a folder in [`confluence`], whose first lines say what else changes.
//!
//! # What never happens
//!
//! - A handler of content never forgets the gate: it takes a [`visitor::gate::Gate`], and what it shows needs the
//!   [`visitor::gate::Unlocked`] that only the gate makes. The admin pages take [`admin::gate::Admin`], or
//!   [`admin::gate::SignedIn`] where sharers come as well; the API takes its bearer.
//! - Nobody changes what is stored but by a use case of [`sharing`], which writes the audit row in the same transaction.
//!   `tests/architecture.rs` lists what is counted at the door instead. A row of the record is never changed.
//! - Nothing prints markup unescaped but [`content::SanitizedHtml`], and only [`content`] makes it. `content` does no I/O
//!   and cannot be made to: it asks a [`content::library::Library`] for what it needs.
//! - A page, file or search hit outside the share's scope is never found: every query of [`pages`] is asked within a
//!   [`pages::scope::ContentScope`].
//! - A reader waits for a site only when a page or file was never fetched. Requests leave by the one client of
//!   [`confluence`], which checks addresses, keeps a pace and takes no credentials to another host. None changes anything
//!   there.
//! - A share of an app's connection shows no page, title, hit or file of a page that its creator could not see.
//! - A good snapshot is never replaced by a worse one: a part that was not listed whole takes nothing away, and a body that
//!   cannot be shown is not stored.
//! - Unlock secrets, tokens and passwords never reach a log line, a `Debug` or a JSON body by accident: their types have no
//!   `Display`, `Clone` or `Serialize`. A secret leaves as hex by one named function.
//! - No algorithm, key or time is taken from a token. The rule is a table of checks in [`shares::unlock_token`], each with
//!   its own code, with `now` as an argument. Tokens of Connect and Forge have one reader, `confluence::signed_token`: who
//!   calls it names the algorithm, and a token only says which of the known keys it was signed with.
//! - Below the handlers nothing reads the clock or the environment, and there is no global state.
//! - What must be counted or changed once is one SQL statement or one transaction. What outlives a process is in
//!   PostgreSQL; what is in memory is a cache that may be dropped, at most a second behind.
//! - Nothing blocks an async worker: queries run by [`db::Db::run`], password hashes by [`password::Hasher`], at most as
//!   many at once as there are cores.
//! - A domain error knows no HTTP. [`web::error`] turns it into a page or a problem document, and logs it once, there.
//! - Only [`confluence`] sends requests, and only to addresses that [`confluence::addresses`] allows. Credentials go to the
//!   site's own interfaces, never to where an answer points.
//! - No page asks another origin for anything, and none needs a script. One exception: the first pages inside frames of the
//!   Connect app load Confluence's own script, by its one address in their policy ([`web::inside`]).
//! - A session of a frame inside Confluence is good in frames of that site alone, every other one nowhere in a frame: what
//!   the session says of itself must agree with the cookie it came by and with the place that the browser names.
//! - A page is for admins unless it takes [`admin::gate::SignedIn`] by name; what a sharer may do with which share is
//!   decided in [`sharing::rights`], and handed on as a value.
//! - A redirect carries a path, never a host: a share works under every public name of the portal. Sign-in at an OpenID
//!   provider is the one exception, and leads to what the operator has named.
//! - Of a visitor's cookies, only those that the operator has named are passed on, and only to the site that they have named.
//!
//! # A reader's request
//!
//! `GET /content/{share}/{page}` with a pass, the hot path:
//!
//! 1. [`server`] wraps every request: log line with a request id (path without query), check of the `Host`, error pages.
//! 2. [`routes`] finds `visitor::show`, whose argument runs [`visitor::gate`]. First [`visitor::visit`] reads the request
//!    once, and finds the share by its id in a cache that is a second old at most; then come the passes of the cookies, by
//!    signature, and [`shares::access::decide`].
//! 3. Locked: the password page, here and now, under the same URL with status 401. Unknown, deleted and malformed shares
//!    are one 404.
//! 4. Open: `visitor::show` asks the page cache by share, its last change, revision of the content and page. A hit is
//!    answered from memory, compressed beforehand, or with 304.
//! 5. A miss asks [`pages::reader`]: the snapshot within the scope, rendered by [`content`] with links, includes and
//!    pictures looked up through the same scope; then the template, once per version.
//! 6. On the way out the gate renews the pass when it is old enough, and [`web::headers`] adds the security headers;
//!    `frame-ancestors` comes from the share.
//!
//! # An unlock
//!
//! `GET /content/{share}?unlock={token}`, usually as the first request of an iframe:
//!
//! 1. The gate sees the parameter before anything else. An open share answers 303 to the same URL without it.
//! 2. [`shares::unlock_token`] checks shape, header, signature (current secret, or the previous one while its overlap
//!    lasts), issuer and times, in this order; the first failure is the code.
//! 3. Valid: `visitor::unlock` issues a pass by the same function as the password form, and answers 303 to the clean URL
//!    with a cookie. [`visitor::pass_cookie`] picks it by where the page is shown: `SameSite=Lax` in a tab, `SameSite=None;
//!    Partitioned` under another name in a frame, so that browsers which block third-party cookies keep it. Its path is
//!    the share's: two shares on one page never meet.
//! 4. In a frame the redirect leads by way of a probe. Its cookie came back: 303 to the clean URL. It did not:
//!    [`visitor::probe`] gives out a key, of which the database keeps the digest, and the visitor reads on below `/e/{key}`.
//!    There [`visitor::cookieless`] asks Fetch Metadata: a key counts for frames and parts of our own pages; a tab that such
//!    a page opens gets a cookie of its own; everywhere else the key opens nothing. Pictures of framed pages need neither
//!    ([`shares::file_signature`]).
//! 5. Not valid, but the visitor holds a live pass, which goes on counting: 303. Not valid and no pass: the password page
//!    with a sentence about what happened, and `Vestibule-Unlock: {code}` for the developer of the client's site.
//! 6. Either way an event is recorded for the admins, with the code, the clocks' difference and the site around the frame,
//!    never the token. Beside it stands what becomes of frames: `visitor::frames` sees requests of sites that are not
//!    listed, `visitor::reports` takes what browsers report. [`shares::embed_health`] counts it by site. All of that is
//!    said by browsers, or by whoever plays one: it is shown to admins and decides nothing.
//!
//! # A live page
//!
//! 1. A share of a live connection is made: [`sync::pick`] brings the outline of its root from the site, the share is
//!    stored like any other, and the schedule is woken.
//! 2. The schedule ([`sync::schedule`]), one on each node, follows what shares show. Whichever node takes a followed part, by a row that nobody
//!    else holds, lists it: outlines are stored, pages that left are marked gone, changed versions make bodies due.
//! 3. Due bodies are fetched a few at a time. An export view that fails is made good by our own renderer over the storage
//!    format; [`content`] cleans either; the connection's revision tells every page cache.
//! 4. A reader meets only snapshots. Looking at an old one has it compared in the background; files are fetched at first
//!    sight, streamed on and stored once. A webhook makes things due at once, and nothing in it is believed.
//! 5. Where the connection is an app's, Confluence renders each page for the viewers of each share: its creator, who stands in,
//!    the app ([`cloud_app::viewer_rendering`]). What the creator may not see is withheld, and closed to every query on reach.
//! 6. Failures are counted with sentences for the admin. Refused credentials stop the connection on every node.
//!
//! # A person inside Confluence
//!
//! 1. Confluence opens `/atlassian/share?pageId=…&jwt=…` in a frame. [`admin::inside::enter`] checks that the installation's
//!    secret has signed this very address, that the app is enabled, and that the address was not used before. A page of the
//!    Forge app has its servers call `/forge/session` instead, and opens the frame with the ticket that it gets.
//! 2. Confluence is asked who the person is. For users of apps and of the system the answer is empty, and counted.
//! 3. [`sharing::sharer_rule`] holds the operator's rule against what Confluence says of groups, the page and the space: an
//!    admin, a sharer, or a page that names the rule and whom to ask.
//! 4. The person's account is found or made, a session of a frame begins, and a redirect leads to an address without a token.
//! 5. From there on the gate lets the site frame the answers. Pages are found in the person's own name
//!    ([`sharing::asker`]); of shares they meet their own and those whose page they may view, as Confluence says
//!    now ([`sharing::rights`]), and change their own.
//!
//! # Trust
//!
//! - **Visitors** are hostile until they have a pass, and then may read what the share opens. Guessing costs: per address
//!   and share, and for the share as a whole; visitors who are in are never locked out by it.
//! - **Pages of the wiki** are hostile: whoever may write there must not run anything in a reader's browser. An allow-list
//!   sanitizer is the first wall; a content security policy without inline scripts is the second. Files are served by a
//!   closed list of types, sandboxed, everything else as a download.
//! - **Sites of Confluence** are trusted with our credentials for them and nothing else: where their answers point to, how
//!   large they are and how long they take is bounded. A next page on another host is not followed, and a
//!   file's type is ours to say.
//! - **Space exports** are hostile archives: size, depth, paths and references are bounded, and a refused one leaves nothing
//!   behind.
//! - **Client sites** are trusted with one share each, by its secret. Which sites may frame a share is its own list. Of a
//!   share that opens only inside them, [`shares::access`] lets nobody read anything where the browser does not say that
//!   it shows a frame; what keeps other sites' frames out is `frame-ancestors`, which browsers obey.
//! - **Admins** are trusted with everything but each other's passwords. They sign in with throttled passwords; every change
//!   carries a token against forged requests.
//! - **Operators**, the database and the key in `VESTIBULE_SECRET_KEY` are trusted. The database holds unlock secrets in the
//!   clear, because the portal has to check signatures with them; passwords and API tokens are kept as hashes. Credentials
//!   of sites are sealed with a key from the configuration, bound to their row, and sealed anew at the first start after the
//!   key was changed. Secrets of webhooks follow from the key and are stored nowhere.
//! - **Proxies** are believed about addresses only if they are listed.

pub mod accounts;
pub mod admin;
pub mod api;
pub mod audit;
pub mod cli;
pub mod client_kit;
pub mod clock;
pub mod cloud_app;
pub mod config;
pub mod confluence;
pub mod connections;
pub mod content;
pub mod db;
pub mod demo;
pub mod guess_limit;
pub mod keys;
pub mod name;
pub mod pages;
pub mod password;
pub mod routes;
pub mod schema;
pub mod seal;
pub mod server;
pub mod shares;
pub mod sharing;
pub mod space_export;
pub mod strict_json;
pub mod sync;
pub mod telemetry;
pub mod visitor;
pub mod web;
