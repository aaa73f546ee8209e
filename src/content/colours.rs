//! Author's colours to a few named hues.
//!
//! A colour chosen for a white page is unreadable on a dark one, so pages carry the hue as a class and the
//! stylesheet decides what it looks like.

/// The hues that have classes (`ink-red`, `fill-red`, …).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Hue {
    Grey,
    Red,
    Orange,
    Yellow,
    Green,
    Teal,
    Blue,
    Purple,
}

const NAMED: [(&str, Hue); 24] = [
    ("grey", Hue::Grey),
    ("gray", Hue::Grey),
    ("silver", Hue::Grey),
    ("red", Hue::Red),
    ("maroon", Hue::Red),
    ("darkred", Hue::Red),
    ("crimson", Hue::Red),
    ("orange", Hue::Orange),
    ("brown", Hue::Orange),
    ("yellow", Hue::Yellow),
    ("gold", Hue::Yellow),
    ("olive", Hue::Yellow),
    ("green", Hue::Green),
    ("lime", Hue::Green),
    ("darkgreen", Hue::Green),
    ("teal", Hue::Teal),
    ("aqua", Hue::Teal),
    ("cyan", Hue::Teal),
    ("blue", Hue::Blue),
    ("navy", Hue::Blue),
    ("purple", Hue::Purple),
    ("magenta", Hue::Purple),
    ("fuchsia", Hue::Purple),
    ("pink", Hue::Purple),
];

impl Hue {
    /// Reads `#rgb`, `#rrggbb`, `rgb(…)`, `rgba(…)`, a name, or a design token that has a name in it. Black and
    /// white are `None`: they are the page's own ink and paper.
    pub(super) fn of(colour: &str) -> Option<Self> {
        let colour = colour.trim().to_ascii_lowercase();
        if let Some(hex) = colour.strip_prefix('#') {
            return nearest(from_hex(hex)?);
        }
        if let Some(list) = colour.strip_prefix("rgb") {
            return nearest(from_list(list)?);
        }
        colour
            .split(|c: char| !c.is_ascii_alphabetic())
            .find_map(|word| NAMED.iter().find(|(name, _)| *name == word))
            .map(|(_, hue)| *hue)
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Grey => "grey",
            Self::Red => "red",
            Self::Orange => "orange",
            Self::Yellow => "yellow",
            Self::Green => "green",
            Self::Teal => "teal",
            Self::Blue => "blue",
            Self::Purple => "purple",
        }
    }
}

type Rgb = (f32, f32, f32);

fn from_hex(hex: &str) -> Option<Rgb> {
    let number = u32::from_str_radix(hex, 16).ok()?;
    let channel = |shift: u32, mask: u32| (number >> shift & mask) as f32 / mask as f32;
    match hex.len() {
        3 => Some((channel(8, 15), channel(4, 15), channel(0, 15))),
        6 => Some((channel(16, 255), channel(8, 255), channel(0, 255))),
        8 => Some((channel(24, 255), channel(16, 255), channel(8, 255))),
        _ => None,
    }
}

fn from_list(list: &str) -> Option<Rgb> {
    let mut channels = list
        .split(|c: char| !c.is_ascii_digit() && c != '.')
        .filter(|part| !part.is_empty())
        .map(|part| part.parse::<f32>().map(|value| value / 255.0));
    Some((
        channels.next()?.ok()?,
        channels.next()?.ok()?,
        channels.next()?.ok()?,
    ))
}

fn nearest((red, green, blue): Rgb) -> Option<Hue> {
    let most = red.max(green).max(blue);
    let least = red.min(green).min(blue);
    let spread = most - least;
    let lightness = (most + least) / 2.0;
    if spread < 0.06 || lightness < 0.12 && spread < 0.16 {
        return (0.2..0.97).contains(&lightness).then_some(Hue::Grey);
    }
    let degrees = if most == red {
        60.0 * (green - blue) / spread
    } else if most == green {
        60.0 * (blue - red) / spread + 120.0
    } else {
        60.0 * (red - green) / spread + 240.0
    };
    Some(match degrees {
        degrees if degrees < -40.0 => Hue::Purple,
        degrees if degrees < 17.0 => Hue::Red,
        degrees if degrees < 39.0 => Hue::Orange,
        degrees if degrees < 66.0 => Hue::Yellow,
        degrees if degrees < 158.0 => Hue::Green,
        degrees if degrees < 197.0 => Hue::Teal,
        degrees if degrees < 245.0 => Hue::Blue,
        _ => Hue::Purple,
    })
}
