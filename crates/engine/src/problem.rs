//! The problem: units, owners, numbers.

use thiserror::Error;

/// A place. For [`Metric::GreatCircle`] `x` is the longitude and `y` the latitude in degrees (WGS 84); for
/// [`Metric::Euclidean`] both are plane co-ordinates.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    pub x: f64,
    pub y: f64,
}

/// One place of a unit. A unit (an account, a group of accounts, a cell of a grid) has one or more.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Site {
    pub unit: u32,
    pub at: Point,
    /// What a kilometre to this site costs: visits, hours, revenue. Not negative.
    pub weight: f64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Metric {
    /// Kilometres on a sphere of radius 6371.0088 km (IUGG mean radius).
    GreatCircle,
    /// Plane distance.
    Euclidean,
    /// Plane distance rounded down to an integer, as the OR-Library capacitated p-median set defines it.
    EuclideanFloor,
}

/// Where the owners' centres are.
#[derive(Debug, Clone, PartialEq)]
pub enum Centres {
    /// Each owner works from a given place; the cost of a site is its weight × distance to it.
    Fixed(Vec<Point>),
    /// Each owner's centre is wherever it serves its units best (the weighted geometric median).
    Free,
    /// Each owner's centre is one of its own units' sites (p-median): the best one.
    Medians,
}

/// What it costs to give a unit to an owner.
#[derive(Debug, Clone, PartialEq)]
pub enum Cost {
    /// All the same: only limits, moves and contiguity matter.
    Zero,
    /// `rows[unit * owners + owner]`.
    Matrix(Vec<f64>),
    /// Σ weight × distance from the owner's centre to the unit's sites; `sites` is sorted by unit.
    Travel {
        sites: Vec<Site>,
        metric: Metric,
        centres: Centres,
        /// Where each owner lives, if known (empty: nobody's home matters). With free centres the finished territories
        /// are given to the owners so that moves and the way from home cost least; territories themselves stay compact.
        homes: Vec<Option<Point>>,
    },
}

/// A number per unit that adds up per owner and is kept between limits.
#[derive(Debug, Clone, PartialEq)]
pub struct Measure {
    /// One value a unit, not negative.
    pub values: Vec<f64>,
    /// Lower limit an owner (0: none).
    pub lower: Vec<f64>,
    /// Upper limit an owner (infinite: none).
    pub upper: Vec<f64>,
}

/// Which owner may serve which unit. Units of one class share one list, so that a million accounts cost little.
#[derive(Debug, Clone, PartialEq)]
pub enum Eligibility {
    /// Anyone serves anything.
    All,
    /// `class_of[unit]` names a row of `owners_of_class`, a sorted list of owners; an empty list leaves its units unassigned.
    Classes { class_of: Vec<u32>, owners_of_class: Vec<Vec<u32>> },
}

/// Moves away from the present owner.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Moves {
    /// The present owner of each unit (empty: nobody holds anything yet).
    pub present: Vec<Option<u32>>,
    /// Added to the cost when a unit with a present owner goes to another (empty: nothing is added). In units of the cost.
    pub price: Vec<f64>,
    /// What a moved unit takes out of the budget (empty: 1 each).
    pub weight: Vec<f64>,
    /// At most so much may be moved. A unit whose present owner is not eligible, or that is fixed elsewhere, must move
    /// and takes nothing out of the budget.
    pub budget: Option<f64>,
}

/// Must each owner's units be one connected piece (and, where the outside is known, none within another)?
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Contiguity {
    #[default]
    Ignored,
    /// Neighbours are found by the Delaunay triangulation of the sites (long edges over empty land pruned).
    OfSites,
    /// Neighbours are given.
    Edges(Vec<(u32, u32)>),
    /// Neighbours are given, and which units lie at the outside: then territories within another are seen and avoided.
    Map { edges: Vec<(u32, u32)>, rim: Vec<u32> },
}

/// See the crate's description for what the parts mean together.
#[derive(Debug, Clone, PartialEq)]
pub struct Problem {
    pub units: usize,
    pub owners: usize,
    pub cost: Cost,
    pub measures: Vec<Measure>,
    pub eligibility: Eligibility,
    /// Units the solver may not touch (empty: none).
    pub fixed: Vec<Option<u32>>,
    pub moves: Moves,
    pub contiguity: Contiguity,
}

/// The problem is malformed. Each names the part, so that a caller can say which of its inputs is wrong.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum ProblemError {
    #[error("{part} has {found} entries where {expected} are needed")]
    Length { part: &'static str, found: usize, expected: usize },
    #[error("{part} of {index} is {value}: it must be a number that is not negative")]
    Number { part: &'static str, index: usize, value: f64 },
    #[error("{part} of {index} is {value}: it must be a finite number")]
    NotFinite { part: &'static str, index: usize, value: f64 },
    #[error("{part} of {index} names {named}, which does not exist")]
    Reference { part: &'static str, index: usize, named: usize },
    #[error("there is no owner")]
    NoOwner,
}

/// Why there is no solution.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum SolveError {
    #[error(transparent)]
    Malformed(#[from] ProblemError),
    /// The caller's [`crate::Control::cancelled`] said so.
    #[error("the solve was cancelled")]
    Cancelled,
}
