//! What accounts bring when there are hours enough for a part of what they want.
//!
//! An account that wants w hours and gets the share e of them brings s·e^β, with elasticity 0 < β < 1: each further hour
//! brings less than the one before, and hours beyond what is wanted bring nothing. Hours go where they bring most, so at
//! the optimum every account that is not served in full has the same return on its last hour, which gives
//! e = min(1, (ρ / μ)^(1/(1−β))) with ρ = s / w, its value per hour, and one μ for all. The constant-elasticity form and
//! the allocation by marginal return are those of Zoltners, Sinha & Lorimer, *Sales force design for strategic advantage*,
//! 2004, and of CALLPLAN (Lodish, Management Science 18(4), 1971). With accounts in the order of ρ both sums are prefix
//! sums, and μ is found by bisection of that order.

/// Accounts in the order of value per hour, with sums over those before and over the rest.
#[derive(Debug, Clone)]
pub struct Response {
    elasticity: f64,
    /// Value per hour as a share of the highest, falling.
    worth: Vec<f64>,
    /// Over the first accounts: hours and sales.
    hours: Vec<f64>,
    sales: Vec<f64>,
    /// Over the accounts after the first: w·ρ^(1/(1−β)) and s·ρ^(β/(1−β)).
    partial_hours: Vec<f64>,
    partial_sales: Vec<f64>,
    /// What accounts bring that want no hours.
    apart: f64,
}

impl Response {
    /// `elasticity` is above 0 and below 1; accounts are (hours wanted, sales). Those that bring nothing get no hours.
    pub fn of(elasticity: f64, accounts: impl IntoIterator<Item = (f64, f64)>) -> Response {
        let mut apart = 0.0;
        let mut wanting = vec![];
        for (hours, sales) in accounts.into_iter().filter(|(_, sales)| *sales > 0.0) {
            if hours > 0.0 { wanting.push((sales / hours, hours, sales)) } else { apart += sales }
        }
        wanting.sort_by(|a, b| b.0.total_cmp(&a.0));
        let highest = wanting.first().map_or(1.0, |(worth, ..)| *worth);
        wanting.iter_mut().for_each(|(worth, ..)| *worth /= highest);
        let (exponent, share) = (1.0 / (1.0 - elasticity), elasticity / (1.0 - elasticity));
        let from_first = |values: Vec<f64>| running_sums(values.into_iter());
        let from_last = |values: Vec<f64>| {
            let mut sums = running_sums(values.into_iter().rev());
            sums.reverse();
            sums
        };
        Response {
            elasticity,
            worth: wanting.iter().map(|(worth, ..)| *worth).collect(),
            hours: from_first(wanting.iter().map(|(_, hours, _)| *hours).collect()),
            sales: from_first(wanting.iter().map(|(.., sales)| *sales).collect()),
            partial_hours: from_last(wanting.iter().map(|(worth, hours, _)| hours * worth.powf(exponent)).collect()),
            partial_sales: from_last(wanting.iter().map(|(worth, _, sales)| sales * worth.powf(share)).collect()),
            apart,
        }
    }

    /// What all accounts bring when they share so many hours in the best way, in the unit of their sales at full service.
    pub fn sales_at(&self, hours: f64) -> f64 {
        let all = self.worth.len();
        if hours >= self.hours[all] {
            return self.apart + self.sales[all];
        }
        // The first accounts are served in full as long as μ, which what is left of the hours allows, is not above ρ.
        let (mut full, mut beyond) = (0, all);
        while full < beyond {
            let middle = (full + beyond).div_ceil(2);
            match self.price(middle, hours) {
                Some(price) if price <= self.worth[middle - 1] => full = middle,
                _ => beyond = middle - 1,
            }
        }
        let Some(price) = self.price(full, hours) else { return self.apart + self.sales[full] };
        let share = self.elasticity / (1.0 - self.elasticity);
        self.apart + self.sales[full] + self.partial_sales[full] / price.powf(share)
    }

    /// μ when the first `full` accounts are served in full and the others share the rest; none where there is no rest.
    fn price(&self, full: usize, hours: f64) -> Option<f64> {
        let left = hours - self.hours[full];
        (left > 0.0).then(|| (self.partial_hours[full] / left).powf(1.0 - self.elasticity))
    }
}

/// Sums of none, the first, the first two, …
fn running_sums(values: impl Iterator<Item = f64>) -> Vec<f64> {
    let mut sums = vec![0.0];
    for value in values {
        sums.push(sums[sums.len() - 1] + value);
    }
    sums
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The example of docs/guide/sizing.md, worked by hand there.
    #[test]
    fn the_guide_is_right() {
        let response = Response::of(0.5, [(1300.0, 130_000.0), (400.0, 160_000.0), (300.0, 60_000.0)]);
        assert!((response.sales_at(800.0) - 260_000.0).abs() < 1e-6);
        // 220,000 + 13,000,000 / √(13,000,000 / 900)
        assert!((response.sales_at(1600.0) - 328_166.538).abs() < 1e-3);
        assert_eq!(response.sales_at(2400.0), 350_000.0);
        assert_eq!(response.sales_at(0.0), 0.0);
    }

    /// Hours given in small steps, each where it brings most, as the definition says.
    fn greedy(elasticity: f64, accounts: &[(f64, f64)], hours: f64, steps: usize) -> f64 {
        let mut given = vec![0.0; accounts.len()];
        let bring = |index: usize, given: f64| {
            let (wanted, sales) = accounts[index];
            sales * (given / wanted).min(1.0).powf(elasticity)
        };
        let step = hours / steps as f64;
        for _ in 0..steps {
            let gain = |index: &usize| bring(*index, given[*index] + step) - bring(*index, given[*index]);
            let best = (0..accounts.len()).max_by(|a, b| gain(a).total_cmp(&gain(b)));
            given[best.unwrap_or(0)] += step;
        }
        (0..accounts.len()).map(|index| bring(index, given[index])).sum()
    }

    proptest! {
        #[test]
        fn hours_go_where_they_bring_most(
            accounts in prop::collection::vec((1.0..50.0f64, 0.0..1000.0f64), 1..8),
            share in 0.05..1.2f64,
            elasticity in 0.1..0.9f64,
        ) {
            let wanted: f64 = accounts.iter().map(|(hours, _)| hours).sum();
            let best = Response::of(elasticity, accounts.iter().copied()).sales_at(wanted * share);
            let steps = greedy(elasticity, &accounts, wanted * share, 3000);
            let full: f64 = accounts.iter().map(|(_, sales)| sales).sum();
            prop_assert!(best <= full * (1.0 + 1e-9));
            prop_assert!(steps <= best + 1e-6 * full.max(1.0), "{steps} in steps, {best} at once");
            prop_assert!(best - steps <= 0.06 * full + 1e-6, "{steps} in steps, {best} at once");
        }

        #[test]
        fn more_hours_bring_more_and_each_less(
            accounts in prop::collection::vec((1.0..50.0f64, 0.0..1000.0f64), 1..20),
            elasticity in 0.1..0.9f64,
        ) {
            let response = Response::of(elasticity, accounts);
            let sales: Vec<f64> = (0..60).map(|step| response.sales_at(f64::from(step) * 10.0)).collect();
            for three in sales.windows(3) {
                let slack = 1e-9 * (1.0 + three[2]);
                prop_assert!(three[1] >= three[0] - slack);
                prop_assert!(three[2] - three[1] <= three[1] - three[0] + slack);
            }
        }
    }
}
