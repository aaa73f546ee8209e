//! Rust as a row of words, texts and marks: as much of the language as the rules need. Comments are gone, and so is what
//! only tests compile.

use std::str::Chars;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Token {
    Word(String),
    /// What stands between quotes.
    Text(String),
    /// `::`.
    Colons,
    Mark(char),
}

impl Token {
    pub(crate) fn word(&self) -> Option<&str> {
        match self {
            Self::Word(word) => Some(word),
            _ => None,
        }
    }

    pub(crate) fn is(&self, mark: char) -> bool {
        *self == Self::Mark(mark)
    }
}

/// Everything of a file, and the modules it declares for tests only.
pub(crate) fn production(source: &str) -> (Vec<Token>, Vec<String>) {
    let tokens = read(source);
    let mut kept = Vec::new();
    let mut test_modules = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        if is_for_tests(&tokens[at..]) {
            let end = end_of_item(&tokens, at);
            let item = &tokens[at..end];
            let is_module = item.iter().rposition(|token| token.word() == Some("mod"));
            if let Some(module) = is_module
                && item.last() == Some(&Token::Mark(';'))
            {
                test_modules.extend(item[module + 1].word().map(str::to_owned));
            }
            at = end;
        } else {
            kept.push(tokens[at].clone());
            at += 1;
        }
    }
    (kept, test_modules)
}

/// `#[cfg(test)]`.
fn is_for_tests(rest: &[Token]) -> bool {
    rest.len() > 6
        && rest[0].is('#')
        && rest[2].word() == Some("cfg")
        && rest[4].word() == Some("test")
        && rest[5].is(')')
}

/// Behind the `;` or the braces that end what begins at `start`.
pub(crate) fn end_of_item(tokens: &[Token], start: usize) -> usize {
    let mut depth = 0_usize;
    for (at, token) in tokens.iter().enumerate().skip(start) {
        match token {
            Token::Mark('{' | '(' | '[') => depth += 1,
            Token::Mark(')' | ']') => depth -= 1,
            Token::Mark('}') => {
                depth -= 1;
                if depth == 0 {
                    return at + 1;
                }
            }
            Token::Mark(';') if depth == 0 => return at + 1,
            _ => {}
        }
    }
    tokens.len()
}

fn read(source: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut rest = source.chars();
    while let Some(letter) = rest.clone().next() {
        let text = rest.as_str();
        if text.starts_with("//") {
            skip(&mut rest, text.find('\n').unwrap_or(text.len()));
        } else if text.starts_with("/*") {
            skip(&mut rest, text.find("*/").unwrap() + 2);
        } else if let Some(length) = raw_text(text) {
            tokens.push(Token::Text(text[..length].to_owned()));
            skip(&mut rest, length);
        } else if letter == '"' {
            let length = quoted(text);
            tokens.push(Token::Text(text[..length].to_owned()));
            skip(&mut rest, length);
        } else if letter == '\'' {
            skip(&mut rest, letter_or_lifetime(text));
        } else if letter.is_alphanumeric() || letter == '_' {
            let is_outside = |letter: char| !letter.is_alphanumeric() && letter != '_';
            let length = text.find(is_outside).unwrap_or(text.len());
            tokens.push(Token::Word(text[..length].to_owned()));
            skip(&mut rest, length);
        } else if text.starts_with("::") {
            tokens.push(Token::Colons);
            skip(&mut rest, 2);
        } else {
            if !letter.is_whitespace() {
                tokens.push(Token::Mark(letter));
            }
            rest.next();
        }
    }
    tokens
}

fn skip(rest: &mut Chars<'_>, bytes: usize) {
    *rest = rest.as_str()[bytes..].chars();
}

/// The length of `r"…"`, `r#"…"#` or `br"…"`, where one begins.
fn raw_text(text: &str) -> Option<usize> {
    let rest = text.strip_prefix("br").or(text.strip_prefix('r'))?;
    let hashes = rest.len() - rest.trim_start_matches('#').len();
    let inside = rest[hashes..].strip_prefix('"')?;
    let end = format!("\"{}", "#".repeat(hashes));
    let length = inside.find(&end).unwrap();
    Some(text.len() - inside.len() + length + end.len())
}

fn quoted(text: &str) -> usize {
    let mut is_escaped = false;
    for (at, letter) in text.char_indices().skip(1) {
        match letter {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

/// The length of `'a'`, or of the `'` of a lifetime.
fn letter_or_lifetime(text: &str) -> usize {
    let mut letters = text.char_indices().skip(1);
    let (_, first) = letters.next().unwrap();
    if first == '\\' {
        letters.next();
        let (end, _) = letters.find(|(_, letter)| *letter == '\'').unwrap();
        return end + 1;
    }
    match letters.next() {
        Some((at, '\'')) => at + 1,
        _ => 1,
    }
}
