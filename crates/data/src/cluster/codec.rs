//! [`ReadExec`] on its way between command, scheduler and executors, each of which refuses the work of another version
//! before it looks any further.

use std::sync::Arc;

use ballista_core::serde::BallistaPhysicalExtensionCodec;
use datafusion::error::{DataFusionError, Result};
use datafusion::execution::TaskContext;
use datafusion::physical_plan::ExecutionPlan;
use datafusion_proto::physical_plan::{PhysicalExtensionCodec, PhysicalProtoConverterExtension};
use serde_json::{Value, json};

use super::carried;
use super::read_exec::ReadExec;
use crate::error::{DataError, Fault};

/// What our layers begin with; those of Ballista never do.
const MARK: &[u8] = b"bailiwick:";

#[derive(Debug, Default)]
pub(super) struct Codec {
    theirs: BallistaPhysicalExtensionCodec,
    version: String,
    /// Who this is, for messages: "scheduler at 10.0.0.5:50050".
    place: String,
}

impl Codec {
    pub fn new(version: String, place: String) -> Codec {
        Codec { theirs: BallistaPhysicalExtensionCodec::default(), version, place }
    }

    fn decode(&self, json: &[u8], inputs: &[Arc<dyn ExecutionPlan>]) -> Result<Arc<dyn ExecutionPlan>, DataError> {
        let strange = |error: &dyn std::fmt::Display| {
            DataError::Cluster(Box::new(Fault::new(format!("the {} does not understand: {error}", self.place))))
        };
        let mut told: Value = serde_json::from_slice(json).map_err(|error| strange(&error))?;
        let theirs = told["version"].as_str().unwrap_or("unknown").to_owned();
        if theirs != self.version {
            let Codec { version, place, .. } = self;
            let message = format!("the versions differ: this command is Bailiwick {theirs}, the {place} is {version}");
            let remedy = "install one version on this machine, the scheduler and every executor";
            return Err(DataError::Cluster(Box::new(Fault::new(message).remedy(remedy))));
        }
        let output = serde_json::from_value(told["output"].take()).map_err(|error| strange(&error))?;
        let orders = inputs.first().ok_or_else(|| strange(&"there are no orders"))?;
        Ok(Arc::new(ReadExec::new(Arc::clone(orders), output, self.place.clone())))
    }
}

impl PhysicalExtensionCodec for Codec {
    fn try_decode(
        &self,
        buf: &[u8],
        inputs: &[Arc<dyn ExecutionPlan>],
        ctx: &TaskContext,
        converter: &dyn PhysicalProtoConverterExtension,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        match buf.strip_prefix(MARK) {
            Some(json) => self.decode(json, inputs).map_err(|error| DataFusionError::Execution(carried::wrap(&error))),
            None => self.theirs.try_decode(buf, inputs, ctx, converter),
        }
    }

    fn try_encode(
        &self,
        node: Arc<dyn ExecutionPlan>,
        buf: &mut Vec<u8>,
        converter: &dyn PhysicalProtoConverterExtension,
    ) -> Result<()> {
        let Some(read) = node.downcast_ref::<ReadExec>() else {
            return self.theirs.try_encode(node, buf, converter);
        };
        let told = json!({ "version": self.version, "output": read.output });
        buf.extend_from_slice(MARK);
        buf.extend(serde_json::to_vec(&told).map_err(|error| DataFusionError::External(Box::new(error)))?);
        Ok(())
    }
}
