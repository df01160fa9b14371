//! A small, fast generator for the inner loops (xorshift64*, Vigna 2016). Cryptographic generators cost more than the
//! moves they choose; here only speed and the same sequence for the same seed matter.

pub(crate) struct Dice(u64);

impl Dice {
    /// Different `(seed, stream)` pairs give unrelated sequences.
    pub fn new(seed: u64, stream: u64) -> Self {
        let mut z = seed.wrapping_add(stream.wrapping_mul(0x9E37_79B9_7F4A_7C15)).wrapping_add(0x9E37_79B9_7F4A_7C15);
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        Dice((z ^ (z >> 31)) | 1)
    }

    #[inline]
    pub fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    /// Uniform in `0..n`; `n` must not be 0.
    #[inline]
    pub fn below(&mut self, n: usize) -> usize {
        (((self.next() >> 32) * n as u64) >> 32) as usize
    }

    /// Uniform in `[0, 1)`.
    #[inline]
    pub fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn below_stays_below_and_reaches_all() {
        let mut dice = Dice::new(1, 2);
        let mut seen = [false; 7];
        for _ in 0..1000 {
            seen[dice.below(7)] = true;
            let unit = dice.unit();
            assert!((0.0..1.0).contains(&unit));
        }
        assert!(seen.iter().all(|&s| s));
    }
}
