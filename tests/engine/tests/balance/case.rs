//! What is done in one case: values alone, so that a case can be printed, repeated and made smaller.

use crate::dice::Dice;

/// Models of the phone's database: with and without tables of resources, with shared libraries, the newest.
const MODELS: [u32; 6] = [13_537, 14_208, 15_502, 16_502, 18_600, 19_320];

/// A phone, and what is done with it.
#[derive(Clone, Debug)]
pub struct Case {
    pub seed: u64,
    pub assets: u64,
    pub model: u32,
    pub steps: Vec<Step>,
}

/// One thing after which the books must balance.
#[derive(Clone, Debug)]
pub enum Step {
    /// An import by the window or the terminal.
    Import { by: By, choice: Choice, mischief: Mischief, cancelled: Cancelled, seed: u64 },
    /// An import is undone.
    Undo { seed: u64 },
    /// The phone is listed afresh.
    Rescan,
}

#[derive(Clone, Copy, Debug)]
pub enum By {
    Window,
    Terminal,
}

#[derive(Clone, Copy, Debug)]
pub enum Choice {
    AllNew,
    /// Some of everything that is listed, whatever state it is in.
    Some,
    /// By album in the terminal; what is left of the last import in the window.
    AlbumOrRest,
}

#[derive(Clone, Copy, Debug)]
pub enum Cancelled {
    No,
    /// After so many pieces of news or twentieths of a second.
    After(usize),
}

/// What goes wrong meanwhile.
#[derive(Clone, Copy, Debug)]
pub enum Mischief {
    None,
    UnplugsAfterBytes,
    UnplugsAfterRequests,
    Locks,
    CannotRead,
    CannotOpen,
    OtherSize,
    OtherTime,
    WrongByte,
    WrongAtFirst,
    EndsEarly,
    WritesDatabase,
    NoHashes,
}

const MISCHIEF: [Mischief; 13] = [
    Mischief::None,
    Mischief::UnplugsAfterBytes,
    Mischief::UnplugsAfterRequests,
    Mischief::Locks,
    Mischief::CannotRead,
    Mischief::CannotOpen,
    Mischief::OtherSize,
    Mischief::OtherTime,
    Mischief::WrongByte,
    Mischief::WrongAtFirst,
    Mischief::EndsEarly,
    Mischief::WritesDatabase,
    Mischief::NoHashes,
];

impl Case {
    pub fn new(seed: u64) -> Self {
        let mut dice = Dice::new(seed);
        let steps = (0..2 + dice.below(4)).map(|_| step(&mut dice)).collect();
        Self { seed, assets: 12 + dice.below(60) as u64, model: dice.pick(&MODELS), steps }
    }

    /// Cases with one step or half of the photos less.
    pub fn smaller(&self) -> Vec<Self> {
        let without = |index| {
            let mut steps = self.steps.clone();
            steps.remove(index);
            Self { steps, ..self.clone() }
        };
        let mut smaller: Vec<Self> = (0..self.steps.len()).map(without).collect();
        if self.assets > 1 {
            smaller.push(Self { assets: self.assets / 2, ..self.clone() });
        }
        smaller
    }
}

fn step(dice: &mut Dice) -> Step {
    let seed = dice.below(usize::MAX) as u64;
    match dice.below(6) {
        0 => Step::Undo { seed },
        1 => Step::Rescan,
        _ => Step::Import {
            by: dice.pick(&[By::Window, By::Terminal]),
            choice: dice.pick(&[Choice::AllNew, Choice::Some, Choice::AlbumOrRest]),
            mischief: dice.pick(&MISCHIEF),
            cancelled: if dice.one_in(4) { Cancelled::After(dice.below(20)) } else { Cancelled::No },
            seed,
        },
    }
}
