//! Who may do what, decided here and nowhere else.
//!
//! A user has **roles** (of access, not of coverage); each role reaches, for each operation, nothing, one's own, one's
//! own and the reporting line below, or all. An operation concerns an employee's matters (an account is the matter of
//! whoever answers for it, of the holder and of today's substitute alike), so what counts is the **relation** of that
//! employee to the user. The faces ask [`Principal::may`] before they change anything, and hand [`Principal::reach`] to
//! the store, whose queries leave out the rows beyond it.
//!
//! Nobody can give what they do not have: see [`Principal::may_grant`].

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::id::EmployeeId;

macro_rules! words {
    ($(#[$doc:meta])* $kind:ident { $($(#[$of:meta])* $name:ident = $word:literal,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema, utoipa::ToSchema)]
        pub enum $kind {
            $($(#[$of])* #[serde(rename = $word)] $name,)*
        }

        impl $kind {
            pub const ALL: &'static [$kind] = &[$($kind::$name,)*];

            /// The word used in files, in the database and in the API.
            #[must_use]
            pub fn word(self) -> &'static str {
                match self { $($kind::$name => $word,)* }
            }

            #[must_use]
            pub fn from_word(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|one| one.word() == word)
            }
        }

        impl std::fmt::Display for $kind {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.word())
            }
        }
    };
}

words! {
    /// A role of access.
    UserRole {
        /// Everything, users and settings too.
        Admin = "admin",
        /// Policies, plans and assignments of the whole company; no users.
        Planner = "planner",
        /// Their own and their reporting line's matters.
        Manager = "manager",
        /// Their own matters.
        Member = "member",
        /// Reads everything, changes nothing.
        Auditor = "auditor",
    }
}

words! {
    /// What can be done.
    Operation {
        /// Accounts with their contacts, needs, history and place in a group.
        ReadAccounts = "read-accounts",
        /// Contacts and needs of an account.
        EditAccounts = "edit-accounts",
        /// Who is responsible, portfolios, and the reasons.
        ReadAssignments = "read-assignments",
        /// Gives an account to somebody by hand, and pins it.
        Assign = "assign",
        /// Says why an assignment should be another's, or takes that back.
        Appeal = "appeal",
        /// Grants or denies an appeal.
        AnswerAppeals = "answer-appeals",
        /// Gives a whole portfolio to others from a day on.
        HandOver = "hand-over",
        /// Assigns arrivals by the policy in force.
        Route = "route",
        /// Names, positions, departments and how to reach them.
        ReadEmployees = "read-employees",
        /// How an employee is to be reached.
        EditEmployees = "edit-employees",
        /// Loads, capacities and skills.
        ReadLoads = "read-loads",
        /// Absences and substitutes.
        ManageAbsences = "manage-absences",
        /// Skills held.
        ManageSkills = "manage-skills",
        ReadPolicies = "read-policies",
        EditPolicies = "edit-policies",
        ReadPlans = "read-plans",
        /// Makes drafts, proposes and withdraws them, comments.
        MakePlans = "make-plans",
        ApprovePlans = "approve-plans",
        /// Applies an approved plan, or goes back to an earlier date.
        ApplyPlans = "apply-plans",
        ReadCommunications = "read-communications",
        /// Registers a communication or a task, passes it on and closes it.
        RecordCommunications = "record-communications",
        /// The public card of an account: makes and revokes its link.
        ShareCards = "share-cards",
        Import = "import",
        /// Files of what may be read.
        Export = "export",
        /// Credits, contribution and statements.
        ReadPay = "read-pay",
        /// Opens a dispute about a credit.
        DisputePay = "dispute-pay",
        /// Splits by hand, settles disputes, closes periods.
        ManagePay = "manage-pay",
        ReadAudit = "read-audit",
        ManageUsers = "manage-users",
        /// Tokens for programs.
        ManageTokens = "manage-tokens",
        ManageWebhooks = "manage-webhooks",
        ManageSettings = "manage-settings",
    }
}

words! {
    /// What a token may be used for. It never does more than its user may.
    TokenScope {
        Read = "read",
        Route = "route",
        Import = "import",
        Plan = "plan",
        Write = "write",
        Administer = "administer",
    }
}

/// How far a role goes with an operation; each contains the ones before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reach {
    Nothing,
    /// What is the user's own.
    Own,
    /// And what is of those who report to the user, directly or through others.
    Below,
    All,
}

/// What the employee concerned is to the user.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Relation {
    /// The same person.
    Own,
    /// Reports to the user, directly or through others.
    Below,
    /// Neither, or the matter is nobody's and everybody's: a policy, a setting, an account without an owner.
    Other,
}

impl Reach {
    #[must_use]
    pub fn includes(self, relation: Relation) -> bool {
        match relation {
            Relation::Own => self >= Reach::Own,
            Relation::Below => self >= Reach::Below,
            Relation::Other => self == Reach::All,
        }
    }
}

pub(crate) use words;

impl Operation {
    /// Whether it leaves everything as it is.
    #[must_use]
    pub fn only_reads(self) -> bool {
        use Operation::*;
        matches!(
            self,
            ReadAccounts
                | ReadAssignments
                | ReadEmployees
                | ReadLoads
                | ReadPolicies
                | ReadPlans
                | ReadCommunications
                | ReadPay
                | ReadAudit
                | Export
        )
    }

    /// The scope a token needs for it.
    #[must_use]
    pub fn scope(self) -> TokenScope {
        use Operation::*;
        match self {
            Route => TokenScope::Route,
            Import => TokenScope::Import,
            MakePlans | ApprovePlans | ApplyPlans | EditPolicies => TokenScope::Plan,
            ManageUsers | ManageTokens | ManageWebhooks | ManageSettings => TokenScope::Administer,
            _ if self.only_reads() => TokenScope::Read,
            _ => TokenScope::Write,
        }
    }
}

impl UserRole {
    /// The whole matrix.
    #[must_use]
    pub fn reach(self, operation: Operation) -> Reach {
        use Operation::*;
        use Reach::{All, Below, Nothing, Own};
        match self {
            UserRole::Admin => All,
            UserRole::Planner => match operation {
                ManageUsers | ManageWebhooks | ManageSettings | ReadAudit | ManagePay => Nothing,
                ManageTokens => Own,
                _ => All,
            },
            UserRole::Manager => match operation {
                ReadEmployees | ReadPolicies => All,
                Route | EditPolicies | MakePlans | ApprovePlans | ApplyPlans | Import => Nothing,
                ManageWebhooks | ManageSettings | ReadAudit | ManagePay => Nothing,
                ManageTokens => Own,
                _ => Below,
            },
            UserRole::Member => match operation {
                ReadEmployees => All,
                ReadAccounts | EditAccounts | ReadAssignments | ReadLoads | ReadPlans => Own,
                ReadCommunications | RecordCommunications | ShareCards | Export => Own,
                ReadPay | DisputePay | ManageTokens | ManageAbsences | EditEmployees | Appeal => Own,
                _ => Nothing,
            },
            UserRole::Auditor => match operation {
                ManageTokens => Own,
                _ if operation.only_reads() => All,
                _ => Nothing,
            },
        }
    }
}

/// Whoever asks, once known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Principal {
    /// The name that the audit trail keeps.
    pub name: String,
    pub roles: BTreeSet<UserRole>,
    /// The employee the user is, if any.
    pub employee: Option<EmployeeId>,
    /// What the token in use is good for; all when the user has signed in.
    pub scopes: Option<BTreeSet<TokenScope>>,
}

impl Principal {
    /// How far the user goes with an operation: as far as the furthest of their roles, as far as the token is good for it.
    /// A user who is no employee has nothing of their own and nobody below.
    #[must_use]
    pub fn reach(&self, operation: Operation) -> Reach {
        if self.scopes.as_ref().is_some_and(|scopes| !scopes.contains(&operation.scope())) {
            return Reach::Nothing;
        }
        let furthest = self.roles.iter().map(|role| role.reach(operation)).max().unwrap_or(Reach::Nothing);
        // Tokens belong to the user, not to the employee.
        let personal = operation == Operation::ManageTokens;
        if furthest < Reach::All && self.employee.is_none() && !personal { Reach::Nothing } else { furthest }
    }

    #[must_use]
    pub fn may(&self, operation: Operation, relation: Relation) -> bool {
        self.reach(operation).includes(relation)
    }

    /// Whether the user may give this role to somebody of that relation: they manage such users, and the role reaches
    /// nowhere beyond their own.
    #[must_use]
    pub fn may_grant(&self, role: UserRole, relation: Relation) -> bool {
        self.may(Operation::ManageUsers, relation)
            && Operation::ALL.iter().all(|&operation| role.reach(operation) <= self.reach(operation))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::fmt::Write;

    fn principal(roles: &[UserRole]) -> Principal {
        Principal {
            name: String::from("somebody"),
            roles: roles.iter().copied().collect(),
            employee: Some(EmployeeId::new("E-1").expect("a name")),
            scopes: None,
        }
    }

    /// The matrix as a table a security officer reads; any change of it shows as a change of the snapshot.
    #[test]
    fn the_matrix_is_as_agreed() {
        let mut table = format!("{:24}", "");
        UserRole::ALL.iter().for_each(|role| write!(table, "{role:9}").expect("a string"));
        for operation in Operation::ALL {
            write!(table, "\n{operation:24}").expect("a string");
            for role in UserRole::ALL {
                let reach = match role.reach(*operation) {
                    Reach::Nothing => "-",
                    Reach::Own => "own",
                    Reach::Below => "below",
                    Reach::All => "all",
                };
                write!(table, "{reach:9}").expect("a string");
            }
        }
        let table: Vec<&str> = table.lines().map(str::trim_end).collect();
        insta::assert_snapshot!(table.join("\n"));
    }

    #[test]
    fn an_auditor_changes_nothing_but_their_own_tokens() {
        for &operation in Operation::ALL.iter().filter(|o| !o.only_reads() && **o != Operation::ManageTokens) {
            assert_eq!(UserRole::Auditor.reach(operation), Reach::Nothing, "{operation}");
        }
    }

    #[test]
    fn words_are_unique_and_come_back() {
        for &operation in Operation::ALL {
            assert_eq!(Operation::from_word(operation.word()), Some(operation));
        }
        assert_eq!(UserRole::from_word("owner"), None);
    }

    #[test]
    fn who_is_no_employee_has_nothing_of_their_own() {
        let mut guest = principal(&[UserRole::Manager]);
        guest.employee = None;
        assert!(!guest.may(Operation::ReadAccounts, Relation::Own));
        assert!(guest.may(Operation::ReadEmployees, Relation::Other));
        assert!(guest.may(Operation::ManageTokens, Relation::Own));
    }

    fn roles() -> impl Strategy<Value = Vec<UserRole>> {
        prop::sample::subsequence(UserRole::ALL.to_vec(), 0..=UserRole::ALL.len())
    }

    fn scopes() -> impl Strategy<Value = Option<BTreeSet<TokenScope>>> {
        prop::option::of(
            prop::sample::subsequence(TokenScope::ALL.to_vec(), 0..=TokenScope::ALL.len())
                .prop_map(|all| all.into_iter().collect()),
        )
    }

    proptest! {
        /// Whatever chain of grants there is, nobody ends with more than the first of the chain had.
        #[test]
        fn no_chain_of_grants_climbs(first in roles(), scopes in scopes(), chain in prop::collection::vec(prop::sample::select(UserRole::ALL), 1..5)) {
            let giver = Principal { scopes, ..principal(&first) };
            let mut now = giver.clone();
            for &role in &chain {
                if !now.may_grant(role, Relation::Below) {
                    break;
                }
                now = principal(&[role]);
                for &operation in Operation::ALL {
                    prop_assert!(now.reach(operation) <= giver.reach(operation), "{operation} by {role}");
                }
            }
        }

        /// A token never does more than its user.
        #[test]
        fn a_token_only_narrows(held in roles(), scopes in scopes()) {
            let user = principal(&held);
            let token = Principal { scopes, ..user.clone() };
            for &operation in Operation::ALL {
                prop_assert!(token.reach(operation) <= user.reach(operation));
            }
        }

        /// More roles never take anything away.
        #[test]
        fn roles_add_up(held in roles(), more in prop::sample::select(UserRole::ALL)) {
            let before = principal(&held);
            let mut after = before.clone();
            after.roles.insert(more);
            for &operation in Operation::ALL {
                prop_assert!(after.reach(operation) >= before.reach(operation));
            }
        }
    }
}
