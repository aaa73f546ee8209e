//! Reads what a call sends: its JSON body or its query, into a struct of `Given` fields.

use actix_web::http::header::CONTENT_TYPE;
use actix_web::{HttpRequest, web};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use url::form_urlencoded;

use super::problems::Problems;
use crate::web::error::Failure;

/// The largest body is a share with 50 long origins and a long description; this is several times as much.
const LIMIT: usize = 64 << 10;

const JSON: &str = "application/json";

pub(super) async fn read_json<T: DeserializeOwned>(
    request: &HttpRequest,
    payload: web::Payload,
) -> Result<T, Failure> {
    if !is_json(request) {
        return Err(Failure::UnsupportedMediaType(JSON));
    }
    parse(&read_bytes(payload).await?)
}

/// For calls that work without a body, too; null is none.
pub(super) async fn read_json_if_any<T: DeserializeOwned + Default>(
    request: &HttpRequest,
    payload: web::Payload,
) -> Result<T, Failure> {
    let bytes = read_bytes(payload).await?;
    match (bytes.is_empty(), is_json(request)) {
        (true, _) => Ok(T::default()),
        (false, true) => Ok(parse::<Option<T>>(&bytes)?.unwrap_or_default()),
        (false, false) => Err(Failure::UnsupportedMediaType(JSON)),
    }
}

/// Every parameter arrives as a string; one that is there twice is refused.
pub(super) fn read_query<T: DeserializeOwned>(request: &HttpRequest) -> Result<T, Failure> {
    let mut parameters = Map::new();
    let mut problems = Problems::default();
    for (name, value) in form_urlencoded::parse(request.query_string().as_bytes()) {
        let value = Value::String(value.into_owned());
        if parameters
            .insert(name.clone().into_owned(), value)
            .is_some()
        {
            problems.add(&name, "This is there more than once.");
        }
    }
    problems.into_result()?;
    serde_json::from_value(Value::Object(parameters))
        .map_err(|error| Failure::BadRequest(format!("The query cannot be read: {error}.")))
}

fn is_json(request: &HttpRequest) -> bool {
    let value = request.headers().get(CONTENT_TYPE);
    let value = value
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let essence = value.split(';').next().unwrap_or_default();
    essence.trim().eq_ignore_ascii_case(JSON)
}

async fn read_bytes(payload: web::Payload) -> Result<web::Bytes, Failure> {
    match payload.to_bytes_limited(LIMIT).await {
        Ok(Ok(bytes)) => Ok(bytes),
        Ok(Err(_broken_off)) => Err(Failure::BadRequest("The body ended too early.".to_owned())),
        Err(_too_large) => Err(Failure::TooLarge(LIMIT as u64)),
    }
}

fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Failure> {
    serde_json::from_slice(bytes).map_err(|error| {
        Failure::BadRequest(if error.is_data() {
            // Wrong fields are no error yet, so this is no object at all, or one that names a field twice.
            "The body must be a JSON object that names each field once.".to_owned()
        } else {
            format!("The body is not valid JSON: {error}.")
        })
    })
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::{parse, read_query};
    use crate::api::given::Given;
    use crate::api::problems::Unknown;
    use crate::web::error::Failure;
    use actix_web::test::TestRequest;

    #[derive(Deserialize, Default)]
    #[serde(default)]
    struct Sent {
        name: Given<String>,
        number: Given<i64>,
        #[serde(flatten)]
        unknown: Unknown,
    }

    fn refusal(body: &str) -> String {
        match parse::<Sent>(body.as_bytes()) {
            Err(Failure::BadRequest(sentence)) => sentence,
            Err(other) => panic!("{other:?}"),
            Ok(_) => panic!("{body} was accepted"),
        }
    }

    #[test]
    fn absent_null_right_and_wrong_values_are_told_apart() {
        let sent = parse::<Sent>(br#"{"name": null, "number": "5", "nmae": 1}"#).unwrap();
        assert!(matches!(sent.name, Given::Null));
        assert!(matches!(sent.number, Given::WrongType));
        assert_eq!(sent.unknown.keys().collect::<Vec<_>>(), ["nmae"]);
        let sent = parse::<Sent>(br#"{"number": 60.0}"#).unwrap();
        assert!(matches!(sent.name, Given::Absent));
        assert!(matches!(sent.number, Given::Value(60)));
        let sent = parse::<Sent>(br#"{"number": 60.5}"#).unwrap();
        assert!(matches!(sent.number, Given::WrongType));
    }

    #[test]
    fn broken_json_is_refused_with_its_line_and_column() {
        assert!(refusal("{\n  \"name\": x\n}").contains("line 2 column 11"));
        assert!(refusal("{\"name\": \"\\ud800\"}").starts_with("The body is not valid JSON"));
        assert!(refusal("").contains("line 1 column 0"));
    }

    #[test]
    fn lists_texts_and_repeated_names_are_no_body() {
        for body in ["[]", "\"text\"", "null", r#"{"name": "a", "name": "b"}"#] {
            assert!(
                refusal(body).starts_with("The body must be a JSON object"),
                "{body}"
            );
        }
    }

    #[test]
    fn a_repeated_parameter_is_refused_by_name() {
        let request = TestRequest::with_uri("/x?name=a&name=b").to_http_request();
        let Err(Failure::Invalid(problems)) = read_query::<Sent>(&request) else {
            panic!("accepted");
        };
        assert_eq!(problems.len(), 1);
        assert_eq!(problems[0].field, "name");
    }
}
