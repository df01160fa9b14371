//! An amount divided among parts, to the last unit.
//!
//! The largest-remainder rule (Hamilton's method, also Hare's or Vinton's; Balinski & Young, *Fair Representation*, 1982,
//! ch. 2): every part gets its exact quota rounded towards zero, and the units left over go, one each, to the largest
//! remainders; of equal remainders the one named first has it. What is divided always sums to the whole.

use rust_decimal::Decimal;

/// Divides `whole` by `weights` (none negative, one above 0) into multiples of 10^-`scale`, or of the whole's own last digit
/// where that is finer.
///
/// The parts sum to `whole` exactly. A negative whole is divided as its opposite is. Without any weight above 0 everything
/// goes to the first.
///
/// # Panics
/// Not for amounts below 10^18 and weights below 10^6, which is beyond any order and any policy.
#[must_use]
pub fn apportion(whole: Decimal, weights: &[Decimal], scale: u32) -> Vec<Decimal> {
    let total: Decimal = weights.iter().copied().sum();
    let Some(last) = weights.len().checked_sub(1) else { return vec![] };
    if last == 0 {
        return vec![whole];
    }
    let mut parts = vec![Decimal::ZERO; weights.len()];
    if total <= Decimal::ZERO {
        parts[0] = whole;
        return parts;
    }
    let sign = if whole.is_sign_negative() { Decimal::NEGATIVE_ONE } else { Decimal::ONE };
    let size = whole.abs().normalize();
    let scale = scale.max(size.scale());
    let mut remainders = Vec::with_capacity(weights.len());
    let mut given = Decimal::ZERO;
    for (place, weight) in weights.iter().enumerate() {
        let quota = size * weight / total;
        let floor = quota.trunc_with_scale(scale);
        given += floor;
        parts[place] = floor;
        remainders.push((quota - floor, place));
    }
    remainders.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
    let unit = Decimal::new(1, scale);
    let mut left = size - given;
    let mut turn = remainders.iter().map(|(_, place)| *place).cycle();
    while left > Decimal::ZERO {
        let Some(place) = turn.next() else { break };
        parts[place] += unit;
        left -= unit;
    }
    parts.iter_mut().for_each(|part| *part = (*part * sign).normalize());
    parts
}

/// The shares of `weights` as decimals of six places that sum to 1 exactly.
#[must_use]
pub fn shares(weights: &[Decimal]) -> Vec<Decimal> {
    apportion(Decimal::ONE, weights, 6)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn decimals(texts: &[&str]) -> Vec<Decimal> {
        texts.iter().map(|text| text.parse().unwrap()).collect()
    }

    #[test]
    fn three_equal_partners_are_not_refused() {
        let thirds = decimals(&["1", "1", "1"]);
        assert_eq!(apportion("100".parse().unwrap(), &thirds, 2), decimals(&["33.34", "33.33", "33.33"]));
        assert_eq!(apportion("-100".parse().unwrap(), &thirds, 2), decimals(&["-33.34", "-33.33", "-33.33"]));
        assert_eq!(shares(&thirds), decimals(&["0.333334", "0.333333", "0.333333"]));
    }

    #[test]
    fn the_largest_remainder_has_the_cent() {
        assert_eq!(apportion("0.05".parse().unwrap(), &decimals(&["70", "30"]), 2), decimals(&["0.04", "0.01"]));
        assert_eq!(apportion("10.01".parse().unwrap(), &decimals(&["20", "80"]), 2), decimals(&["2", "8.01"]));
        assert_eq!(apportion("1".parse().unwrap(), &decimals(&["0", "5"]), 2), decimals(&["0", "1"]));
    }

    proptest! {
        #[test]
        fn parts_always_sum_to_the_whole(
            cents in -1_000_000_000_000i64..1_000_000_000_000, scale in 0u32..5,
            weights in prop::collection::vec(0u32..100_000, 1..9),
        ) {
            let whole = Decimal::new(cents, scale);
            let weights: Vec<Decimal> = weights.into_iter().map(|weight| Decimal::new(weight.into(), 2)).collect();
            let parts = apportion(whole, &weights, 2);
            prop_assert_eq!(parts.iter().copied().sum::<Decimal>(), whole);
            // Nobody is further than a unit from their exact quota (the quota rule of Hamilton's method).
            let total: Decimal = weights.iter().copied().sum();
            if total > Decimal::ZERO {
                for (part, weight) in parts.iter().zip(&weights) {
                    prop_assert!((part - whole * weight / total).abs() <= Decimal::new(1, 2));
                }
            }
            prop_assert!(parts.iter().all(|part| part.is_zero() || part.is_sign_negative() == whole.is_sign_negative()));
        }
    }
}
