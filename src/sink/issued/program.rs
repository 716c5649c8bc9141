//! A program that takes over what is delivered. The secret is on its standard input and nowhere else.

use serde_json::{Map, json};

use super::cluster::CLOUD;
use super::dialect::Dialect;
use super::{Access, clouds_yaml};
use crate::model::Json;
use crate::resolve::sink::{How, Login, Sink};
use crate::secret::{Argv, Secret, converse};
use crate::spec::delivery::CommandFormat;

/// What the program has taken over last: an application credential tells its id, a client its secret. What else it was told,
/// it does not tell.
pub(super) async fn current(sink: &Sink, auth_url: &str) -> Result<Option<Access>, String> {
    let How::Command { current, .. } = &sink.how else { return Ok(None) };
    let printed = run(current, String::new()).await?;
    let printed = printed.expose().trim();
    if printed.is_empty() {
        return Ok(None);
    }
    let is_id = printed.len() <= 64 && printed.chars().all(|letter| letter.is_ascii_alphanumeric());
    let (words, secret) = match &sink.login {
        Login::ApplicationCredential if is_id => (vec![("credential", printed), ("authUrl", auth_url)], None),
        Login::ApplicationCredential => {
            return Err(format!("{} prints what is no id of an application credential", current.program()));
        }
        Login::Client(client) => {
            let words = vec![
                ("clientId", client.id.as_str()),
                ("authUrl", auth_url),
                ("identityProvider", client.identity_provider.as_str()),
                ("protocol", client.protocol.as_str()),
                ("discoveryEndpoint", client.discovery_endpoint.as_str()),
            ];
            (words, Some(Secret::new(printed.to_owned())))
        }
    };
    Ok(Some(Access {
        words: words.into_iter().map(|(word, value)| (word, value.to_owned())).collect(),
        secret,
        region: sink.region.clone(),
        ..Access::default()
    }))
}

/// Has the program take it over.
pub(super) async fn take_over(sink: &Sink, access: &Access) -> Result<(), String> {
    let How::Command { argv, format, .. } = &sink.how else { return Ok(()) };
    let dialect = Dialect::of(&sink.login);
    let input = match format {
        CommandFormat::CloudsYaml => clouds_yaml::write("", access, CLOUD, dialect)?,
        CommandFormat::Json => {
            let mut told: Map<String, Json> =
                access.told(dialect).map(|(name, value)| (name.to_owned(), value.into())).collect();
            told.insert(dialect.secret.to_owned(), json!(access.secret.as_ref().map(Secret::expose)));
            told.insert("region_name".to_owned(), json!(access.region));
            format!("{}\n", Json::Object(told))
        }
    };
    run(argv, input).await.map(|_| ())
}

pub(super) async fn run(argv: &Argv, input: String) -> Result<Secret, String> {
    let (argv, input) = (argv.clone(), Secret::new(input));
    let program = argv.program().to_owned();
    let done = tokio::task::spawn_blocking(move || converse(&argv, &input)).await;
    let failed = |error: &dyn std::error::Error| {
        let causes = std::iter::successors(error.source(), |cause| cause.source());
        causes.fold(format!("{program}: {error}"), |told, cause| format!("{told}: {cause}"))
    };
    match done {
        Ok(Ok(printed)) => Ok(printed),
        Ok(Err(error)) => Err(failed(&error)),
        Err(error) => Err(failed(&error)),
    }
}
