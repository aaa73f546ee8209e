//! The way in by Confluence's single sign-on: the visitor's cookies, asked at Confluence from the visitor's own address.
//!
//! Nothing happens before the button is pressed, so that the form stays within reach, nobody runs in circles, and no other
//! site signs somebody in unawares. What is asked later is [`super::renewal`]'s subject.

use actix_session::Session;
use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use time::Duration;
use uuid::Uuid;

use super::destination::Destination;
use super::page::SignInPage;
use super::sso_words::SignOnProblem;
use crate::accounts::account::Account;
use crate::accounts::person::PersonCredentials;
use crate::accounts::roles::role_of;
use crate::accounts::session::{SignInSession, Way};
use crate::accounts::sign_in::{charge_elsewhere, give_back_elsewhere};
use crate::accounts::store::identity::issuer_of;
use crate::accounts::store::person;
use crate::admin::session;
use crate::admin::stranger::stranger_of;
use crate::audit::Tally;
use crate::clock;
use crate::config::SingleSignOn;
use crate::confluence::Problem;
use crate::confluence::single_sign_on::{Jar, JarOwner, Somebody};
use crate::connections::LiveError;
use crate::guess_limit::Charge;
use crate::pages::model::Connection;
use crate::shares::guesses::network;
use crate::sharing::actor::Stranger;
use crate::sharing::sign_in::{self, Occasion, VouchedFor};
use crate::web::csrf;
use crate::web::error::{Failure, PageError};
use crate::web::page;
use crate::web::state::AppState;

/// `POST /admin/sign-in/single`.
pub async fn sign_in(
    state: web::Data<AppState>,
    request: HttpRequest,
    cookie: Session,
    form: web::Form<Destination>,
) -> Result<HttpResponse, PageError> {
    let settings = state.settings.single_sign_on.as_ref();
    let settings = settings.ok_or(Failure::NotFound)?;
    let next = form.path();
    let is_own = csrf::check_origin(&request, &state.settings).is_ok();
    let admitted = match find_connection(&state, settings).await? {
        _ if !is_own => Err(SignOnProblem::OtherSite),
        Ok(connection) => let_in(&state, settings, &connection, &request).await?,
        Err(problem) => Err(problem),
    };
    match admitted {
        Ok((account, connection_id)) => {
            let way = Way::SingleSignOn { connection_id };
            session::begin(&cookie, &SignInSession::begin(&account, way, clock::now()))?;
            Ok(page::see_other(next))
        }
        Err(problem) => Ok(refuse(&state, settings, next, &problem)?),
    }
}

/// The connection of the site; people's rights there are those of the connection's pages.
async fn find_connection(
    state: &AppState,
    settings: &SingleSignOn,
) -> Result<Result<Connection, SignOnProblem>, PageError> {
    Ok(match state.connections.connection_at(&settings.url).await {
        Ok(Some(connection)) => Ok(connection),
        Ok(None) => Err(SignOnProblem::NoConnection),
        Err(LiveError::Db(error)) => return Err(error.into()),
        Err(error) => Err(SignOnProblem::Silent(error.sentence())),
    })
}

async fn let_in(
    state: &AppState,
    settings: &SingleSignOn,
    connection: &Connection,
    request: &HttpRequest,
) -> Result<Result<(Account, Uuid), SignOnProblem>, PageError> {
    let mut jar = brought(request, settings);
    if jar.is_empty() {
        return Ok(Err(SignOnProblem::NoCookie));
    }
    if let Some(sentence) = state.sign_on_turns.silence(connection.id) {
        return Ok(Err(SignOnProblem::Silent(sentence)));
    }
    let stranger = stranger_of(state, request);
    let client = stranger.client;
    let bucket = network(client);
    if let Charge::Wait(wait) = charge_elsewhere(&state.db, &bucket, clock::now()).await? {
        sign_in::tally(&state.sharing, Tally::SignInThrottled, &stranger, clock::now()).await?;
        return Ok(Err(SignOnProblem::TooMany(wait)));
    }
    let Some(_place) = state.sign_on_turns.enter() else {
        return Ok(Err(SignOnProblem::TooMany(Duration::SECOND)));
    };
    let seen = state
        .connections
        .ask_who(connection.id, &mut jar, client)
        .await;
    let somebody = match seen {
        Ok(JarOwner::Known(somebody)) => somebody,
        Ok(JarOwner::Nobody) => return Ok(Err(SignOnProblem::Nobody { client })),
        Err(error) => return Ok(Err(not_answered(state, connection.id, error)?)),
    };
    let asked = Asked {
        connection_id: connection.id,
        occasion: Occasion::SignIn,
    };
    let Some(account) = admit(state, settings, &stranger, asked, somebody, jar).await? else {
        sign_in::tally(&state.sharing, Tally::SignInRefused, &stranger, clock::now()).await?;
        return Ok(Err(SignOnProblem::NotInGroups));
    };
    give_back_elsewhere(&state.db, &bucket).await?;
    Ok(Ok((account, connection.id)))
}

/// Trouble of the whole site is remembered, so that it is left alone for a moment. Anything else may be about this one person, and
/// says nothing about others.
pub(super) fn not_answered(
    state: &AppState,
    connection_id: Uuid,
    error: LiveError,
) -> Result<SignOnProblem, Failure> {
    let sentence = error.sentence();
    match error {
        LiveError::Db(error) => Err(error.into()),
        LiveError::Confluence(error)
            if matches!(
                error.problem,
                Problem::Unreachable { .. }
                    | Problem::Tls { .. }
                    | Problem::TimedOut
                    | Problem::Server { .. }
                    | Problem::RateLimited { .. }
            ) =>
        {
            tracing::warn!(reason = sentence, "the single sign-on does not answer");
            let turns = &state.sign_on_turns;
            turns.record_silence(connection_id, sentence.clone());
            Ok(SignOnProblem::Silent(sentence))
        }
        _ => Ok(SignOnProblem::Unclear(sentence)),
    }
}

/// The cookies that the visitor brought, of those that the operator named.
pub(super) fn brought(request: &HttpRequest, settings: &SingleSignOn) -> Jar {
    let headers = request.headers().get_all("cookie");
    let texts = headers.filter_map(|header| header.to_str().ok());
    let pairs = texts.flat_map(|text| text.split(';'));
    let pairs = pairs.filter_map(|pair| pair.trim_start().split_once('='));
    Jar::of_visitor(pairs, &settings.cookies)
}

/// Which site was asked about somebody, and why.
pub(super) struct Asked {
    pub(super) connection_id: Uuid,
    pub(super) occasion: Occasion,
}

/// The account with today's role and the sealed cookies; `None`, and every session ended, when the groups let nobody in.
pub(super) async fn admit(
    state: &AppState,
    settings: &SingleSignOn,
    stranger: &Stranger,
    asked: Asked,
    somebody: Somebody,
    jar: Jar,
) -> Result<Option<Account>, Failure> {
    let connection_id = asked.connection_id;
    let now = clock::now();
    let vouched = VouchedFor {
        way: Way::SingleSignOn { connection_id },
        issuer: issuer_of(connection_id),
        subject: somebody.key,
    };
    let Some(role) = role_of(&settings.groups, &somebody.groups) else {
        sign_in::turn_away(&state.sharing, stranger, vouched, now).await?;
        return Ok(None);
    };
    let display_name = match somebody.display_name.trim() {
        "" => somebody.username,
        name => name.to_owned(),
    };
    let admitted = sign_in::admit(
        &state.sharing,
        stranger,
        vouched,
        display_name,
        role,
        asked.occasion,
        now,
    );
    let account = admitted.await?;
    let credentials = PersonCredentials::Cookies {
        cookies: jar.into_cookies(),
    };
    let sealed = credentials
        .seal(&state.sealer, account.id, connection_id)
        .map_err(|error| Failure::Internal(error.to_string()))?;
    let id = account.id;
    state
        .db
        .run(move |db| person::keep_credentials(db, id, connection_id, &sealed, now))
        .await?;
    Ok(Some(account))
}

/// The sign-in page with the reason, and the way to Confluence's own sign-in where that helps.
pub(super) fn refuse(
    state: &AppState,
    settings: &SingleSignOn,
    next: &str,
    problem: &SignOnProblem,
) -> Result<HttpResponse, Failure> {
    problem.log();
    if let SignOnProblem::TooMany(wait) = problem {
        return SignInPage::new(state, next).too_many(*wait);
    }
    let page = SignInPage {
        more: problem.more(settings, &state.settings.base_url),
        elsewhere: problem.elsewhere(settings),
        ..SignInPage::refused(state, next, problem.sentence(settings))
    };
    let status = match problem {
        SignOnProblem::NoCookie | SignOnProblem::Nobody { .. } => StatusCode::UNAUTHORIZED,
        SignOnProblem::NotInGroups | SignOnProblem::SomebodyElse | SignOnProblem::OtherSite => {
            StatusCode::FORBIDDEN
        }
        SignOnProblem::TooMany(_) => StatusCode::TOO_MANY_REQUESTS,
        SignOnProblem::NoConnection | SignOnProblem::Silent(_) | SignOnProblem::Unclear(_) => {
            StatusCode::SERVICE_UNAVAILABLE
        }
    };
    page.answer(status)
}
