//! The part of the Confluence Query Language that a fake understands: reading it. What a clause means is in
//! `cql_search`. Whatever is not understood is refused, as the real parser would refuse nonsense.

use std::iter::Peekable;
use std::vec::IntoIter;

#[derive(Debug, PartialEq)]
pub(crate) enum Query {
    And(Vec<Query>),
    Or(Vec<Query>),
    Not(Box<Query>),
    Clause {
        /// In small letters.
        field: String,
        operator: Operator,
        values: Vec<String>,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operator {
    /// `=` and `in`.
    OneOf,
    /// `!=` and `not in`.
    NoneOf,
    Contains,
    ContainsNot,
    Before,
    BeforeOrAt,
    After,
    AfterOrAt,
}

#[derive(Clone, Debug, PartialEq)]
enum Token {
    Sign(&'static str),
    Word(String),
    Quoted(String),
}

/// The longer ones first.
const SIGNS: &[&str] = &["!=", "!~", "<=", ">=", "(", ")", ",", "=", "~", "<", ">"];

type Tokens = Peekable<IntoIter<Token>>;

/// The error is a sentence for the answer.
pub(crate) fn parse(text: &str) -> Result<Query, String> {
    let mut tokens = tokens(text)?.into_iter().peekable();
    let query = any_of(&mut tokens)?;
    if is_word(tokens.peek(), "order") {
        // `order by field desc, …`: fakes answer in their own order.
        return Ok(query);
    }
    match tokens.next() {
        None => Ok(query),
        Some(rest) => Err(format!("unexpected {rest:?}")),
    }
}

fn tokens(text: &str) -> Result<Vec<Token>, String> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        if let Some(sign) = SIGNS.iter().find(|sign| rest.starts_with(**sign)) {
            tokens.push(Token::Sign(sign));
            rest = &rest[sign.len()..];
        } else if first == '"' || first == '\'' {
            let (value, after) = quoted(&rest[1..], first)?;
            tokens.push(Token::Quoted(value));
            rest = after;
        } else {
            let is_bare = |letter: char| letter.is_alphanumeric() || "._-".contains(letter);
            let end = rest.find(|letter| !is_bare(letter)).unwrap_or(rest.len());
            if end == 0 {
                return Err(format!("'{first}' must be quoted"));
            }
            tokens.push(Token::Word(rest[..end].to_owned()));
            rest = &rest[end..];
        }
        rest = rest.trim_start();
    }
    Ok(tokens)
}

fn quoted(text: &str, quote: char) -> Result<(String, &str), String> {
    let mut value = String::new();
    let mut letters = text.char_indices();
    while let Some((at, letter)) = letters.next() {
        match letter {
            '\\' => match letters.next() {
                Some((_, escaped)) => value.push(escaped),
                None => break,
            },
            _ if letter == quote => return Ok((value, &text[at + 1..])),
            _ => value.push(letter),
        }
    }
    Err("a quote is not closed".to_owned())
}

fn any_of(tokens: &mut Tokens) -> Result<Query, String> {
    let mut parts = vec![all_of(tokens)?];
    while take_word(tokens, "or") {
        parts.push(all_of(tokens)?);
    }
    Ok(Query::Or(parts))
}

fn all_of(tokens: &mut Tokens) -> Result<Query, String> {
    let mut parts = vec![one(tokens)?];
    while take_word(tokens, "and") {
        parts.push(one(tokens)?);
    }
    Ok(Query::And(parts))
}

fn one(tokens: &mut Tokens) -> Result<Query, String> {
    if take_word(tokens, "not") {
        return Ok(Query::Not(Box::new(one(tokens)?)));
    }
    match tokens.next() {
        Some(Token::Sign("(")) => {
            let inner = any_of(tokens)?;
            expect(tokens, ")")?;
            Ok(inner)
        }
        Some(Token::Word(field)) => clause(field.to_lowercase(), tokens),
        other => Err(format!("expected a field, found {other:?}")),
    }
}

fn clause(field: String, tokens: &mut Tokens) -> Result<Query, String> {
    let operator = match tokens.next() {
        Some(Token::Word(word)) if word.eq_ignore_ascii_case("in") => {
            let values = list(tokens)?;
            return Ok(Query::Clause {
                field,
                operator: Operator::OneOf,
                values,
            });
        }
        Some(Token::Word(word)) if word.eq_ignore_ascii_case("not") && take_word(tokens, "in") => {
            let values = list(tokens)?;
            return Ok(Query::Clause {
                field,
                operator: Operator::NoneOf,
                values,
            });
        }
        Some(Token::Sign("=")) => Operator::OneOf,
        Some(Token::Sign("!=")) => Operator::NoneOf,
        Some(Token::Sign("~")) => Operator::Contains,
        Some(Token::Sign("!~")) => Operator::ContainsNot,
        Some(Token::Sign("<")) => Operator::Before,
        Some(Token::Sign("<=")) => Operator::BeforeOrAt,
        Some(Token::Sign(">")) => Operator::After,
        Some(Token::Sign(">=")) => Operator::AfterOrAt,
        other => {
            return Err(format!(
                "expected an operator after {field}, found {other:?}"
            ));
        }
    };
    let values = vec![value(tokens)?];
    Ok(Query::Clause {
        field,
        operator,
        values,
    })
}

fn list(tokens: &mut Tokens) -> Result<Vec<String>, String> {
    expect(tokens, "(")?;
    let mut values = vec![value(tokens)?];
    loop {
        match tokens.next() {
            Some(Token::Sign(",")) => values.push(value(tokens)?),
            Some(Token::Sign(")")) => return Ok(values),
            other => return Err(format!("expected , or ), found {other:?}")),
        }
    }
}

fn value(tokens: &mut Tokens) -> Result<String, String> {
    match tokens.next() {
        Some(Token::Word(value) | Token::Quoted(value)) => Ok(value),
        other => Err(format!("expected a value, found {other:?}")),
    }
}

fn expect(tokens: &mut Tokens, sign: &str) -> Result<(), String> {
    match tokens.next() {
        Some(Token::Sign(found)) if found == sign => Ok(()),
        other => Err(format!("expected {sign}, found {other:?}")),
    }
}

fn is_word(token: Option<&Token>, word: &str) -> bool {
    matches!(token, Some(Token::Word(found)) if found.eq_ignore_ascii_case(word))
}

fn take_word(tokens: &mut Tokens, word: &str) -> bool {
    let is_there = is_word(tokens.peek(), word);
    if is_there {
        tokens.next();
    }
    is_there
}
