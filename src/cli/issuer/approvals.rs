//! What the issuer does on request of two approvers only.

use std::path::Path;

use super::Issuer;
use crate::error::Result;
use crate::identifier::OsRandom;
use crate::registry::{Actor, Approval, Request, Role, now};

impl Issuer {
    /// Makes the key of an approver: a file for it, and a copy beside the issuer's keys.
    ///
    /// # Errors
    /// `OutputExists` if there is one of that name; `BadKey` or `Unwritable` if it cannot be made;
    /// `BadStore` if it cannot be logged.
    pub(in crate::cli) fn add_approver(&self, name: &Actor, own: &Path) -> Result<()> {
        self.change_keys("approval key", Some(name), |keys| {
            keys.add_approver(name.as_str(), own, &mut OsRandom)
        })
    }

    /// Checks a request's approvals, and goes on as the panel that they make.
    ///
    /// What is refused is logged, with what stands for the request.
    ///
    /// # Errors
    /// As [`Request::granted`]; `GateNotMet` if the request was answered before.
    pub(in crate::cli) fn approved(
        mut self,
        action: &str,
        request: &Request,
        approvals: &[Approval],
    ) -> Result<Self> {
        self.role = Role::Panel;
        self.request = Some(request.reference());
        let approvers = self.logged(action, None, |log| {
            log.refuse_answered(request)?;
            let key = |name: &Actor| self.keys.approver_key(name.as_str());
            request.granted(approvals, key, now())
        })?;
        Ok(Self { approvers, ..self })
    }
}
