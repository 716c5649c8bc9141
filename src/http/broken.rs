//! A request without a whole answer: what sort of failure that is, and its likely cause. The HTTP client tells errors
//! of connections apart by their text alone.

use std::error::Error;

use super::failure::{Failure, Kind};

/// What to do where a server, or a proxy before it, wants to know who we are.
pub(super) const CERTIFICATE_ASKED_FOR: &str = "the server, or a proxy before it, asks for a client certificate: name \
    one that it trusts with `clientCertificate` in the Environment document, or OS_CERT and OS_KEY";

/// What to do where a server does not say why it does not speak with us.
const NO_AGREEMENT: &str = "the server, or a proxy before it, does not agree on TLS: it asks for a client certificate \
    (`clientCertificate` in the Environment document), or knows no version since 1.2";

/// What to do where a server takes a connection and ends it without a word.
const HUNG_UP: &str = "the server, or a proxy before it, hung up: if it asks for a client certificate, name one with \
    `clientCertificate` in the Environment document";

/// The failure of `attempt`. Its address stands there, so the inner error need not repeat it.
pub(super) fn broken(error: reqwest::Error, attempt: &str) -> Failure {
    let (kind, hint) = diagnosis(&error);
    let failure = Failure::new(kind, attempt);
    let failure = match hint {
        Some(hint) => failure.hint(hint),
        None => failure,
    };
    failure.because(error.without_url())
}

/// What sort of failure an error of the HTTP client is, and its likely cause.
fn diagnosis(error: &reqwest::Error) -> (Kind, Option<&'static str>) {
    let text = chain(error);
    let says = |words: &str| text.contains(words);
    if says("fatal alert") {
        let ours = ["certificate", "unknownca", "accessdenied", "decrypterror"].into_iter().any(says);
        // On a connection that has served, any other alert may come after the request has been carried out.
        let kind = if ours || error.is_connect() { Kind::Untrusted } else { Kind::Interrupted };
        return (kind, Some(if ours { CERTIFICATE_ASKED_FOR } else { NO_AGREEMENT }));
    }
    if says("peer certificate") {
        return (Kind::Untrusted, Some(distrust(&text)));
    }
    let kind = if error.is_connect() {
        Kind::Unreachable
    } else if error.is_builder() {
        Kind::Unformed
    } else {
        Kind::Interrupted
    };
    let hint = if says("proxy auth") {
        Some("the proxy asks for a name and a password: HTTPS_PROXY=http://USER:PASSWORD@HOST:PORT")
    } else if says("invalidcontenttype") || says("corrupt message") {
        Some("what listens at this address does not speak TLS: check the port")
    } else if says("dns") || says("lookup") {
        Some("the host name is unknown: check `fqdn` and the addresses in the spec, and HTTPS_PROXY if it is set")
    } else if says("refused") {
        Some(
            "nothing listens at this address, or at the proxy's where HTTPS_PROXY is set: check the port, and whether \
             the server is up",
        )
    } else if says("timed out") {
        Some("the server did not answer in time: check the network and proxies between here and there")
    } else if says("channel closed") {
        Some(HUNG_UP)
    } else if says("tunnel") || says("socks") {
        Some(
            "the proxy that HTTPS_PROXY or ALL_PROXY names does not lead there: check it, or name the server in NO_PROXY",
        )
    } else {
        None
    };
    (kind, hint)
}

/// Why a certificate is not trusted, and what to do.
fn distrust(text: &str) -> &'static str {
    if text.contains("expired") {
        "the server's certificate has ended: renew it, or set this machine's clock"
    } else if text.contains("not valid yet") || text.contains("notvalidyet") {
        "the server's certificate is not valid yet: set this machine's clock, or the server's"
    } else if text.contains("not valid for name") || text.contains("notvalidforname") {
        "the server's certificate is for another name: check `fqdn` and the addresses in the spec"
    } else {
        "name the CA of the server's certificate with `caFile` in the Environment document, or check the address"
    }
}

/// The texts of an error and of all beneath it, in lower case.
fn chain(error: &reqwest::Error) -> String {
    let first: &(dyn Error + 'static) = error;
    let errors = std::iter::successors(Some(first), |&error| error.source());
    errors.map(|error| error.to_string().to_lowercase() + "\n").collect()
}
