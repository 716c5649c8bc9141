//! The fields of the language as the types' schemas tell them: what there is, not what becomes of it.

use schemars::SchemaGenerator;
use schemars::generate::SchemaSettings;
use schemars::transform::RecursiveTransform;
use serde_json::Map;

use crate::model::Json;
use crate::schema::json::{refuse_null, spec_of};
use crate::spec::load::API_VERSION;
use crate::spec::{NAMED, OWN, REFERENCE, THERE};

/// The type of references to secrets; described once, and not field by field.
pub(super) const SECRET: &str = "SecretRef";

/// What stands for a name, and for anything that may be called as one likes.
pub(super) const ANY: &str = "x";

/// A kind of document.
pub(super) struct Kind {
    /// Its name.
    pub(super) name: &'static str,
    /// What it is.
    pub(super) meaning: String,
    /// All fields of its `spec`, each before those that are in it.
    pub(super) fields: Vec<Field>,
    /// A document in which every field is given of which something becomes on a server.
    pub(super) example: Json,
}

/// A field of the language.
pub(super) struct Field {
    /// Where it is: `/spec/users/0/email`; the first entry stands for all of a list.
    pub(super) pointer: String,
    /// The word.
    pub(super) word: String,
    /// What it means.
    pub(super) meaning: String,
    /// What it holds.
    pub(super) holds: Holds,
    /// Whether it must be there.
    pub(super) required: bool,
    /// What it is when it is absent, if it is managed then.
    pub(super) default: Option<String>,
    /// What becomes of it, where the type says it.
    pub(super) stated: Option<String>,
}

/// What a field holds.
#[derive(Clone, PartialEq)]
pub(super) enum Holds {
    /// One value of this type.
    One(String),
    /// One word of a list: the words, and what each means.
    Word(Vec<(String, String)>),
    /// A reference to a secret.
    Secret,
    /// Fields of its own.
    Fields,
    /// A name, or fields of its own.
    Short,
    /// Such values, by names of the operator's choice.
    Map(Box<Holds>),
    /// A list that is the value.
    ValueList(Box<Holds>),
    /// A list whose entries are managed each for itself.
    Collection(Box<Holds>),
}

/// The fields of a kind.
pub(super) fn kind(name: &'static str) -> Kind {
    let settings = SchemaSettings::draft2020_12();
    let mut generator = settings
        .with(|settings| settings.transforms = vec![Box::new(RecursiveTransform(refuse_null_of_fields))])
        .into_generator();
    let spec = spec_of(name, &mut generator).to_value();
    let definitions = generator.take_definitions(true);
    let walk = Walk { definitions };
    let (spec, _) = walk.target(&spec);
    let mut fields = Vec::new();
    walk.fields(&spec, "/spec", &mut fields);
    let example = serde_json::json!({
        "apiVersion": API_VERSION, "kind": name, "metadata": {"name": ANY}, "spec": walk.example(&spec),
    });
    Kind { name, meaning: text(&spec, "description"), fields, example }
}

/// Marks optional lists before their null, which tells value lists from collections, is gone.
fn refuse_null_of_fields(schema: &mut schemars::Schema) {
    let types = schema.get("type").and_then(Json::as_array);
    let is = |name: &str| types.is_some_and(|types| types.iter().any(|one| one == name));
    let value_list = is("array") && is("null");
    refuse_null(schema);
    if value_list {
        schema.insert(VALUE_LIST.to_owned(), Json::Bool(true));
    }
}

const VALUE_LIST: &str = "x-value-list";
const STATED: &str = "x-becomes";

struct Walk {
    definitions: Map<String, Json>,
}

impl Walk {
    /// A schema that may refer to a definition, with the definition's keywords; and the definition's name. Of an entry
    /// that may be written as its name alone, the other form is meant.
    fn target(&self, schema: &Json) -> (Json, String) {
        let schema = schema.pointer("/anyOf/1").unwrap_or(schema);
        let name = schema.get("$ref").and_then(Json::as_str).and_then(|path| path.rsplit('/').next());
        let Some(Json::Object(definition)) = name.and_then(|name| self.definitions.get(name)) else {
            return (schema.clone(), String::new());
        };
        let own = schema.as_object().cloned().unwrap_or_default();
        let whole: Map<String, Json> = definition.clone().into_iter().chain(own).collect();
        (Json::Object(whole), name.unwrap_or_default().to_owned())
    }

    fn properties(&self, schema: &Json) -> Vec<(String, Json, String, bool)> {
        let required = |word: &str| {
            let names = schema.get("required").and_then(Json::as_array);
            names.is_some_and(|names| names.iter().any(|name| name == word))
        };
        let properties = schema.get("properties").and_then(Json::as_object);
        let property = |(word, property): (&String, &Json)| {
            let (property, name) = self.target(property);
            (word.clone(), property, name, required(word))
        };
        properties.into_iter().flatten().map(property).collect()
    }

    fn fields(&self, schema: &Json, pointer: &str, fields: &mut Vec<Field>) {
        for (word, property, name, required) in self.properties(schema) {
            let pointer = format!("{pointer}/{word}");
            let default = property.get("default").filter(|default| !default.is_object() && !default.is_array());
            fields.push(Field {
                meaning: text(&property, "description"),
                holds: self.holds(&property, &name, required),
                required,
                default: default.map(|default| default.as_str().map_or_else(|| default.to_string(), str::to_owned)),
                stated: property.get(STATED).and_then(Json::as_str).map(str::to_owned),
                pointer: pointer.clone(),
                word,
            });
            if name == SECRET {
                continue;
            }
            self.fields(&property, &pointer, fields);
            if let Some(items) = property.get("items") {
                self.fields(&self.target(items).0, &format!("{pointer}/0"), fields);
            }
        }
    }

    fn holds(&self, schema: &Json, name: &str, required: bool) -> Holds {
        if name == SECRET {
            return Holds::Secret;
        }
        if let Some(words) = schema.get("oneOf").and_then(Json::as_array) {
            return Holds::Word(words.iter().map(|word| (text(word, "const"), text(word, "description"))).collect());
        }
        match (schema.get("type").and_then(Json::as_str), schema.get("items")) {
            (Some("array"), Some(entry)) => {
                let (items, name) = self.target(entry);
                let short = entry.get("anyOf").is_some();
                let holds = Box::new(if short { Holds::Short } else { self.holds(&items, &name, false) });
                let plain = !matches!(*holds, Holds::Fields | Holds::Short);
                let value = required || plain || schema.get(VALUE_LIST).is_some();
                if value { Holds::ValueList(holds) } else { Holds::Collection(holds) }
            }
            (Some("object"), _) if schema.get("properties").is_some() => Holds::Fields,
            (Some("object"), _) => {
                let (values, name) = self.target(schema.get("additionalProperties").unwrap_or(&Json::Null));
                Holds::Map(Box::new(self.holds(&values, &name, false)))
            }
            (Some("string"), _) if schema.get("format").is_some_and(|format| format == "uri") => {
                Holds::One("address".to_owned())
            }
            (Some("string"), _) => Holds::One(match schema.get("examples").and_then(|examples| examples.get(0)) {
                Some(Json::String(example)) => format!("text, such as `{example}`"),
                _ => "text".to_owned(),
            }),
            (Some("boolean"), _) => Holds::One("`true` or `false`".to_owned()),
            (Some("integer"), _) => Holds::One("whole number".to_owned()),
            _ => Holds::One("anything".to_owned()),
        }
    }

    /// A value with every field of which something becomes on a server. Of the others, there is only what must be there
    /// and what has an example.
    fn example(&self, schema: &Json) -> Json {
        let (schema, name) = self.target(schema);
        if let Some(given) = schema.get("examples").and_then(|examples| examples.get(0)) {
            return given.clone();
        }
        if let Some(default @ Json::String(_)) = schema.get("default") {
            return default.clone();
        }
        if name == SECRET {
            return serde_json::json!({"env": ANY});
        }
        if let Some(word) = schema.pointer("/oneOf/0/const") {
            return word.clone();
        }
        match schema.get("type").and_then(Json::as_str) {
            Some("array") => Json::Array(schema.get("items").map(|items| self.example(items)).into_iter().collect()),
            Some("object") if schema.get("properties").is_some() => {
                let given = self.properties(&schema).into_iter();
                let given = given.filter(|(_, property, _, required)| {
                    *required || !is_no_part(property) || property.get("examples").is_some()
                });
                Json::Object(given.map(|(word, property, ..)| (word, self.example(&property))).collect())
            }
            Some("object") => {
                let value = schema.get("additionalProperties").map_or(Json::from(ANY), |value| self.example(value));
                Json::Object([(ANY.to_owned(), value)].into_iter().collect())
            }
            Some("boolean") => Json::Bool(true),
            Some("integer") => 1.into(),
            _ if schema.get("format").is_some_and(|format| format == "uri") => "https://example.com".into(),
            _ => ANY.into(),
        }
    }
}

/// Whether nothing of a field is sent to a server. Several such may exclude each other.
fn is_no_part(property: &Json) -> bool {
    let stated = property.get(STATED).and_then(Json::as_str);
    stated.is_some_and(|stated| [OWN, REFERENCE, NAMED, THERE].contains(&stated))
}

/// A text of a schema, its lines joined.
fn text(schema: &Json, keyword: &str) -> String {
    let text = schema.get(keyword).and_then(Json::as_str).unwrap_or_default();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The type of references to secrets: each form and what it means.
pub(super) fn secrets() -> Vec<(String, String)> {
    let mut generator =
        SchemaGenerator::new(SchemaSettings::draft2020_12().with(|settings| settings.inline_subschemas = true));
    let schema = generator.subschema_for::<crate::secret::SecretRef>().to_value();
    let forms = schema.get("oneOf").and_then(Json::as_array).cloned().unwrap_or_default();
    let form = |form: &Json| {
        let word = form.get("properties").and_then(Json::as_object).and_then(|properties| properties.keys().next());
        (word.cloned().unwrap_or_default(), text(form, "description"))
    };
    forms.iter().map(form).collect()
}
