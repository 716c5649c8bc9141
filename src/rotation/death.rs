//! Why what a place holds does not log in, as far as an administrator can see it, and what to do about it.

use super::Rotation;
use super::generation::of;
use crate::keystone::user::options::let_in;
use crate::model::Json;
use crate::model::address::Address;
use crate::resource::Warning;
use crate::spec::application_credential::APPLICATION_CREDENTIAL;

impl Rotation<'_> {
    /// What is to be known of places that hold what does not log in: those who work with it are locked out.
    pub(super) fn deaths(&self) -> impl Iterator<Item = Warning> {
        let sinks = self.declared.value.sinks.iter();
        sinks.filter_map(|sink| {
            let body = &self.live.get(&sink.address)?.body;
            let held = body.get("credential").and_then(Json::as_str)?;
            let dead = body.get("logsIn") == Some(&Json::Bool(false));
            let (why, hint) = dead.then(|| self.cause(held))?;
            Some(Warning {
                address: sink.address.clone(),
                source: Some(sink.at.source()),
                message: format!("what it holds does not log in: {why}"),
                hint: Some(hint.to_owned()),
            })
        })
    }

    /// Why the application credential with this id does not log in.
    fn cause(&self, id: &str) -> (String, &'static str) {
        const ANEW: &str = "`apply` makes another one, and delivers it";
        let Some(generation) =
            of(&self.declared.address, self.live).into_iter().find(|known| known.id.as_deref() == Some(id))
        else {
            return ("the application credential is gone from Keystone".to_owned(), ANEW);
        };
        if generation.expires.is_some_and(|end| end <= self.occasion.now) {
            return ("its time is over".to_owned(), ANEW);
        }
        let owner = &self.declared.value.owner.address;
        let project = &self.declared.value.project;
        let is_off = |address: &Address| {
            self.live.get(address).is_some_and(|live| live.body.get("enabled") == Some(&Json::Bool(false)))
        };
        match () {
            () if !self.live.contains_key(owner) => {
                (format!("its owner {owner} is gone"), "make the owner again, or say another `owner`")
            }
            () if is_off(owner) => {
                (format!("its owner {owner} is disabled"), "enable the owner, or say another `owner`")
            }
            () if !self.live.contains_key(project) => {
                (format!("its project {project} is gone"), "make the project again, or say another `project`")
            }
            () if is_off(project) => (format!("its project {project} is disabled"), "enable the project"),
            () if self.live.get(owner).is_some_and(|live| !let_in(&live.body, APPLICATION_CREDENTIAL)) => (
                format!("the `multiFactorAuthRules` of its owner {owner} let no application credential in"),
                "add `[application_credential]` to them",
            ),
            () => (
                format!(
                    "its owner {owner} has none of its roles in {project} any more, or its secret has been changed there"
                ),
                "give the owner the roles again; if nothing has been taken away, `apply` makes another one",
            ),
        }
    }
}
