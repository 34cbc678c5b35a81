//! Keywords and the names of people.

use super::PhotosDbError;
use super::cells::Cells;
use super::database::Database;
use super::resource::texts;
use super::schema::Schema;
use std::collections::{BTreeSet, HashMap};

/// Reads the keywords of each set of attributes.
pub(super) fn keywords(database: &Database, schema: &Schema) -> Result<HashMap<i64, Vec<String>>, PhotosDbError> {
    let Some(join) = schema.keyword_join() else { return Ok(HashMap::new()) };
    let titles = texts(database, schema, ("ZKEYWORD", &["ZTITLE"]))?;
    let mut keywords: HashMap<i64, Vec<String>> = HashMap::new();
    database.each_of(schema, &join, |(attributes, _, keyword)| {
        if let Some(title) = titles.get(&keyword) {
            keywords.entry(attributes).or_default().push(database.copy_of(title));
        }
    })?;
    Ok(keywords)
}

/// Reads the names of the people in each asset, each name once, in order of the alphabet.
pub(super) fn people(database: &Database, schema: &Schema) -> Result<HashMap<i64, BTreeSet<String>>, PhotosDbError> {
    let mut names = HashMap::new();
    let person = |cells: &mut Cells<'_, '_>| {
        (cells.integer(&["Z_PK"]), cells.text(&["ZFULLNAME"]), cells.text(&["ZDISPLAYNAME"]))
    };
    database.each(schema, "ZPERSON", person, |(key, full, display)| {
        let name = [full, display].into_iter().flatten().find(|name| !name.is_empty());
        names.extend(key.zip(name));
    })?;
    let mut people: HashMap<i64, BTreeSet<String>> = HashMap::new();
    // Both columns were renamed with iOS 17.
    let face = |cells: &mut Cells<'_, '_>| {
        (cells.integer(&["ZASSETFORFACE", "ZASSET"]), cells.integer(&["ZPERSONFORFACE", "ZPERSON"]))
    };
    database.each(schema, "ZDETECTEDFACE", face, |(asset, person)| {
        if let Some((asset, name)) = asset.zip(person.and_then(|person| names.get(&person))) {
            let people = people.entry(asset).or_default();
            if !people.contains(name) {
                people.insert(database.copy_of(name));
            }
        }
    })?;
    Ok(people)
}
