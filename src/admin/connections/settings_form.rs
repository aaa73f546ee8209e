//! How often a live connection asks its site, and how much: as typed, and as understood.

use std::ops::RangeInclusive;

use serde::Deserialize;

use crate::admin::problems::Problems;
use crate::admin::shares::details::Choice;
use crate::admin::times::duration_in_words;
use crate::connections::store::live::LiveSettings;
use crate::sharing::values::{FILE_LIMIT_BYTES, REFRESH_AFTER_SECONDS, REQUESTS_PER_HOUR};

/// As typed.
#[derive(Debug, Clone, Deserialize)]
#[serde(default)]
pub struct SettingsInput {
    /// Seconds.
    pub refresh_after: String,
    pub requests_per_hour: String,
    pub file_limit_mib: String,
}

impl Default for SettingsInput {
    fn default() -> Self {
        Self::of(LiveSettings::default())
    }
}

impl SettingsInput {
    pub fn of(settings: LiveSettings) -> Self {
        Self {
            refresh_after: settings.refresh_after_seconds.to_string(),
            requests_per_hour: settings.requests_per_hour.to_string(),
            file_limit_mib: (settings.file_limit_bytes >> 20).to_string(),
        }
    }

    /// The settings, or `None` and at least one problem.
    pub fn parse(&self, problems: &mut Problems) -> Option<LiveSettings> {
        let refresh = number(&self.refresh_after, REFRESH_AFTER_SECONDS)
            .ok_or("Choose one minute to one day.");
        let requests = number(&self.requests_per_hour, REQUESTS_PER_HOUR)
            .ok_or("Type a number from 100 to 1000000.");
        let file_limit = self.file_limit_mib.trim().parse::<i64>().ok();
        let file_limit = file_limit
            .and_then(|mib| mib.checked_mul(1 << 20))
            .filter(|bytes| FILE_LIMIT_BYTES.contains(bytes))
            .ok_or("Type a number of mebibytes; 0 fetches no files at all.");
        let refresh = problems.check("refresh_after", refresh);
        let requests = problems.check("requests_per_hour", requests);
        let file_limit = problems.check("file_limit_mib", file_limit);
        Some(LiveSettings {
            refresh_after_seconds: refresh?,
            requests_per_hour: requests?,
            file_limit_bytes: file_limit?,
        })
    }

    /// Usual ages, and the connection's own when it is none of them.
    pub fn ages(&self) -> Vec<Choice> {
        let usual = [60, 120, 300, 600, 1800, 3600, 4 * 3600, 86_400];
        let own =
            number(&self.refresh_after, REFRESH_AFTER_SECONDS).filter(|own| !usual.contains(own));
        let mut all: Vec<i32> = usual.into_iter().chain(own).collect();
        all.sort_unstable();
        let choice = |seconds: i32| Choice {
            value: seconds.to_string(),
            label: duration_in_words(time::Duration::seconds(seconds.into())),
            chosen: seconds.to_string() == self.refresh_after,
        };
        all.into_iter().map(choice).collect()
    }
}

fn number(typed: &str, range: RangeInclusive<i64>) -> Option<i32> {
    let number = typed.trim().parse::<i32>().ok()?;
    range.contains(&number.into()).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::SettingsInput;
    use crate::admin::problems::Problems;
    use crate::connections::store::live::LiveSettings;

    #[test]
    fn what_is_shown_is_read_back() {
        let settings = LiveSettings::default();
        let read = SettingsInput::of(settings).parse(&mut Problems::default());
        assert_eq!(read, Some(settings));
    }

    #[test]
    fn every_number_out_of_range_is_named() {
        let wrong = SettingsInput {
            refresh_after: "59".to_owned(),
            requests_per_hour: "many".to_owned(),
            file_limit_mib: "-1".to_owned(),
        };
        let mut problems = Problems::default();
        assert_eq!(wrong.parse(&mut problems), None);
        assert_eq!(problems.all().len(), 3);
    }
}
