//! A customer base of any size: cities whose sizes follow Zipf's law, customers scattered around them, lognormal
//! potential, and work that grows with it. Made from a seed alone, so that anybody can measure on the same data.

use crate::run::BenchError;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::f64::consts::TAU;
use std::io::Write;
use std::path::Path;

/// Exponent of Zipf's law for the sizes of cities.
const ZIPF: f64 = 0.9;

/// Customers, one after the other.
pub struct Base {
    dice: ChaCha8Rng,
    /// Latitude and longitude.
    pub cities: Vec<(f64, f64)>,
    /// Cumulated shares: a city is drawn by halving.
    share: Vec<f64>,
}

pub struct Customer {
    pub city: usize,
    /// Latitude and longitude.
    pub at: (f64, f64),
    /// Hours.
    pub workload: f64,
    pub potential: f64,
}

impl Base {
    pub fn new(cities: usize, seed: u64) -> Base {
        let mut dice = ChaCha8Rng::seed_from_u64(seed);
        let middles = (0..cities).map(|_| (dice.random_range(41.0..55.0), dice.random_range(-5.0..40.0))).collect();
        let mut sum = 0.0;
        let share = (1..=cities).map(|rank| {
            sum += (rank as f64).powf(-ZIPF);
            sum
        });
        let share = share.collect();
        Base { dice, cities: middles, share }
    }

    pub fn customer(&mut self) -> Customer {
        let (dice, sum) = (&mut self.dice, self.share.last().copied().unwrap_or(1.0));
        let drawn = dice.random_range(0.0..sum);
        let city = self.share.partition_point(|&s| s <= drawn);
        let (latitude, longitude) = self.cities[city];
        // Degrees from the middle of the city: gamma distributed with shape 2, that is the sum of two exponentials.
        let away = 0.15 * (exponential(dice) + exponential(dice));
        let angle = dice.random_range(0.0..TAU);
        let at = (latitude + away * angle.sin(), longitude + away * angle.cos() / latitude.to_radians().cos());
        let potential = (9.0 + 1.1 * normal(dice)).exp();
        let workload = 2.0 + 0.6 * (potential / 1000.0).ln_1p() * dice.random_range(0.6..1.4);
        Customer { city, at, workload, potential }
    }
}

/// Writes `accounts.csv` (account_id, latitude, longitude, workload in hours, potential) and `employees.csv`
/// (employee_id, latitude, longitude: where one of the accounts is) into `folder`.
pub fn generate(accounts: usize, employees: usize, seed: u64, folder: &Path) -> Result<(), BenchError> {
    if employees == 0 || employees > accounts {
        return Err(BenchError::Table("there must be an employee, and an account for each".to_owned()));
    }
    let mut base = Base::new(employees.max(20), seed);
    let mut places = Vec::with_capacity(accounts);
    let failed = |source| BenchError::Io { path: folder.display().to_string(), source };
    std::fs::create_dir_all(folder).map_err(failed)?;
    let file = |name: &str| std::fs::File::create(folder.join(name)).map(std::io::BufWriter::new).map_err(failed);
    let mut out = file("accounts.csv")?;
    writeln!(out, "account_id,latitude,longitude,workload,potential").map_err(failed)?;
    for account in 0..accounts {
        let Customer { at, workload, potential, .. } = base.customer();
        writeln!(out, "A{account:08},{:.6},{:.6},{workload:.3},{potential:.2}", at.0, at.1).map_err(failed)?;
        places.push(at);
    }
    out.flush().map_err(failed)?;
    let mut out = file("employees.csv")?;
    writeln!(out, "employee_id,latitude,longitude").map_err(failed)?;
    for employee in 0..employees {
        let at = base.dice.random_range(0..places.len());
        let (latitude, longitude) = places.swap_remove(at);
        writeln!(out, "E{employee:05},{latitude:.6},{longitude:.6}").map_err(failed)?;
    }
    out.flush().map_err(failed)
}

fn exponential(dice: &mut ChaCha8Rng) -> f64 {
    -(1.0 - dice.random_range(0.0..1.0_f64)).ln()
}

/// Box and Muller 1958, "A note on the generation of random normal deviates".
fn normal(dice: &mut ChaCha8Rng) -> f64 {
    (2.0 * exponential(dice)).sqrt() * dice.random_range(0.0..TAU).cos()
}
