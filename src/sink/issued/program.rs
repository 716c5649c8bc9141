//! A program that takes an application credential over. The secret is on its standard input and nowhere else.

use serde_json::json;

use super::cluster::CLOUD;
use super::{Access, clouds_yaml};
use crate::resolve::sink::How;
use crate::secret::{Argv, Secret, converse};
use crate::spec::application_credential::CommandFormat;

/// What the program has taken over last, by its id.
pub(super) async fn current(how: &How) -> Result<Option<String>, String> {
    let How::Command { current, .. } = how else { return Ok(None) };
    let printed = run(current, String::new()).await?;
    let id = printed.expose().trim();
    match id {
        "" => Ok(None),
        id if id.len() <= 64 && id.chars().all(|letter| letter.is_ascii_alphanumeric()) => Ok(Some(id.to_owned())),
        _ => Err(format!("{} prints what is no id of an application credential", current.program())),
    }
}

/// Has the program take it over.
pub(super) async fn take_over(how: &How, access: &Access) -> Result<(), String> {
    let How::Command { argv, format, .. } = how else { return Ok(()) };
    let input = match format {
        CommandFormat::CloudsYaml => clouds_yaml::write("", access, CLOUD)?,
        CommandFormat::Json => {
            let Access { credential, secret, auth_url, region, .. } = access;
            let told = json!({
                "auth_url": auth_url,
                "application_credential_id": credential,
                "application_credential_secret": secret.as_ref().map(Secret::expose),
                "region_name": region,
            });
            format!("{told}\n")
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
