//! What a person may type. Help, errors and shell completions all come from here.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use jiff::civil::Date;

/// Decides which employee is responsible for which customer, at which stage, in which role, and why.
#[derive(Parser)]
#[command(name = "bailiwick", version, propagate_version = true, arg_required_else_help = true, max_term_width = 100)]
pub struct Arguments {
    #[command(subcommand)]
    pub command: Command,
    /// How results are printed
    #[arg(long, global = true, value_enum, default_value_t = Form::Table)]
    pub format: Form,
    /// No progress bars
    #[arg(long, global = true)]
    pub quiet: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    Table,
    Json,
    Csv,
}

/// Every form there is; some are one command's.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Form {
    Table,
    Json,
    Csv,
    #[value(hide = true)]
    Parquet,
    #[value(hide = true)]
    Vcard,
    #[value(hide = true)]
    Xlsx,
    #[value(hide = true)]
    Salesforce,
    #[value(hide = true)]
    Hubspot,
    #[value(hide = true)]
    Odoo,
    #[value(hide = true)]
    Erpnext,
}

impl Form {
    /// How results are printed; nothing where it is a form of files.
    pub fn printed(self) -> Option<Format> {
        match self {
            Form::Table => Some(Format::Table),
            Form::Json => Some(Format::Json),
            Form::Csv => Some(Format::Csv),
            _ => None,
        }
    }
}

#[derive(Subcommand)]
pub enum Command {
    /// Make a realistic company, plan it, apply the plan, print the result and serve it
    Demo(Demo),
    /// Start a project folder with a commented policy and empty sources
    Init(Init),
    /// Lint a policy against its data
    Check(Check),
    /// Compute a plan: who is responsible for whom, balanced, with reasons
    Plan(Plan),
    /// How many employees each role needs, and what one more would bring
    Sizing(Sizing),
    /// Whether what customers are promised can be kept, what breaks first, and what would mend it
    ServiceLevels(crate::commands::service_levels::ServiceLevels),
    /// Skills held against skills demanded, and who should learn what, or be taken on
    Skills(crate::commands::skills::Skills),
    /// Who contributed how much to sales, and what of it the territory explains
    Contribution(Contribution),
    /// What people earn for it: statements, and what they would earn under another plan
    Incentives(Incentives),
    /// Disputes about pay: open, answer, settle
    Disputes(crate::commands::disputes::Disputes),
    /// Orders divided by hand, with the reason
    Splits(crate::commands::splits::Splits),
    /// Show what moves between two plans, or between a plan and a ledger
    Diff(Diff),
    /// Make a plan the truth from a date
    Apply(Apply),
    /// Take plans from a draft to the truth: propose, approve, apply, go back
    Plans(crate::commands::plans::Plans),
    /// Who is responsible for this customer, and why?
    Who(Who),
    /// Assign arriving accounts, leads and requests by the policy in force
    Route(Route),
    /// Decide about past arrivals once more, under the same policy or another
    Replay(Replay),
    /// Say who is away and who stands in, or that they are back sooner
    Absence(Absence),
    /// Register what comes from customers, pass it to who answers for it, follow it to its end
    Desk(Desk),
    /// Whom a customer turns to, for what, and who stands in today; --format vcard for address books
    Card(Card),
    /// Write what the ledger holds as files of --format csv, xlsx, salesforce, hubspot, odoo or erpnext
    Export(Export),
    /// Take accounts, employees, who holds what and contacts from files of such a form, all or nothing
    Import(Import),
    /// Give a leaver's whole portfolio to others from a day on, or take that back
    Handover(crate::commands::handover::Handover),
    /// Write the whole ledger to a file, while others go on working
    Backup(Backup),
    /// Make a ledger again from a backup, in either kind of database
    Restore(Backup),
    /// Read the audit trail, or prove that nobody altered the ledger
    Audit(Audit),
    /// Serve the API and the web application
    Serve(Serve),
    /// Who may sign in to the service, and what as
    Users(Users),
    /// Print the JSON Schema of the policy file
    Schema,
    /// Print a script that completes commands in your shell
    Completions(Completions),
    /// Run a part of a cluster that `plan --engine` uses
    #[cfg(feature = "ballista")]
    #[command(hide = true, subcommand)]
    Cluster(crate::commands::cluster::Cluster),
}

#[derive(Args)]
pub struct PolicyArgument {
    /// The policy file, or the folder it is in
    #[arg(short, long, default_value = "bailiwick.toml", value_name = "FILE")]
    pub policy: PathBuf,
}

#[derive(Args)]
pub struct Database {
    /// The ledger: sqlite:FILE or postgres://USER@HOST/DATABASE
    #[arg(long, default_value = "sqlite:bailiwick.db", value_name = "URL", env = "BAILIWICK_DB")]
    pub db: String,
}

#[derive(Args)]
pub struct Absence {
    #[command(subcommand)]
    pub command: AbsenceCommand,
}

#[derive(Subcommand)]
pub enum AbsenceCommand {
    /// Record an absence; without --substitute the least loaded of the same role stands in, or else the manager
    Add(AbsenceAdd),
    /// Somebody is back sooner; on or before its first day, the absence never was
    End(AbsenceEnd),
    /// Show absences, and who stands in
    List(AbsenceList),
}

#[derive(Args)]
pub struct AbsenceAdd {
    /// Who is away
    #[arg(value_name = "EMPLOYEE")]
    pub employee: String,
    /// The first day away
    #[arg(long, value_name = "DATE")]
    pub from: Date,
    /// The first day back; until further notice when absent
    #[arg(long, value_name = "DATE")]
    pub to: Option<Date>,
    /// Who stands in for everything
    #[arg(long, value_name = "EMPLOYEE")]
    pub substitute: Option<String>,
    /// Why, for the audit trail
    #[arg(long, default_value = "absence")]
    pub reason: String,
    #[command(flatten)]
    pub database: Database,
}

#[derive(Args)]
pub struct AbsenceEnd {
    /// Its number, as `absence list` shows it
    #[arg(value_name = "NUMBER")]
    pub absence: u64,
    /// The first day back; today when absent
    #[arg(long, value_name = "DATE")]
    pub on: Option<Date>,
    /// Why, for the audit trail
    #[arg(long, default_value = "back sooner")]
    pub reason: String,
    #[command(flatten)]
    pub database: Database,
}

#[derive(Args)]
pub struct AbsenceList {
    /// Only those that cover this day
    #[arg(long, value_name = "DATE")]
    pub on: Option<Date>,
    /// Only those of this employee
    #[arg(long, value_name = "EMPLOYEE")]
    pub employee: Option<String>,
    #[command(flatten)]
    pub database: Database,
}

#[derive(Args)]
pub struct Desk {
    #[command(subcommand)]
    pub command: DeskCommand,
    /// The ledger: sqlite:FILE or postgres://USER@HOST/DATABASE
    #[arg(long, global = true, default_value = "sqlite:bailiwick.db", value_name = "URL", env = "BAILIWICK_DB")]
    pub db: String,
    /// The day for which it is asked who answers; today when absent
    #[arg(long, global = true, value_name = "DATE")]
    pub on: Option<Date>,
}

#[derive(Subcommand)]
pub enum DeskCommand {
    /// Register a communication or a task; with --role, --stage or --to it is passed on at once
    Register(Box<DeskRegister>),
    /// Show matters, the latest first
    List(DeskList),
    /// Show what waits for somebody; without EMPLOYEE what waits for nobody
    Inbox {
        #[arg(value_name = "EMPLOYEE")]
        employee: Option<String>,
    },
    /// Show a matter and everything that was done about it
    Show {
        #[arg(value_name = "NUMBER")]
        number: u64,
    },
    /// What to know of a customer before speaking: who answers, contacts, needs, open matters, what happened last
    About {
        #[arg(value_name = "ACCOUNT")]
        account: String,
    },
    /// Pass a matter to the role or stage that answers for it, or to somebody by name
    Pass {
        #[arg(value_name = "NUMBER")]
        number: u64,
        #[command(flatten)]
        whereto: DeskWhereto,
        #[arg(long, default_value = "", value_name = "TEXT")]
        note: String,
    },
    /// Somebody takes a matter: it stays with them
    Take {
        #[arg(value_name = "NUMBER")]
        number: u64,
        #[arg(long, value_name = "EMPLOYEE")]
        by: String,
        #[arg(long, default_value = "", value_name = "TEXT")]
        note: String,
    },
    /// A matter is done, or with --dropped nothing will be done about it
    Done {
        #[arg(value_name = "NUMBER")]
        number: u64,
        #[arg(long)]
        dropped: bool,
        #[arg(long, default_value = "", value_name = "TEXT")]
        note: String,
    },
    /// Note something about a matter
    Comment {
        #[arg(value_name = "NUMBER")]
        number: u64,
        #[arg(value_name = "TEXT")]
        note: String,
        /// Another day it is due
        #[arg(long, value_name = "DATE")]
        due: Option<Date>,
    },
    /// Say whose an unknown caller's matter is
    Link {
        #[arg(value_name = "NUMBER")]
        number: u64,
        #[arg(value_name = "ACCOUNT")]
        account: String,
    },
}

#[derive(Args)]
pub struct DeskWhereto {
    #[arg(long)]
    pub role: Option<String>,
    /// A stage of the policy, in place of a role
    #[arg(long)]
    pub stage: Option<String>,
    /// Product line
    #[arg(long)]
    pub product: Option<String>,
    /// Somebody by name: it stays with them, whoever answers for the account
    #[arg(long, value_name = "EMPLOYEE")]
    pub to: Option<String>,
}

#[derive(Args)]
pub struct DeskRegister {
    #[arg(value_name = "SUBJECT")]
    pub subject: String,
    /// Whose it is; absent while nobody knows
    #[arg(long)]
    pub account: Option<String>,
    /// Who it was, in words
    #[arg(long, value_name = "TEXT")]
    pub caller: Option<String>,
    /// call, e-mail, letter, visit, web-form, message or other
    #[arg(long, default_value = "call")]
    pub channel: String,
    /// shipping-papers, invoice-copy, appointment or other
    #[arg(long)]
    pub task: Option<String>,
    /// From us to the customer
    #[arg(long)]
    pub outgoing: bool,
    #[arg(long, default_value = "", value_name = "TEXT")]
    pub text: String,
    /// The day it is due
    #[arg(long, value_name = "DATE")]
    pub due: Option<Date>,
    /// Who received it
    #[arg(long, value_name = "EMPLOYEE")]
    pub received_by: Option<String>,
    #[command(flatten)]
    pub whereto: DeskWhereto,
}

#[derive(Args)]
pub struct DeskList {
    #[arg(long)]
    pub account: Option<String>,
    /// open, passed, in-progress, done or dropped
    #[arg(long)]
    pub state: Option<String>,
    /// Only what is past the day it was due
    #[arg(long)]
    pub overdue: bool,
    #[arg(long, default_value_t = 50, value_name = "N")]
    pub limit: u32,
}

#[derive(Args)]
pub struct Card {
    /// Id of the account
    pub account: String,
    /// Today when absent
    #[arg(long, value_name = "DATE")]
    pub on: Option<Date>,
    /// en or bg; the company's when absent
    #[arg(long, value_name = "CODE")]
    pub language: Option<String>,
    #[command(flatten)]
    pub database: Database,
}

#[derive(Args)]
pub struct Export {
    /// Folder for the files
    #[arg(short, long, value_name = "DIR")]
    pub output: PathBuf,
    /// The day whose holders are written; today when absent
    #[arg(long, value_name = "DATE")]
    pub on: Option<Date>,
    #[command(flatten)]
    pub database: Database,
}

#[derive(Args)]
pub struct Import {
    /// Folder that holds the files
    pub dir: PathBuf,
    /// First day of what the files do not date; today when absent
    #[arg(long, value_name = "DATE")]
    pub on: Option<Date>,
    /// The role of the one owner, where the files know only owners
    #[arg(long)]
    pub role: Option<String>,
    /// Leave out rows that cannot be used; without it nothing is imported then
    #[arg(long)]
    pub skip_rejected: bool,
    #[command(flatten)]
    pub database: Database,
}

#[derive(Args)]
pub struct Backup {
    /// The backup: gzipped JSON lines
    pub file: PathBuf,
    #[command(flatten)]
    pub database: Database,
}

#[derive(Args)]
pub struct Audit {
    #[command(subcommand)]
    pub command: AuditCommand,
}

#[derive(Subcommand)]
pub enum AuditCommand {
    /// Show who did what, when and why, oldest first
    List(AuditList),
    /// Compute every digest anew and compare
    Verify(Database),
}

#[derive(Args)]
pub struct AuditList {
    #[command(flatten)]
    pub database: Database,
    /// Only what this person or program did
    #[arg(long, value_name = "NAME")]
    pub actor: Option<String>,
    /// Only this action, such as plan.applied
    #[arg(long, value_name = "ACTION")]
    pub action: Option<String>,
    /// Only what touched an assignment or a route decision of this account
    #[arg(long, value_name = "ACCOUNT")]
    pub account: Option<String>,
    /// From this moment on, such as 2026-03-01T00:00:00Z
    #[arg(long, value_name = "MOMENT")]
    pub from: Option<jiff::Timestamp>,
    /// Before this moment
    #[arg(long, value_name = "MOMENT")]
    pub until: Option<jiff::Timestamp>,
    /// Only entries after this number
    #[arg(long, value_name = "SEQ")]
    pub after: Option<u64>,
    /// At most so many
    #[arg(long, value_name = "N")]
    pub limit: Option<u32>,
}

#[derive(Args)]
pub struct Demo {
    /// Print and stop: do not serve
    #[arg(long)]
    pub no_serve: bool,
    /// Where the company is made
    #[arg(long, default_value = "bailiwick-demo", value_name = "DIR")]
    pub dir: PathBuf,
    /// How many customers
    #[arg(long, default_value_t = 5000)]
    pub accounts: usize,
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Where it is served
    #[arg(long, default_value = "127.0.0.1:8080", value_name = "ADDRESS")]
    pub listen: std::net::SocketAddr,
}

#[derive(Args)]
pub struct Init {
    /// A folder that does not exist yet, or is empty
    pub dir: PathBuf,
}

#[derive(Args)]
pub struct Check {
    #[command(flatten)]
    pub policy: PolicyArgument,
    /// The day it is checked for; today when absent
    #[arg(long, value_name = "DATE")]
    pub on: Option<Date>,
}

#[derive(Args)]
pub struct Plan {
    #[command(flatten)]
    pub policy: PolicyArgument,
    /// Folder for assignments.csv (assignments.parquet with --format parquet), summary.json and report.html; absent:
    /// only print
    #[arg(short, long, value_name = "DIR")]
    pub output: Option<PathBuf>,
    /// The ledger that says who holds what today, as sqlite:FILE or postgres://…
    #[arg(long, value_name = "LEDGER")]
    pub against: Option<String>,
    /// First day of the plan; today when absent
    #[arg(long, value_name = "DATE")]
    pub on: Option<Date>,
    /// Seconds after which the best plan so far is taken
    #[arg(long, value_name = "S", allow_negative_numbers = true)]
    pub time_limit: Option<f64>,
    /// The same seed and data give the same plan
    #[arg(long, default_value_t = 1, value_name = "N")]
    pub seed: u64,
    /// Beside the plan, at least N others between which balance, nearness and moves are to be weighed (9 when N is
    /// not given; 7 or more), each in DIR/front
    #[arg(long, value_name = "N", num_args = 0..=1, default_missing_value = "9", requires = "output")]
    pub front: Option<usize>,
    /// Say how long reading, conditions, aggregation, solving, join-back and writing took
    #[arg(long)]
    pub timings: bool,
    /// Where files are read and expressions over accounts are evaluated: in this process (embedded), or on a cluster
    /// (ballista://HOST:PORT); the plan is the same
    #[arg(long, value_name = "ENGINE", default_value = "embedded")]
    pub engine: String,
    /// What the front weighs against each other; everything that can be when absent
    #[arg(long, value_enum, value_delimiter = ',', value_name = "WHAT", requires = "front")]
    pub between: Vec<Weighed>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Weighed {
    /// How even the loads are
    Balance,
    /// How near the accounts are, or how well the skills fit
    Travel,
    /// How few relationships are disturbed
    Moves,
}

#[derive(Args)]
pub struct Sizing {
    #[command(flatten)]
    pub policy: PolicyArgument,
    /// The ledger that says who holds what today, as sqlite:FILE or postgres://…
    #[arg(long, value_name = "LEDGER")]
    pub against: Option<String>,
    /// The day it is asked for; today when absent
    #[arg(long, value_name = "DATE")]
    pub on: Option<Date>,
    /// So many employees less and more are computed
    #[arg(long, default_value_t = 3, value_name = "K")]
    pub around: u32,
    /// Effort by segment against the strategy, in place of the numbers of employees
    #[arg(long, conflicts_with = "scenario")]
    pub effort: bool,
    /// What would change if: a text of leavers, joiners, more accounts and more policy, planned beside the present
    #[arg(long, value_name = "FILE")]
    pub scenario: Option<PathBuf>,
    /// The same seed and data give the same territories
    #[arg(long, default_value_t = 1, value_name = "N")]
    pub seed: u64,
}

#[derive(Args)]
pub struct Contribution {
    #[command(flatten)]
    pub policy: PolicyArgument,
    /// Who held what: a ledger's URL, or a plan's folder as if it had always held; the policy's own source when absent
    #[arg(long, value_name = "LEDGER|PLAN")]
    pub against: Option<String>,
    /// The first day; that of the first order when absent
    #[arg(long, value_name = "DATE")]
    pub from: Option<Date>,
    /// The last day; that of the last order when absent
    #[arg(long, value_name = "DATE")]
    pub to: Option<Date>,
    /// A month, quarter or year, in place of --from and --to
    #[arg(long, value_name = "2026-Q1", conflicts_with_all = ["from", "to"])]
    pub period: Option<bailiwick_domain::period::Period>,
    /// What it is told by
    #[arg(long, value_enum, value_delimiter = ',', default_value = "employee")]
    pub by: Vec<By>,
    /// Every credit with its order line, rule and assignment, in place of sums
    #[arg(long)]
    pub credits: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum By {
    Employee,
    Team,
    Role,
    Segment,
    Stage,
    ProductLine,
    Territory,
    Period,
}

#[derive(Args)]
pub struct Incentives {
    #[command(flatten)]
    pub policy: PolicyArgument,
    /// Who held what: a ledger's URL, or a plan's folder as if it had always held; the policy's own source when absent
    #[arg(long, value_name = "LEDGER|PLAN")]
    pub against: Option<String>,
    /// The month, quarter or year; the one of the last order when absent
    #[arg(long, value_name = "2026-Q1")]
    pub period: Option<bailiwick_domain::period::Period>,
    /// One employee's statement, with its orders
    #[arg(long, value_name = "EMPLOYEE")]
    pub employee: Option<String>,
    /// What everybody would earn if this plan had held: a plan's folder
    #[arg(long, value_name = "PLAN")]
    pub under: Option<PathBuf>,
    /// Closes the period in the ledger of --against, for ever: what turns out otherwise is corrected in the next
    #[arg(long, conflicts_with_all = ["under", "employee"])]
    pub close: bool,
    /// Writes the statements into this folder: statements.json, statements.xlsx and a page for each person
    #[arg(short, long, value_name = "DIR")]
    pub output: Option<PathBuf>,
}

#[derive(Args)]
pub struct Diff {
    /// A plan's folder, or a ledger's URL
    pub a: String,
    /// A plan's folder, or a ledger's URL
    pub b: String,
    /// The day of a ledger; today when absent
    #[arg(long, value_name = "DATE")]
    pub on: Option<Date>,
}

#[derive(Args)]
pub struct Apply {
    /// A plan's folder
    pub dir: PathBuf,
    #[command(flatten)]
    pub database: Database,
    /// First day; the plan's own when absent
    #[arg(long, value_name = "DATE")]
    pub on: Option<Date>,
    /// Do not ask
    #[arg(long)]
    pub yes: bool,
    /// Take assignments.csv as it is, though it was edited after planning
    #[arg(long)]
    pub edited: bool,
    /// Replace changes that are already recorded for later days
    #[arg(long)]
    pub replace_later: bool,
    /// Why, for the audit trail
    #[arg(long, default_value = "", value_name = "TEXT")]
    pub reason: String,
}

#[derive(Args)]
pub struct Who {
    /// Id of the account
    pub account: String,
    #[arg(long)]
    pub role: Option<String>,
    #[arg(long)]
    pub stage: Option<String>,
    /// Product line
    #[arg(long)]
    pub product: Option<String>,
    /// Today when absent
    #[arg(long, value_name = "DATE")]
    pub on: Option<Date>,
    /// As it was known at a moment, e.g. 2026-03-05T12:00:00Z
    #[arg(long, value_name = "INSTANT")]
    pub as_known_at: Option<jiff::Timestamp>,
    /// The chain of rules, who else could have had it, and the history
    #[arg(long)]
    pub explain: bool,
    #[command(flatten)]
    pub database: Database,
}

#[derive(Args)]
pub struct Route {
    /// JSON lines, an arrival each; - for standard input
    pub file: PathBuf,
    #[command(flatten)]
    pub database: Database,
    /// Today when absent
    #[arg(long, value_name = "DATE")]
    pub on: Option<Date>,
    /// Decide, but record nothing
    #[arg(long)]
    pub dry_run: bool,
}

#[derive(Args)]
pub struct Replay {
    /// Another policy: a plan is made by it for the first arrival's day. Without, every decision must come out as it was
    #[arg(short, long, value_name = "FILE")]
    pub policy: Option<PathBuf>,
    /// Arrivals from this day on
    #[arg(long, value_name = "DATE")]
    pub from: Option<Date>,
    /// Arrivals before this day
    #[arg(long, value_name = "DATE")]
    pub to: Option<Date>,
    /// Of the plan by the other policy
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    #[command(flatten)]
    pub database: Database,
}

#[derive(Args)]
pub struct Serve {
    #[command(flatten)]
    pub database: Database,
    #[arg(long, default_value = "127.0.0.1:8080", value_name = "ADDRESS")]
    pub listen: std::net::SocketAddr,
    /// How the log is written to stderr; what is logged is in BAILIWICK_LOG (warn when absent; info logs every request)
    #[arg(long, value_enum, default_value_t = LogFormat::Text)]
    pub log_format: LogFormat,
    /// Whether a plan is approved only by somebody who neither drafted nor proposed it
    #[arg(long, default_value_t = true, action = clap::ArgAction::Set, value_name = "BOOL", env = "BAILIWICK_FOUR_EYES")]
    pub four_eyes: bool,
    /// So many requests a minute are answered to one user or token
    #[arg(long, default_value_t = 1200, value_name = "N", env = "BAILIWICK_REQUESTS_A_MINUTE")]
    pub requests_a_minute: u32,
    /// An origin such as http://127.0.0.1:4000 to which webhooks may go though it is not https, or not public
    #[arg(long, value_name = "ORIGIN", env = "BAILIWICK_WEBHOOK_ALLOW", value_delimiter = ',')]
    pub webhook_allow: Vec<String>,
    /// An OpenID provider by which people sign in, too; the secret is read from BAILIWICK_OIDC_CLIENT_SECRET
    #[arg(long, value_name = "URL", env = "BAILIWICK_OIDC_ISSUER")]
    pub oidc_issuer: Option<String>,
    /// What the service is called at the provider
    #[arg(long, value_name = "ID", env = "BAILIWICK_OIDC_CLIENT_ID")]
    pub oidc_client_id: Option<String>,
    /// The service's own address as browsers see it, such as https://desk.example.com
    #[arg(long, value_name = "URL", env = "BAILIWICK_OIDC_BASE")]
    pub oidc_base: Option<String>,
    /// Whoever the provider knows and the service does not becomes a member
    #[arg(long, env = "BAILIWICK_OIDC_CREATE_MEMBERS")]
    pub oidc_create_members: bool,
    /// A project folder, or its policy, with which the service makes plans itself
    #[arg(long, value_name = "DIR", env = "BAILIWICK_PROJECT")]
    pub project: Option<PathBuf>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    Text,
    Json,
}

#[derive(Args)]
pub struct Users {
    #[command(subcommand)]
    pub command: UsersCommand,
    /// The ledger: sqlite:FILE or postgres://USER@HOST/DATABASE
    #[arg(long, global = true, default_value = "sqlite:bailiwick.db", value_name = "URL", env = "BAILIWICK_DB")]
    pub db: String,
}

#[derive(Subcommand)]
pub enum UsersCommand {
    /// Make a user; the password is read from standard input
    Add(AddUser),
    /// Who there is
    List,
    /// Let a user in no more
    Disable { name: String },
    /// Give a user another password, read from standard input
    Password { name: String },
}

#[derive(Args)]
pub struct AddUser {
    /// Signs in with it
    pub name: String,
    /// admin, planner, manager, member or auditor; may be given several times
    #[arg(long, required = true)]
    pub role: Vec<String>,
    /// The employee the user is
    #[arg(long, value_name = "ID")]
    pub employee: Option<String>,
    #[arg(long, value_name = "TEXT")]
    pub display_name: Option<String>,
}

#[derive(Args)]
pub struct Completions {
    pub shell: clap_complete::Shell,
}
