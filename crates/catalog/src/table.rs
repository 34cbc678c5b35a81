//! The tables, one file each: schema, row, queries.

pub(crate) mod album;
pub(crate) mod asset;
pub(crate) mod asset_details;
pub(crate) mod grid;
pub(crate) mod import_item;
pub(crate) mod import_session;
pub(crate) mod import_warning;
pub(crate) mod library_check;
pub(crate) mod library_file;
mod moved_file;
pub(crate) mod removal;
pub(crate) mod rendition;

/// Adds sizes up, in SQL. Phones and manifests may say any: `sum` errs where they are more than 2^63, and half of all sizes
/// are kept as negative numbers.
macro_rules! sum_of_sizes {
    ($column:literal) => {
        concat!("CAST(min(total(iif(", $column, " < 0, 9e18, ", $column, ")), 9e18) AS INTEGER)")
    };
}
pub(crate) use sum_of_sizes;
