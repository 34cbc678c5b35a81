//! Numbers that look random and are the same for the same seed.

/// A generator (Knuth's MMIX).
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        let mut dice = Self(seed);
        // Seeds that are close to each other begin alike.
        (0..4).for_each(|_| {
            dice.below(2);
        });
        dice
    }

    /// A number below `n`.
    pub fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % n.max(1)
    }

    /// Whether one of `n` equally likely things happened.
    pub fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }

    pub fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())]
    }

    /// Dice of one's own, for another thread.
    pub fn split(&mut self) -> Self {
        Self::new(self.below(usize::MAX) as u64)
    }
}
