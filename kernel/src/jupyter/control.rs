//! The control channel: Stop and shutdown, which wait for nothing.

use super::channel::{Answer, Answers};
use super::info;
use super::kernel::Kernel;
use super::request::{Malformed, Request};
use super::wire::Requests;
use jupyter_protocol::{InterruptReply, ReplyStatus, ShutdownReply, ShutdownRequest};
use std::sync::Arc;

/// Serves the channel until shutdown is asked for, or its socket fails.
pub async fn serve(mut requests: Requests, answers: Answers, kernel: Arc<Kernel>) {
    let mut is_the_end = false;
    while !is_the_end && let Some(request) = requests.next().await {
        let decided = decide(&request, &kernel, &answers, &mut is_the_end);
        answers.give(decided, request, &mut requests).await;
    }
}

fn decide(
    request: &Request,
    kernel: &Arc<Kernel>,
    answers: &Answers,
    is_the_end: &mut bool,
) -> Result<Answer, Malformed> {
    Ok(match request.kind() {
        "interrupt_request" => {
            let () = request.read()?;
            let (kernel, publisher) = (Arc::clone(kernel), answers.publisher.clone());
            Answer::in_turn(async move {
                kernel.interrupt();
                publisher.stop_waiting();
                Some(InterruptReply::new().into())
            })
        }
        "shutdown_request" => {
            let ShutdownRequest { restart } = request.read()?;
            *is_the_end = true;
            let reply = ShutdownReply { restart, status: ReplyStatus::Ok, error: None };
            Answer::in_turn(async { Some(reply.into()) })
        }
        "kernel_info_request" => {
            let () = request.read()?;
            Answer::in_turn(async { Some(info::reply()) })
        }
        other => {
            return Err(Malformed::NotServed {
                channel: "control",
                msg_type: other.into(),
                served: "interrupt_request, shutdown_request and kernel_info_request".into(),
            });
        }
    })
}
