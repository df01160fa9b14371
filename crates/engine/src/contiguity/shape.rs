//! What the territories look like: how many pieces too many, and how many lie within one other.

use super::Graph;
use crate::solution::UNASSIGNED;

/// Compared in the order in which it matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Shape {
    /// Pieces beyond one for each owner that holds anything.
    pub breaks: usize,
    /// Pieces wholly surrounded by one other owner; `None` where nobody knows what lies at the rim.
    pub enclaves: Option<usize>,
}

/// What a piece borders on.
#[derive(Clone, Copy, PartialEq)]
enum Border {
    Nothing,
    One(u32),
    /// Several owners, or the outside.
    Open,
}

impl Border {
    fn meet(&mut self, owner: u32) {
        *self = match *self {
            Border::Nothing => Border::One(owner),
            Border::One(other) if other == owner => Border::One(other),
            _ => Border::Open,
        };
    }
}

impl Graph {
    pub fn shape(&self, owner: &[u32], owners: usize) -> Shape {
        let mut holds = vec![false; owners];
        owner.iter().filter(|&&o| o != UNASSIGNED).for_each(|&o| holds[o as usize] = true);
        let (piece, pieces) = self.pieces(owner);
        let mut border = vec![Border::Nothing; pieces];
        for unit in (0..self.units()).filter(|&unit| piece[unit] != u32::MAX) {
            let border = &mut border[piece[unit] as usize];
            if self.at_rim(unit) {
                *border = Border::Open;
            }
            for &next in self.neighbours(unit).iter().filter(|&&next| owner[next as usize] != owner[unit]) {
                // Land of nobody is as good as the outside.
                match owner[next as usize] {
                    UNASSIGNED => *border = Border::Open,
                    other => border.meet(other),
                }
            }
        }
        let surrounded = border.iter().filter(|border| matches!(border, Border::One(_))).count();
        Shape {
            breaks: pieces - holds.iter().filter(|&&h| h).count(),
            enclaves: self.knows_rim().then_some(surrounded),
        }
    }
}
