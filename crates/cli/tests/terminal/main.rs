//! The program as scripts see it: real processes, real sockets to the simulated phone, real photos, an ordinary user.

mod crashes;
mod journey;
mod snapshots;
mod stage;
mod trouble;
