//! The best territory around one place, relaxed: units are taken in shares, as many as the limits allow.
//!
//! By duality no territory within the limits gains more than Σ max(0, gain − price × value), plus price × upper limit
//! where the price is above 0 or price × lower limit where it is below. This holds for **any** prices, so that they need
//! not be the best; they are improved one measure at a time, each exactly (the breakpoints of Dantzig 1957,
//! "Discrete-variable extremum problems", Operations Research 5, found by selection instead of sorting).

/// Limits an owner's territory keeps, scaled as the model is.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Limits {
    pub lower: Vec<f64>,
    pub upper: Vec<f64>,
}

impl Limits {
    /// What the limits are worth at the prices.
    pub fn worth(&self, prices: &[f64]) -> f64 {
        let each = prices.iter().zip(self.lower.iter().zip(&self.upper));
        each.filter(|(p, _)| **p != 0.0).map(|(&p, (&lower, &upper))| if p > 0.0 { p * upper } else { p * lower }).sum()
    }

    /// The loosest of both.
    pub fn loosen(&mut self, other: &Limits) {
        self.lower.iter_mut().zip(&other.lower).for_each(|(a, &b)| *a = a.min(b));
        self.upper.iter_mut().zip(&other.upper).for_each(|(a, &b)| *a = a.max(b));
    }
}

/// What a unit gains less what its values cost.
#[inline]
pub(crate) fn net(gain: f64, value: &[f64], prices: &[f64]) -> f64 {
    prices.iter().zip(value).fold(gain, |net, (p, v)| net - p * v)
}

/// Sets each price in turn, `rounds` times over, to the best at the others' present ones, never below `floor`.
/// `value` has `prices.len()` numbers a unit.
pub(crate) fn improve_prices(
    gain: &[f64],
    value: &[f64],
    limits: &Limits,
    floor: &[f64],
    prices: &mut [f64],
    rounds: usize,
    scratch: &mut Vec<(f64, f64)>,
) {
    let measures = prices.len();
    for turn in 0..rounds * measures {
        let q = turn % measures;
        if limits.lower[q] <= 0.0 && limits.upper[q].is_infinite() {
            prices[q] = 0.0;
            continue;
        }
        scratch.clear();
        let (mut load, own) = (0.0, prices[q]);
        for (&gain, value) in gain.iter().zip(value.chunks_exact(measures)) {
            if value[q] <= 0.0 {
                continue;
            }
            let left = net(gain, value, prices) + own * value[q];
            let at = left / value[q];
            if at > floor[q] {
                scratch.push((at, value[q]));
                load += if left > 0.0 { value[q] } else { 0.0 };
            }
        }
        prices[q] = if load > limits.upper[q] {
            crossing(scratch, limits.upper[q]).max(floor[q])
        } else if load < limits.lower[q] {
            crossing(scratch, limits.lower[q]).min(0.0).max(floor[q])
        } else {
            floor[q].max(0.0)
        };
    }
}

/// The breakpoint at which the values of those above it first reach `wanted`; below all where they never do.
fn crossing(mut items: &mut [(f64, f64)], mut wanted: f64) -> f64 {
    loop {
        if items.len() <= 12 {
            items.sort_unstable_by(|a, b| b.0.total_cmp(&a.0));
            for &(at, value) in items.iter() {
                wanted -= value;
                if wanted <= 0.0 {
                    return at;
                }
            }
            return f64::NEG_INFINITY;
        }
        let (a, b, c) = (items[0].0, items[items.len() / 2].0, items[items.len() - 1].0);
        let pivot = a.max(b).min(a.min(b).max(c));
        let (mut above, mut same, mut next) = (0, 0, 0);
        let (mut value_above, mut value_same) = (0.0, 0.0);
        // Those above the pivot first, then those at it.
        while next < items.len() {
            let (at, value) = items[next];
            if at > pivot {
                items.swap(next, above + same);
                items.swap(above, above + same);
                above += 1;
                value_above += value;
            } else if at == pivot {
                items.swap(next, above + same);
                same += 1;
                value_same += value;
            }
            next += 1;
        }
        let all = items;
        if wanted <= value_above {
            items = &mut all[..above];
        } else if wanted <= value_above + value_same {
            return pivot;
        } else {
            wanted -= value_above + value_same;
            items = &mut all[above + same..];
        }
    }
}

/// The most a territory can gain at the prices.
pub(crate) fn most(gain: &[f64], value: &[f64], limits: &Limits, prices: &[f64]) -> f64 {
    let measures = prices.len();
    let sum: f64 = match measures {
        0 => gain.iter().map(|g| g.max(0.0)).sum(),
        _ => gain.iter().zip(value.chunks_exact(measures)).map(|(&g, v)| net(g, v, prices).max(0.0)).sum(),
    };
    sum + limits.worth(prices)
}
