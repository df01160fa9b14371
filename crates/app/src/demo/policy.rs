//! The demo company's policy: all six principles, all five standard roles and every way to divide.

use super::accounts::{Account, Channel, Ownership};
use super::staff::{Employee, Team};

/// The text of `bailiwick.toml`. The pinned accounts depend on who the customers are.
pub fn write_policy(accounts: &[Account], team: &[Employee]) -> String {
    let person = |kind: Team, number: usize| {
        team.iter().filter(|employee| employee.team == kind).nth(number).map_or("", |employee| employee.id.as_str())
    };
    let mut text = POLICY.replace("{papers}", person(Team::Administration, 0));
    let hospital = |account: &&Account| {
        account.ownership == Ownership::Public && account.industry == "healthcare" && account.city.name == "Sofia"
    };
    if let Some(account) = accounts.iter().find(hospital) {
        text.push_str(&pin(
            account,
            "sales-specialist",
            person(Team::PublicSector, 2),
            "Runs their framework contract until 2027",
        ));
    }
    let dairy = |account: &&Account| {
        account.industry == "dairy"
            && account.language == "mk"
            && account.channel == Channel::Direct
            && !account.prospect
    };
    if let Some(account) = accounts.iter().find(dairy) {
        let reason = "The owner asked for this account manager by name";
        text.push_str(&pin(account, "customer-service-specialist", person(Team::Care, 1), reason));
    }
    text
}

fn pin(account: &Account, role: &str, employee: &str, reason: &str) -> String {
    format!(
        "\n[[pins]]                               # {}, {}\naccount = \"{}\"\nrole = \"{role}\"\nemployee = \"{employee}\"\nreason = \"{reason}\"\n",
        account.name.latin, account.city.name, account.id
    )
}

const POLICY: &str = r#"# The demo company sells and services refrigeration, kitchens and packaging machines on the Balkans.
#
# Read from top to bottom: where the data is, by what customers are divided, which segment comes first, what each role
# is for, and who serves whom. Conditions are written over the columns of the files and the principles.

[company]
name = "Balkan Cold Kitchen"
currency = "EUR"
time_zone = "Europe/Sofia"
language = "en"

[sources.accounts]
file = "accounts.csv"

[sources.employees]
file = "employees.csv"

[sources.assignments]                  # who holds whom today
file = "assignments.csv"

[sources.orders]
file = "orders.csv"
columns = { reference = "returns_order_id" }

[sources.contacts]
file = "contacts.csv"

[sources.stages]                       # when customers entered a stage of a process
file = "stages.csv"

# ---- by what customers are divided --------------------------------------------------------------------------------

[principles]
geography = "country"
industry = "industry"
goods = "product_interest"
channel = "channel"
ownership = "ownership"
language = "language"                  # one of our own
equipment = "equipment"                # another: what stands at the customer decides who can repair it

[principles.importance]                # several parameters, each with its weight, compared by rank
score = { revenue_12m = 0.5, expected_purchases = 0.3, market_position = 0.2 }
classes = { VIP = 0.99, A = 0.85, B = 0.5, C = 0.0 }

[measures]                             # what can be balanced; the number of accounts always can
hunting_hours = "hunting_hours"
sales_hours = "sales_hours"
care_hours = "care_hours"
service_hours = "service_hours"
admin_hours = "admin_hours"
potential = "potential"

[groups]
place = "place"                        # headquarters, regional centre, store

# ---- what each role is for ----------------------------------------------------------------------------------------

[roles.client-specialist]
title = "Client specialist"
titles = { bg = "Търсач на клиенти" }
goal = "Find prospects and form their first interest in the company"
tasks = ["Search the market", "First call", "First visit"]

[roles.sales-specialist]
title = "Sales specialist"
titles = { bg = "Търговец" }
goal = "Establish the customer's needs and sell the company's goods and services"
tasks = ["Survey of needs", "Offer", "Negotiation", "Contract"]

[roles.customer-service-specialist]
title = "Account manager"
titles = { bg = "Отговорник за клиента" }
goal = "Keep and develop the relationship"
tasks = ["Regular contact", "Solve the customer's problems in dealing with us", "Renew the service contract"]

[roles.service-manager]
title = "Service engineer"
titles = { bg = "Сервизен инженер" }
goal = "The equipment works and its users know how to use it"
tasks = ["Service", "Repair", "Advice on use"]

[roles.administrator]
title = "Administrator"
titles = { bg = "Администратор" }
goal = "Information from and to the customer is received, recorded and passed on"
tasks = ["Record requests", "Shipping papers", "Appointments"]

[product_lines.refrigeration]
title = "Cold rooms and display cases"
when = "potential_refrigeration > 0"

[product_lines.kitchen]
title = "Professional kitchens"
when = "potential_kitchen > 0"

[product_lines.packaging]
title = "Packaging machines"
when = "potential_packaging > 0"

[[processes]]
name = "Sale of equipment"
stages = [
    { name = "First interest", role = "client-specialist" },
    { name = "Survey of needs", role = "sales-specialist" },
    { name = "Offer and contract", role = "sales-specialist" },
    { name = "Shipping papers", role = "administrator" },
    { name = "Handover", role = "customer-service-specialist" },
]

[[processes]]
name = "Service"
stages = [
    { name = "Request", role = "administrator" },
    { name = "Repair", role = "service-manager" },
    { name = "Advice on use", role = "service-manager" },
    { name = "Renewal of the contract", role = "customer-service-specialist" },
]

# ---- segments: an account is in the first that matches ------------------------------------------------------------

[[segments]]
name = "State customers"
when = "ownership = 'public'"
service = { response_hours = 24 }      # business hours until somebody answers; see [service_levels] for more

[[segments]]
name = "Key accounts"
when = "importance = 'VIP' AND channel NOT IN ('chain', 'franchise')"
service = { response_hours = 2, qualification = { "customer care" = 2 } }

[[segments]]
name = "Chains"
when = "channel IN ('chain', 'franchise')"
service = { response_hours = 8 }

[[segments]]
name = "Regional business"
when = "ownership = 'company'"
service = { response_hours = 24 }

[[segments]]
name = "Private and small"
when = "true"
service = { response_hours = 48 }

# ---- what they are promised, role by role or stage by stage --------------------------------------------------------

[business_hours]
from = "08:30"
to = "17:30"
holidays = ["2026-03-03", "2026-05-06", "2026-05-25"]

[service_levels."State customers"]
roles.sales-specialist = { contacts_per_year = 3, hours_per_contact = 1.5 }
roles.customer-service-specialist = { contacts_per_year = 2, hours_per_contact = 0.5 }

[service_levels."Key accounts"]        # the commercial director holds them: are there so many hours?
roles.sales-specialist = { contacts_per_year = 12, hours_per_contact = 1.5 }
roles.customer-service-specialist = { contacts_per_year = 24, hours_per_contact = 1.25, responses_per_year = 12, hours_per_response = 0.25, qualification = { "negotiation" = 3 } }
stages."Repair" = { response_hours = 1, responses_per_year = 4, hours_per_response = 2 }

[service_levels.Chains]
roles.sales-specialist = { contacts_per_year = 4, hours_per_contact = 0.75 }
roles.customer-service-specialist = { contacts_per_year = 4, hours_per_contact = 0.5 }

[service_levels."Regional business"]
roles.sales-specialist = { contacts_per_year = 2, hours_per_contact = 1 }
roles.customer-service-specialist = { contacts_per_year = 1, hours_per_contact = 0.5 }

# ---- what those who serve should know, beyond what coverage asks for -----------------------------------------------

[skills]
region = "country"
revenue = "revenue_12m"
training_cost = 900                    # of one level of one skill
hiring_cost = 4000                     # of finding and taking on somebody, beside a year's pay

[[skills.demands]]
skill = "healthcare"
level = 2
when = "industry = 'healthcare'"
segment = "State customers"
role = "sales-specialist"

[[skills.demands]]
skill = "refrigeration"
level = 3
when = "equipment = 'refrigeration'"
role = "service-manager"

[[skills.demands]]                     # whoever brings new chains has to know how to speak with them
skill = "negotiation"
level = 2
segment = "Key accounts"
role = "customer-service-specialist"

# ---- where the time is to go, and what it costs and brings ---------------------------------------------------------

[strategy]
effort = { "Key accounts" = 0.05, "State customers" = 0.15, "Chains" = 0.15, "Regional business" = 0.55 }
tolerance = 0.03

[sizing]
hours_per_year = 1650
customer_share = 0.7
move_cost = 40                         # of an account that changes hands
contact_value = 25                     # of one promised contact

[sizing.roles.client-specialist]
hours = "hunting_hours"
cost = 30000

[sizing.roles.sales-specialist]
hours = "sales_hours"
sales = "revenue_12m"
margin = 0.25
cost = 34000

[sizing.roles.customer-service-specialist]
hours = "care_hours"
cost = 26000

[sizing.roles.service-manager]
hours = "service_hours"
cost = 29000

[sizing.roles.administrator]
hours = "admin_hours"
cost = 19000

# ---- client specialists: language is a must, knowing the industry is better, near is better ------------------------

[[coverage]]
role = "client-specialist"
staff = "department = 'New customers'"
divide = { fit = { must = ["language"], skills = ["industry"], near = 0.2, capacity = "capacity" } }
keep = { price = 0.5 }

# ---- sales specialists --------------------------------------------------------------------------------------------

[[coverage]]                           # one manager a part of the market; the column `seat` says whose it is
segment = "State customers"
role = "sales-specialist"
staff = "department = 'Public sector'"
divide = { by = "CASE WHEN country = 'BG' THEN 'Bulgaria' WHEN country = 'RO' THEN 'Romania' ELSE 'Other countries' END", seat = "seat" }

[[coverage]]                           # a key account has one specialist for each product line it buys
segment = "Key accounts"
role = "sales-specialist"
product_line = ["refrigeration", "kitchen", "packaging"]
staff = "department = 'Key accounts'"
divide = { fit = { must = ["product_line"] } }

[[coverage]]                           # all companies of a chain have one manager
segment = "Chains"
role = "sales-specialist"
staff = "department = 'Chains'"
divide = { balance = { sales_hours = 0.1 } }
groups = "together"
keep = { price = 0.2 }

[[coverage]]                           # comparable in work and in potential, so that everybody can earn the same
segment = "Regional business"
role = "sales-specialist"
when = "country = 'BG'"
staff = "department = 'Sales Bulgaria'"
divide = { territories = { balance = { sales_hours = 0.1, potential = 0.15 }, contiguous = true } }
keep = { price = "2 + 0.5 * (2026 - customer_since)", share = 0.4 }

[[coverage]]
segment = "Regional business"
role = "sales-specialist"
when = "country = 'RO'"
staff = "department = 'Sales Romania'"
divide = { territories = { balance = { sales_hours = 0.1 }, around = "home" } }

[[coverage]]
segment = "Regional business"
role = "sales-specialist"
when = "country NOT IN ('BG', 'RO')"
staff = "department = 'Sales abroad'"
divide = { fit = { must = ["language"], skills = ["industry"], near = 0.3, capacity = "capacity" } }

[[coverage]]
segment = "Private and small"
role = "sales-specialist"
staff = "department = 'Inside sales'"
divide = { balance = { count = 0.05 } }
keep = { price = 1 }

# ---- account managers ---------------------------------------------------------------------------------------------

[[coverage]]                           # the most important customers are held by the one who answers for sales
segment = "Key accounts"
role = "customer-service-specialist"
divide = { to = "position = 'Commercial director'" }

[[coverage]]
segment = ["State customers", "Regional business"]
role = "customer-service-specialist"
staff = "department = 'Customer care'"
divide = { fit = { must = ["language"], skills = ["industry"], near = 0.1, capacity = "capacity" } }
keep = { price = 0.5 }

[[coverage]]
segment = "Chains"
role = "customer-service-specialist"
when = "place = 'headquarters'"
staff = "department = 'Customer care'"
divide = { fit = { must = ["language"], skills = ["industry"], capacity = "capacity" } }

[[coverage]]                           # stores follow the headquarters of their chain
segment = "Chains"
role = "customer-service-specialist"
when = "place <> 'headquarters'"
divide = { same_as = "parent" }

[[coverage]]
segment = "Private and small"
role = "customer-service-specialist"
divide = { same_as = "sales-specialist" }

# ---- service engineers: at home by territory, abroad by skill and distance ----------------------------------------

[[coverage]]
role = "service-manager"
when = "country = 'BG'"
staff = "department = 'Service' AND position = 'Service engineer'"
divide = { territories = { balance = { service_hours = 0.1 }, weight = "service_hours", around = "home" } }

[[coverage]]
role = "service-manager"
when = "country <> 'BG'"
staff = "department = 'Service abroad'"
divide = { fit = { must = ["equipment"], near = 0.5, capacity = "capacity" } }

# ---- administrators -----------------------------------------------------------------------------------------------

[[coverage]]
segment = ["Key accounts", "Chains"]
role = "administrator"
divide = { to = "{papers}" }

[[coverage]]
segment = ["State customers", "Regional business", "Private and small"]
role = "administrator"
staff = "department = 'Administration' AND employee_id <> '{papers}'"
divide = { balance = { admin_hours = 0.05 } }

# ---- who has which part of an order, and what people earn for it ----------------------------------------------------

[credit]
hunter = { role = "client-specialist", months = 12 }   # whoever found the customer, for a year
holdover = { days = 45 }               # orders under way when a customer changes hands
substitute = 50                        # half for who stands in
potential = "potential"
workload = "sales_hours"

[[credit.rules]]
name = "Key accounts"
segment = "Key accounts"
share = { sales-specialist = 80, customer-service-specialist = 20 }

[[credit.rules]]                       # stage by stage; the engineer who advised has something beside the hundred percent
name = "Packaging machines"
product_line = "packaging"
stages = { "First interest" = 15, "Offer and contract" = 65, "Handover" = 20 }
overlay = { service-manager = 5 }

[[credit.rules]]
name = "All other orders"
share = { sales-specialist = 75, client-specialist = 15, customer-service-specialist = 10 }

[[incentives.plans]]
name = "Sales specialists"
role = "sales-specialist"
guarantee = 600

[[incentives.plans.parts]]
name = "Sales"
measure = "revenue"
quota = 60000                          # a quarter
rate = 0.02
tiers = [{ from = 0, times = 1 }, { from = 1, times = 1.5 }]
bonus = [{ at = 1.2, pay = 400 }]

[[incentives.plans.parts]]
name = "New customers"
measure = "new-customers"
rate = 80

[[incentives.plans]]
name = "Client specialists"
role = "client-specialist"
guarantee = 600

[[incentives.plans.parts]]
name = "Sales to customers they found"
measure = "revenue"
rate = 0.03

[[incentives.plans]]
name = "Account managers"
role = "customer-service-specialist"

[[incentives.plans.parts]]
name = "Sales to customers they keep"
measure = "revenue"
rate = 0.02

[[incentives.plans.parts]]
name = "Customers kept"
measure = "retention"
quota = 0.5
target = 500

# ---- what the planner may not change ------------------------------------------------------------------------------
"#;
