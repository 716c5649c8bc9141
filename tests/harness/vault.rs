//! A vault of its own make: a program that keeps what it is given on its standard input, prints a part of it, and can be
//! told to kill who has called it.

use super::proxy::Moment;
use super::tool::Tool;

/// What it is called by in a spec: to take a secret over, and to tell of the last one.
pub(crate) const DELIVERY: &str = "command: {argv: [sh, vault.sh, put], current: [sh, vault.sh, current]}";

const CALLS: &str = "vault.calls";
const KILL: &str = "vault.kill";

/// Makes one that keeps the JSON that it is given in `file`, and tells the text under `key` there.
pub(crate) fn write(tool: &Tool, file: &str, key: &str) {
    let script = format!(
        "echo \"$1\" >> {CALLS}
call=$(wc -l < {CALLS})
kill=$(cat {KILL} 2>/dev/null)
if [ \"$kill\" = \"$call before\" ]; then kill -9 $PPID; exit; fi
if [ \"$1\" = current ]; then
    sed -n 's/.*\"{key}\":\"\\([^\"]*\\).*/\\1/p' {file} 2>/dev/null
else
    umask 077; cat > {file}.new; mv {file}.new {file}
fi
if [ \"$kill\" = \"$call after\" ]; then kill -9 $PPID; fi
"
    );
    tool.write("vault.sh", &script);
}

/// How often it has been called.
pub(crate) fn calls(tool: &Tool) -> usize {
    std::fs::read_to_string(tool.folder().join(CALLS)).unwrap_or_default().lines().count()
}

/// Lets it kill who calls it for the `number`-th time from now on, before or after it has done what it is called for.
pub(crate) fn kill_at(tool: &Tool, number: usize, moment: Moment) {
    let moment = match moment {
        Moment::Before => "before",
        Moment::After => "after",
    };
    tool.write(KILL, &format!("{} {moment}", calls(tool) + number));
}
