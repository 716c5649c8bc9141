//! `openrc`: what a person needs to use the `openstack` client, written to a file that nobody else can read.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use super::exit::Exit;
use super::realm::{choose, site};
use super::session::{Session, ca_file, told, understand};
use super::stop::Stop;
use super::terminal::Terminal;
use super::{Common, variable};
use crate::delivery::Request;
use crate::model::address::{Address, KeycloakKind};
use crate::report::trouble;
use crate::sink::{Delivery, clouds_yaml, openrc, private_file};
use crate::spec::grant::DEFAULT_DOMAIN;

/// Write an openrc file (or a clouds.yaml) for a user and a project
///
/// The project's id and the client's secret are looked up. The file is private, and holds no password: that is asked
/// for when the file is sourced.
#[derive(Args)]
pub(super) struct Openrc {
    /// The person's username in Keycloak
    #[arg(long)]
    user: String,

    /// The project's name
    #[arg(long)]
    project: String,

    /// The name of the project's domain
    #[arg(long, default_value = DEFAULT_DOMAIN)]
    domain: String,

    /// The Realm document that the person belongs to, where the spec has several
    #[arg(long)]
    realm: Option<String>,

    /// The Keycloak client that the `openstack` client logs in through
    #[arg(long, default_value = "openstack-cli")]
    client: String,

    /// What to write
    #[arg(long, value_enum, default_value_t = Format::Openrc)]
    format: Format,

    /// The cloud's name in a clouds.yaml; the project's if absent
    #[arg(long)]
    cloud: Option<String>,

    /// Where to write it [default: PROJECT-openrc.sh or clouds.yaml]
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    /// Variables for a shell
    Openrc,
    /// An entry for the client's configuration
    CloudsYaml,
}

impl Openrc {
    pub(super) async fn run(&self, common: &Common, terminal: &Terminal) -> Result<Exit, Exit> {
        let spec = understand(common, terminal)?;
        let realm = choose(&spec, self.realm.as_deref(), terminal)?;
        let user = Address::keycloak(&realm, KeycloakKind::User, [self.user.as_str()]);
        let project = Address::project(&self.domain, &self.project);
        let session = Session::begin(spec, [&project, &user].into_iter(), common, terminal)?;
        let delivery = self.gather(&realm, &session, common, terminal).await?;
        let path = self.write(&delivery).map_err(|error| {
            let hint = Some("choose another file with --output");
            terminal.error(&trouble::error(&error.to_string(), None, &trouble::causes(error.as_ref()), hint));
            Exit::Error
        })?;
        terminal.error(&self.next_step(&path));
        Ok(Exit::Done)
    }

    /// Looks up all that goes into the file.
    async fn gather(
        &self,
        realm: &str,
        session: &Session,
        common: &Common,
        terminal: &Terminal,
    ) -> Result<Delivery, Exit> {
        let resolved = &session.spec.resolved;
        let environment = &resolved.environment;
        let realm = site(&session.spec, realm)?;
        let request = Request {
            environment,
            realm,
            username: &self.user,
            domain: &self.domain,
            project: &self.project,
            client_id: &self.client,
        };
        let work = request.gather(&session.servers, &session.client);
        let stop = Stop::listen(common.timeout, terminal)?;
        let gathered = stop.or(terminal.watch("reading the servers", work), terminal).await?;
        let delivery = gathered.map_err(|troubles| {
            let exits: Vec<Exit> = troubles.iter().map(|trouble| told(trouble, terminal)).collect();
            exits.into_iter().find(|exit| *exit == Exit::Unknown).unwrap_or(Exit::Error)
        })?;
        Ok(Delivery { ca_file: ca_file(environment), proxies: proxies(), ..delivery })
    }

    fn write(&self, delivery: &Delivery) -> Result<PathBuf, Box<dyn std::error::Error>> {
        let default = match self.format {
            Format::Openrc => format!("{}-openrc.sh", self.project.replace('/', "_")),
            Format::CloudsYaml => "clouds.yaml".to_owned(),
        };
        let path = self.output.clone().unwrap_or_else(|| default.into());
        let text = match self.format {
            Format::Openrc => openrc::render(delivery)?,
            Format::CloudsYaml => clouds_yaml::render(delivery, self.cloud(), private_file::read(&path)?.as_deref())?,
        };
        private_file::write(&path, &text)?;
        Ok(path)
    }

    /// The cloud's name in a clouds.yaml.
    fn cloud(&self) -> &str {
        self.cloud.as_ref().unwrap_or(&self.project)
    }

    fn next_step(&self, path: &Path) -> String {
        let quoted = |text: &str| shlex::try_quote(text).map_or_else(|_| text.to_owned(), Into::into);
        let shown = path.display();
        match self.format {
            Format::Openrc => {
                let path = if path.is_absolute() { path.to_owned() } else { Path::new(".").join(path) };
                format!("Wrote {shown}. Use it with: . {}\n", quoted(&path.display().to_string()))
            }
            Format::CloudsYaml => {
                format!("Wrote {shown}. Use it with: openstack --os-cloud {} token issue\n", quoted(self.cloud()))
            }
        }
    }
}

/// The proxy variables of this process: who needed them to look up the values needs them to use the file. A password
/// for the proxy is of whoever runs this, and not for the file.
fn proxies() -> Vec<(String, String)> {
    let names = ["https_proxy", "http_proxy", "all_proxy", "no_proxy"];
    let value = |name: &str| variable(name).or_else(|| variable(&name.to_uppercase()));
    names.into_iter().filter_map(|name| Some((name.to_owned(), without_account(&value(name)?)))).collect()
}

/// A proxy's address without name and password.
fn without_account(address: &str) -> String {
    match address.rsplit_once('@') {
        Some((account, host)) => {
            let scheme = account.split_once("://").map(|(scheme, _)| format!("{scheme}://")).unwrap_or_default();
            scheme + host
        }
        None => address.to_owned(),
    }
}
