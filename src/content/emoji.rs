//! Confluence's emoticons as Unicode.

use super::dom::Element;

/// The emoticons of the old editor.
const CLASSIC: [(&str, &str); 25] = [
    ("smile", "🙂"),
    ("sad", "🙁"),
    ("cheeky", "😛"),
    ("laugh", "😄"),
    ("wink", "😉"),
    ("thumbs-up", "👍"),
    ("thumbs-down", "👎"),
    ("information", "ℹ️"),
    ("tick", "✅"),
    ("cross", "❌"),
    ("warning", "⚠️"),
    ("plus", "➕"),
    ("minus", "➖"),
    ("question", "❓"),
    ("light-on", "💡"),
    ("light-off", "🔅"),
    ("yellow-star", "⭐"),
    ("red-star", "★"),
    ("green-star", "★"),
    ("blue-star", "★"),
    ("heart", "❤️"),
    ("broken-heart", "💔"),
    ("celebrate", "🎉"),
    ("star", "⭐"),
    ("error", "❌"),
];

/// Short names of Confluence Cloud that the Unicode names of `emojis` do not know.
const CLOUD: [(&str, &str); 24] = [
    ("slight_smile", "🙂"),
    ("slight_frown", "🙁"),
    ("smiley", "😃"),
    ("check_mark", "✅"),
    ("cross_mark", "❌"),
    ("info", "ℹ️"),
    ("note", "📝"),
    ("tools", "🛠️"),
    ("pencil", "📝"),
    ("thumbsup", "👍"),
    ("thumbsdown", "👎"),
    ("flag_on", "🚩"),
    ("flag_off", "🏳️"),
    ("light_bulb_on", "💡"),
    ("light_bulb_off", "🔅"),
    ("star_yellow", "⭐"),
    ("plus", "➕"),
    ("minus", "➖"),
    ("question_mark", "❓"),
    ("exclamation_mark", "❗"),
    ("speech_balloon", "💬"),
    ("skull_crossbones", "☠️"),
    ("stuck_out_tongue", "😛"),
    ("face_exhaling", "😮‍💨"),
];

/// The character of an `ac:emoticon`. Its code points are surest, then the fallback the editor stored, then names;
/// the old `ac:name` comes last, because Cloud writes `blue-star` there for everything new.
pub(super) fn of(element: &Element) -> String {
    let attribute = |name| element.attribute(name).filter(|value| !value.is_empty());
    let fallback = attribute("ac:emoji-fallback");
    let shortname = attribute("ac:emoji-shortname").or(attribute("ac:shortcut"));
    attribute("ac:emoji-id")
        .and_then(by_code_points)
        .or_else(|| fallback.filter(|text| !text.is_ascii()).map(str::to_owned))
        .or_else(|| shortname.and_then(by_shortname))
        .or_else(|| attribute("ac:name").and_then(classic))
        .or_else(|| shortname.or(fallback).map(str::to_owned))
        .unwrap_or_else(|| "🙂".to_owned())
}

/// A picture of an emoticon, as pages pasted from a browser have it.
pub(super) fn of_img(image: &Element) -> Option<String> {
    if !image.attribute("class")?.contains("emoticon") {
        return None;
    }
    let attribute = |name| image.attribute(name).filter(|value| !value.is_empty());
    let fallback = attribute("data-emoji-fallback");
    let shortname = attribute("data-emoji-shortname").or(fallback);
    attribute("data-emoji-id")
        .and_then(by_code_points)
        .or_else(|| fallback.filter(|text| !text.is_ascii()).map(str::to_owned))
        .or_else(|| shortname.and_then(by_shortname))
        // A site's own emoji has no character; what it is called beats the blue star that Cloud names it.
        .or_else(|| shortname.map(str::to_owned))
        .or_else(|| attribute("data-emoticon-name").and_then(classic))
        .or_else(|| class_name(image).and_then(classic))
        .or_else(|| attribute("alt").map(str::to_owned))
}

/// `smile` of the class `emoticon-smile`.
fn class_name(image: &Element) -> Option<&str> {
    let mut classes = image.attribute("class")?.split_ascii_whitespace();
    classes.find_map(|class| class.strip_prefix("emoticon-"))
}

/// `1f468-200d-1f4bb` as text; keycaps have a digit in them.
pub(super) fn by_code_points(id: &str) -> Option<String> {
    let characters = id
        .split('-')
        .map(|code| u32::from_str_radix(code, 16).ok().and_then(char::from_u32));
    let text = characters.collect::<Option<String>>()?;
    (!text.is_ascii() && !text.contains(char::is_control)).then_some(text)
}

/// `:tada:` as text.
pub(super) fn by_shortname(shortname: &str) -> Option<String> {
    let name = shortname.trim_matches(':');
    let known = emojis::get_by_shortcode(name).map(|emoji| emoji.as_str());
    known
        .or_else(|| find(&CLOUD, name))
        .map(str::to_owned)
        .or_else(|| classic(name))
}

fn classic(name: &str) -> Option<String> {
    find(&CLASSIC, name).map(str::to_owned)
}

fn find(table: &'static [(&str, &str)], name: &str) -> Option<&'static str> {
    let (_, character) = table.iter().find(|(known, _)| *known == name)?;
    Some(character)
}
