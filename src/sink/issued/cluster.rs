//! A Secret of Kubernetes, through the ordinary kubeconfig or from within the cluster. Our keys and labels are applied by
//! the server under a field manager of our own: those of others stay as they are.

use std::collections::BTreeMap;

use k8s_openapi::ByteString;
use k8s_openapi::api::core::v1::Secret as Stored;
use kube::api::{Api, ApiResource, DynamicObject, GroupVersionKind, Patch, PatchParams};
use kube::{Client, ResourceExt as _};
use serde_json::json;
use tokio::sync::OnceCell;

use super::dialect::Dialect;
use super::{Access, clouds_yaml, openrc};
use crate::model::Json;
use crate::resolve::sink::{How, Restart, Sink, Workload};
use crate::spec::delivery::StoredFormat;

/// Who applies what is ours.
const MANAGER: &str = "opcp-provision";

/// The cloud's name in a clouds.yaml that has no other.
pub(super) const CLOUD: &str = "openstack";

const CLOUDS: &str = "clouds.yaml";
const OPENRC: &str = "openrc.sh";

/// The cluster of the kubeconfig's context, or the one that this runs in; connected when it is first needed.
#[derive(Default)]
pub(super) struct Cluster(OnceCell<Client>);

impl Cluster {
    async fn client(&self) -> Result<Client, String> {
        let connect = || async { Client::try_default().await.map_err(|error| told(&error)) };
        self.0.get_or_try_init(connect).await.cloned()
    }

    async fn secrets(&self, names: &[String]) -> Result<(Api<Stored>, String), String> {
        let client = self.client().await?;
        match names {
            [namespace, name] => Ok((Api::namespaced(client, namespace), name.clone())),
            [name] => Ok((Api::default_namespaced(client), name.clone())),
            _ => Err("this is the name of no Secret".to_owned()),
        }
    }

    /// What the Secret tells; nothing if there is none, or none that tells anything.
    pub(super) async fn read(&self, names: &[String], sink: &Sink) -> Result<Option<Access>, String> {
        let How::Secret { format, labels, annotations } = &sink.how else { return Ok(None) };
        let dialect = Dialect::of(&sink.login);
        let (secrets, name) = self.secrets(names).await?;
        let Some(stored) = secrets.get_opt(&name).await.map_err(|error| told(&error))? else { return Ok(None) };
        let data = stored.data.clone().unwrap_or_default();
        let text = |key: &str| data.get(key).and_then(|value| String::from_utf8(value.0.clone()).ok());
        let found = match format {
            StoredFormat::CloudsYaml => clouds_yaml::read(&text(CLOUDS).unwrap_or_default(), None, CLOUD, dialect)?,
            StoredFormat::Openrc => openrc::read(&text(OPENRC).unwrap_or_default(), dialect)?,
            StoredFormat::Keys => Some(openrc::variables_told(text, dialect)),
        };
        let of_ours = |ours: &BTreeMap<String, String>, there: &BTreeMap<String, String>| {
            let there = ours.keys().filter_map(|key| Some((key.clone(), there.get(key)?.clone())));
            there.collect::<BTreeMap<_, _>>()
        };
        let found = found.filter(|found| found.who().is_some());
        let restarted = self.restarted(names, sink).await?;
        Ok(found.map(|found| Access {
            labels: of_ours(labels, stored.labels()),
            annotations: of_ours(annotations, stored.annotations()),
            restarted,
            ..found
        }))
    }

    /// The secret that each workload has begun anew with, by its id.
    async fn restarted(&self, names: &[String], sink: &Sink) -> Result<BTreeMap<String, String>, String> {
        let Some(Restart::Workloads(workloads)) = &sink.restart else { return Ok(BTreeMap::new()) };
        let key = mark(names);
        let mut restarted = BTreeMap::new();
        for workload in workloads {
            let there =
                self.workloads(names, workload).await?.get(&workload.name).await.map_err(|error| told(&error))?;
            let pointer = ["spec", "template", "metadata", "annotations", &key];
            let id = pointer.iter().try_fold(&there.data, |place, key| place.get(key)).and_then(Json::as_str);
            restarted.extend(id.map(|id| (workload.to_string(), id.to_owned())));
        }
        Ok(restarted)
    }

    /// Has the pods of workloads replaced, as `kubectl rollout restart` does: by an annotation of theirs, here the id of
    /// the secret that each shall begin with.
    pub(super) async fn restart(
        &self,
        names: &[String],
        workloads: &[Workload],
        ids: &BTreeMap<String, String>,
    ) -> Result<(), String> {
        let key = mark(names);
        for workload in workloads {
            let Some(id) = ids.get(&workload.to_string()) else { continue };
            let annotated = json!({"spec": {"template": {"metadata": {"annotations": {key.as_str(): id}}}}});
            // What is applied would take away what was applied for another Secret.
            let ours = PatchParams { field_manager: Some(MANAGER.to_owned()), ..PatchParams::default() };
            let there = self.workloads(names, workload).await?;
            there.patch(&workload.name, &ours, &Patch::Merge(annotated)).await.map_err(|error| told(&error))?;
        }
        Ok(())
    }

    /// The workloads of this kind beside a Secret.
    async fn workloads(&self, names: &[String], workload: &Workload) -> Result<Api<DynamicObject>, String> {
        let resource = ApiResource::from_gvk(&GroupVersionKind::gvk("apps", "v1", workload.kind));
        let client = self.client().await?;
        Ok(match names {
            [namespace, _] => Api::namespaced_with(client, namespace, &resource),
            _ => Api::default_namespaced_with(client, &resource),
        })
    }

    /// Applies what the Secret shall tell.
    pub(super) async fn write(&self, names: &[String], sink: &Sink, access: &Access) -> Result<(), String> {
        let How::Secret { format, .. } = &sink.how else { return Ok(()) };
        let (secrets, name) = self.secrets(names).await?;
        let dialect = Dialect::of(&sink.login);
        let data: BTreeMap<String, String> = match format {
            StoredFormat::CloudsYaml => [(CLOUDS.to_owned(), clouds_yaml::write("", access, CLOUD, dialect)?)].into(),
            StoredFormat::Openrc => [(OPENRC.to_owned(), openrc::write("", access, dialect)?)].into(),
            StoredFormat::Keys => {
                openrc::variables(access, dialect).map(|(name, value)| (name, value.to_owned())).collect()
            }
        };
        let data: BTreeMap<String, ByteString> =
            data.into_iter().map(|(key, value)| (key, ByteString(value.into_bytes()))).collect();
        let applied = json!({
            "apiVersion": "v1",
            "kind": "Secret",
            "type": "Opaque",
            "metadata": {"name": name, "labels": access.labels, "annotations": access.annotations},
            "data": data,
        });
        let ours = PatchParams::apply(MANAGER).force();
        secrets.patch(&name, &ours, &Patch::<Json>::Apply(applied)).await.map(|_| ()).map_err(|error| told(&error))
    }
}

/// The annotation of pods that says which secret they began with, by its id, for the Secret of this name.
fn mark(names: &[String]) -> String {
    format!("credential.opcp.dev/{}", names.last().map_or("", String::as_str))
}

/// What the API server says, or what keeps it from being reached.
fn told(error: &kube::Error) -> String {
    match error {
        kube::Error::Api(status) => format!("the API server answers: {}", status.message),
        error => std::iter::successors(std::error::Error::source(error), |cause| cause.source())
            .fold(error.to_string(), |told, cause| format!("{told}: {cause}")),
    }
}
