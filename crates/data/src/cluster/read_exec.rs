//! The layer of a plan that carries out orders: whatever partition it is asked for, it takes the orders of that partition
//! from below and gives what they yield.

use std::fmt;
use std::sync::Arc;

use bailiwick_domain::policy::document::Format;
use datafusion::arrow::array::{ArrayRef, AsArray, RecordBatch, StringArray, UInt32Array};
use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::error::{DataFusionError, Result};
use datafusion::execution::TaskContext;
use datafusion::execution::memory_pool::{MemoryConsumer, MemoryReservation};
use datafusion::physical_expr::{EquivalenceProperties, PhysicalExpr};
use datafusion::physical_plan::execution_plan::{Boundedness, EmissionType};
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::physical_plan::{
    DisplayAs, DisplayFormatType, ExecutionPlan, PlanProperties, SendableRecordBatchStream,
};
use futures::StreamExt;
use futures::stream;
use serde::{Deserialize, Serialize};

use super::order::{Described, File, Order, Seen};
use super::{answers, carried};
use crate::error::{DataError, Fault};
use crate::source::bytes::open;
use crate::source::load::{Groups, format_of, read_groups, read_one};
use crate::source::shape::{Reading, Stored, look_closely, shape};
use crate::table::row_group_rows;

/// Rows that leave a task at once.
const PIECE: usize = 32_768;
/// A file takes this many times its size while it is read: its bytes, its cells, its typed columns.
const TIMES_TEXT: usize = 4;
/// A part of a Parquet file takes this many times its unpacked size.
const TIMES_TYPED: usize = 2;

/// What orders yield.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Output {
    /// A text each.
    Answers,
    /// Rows of a source: its columns after [`answers::BESIDE`].
    Rows(Vec<(String, Stored)>),
}

impl Output {
    pub fn schema(&self) -> SchemaRef {
        Arc::new(match self {
            Output::Answers => Schema::new(vec![Field::new(answers::ANSWER, DataType::Utf8, true)]),
            Output::Rows(columns) => {
                let beside = [DataType::UInt32, DataType::UInt32, DataType::Utf8];
                let beside = answers::BESIDE.iter().zip(beside).map(|(name, kind)| Field::new(*name, kind, true));
                let ours = columns.iter().map(|(name, stored)| Field::new(name, stored.arrow_type(), true));
                Schema::new(beside.chain(ours).collect::<Vec<_>>())
            }
        })
    }
}

/// Carries out the orders that come from below.
#[derive(Debug)]
pub(super) struct ReadExec {
    orders: Arc<dyn ExecutionPlan>,
    pub output: Output,
    /// Who does it, for messages.
    place: String,
    properties: Arc<PlanProperties>,
}

impl ReadExec {
    pub fn new(orders: Arc<dyn ExecutionPlan>, output: Output, place: String) -> ReadExec {
        let properties = PlanProperties::new(
            EquivalenceProperties::new(output.schema()),
            orders.properties().output_partitioning().clone(),
            EmissionType::Incremental,
            Boundedness::Bounded,
        );
        ReadExec { orders, output, place, properties: Arc::new(properties) }
    }
}

impl DisplayAs for ReadExec {
    fn fmt_as(&self, _: DisplayFormatType, f: &mut fmt::Formatter) -> fmt::Result {
        let what = match &self.output {
            Output::Answers => "answers",
            Output::Rows(_) => "rows",
        };
        write!(f, "ReadExec: {what}")
    }
}

impl ExecutionPlan for ReadExec {
    fn name(&self) -> &str {
        "ReadExec"
    }

    fn properties(&self) -> &Arc<PlanProperties> {
        &self.properties
    }

    fn children(&self) -> Vec<&Arc<dyn ExecutionPlan>> {
        vec![&self.orders]
    }

    fn benefits_from_input_partitioning(&self) -> Vec<bool> {
        vec![false]
    }

    fn apply_expressions(
        &self,
        _: &mut dyn FnMut(&Arc<dyn PhysicalExpr>) -> Result<TreeNodeRecursion>,
    ) -> Result<TreeNodeRecursion> {
        Ok(TreeNodeRecursion::Continue)
    }

    fn with_new_children(self: Arc<Self>, children: Vec<Arc<dyn ExecutionPlan>>) -> Result<Arc<dyn ExecutionPlan>> {
        let Some(orders) = children.into_iter().next() else {
            return Err(DataFusionError::Internal("nothing below, where orders should be".into()));
        };
        Ok(Arc::new(ReadExec::new(orders, self.output.clone(), self.place.clone())))
    }

    fn execute(&self, partition: usize, context: Arc<TaskContext>) -> Result<SendableRecordBatchStream> {
        let orders = self.orders.execute(partition, Arc::clone(&context))?;
        let (schema, place) = (self.output.schema(), self.place.clone());
        let results = orders.flat_map({
            let schema = Arc::clone(&schema);
            move |batch| {
                let done = batch.and_then(|batch| carry_out(&batch, &schema, &context, &place));
                stream::iter(match done {
                    Ok(batches) => batches.into_iter().map(Ok).collect(),
                    Err(error) => vec![Err(error)],
                })
            }
        });
        Ok(Box::pin(RecordBatchStreamAdapter::new(schema, results)))
    }
}

fn carry_out(orders: &RecordBatch, schema: &SchemaRef, context: &TaskContext, place: &str) -> Result<Vec<RecordBatch>> {
    let mut batches = vec![];
    for order in orders.column(0).as_string::<i32>().iter().flatten() {
        let order: Order = serde_json::from_str(order).map_err(|error| DataFusionError::External(Box::new(error)))?;
        let done = carry_out_one(order, schema, context, place);
        batches.append(&mut done.map_err(|error| DataFusionError::Execution(carried::wrap(&error)))?);
    }
    Ok(batches)
}

fn carry_out_one(
    order: Order,
    schema: &SchemaRef,
    context: &TaskContext,
    place: &str,
) -> Result<Vec<RecordBatch>, DataError> {
    match order {
        Order::Greet => answer(schema, place.to_owned()),
        Order::Look { file, source } => {
            eprintln!("looking at {}", file.name());
            let seen = check_visible(&file, place).and_then(|()| look(&file, &source, context, place))?;
            answer(schema, serde_json::to_string(&(file.name(), seen)).map_err(|error| strange(&error))?)
        }
        Order::Read { part, file, groups, source, reading } => {
            eprintln!("reading {}, part {part}", file.name());
            check_visible(&file, place)?;
            read(part, &file, groups.as_ref(), &source, &reading, (schema, context, place))
        }
    }
}

fn answer(schema: &SchemaRef, text: String) -> Result<Vec<RecordBatch>, DataError> {
    let array: ArrayRef = Arc::new(StringArray::from(vec![text]));
    let batch = RecordBatch::try_new(Arc::clone(schema), vec![array]);
    Ok(vec![batch.map_err(|error| strange(&error))?])
}

/// What cannot be helped from outside.
fn strange(error: &dyn fmt::Display) -> DataError {
    DataError::Cluster(Box::new(Fault::new(error.to_string()).remedy("report it with the policy, if you can")))
}

/// Everybody must see the same files under the same paths.
fn check_visible(file: &File, place: &str) -> Result<(), DataError> {
    let found = file.found();
    let Err(error) = std::fs::File::open(&found.path) else { return Ok(()) };
    let message = format!("the {place} cannot open {}: {error}", found.path.display());
    let remedy = "every executor must see the files of the policy under the same path as this machine, as on a shared \
                  disk; give it access, or plan without --engine";
    Err(DataError::Cluster(Box::new(Fault::new(message).file(&found.name).remedy(remedy))))
}

fn look(file: &File, described: &Described, context: &TaskContext, place: &str) -> Result<Seen, DataError> {
    let (found, source) = (file.found(), described.source());
    let length = open(&found)?.1;
    let is_parquet = format_of(&found, &source)? == Format::Parquet;
    let times = if is_parquet { TIMES_TYPED } else { TIMES_TEXT };
    let _held = hold(context, length as usize * times, file, place)?;
    let (raw, digest) = read_one(&found, &source, &mut |_| ())?;
    let groups = if is_parquet { row_group_rows(&found.path).map_err(|error| strange(&error))? } else { vec![] };
    Ok(Seen {
        looks: raw.columns.iter().map(|cells| look_closely(cells, &source, raw.delimiter)).collect(),
        names: raw.names,
        rows: raw.rows.len(),
        rejected: raw.rejected,
        refused: raw.refused,
        encoding: raw.encoding.to_owned(),
        delimiter: raw.delimiter,
        digest,
        groups,
    })
}

fn read(
    part: u32,
    file: &File,
    groups: Option<&Groups>,
    described: &Described,
    reading: &Reading,
    (schema, context, place): (&SchemaRef, &TaskContext, &str),
) -> Result<Vec<RecordBatch>, DataError> {
    let (found, source) = (file.found(), described.source());
    let length = open(&found)?.1;
    let _held = hold(context, length as usize * if groups.is_some() { TIMES_TYPED } else { TIMES_TEXT }, file, place)?;
    let raw = match groups {
        Some(groups) => read_groups(&found, &source, Some(groups))?,
        None => read_one(&found, &source, &mut |_| ())?.0,
    };
    let shaped = shape(&described.meaning, &source, &raw, reading)?;
    let misfits = answers::write_misfits(raw.rows.len(), shaped.misfits);
    let beside: [ArrayRef; 3] = [
        Arc::new(UInt32Array::from(vec![part; raw.rows.len()])),
        Arc::new(UInt32Array::from(raw.rows)),
        Arc::new(misfits),
    ];
    let ours = shaped.table.batch().columns().iter().cloned();
    let whole = RecordBatch::try_new(Arc::clone(schema), beside.into_iter().chain(ours).collect());
    let whole = whole.map_err(|error| strange(&format!("{}: {error}", found.name)))?;
    let from = (0..whole.num_rows()).step_by(PIECE);
    let piece = |from: usize| answers::compact(&whole.slice(from, PIECE.min(whole.num_rows() - from)));
    from.map(piece).collect::<Result<_>>().map_err(|error| strange(&error))
}

/// Holds memory of the executor's while a file is read, so that no more is read at a time than it has room for.
fn hold(context: &TaskContext, bytes: usize, file: &File, place: &str) -> Result<MemoryReservation, DataError> {
    let reservation = MemoryConsumer::new("reading").register(context.memory_pool());
    reservation.try_grow(bytes).map_err(|_| {
        let message = format!("the {place} has no {} MB left to read it", bytes.div_ceil(1_000_000));
        let remedy = "give the executors more with --memory, or fewer tasks at a time with --cores, or divide the file \
                      into several (file = \"accounts-*.csv\")";
        DataError::Cluster(Box::new(Fault::new(message).file(file.name()).remedy(remedy)))
    })?;
    Ok(reservation)
}
