//! A region of the cloud's endpoints: what a program that is told one of them looks for services in. It is only looked for,
//! and whether there are endpoints in it; Keystone's own address is found without it, so that a wrong one is noticed late.

use std::collections::BTreeSet;
use std::convert::Infallible;

use crate::http::Reader;
use crate::http::failure::Failure;
use crate::http::route::Route;
use crate::model::Json;
use crate::model::address::{Address, Ids};
use crate::model::step::Step;
use crate::model::wanted::{Live, Wanted};
use crate::resource::{Ask, Found, Problem, Request, Resource, Unsendable, Warning};

/// The resource `keystone/region/ID`.
pub struct Region;

const COLLECTION: &str = "regions";
const ENDPOINTS: &str = "endpoints";

impl Resource for Region {
    type Declared = Infallible;

    fn bare(address: Address) -> Wanted {
        Wanted::entity(address)
    }

    fn wanted(declared: &Self::Declared) -> Wanted {
        match *declared {}
    }

    async fn observe(reader: &Reader, ask: &Ask<'_>) -> Result<Found, Failure> {
        let listed = super::list::whole(reader, &Route::new(["v3", COLLECTION]), COLLECTION).await?;
        let known: BTreeSet<&str> = listed.iter().filter_map(|region| region.get("id")?.as_str()).collect();
        let public = Route::new(["v3", ENDPOINTS]).with("interface", "public");
        let public = super::list::whole(reader, &public, ENDPOINTS).await?;
        let enabled = public.iter().filter(|endpoint| endpoint.get("enabled") == Some(&Json::Bool(true)));
        let served: BTreeSet<&str> = enabled.filter_map(|endpoint| endpoint.get("region_id")?.as_str()).collect();
        let list = |regions: &BTreeSet<&str>| regions.iter().copied().collect::<Vec<_>>().join(", ");
        let mut found = Found::default();
        for Wanted { address, source, .. } in &ask.wanted {
            if known.contains(address.name()) {
                let id = Some(address.name().to_owned());
                found.live.insert(address.clone(), Live { id, body: Json::Null });
                if !served.contains(address.name()) {
                    found.warnings.push(Warning {
                        address: address.clone(),
                        source: source.clone(),
                        message:
                            "has no public endpoint that is enabled, and whoever is told it finds no service in it"
                                .to_owned(),
                        hint: Some(match list(&served).as_str() {
                            "" => "leave `region` out: the catalog has no public endpoints".to_owned(),
                            regions => format!("say one with endpoints, or none; there are some in: {regions}"),
                        }),
                    });
                }
            } else {
                found.problems.push(Problem {
                    address: address.clone(),
                    source: source.clone(),
                    message: "is none of this cloud's regions, and whoever is told it finds no service in it"
                        .to_owned(),
                    hint: Some(match list(&known).as_str() {
                        "" => "leave `region` out: the cloud has none".to_owned(),
                        regions => format!("say one that the cloud has, or none; there are: {regions}"),
                    }),
                });
            }
        }
        Ok(found)
    }

    fn write(step: &Step, _ids: &Ids) -> Result<Request, Unsendable> {
        Err(Unsendable(step.address.clone()))
    }
}
