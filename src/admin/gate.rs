//! The gate of the admin pages: lets signed-in admins through and hands out [`Admin`], the proof that somebody is one.
//!
//! Everything that changes something must also come from our own pages. Signing in itself is outside the gate.

use std::future::{Ready, ready};
use std::rc::Rc;

use actix_session::{Session, SessionExt as _};
use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::middleware::Next;
use actix_web::{Error, FromRequest, HttpMessage as _, HttpRequest, HttpResponse, web};
use askama::Template;
use url::form_urlencoded;

use super::session::{self, Flash, FlashKind};
use crate::accounts::account::Account;
use crate::accounts::session::SignInSession;
use crate::accounts::store::account as accounts;
use crate::clock;
use crate::web::csrf::{self, CsrfToken};
use crate::web::error::{Failure, PageError};
use crate::web::headers::Shell;
use crate::web::message::{Context, Link};
use crate::web::page;
use crate::web::state::AppState;

/// A signed-in admin. Only the gate makes one, so a handler that takes it cannot be reached without signing in.
#[derive(Clone)]
pub struct Admin {
    account: Rc<Account>,
    session: SignInSession,
    csrf: CsrfToken,
    cookie: Session,
}

impl Admin {
    pub fn account(&self) -> &Account {
        &self.account
    }

    /// What the account is called: its e-mail address, or its person's name.
    pub fn name(&self) -> &str {
        self.account.name()
    }

    /// When the session began, for a session that replaces it.
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

impl FromRequest for Admin {
    type Error = PageError;
    type Future = Ready<Result<Self, PageError>>;

    fn from_request(request: &HttpRequest, _payload: &mut Payload) -> Self::Future {
        ready(admitted(request))
    }
}

/// Who the gate let through. Without a gate in front of the route that is nobody.
pub fn admitted(request: &HttpRequest) -> Result<Admin, PageError> {
    let admin = request.extensions().get::<Admin>().cloned();
    admin.ok_or_else(|| {
        Failure::Internal("an admin route stands outside the gate".to_owned()).into()
    })
}

/// Middleware around every admin page but sign-in.
pub async fn require_admin(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    match admit(&request).await {
        Ok(admin) => {
            request.extensions_mut().insert(admin);
            Ok(next.call(request).await?.map_into_boxed_body())
        }
        Err(Turned::To(answer)) => Ok(request.into_response(answer)),
        Err(Turned::Failed(failure)) => Ok(request.error_response(PageError::from(failure))),
    }
}

/// What somebody meets who is not let through.
enum Turned {
    To(HttpResponse),
    Failed(Failure),
}

impl From<Failure> for Turned {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

async fn admit(request: &ServiceRequest) -> Result<Admin, Turned> {
    let state = request
        .app_data::<web::Data<AppState>>()
        .ok_or_else(|| Failure::Internal("the admin pages have no state".to_owned()))?;
    let cookie = request.get_session();
    let now = clock::now();
    let changes = !request.method().is_safe();
    let session = session::read(&cookie).filter(|session| session.is_live(now));
    let (Some(session), Some(csrf)) = (session, session::csrf_token(&cookie)) else {
        return Err(ask_to_sign_in(request, changes));
    };
    let id = session.account_id;
    let account = state
        .db
        .run(move |db| accounts::find_account(db, id))
        .await
        .map_err(Failure::from)?;
    let Some(account) = account.filter(|account| session.belongs_to(account)) else {
        return Err(ask_to_sign_in(request, changes));
    };
    if changes {
        csrf::check_origin(request.request(), &state.settings)
            .map_err(|foreign| refuse(&foreign))?;
    }
    if let Some(touched) = session.touched(now) {
        session::write(&cookie, &touched)?;
    }
    Ok(Admin {
        account: Rc::new(account),
        session,
        csrf,
        cookie,
    })
}

fn refuse(foreign: &csrf::Foreign) -> Failure {
    Failure::Forbidden(match foreign {
        csrf::Foreign::OtherSite => {
            "The request came from another site, so nothing was changed. Open the admin pages under the portal's own \
             address (VESTIBULE_BASE_URL or one of VESTIBULE_HOSTS) and try again there."
                .to_owned()
        }
        csrf::Foreign::Unsaid => {
            "The browser did not say which page the request came from, so nothing was changed. Use a current browser, \
             and let proxies in between pass the Origin header on."
                .to_owned()
        }
    })
}

/// Shown instead of a redirect when a form was sent: going back keeps what was typed.
#[derive(Template)]
#[template(path = "admin/signed_out.html")]
struct SignedOutPage {
    context: Context,
    sign_in: Link,
}

fn ask_to_sign_in(request: &ServiceRequest, changes: bool) -> Turned {
    if !changes {
        let path = request
            .uri()
            .path_and_query()
            .map_or("/admin", |path| path.as_str());
        return Turned::To(page::see_other(&sign_in_url(path)));
    }
    let template = SignedOutPage {
        context: Context::Top,
        sign_in: Link {
            title: "Sign in in a new tab".to_owned(),
            url: sign_in_url("/admin"),
        },
    };
    match page::html(StatusCode::UNAUTHORIZED, &Shell::Plain, &template) {
        Ok(answer) => Turned::To(answer),
        Err(failure) => Turned::Failed(failure),
    }
}

fn sign_in_url(next: &str) -> String {
    let next: String = form_urlencoded::byte_serialize(next.as_bytes()).collect();
    format!("/admin/sign-in?next={next}")
}
