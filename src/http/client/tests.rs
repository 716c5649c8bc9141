//! Broken trust is said, never worked around.

use super::*;

const PATIENCE: Duration = Duration::from_secs(1);

#[test]
fn a_bundle_without_certificates_is_an_error() {
    let transport = Transport { authorities: Some(b"nothing of the sort".to_vec()), ..Transport::default() };
    assert!(matches!(client(&transport, PATIENCE), Err(ClientError::Certificates(None))));
}

#[test]
fn a_client_certificate_without_its_key_is_an_error() {
    let certificate = ClientCertificate { chain: Vec::new(), key: Secret::new("nothing of the sort".to_owned()) };
    let transport = Transport { certificate: Some(certificate), ..Transport::default() };
    assert!(matches!(client(&transport, PATIENCE), Err(ClientError::Own(_))));
}

#[test]
fn a_proxy_has_an_address_of_a_known_kind() {
    let known = ["proxy", "proxy:3128", "http://a:b@proxy:3128", "https://proxy", "socks5h://[::1]:1080", "socks5://p"];
    assert!(known.iter().all(|address| Way::new(address, "").is_some()));
    let unknown = ["", "ftp://proxy", "http://", "http://a b", "proxy:port"];
    assert!(unknown.iter().all(|address| Way::new(address, "").is_none()));
}
