//! Canaries: secrets that no output, log or file may contain, in whatever spelling.

use url::form_urlencoded;

/// The value of a secret in tests: unmistakable, and different in every spelling that might leak.
pub(crate) fn canary(name: &str) -> String {
    let name = name.to_lowercase().replace('_', "-");
    format!("canary/{name}+\"q\\ü 1")
}

/// Where a secret was found.
#[derive(Debug, PartialEq)]
pub(crate) struct Leak {
    pub(crate) place: String,
    pub(crate) spelling: String,
}

/// Every place of `texts` in which one of the secrets stands in one of its spellings.
pub(crate) fn leaks<'a>(secrets: &[String], texts: impl IntoIterator<Item = (String, &'a [u8])>) -> Vec<Leak> {
    let spellings: Vec<String> = secrets.iter().flat_map(|secret| spellings(secret)).collect();
    let mut found = Vec::new();
    for (place, bytes) in texts {
        let text = String::from_utf8_lossy(bytes);
        let hit = spellings.iter().filter(|spelling| text.contains(spelling.as_str()));
        found.extend(hit.map(|spelling| Leak { place: place.clone(), spelling: spelling.clone() }));
    }
    found
}

/// A secret as it is, and as JSON, URL encoding, Rust's debug form, hexadecimal and base64 would spell it.
fn spellings(secret: &str) -> Vec<String> {
    let json = serde_json::Value::from(secret).to_string();
    let form: String = form_urlencoded::byte_serialize(secret.as_bytes()).collect();
    let debug = format!("{secret:?}");
    let inner = |quoted: &str| quoted[1..quoted.len() - 1].to_owned();
    let mut all = vec![secret.to_owned(), inner(&json), form.clone(), form.replace('+', "%20"), inner(&debug)];
    let hex = hexadecimal(secret);
    let bytes = format!("{:?}", secret.as_bytes());
    all.extend([hex.to_uppercase(), hex, inner(&bytes)]);
    // In base64 of a longer text the secret may start at any of three places.
    for before in 0..3 {
        let encoded = base64(&[vec![0; before], secret.as_bytes().to_vec()].concat());
        let first = [0, 2, 3][before];
        let whole = encoded.len() - encoded.len() % 4;
        let middle = encoded[first..whole - 4].to_owned();
        all.extend([middle.replace('+', "-").replace('/', "_"), middle]);
    }
    all.sort();
    all.dedup();
    all
}

fn hexadecimal(text: &str) -> String {
    text.bytes()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .filter_map(|digit| char::from_digit(digit.into(), 16))
        .collect()
}

fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let bits = chunk.iter().fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - chunk.len()));
        for place in 0..=chunk.len() {
            text.push(char::from(ALPHABET[(bits >> (18 - 6 * place) & 63) as usize]));
        }
    }
    text
}

#[test]
fn a_canary_is_found_in_every_spelling() {
    let secret = canary("NAME");
    let spelled = [
        format!("a {secret} b"),
        serde_json::json!({"password": secret}).to_string(),
        format!("{:?}", Some(&secret)),
        form_urlencoded::Serializer::new(String::new()).append_pair("password", &secret).finish(),
        format!("Basic {}", base64(format!("x:{secret}").as_bytes())),
        format!("Basic {}", base64(format!("user:{secret}").as_bytes())),
        format!("Basic {}", base64(format!("id:{secret}").as_bytes())),
        base64(secret.as_bytes()),
        hexadecimal(&secret).to_uppercase(),
        hexadecimal(&secret),
        format!("{:?}", format!("x{secret}").as_bytes()),
    ];
    for text in &spelled {
        let found = leaks(std::slice::from_ref(&secret), [("here".to_owned(), text.as_bytes())]);
        assert!(!found.is_empty(), "not found in {text}");
    }
    assert_eq!(leaks(&[secret], [("here".to_owned(), "canary/other".as_bytes())]), []);
}
