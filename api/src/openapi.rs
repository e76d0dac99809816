//! The OpenAPI document: made from the handlers, committed beside the code, served as committed. A test compares the
//! two, `autonomos openapi` prints what the code says now.

use utoipa::OpenApi;
use utoipa::openapi::path::{Operation, ParameterBuilder, ParameterIn, PathItem};
use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, SchemaFormat, SchemaType, Type};
use utoipa::openapi::security::{
    ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme,
};
use utoipa::openapi::{Components, ContentBuilder, Ref, RefOr, Required, ResponseBuilder};

use crate::error::{PointedSchema, ProblemSchema};
use crate::gateway::access::{self, Access};
use crate::http;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "AutonomOS",
        description = "Sources to unified views to agents, kept alive by themselves.\n\nErrors are \
        RFC 9457 problem documents with a stable `code`, a `trace_id` to quote, the field at fault and the remedy."
    ),
    paths(http::files::get::get, http::files::put::put, http::files::delete::delete),
    components(schemas(ProblemSchema, PointedSchema))
)]
struct Base;

/// The committed text.
pub const fn text() -> &'static str {
    include_str!("../openapi.json")
}

/// What the code says now, pretty.
pub fn render() -> String {
    let mut text = serde_json::to_string_pretty(&document()).unwrap_or_default();
    text.push('\n');
    text
}

/// What the code says now.
pub fn document() -> utoipa::openapi::OpenApi {
    let (_, mut document) = http::routes().split_for_parts();
    let base = Base::openapi();
    document.info = base.info.clone();
    env!("CARGO_PKG_VERSION").clone_into(&mut document.info.version);
    document.merge(base);
    let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("JWT").build();
    let key =
        ApiKeyValue::with_description("X-API-Key", "A key from POST /api/v1/api-keys; also taken as a bearer token.");
    let components = document.components.get_or_insert_with(Components::new);
    components.add_security_scheme("bearer", SecurityScheme::Http(bearer));
    let operator = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .bearer_format("JWT")
        .description(Some("A token of minutes that `autonomos tenant` makes with the node's secret."))
        .build();
    components.add_security_scheme("operator", SecurityScheme::Http(operator));
    components.add_security_scheme("api_key", SecurityScheme::ApiKey(ApiKey::Header(key)));
    for (path, item) in &mut document.paths.paths {
        for operation in operations(item) {
            finish(path, operation);
        }
    }
    document
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    [&mut item.get, &mut item.put, &mut item.post, &mut item.patch, &mut item.delete].into_iter().flatten()
}

/// What is the same for every operation: its problems, its token, and the ids of its path.
fn finish(path: &str, operation: &mut Operation) {
    let problem = ContentBuilder::new().schema(Some(RefOr::Ref(Ref::from_schema_name("Problem")))).build();
    let response = ResponseBuilder::new().description("A problem").content("application/problem+json", problem).build();
    operation.responses.responses.insert("default".into(), RefOr::T(response));
    if access::of(path) != Access::Public {
        let schemes: &[&str] =
            if access::of(path) == Access::Operator { &["operator"] } else { &["bearer", "api_key"] };
        operation.security =
            Some(schemes.iter().copied().map(|name| SecurityRequirement::new::<_, _, String>(name, [])).collect());
    }
    if path.contains("{id}") && !declared(operation, "id") {
        let uuid = ObjectBuilder::new()
            .schema_type(SchemaType::Type(Type::String))
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::Uuid)))
            .build();
        let parameter = ParameterBuilder::new()
            .name("id")
            .parameter_in(ParameterIn::Path)
            .required(Required::True)
            .schema(Some(uuid))
            .build();
        operation.parameters.get_or_insert_default().push(RefOr::T(parameter));
    }
}

fn declared(operation: &Operation, name: &str) -> bool {
    operation
        .parameters
        .iter()
        .flatten()
        .any(|parameter| matches!(parameter, RefOr::T(parameter) if parameter.name == name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_committed_document_is_what_the_code_says() {
        let now = render();
        assert!(text() == now, "api/openapi.json is not current: run `autonomos openapi > api/openapi.json`");
    }

    #[test]
    fn every_operation_has_an_id_of_its_own_a_problem_and_its_path_parameters() {
        let mut document = document();
        let mut seen = std::collections::BTreeSet::new();
        for (path, item) in &mut document.paths.paths {
            for operation in operations(item) {
                let id = operation.operation_id.clone().unwrap_or_default();
                assert!(seen.insert(id.clone()), "{path}: operation id {id} is used twice");
                assert!(operation.responses.responses.contains_key("default"), "{path}");
                for name in path.split('{').skip(1).filter_map(|rest| rest.split('}').next()) {
                    assert!(declared(operation, name), "{path}: parameter {name}");
                }
                let public = access::of(path) == Access::Public;
                assert_eq!(operation.security.is_none(), public, "{path}");
            }
        }
        assert!(seen.len() > 50);
    }
}
