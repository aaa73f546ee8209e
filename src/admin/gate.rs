//! The gate of the admin pages: lets through who is signed in and hands out [`SignedIn`], and
//! [`Admin`] to those who may administer.
//!
//! Everything that changes something must also come from our own pages. Signing in itself is outside the gate.

use std::future::{Ready, ready};
use std::net::IpAddr;
use std::ops::Deref;
use std::rc::Rc;

use actix_session::{Session, SessionExt as _};
use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use actix_web::{Error, FromRequest, HttpMessage as _, HttpRequest, web};
use diesel::PgConnection;
use uuid::Uuid;

use super::inside::cookie::CameBy;
use super::inside::frame;
use super::session::{self, Flash, FlashKind};
use super::stranger::stranger_of;
use super::turned_away::{Turned, refuse, stay, stay_in_frame, turn_away};
use crate::accounts::account::Account;
use crate::accounts::session::{SignInSession, Way};
use crate::accounts::store::account as accounts;
use crate::accounts::store::identity::{issuer_of, subject_of};
use crate::clock;
use crate::config::App;
use crate::connections::installation::{AppKind, Installation};
use crate::connections::store::installations::find_installation;
use crate::db::DbError;
use crate::shares::access::Destination;
use crate::sharing::actor::{Actor, Person};
use crate::sharing::rights::{MayAdminister, may_administer};
use crate::web::csrf::{self, CsrfToken};
use crate::web::error::{Failure, PageError};
use crate::web::fetch_metadata::destination;
use crate::web::state::AppState;

/// Somebody who is signed in, sharers among them.
///
/// Only the gate makes one, so a handler that takes it cannot be reached without signing in. What they may do with a share is decided share by share, in `sharing::rights`.
#[derive(Clone)]
pub struct SignedIn {
    actor: Rc<Actor>,
    account: Rc<Account>,
    session: SignInSession,
    client: IpAddr,
    csrf: CsrfToken,
    cookie: Session,
}

/// Somebody who may administer the portal. A handler of a page that is not for sharers takes this.
pub struct Admin {
    signed_in: SignedIn,
    right: MayAdminister,
}

impl Deref for Admin {
    type Target = SignedIn;

    fn deref(&self) -> &SignedIn {
        &self.signed_in
    }
}

impl Admin {
    pub fn right(&self) -> MayAdminister {
        self.right
    }
}

impl SignedIn {
    /// As the use cases know them.
    pub fn actor(&self) -> &Actor {
        &self.actor
    }

    pub fn account(&self) -> &Account {
        &self.account
    }

    /// What the account is called: its e-mail address, or its person's name.
    pub fn name(&self) -> &str {
        self.account.name()
    }

    pub fn is_admin(&self) -> bool {
        self.actor.is_admin()
    }

    /// See [`crate::sharing::actor::Person::bound_to`].
    pub fn bound_to(&self) -> Option<(Uuid, &str)> {
        self.actor.bound_to()
    }

    /// The app in whose frame the session is; `None` in a tab.
    pub fn app(&self) -> Option<AppKind> {
        self.actor.person().and_then(|person| person.app)
    }

    /// The address that the browser came from.
    pub fn client(&self) -> IpAddr {
        self.client
    }

    /// How and when the session began, for a session that replaces it.
    pub fn session(&self) -> &SignInSession {
        &self.session
    }

    pub fn csrf(&self) -> &CsrfToken {
        &self.csrf
    }

    pub fn cookie(&self) -> &Session {
        &self.cookie
    }

    /// Says on the next page that something was done.
    pub fn say_done(&self, text: impl Into<String>) -> Result<(), Failure> {
        self.say(FlashKind::Done, text.into())
    }

    /// Says on the next page that something could not be done.
    pub fn say_problem(&self, text: impl Into<String>) -> Result<(), Failure> {
        self.say(FlashKind::Problem, text.into())
    }

    fn say(&self, kind: FlashKind, text: String) -> Result<(), Failure> {
        session::leave_flash(&self.cookie, &Flash { kind, text })
    }

    /// The message that the page before left.
    pub fn take_flash(&self) -> Option<Flash> {
        session::take_flash(&self.cookie)
    }
}

impl FromRequest for SignedIn {
    type Error = PageError;
    type Future = Ready<Result<Self, PageError>>;

    fn from_request(request: &HttpRequest, _payload: &mut Payload) -> Self::Future {
        ready(admitted(request))
    }
}

impl FromRequest for Admin {
    type Error = PageError;
    type Future = Ready<Result<Self, PageError>>;

    fn from_request(request: &HttpRequest, _payload: &mut Payload) -> Self::Future {
        ready(administrator(request))
    }
}

/// Who the gate let through, if they may administer.
pub fn administrator(request: &HttpRequest) -> Result<Admin, PageError> {
    let signed_in = admitted(request)?;
    let right = may_administer(signed_in.actor())?;
    Ok(Admin { signed_in, right })
}

/// Who the gate let through. Without a gate in front of the route that is nobody.
pub fn admitted(request: &HttpRequest) -> Result<SignedIn, PageError> {
    let signed_in = request.extensions().get::<SignedIn>().cloned();
    signed_in.ok_or_else(|| {
        Failure::Internal("an admin route stands outside the gate".to_owned()).into()
    })
}

/// Middleware around every admin page but sign-in.
pub async fn require_admin(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    match admit(&request).await {
        Ok(signed_in) => {
            request.extensions_mut().insert(signed_in);
            Ok(next.call(request).await?.map_into_boxed_body())
        }
        Err(Turned::To(answer)) => Ok(request.into_response(answer)),
        Err(Turned::Failed(failure)) => Ok(request.error_response(PageError::from(failure))),
    }
}

async fn admit(request: &ServiceRequest) -> Result<SignedIn, Turned> {
    let state = request
        .app_data::<web::Data<AppState>>()
        .ok_or_else(|| Failure::Internal("the admin pages have no state".to_owned()))?;
    let cookie = request.get_session();
    let now = clock::now();
    let changes = !request.method().is_safe();
    let said = session::read(&cookie);
    let session = said.clone().filter(|session| session.is_live(now));
    let session = session.filter(|session| is_in_its_place(session, request.request()));
    let (Some(session), Some(csrf)) = (session, session::csrf_token(&cookie)) else {
        return Err(turn_away(state, request, said.as_ref(), changes).await);
    };
    let way = session.way;
    let id = session.account_id;
    let known = state.db.run(move |db| Known::load(db, id, way)).await;
    let known = known.map_err(Failure::from)?;
    let Some(mut known) = known.filter(|known| known.stand_behind(&session, &state.settings.app))
    else {
        return Err(turn_away(state, request, said.as_ref(), changes).await);
    };
    if let Some(installation) = &known.installation {
        frame::show_in(request.request(), installation);
    }
    if changes {
        csrf::check_origin(request.request(), &state.settings)
            .map_err(|foreign| refuse(&foreign))?;
    }
    let stranger = stranger_of(state, request.request());
    known.account = match session.way {
        Way::SingleSignOn { connection_id } => {
            stay(state, request, &stranger, connection_id, known.account).await?
        }
        Way::App { connection_id } => {
            let at_site = (connection_id, known.person.as_deref());
            stay_in_frame(state, request, &stranger, at_site, known.account).await?
        }
        Way::Password | Way::OpenId => known.account,
    };
    if let Some(touched) = session.touched(now) {
        session::write(&cookie, &touched)?;
    }
    let person = Person {
        app: known.installation.map(|installation| installation.kind),
        ..Person::of(&known.account, session.way, known.person)
    };
    Ok(SignedIn {
        actor: Rc::new(stranger.identified(person)),
        account: Rc::new(known.account),
        client: stranger.client,
        session,
        csrf,
        cookie,
    })
}

/// A session of a frame counts there and by its own cookie, every other one everywhere else and by the usual one: a value
/// that was carried from one to the other is worth nothing.
fn is_in_its_place(session: &SignInSession, request: &HttpRequest) -> bool {
    let destination = destination(request);
    match CameBy::of(request) {
        CameBy::Framed => {
            session.way.is_framed()
                && destination != Destination::Tab
                && !frame::is_of_another_site(request, session)
        }
        CameBy::Usual => !session.way.is_framed() && destination != Destination::Frame,
    }
}

/// What the database says of somebody with a session.
struct Known {
    account: Account,
    person: Option<String>,
    installation: Option<Installation>,
}

impl Known {
    fn load(db: &mut PgConnection, id: Uuid, way: Way) -> Result<Option<Self>, DbError> {
        let Some(account) = accounts::find_account(db, id)? else {
            return Ok(None);
        };
        let person = match way.site() {
            Some(site) => subject_of(db, id, &issuer_of(site))?,
            None => None,
        };
        let installation = match way {
            Way::App { connection_id } => find_installation(db, connection_id)?,
            _ => None,
        };
        Ok(Some(Self {
            account,
            person,
            installation,
        }))
    }

    /// The account has not ended its sessions, and the app is still in use: here, and at its site, which is still listed.
    fn stand_behind(&self, session: &SignInSession, app: &App) -> bool {
        let is_in_use = |found: &Installation| {
            let is_ours = match found.kind {
                AppKind::Connect => app.connect.is_some(),
                AppKind::Forge => app.forge.is_some(),
            };
            is_ours && found.is_in_use() && app.lists_site(&found.base_url)
        };
        session.belongs_to(&self.account)
            && (!session.way.is_framed() || self.installation.as_ref().is_some_and(is_in_use))
    }
}
