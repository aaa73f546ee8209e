//! Webhooks as both products send them.

use serde_json::Value;

use fake_confluence::exchange::Port;
use fake_confluence::fake::FakeConfluence;
use fake_confluence::webhook::{Event, Webhook, signature};

fn body(hook: &Webhook) -> Value {
    serde_json::from_str(&hook.body).unwrap()
}

#[tokio::test]
async fn data_center_names_the_event_and_signs() {
    let fake = FakeConfluence::data_center().start();
    let (handbook, runbook) = fake.wiki(|wiki| (wiki.id_of("Handbook"), wiki.id_of("Runbook")));

    let hook = fake.webhook(
        Event::PageMoved {
            old_parent: handbook,
        },
        runbook,
        "secret",
    );

    assert_eq!(body(&hook)["event"], "page_moved");
    assert_eq!(body(&hook)["page"]["id"], runbook);
    assert_eq!(body(&hook)["oldParent"]["id"], handbook);
    assert!(
        hook.headers
            .contains(&("X-Hub-Signature", signature("secret", hook.body.as_bytes())))
    );
    let status = hook.send(&format!("{}/hooks", fake.stranger_url())).await;
    assert_eq!(status, 200);
    assert_eq!(
        fake.requests_to(Port::Stranger)[0].body,
        hook.body.as_bytes()
    );
}

#[tokio::test]
async fn every_event_has_a_subject() {
    let events = [
        Event::PageCreated,
        Event::PageUpdated,
        Event::PageTrashed,
        Event::PageRestored,
        Event::PageRemoved,
        Event::ViewRestrictionsChanged,
    ];
    let fake = FakeConfluence::data_center().start();
    let runbook = fake.wiki(|wiki| wiki.id_of("Runbook"));

    for event in events {
        let body = body(&fake.webhook(event, runbook, "secret"));
        assert_eq!(body["event"], event.name());
        assert!(body["page"]["id"] == runbook || body["content"]["id"] == runbook);
    }
}

#[tokio::test]
async fn files_are_named_with_their_page() {
    let events = [
        Event::AttachmentCreated,
        Event::AttachmentUpdated,
        Event::AttachmentTrashed,
        Event::AttachmentRemoved,
    ];
    let fake = FakeConfluence::cloud().start();
    let (runbook, file) = fake.wiki(|wiki| {
        let runbook = wiki.id_of("Runbook");
        (runbook, wiki.files_of(runbook)[0].id)
    });

    for event in events {
        let body = body(&fake.webhook(event, file, ""));
        assert_eq!(body["attachedTo"]["id"], runbook);
        assert_eq!(body["attachments"][0]["fileName"], "plan (1).png");
        assert_eq!(body["event"], Value::Null);
    }
}
