//! `openrc`: what a person needs to use the `openstack` client, written to a file that nobody else can read.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use super::exit::Exit;
use super::plan::{listen, told};
use super::session::{Session, understand};
use super::terminal::Terminal;
use super::{Common, variable};
use crate::http::Readers;
use crate::keycloak::{client, session::discover};
use crate::model::address::{Address, KeycloakKind};
use crate::observe::{behaviour, observe};
use crate::pipeline::{Spec, Trouble};
use crate::report::trouble;
use crate::resolve::site::Realm;
use crate::resource::Problem;
use crate::secret::Secret;
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
        let realm = self.choose(&spec, terminal)?;
        let project = Address::project(&self.domain, &self.project);
        let user = Address::keycloak(&realm, KeycloakKind::User, [self.user.as_str()]);
        let session = Session::begin(spec, [&project, &user].into_iter(), common, terminal)?;
        let stop = listen(common, terminal)?;
        let work = self.gather(&session, &realm, &project);
        let delivery = stop.or(terminal.watch("reading the servers", work)).await?;
        let delivery = delivery.map_err(|trouble| told(&trouble, terminal))?;
        let path = self.write(&delivery).map_err(|error| {
            terminal.error(&trouble::error(&error.to_string(), None, &trouble::causes(error.as_ref()), None));
            Exit::Error
        })?;
        terminal.error(&self.next_step(&path));
        Ok(Exit::Done)
    }

    /// The realm that is meant.
    fn choose(&self, spec: &Spec, terminal: &Terminal) -> Result<String, Exit> {
        let realms = &spec.resolved.realms;
        let meant = |site: &&Realm| self.realm.as_ref().is_none_or(|realm| [&site.name, &site.realm].contains(&realm));
        let mut matching = realms.iter().filter(meant);
        if let (Some(site), None) = (matching.next(), matching.next()) {
            return Ok(site.realm.clone());
        }
        let known: Vec<&str> = realms.iter().map(|site| site.name.as_str()).collect();
        let message = format!("which realm is meant? The spec has {}", known.join(", "));
        terminal.error(&trouble::error(&message, None, &[], Some("choose one with --realm NAME")));
        Err(Exit::Usage)
    }

    /// Looks up all that goes into the file.
    async fn gather(&self, session: &Session, realm: &str, project: &Address) -> Result<Delivery, Trouble> {
        let resolved = &session.spec.resolved;
        let sites = resolved.realms.iter().find(|site| site.realm == realm).zip(session.servers.realms.get(realm));
        let Some((site, readers)) = sites else { return Err(Trouble::Problems(Vec::new())) };
        let (discovery, secret, project_id) = futures::join!(
            discover(&session.client, &site.keycloak, realm),
            self.client_secret(readers, realm),
            project_id(session, project),
        );
        let discovery_endpoint = discovery.map_err(|failure| Trouble::Failures(vec![failure]))?;
        let ca_file = resolved.environment.ca_file.as_ref();
        let absolute =
            |path: &PathBuf| std::path::absolute(path).unwrap_or_else(|_| path.clone()).display().to_string();
        Ok(Delivery {
            auth_url: resolved.environment.keystone.clone(),
            identity_provider: site.identity_provider.clone(),
            protocol: site.protocol.clone(),
            client_id: self.client.clone(),
            client_secret: secret?,
            discovery_endpoint,
            username: self.user.clone(),
            project_id: project_id?,
            project_name: format!("{}/{}", self.domain, self.project),
            ca_file: ca_file.map(absolute).or_else(|| variable("OS_CACERT")),
            proxies: proxies(),
        })
    }

    async fn client_secret(&self, readers: &Readers, realm: &str) -> Result<Option<Secret>, Trouble> {
        let found = client::credential(&readers.begin(), realm, &self.client).await;
        match found.map_err(|failure| Trouble::Failures(vec![failure]))? {
            client::Credential::Secret(secret) => Ok(Some(secret)),
            client::Credential::Public => Ok(None),
            client::Credential::Hidden => Err(self.no_secret(realm, "hides its secret from this account")),
            client::Credential::NoClient => Err(self.no_secret(realm, "does not exist")),
        }
    }

    fn no_secret(&self, realm: &str, message: &str) -> Trouble {
        Trouble::Problems(vec![Problem {
            address: Address::keycloak(realm, KeycloakKind::Client, [self.client.as_str()]),
            source: None,
            message: message.to_owned(),
            hint: Some(
                "apply the spec first, or name the client with --client; its secret is seen with `view-clients`"
                    .to_owned(),
            ),
        }])
    }

    fn write(&self, delivery: &Delivery) -> Result<PathBuf, Box<dyn std::error::Error>> {
        let (text, default) = match self.format {
            Format::Openrc => (openrc::render(delivery)?, format!("{}-openrc.sh", self.project.replace('/', "_"))),
            Format::CloudsYaml => {
                let cloud = self.cloud.as_ref().unwrap_or(&self.project);
                (clouds_yaml::render(delivery, cloud)?, "clouds.yaml".to_owned())
            }
        };
        let path = self.output.clone().unwrap_or_else(|| default.into());
        private_file::write(&path, &text)?;
        Ok(path)
    }

    fn next_step(&self, path: &Path) -> String {
        match self.format {
            Format::Openrc => {
                let path = if path.is_absolute() { path.to_owned() } else { Path::new(".").join(path) };
                format!("Wrote {}. Use it with: . {}\n", path.display(), path.display())
            }
            Format::CloudsYaml => {
                let cloud = self.cloud.as_ref().unwrap_or(&self.project);
                format!("Wrote {}. Use it with: openstack --os-cloud {cloud} token issue\n", path.display())
            }
        }
    }
}

/// The project's id, as Keystone has it.
async fn project_id(session: &Session, project: &Address) -> Result<String, Trouble> {
    let bare = (behaviour(project).bare)(project.clone());
    let found = observe(&[bare], &session.servers).await.map_err(Trouble::Failures)?;
    found.live.get(project).and_then(|live| live.id.clone()).ok_or_else(|| {
        Trouble::Problems(vec![Problem {
            address: project.clone(),
            source: None,
            message: "does not exist".to_owned(),
            hint: Some("correct --project and --domain, or apply the spec that declares it first".to_owned()),
        }])
    })
}

/// The proxy variables of this process: who needed them to look up the values needs them to use the file.
fn proxies() -> Vec<(String, String)> {
    let names = ["https_proxy", "http_proxy", "no_proxy"];
    let value = |name: &str| variable(name).or_else(|| variable(&name.to_uppercase()));
    names.into_iter().filter_map(|name| Some((name.to_owned(), value(name)?))).collect()
}
