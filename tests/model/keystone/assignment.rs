//! Role assignments: of a user or a group, on a project or a domain; listed whole, direct ones only.

use serde_json::{Value as Json, json};

use super::login::{Token, User};
use super::{Answer, Keystone, Request, domain, error, group, project, role, text, user};

/// One assignment, by ids.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Assignment {
    pub(super) role: String,
    /// `users` or `groups`.
    holders: String,
    pub(super) holder: String,
    /// `projects`, `domains` or `system`.
    targets: String,
    pub(super) target: String,
    /// Whether it is worth something below its target only.
    inherited: bool,
}

/// Which roles of the bootstrap imply which, in an order in which each comes before what it implies.
pub(super) const IMPLIED: [(&str, &str); 3] = [("admin", "manager"), ("manager", "member"), ("member", "reader")];

impl Keystone {
    /// All of them go but the administrator's, as somebody else's doing.
    pub(crate) fn forget_assignments(&mut self) {
        self.assignments.clear();
    }

    /// Adds an assignment of the seed; all is given by name: `{role, user | group, project | onDomain, inherited}`,
    /// `onSystem` instead
    /// of a target; names in the domain `domain`.
    pub(super) fn seed_assignment(&mut self, seed: &Json) {
        let field = |name: &str| seed[name].as_str();
        let home = text(self.domain_named(field("domain").unwrap_or("Default")).unwrap(), "id");
        let here = |document: &&super::Document, name: &str| {
            text(document, "name") == name && text(document, "domain_id") == home
        };
        let (holders, holder) = match (field("user"), field("group")) {
            (Some(name), _) => ("users", self.users.iter().map(|user| &user.document).find(|user| here(user, name))),
            (_, name) => ("groups", self.groups.iter().find(|group| here(group, name.unwrap_or_default()))),
        };
        let (targets, target) = match (field("project"), field("onDomain")) {
            _ if seed["onSystem"] == true => ("system", None),
            (Some(name), _) => ("projects", self.projects.iter().find(|project| here(project, name))),
            (_, name) => ("domains", self.domain_named(name.unwrap_or_default())),
        };
        let role = self.roles.iter().find(|role| Some(text(role, "name")) == field("role"));
        let id = |document: Option<&super::Document>| text(document.unwrap(), "id").to_owned();
        let assignment = Assignment {
            role: id(role),
            holders: holders.to_owned(),
            holder: id(holder),
            targets: targets.to_owned(),
            target: if targets == "system" { targets.to_owned() } else { id(target) },
            inherited: seed["inherited"] == true,
        };
        self.assignments.push(assignment);
    }

    /// The ids of the roles that a user has in a project: those of its seed, those that were assigned directly, and what
    /// they imply.
    pub(super) fn roles_on(&self, user: &str, project: &str) -> Vec<String> {
        let seeded = self.users.iter().filter(|known| known.id() == user).flat_map(|user| &user.roles);
        let named = |name: &String| self.roles.iter().find(|role| text(role, "name") == name);
        let seeded = seeded.filter_map(named).map(|role| text(role, "id").to_owned());
        let above = self.above(project);
        let holds = |one: &&Assignment| {
            one.holder == user || self.members.iter().any(|(group, member)| *group == one.holder && member == user)
        };
        let here = |one: &&Assignment| {
            holds(one) && if one.inherited { above.contains(&one.target) } else { one.target == project }
        };
        let assigned = self.assignments.iter().filter(here).map(|one| one.role.clone());
        self.with_implied(seeded.chain(assigned).collect())
    }

    /// What a project is part of: others, and its domain.
    pub(super) fn above(&self, project: &str) -> Vec<String> {
        let mut above = Vec::new();
        let mut next = project.to_owned();
        while let Some(document) = self.projects.iter().find(|known| text(known, "id") == next) {
            next = text(document, "parent_id").to_owned();
            above.push(next.clone());
        }
        above
    }

    /// These roles, each once, with what they imply.
    pub(super) fn with_implied(&self, mut roles: Vec<String>) -> Vec<String> {
        let links = self.implications();
        loop {
            let more: Vec<String> = links
                .iter()
                .filter(|(prior, implied)| roles.contains(prior) && !roles.contains(implied))
                .map(|(_, implied)| implied.clone())
                .collect();
            if more.is_empty() {
                break;
            }
            roles.extend(more);
        }
        roles.sort_unstable();
        roles.dedup();
        roles
    }

    /// What becomes of assignments when a role is deleted, and of credentials: those that its direct holders have for the
    /// same project go, whether they contain it or not.
    pub(super) fn role_goes(&mut self, role: &str) {
        let (gone, kept): (Vec<Assignment>, Vec<Assignment>) =
            std::mem::take(&mut self.assignments).into_iter().partition(|one| one.role == role);
        self.assignments = kept;
        self.credentials.retain(|credential| {
            let goes =
                |one: &Assignment| one.holder == credential.user() && Some(one.target.as_str()) == credential.project();
            !gone.iter().any(goes)
        });
    }

    pub(super) fn list_assignments(&self, request: &Request) -> Answer {
        let links = json!({"next": null, "self": format!("{}{}", self.origin, request.target), "previous": null});
        if let (Some(user), Some(project), Some(_)) =
            (request.query("user.id"), request.query("scope.project.id"), request.query("effective"))
        {
            let name =
                |id: &String| self.roles.iter().find(|role| text(role, "id") == id).map(|role| text(role, "name"));
            let one = |id: &String| json!({"role": {"id": id, "name": name(id)}, "user": {"id": user}, "scope": {"project": {"id": project}}, "links": {}});
            let shown: Vec<Json> = self.roles_on(user, project).iter().map(one).collect();
            return Answer::json(200, &json!({"role_assignments": shown, "links": links}));
        }
        let one = |assignment: &&Assignment| {
            let of = |name: &str, holders: &str| {
                request.query(name).is_none_or(|id| assignment.holders == holders && assignment.holder == id)
            };
            let is = |name: &str, id: &str| request.query(name).is_none_or(|asked| asked == id);
            let place = if assignment.targets == "projects" { assignment.target.as_str() } else { "" };
            let of_place = is("role.id", &assignment.role) && is("scope.project.id", place);
            of("user.id", "users") && of("group.id", "groups") && of_place
        };
        let shown: Vec<Json> = self.assignments.iter().filter(one).map(entry).collect();
        Answer::json(200, &json!({"role_assignments": shown, "links": links}))
    }

    /// `path` is target, its id, holder, its id, the role's id.
    pub(super) fn assign(
        &mut self,
        method: &str,
        token: &Token,
        path: [&str; 5],
        inherited: bool,
    ) -> Result<Answer, Answer> {
        let [targets, target, holders, holder, role] = path;
        let verb = if method == "PUT" { "create" } else { "revoke" };
        token.administrator(&if targets == "system" {
            format!("{verb}_system_grant_for_{}", holders.trim_end_matches('s'))
        } else {
            format!("{verb}_grant")
        })?;
        let known = |all: &[super::Document], id: &str| all.iter().any(|document| text(document, "id") == id);
        let user = self.users.iter().map(User::id).any(|id| id == holder);
        let home = |all: &[super::Document], id: &str| {
            let found = all.iter().find(|document| text(document, "id") == id);
            found.map(|found| text(found, "domain_id").to_owned()).unwrap_or_default()
        };
        let of_domain = home(&self.roles, role);
        let elsewhere = targets == "projects" && !of_domain.is_empty() && home(&self.projects, target) != of_domain;
        let refusal = match (targets, holders) {
            _ if !known(&self.roles, role) => Some(role::not_found(role)),
            ("projects", _) if inherited && !known(&self.projects, target) => Some(project::not_found(target)),
            ("domains", _) if inherited && !known(&self.domains, target) => Some(domain::not_found(target)),
            // Nobody looks whether there is such a holder.
            _ if inherited && !elsewhere => None,
            (_, "users") if !user => Some(user::no_user(holder)),
            (_, "groups") if !known(&self.groups, holder) => Some(group::no_group(holder)),
            ("projects", _) if !known(&self.projects, target) => Some(project::not_found(target)),
            ("domains", _) if !known(&self.domains, target) => Some(domain::not_found(target)),
            ("system", _) if !of_domain.is_empty() => {
                let message = format!(
                    "Role {role} is a domain-specific role. Unable to use a domain-specific role in a system assignment."
                );
                Some(error(400, &message, "Bad Request"))
            }
            _ if elsewhere && method == "PUT" => {
                let message = format!("Project {target} must be in the same domain as the role {role} being assigned.");
                Some(error(403, &message, "Forbidden"))
            }
            _ => None,
        };
        if let Some(refusal) = refusal {
            return Err(refusal);
        }
        let [targets, target, holders, holder, role] = path.map(str::to_owned);
        let assignment = Assignment { role, holders, holder, targets, target, inherited };
        let there = self.assignments.iter().position(|known| *known == assignment);
        match (method, there) {
            ("PUT", None) => self.assignments.push(assignment),
            ("PUT", Some(_)) => {}
            (_, Some(place)) => {
                self.assignments.remove(place);
            }
            (_, None) => {
                let Assignment { role, holder, target, .. } = assignment;
                let message = format!(
                    "Could not find role assignment with role: {role}, user or group: {holder}, project, domain, or \
                     system: {target}."
                );
                return Err(error(404, &message, "Not Found"));
            }
        }
        Ok(Answer::empty(204))
    }

    /// The assignment's address; nothing for what the tool does not speak of.
    pub(super) fn assignment_address(&self, assignment: &Assignment) -> Option<String> {
        let Assignment { role, holders, holder, targets, target, inherited } = assignment;
        let name = |all: &[super::Document], id: &str| {
            let found = all.iter().find(|document| text(document, "id") == id)?;
            Some((text(found, "name").to_owned(), text(found, "domain_id").to_owned()))
        };
        let users: Vec<super::Document> = self.users.iter().map(|user| user.document.clone()).collect();
        let (role, of_domain) = name(&self.roles, role)?;
        let (holder, home) = name(if holders == "users" { &users } else { &self.groups }, holder)?;
        let (home, _) = name(&self.domains, &home)?;
        let mut parts = vec!["keystone".to_owned(), "role-assignment".to_owned()];
        parts.extend([holders.trim_end_matches('s').to_owned(), home, holder]);
        parts.extend(inherited.then(|| "inherited".to_owned()));
        if targets == "system" {
            parts.push("system".to_owned());
        } else if targets == "projects" {
            let (project, home) = name(&self.projects, target)?;
            parts.extend(["project".to_owned(), name(&self.domains, &home)?.0, project]);
        } else {
            parts.extend(["domain".to_owned(), name(&self.domains, target)?.0]);
        }
        parts.extend(
            self.domains
                .iter()
                .find(|domain| text(domain, "id") == of_domain)
                .map(|found| text(found, "name").to_owned()),
        );
        parts.push(role);
        let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
        Some(crate::model::address(&parts))
    }
}

fn entry(assignment: &Assignment) -> Json {
    let Assignment { role, holders, holder, targets, target, inherited } = assignment;
    let mut scope = json!({targets.trim_end_matches('s'): {"id": target}});
    if targets == "system" {
        scope = json!({"system": {"all": true}});
    }
    if *inherited {
        scope["OS-INHERIT:inherited_to"] = "projects".into();
    }
    json!({"role": {"id": role}, holders.trim_end_matches('s'): {"id": holder}, "scope": scope, "links": {}})
}
