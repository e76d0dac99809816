//! Orchestrated work of a tenant: tasks are rows, at most five run at once, and what runs is shown.
//!
//! [`runner`] hands out slots and begins work; [`kinds`] says what each kind of work is and who does it; [`ending`] is how
//! all of it ends, [`stop`] how it is asked to.

pub mod asked;
pub mod bulk_mapping;
pub mod ending;
pub mod kinds;
pub mod runner;
pub mod stop;
pub mod work;
