//! The calls without a tenant.

use super::World;
use crate::store::{AuditFilter, NewUser, Page, Role, TenantState};
use crate::{Actor, Scope};

fn person(email: &str) -> NewUser {
    NewUser { email: email.into(), name: "N".into(), role: Role::Admin, password: None }
}

/// A tenant and its first admin appear together, the address folded.
pub async fn registering_makes_a_tenant(world: &World) {
    let (tenant, user) =
        world.store.directory().register("C", person(" New@C.Example "), world.a.trace()).await.unwrap();
    assert_eq!((user.tenant_id, &*user.email), (tenant.id, "new@c.example"));
    assert_eq!(world.store.directory().find_user_by_email("NEW@c.example").await.unwrap(), Some(user.clone()));
    let found = world.store.directory().tenant_ref(tenant.id).await.unwrap().unwrap();
    assert_eq!((found.state, found.has_work, found.owner.epoch), (TenantState::Active, false, 1));
    let scope = Scope::new(tenant.id, Actor::System("suite"), world.a.trace());
    let noted = world.store.read(&scope).await.unwrap().audit(&AuditFilter::default(), &Page::default()).await.unwrap();
    let said: Vec<_> = noted.items.iter().map(|e| (&*e.action, e.actor.clone())).collect();
    let by = Actor::User(user.id).to_string();
    assert_eq!(said, [("user.create", by.clone()), ("tenant.create", by)]);
}

/// An address belongs to one person on the platform; the loser leaves no tenant behind.
pub async fn an_address_is_taken_once(world: &World) {
    let error = world.store.directory().register("D", person("ADA@a.example"), world.a.trace()).await.unwrap_err();
    assert_eq!((error.code, error.field.as_deref()), ("user.email_taken", Some("email")));
    assert_eq!(world.store.directory().tenant_refs().await.unwrap().len(), 2);
    let error = world.stranger().await.create_user(person("ada@A.example")).await.unwrap_err();
    assert_eq!(error.code, "user.email_taken");
}

/// All tenants, in pages, with what a start needs.
pub async fn every_tenant_is_listed(world: &World) {
    for n in 0..3 {
        world.clock.advance(std::time::Duration::from_millis(1));
        world.store.directory().create_tenant(&format!("T{n}")).await.unwrap();
    }
    let first = world.store.directory().tenants(&Page::first(3)).await.unwrap();
    let second =
        world.store.directory().tenants(&Page::asked(Some(3), first.next_cursor.as_deref()).unwrap()).await.unwrap();
    assert_eq!((first.items.len(), second.items.len(), second.next_cursor), (3, 2, None));
    world.connection().await;
    let refs = world.store.directory().tenant_refs().await.unwrap();
    let busy: Vec<_> = refs.iter().filter(|t| t.has_work).map(|t| t.id).collect();
    assert_eq!((refs.len(), busy), (5, vec![world.a.tenant()]));
}

/// What it takes is told; giving free space back takes nothing that holds something.
pub async fn space_is_told_and_given_back(world: &World) {
    let directory = world.store.directory();
    let before = directory.space().await.unwrap();
    assert!(before.free <= before.bytes);
    let given = directory.give_back(1 << 30).await.unwrap();
    let after = directory.space().await.unwrap();
    assert_eq!((after.bytes, after.free <= before.free), (before.bytes - given, true));
    assert_eq!(directory.tenant_refs().await.unwrap().len(), 2);
}
