//! Row C, files: the binary is killed at each operation on the file that it writes. A reader finds the old content or the
//! whole new one, nobody else can read what is private, and the next run leaves the file and nothing beside it.

use std::collections::BTreeMap;
use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use super::harness::stage::{Stage, folder};
use super::harness::sweep::direct;
use super::harness::tool::Outcome;
use super::scene::told;
use super::tally::{Broken, Ending, count, is_long};

/// The system calls by which a file comes into being, or goes. What is written lies before the fsync.
const CALLS: [&str; 10] =
    ["openat", "flock", "fchmod", "fsync", "rename", "renameat", "renameat2", "linkat", "unlink", "unlinkat"];

/// How the names of unfinished files begin: the first operation on one is where it becomes interesting.
const UNFINISHED: &str = ".opcp-provision-unfinished-";

/// A command that writes a file.
struct Writing {
    name: &'static str,
    arguments: Vec<&'static str>,
    file: &'static str,
    private: bool,
    /// What is there before.
    old: Option<Vec<u8>>,
    new: Vec<u8>,
}

/// A system call of the main thread, which is the one that writes files.
#[derive(Clone, Debug)]
struct Point {
    call: &'static str,
    /// The number among its like, counted from one.
    number: usize,
}

struct Ground {
    stage: Stage,
    folders: AtomicUsize,
}

impl Ground {
    fn new() -> Self {
        let folder = folder().join("example-guide");
        let stage = Stage::new(&folder);
        direct(&stage, &folder).expect(0);
        Self { stage, folders: AtomicUsize::new(0) }
    }

    /// A folder with what is there before.
    fn folder(&self, file: &str, old: Option<&[u8]>) -> PathBuf {
        let number = self.folders.fetch_add(1, Ordering::Relaxed);
        let folder = self.stage.tool.folder().join(format!("writing-{number}"));
        std::fs::create_dir(&folder).unwrap();
        if let Some(old) = old {
            std::fs::write(folder.join(file), old).unwrap();
            std::fs::set_permissions(folder.join(file), Permissions::from_mode(0o600)).unwrap();
        }
        folder
    }

    fn run(&self, tracer: &[&str], arguments: &[&str], output: &Path) -> Outcome {
        let output = output.to_str().unwrap();
        let arguments = [arguments, &["--output", output]].concat();
        match tracer {
            [] => self.stage.tool.run(&arguments),
            _ => self.stage.tool.run_below(tracer, &arguments),
        }
    }

    /// A command on a file that holds what `before` has written.
    fn writing(
        &self,
        name: &'static str,
        file: &'static str,
        arguments: &[&'static str],
        before: Option<&[&'static str]>,
    ) -> Writing {
        let path = self.folder(file, None).join(file);
        let old = before.map(|before| {
            self.run(&[], before, &path).expect(0);
            std::fs::read(&path).unwrap()
        });
        self.run(&[], arguments, &path).expect(0);
        let new = std::fs::read(&path).unwrap();
        assert_ne!(old.as_ref(), Some(&new), "{name}");
        Writing { name, arguments: arguments.to_vec(), file, private: name != "init", old, new }
    }

    /// Every system call of the main thread from the file's first one on; all of them where everything is tried.
    fn points(&self, writing: &Writing) -> Vec<Point> {
        let folder = self.folder(writing.file, writing.old.as_deref());
        let log = self.stage.tool.folder().join(format!("{}.strace", folder.file_name().unwrap().to_str().unwrap()));
        let trace = format!("trace={}", CALLS.join(","));
        let tracer = ["strace", "-qq", "-s", "200", "-o", log.to_str().unwrap(), "-e", &trace];
        self.run(&tracer, &writing.arguments, &folder.join(writing.file)).expect(0);
        let mut seen = BTreeMap::new();
        let mut begun = is_long();
        let mut points = Vec::new();
        for line in std::fs::read_to_string(&log).unwrap().lines() {
            let Some(call) = CALLS.into_iter().find(|call| line.starts_with(&format!("{call}("))) else { continue };
            let number = seen.entry(call).and_modify(|number| *number += 1).or_insert(1);
            begun |= line.contains(UNFINISHED);
            points.extend(begun.then_some(Point { call, number: *number }));
        }
        let names_it = |point: &Point| ["rename", "renameat", "renameat2", "linkat"].contains(&point.call);
        assert!(points.len() >= 4 && points.iter().any(names_it), "{}: {points:?}", writing.name);
        points
    }

    fn attempt(&self, writing: &Writing, point: &Point) -> Result<Ending, Broken> {
        let folder = self.folder(writing.file, writing.old.as_deref());
        let path = folder.join(writing.file);
        let Point { call, number } = point;
        let (trace, inject) = (format!("trace={call}"), format!("inject={call}:signal=SIGKILL:when={number}"));
        let tracer = ["strace", "-qq", "-o", "/dev/null", "-e", &trace, "-e", &inject];
        let killed = self.run(&tracer, &writing.arguments, &path);
        if killed.code.is_some() {
            return Err(Broken::Wrong(format!("it was not killed: {}", told(&killed))));
        }
        let found = std::fs::read(&path).ok();
        if found != writing.old && found.as_ref() != Some(&writing.new) {
            return Err(Broken::Lost(format!("neither the old content nor the whole new one: {found:?}")));
        }
        if let Some(name) = names(&folder).iter().find(|name| writing.private && mode(&folder.join(name)) & 0o077 != 0)
        {
            return Err(Broken::Leaked(format!("others can read {name}")));
        }
        let next = self.run(&[], &writing.arguments, &path);
        // What is there already is never overwritten by `init`.
        let expected = if writing.private || found.is_none() { 0 } else { 64 };
        if next.code != Some(expected) {
            return Err(Broken::Wrong(format!("the next run fails: {}", told(&next))));
        }
        if std::fs::read(&path).ok().as_ref() != Some(&writing.new) {
            return Err(Broken::Lost("the next run does not write it".to_owned()));
        }
        if names(&folder) != [writing.file] {
            return Err(Broken::Wrong(format!("something is left beside it: {:?}", names(&folder))));
        }
        Ok(Ending::Converged)
    }
}

fn names(folder: &Path) -> Vec<String> {
    std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

fn mode(path: &Path) -> u32 {
    std::fs::metadata(path).unwrap().permissions().mode()
}

#[test]
fn killed_at_any_operation_on_a_file_it_is_the_old_or_the_whole_new_one() {
    let ground = Ground::new();
    let openrc = ["openrc", "-f", "spec.yaml", "--user", "alice", "--project", "acme-prod"];
    let openrc = [&openrc[..], &["--realm", "pod"]].concat();
    let other = [&openrc[..], &["--client", "openstack-cli", "--cloud", "other", "--format", "clouds-yaml"]].concat();
    let clouds = [&openrc[..], &["--format", "clouds-yaml"]].concat();
    let test = openrc.iter().map(|word| if *word == "acme-prod" { "acme-test" } else { *word }).collect::<Vec<_>>();
    let init = ["init", "--fqdn", "cloud.example.com", "--realm", "pod", "--username", "alice", "--project", "acme"];
    let init = [&init[..], &["--email", "alice@example.com", "--first-name", "Alice", "--last-name", "Ash"]].concat();
    let writings = [
        ground.writing("openrc", "openrc.sh", &openrc, None),
        ground.writing("openrc again", "openrc.sh", &openrc, Some(&test)),
        ground.writing("clouds.yaml", "clouds.yaml", &clouds, None),
        ground.writing("clouds.yaml that is there", "clouds.yaml", &clouds, Some(&other)),
        ground.writing("init", "opcp.yaml", &init, None),
    ];
    let points =
        writings.iter().flat_map(|writing| ground.points(writing).into_iter().map(move |point| (writing, point)));
    let points: Vec<(&Writing, Point)> = points.collect();
    count("C", "SIGKILL at each file operation", 20, &points, |(writing, point)| {
        ground.attempt(writing, point).map_err(|broken| broken.of(&format!("{}, {point:?}", writing.name)))
    });
}
