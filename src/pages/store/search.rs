//! Full-text search inside one scope, with highlighted excerpts. Scope-safe by construction: only ids that the scope
//! reaches are searched.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Nullable, Text};

use super::walk;
use crate::db::{DbError, escape_like};
use crate::pages::scope::{ContentScope, Reach};

/// Around a hit in titles and excerpts; characters that no page text holds, because XML forbids them.
pub const HIT_START: char = '\u{1}';
pub const HIT_END: char = '\u{2}';

/// One page or file that fits.
#[derive(Debug, QueryableByName)]
pub struct SearchHit {
    #[diesel(sql_type = Text)]
    pub content_id: String,
    #[diesel(sql_type = Bool)]
    pub is_blog_post: bool,
    /// With hits marked.
    #[diesel(sql_type = Text)]
    pub title: String,
    /// With hits marked.
    #[diesel(sql_type = Text)]
    pub excerpt: String,
    /// Set for a file.
    #[diesel(sql_type = Nullable<Text>)]
    pub attachment_id: Option<String>,
    /// How many fit in all.
    #[diesel(sql_type = BigInt)]
    pub total: i64,
}

/// `$10` the question, `$11` the same for `like`, `$12` whether the question's script has no spaces between words, which
/// PostgreSQL's parser cannot split: those are looked for as they stand. `$13` limit, `$14` offset.
fn found() -> String {
    let page_is_seen = walk::is_seen("page.content_id");
    let owner_is_seen = walk::is_seen("file.content_id");
    format!("
    , asked as (
      select websearch_to_tsquery('simple', $10) as words
    ), found as (
      select page.content_id, page.kind = 'blog_post' as is_blog_post, page.title, page.search_text,
             null::text as attachment_id,
             ts_rank(page.search_vector, asked.words) + (page.title ilike $11)::int as score
        from page_snapshot page cross join asked
        where page.connection_id = $1 and page.content_id in (select content_id from reached)
          and {page_is_seen}
          and (page.search_vector @@ asked.words or page.title ilike $11 or ($12 and page.search_text ilike $11))
      union all
      select file.content_id, false, file.file_name, coalesce(file.comment, ''),
             file.attachment_id, 0.05
        from attachment_snapshot file
        where file.connection_id = $1 and file.content_id in (select content_id from reached)
          and {owner_is_seen}
          and file.file_name ilike $11
    ), screen as (
      select *, count(*) over () as total from found
        order by score desc, title, content_id, attachment_id limit $13 offset $14
    )
    select content_id, is_blog_post, attachment_id, total,
           ts_headline('simple', title, asked.words, 'HighlightAll=true, StartSel=' || chr(1) || ', StopSel=' || chr(2)) as title,
           ts_headline('simple', left(search_text, 50000), asked.words,
             'MaxFragments=2, MaxWords=25, MinWords=10, FragmentDelimiter=\" … \", StartSel=' || chr(1) || ', StopSel=' || chr(2)) as excerpt
      from screen cross join asked
      order by score desc, title, content_id, attachment_id"
    )
}

/// One screen of hits, best first.
pub fn search(
    db: &mut PgConnection,
    scope: &ContentScope,
    question: &str,
    limit: i64,
    offset: i64,
) -> Result<Vec<SearchHit>, DbError> {
    if matches!(scope.reach, Reach::Everything) {
        return Ok(Vec::new());
    }
    // No control character may reach the markers, and PostgreSQL takes no NUL.
    let question: String = question
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .take(200)
        .collect();
    let question = question.trim();
    let hits = walk::query(format!("{} {}", walk::reached(), found()), scope)
        .bind::<Text, _>(question)
        .bind::<Text, _>(format!("%{}%", escape_like(question)))
        .bind::<Bool, _>(has_no_word_gaps(question))
        .bind::<BigInt, _>(limit)
        .bind::<BigInt, _>(offset)
        .load(db)?;
    Ok(hits)
}

/// Chinese, Japanese, Thai, Lao, Khmer, Burmese: written without spaces.
fn has_no_word_gaps(text: &str) -> bool {
    text.chars().any(|c| {
        matches!(c, '\u{0e00}'..='\u{0eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}'
            | '\u{2e80}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3134f}')
    })
}
