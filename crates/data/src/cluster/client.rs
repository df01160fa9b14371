//! The command's side: a cluster that is connected to does jobs.

use std::sync::Arc;
use std::time::Duration;

use ballista_core::execution_plans::execute_physical_plan;
use ballista_core::extension::SessionConfigExt;
use datafusion::arrow::array::{AsArray, RecordBatch, StringArray};
use datafusion::arrow::datatypes::{DataType, Field, Schema};
use datafusion::datasource::memory::MemorySourceConfig;
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::common::collect;
use datafusion::prelude::SessionConfig;
use datafusion_proto::physical_plan::AsExecutionPlan;
use datafusion_proto::protobuf::PhysicalPlanNode;
use tokio::net::TcpStream;
use tokio::time::timeout;
use uuid::Uuid;

use super::codec::Codec;
use super::order::{Order, version};
use super::read_exec::{Output, ReadExec};
use super::{address, carried};
use crate::error::{DataError, Fault};
use crate::session;

/// How long a scheduler may take to answer at all.
const ANSWER: Duration = Duration::from_secs(10);
/// How long an executor may take to do nothing.
const GREETING: Duration = Duration::from_secs(60);
/// A job is asked for so often: an executor may be lost just when its results are fetched.
const ATTEMPTS: usize = 3;
/// Largest message, in bytes: orders with their sources one way, rows the other.
pub(super) const MESSAGE: u32 = 256 << 20;

/// A cluster that answered.
#[derive(Debug)]
pub struct Cluster {
    /// As it was written.
    url: String,
    scheduler: String,
    codec: Codec,
    session: SessionConfig,
}

impl Cluster {
    /// Reaches the scheduler and has an executor answer, so that nothing is begun with a cluster that cannot end it.
    ///
    /// # Errors
    /// If nobody answers, or with another version.
    pub async fn connect(url: &str) -> Result<Cluster, DataError> {
        let (host, port) = address::parse(url)?;
        let unreachable = |why: &dyn std::fmt::Display| {
            let fault = Fault::new(format!("the scheduler at {url} cannot be reached: {why}"));
            let remedy = "start it with `bailiwick cluster scheduler`, check host, port and firewall, or plan without \
                          --engine";
            DataError::Cluster(Box::new(fault.remedy(remedy)))
        };
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        match timeout(ANSWER, TcpStream::connect((bare, port))).await {
            Ok(Ok(_)) => {}
            Ok(Err(error)) => return Err(unreachable(&error)),
            Err(_) => return Err(unreachable(&format!("no answer within {} seconds", ANSWER.as_secs()))),
        }
        let session = SessionConfig::new_with_ballista()
            .set_usize("ballista.scheduler.max_partitions_per_task", 1)
            .with_ballista_grpc_client_max_message_size(MESSAGE as usize);
        let codec = Codec::new(version(), String::from("command"));
        let cluster = Cluster { url: url.to_owned(), scheduler: format!("http://{host}:{port}"), codec, session };
        match timeout(GREETING, cluster.ask(vec![Order::Greet])).await {
            Ok(answered) => answered.map(|_| cluster),
            Err(_) => {
                let message = format!("the scheduler at {url} answers, but no executor does");
                let remedy = "start some with `bailiwick cluster executor --scheduler HOST:PORT`";
                Err(DataError::Cluster(Box::new(Fault::new(message).remedy(remedy))))
            }
        }
    }

    /// Has orders answered, each with a text; the answers come in any order.
    pub(super) async fn ask(&self, orders: Vec<Order>) -> Result<Vec<String>, DataError> {
        let plan = self.plan(&orders, Output::Answers)?;
        let batches = self.run(plan).await?;
        let texts = batches.iter().flat_map(|batch| batch.column(0).as_string::<i32>().iter().flatten());
        Ok(texts.map(str::to_owned).collect())
    }

    /// Orders, and the layer over them that carries them out: a partition each.
    pub(super) fn plan(&self, orders: &[Order], output: Output) -> Result<Arc<dyn ExecutionPlan>, DataError> {
        let schema = Arc::new(Schema::new(vec![Field::new("order", DataType::Utf8, false)]));
        let one = |order: &Order| -> Result<Vec<RecordBatch>, String> {
            let text = serde_json::to_string(order).map_err(|error| error.to_string())?;
            let column = Arc::new(StringArray::from(vec![text]));
            let batch = RecordBatch::try_new(Arc::clone(&schema), vec![column]);
            Ok(vec![batch.map_err(|error| error.to_string())?])
        };
        let partitions = orders.iter().map(one).collect::<Result<Vec<_>, _>>();
        let partitions = partitions.map_err(|error| self.failed(&error))?;
        let orders = MemorySourceConfig::try_new_exec(&partitions, Arc::clone(&schema), None);
        let orders = orders.map_err(|error| self.failed(&error))?;
        Ok(Arc::new(ReadExec::new(orders, output, String::from("command"))))
    }

    /// Whether a plan comes through the wire as it is: what nests very deep does not.
    pub(super) fn carries(&self, plan: &Arc<dyn ExecutionPlan>) -> bool {
        let sent = PhysicalPlanNode::try_from_physical_plan(Arc::clone(plan), &self.codec).and_then(|node| {
            let mut bytes = Vec::new();
            node.try_encode(&mut bytes).map(|()| bytes)
        });
        let context = session::context().task_ctx();
        sent.and_then(|bytes| PhysicalPlanNode::try_decode(&bytes))
            .and_then(|node| node.try_into_physical_plan(&context, &self.codec))
            .is_ok_and(|back| back.schema() == plan.schema())
    }

    /// Does a job; its rows come in any order.
    pub(super) async fn run(&self, plan: Arc<dyn ExecutionPlan>) -> Result<Vec<RecordBatch>, DataError> {
        let mut last = String::new();
        for _ in 0..ATTEMPTS {
            match self.attempt(Arc::clone(&plan)).await {
                Ok(batches) => return Ok(batches),
                Err(error) => last = error,
            }
            if let Some(error) = carried::unwrap(&last) {
                return Err(error);
            }
            // What fails in the work itself fails again.
            if last.contains("due to runtime execution error") {
                break;
            }
        }
        Err(self.failed(&last))
    }

    async fn attempt(&self, plan: Arc<dyn ExecutionPlan>) -> Result<Vec<RecordBatch>, String> {
        let session = Uuid::new_v4().to_string();
        let config = self.session.ballista_config();
        let stream = execute_physical_plan::<PhysicalPlanNode>(
            self.scheduler.clone(),
            &config,
            plan,
            &self.codec,
            session,
            self.session.clone(),
        );
        let stream = stream.await.map_err(|error| error.to_string())?;
        collect(stream).await.map_err(|error| error.to_string())
    }

    /// What the cluster says when it cannot.
    pub(super) fn failed(&self, error: &dyn std::fmt::Display) -> DataError {
        let text = error.to_string();
        let fault = match text.as_str() {
            text if text.contains("cannot be used with") => {
                let said = text.split("Ballista client").nth(1).and_then(|rest| rest.split(". The client").next());
                let message = format!("the versions differ: Ballista client{}", said.unwrap_or_default());
                Fault::new(message).remedy("install one version on this machine, the scheduler and every executor")
            }
            text if text.contains("BallistaPhysicalPlanNode") => {
                let fault = Fault::new(format!("the cluster at {} is none of Bailiwick's", self.url));
                fault.remedy("start its parts with `bailiwick cluster scheduler` and `bailiwick cluster executor`")
            }
            text => {
                let text: String = text.chars().take(600).collect();
                let fault = Fault::new(format!("the cluster at {} could not do its part: {text}", self.url));
                fault.remedy("see what its scheduler and executors say, and try again; or plan without --engine")
            }
        };
        DataError::Cluster(Box::new(fault))
    }
}
