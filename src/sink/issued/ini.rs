//! A section of a file that oslo.config reads: `name = value` in lines, values go on in lines that begin with a blank, `$`
//! is written twice. Lines of other names, and other sections, stay as they are.

use super::dialect::Dialect;
use super::{Access, words};
use crate::secret::Secret;

/// The lines of a section, of a text that ends each with a line end.
struct Section {
    /// The number of the first line behind its heading.
    start: usize,
    /// The number of the first line that is not its any more.
    end: usize,
}

/// What the section tells; nothing if there is none, or none that names an application credential.
pub(super) fn read(text: &str, section: &str, dialect: Dialect) -> Result<Option<Access>, String> {
    let lines: Vec<&str> = text.lines().collect();
    let Some(Section { start, end }) = find(&lines, section)? else { return Ok(None) };
    let lines = &lines[start..end];
    let value = |name: &str| value_of(lines, name);
    let others = dialect.others.iter().chain(&PLAIN_OTHERS);
    let others = others.filter(|name| lines.iter().any(|line| name_of(line) == Some(name)));
    Ok(Some(Access {
        words: words(dialect, value("auth_type").as_deref(), value),
        secret: value(dialect.secret).map(Secret::new),
        region: value("region_name"),
        ca_file: value("cafile"),
        others: others.map(|name| (*name).to_owned()).collect(),
        ..Access::default()
    }))
}

/// What the lines of a section say of this name; of several the last, as oslo.config does.
fn value_of(lines: &[&str], name: &str) -> Option<String> {
    let line = lines.iter().rfind(|line| name_of(line) == Some(name))?;
    let (_, value) = line.split_once(['=', ':'])?;
    Some(value.trim().replace("$$", "$")).filter(|value| !value.is_empty())
}

/// Old words that services still know.
const PLAIN_OTHERS: [&str; 4] = ["admin_password", "admin_tenant_name", "admin_user", "tenant_name"];

/// The text with what the section shall tell.
pub(super) fn write(text: &str, told: &Access, section: &str, dialect: Dialect) -> Result<String, String> {
    if section.contains(['[', ']', '\n']) || section.trim() != section || section.is_empty() {
        return Err(format!("`{section}` cannot be the name of a section"));
    }
    let lines: Vec<&str> = text.lines().collect();
    let found = find(&lines, section)?;
    let Section { start, end } = found.unwrap_or(Section { start: lines.len(), end: lines.len() });
    let auth_type = value_of(&lines[start..end], "auth_type").filter(|known| dialect.takes(Some(known)));
    let of_login = dialect.told.iter().map(|(word, name)| (*name, told.words.get(word).map(String::as_str)));
    let around = [
        ("region_name", told.region.as_deref()),
        ("cafile", told.ca_file.as_deref()),
        (dialect.secret, told.secret.as_ref().map(Secret::expose)),
    ];
    let auth_type = ("auth_type", Some(auth_type.as_deref().unwrap_or(dialect.auth_type)));
    let values: Vec<(&str, Option<&str>)> = [auth_type].into_iter().chain(of_login).chain(around).collect();
    if values.iter().any(|(_, value)| value.is_some_and(|value| value.contains('\n') || value.trim() != value)) {
        return Err("a value cannot begin or end with a blank, or have several lines".to_owned());
    }
    let own = &lines[start..end];
    let granted = dialect.granted.iter().filter(|(name, _)| value_of(own, name).is_none());
    let granted = granted.map(|(name, value)| (*name, format!("{name} = {value}")));
    let told =
        values.iter().filter_map(|(name, value)| Some((*name, format!("{name} = {}", (*value)?.replace('$', "$$")))));
    let mut told: Vec<(&str, String)> = told.chain(granted).collect();
    let mut written: Vec<String> = Vec::new();
    written.extend(lines[..start].iter().map(|line| (*line).to_owned()));
    if start == lines.len() && !lines.iter().any(|line| heading(line) == Some(section)) {
        written.push(format!("[{section}]"));
    }
    let mut goes_on = false;
    let mut body: Vec<String> = Vec::new();
    for line in &lines[start..end] {
        let name = name_of(line);
        let continues = line.starts_with([' ', '\t']) && !line.trim().is_empty();
        if goes_on && continues {
            continue;
        }
        goes_on = false;
        let ours = name.is_some_and(|name| {
            dialect.others.contains(&name) || PLAIN_OTHERS.contains(&name) || values.iter().any(|(own, _)| *own == name)
        });
        if !ours {
            body.push((*line).to_owned());
            continue;
        }
        goes_on = true;
        if let Some(place) = told.iter().position(|(own, _)| Some(*own) == name) {
            body.push(told.remove(place).1);
        }
    }
    let blank = body.iter().rev().take_while(|line| line.trim().is_empty()).count();
    let rest = body.split_off(body.len() - blank);
    written.extend(body);
    written.extend(told.into_iter().map(|(_, line)| line));
    written.extend(rest);
    written.extend(lines[end..].iter().map(|line| (*line).to_owned()));
    Ok(written.join("\n") + "\n")
}

/// Where a section is; an error where it is there twice.
fn find(lines: &[&str], section: &str) -> Result<Option<Section>, String> {
    let mut headings = lines.iter().enumerate().filter(|(_, line)| heading(line) == Some(section));
    let Some((number, _)) = headings.next() else { return Ok(None) };
    if headings.next().is_some() {
        return Err(format!("it has the section [{section}] twice"));
    }
    let next = lines[number + 1..].iter().position(|line| heading(line).is_some());
    Ok(Some(Section { start: number + 1, end: next.map_or(lines.len(), |next| number + 1 + next) }))
}

fn heading(line: &str) -> Option<&str> {
    line.trim_end().strip_prefix('[')?.strip_suffix(']')
}

/// The name that a line gives a value; nothing for comments, and for what goes on from another line.
fn name_of(line: &str) -> Option<&str> {
    let begins = line.chars().next().is_some_and(|first| !first.is_whitespace() && !matches!(first, '#' | ';' | '['));
    let end = line.find(['=', ':']).filter(|_| begins)?;
    Some(line[..end].trim())
}
