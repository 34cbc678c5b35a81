//! The items of a HEIF file: pictures, their thumbnails and metadata, and where their bytes are.
//!
//! Source of the layout: ISO/IEC 14496-12 (meta, iloc, iinf, iref) and 23008-12 (ispe, irot, imir).

use crate::fault::Fault;
use crate::fields::Fields;
use crate::findings::Orientation;
use crate::input::{Input, Slice};
use crate::isobmff::{self, BoxAt, Span};

/// Largest `meta` box that is read. A 48 MP photo of a phone has 20 KiB.
const LARGEST_META: u64 = 2 << 20;
/// Most items, references, associations or extents; phones write below 500 of each.
const MOST: usize = 16 * 1024;

/// What an item is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ItemInfo {
    /// Its number.
    pub(crate) id: u32,
    /// Four characters: `hvc1`, `grid`, `Exif`, `mime`.
    pub(crate) kind: [u8; 4],
    /// Content type of a `mime` item.
    pub(crate) mime: Vec<u8>,
    /// Whether it is not to be shown by itself.
    hidden: bool,
}

/// A reference from one item to others.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Reference {
    kind: [u8; 4],
    from: u32,
    to: Vec<u32>,
}

/// Where an item's bytes are.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Location {
    id: u32,
    in_meta: bool,
    extents: Vec<Span>,
}

/// A part of a picture, in pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Aperture {
    /// Columns left out before it.
    pub(crate) left: u32,
    /// Rows left out before it.
    pub(crate) top: u32,
    /// Its columns.
    pub(crate) width: u32,
    /// Its rows.
    pub(crate) height: u32,
}

impl Aperture {
    /// Returns where it is once a stored picture of that size stands upright.
    pub(crate) fn upright(self, (across, down): (u32, u32), orientation: Orientation) -> Self {
        let right = across.saturating_sub(self.left + self.width);
        let below = down.saturating_sub(self.top + self.height);
        match orientation.exif() {
            3 => Self { left: right, top: below, ..self },
            6 => Self { left: below, top: self.left, width: self.height, height: self.width },
            8 => Self { left: self.top, top: right, width: self.height, height: self.width },
            _ => self,
        }
    }
}

/// The tables of a `meta` box.
#[derive(Debug, Default)]
pub(crate) struct Items {
    meta: Vec<u8>,
    /// Where the `meta` box's contents begin in the file.
    meta_at: u64,
    /// Where the number of the primary item is inside the contents, and how many bytes it has.
    primary_at: Option<(usize, usize)>,
    /// The item that the file is about.
    pub(crate) primary: u32,
    infos: Vec<ItemInfo>,
    references: Vec<Reference>,
    properties: Vec<BoxAt>,
    associations: Vec<(u32, usize)>,
    locations: Vec<Location>,
    idat: Option<Span>,
}

impl Items {
    /// Reads the tables of the file's first `meta` box.
    pub(crate) fn read(input: &mut dyn Input) -> Result<Self, Fault> {
        let all = Span::all(input);
        let found = isobmff::find(input, all, b"meta")?.ok_or(Fault::Malformed("the list of pictures is missing"))?;
        if found.cut {
            return Err(Fault::CutShort);
        }
        let meta = isobmff::contents(input, found.body, LARGEST_META)?;
        let mut items = Self { meta_at: found.body.start, ..Self::default() };
        items.read_tables(&meta)?;
        items.meta = meta;
        Ok(items)
    }

    fn read_tables(&mut self, meta: &[u8]) -> Result<(), Fault> {
        let mut input = Slice(meta);
        let inside = Span::all(&input).after(4);
        for table in isobmff::boxes(&mut input, inside)? {
            let body = slice(meta, table.body);
            match &table.kind {
                b"pitm" => self.read_primary(body, table.body.start)?,
                b"iinf" => self.infos = read_infos(meta, table.body)?,
                b"iref" => self.references = read_references(meta, table.body)?,
                b"iloc" => self.locations = read_locations(body)?,
                b"iprp" => self.read_properties(meta, table.body)?,
                b"idat" => self.idat = Some(table.body),
                _ => {}
            }
        }
        Ok(())
    }

    fn read_primary(&mut self, body: &[u8], start: u64) -> Result<(), Fault> {
        let mut fields = Fields::new(body);
        let width = if fields.u32()? >> 24 == 0 { 2 } else { 4 };
        self.primary = fields.number(width)? as u32;
        self.primary_at = usize::try_from(start).ok().map(|start| (start + 4, width));
        Ok(())
    }

    fn read_properties(&mut self, meta: &[u8], body: Span) -> Result<(), Fault> {
        let mut input = Slice(meta);
        for part in isobmff::boxes(&mut input, body)? {
            match &part.kind {
                b"ipco" => self.properties = isobmff::boxes(&mut input, part.body)?,
                b"ipma" => self.associations.extend(read_associations(slice(meta, part.body))?),
                _ => {}
            }
        }
        Ok(())
    }

    /// Returns the item with a number.
    pub(crate) fn info(&self, id: u32) -> Option<&ItemInfo> {
        self.infos.iter().find(|info| info.id == id)
    }

    /// Returns items of a type, those that describe the primary item first.
    pub(crate) fn of_kind(&self, kind: &[u8; 4]) -> Vec<&ItemInfo> {
        let mut found: Vec<_> = self.infos.iter().filter(|info| info.kind == *kind).collect();
        found.sort_by_key(|info| !self.refers(b"cdsc", info.id, self.primary));
        found
    }

    /// Tells whether there is an item of a type.
    pub(crate) fn has_kind(&self, kind: &[u8; 4]) -> bool {
        self.infos.iter().any(|info| info.kind == *kind)
    }

    /// Tells whether a picture is an auxiliary one whose type's name ends like this.
    pub(crate) fn has_auxiliary(&self, ending: &[u8]) -> bool {
        self.auxiliary_types().any(|name| name.ends_with(ending))
    }

    /// Returns the names of the types of auxiliary pictures.
    pub(crate) fn auxiliary_types(&self) -> impl Iterator<Item = &[u8]> {
        let types = self.properties.iter().filter(|property| property.kind == *b"auxC");
        types.filter_map(|property| slice(&self.meta, property.body).get(4..)?.split(|byte| *byte == 0).next())
    }

    /// Tells whether there are pictures to be shown besides the primary one: none of its parts, no smaller picture of another
    /// and nothing auxiliary. Photos for two eyes have one.
    pub(crate) fn has_further_pictures(&self) -> bool {
        let of_others = |id: u32| {
            self.references.iter().any(|r| match &r.kind {
                b"thmb" | b"auxl" => r.from == id,
                b"dimg" => r.to.contains(&id),
                _ => false,
            })
        };
        let is_picture = |kind: &[u8; 4]| {
            matches!(kind, b"hvc1" | b"hev1" | b"av01" | b"avc1" | b"jpeg" | b"grid" | b"iden" | b"iovl")
        };
        let shown = self.infos.iter().filter(|info| is_picture(&info.kind) && !info.hidden);
        shown.into_iter().any(|info| info.id != self.primary && !of_others(info.id))
    }

    /// Returns the items that refer to `to` in a way, such as its thumbnails (`thmb`).
    pub(crate) fn referring(&self, kind: &[u8; 4], to: u32) -> Vec<u32> {
        let fitting = self.references.iter().filter(|r| r.kind == *kind && r.to.contains(&to));
        fitting.map(|r| r.from).collect()
    }

    /// Returns the items that `from` refers to in a way, such as the tiles (`dimg`) of a grid.
    pub(crate) fn referred(&self, kind: &[u8; 4], from: u32) -> Vec<u32> {
        let fitting = self.references.iter().filter(|r| r.kind == *kind && r.from == from);
        fitting.flat_map(|r| r.to.iter().copied()).collect()
    }

    fn refers(&self, kind: &[u8; 4], from: u32, to: u32) -> bool {
        self.references.iter().any(|r| r.kind == *kind && r.from == from && r.to.contains(&to))
    }

    /// Returns the contents of an item's property.
    pub(crate) fn property(&self, item: u32, kind: &[u8; 4]) -> Option<&[u8]> {
        self.properties_of(item).find(|property| property.kind == *kind).map(|p| slice(&self.meta, p.body))
    }

    /// Returns the contents of all of an item's properties of a sort.
    pub(crate) fn properties_like(&self, item: u32, kind: &[u8; 4]) -> Vec<&[u8]> {
        let like = self.properties_of(item).filter(|property| property.kind == *kind);
        like.map(|property| slice(&self.meta, property.body)).collect()
    }

    /// Tells whether an item describes another one.
    pub(crate) fn describes(&self, item: u32, other: u32) -> bool {
        self.refers(b"cdsc", item, other)
    }

    fn properties_of(&self, item: u32) -> impl Iterator<Item = &BoxAt> {
        let own = self.associations.iter().filter(move |(id, _)| *id == item);
        own.filter_map(|(_, index)| self.properties.get(index.checked_sub(1)?))
    }

    /// Returns the stored width and height of a picture.
    pub(crate) fn pixels(&self, item: u32) -> Option<(u32, u32)> {
        let mut fields = Fields::new(self.property(item, b"ispe")?);
        fields.u32().ok()?;
        Some((fields.u32().ok()?, fields.u32().ok()?))
    }

    /// Returns how a picture is to be turned.
    pub(crate) fn orientation(&self, item: u32) -> Orientation {
        let quarters = self.property(item, b"irot").and_then(|body| body.first().copied()).unwrap_or(0);
        Orientation::from_irot(quarters)
    }

    /// Returns the part of a stored picture that is to be shown, where that is not all of it: its left and upper side, its
    /// width and height. Source: ISO/IEC 14496-12, `clap`: fractions, the offsets between the middles.
    pub(crate) fn aperture(&self, item: u32) -> Option<Aperture> {
        let (across, down) = self.pixels(item)?;
        let mut fields = Fields::new(self.property(item, b"clap")?);
        let mut fraction = || Some(f64::from(fields.u32().ok()?.cast_signed()) / f64::from(fields.u32().ok()?));
        let (width, height) = (fraction()?, fraction()?);
        let (right, below) = (fraction()?, fraction()?);
        let left = (f64::from(across) - width) / 2.0 + right;
        let top = (f64::from(down) - height) / 2.0 + below;
        let fits = left >= 0.0 && top >= 0.0 && width >= 1.0 && height >= 1.0;
        let inside = left + width <= f64::from(across) && top + height <= f64::from(down);
        let whole = |number: f64| number.round() as u32;
        let aperture = Aperture { left: whole(left), top: whole(top), width: whole(width), height: whole(height) };
        (fits && inside).then_some(aperture)
    }

    /// Returns the stretches of the file that hold an item's bytes; those inside `meta` included.
    pub(crate) fn spans(&self, item: u32) -> Vec<Span> {
        let Some(location) = self.locations.iter().find(|location| location.id == item) else { return Vec::new() };
        let idat = self.idat.map_or(0, |idat| self.meta_at + idat.start);
        let base = if location.in_meta { idat } else { 0 };
        let moved = |span: &Span| Span { start: base.saturating_add(span.start), end: base.saturating_add(span.end) };
        location.extents.iter().map(moved).collect()
    }

    /// Reads an item's bytes, at most `most`.
    pub(crate) fn data(&self, input: &mut dyn Input, item: u32, most: usize) -> Result<Vec<u8>, Fault> {
        let mut data = Vec::new();
        for span in self.spans(item) {
            // An extent without a length reaches to the end of the file.
            let end = if span.end == span.start { input.size() } else { span.end };
            let length = usize::try_from(end.saturating_sub(span.start)).unwrap_or(usize::MAX);
            if length > most.saturating_sub(data.len()) {
                return Err(Fault::TooLarge("a part of it is too long"));
            }
            data.append(&mut input.read(span.start, length)?);
        }
        Ok(data)
    }

    /// Returns where the contents of the `meta` box are.
    pub(crate) fn meta_span(&self) -> Span {
        Span { start: self.meta_at, end: self.meta_at + self.meta.len() as u64 }
    }

    /// Calls another item the primary one, in a copy of the file's bytes.
    pub(crate) fn set_primary(&self, file: &mut [u8], item: u32) -> Result<(), Fault> {
        let (at, width) = self.primary_at.ok_or(Fault::Malformed("it does not say which picture it is about"))?;
        let at = usize::try_from(self.meta_at).map_err(|_| Fault::CutShort)? + at;
        let place = file.get_mut(at..at + width).ok_or(Fault::CutShort)?;
        place.copy_from_slice(&item.to_be_bytes()[4 - width..]);
        Ok(())
    }

    /// Returns where the last byte of any item ends.
    pub(crate) fn end(&self) -> u64 {
        let outside = self.locations.iter().filter(|location| !location.in_meta);
        outside.flat_map(|location| &location.extents).map(|span| span.end).max().unwrap_or(0)
    }
}

/// Cuts a stretch out of bytes; an impossible one is empty.
fn slice(bytes: &[u8], span: Span) -> &[u8] {
    let (Ok(start), Ok(end)) = (usize::try_from(span.start), usize::try_from(span.end)) else { return &[] };
    bytes.get(start..end).unwrap_or_default()
}

fn read_infos(meta: &[u8], body: Span) -> Result<Vec<ItemInfo>, Fault> {
    let version = Fields::new(slice(meta, body)).u8()?;
    let inside = body.after(if version == 0 { 6 } else { 8 });
    let entries = isobmff::boxes(&mut Slice(meta), inside)?;
    let infos = entries.iter().filter(|entry| entry.kind == *b"infe");
    Ok(infos.filter_map(|entry| read_info(slice(meta, entry.body)).ok()).collect())
}

fn read_info(body: &[u8]) -> Result<ItemInfo, Fault> {
    let mut fields = Fields::new(body);
    let flags = fields.u32()?;
    let version = flags >> 24;
    let id = fields.number(if version >= 3 { 4 } else { 2 })? as u32;
    fields.u16()?;
    let kind = if version >= 2 { fields.name()? } else { *b"mime" };
    fields.text();
    Ok(ItemInfo { id, kind, mime: fields.text().to_vec(), hidden: flags & 1 == 1 })
}

fn read_references(meta: &[u8], body: Span) -> Result<Vec<Reference>, Fault> {
    let width = if Fields::new(slice(meta, body)).u8()? == 0 { 2 } else { 4 };
    let mut budget = MOST;
    let mut references = Vec::new();
    for entry in isobmff::boxes(&mut Slice(meta), body.after(4))? {
        let mut fields = Fields::new(slice(meta, entry.body));
        let from = fields.number(width)? as u32;
        let count = usize::from(fields.u16()?);
        budget = budget.checked_sub(count).ok_or(Fault::TooLarge("it has too many parts"))?;
        let to = (0..count).map(|_| fields.number(width).map(|id| id as u32)).collect::<Result<_, _>>()?;
        references.push(Reference { kind: entry.kind, from, to });
    }
    Ok(references)
}

fn read_associations(body: &[u8]) -> Result<Vec<(u32, usize)>, Fault> {
    let mut fields = Fields::new(body);
    let flags = fields.u32()?;
    let id_width = if flags >> 24 == 0 { 2 } else { 4 };
    let (index_width, mask) = if flags & 1 == 0 { (1, 0x7F) } else { (2, 0x7FFF) };
    let mut associations = Vec::new();
    for _ in 0..fields.u32()? {
        let id = fields.number(id_width)? as u32;
        for _ in 0..fields.u8()? {
            associations.push((id, fields.number(index_width)? as usize & mask));
        }
        if associations.len() > MOST {
            return Err(Fault::TooLarge("it has too many parts"));
        }
    }
    Ok(associations)
}

fn read_locations(body: &[u8]) -> Result<Vec<Location>, Fault> {
    let mut fields = Fields::new(body);
    let version = fields.u32()? >> 24;
    let sizes = fields.u16()?;
    let width = |shift: u16| usize::from((sizes >> shift) & 15).min(8);
    let widths = Widths { offset: width(12), length: width(8), base: width(4), index: width(0) };
    let count = fields.number(if version < 2 { 2 } else { 4 })?;
    let mut locations = Vec::new();
    let mut extents = 0;
    for _ in 0..count {
        let location = read_location(&mut fields, version, &widths)?;
        extents += location.extents.len();
        locations.push(location);
        if extents.max(locations.len()) > MOST {
            return Err(Fault::TooLarge("it has too many parts"));
        }
    }
    Ok(locations)
}

/// How many bytes the numbers of an `iloc` box have.
struct Widths {
    offset: usize,
    length: usize,
    base: usize,
    index: usize,
}

fn read_location(fields: &mut Fields, version: u32, widths: &Widths) -> Result<Location, Fault> {
    let id = fields.number(if version < 2 { 2 } else { 4 })? as u32;
    let construction = if version == 0 { 0 } else { fields.u16()? & 15 };
    fields.u16()?;
    let base = fields.number(widths.base)?;
    let count = fields.u16()?;
    let mut extents = Vec::new();
    for _ in 0..count {
        if version > 0 {
            fields.number(widths.index)?;
        }
        let start = base.saturating_add(fields.number(widths.offset)?);
        let end = start.saturating_add(fields.number(widths.length)?);
        extents.push(Span { start, end });
    }
    Ok(Location { id, in_meta: construction == 1, extents })
}
