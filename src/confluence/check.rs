//! The test of a connection: tries each call that the portal needs, and says in sentences what is missing.

mod explain;

use reqwest::header::HeaderMap;
use serde::Deserialize;
use time::OffsetDateTime;
use url::Url;

use super::{
    api::Api,
    client::Client,
    error::{ConfluenceError, Need, Problem},
    model::ContentKind,
    oauth, pace,
    paging::Part,
    product::Product,
    source::Answer,
    v1::{
        content::{Ancestor, User},
        with_query,
    },
};

/// A difference that only a wrong clock explains.
const CLOCK_SECONDS: i64 = 60;

/// What the test of a connection found out.
#[derive(Debug, Clone, serde::Serialize)]
pub struct TestReport {
    pub product: Product,
    /// Data Center tells its version.
    pub version: Option<String>,
    /// Who the site takes us for; `None` for nobody.
    pub account: Option<Account>,
    /// In the order in which they were tried. Those that make no sense after a failure are left out.
    pub checks: Vec<Check>,
}

#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Account {
    /// Account id on Cloud, user key on Data Center.
    pub id: String,
    pub display_name: String,
}

#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Check {
    pub name: CheckName,
    pub outcome: Outcome,
    /// A sentence for the admin.
    pub detail: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckName {
    Reachable,
    Tls,
    Product,
    Account,
    Spaces,
    Pages,
    Attachments,
    Search,
    Restrictions,
    Clock,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    Ok,
    /// The portal works, but something is missing.
    Warning,
    Failed,
}

impl TestReport {
    /// The connection can be used.
    pub fn is_good(&self) -> bool {
        self.checks
            .iter()
            .all(|check| check.outcome != Outcome::Failed)
    }
}

impl Client {
    /// Tries each call that the portal needs and explains what is missing. Forgets an earlier refusal of the credentials.
    pub async fn test(&self, now: OffsetDateTime) -> TestReport {
        run(self, &self.api, now).await
    }
}

async fn run(client: &Client, api: &Api, now: OffsetDateTime) -> TestReport {
    api.pace().reset();
    let product = api.site().product();
    let mut test = Test {
        client,
        api,
        report: TestReport {
            product,
            version: None,
            account: None,
            checks: Vec::new(),
        },
    };
    if test.reach().await && test.identify(now).await {
        test.read().await;
    }
    test.report
}

struct Test<'a> {
    client: &'a Client,
    api: &'a Api,
    report: TestReport,
}

#[derive(Deserialize)]
struct ServerInformation {
    version: String,
}

impl Test<'_> {
    fn note(&mut self, name: CheckName, outcome: Outcome, detail: impl Into<String>) {
        let detail = detail.into();
        self.report.checks.push(Check {
            name,
            outcome,
            detail,
        });
    }

    fn note_failure(&mut self, name: CheckName, outcome: Outcome, error: &ConfluenceError) {
        self.note(name, outcome, explain::failure(error, self.api));
    }

    /// Whether there is any use in asking more.
    async fn reach(&mut self) -> bool {
        let site = self.api.site();
        let answered = match site.product() {
            Product::Cloud => oauth::cloud_id(self.api.http(), site).await.map(|_id| None),
            Product::DataCenter => {
                let url = site.v1(&["server-information"]);
                let information = self.api.get::<ServerInformation>(url, Need::Account).await;
                information.map(|information| Some(information.version))
            }
        };
        let problem = answered.as_ref().err().map(|error| &error.problem);
        match problem {
            Some(Problem::Tls { .. }) => {
                self.note(
                    CheckName::Reachable,
                    Outcome::Ok,
                    "The site's server answers.",
                );
                self.note_answer(CheckName::Tls, answered);
                return false;
            }
            Some(
                Problem::Unreachable { .. }
                | Problem::TimedOut
                | Problem::Blocked { .. }
                | Problem::WrongHost { .. },
            ) => {
                self.note_answer(CheckName::Reachable, answered);
                return false;
            }
            _ => {}
        }
        self.note(CheckName::Reachable, Outcome::Ok, "The site answers.");
        self.note_tls();
        self.note_product(answered)
    }

    fn note_answer<T>(&mut self, name: CheckName, answer: Answer<T>) {
        if let Err(error) = answer {
            self.note_failure(name, Outcome::Failed, &error);
        }
    }

    fn note_tls(&mut self) {
        match self.api.site().base_url().scheme() {
            "https" => self.note(CheckName::Tls, Outcome::Ok, "The certificate is accepted."),
            _ => self.note(
                CheckName::Tls,
                Outcome::Warning,
                "The connection is not encrypted: credentials and pages can be read on the way.",
            ),
        }
    }

    fn note_product(&mut self, answered: Answer<Option<String>>) -> bool {
        match answered {
            Ok(Some(version)) => {
                let detail = format!("Confluence Data Center {version}.");
                self.report.version = Some(version);
                self.note(CheckName::Product, Outcome::Ok, detail);
            }
            Ok(None) => self.note(CheckName::Product, Outcome::Ok, "Confluence Cloud."),
            Err(error) => match error.problem {
                Problem::NotUnderstood { .. } => {
                    self.note_failure(CheckName::Product, Outcome::Failed, &error);
                    return false;
                }
                // Older servers do not tell; refused credentials show in the next check.
                Problem::NotFound | Problem::Unauthorized | Problem::Captcha => {}
                _ => self.note_failure(CheckName::Product, Outcome::Warning, &error),
            },
        }
        true
    }

    /// Who the site takes us for; whether it lets us in.
    async fn identify(&mut self, now: OffsetDateTime) -> bool {
        let url = self.api.site().v1(&["user", "current"]);
        let answer = self.api.reply(url, Need::Account).await;
        let user = answer.and_then(|reply| {
            let user = serde_json::from_slice::<User>(&reply.body).map_err(|_error| {
                let what = "a web page or other data instead of an account".to_owned();
                ConfluenceError::from(Problem::NotUnderstood { what })
            })?;
            Ok((user, reply.headers))
        });
        let (user, headers) = match user {
            Ok(answer) => answer,
            // The rest may still work: what an account is called needs a scope of its own.
            Err(error) if matches!(error.problem, Problem::ScopeMissing { .. }) => {
                self.note_failure(CheckName::Account, Outcome::Warning, &error);
                return true;
            }
            Err(error) => {
                self.note_failure(CheckName::Account, Outcome::Failed, &error);
                return false;
            }
        };
        let is_known = user.kind.as_deref().is_none_or(|kind| kind == "known");
        let known = user.id().filter(|_| is_known);
        if let Some(id) = known {
            let display_name = user.display_name.unwrap_or_else(|| id.clone());
            let detail = format!("Signed in as {display_name}.");
            self.report.account = Some(Account { id, display_name });
            self.note(CheckName::Account, Outcome::Ok, detail);
        } else {
            self.note(CheckName::Account, Outcome::Failed, explain::ANONYMOUS);
            return false;
        }
        self.compare_clocks(&headers, now);
        true
    }

    fn compare_clocks(&mut self, headers: &HeaderMap, now: OffsetDateTime) {
        let Some(theirs) = pace::date(headers) else {
            return;
        };
        let seconds = (now - theirs).whole_seconds();
        match seconds.abs() > CLOCK_SECONDS {
            true => self.note(
                CheckName::Clock,
                Outcome::Warning,
                format!(
                    "The clocks of this server and the site differ by {} seconds.",
                    seconds.abs()
                ),
            ),
            false => self.note(CheckName::Clock, Outcome::Ok, "The clocks agree."),
        }
    }

    async fn read(&mut self) {
        match self.first("spaces", "space", Need::Spaces).await {
            Ok(Some(_)) => self.note(CheckName::Spaces, Outcome::Ok, "Spaces can be read."),
            Ok(None) => self.note(
                CheckName::Spaces,
                Outcome::Warning,
                "The account sees no space. Give it read rights in the spaces to share from.",
            ),
            Err(error) => self.note_failure(CheckName::Spaces, Outcome::Failed, &error),
        }
        match self.first("pages", "content", Need::Content).await {
            Ok(Some(id)) => self.read_page(&id).await,
            Ok(None) => self.note(
                CheckName::Pages,
                Outcome::Warning,
                "The account sees no page, so that reading one could not be tried.",
            ),
            Err(error) => self.note_failure(CheckName::Pages, Outcome::Failed, &error),
        }
        match self.client.search_pages("a", None, 1).await {
            Ok(_) => self.note(CheckName::Search, Outcome::Ok, "Search works."),
            Err(error) => self.note_failure(CheckName::Search, Outcome::Warning, &error),
        }
    }

    /// The id of the first thing of a list, which is called differently on Cloud and Data Center.
    async fn first(&self, cloud: &str, data_center: &str, need: Need) -> Answer<Option<String>> {
        let site = self.api.site();
        let url: Url = match site.product() {
            Product::Cloud => site.v2(&[cloud]),
            Product::DataCenter => site.v1(&[data_center]),
        };
        let url = with_query(url, &[("limit", "1")]);
        let part: Part<Ancestor> = self.api.get(url, need).await?;
        Ok(part.results.into_iter().next().map(|first| first.id))
    }

    async fn read_page(&mut self, id: &str) {
        match self.client.export_view(id, ContentKind::Page).await {
            Ok(_) => self.note(CheckName::Pages, Outcome::Ok, "Pages can be read."),
            // Pages are then shown by our own renderer.
            Err(error) if error.problem.is_about_rendering() => {
                self.note_failure(CheckName::Pages, Outcome::Warning, &error);
            }
            Err(error) => self.note_failure(CheckName::Pages, Outcome::Failed, &error),
        }
        match self.read_files(id).await {
            Ok(detail) => self.note(CheckName::Attachments, Outcome::Ok, detail),
            Err(error) => self.note_failure(CheckName::Attachments, Outcome::Failed, &error),
        }
        match self.client.view_restrictions(&[id.to_owned()]).await {
            Ok(told) if told.contains_key(id) => {
                self.note(
                    CheckName::Restrictions,
                    Outcome::Ok,
                    "View restrictions can be read.",
                );
            }
            Ok(_) => self.note(
                CheckName::Restrictions,
                Outcome::Warning,
                explain::RESTRICTIONS,
            ),
            Err(error) => self.note_failure(CheckName::Restrictions, Outcome::Warning, &error),
        }
    }

    async fn read_files(&self, page_id: &str) -> Answer<&'static str> {
        let files = self.client.attachments(page_id, ContentKind::Page).await?;
        let Some(file) = files.first() else {
            return Ok("Files can be listed; the page tried has none to download.");
        };
        // Only the head is waited for.
        self.client.download(file, Some(0..1)).await?;
        Ok("Files can be listed and downloaded.")
    }
}
