//! The connection file: where Jupyter wants the kernel to listen, and how messages are signed.

use anyhow::{Context, Result, bail};
use jupyter_protocol::ConnectionInfo;
use jupyter_zmq_client as zmq;
use ring::hmac;
use std::path::Path;

/// What messages may be signed with. MD5 and SHA-1 are not among them: both are broken.
const SCHEMES: [(&str, &hmac::Algorithm); 3] =
    [("hmac-sha256", &hmac::HMAC_SHA256), ("hmac-sha384", &hmac::HMAC_SHA384), ("hmac-sha512", &hmac::HMAC_SHA512)];

/// The kernel's five sockets, listening.
pub struct Sockets {
    pub heartbeat: zmq::KernelHeartbeatConnection,
    pub shell: zmq::KernelShellConnection,
    pub control: zmq::KernelControlConnection,
    pub stdin: zmq::KernelStdinConnection,
    pub iopub: zmq::KernelIoPubXPubConnection,
}

/// Reads the connection file.
///
/// # Errors
/// If it is none, or asks for a signature that is not accepted.
pub fn read(file: &Path) -> Result<ConnectionInfo> {
    let text =
        std::fs::read_to_string(file).with_context(|| format!("cannot read the connection file {}", file.display()))?;
    let info: ConnectionInfo =
        serde_json::from_str(&text).with_context(|| format!("{} is not a connection file", file.display()))?;
    algorithm(&info)?;
    Ok(info)
}

fn algorithm(info: &ConnectionInfo) -> Result<hmac::Algorithm> {
    match SCHEMES.iter().find(|(name, _)| *name == info.signature_scheme) {
        Some((_, algorithm)) => Ok(**algorithm),
        None => {
            let accepted = SCHEMES.map(|(name, _)| name).join(", ");
            bail!(
                "messages cannot be signed with {:?}: this kernel accepts {accepted}. Set `c.Session.signature_scheme` in \
                 Jupyter's configuration to one of them",
                info.signature_scheme
            )
        }
    }
}

impl Sockets {
    /// Listens on all ports of `info`.
    ///
    /// # Errors
    /// If one is taken.
    pub async fn bind(info: &ConnectionInfo) -> Result<Self> {
        let taken = |channel: &str, address: String| format!("cannot listen on {address} ({channel})");
        let heartbeat = zmq::create_kernel_heartbeat_connection(info).await;
        let shell = zmq::create_kernel_shell_connection(info, "").await;
        let control = zmq::create_kernel_control_connection(info, "").await;
        let stdin = zmq::create_kernel_stdin_connection(info, "").await;
        let iopub = zmq::create_kernel_iopub_xpub_connection(info, "").await;
        let mut sockets = Self {
            heartbeat: heartbeat.with_context(|| taken("heartbeat", info.hb_url()))?,
            shell: shell.with_context(|| taken("shell", info.shell_url()))?,
            control: control.with_context(|| taken("control", info.control_url()))?,
            stdin: stdin.with_context(|| taken("stdin", info.stdin_url()))?,
            iopub: iopub.with_context(|| taken("iopub", info.iopub_url()))?,
        };
        // The connections sign with SHA-256, whatever the scheme, unless they are given another key.
        let algorithm = algorithm(info)?;
        let key = (!info.key.is_empty()).then(|| hmac::Key::new(algorithm, info.key.as_bytes()));
        let macs = [&mut sockets.shell.mac, &mut sockets.control.mac, &mut sockets.stdin.mac, &mut sockets.iopub.mac];
        macs.into_iter().for_each(|mac| mac.clone_from(&key));
        Ok(sockets)
    }

    /// Names the session that messages are of.
    pub fn set_session(&mut self, session: &str) {
        let ids = [
            &mut self.shell.session_id,
            &mut self.control.session_id,
            &mut self.stdin.session_id,
            &mut self.iopub.session_id,
        ];
        ids.into_iter().for_each(|id| session.clone_into(id));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(scheme: &str) -> tempfile::NamedTempFile {
        let text = format!(
            r#"{{"ip": "127.0.0.1", "transport": "tcp", "shell_port": 1, "iopub_port": 2, "stdin_port": 3, "control_port": 4,
                "hb_port": 5, "key": "k", "signature_scheme": "{scheme}"}}"#
        );
        let file = tempfile::NamedTempFile::new().expect("a file");
        std::fs::write(file.path(), text).expect("written");
        file
    }

    #[test]
    fn only_schemes_that_are_not_broken_are_accepted() {
        for scheme in ["hmac-sha256", "hmac-sha384", "hmac-sha512"] {
            assert!(read(file(scheme).path()).is_ok(), "{scheme}");
        }
        for scheme in ["hmac-sha1", "hmac-md5", "rot13", "", "sha256", "HMAC-SHA256"] {
            let error = read(file(scheme).path()).expect_err(scheme).to_string();
            assert!(error.contains(&format!("{scheme:?}")) && error.contains("hmac-sha256, hmac-sha384"), "{error}");
        }
    }
}
