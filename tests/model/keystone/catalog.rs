//! The catalog: regions, and endpoints of the bootstrap in the first of them. Anybody may look at regions.

use serde_json::{Value as Json, json};

use super::{Answer, Keystone, Request, error};

/// The region of the bootstrap.
const FIRST: &str = "RegionOne";

/// Its endpoints are for each of these.
const INTERFACES: [&str; 3] = ["public", "internal", "admin"];

impl Keystone {
    /// A region comes, without any endpoint.
    pub(crate) fn make_region(&mut self, id: &str) {
        self.regions.push(id.to_owned());
    }

    pub(super) fn regions(&self, request: &Request) -> Answer {
        let region = |id: &str| {
            let region = json!({"id": id, "description": "", "parent_region_id": null});
            self.linked("regions", region.as_object().unwrap())
        };
        let regions = [FIRST].into_iter().chain(self.regions.iter().map(String::as_str)).map(region);
        self.listed_at(request, "regions", &regions.collect::<Vec<_>>())
    }

    pub(super) fn endpoints(&self, request: &Request) -> Result<Answer, Answer> {
        if let Some(unknown) = request.query("interface").filter(|asked| !INTERFACES.contains(asked)) {
            let message = format!(
                "Invalid input for field/attribute interface. Value: {unknown}. '{unknown}' is not one of ['admin', \
                 'internal', 'public']"
            );
            return Err(error(400, &message, "Bad Request"));
        }
        let endpoint = |(number, interface): (usize, &str)| {
            let url = format!("{}/v3", self.origin);
            let endpoint = json!({"id": format!("dddddddd{number:024x}"), "service_id": format!("cccccccc{:024x}", 0),
                "interface": interface, "region": FIRST, "region_id": FIRST, "enabled": true, "url": url});
            self.linked("endpoints", endpoint.as_object().unwrap())
        };
        let of_interface =
            |(_, interface): &(usize, &str)| request.query("interface").is_none_or(|asked| asked == *interface);
        let endpoints = INTERFACES.into_iter().enumerate().filter(of_interface).map(endpoint);
        Ok(self.listed_at(request, "endpoints", &endpoints.collect::<Vec<_>>()))
    }

    fn listed_at(&self, request: &Request, collection: &str, list: &[Json]) -> Answer {
        let links = json!({"next": null, "self": format!("{}{}", self.origin, request.target), "previous": null});
        Answer::json(200, &json!({collection: list, "links": links}))
    }
}
