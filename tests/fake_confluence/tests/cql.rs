//! Queries: what they find, how quotes are read, what is refused.

use super::{encoded, get};
use fake_confluence::fake::FakeConfluence;

async fn titles(fake: &FakeConfluence, cql: &str) -> Vec<String> {
    let answer = get(
        fake,
        &format!("/wiki/rest/api/content/search?cql={}", encoded(cql)),
    )
    .await;
    assert_eq!(answer.status, 200, "{cql}");
    answer.titles()
}

#[tokio::test]
async fn clauses_are_joined_and_nested() {
    let fake = FakeConfluence::cloud().start();
    let handbook = fake.wiki(|wiki| wiki.id_of("Handbook"));

    let cql = format!(
        "ancestor = {handbook} and type in (page, blogpost) and (title ~ \"run*\" or text ~ comes)"
    );
    assert_eq!(titles(&fake, &cql).await, ["Runbook", "Plans"]);
}

#[tokio::test]
async fn a_quote_in_a_title_is_escaped_by_a_backslash() {
    let fake = FakeConfluence::cloud().start();
    fake.wiki(|wiki| {
        let home = wiki.home("DS");
        wiki.add_page(home, r#"The "big" \ one"#, "<p></p>");
    });

    assert_eq!(
        titles(&fake, r#"title = "The \"big\" \\ one""#).await,
        [r#"The "big" \ one"#]
    );
}

#[tokio::test]
async fn files_are_found_by_their_page() {
    let fake = FakeConfluence::cloud().start();
    let plans = fake.wiki(|wiki| wiki.id_of("Plans"));

    let cql = format!("type = attachment and container in ({plans})");
    assert_eq!(titles(&fake, &cql).await, ["network.png"]);
}

#[tokio::test]
async fn nobody_finds_what_he_may_not_read() {
    let fake = FakeConfluence::cloud().start();

    assert_eq!(
        titles(&fake, "siteSearch ~ minutes").await,
        Vec::<String>::new()
    );
}

#[tokio::test]
async fn nonsense_is_refused_with_the_real_body() {
    let fake = FakeConfluence::cloud().start();

    for cql in ["title ~ \"open", "colour = red", "title = a b", "id in ()"] {
        let answer = get(
            &fake,
            &format!("/wiki/rest/api/content/search?cql={}", encoded(cql)),
        )
        .await;
        assert_eq!(answer.status, 400, "{cql}");
        assert!(
            answer.json()["message"]
                .as_str()
                .unwrap()
                .contains("BadRequestException")
        );
    }
}
