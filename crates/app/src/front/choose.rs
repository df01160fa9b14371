//! Which plans are worth showing, and which one to look at first.

use super::point::{Dimension, Point};

/// Indices of the points that no other point dominates; of equals the first.
pub fn undominated(points: &[Point], dimensions: &[Dimension]) -> Vec<usize> {
    let keep = |index: &usize| {
        let point = &points[*index];
        !points.iter().enumerate().any(|(other, rival)| {
            rival.dominates(point, dimensions) || (other < *index && rival.equals(point, dimensions))
        })
    };
    (0..points.len()).filter(keep).collect()
}

/// The compromise: the point nearest to the ideal one, each dimension counted from its best (0) to its worst (1) on the
/// front (Zeleny, *Compromise programming*, in Cochrane & Zeleny, Multiple criteria decision making, 1973). On a curve
/// that bends it is the knee: beyond it, a little more of one thing costs much of another.
pub fn compromise(points: &[Point], dimensions: &[Dimension]) -> Option<usize> {
    let spans: Vec<(Dimension, f64, f64)> = dimensions
        .iter()
        .map(|dimension| {
            let values = points.iter().map(|point| point.value(*dimension));
            let (least, most) = values.fold((f64::INFINITY, 0.0), |(least, most), v| (v.min(least), v.max(most)));
            (*dimension, least, most - least)
        })
        .filter(|(.., span)| *span > 0.0)
        .collect();
    let distance = |point: &Point| -> f64 {
        spans.iter().map(|(dimension, least, span)| ((point.value(*dimension) - least) / span).powi(2)).sum()
    };
    (0..points.len()).min_by(|a, b| distance(&points[*a]).total_cmp(&distance(&points[*b])))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::plan::variation::Variation;

    const ALL: [Dimension; 3] = [Dimension::MaxDeviation, Dimension::Cost, Dimension::Moves];

    fn point(max_deviation: f64, cost: f64, moves: usize) -> Point {
        Point {
            plan: String::new(),
            variation: Variation::default(),
            max_deviation,
            cost,
            moves,
            moved: Default::default(),
            keeps_policy: true,
            recommended: false,
        }
    }

    #[test]
    fn the_compromise_is_the_knee_of_a_bent_curve() {
        let points = [point(0.0, 100.0, 0), point(0.1, 20.0, 0), point(0.5, 10.0, 0), point(1.0, 0.0, 0)];
        assert_eq!(undominated(&points, &ALL), [0, 1, 2, 3]);
        assert_eq!(compromise(&points, &ALL), Some(1));
        assert_eq!(compromise(&[], &ALL), None);
    }

    proptest! {
        #[test]
        fn what_is_left_is_undominated_and_what_is_not_is_beaten(values in prop::collection::vec((0u8..6, 0u8..6, 0usize..6), 1..40)) {
            let points: Vec<Point> = values.iter().map(|(a, b, c)| point(f64::from(*a), f64::from(*b), *c)).collect();
            let kept = undominated(&points, &ALL);
            for one in &kept {
                prop_assert!(!points.iter().any(|other| other.dominates(&points[*one], &ALL)));
            }
            for left in (0..points.len()).filter(|index| !kept.contains(index)) {
                let beaten = |one: &usize| points[*one].dominates(&points[left], &ALL) || points[*one].equals(&points[left], &ALL);
                prop_assert!(kept.iter().any(beaten));
            }
        }
    }
}
