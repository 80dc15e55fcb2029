//! Comms: the kernel opens them for cells and passes messages on; it has no targets of its own.

use super::iopub::Publisher;
use crate::worker::WorkerControl;
use jupyter_protocol::{
    CommClose, CommId, CommInfo, CommInfoReply, CommInfoRequest, CommMsg, CommOpen, JupyterMessage,
};
use serde_json::{Map, Value};
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard};

/// The comms that are open, by id.
#[derive(Default)]
pub struct Comms {
    open: Mutex<HashMap<CommId, Open>>,
}

struct Open {
    target: String,
    worker: WorkerControl,
}

impl Comms {
    /// A frontend opens a comm. No target is registered here, and then the protocol wants it closed at once.
    pub fn refuse(&self, asked: &CommOpen, publisher: &Publisher, request: &JupyterMessage) {
        publisher.publish(CommClose { comm_id: asked.comm_id.clone(), data: Map::new() }, request);
    }

    /// A frontend's message for a comm; one for a comm that is closed meanwhile goes nowhere.
    pub fn pass_on(&self, message: &CommMsg) {
        if let Some(comm) = self.open().get(&message.comm_id) {
            comm.worker.comm_message(&message.comm_id.0, &message.data);
        }
    }

    /// A frontend closes a comm.
    pub fn closed(&self, message: &CommClose) {
        if let Some(comm) = self.open().remove(&message.comm_id) {
            comm.worker.comm_close(&message.comm_id.0);
        }
    }

    /// A cell opens a comm; `worker` has its end of it.
    pub fn opened_by_cell(
        &self,
        comm_id: CommId,
        target: String,
        data: Map<String, Value>,
        worker: WorkerControl,
    ) -> CommOpen {
        self.open().insert(comm_id.clone(), Open { target: target.clone(), worker });
        CommOpen { comm_id, target_name: target, data, target_module: None }
    }

    /// A cell has closed a comm.
    pub fn closed_by_cell(&self, comm_id: CommId) -> CommClose {
        self.open().remove(&comm_id);
        CommClose { comm_id, data: Map::new() }
    }

    /// The worker is gone, and the cells' ends of all comms with it.
    pub fn close_all(&self) -> Vec<CommClose> {
        self.open().drain().map(|(comm_id, _)| CommClose { comm_id, data: Map::new() }).collect()
    }

    /// The comms that are open, or those of one target.
    pub fn info(&self, asked: &CommInfoRequest) -> CommInfoReply {
        let wanted = |comm: &Open| asked.target_name.as_ref().is_none_or(|target| *target == comm.target);
        let open = self.open();
        let comms = open.iter().filter(|(_, comm)| wanted(comm));
        let comms = comms.map(|(id, comm)| (id.clone(), CommInfo { target_name: comm.target.clone() })).collect();
        CommInfoReply { comms, ..CommInfoReply::default() }
    }

    fn open(&self) -> MutexGuard<'_, HashMap<CommId, Open>> {
        self.open.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}
