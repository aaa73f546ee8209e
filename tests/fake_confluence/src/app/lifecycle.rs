//! What is done to the app at this site: installed, switched off, removed, and what happens to the site itself. Each sends
//! the call-backs that Confluence sends, and takes effect only if the app agrees.

use super::callback::{Callback, Lifecycle};
use super::{Descriptor, Installation};
use crate::fake::FakeConfluence;
use crate::people::APP_USER;
use crate::recorder::Recorded;
use crate::state::State;

/// What becomes of the ids of pages when a site is imported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ids {
    Kept,
    Changed,
}

impl FakeConfluence {
    /// Reads the app's descriptor, tells the app `installed` and, if it agrees, `enabled`. The first status that is not
    /// fine, or the last.
    pub async fn install(&self, app_base_url: &str) -> u16 {
        let url = format!("{app_base_url}/atlassian-connect.json");
        let descriptor = reqwest::get(&url).await.unwrap();
        let status = descriptor.status();
        assert!(status.is_success(), "{url} answers {status}");
        self.install_from(Descriptor::read(descriptor.json().await.unwrap()))
            .await
    }

    /// The same for an app that has no descriptor to be read.
    pub async fn install_from(&self, descriptor: Descriptor) -> u16 {
        let (installation, callback) = self.with_state(|state| {
            let installation = state.app.new_installation(&descriptor);
            let callback = state.callback(Lifecycle::Installed, &descriptor, &installation);
            (installation, callback)
        });
        let status = callback.send().await;
        if !is_fine(status) {
            return status;
        }
        self.with_state(|state| state.adopt(descriptor, installation));
        self.tell(Lifecycle::Enabled).await
    }

    /// As if the app had been installed, although nobody asked it. The answer is what both sides now share.
    pub fn installed_silently(&self, app_key: &str, app_base_url: &str) -> Installation {
        let descriptor = Descriptor::usual(app_key, app_base_url);
        self.with_state(|state| {
            let installation = state.app.new_installation(&descriptor);
            state.adopt(descriptor, installation.clone());
            installation
        })
    }

    /// The site takes the app back to work.
    pub async fn enable(&self) -> u16 {
        self.with_installation(|installation| installation.is_enabled = true);
        self.tell(Lifecycle::Enabled).await
    }

    /// From now on nothing of the app is good at the site, whatever the app says to it.
    pub async fn disable(&self) -> u16 {
        let status = self.tell(Lifecycle::Disabled).await;
        self.with_installation(|installation| installation.is_enabled = false);
        status
    }

    pub async fn uninstall(&self) -> u16 {
        let status = self.tell(Lifecycle::Uninstalled).await;
        self.with_state(|state| state.app.installation = None);
        status
    }

    /// `installed` again, with a new secret; without the app's consent the old one stays.
    pub async fn rotate_secret(&self) -> u16 {
        let (installation, callback) = self.with_state(|state| {
            let mut installation = state.app.known();
            installation.shared_secret = state.app.new_secret();
            let descriptor = state.app.descriptor.clone().unwrap();
            let callback = state.callback(Lifecycle::Installed, &descriptor, &installation);
            (installation, callback)
        });
        let status = callback.send().await;
        if is_fine(status) {
            self.with_state(|state| state.app.installation = Some(installation));
        }
        status
    }

    /// The site moves to another host, such as `http://localhost:{port}`, and tells the app. At the old one there is no
    /// Confluence any more.
    pub async fn rename(&self, site_url: &str) -> u16 {
        self.with_state(|state| site_url.clone_into(&mut state.urls.site));
        self.tell(Lifecycle::Installed).await
    }

    /// The site's content is replaced by a copy of itself. All apps are gone without a word, and whoever installs one gets
    /// other keys.
    pub fn import_site(&self, ids: Ids) {
        self.with_state(|state| {
            state.app.installation = None;
            state.app.name_site_anew();
            if ids == Ids::Changed {
                state.wiki.renumber();
            }
        });
    }

    /// What the site would say now; for a test that changes and sends it. Nothing here takes effect by it.
    pub fn callback(&self, event: Lifecycle) -> Callback {
        self.with_state(|state| {
            let descriptor = state.app.descriptor.clone().expect("an app");
            let installation = state.app.installation.clone();
            let installation =
                installation.unwrap_or_else(|| state.app.new_installation(&descriptor));
            state.callback(event, &descriptor, &installation)
        })
    }

    /// Makes the app known without installing it, so that `callback` can be asked for.
    pub fn know_app(&self, descriptor: Descriptor) {
        self.with_state(|state| state.app.descriptor = Some(descriptor));
    }

    /// What both sides share.
    pub fn installation(&self) -> Option<Installation> {
        self.with_state(|state| state.app.installation.clone())
    }

    /// As if another version of the app had been installed.
    pub fn set_app_scopes(&self, scopes: &[&str]) {
        let scopes = scopes.iter().copied().map(str::to_owned).collect();
        self.with_installation(|installation| installation.scopes = scopes);
    }

    /// Atlassian signs with a key that nobody has seen yet.
    pub fn rotate_install_key(&self) {
        self.with_state(|state| state.app.make_install_key());
    }

    /// How often a key was asked for, whether there is one or not.
    pub fn install_key_requests(&self) -> usize {
        let requests = self.requests();
        let is_key = |request: &&Recorded| super::key_id_of(&request.path).is_some();
        requests.iter().filter(is_key).count()
    }

    async fn tell(&self, event: Lifecycle) -> u16 {
        self.callback(event).send().await
    }

    fn with_installation(&self, with: impl FnOnce(&mut Installation)) {
        self.with_state(|state| with(state.app.installation.as_mut().expect("an installation")));
    }
}

impl State {
    pub(super) fn add_app_user(&mut self) {
        if self.wiki.person(APP_USER).is_none() {
            self.wiki
                .add_app_user(APP_USER, "Share Portal for Confluence");
        }
    }

    fn adopt(&mut self, descriptor: Descriptor, installation: Installation) {
        self.add_app_user();
        self.app.descriptor = Some(descriptor);
        self.app.installation = Some(installation);
    }
}

fn is_fine(status: u16) -> bool {
    (200..300).contains(&status)
}
