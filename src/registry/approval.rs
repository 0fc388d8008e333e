//! Requests that need two approvers, and their approvals: bound to each other, for a time, once.

use sha2::{Digest, Sha256};

use super::event::hex;
use super::{Actor, AuditLog, Ground, Handle};
use crate::error::{Error, ErrorKind, Result};
use crate::identifier::{ApproverKey, Pseudonym, RandomSource, Scope};

/// First line of a request.
const REQUEST: &str = "cci/request/v1";

/// First line of an approval.
const APPROVAL: &str = "cci/approval/v1";

/// Approvers that a request needs.
pub const APPROVERS: usize = 2;

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Asked {
    /// To take a seal back.
    Unseal(Handle),
    /// To learn which pseudonym of one scope is the same person's as one of another.
    Reidentify {
        /// Pseudonym that is known.
        pseudonym: Pseudonym,
        /// Scope in which it was issued.
        scope: Scope,
        /// Scope whose pseudonym is asked for.
        to: Scope,
    },
}

/// Request for something that needs two approvers; about one person only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// What is asked for.
    pub asked: Asked,
    /// On what ground.
    pub ground: Ground,
    /// Until when it may be approved and answered, in seconds since 1970.
    pub until: u64,
    nonce: [u8; 16],
}

/// One approver's word that a request may be answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Approval {
    request: String,
    approver: Actor,
    code: [u8; 16],
}

impl Request {
    /// Makes a request that nobody has made before, however alike what is asked.
    ///
    /// # Errors
    /// `BadKey` if no random bytes can be had.
    pub fn new(
        asked: Asked,
        ground: Ground,
        until: u64,
        random: &mut dyn RandomSource,
    ) -> Result<Self> {
        let mut nonce = [0; 16];
        random.fill(&mut nonce)?;
        Ok(Self { asked, ground, until, nonce })
    }

    /// Writes the request as lines of a word and its value.
    pub fn to_text(&self) -> String {
        let asked = match &self.asked {
            Asked::Unseal(handle) => format!("action unseal\nperson {handle}"),
            Asked::Reidentify { pseudonym, scope, to } => {
                let printed = pseudonym.print(scope);
                format!("action reidentify\npseudonym {printed}\nscope {scope}\nto {to}")
            }
        };
        let (ground, until, nonce) = (&self.ground, self.until, hex(&self.nonce));
        format!("{REQUEST}\n{asked}\nground {ground}\nuntil {until}\nnonce {nonce}\n")
    }

    /// Reads the lines.
    ///
    /// # Errors
    /// `BadStructure` if a line is missing, as the ground may be, or is not as it was written.
    pub fn parse(text: &str) -> Result<Self> {
        let malformed = || {
            Error::new(
                ErrorKind::BadStructure,
                "request: expected what was asked, its ground, until when and a nonce",
            )
            .help("give a file that cci approval request wrote, unchanged")
        };
        let lines: Vec<&str> = text.lines().collect();
        let value =
            |line: &&str, word: &str| Some(line.strip_prefix(word)?.strip_prefix(' ')?.to_string());
        let read = || -> Option<Self> {
            let (asked, rest) = match lines[..] {
                [REQUEST, "action unseal", ref person, ref rest @ ..] => {
                    (Asked::Unseal(value(person, "person")?.parse().ok()?), rest)
                }
                [REQUEST, "action reidentify", ref pseudonym, ref scope, ref to, ref rest @ ..] => {
                    let scope: Scope = value(scope, "scope")?.parse().ok()?;
                    let printed = value(pseudonym, "pseudonym")?;
                    let pseudonym = Pseudonym::parse(&printed, &scope).ok()?;
                    let to = value(to, "to")?.parse().ok()?;
                    (Asked::Reidentify { pseudonym, scope, to }, rest)
                }
                _ => return None,
            };
            let [ground, until, nonce] = rest else { return None };
            let ground = value(ground, "ground")?.parse().ok()?;
            let until = value(until, "until")?.parse().ok()?;
            let nonce: Handle = value(nonce, "nonce")?.parse().ok()?;
            Some(Self { asked, ground, until, nonce: *nonce.bytes() })
        };
        read().filter(|request| request.to_text() == text).ok_or_else(malformed)
    }

    /// Returns what stands for the request in the log: part of a digest that tells nothing of it.
    pub fn reference(&self) -> String {
        self.digest()[..16].to_string()
    }

    fn digest(&self) -> String {
        hex(&Sha256::digest(self.to_text().as_bytes()))
    }

    /// Refuses a request whose time is over.
    ///
    /// # Errors
    /// `GateNotMet` if it is.
    pub fn refuse_late(&self, now: u64) -> Result<()> {
        if now <= self.until {
            return Ok(());
        }
        Err(refused("its time is over", "make the request anew, and have it approved anew"))
    }

    /// Checks that two approvers have approved this very request in its time; returns who.
    ///
    /// # Errors
    /// `GateNotMet`, with what is lacking, for fewer than two approvals, one that is of another
    /// request or not by its approver's key, two of one approver or of one key, or a request
    /// whose time is over. What reading a key meets.
    pub fn granted(
        &self,
        approvals: &[Approval],
        key_of: impl Fn(&Actor) -> Result<ApproverKey>,
        now: u64,
    ) -> Result<Vec<Actor>> {
        self.refuse_late(now)?;
        let mut known: Vec<(Actor, ApproverKey)> = Vec::new();
        for approval in approvals {
            if approval.request != self.digest() {
                return Err(refused(
                    "an approval is of another request",
                    "have this very file approved: any change makes it another",
                ));
            }
            let key = key_of(&approval.approver)?;
            if !key.accepts(approval.body().as_bytes(), &approval.code) {
                return Err(refused(
                    "an approval was not given with its approver's key",
                    "have it approved with cci approval give and the approver's own key",
                ));
            }
            if known.iter().any(|(name, other)| *name == approval.approver || key.is_same(other)) {
                return Err(refused(
                    "two approvals are of one approver",
                    "have it approved by somebody else as well, with a key of their own",
                ));
            }
            known.push((approval.approver.clone(), key));
        }
        if known.len() < APPROVERS {
            return Err(refused(
                &format!("it has {} of {APPROVERS} approvals", known.len()),
                "have it approved with cci approval give, and name each with --approval",
            ));
        }
        Ok(known.into_iter().map(|(name, _)| name).collect())
    }
}

impl Approval {
    /// Approves a request with an approver's key.
    pub fn give(request: &Request, approver: Actor, key: &ApproverKey) -> Self {
        let mut approval = Self { request: request.digest(), approver, code: [0; 16] };
        approval.code = key.code(approval.body().as_bytes());
        approval
    }

    /// Writes the approval as four lines, the last of which is a code by the approver's key.
    pub fn to_text(&self) -> String {
        format!("{}code {}\n", self.body(), hex(&self.code))
    }

    /// Reads the four lines.
    ///
    /// # Errors
    /// `BadStructure` if the text has another form.
    pub fn parse(text: &str) -> Result<Self> {
        let lines: Vec<&str> = text.lines().collect();
        let read = || -> Option<Self> {
            let [APPROVAL, request, approver, code] = lines[..] else { return None };
            let code: Handle = code.strip_prefix("code ")?.parse().ok()?;
            let approver = approver.strip_prefix("approver ")?.parse().ok()?;
            let request = request.strip_prefix("request ")?.to_string();
            Some(Self { request, approver, code: *code.bytes() })
        };
        read().filter(|approval| approval.to_text() == text).ok_or_else(|| {
            Error::new(ErrorKind::BadStructure, "approval: expected four lines, the last a code")
                .help("give a file that cci approval give wrote, unchanged")
        })
    }

    fn body(&self) -> String {
        format!("{APPROVAL}\nrequest {}\napprover {}\n", self.request, self.approver)
    }
}

impl AuditLog {
    /// Refuses a request that was answered before.
    ///
    /// # Errors
    /// `GateNotMet` if the log says so; `BadStore` if it cannot be read.
    pub fn refuse_answered(&self, request: &Request) -> Result<()> {
        if !self.store.names_request(&request.reference())? {
            return Ok(());
        }
        Err(refused("it was answered before", "each request is answered once: make another"))
    }
}

fn refused(what: &str, help: &str) -> Error {
    Error::new(ErrorKind::GateNotMet, format!("request: {what}")).help(help)
}
