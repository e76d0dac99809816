//! The real node on a port of its own, spoken to as clients speak.

mod api_keys;
mod audited;
mod auth;
mod canaries;
mod command_line;
mod configuration;
mod console;
mod drift;
mod flags;
mod forged;
mod four_eyes;
mod gateway;
mod harness;
mod identities;
mod isolation;
mod journey;
mod life;
mod live;
mod main_job;
mod roles;
mod safe_mode;
mod socket;
mod suspension;
mod taken_back;
mod upkeep;
mod users;
