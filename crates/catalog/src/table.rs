//! The tables, one file each: schema, row, queries.

pub(crate) mod album;
pub(crate) mod asset;
pub(crate) mod asset_details;
pub(crate) mod grid;
pub(crate) mod import_item;
pub(crate) mod import_session;
pub(crate) mod import_warning;
pub(crate) mod library_file;
mod moved_file;
pub(crate) mod removal;
