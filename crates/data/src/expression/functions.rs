//! The functions an expression may call: those whose value depends on nothing but their arguments.
//!
//! The mathematical ones are ours, since DataFusion's own come in one package with `random()`.

use std::sync::Arc;

use datafusion::arrow::array::types::Float64Type;
use datafusion::arrow::array::{Array, AsArray, Float64Array};
use datafusion::arrow::datatypes::DataType;
use datafusion::error::Result;
use datafusion::logical_expr::{
    ColumnarValue, ScalarFunctionArgs, ScalarUDFImpl, Signature, TypeSignature, Volatility,
};

/// DataFusion's functions that are allowed. Sorted, lower case.
const ALLOWED: &[&str] = &[
    "ascii",
    "btrim",
    "char_length",
    "character_length",
    "chr",
    "coalesce",
    "concat",
    "concat_ws",
    "contains",
    "date_bin",
    "date_format",
    "date_part",
    "date_trunc",
    "datepart",
    "datetrunc",
    "ends_with",
    "greatest",
    "initcap",
    "least",
    "left",
    "length",
    "levenshtein",
    "lower",
    "lpad",
    "ltrim",
    "make_date",
    "nullif",
    "nvl",
    "nvl2",
    "ifnull",
    "position",
    "regexp_count",
    "regexp_like",
    "regexp_replace",
    "replace",
    "reverse",
    "right",
    "rpad",
    "rtrim",
    "split_part",
    "starts_with",
    "strpos",
    "substr",
    "substring",
    "to_char",
    "to_date",
    "to_timestamp",
    "translate",
    "trim",
    "upper",
];

/// Whether an expression may call it, by its name in lower case.
pub(crate) fn is_allowed(name: &str) -> bool {
    ALLOWED.contains(&name) || Maths::ALL.iter().any(|maths| maths.name() == name)
}

/// Names of all functions that are allowed.
pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    ALLOWED.iter().copied().chain(Maths::ALL.iter().map(|maths| maths.name()))
}

/// A function over numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Maths {
    Abs,
    Ceil,
    Exp,
    Floor,
    Ln,
    Log10,
    Power,
    Round,
    Sign,
    Sqrt,
}

impl Maths {
    pub(crate) const ALL: [Maths; 10] = [
        Maths::Abs,
        Maths::Ceil,
        Maths::Exp,
        Maths::Floor,
        Maths::Ln,
        Maths::Log10,
        Maths::Power,
        Maths::Round,
        Maths::Sign,
        Maths::Sqrt,
    ];

    fn name(self) -> &'static str {
        match self {
            Maths::Abs => "abs",
            Maths::Ceil => "ceil",
            Maths::Exp => "exp",
            Maths::Floor => "floor",
            Maths::Ln => "ln",
            Maths::Log10 => "log10",
            Maths::Power => "power",
            Maths::Round => "round",
            Maths::Sign => "sign",
            Maths::Sqrt => "sqrt",
        }
    }

    pub(crate) fn function(self) -> MathsFunction {
        let one = TypeSignature::Exact(vec![DataType::Float64]);
        let two = TypeSignature::Exact(vec![DataType::Float64, DataType::Float64]);
        let signature = match self {
            Maths::Power => Signature::new(two, Volatility::Immutable),
            Maths::Round => Signature::one_of(vec![one, two], Volatility::Immutable),
            _ => Signature::new(one, Volatility::Immutable),
        };
        MathsFunction { maths: self, signature }
    }

    /// `second` is the exponent of `power` and the number of decimals of `round`.
    fn value(self, number: f64, second: f64) -> f64 {
        match self {
            Maths::Abs => number.abs(),
            Maths::Ceil => number.ceil(),
            Maths::Exp => number.exp(),
            Maths::Floor => number.floor(),
            Maths::Ln => number.ln(),
            Maths::Log10 => number.log10(),
            Maths::Power => number.powf(second),
            Maths::Round if second == 0.0 => number.round(),
            Maths::Round => {
                let shift = 10f64.powf(second.trunc());
                (number * shift).round() / shift
            }
            Maths::Sign if number == 0.0 => 0.0,
            Maths::Sign => number.signum(),
            Maths::Sqrt => number.sqrt(),
        }
    }
}

/// [`Maths`] as DataFusion calls it.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(crate) struct MathsFunction {
    maths: Maths,
    signature: Signature,
}

impl ScalarUDFImpl for MathsFunction {
    fn name(&self) -> &str {
        self.maths.name()
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(DataType::Float64)
    }

    fn invoke_with_args(&self, arguments: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let rows = arguments.number_rows;
        let arrays =
            arguments.args.into_iter().map(|argument| argument.into_array(rows)).collect::<Result<Vec<_>>>()?;
        let first = arrays[0].as_primitive::<Float64Type>();
        let second = arrays.get(1).map(|array| array.as_primitive::<Float64Type>());
        let values: Float64Array = (0..rows)
            .map(|row| {
                let exists = first.is_valid(row) && second.is_none_or(|second| second.is_valid(row));
                exists.then(|| self.maths.value(first.value(row), second.map_or(0.0, |second| second.value(row))))
            })
            .collect();
        Ok(ColumnarValue::Array(Arc::new(values)))
    }
}
