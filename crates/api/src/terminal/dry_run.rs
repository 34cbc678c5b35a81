//! What an import would do: its books and its room, and nothing changed.

use super::{Finished, ImportLine, ImportListener, ImportOrder};
use crate::dto::ErrorDto;
use crate::library::{OpenLibrary, folder_name};
use domain::{Decision, Destination, ImportPlan, Outcome, Totals};

/// Tells of everything that would be copied, and whether there is room. `None` for a library that would be made.
pub(super) fn dry_run(
    order: &ImportOrder,
    library: Option<&OpenLibrary>,
    plan: &ImportPlan,
    listener: &dyn ImportListener,
) -> Result<Finished, ErrorDto> {
    let mut totals = Totals::default();
    for item in &plan.items {
        match item.decision {
            Decision::Skip(reason) => totals.count(&Outcome::Skipped(reason)),
            Decision::Import => {
                totals.count(&Outcome::Imported);
                let asset = &item.asset;
                let (id, name) = (asset.id.to_string(), asset.name().to_owned());
                listener.line(&ImportLine::Planned { id, name, bytes: asset.bytes() });
            }
        }
    }
    let capacity = match library {
        Some(library) => library.folder.capacity()?,
        None => destinations::room_at(&order.library)?,
    };
    let needed = importer::room_needed(plan, &[], &capacity, order.conversion.as_ref(), order.sidecars);
    let free = capacity.free_bytes;
    let name = library.map_or_else(|| folder_name(&order.library), OpenLibrary::name);
    let stopped = (needed > free).then(|| ErrorDto::no_space(needed, free, &format!("“{name}”")));
    Ok(Finished {
        dry_run: true,
        needed_bytes: Some(needed),
        free_bytes: Some(free),
        stopped,
        ..Finished::of(&totals, plan.bytes())
    })
}
