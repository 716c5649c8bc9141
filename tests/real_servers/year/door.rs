//! The door of the year's own realm into Keystone: an Apache with `mod_auth_openidc`, before the sandbox' own.

use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

use crate::harness::http::Body;
use crate::sandbox::Sandbox;

const APACHE: &str = "/usr/sbin/apache2";
const MODULES: &str = "/usr/lib/apache2/modules";
const PATIENCE: Duration = Duration::from_secs(20);

/// It is open until it is dropped.
pub(super) struct Door {
    /// The address at which people reach Keystone.
    pub(super) url: String,
    apache: Child,
    folder: TempDir,
}

impl Door {
    /// Takes the tokens of `realm` where people come through the identity provider `provider`, and shows Keystone `key`.
    pub(super) fn open(sandbox: &Sandbox, realm: &str, provider: &str, key: &str) -> Self {
        let folder = TempDir::new().unwrap();
        let certificate = folder.path().join("ca.crt");
        std::fs::write(&certificate, sandbox.trusted()).unwrap();
        // Its processes are another user's, and whoever runs the tests may keep new files to himself.
        for (path, mode) in [(folder.path(), 0o755), (certificate.as_path(), 0o644)] {
            std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
        }
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let place = folder.path().display().to_string();
        let words = [
            ("{folder}", place.as_str()),
            ("{port}", &port.to_string()),
            ("{modules}", MODULES),
            ("{keycloak}", &sandbox.keycloak),
            ("{keystone}", &sandbox.keystone),
            ("{realm}", realm),
            ("{provider}", provider),
            ("{key}", key),
        ];
        let file = words.iter().fold(include_str!("door.conf").to_owned(), |file, (word, is)| file.replace(word, is));
        let configuration = folder.path().join("httpd.conf");
        std::fs::write(&configuration, file).unwrap();
        // It ends with the test, however that ends.
        let mut command = Command::new("setpriv");
        command.args(["--pdeathsig", "TERM", APACHE, "-D", "FOREGROUND", "-f"]).arg(&configuration);
        let apache = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let door = Self { url: format!("http://127.0.0.1:{port}"), apache, folder };
        let begin = Instant::now();
        let address = format!("{}/v3", door.url);
        let opens = || sandbox.http.call("GET", &address, &[], &Body::Nothing).is_ok_and(|reply| reply.status == 200);
        while !opens() {
            assert!(begin.elapsed() < PATIENCE, "the door does not open:\n{}", door.log());
            std::thread::sleep(Duration::from_millis(20));
        }
        door
    }

    /// What its web server has complained of.
    pub(super) fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("error.log")).unwrap_or_default()
    }
}

impl Drop for Door {
    fn drop(&mut self) {
        let _gone = kill_process(Pid::from_child(&self.apache), Signal::TERM);
        let _ended = self.apache.wait();
    }
}
