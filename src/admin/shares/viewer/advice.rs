//! What the panel *Viewer* says of the pages of a share, and what there is to do.

use crate::admin::times::Moment;
use crate::connections::NotInTheirName;
use crate::connections::installation::{AppKind, Installation};
use crate::pages::store::viewer_renderings::RenderingCount;
use crate::pages::viewer::Viewer;

/// Somebody at the site.
pub struct PersonView {
    /// A name, where one is known.
    pub name: String,
    pub id: String,
}

/// So many pages are seen in one way.
pub struct LineView {
    pub pages: i64,
    pub how: String,
    /// It is not how the share was meant.
    pub is_fallback: bool,
    pub reason: Option<String>,
    pub last_at: Moment,
}

/// Whether the app can act as people at all.
pub(super) enum AppView {
    ActsAsPeople,
    /// Not until it is installed again; nothing else helps.
    Stale,
    /// It may not, as it is installed. This matters where pages fall back.
    Troubled(String),
    /// The site is not asked at all, which is said elsewhere.
    NotAsked,
    /// It never does, as an app of Forge.
    Never,
}

impl AppView {
    pub(super) fn of(installation: Option<&Installation>) -> Self {
        match installation {
            Some(app) if !app.is_in_use() => Self::NotAsked,
            Some(app) if app.kind == AppKind::Forge => Self::Never,
            Some(app) if app.stale_since.is_some() => Self::Stale,
            Some(app) => {
                let problem = app.own_problem().map(str::to_owned);
                problem.map_or(Self::ActsAsPeople, Self::Troubled)
            }
            None => Self::ActsAsPeople,
        }
    }
}

pub(super) fn line(
    count: RenderingCount,
    app: &AppView,
    creator: Option<&PersonView>,
    stand_in: Option<&PersonView>,
) -> LineView {
    let name = |person: Option<&PersonView>| person.map(|person| person.name.clone());
    let how = match (count.withheld, count.viewer) {
        (true, _) => "left out".to_owned(),
        (false, None) => "still to be fetched".to_owned(),
        (false, Some(Viewer::Creator)) => {
            format!(
                "as {}",
                name(creator).unwrap_or_else(|| "the creator".to_owned())
            )
        }
        (false, Some(Viewer::StandIn)) => {
            format!("as {}, who stands in", name(stand_in).unwrap_or_default())
        }
        (false, Some(Viewer::App)) => "as the app".to_owned(),
        (false, Some(Viewer::Nobody)) => {
            "rendered by the portal, with placeholders for what other apps show".to_owned()
        }
    };
    let is_meant = match count.viewer {
        Some(Viewer::Creator) | None => true,
        Some(Viewer::App) => creator.is_none() || matches!(app, AppView::Never),
        Some(Viewer::Nobody) => matches!(app, AppView::Never),
        Some(Viewer::StandIn) => false,
    };
    LineView {
        pages: count.pages,
        how,
        is_fallback: count.withheld || !is_meant,
        reason: count.reason,
        last_at: count.last_at.into(),
    }
}

/// What there is to do, most helpful first.
pub(super) fn advice(
    counts: &[RenderingCount],
    app: &AppView,
    has_creator: bool,
    has_stand_in: bool,
) -> Vec<String> {
    let any = |is: &dyn Fn(&RenderingCount) -> bool| counts.iter().any(is);
    let is_app = |count: &RenderingCount| {
        !count.withheld && matches!(count.viewer, Some(Viewer::App | Viewer::Nobody))
    };
    let mut advice = Vec::new();
    if matches!(app, AppView::Stale) {
        advice.push(NotInTheirName::Stale.sentence());
    } else if let AppView::Troubled(sentence) = app
        && any(&is_app)
    {
        advice.push(sentence);
    } else if matches!(app, AppView::NotAsked) {
        return Vec::new();
    } else if matches!(app, AppView::Never) {
        advice.push(
            "A Forge app acts as people only while they look at its pages, so no page is shown in somebody's name. There \
             is nothing to mend.",
        );
    } else if !has_creator {
        advice.push(
            "This share was not made by somebody who is known at the site, so its pages are shown as the app sees them. \
             What other apps show only to people is a placeholder. Name somebody to stand in, whose rights then count.",
        );
    } else if any(&is_app) && !has_stand_in {
        advice.push(
            "Name somebody to stand in for the creator: an active person at the site who may see these pages.",
        );
    } else if any(&is_app) {
        advice.push(
            "Neither the creator nor who stands in can be used for some pages. The reasons above name what to mend; if \
             people have left, name somebody else to stand in.",
        );
    }
    if any(&|count| count.withheld) {
        advice.push(
            "Pages are left out where the creator may not see them, with everything below them. If they belong into the \
             share, give the creator access in Confluence, then press “Refresh this share”.",
        );
    }
    advice.into_iter().map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use time::OffsetDateTime;

    use super::PersonView;
    use super::{AppView, advice, line};
    use crate::pages::store::viewer_renderings::RenderingCount;
    use crate::pages::viewer::Viewer;

    fn count(viewer: Viewer, withheld: bool) -> RenderingCount {
        RenderingCount {
            viewer: Some(viewer),
            withheld,
            reason: None,
            pages: 3,
            last_at: OffsetDateTime::UNIX_EPOCH,
        }
    }

    #[test]
    fn a_stand_in_is_advised_only_where_one_would_help() {
        let by_app = [count(Viewer::App, false)];
        assert!(
            advice(&by_app, &AppView::ActsAsPeople, true, false)[0]
                .contains("stand in for the creator")
        );
        assert!(advice(&by_app, &AppView::ActsAsPeople, true, true)[0].contains("Neither"));
        assert!(
            advice(
                &[count(Viewer::Creator, false)],
                &AppView::ActsAsPeople,
                true,
                false
            )
            .is_empty()
        );
        let withheld = advice(
            &[count(Viewer::Nobody, true)],
            &AppView::ActsAsPeople,
            true,
            false,
        );
        assert_eq!(withheld.len(), 1);
        assert!(withheld[0].contains("give the creator access"));
    }

    #[test]
    fn the_app_is_a_fallback_only_beside_a_creator() {
        let creator = PersonView {
            name: "Ada".to_owned(),
            id: "1".to_owned(),
        };
        assert!(
            line(
                count(Viewer::App, false),
                &AppView::ActsAsPeople,
                Some(&creator),
                None
            )
            .is_fallback
        );
        assert!(
            !line(
                count(Viewer::App, false),
                &AppView::ActsAsPeople,
                None,
                None
            )
            .is_fallback
        );
        assert_eq!(
            line(
                count(Viewer::Creator, false),
                &AppView::ActsAsPeople,
                Some(&creator),
                None
            )
            .how,
            "as Ada"
        );
        assert!(
            line(
                count(Viewer::Nobody, true),
                &AppView::ActsAsPeople,
                Some(&creator),
                None
            )
            .is_fallback
        );
    }

    #[test]
    fn what_is_wrong_with_the_app_is_named_before_any_stand_in() {
        let by_app = [count(Viewer::App, false)];
        let by_creator = [count(Viewer::Creator, false)];
        let troubled = AppView::Troubled("Update the app.".to_owned());
        let advised = advice(&by_app, &troubled, true, false);
        assert_eq!(advised, ["Update the app."]);
        assert_eq!(advice(&by_creator, &troubled, true, false), [""; 0]);
        assert_eq!(advice(&by_app, &AppView::NotAsked, true, false), [""; 0]);
        for counts in [&by_app, &by_creator] {
            let advised = advice(counts, &AppView::Stale, true, false);
            assert!(advised[0].contains("Install the app again"), "{advised:?}");
        }
        let forge = advice(&by_app, &AppView::Never, true, false);
        assert!(forge[0].ends_with("nothing to mend."), "{forge:?}");
        for viewer in [Viewer::App, Viewer::Nobody] {
            let creator = PersonView {
                name: "Ada".to_owned(),
                id: "1".to_owned(),
            };
            let line = line(count(viewer, false), &AppView::Never, Some(&creator), None);
            assert!(!line.is_fallback, "{viewer:?}");
        }
    }
}
