//! The real node on a port of its own, spoken to as clients speak.

mod auth;
mod command_line;
mod forged;
mod gateway;
mod harness;
mod isolation;
mod journey;
mod live;
mod main_job;
mod roles;
mod socket;
mod suspension;
