//! `init`: a commented spec to start from.

mod template;

use std::fs::Permissions;
use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use clap::{Args, ValueHint};
use tempfile::NamedTempFile;

use super::exit::Exit;
use super::stop::Stop;
use super::terminal::Terminal;
use super::{Common, by_hand};
use crate::diagnostic::Diagnostics;
use crate::pipeline::{self, Spec};
use crate::report::trouble;
use crate::sink::whole_file;
use crate::spec::{self, load};
use template::Values;

/// A realm, its client and mapper, a project and a person.
const STARTER: &str = include_str!("starter.yaml");

/// The same, and the Keystone side, for both realms.
const FROM_NOTHING: &str = include_str!("from-nothing.yaml");

/// The administrators' realm.
const ADMINISTRATORS: &str = "master";

/// Write a commented spec to start from
///
/// Asks for what is not given. The file is written whole or not at all, and never over another one. What no API can set
/// (Apache, keystone.conf) is printed, to be copied; no server is asked anything.
#[derive(Args)]
pub(super) struct Init {
    /// The cloud's base domain name, such as cloud.example.com
    #[arg(long)]
    fqdn: Option<String>,

    /// The Keycloak realm of the people [default: pod]
    #[arg(long)]
    realm: Option<String>,

    /// The first person's username
    #[arg(long)]
    username: Option<String>,

    /// The first person's e-mail address
    #[arg(long)]
    email: Option<String>,

    /// The first person's first name
    #[arg(long)]
    first_name: Option<String>,

    /// The first person's last name
    #[arg(long)]
    last_name: Option<String>,

    /// The project that the first person works in
    #[arg(long)]
    project: Option<String>,

    /// Also write what a new cloud needs: both realms, and roles, mapping and identity providers of Keystone
    #[arg(long)]
    from_nothing: bool,

    /// Keystone's address, where it is not keystone.FQDN
    #[arg(long, value_name = "URL", value_hint = ValueHint::Url)]
    keystone_url: Option<String>,

    /// The realm's Keycloak, where it is not keycloak.FQDN
    #[arg(long, value_name = "URL", value_hint = ValueHint::Url)]
    keycloak_url: Option<String>,

    /// The Keycloak of realm master, where it is not admin.keycloak.FQDN
    #[arg(long, value_name = "URL", value_hint = ValueHint::Url, requires = "from_nothing")]
    admin_keycloak_url: Option<String>,

    /// The bundle of CAs (PEM) that the servers' certificates are trusted by, if it is not the system's
    #[arg(long, value_name = "FILE")]
    ca_file: Option<String>,

    /// Where to write it
    #[arg(short, long, value_name = "FILE", default_value = "opcp.yaml")]
    output: PathBuf,
}

/// Something that is asked for: its flag, the question, and the answer where none is given.
struct Question<'a> {
    flag: &'static str,
    given: &'a Option<String>,
    text: &'static str,
    default: Option<&'static str>,
}

impl Init {
    pub(super) async fn run(&self, common: &Common, terminal: &Terminal) -> Result<Exit, Exit> {
        let stop = Stop::listen(common.timeout, terminal)?;
        if self.output.symlink_metadata().is_ok() {
            return Err(taken(&self.output, terminal));
        }
        let values = self.values(common, &stop, terminal).await?;
        if self.from_nothing && values.realm == ADMINISTRATORS {
            let message = "realm master is the administrators', and is written anyway";
            terminal.error(&trouble::error(message, None, &[], Some("give the people's realm another name")));
            return Err(Exit::Usage);
        }
        let text = values.fill(if self.from_nothing { FROM_NOTHING } else { STARTER });
        let spec = understood(&text, terminal)?;
        write(&self.output, &text).map_err(|error| {
            if error.kind() == io::ErrorKind::AlreadyExists {
                return taken(&self.output, terminal);
            }
            let message = format!("failed to write {}", self.output.display());
            terminal.error(&trouble::error(&message, None, &[error.to_string()], None));
            Exit::Error
        })?;
        terminal.data(&by_hand::of_spec(&spec.resolved));
        terminal.error(&self.next_steps());
        Ok(Exit::Done)
    }

    /// What is given, and the answers to what is not.
    async fn values(&self, common: &Common, stop: &Stop, terminal: &Terminal) -> Result<Values, Exit> {
        let ask = |flag, given, text, default| Question { flag, given, text, default };
        let questions = [
            ask("--fqdn", &self.fqdn, "The cloud's base domain name (such as cloud.example.com)", None),
            ask("--realm", &self.realm, "The people's Keycloak realm", Some("pod")),
            ask("--username", &self.username, "The first person's username", None),
            ask("--email", &self.email, "The first person's e-mail address", None),
            ask("--first-name", &self.first_name, "The first person's first name", None),
            ask("--last-name", &self.last_name, "The first person's last name", None),
            ask("--project", &self.project, "The project that this person works in", None),
        ];
        let missing = questions.iter().filter(|question| question.given.is_none() && question.default.is_none());
        let missing: Vec<&str> = missing.map(|question| question.flag).collect();
        if !missing.is_empty() && !Terminal::can_ask() {
            let message = "this would have to ask, and there is no terminal to ask on";
            terminal.error(&trouble::error(message, None, &[], Some(&format!("give {}", missing.join(", ")))));
            return Err(Exit::NoTerminal);
        }
        let mut answers = Vec::new();
        for question in questions {
            answers.push(question.answer(!missing.is_empty(), stop, terminal).await?);
        }
        let mut answers = answers.into_iter();
        let mut next = || answers.next().unwrap_or_default();
        Ok(Values {
            environment: common.environment.clone().unwrap_or_else(|| "prod".to_owned()),
            fqdn: next(),
            realm: next(),
            username: next(),
            email: next(),
            first_name: next(),
            last_name: next(),
            project: next(),
            keystone_url: self.keystone_url.clone(),
            keycloak_url: self.keycloak_url.clone(),
            admin_keycloak_url: self.admin_keycloak_url.clone(),
            ca_file: self.ca_file.clone(),
        })
    }

    fn next_steps(&self) -> String {
        let shown = self.output.display().to_string();
        let file = shlex::try_quote(&shown).map_or_else(|_| shown.clone(), Into::into);
        let logins = if self.from_nothing {
            "  export OPCP_KEYCLOAK_USERNAME=ADMIN    # of realm master, and OPCP_KEYCLOAK_PASSWORD\n\
             \x20 export OPCP_KEYCLOAK_LOGIN_REALM=master\n\
             \x20 export OPCP_PROVISION_SECRET           # what the tool's own account in Keycloak gets\n"
        } else {
            "  export OPCP_KEYCLOAK_USERNAME=ADMIN    # and OPCP_KEYCLOAK_PASSWORD, OPCP_KEYCLOAK_LOGIN_REALM\n"
        };
        let later = if self.from_nothing {
            "Later runs do not need that administrator; they log in as the tool's own account:\n\
             \x20 unset OPCP_KEYCLOAK_USERNAME OPCP_KEYCLOAK_PASSWORD\n\
             \x20 export OPCP_KEYCLOAK_CLIENT_ID=opcp-provision OPCP_KEYCLOAK_CLIENT_SECRET=\"$OPCP_PROVISION_SECRET\"\n"
        } else {
            ""
        };
        format!(
            "\nWrote {shown}. What stands above is set by hand. Then:\n\
             \x20 . ./admin-openrc.sh                    # the OS_* variables of a Keystone administrator\n\
             {logins}\
             \x20 export FIRST_USER_PASSWORD             # what the first person's new account gets\n\
             \x20 opcp-provision plan -f {file}\n\
             \x20 opcp-provision apply -f {file}\n\
             \x20 opcp-provision verify -f {file}\n\
             {later}"
        )
    }
}

impl Question<'_> {
    /// What is given; else the answer, asked for until there is one, or the default where nothing is asked.
    async fn answer(&self, asking: bool, stop: &Stop, terminal: &Terminal) -> Result<String, Exit> {
        match (self.given, self.default) {
            (Some(given), _) => return Ok(given.clone()),
            (None, Some(default)) if !asking => return Ok(default.to_owned()),
            (None, _) => {}
        }
        loop {
            let answer = stop.or(terminal.asks(self.text, self.default), terminal).await?;
            match answer {
                Some(answer) if !answer.is_empty() => return Ok(answer),
                Some(_) => terminal.error("This is needed.\n"),
                None => {
                    let hint = format!("give {}", self.flag);
                    terminal.error(&trouble::error("there is nobody left to answer", None, &[], Some(&hint)));
                    return Err(Exit::NoTerminal);
                }
            }
        }
    }
}

/// The spec that a text is; refused when it is none.
fn understood(text: &str, terminal: &Terminal) -> Result<Spec, Exit> {
    let mut diagnostics = Diagnostics::new();
    let loaded = load::read(&["-".into()], text.as_bytes(), &spec::KINDS, &mut diagnostics);
    let understood = pipeline::understand(loaded, None, &mut diagnostics);
    let refused = diagnostics.has_errors();
    terminal.diagnose(diagnostics);
    understood.filter(|_| !refused).ok_or_else(|| {
        terminal.error("With these answers it would be no spec: nothing was written.\n");
        Exit::Usage
    })
}

/// Writes a file that is not there yet, whole or not at all.
fn write(path: &Path, text: &str) -> io::Result<()> {
    let put = |file: NamedTempFile| file.persist_noclobber(path).map(|_| ()).map_err(|error| error.error);
    whole_file::write(path, text, Permissions::from_mode(0o666), put)
}

fn taken(path: &Path, terminal: &Terminal) -> Exit {
    let message = format!("{} is there already, and is not overwritten", path.display());
    terminal.error(&trouble::error(&message, None, &[], Some("choose another file with --output")));
    Exit::Usage
}
