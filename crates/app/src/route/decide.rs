//! The decision about each arrival: what it is, which coverages serve it, and who takes it in each.

use bailiwick_data::Table;
use bailiwick_domain::account::AccountRecord;
use bailiwick_domain::assignment::NewAssignment;
use bailiwick_domain::id::EmployeeId;
use bailiwick_store::NewRoute;
use serde_json::{Map, Value, json};

use super::arrival::{Arrival, ByHand, Row};
use super::book::Book;
use super::router::{PoolState, Router, step};
use super::{Assigned, Decision};
use crate::choose::{Added, Candidate, mark};
use crate::classify::{Classified, classify_by};
use crate::error::{AppError, describe_problem};
use crate::plan::measures::Measures;
use crate::pool::served_accounts;
use crate::view::{View, Views};

/// What was decided about one arrival, and what is to be recorded of it.
pub struct Decided {
    pub decision: Decision,
    pub route: NewRoute,
    pub record: AccountRecord,
}

/// What is known of arrivals before anybody is chosen.
struct Laid {
    classified: Classified,
    measures: Measures,
    /// For each arrival the pools that serve it, those that follow others last.
    pools: Vec<Vec<usize>>,
    views: Vec<Option<Views>>,
    /// Coverages that serve an arrival, and that the plan in force has no pool for.
    without_pool: Vec<Vec<String>>,
}

/// Who takes an arrival in one role.
struct Choice {
    employee: String,
    territory: Option<String>,
    reason: String,
    stands_in_for: Option<String>,
    /// What the rule chain says more.
    told: Vec<(&'static str, Value)>,
}

impl Router {
    /// Decides about arrivals one after the other, heads of groups before their members; each sees those before it. In
    /// their order, each decision, or why there is none.
    pub fn decide(
        &mut self,
        arrivals: &[&Arrival],
        actor: impl Fn(usize) -> String,
        book: &mut Book,
    ) -> Vec<Result<Decided, String>> {
        let rows: Vec<Row> = arrivals.iter().map(|arrival| self.whole_row(arrival, book)).collect();
        book.expect(arrivals);
        if let Ok(laid) = self.lay_out(&rows) {
            let one = |(row, arrival): (usize, &&Arrival)| self.decide_one(arrival, &actor(row), &laid, row, book);
            return arrivals.iter().enumerate().map(one).collect();
        }
        let mut faults: Vec<Option<String>> = vec![None; rows.len()];
        let sound = self.sound(&rows, &mut faults);
        let mut decided: Vec<Option<Result<Decided, String>>> =
            faults.into_iter().map(|fault| fault.map(Err)).collect();
        for (places, laid) in sound {
            for (row, place) in places.into_iter().enumerate() {
                decided[place] = Some(self.decide_one(arrivals[place], &actor(place), &laid, row, book));
            }
        }
        decided.into_iter().map(|one| one.unwrap_or_else(|| Err(String::from("was not decided")))).collect()
    }

    /// The columns of the account source: as they were sent, and else as they are known.
    fn whole_row(&self, arrival: &Arrival, book: &Book) -> Row {
        let mut row = Row::new();
        if let Some(known) = book.account(arrival.id.as_str()) {
            let attributes = known.attributes.iter().filter(|(name, _)| self.known.contains(*name));
            row.extend(attributes.map(|(name, value)| (name.clone(), value.clone())));
            row.insert(String::from("name"), known.name.clone().into());
            if let Some(parent) = &known.parent {
                row.insert(String::from("parent_id"), parent.to_string().into());
            }
        }
        row.extend(arrival.row.iter().map(|(name, value)| (name.clone(), value.clone())));
        row.retain(|name, _| self.known.contains(name));
        row
    }

    /// What can be worked with, laid out together; faults are said of the others.
    fn sound(&self, rows: &[Row], faults: &mut [Option<String>]) -> Vec<(Vec<usize>, Laid)> {
        let mut places: Vec<usize> = (0..rows.len()).collect();
        if let Err(problems) = Table::from_rows(&self.columns, rows) {
            for problem in &problems {
                let said = describe_problem(problem);
                match &mut faults[problem.row] {
                    Some(fault) => *fault = format!("{fault}; {said}"),
                    empty => *empty = Some(said),
                }
            }
            places.retain(|place| faults[*place].is_none());
        }
        let mut laid = vec![];
        self.lay_out_parts(rows, places, faults, &mut laid);
        laid
    }

    /// Where the whole cannot be evaluated, the halves are tried, so that what is wrong is told of whoever it is about.
    fn lay_out_parts(
        &self,
        rows: &[Row],
        places: Vec<usize>,
        faults: &mut [Option<String>],
        laid: &mut Vec<(Vec<usize>, Laid)>,
    ) {
        if places.is_empty() {
            return;
        }
        let part: Vec<Row> = places.iter().map(|place| rows[*place].clone()).collect();
        match self.lay_out(&part) {
            Ok(one) => laid.push((places, one)),
            Err(error) if places.len() == 1 => faults[places[0]] = Some(in_words(&error)),
            Err(_) => {
                let mut first = places;
                let second = first.split_off(first.len() / 2);
                self.lay_out_parts(rows, first, faults, laid);
                self.lay_out_parts(rows, second, faults, laid);
            }
        }
    }

    fn lay_out(&self, rows: &[Row]) -> Result<Laid, AppError> {
        let table = Table::from_rows(&self.columns, rows).map_err(|problems| AppError::Usage {
            message: problems.iter().map(describe_problem).collect::<Vec<_>>().join("; "),
            remedy: String::from("send values of the types that the account source has"),
        })?;
        let classified = classify_by(&self.policy, &table, &self.frozen)?;
        let measures = Measures::of(&self.policy, &classified.accounts)?;
        let mut pools: Vec<Vec<usize>> = vec![vec![]; rows.len()];
        let mut without_pool: Vec<Vec<String>> = vec![vec![]; rows.len()];
        let mut views: Vec<Option<Views>> = self.pools.iter().map(|_| None).collect();
        for served in served_accounts(&self.policy, &classified)? {
            if served.accounts.is_empty() {
                continue;
            }
            let Some(index) = self.pool_of.get(&(served.coverage, served.product_line.clone())) else {
                served.accounts.iter().for_each(|row| without_pool[*row as usize].push(served.title()));
                continue;
            };
            views[*index] = Some(Views::of(&self.policy, self.pools[*index].routing(), &classified.accounts)?);
            served.accounts.iter().for_each(|row| pools[*row as usize].push(*index));
        }
        for of_one in &mut pools {
            of_one.sort_by_key(|index| self.pools[*index].routing().form == "same_as");
        }
        Ok(Laid { classified, measures, pools, views, without_pool })
    }

    fn decide_one(
        &mut self,
        arrival: &Arrival,
        actor: &str,
        laid: &Laid,
        row: usize,
        book: &mut Book,
    ) -> Result<Decided, String> {
        let id = arrival.id.as_str();
        let seed = arrival.seed.unwrap_or_else(|| mark(id));
        let record = self.record(arrival, laid, row, book)?;
        let segment = record.attributes.get("segment").and_then(Value::as_str).unwrap_or_default().to_owned();
        let parent = book.parent_of(arrival);
        let held = book.held(id).to_vec();
        self.examine_by_hand(arrival, laid, row, &held)?;
        let mut chain = vec![json!({ "segment": segment, "plan": self.plan, "policy_version": self.policy_version })];
        let (mut assignments, mut told, mut unassigned) = (vec![], vec![], vec![]);
        for index in laid.pools[row].clone() {
            let pool = &self.pools[index];
            if let Some(held) = held.iter().find(|held| held.role == pool.role && held.product_line == pool.line) {
                chain.push(step(pool, &[("kept", held.employee.as_str().into())]));
                told.push(self.assigned(held, true, None));
                assignments.push(held.clone());
                continue;
            }
            let by_hand = arrival.by_hand.iter().find(|by_hand| is_for(by_hand, pool));
            let chosen = match by_hand {
                Some(by_hand) => Some(self.chosen_by_hand(by_hand, actor)),
                None => self.choose(index, laid, row, seed, parent.as_deref(), &assignments, book),
            };
            let pool = &self.pools[index];
            let Some(choice) = chosen else {
                let lacking = match pool.routing().form.as_str() {
                    "same_as" => "what it follows has no holder at work",
                    _ => "nobody at work may serve it",
                };
                chain.push(step(pool, &[("nobody", lacking.into())]));
                unassigned.push(format!("{}: {lacking} ({})", title(pool), pool.routing().rule));
                continue;
            };
            let mut more = vec![("employee", Value::from(choice.employee.as_str()))];
            more.extend(choice.told.iter().cloned());
            chain.push(step(pool, &more));
            let new = self.assignment(arrival, pool, &segment, &choice)?;
            let key = pool.key();
            told.push(self.assigned(&new, false, choice.stands_in_for));
            assignments.push(new);
            self.count_one(&key, &choice.employee);
            self.take_unit(index, laid, row, &choice.employee);
        }
        unassigned
            .extend(laid.without_pool[row].iter().map(|pool| format!("{pool}: the plan in force has no such pool")));
        if assignments.is_empty() && unassigned.is_empty() {
            unassigned.push(String::from("no coverage of the policy serves it"));
        }
        book.decided(&record, parent.as_deref(), &assignments);
        let route = NewRoute {
            arrival: Value::Object(sent(arrival)),
            account: arrival.id.clone(),
            assignments,
            why: Value::Array(chain),
            seed,
        };
        let decision =
            Decision { decision_id: None, account_id: id.to_owned(), segment, assignments: told, unassigned };
        Ok(Decided { decision, route, record })
    }

    /// Refuses owners named by hand who cannot be.
    fn examine_by_hand(
        &self,
        arrival: &Arrival,
        laid: &Laid,
        row: usize,
        held: &[NewAssignment],
    ) -> Result<(), String> {
        for by_hand in &arrival.by_hand {
            let employee = by_hand.employee.as_str();
            if self.staff.index_of(employee).is_none() {
                return Err(format!("is to go to \"{employee}\", and there is no such employee"));
            }
            if !self.is_at_work(employee) {
                let person = self.person(employee);
                return Err(format!("is to go to {person}, who is not at work on {}: name somebody else", self.on));
            }
            let served: Vec<&PoolState> =
                laid.pools[row].iter().map(|index| &self.pools[*index]).filter(|pool| is_for(by_hand, pool)).collect();
            if served.is_empty() {
                let role = by_hand.role.as_deref().unwrap_or("any role");
                return Err(format!("is to go to {employee} in {role}, in which no coverage of the policy serves it"));
            }
            let other = |one: &&NewAssignment| {
                let of_pool = |pool: &&PoolState| one.role == pool.role && one.product_line == pool.line;
                one.employee != by_hand.employee && served.iter().any(of_pool)
            };
            if let Some(one) = held.iter().find(other) {
                let holder = self.person(one.employee.as_str());
                return Err(format!("is held by {holder} as {} already: hand it over instead", one.role));
            }
        }
        Ok(())
    }

    fn chosen_by_hand(&self, by_hand: &ByHand, actor: &str) -> Choice {
        Choice {
            employee: by_hand.employee.to_string(),
            territory: None,
            reason: self.texts().say("route-manual", &[("actor", actor.into())]),
            stands_in_for: None,
            told: vec![("by_hand", actor.into())],
        }
    }

    #[expect(clippy::too_many_arguments, reason = "all that a choice looks at")]
    fn choose(
        &mut self,
        index: usize,
        laid: &Laid,
        row: usize,
        seed: u64,
        parent: Option<&str>,
        assignments: &[NewAssignment],
        book: &Book,
    ) -> Option<Choice> {
        let pool = &self.pools[index];
        let routing = pool.routing();
        if let Some(choice) = self.of_group(pool, parent, book) {
            return Some(choice);
        }
        if routing.form == "same_as" {
            return self.following(pool, assignments);
        }
        let views = laid.views[index].as_ref()?;
        let view = views.one(row);
        if let Some(choice) = self.of_unit(pool, &view) {
            return Some(choice);
        }
        let named = match routing.form.as_str() {
            "to" => routing.staff.first(),
            "by" => pool.chooser.holder_of_seat(&view),
            _ => None,
        };
        // Nobody else has the seat: who stands in for its holder takes it.
        if let Some(holder) = named.filter(|holder| !self.is_at_work(holder))
            && let Some(choice) = self.standing_in(pool, holder, || match routing.form.as_str() {
                "by" => self.texts().say("because-seat", &[("seat", view.seat.unwrap_or_default().into())]),
                _ => self.named(holder),
            })
        {
            return Some(choice);
        }
        self.of_pool(index, laid, row, seed, &view)
    }

    /// Why somebody holds a whole segment.
    fn named(&self, holder: &str) -> String {
        let row = self.staff.index_of(holder);
        let of = |column: &[String]| row.map_or_else(String::new, |row| column[row].clone());
        let (employee, position) = (of(&self.staff.names), of(&self.staff.positions));
        self.texts().say("why-named", &[("employee", employee.into()), ("position", position.into())])
    }

    /// Whoever ranks first in the pool.
    fn of_pool(&mut self, index: usize, laid: &Laid, row: usize, seed: u64, view: &View) -> Option<Choice> {
        let texts = self.texts();
        let pool = &mut self.pools[index];
        let key = pool.key();
        let value = |name: &str| laid.measures.values.get(name).map_or(0.0, |values| values[row]);
        let added = Added {
            values: pool.routing().measures.iter().map(|measure| value(&measure.name)).collect(),
            weight: value(&pool.routing().weight),
            since: self.since.get(&key)?,
            turns: pool.turns.as_ref(),
            seed,
        };
        let ranking = pool.chooser.rank(&self.staff, view, &added, false);
        let first = *ranking.best.first().filter(|best| !best.barred)?;
        // The reason speaks of two; of the others the cost is enough.
        let two = ranking.best.iter().take(2);
        let candidates: Vec<Candidate> = two.map(|rank| pool.chooser.tell(&self.staff, view, &added, rank)).collect();
        let ranked: Vec<Value> = ranking.best.iter().map(|rank| pool.chooser.told(rank)).collect();
        let better = ranking.better_full.map(|rank| pool.chooser.tell(&self.staff, view, &added, &rank));
        let best = &candidates[0];
        let person = |one: &Candidate| format!("{} ({})", one.employee, one.employee_id);
        let because = best.because.as_str();
        let reason = if best.full {
            texts.say("route-full", &[("because", because.into())])
        } else if let Some(better) = &better {
            texts.say("route-better-full", &[("because", because.into()), ("better", person(better).into())])
        } else if let Some(next) = candidates.get(1).filter(|next| !next.full && !next.barred) {
            let (name, other) = (person(next), next.because.as_str());
            texts.say("route-next", &[("because", because.into()), ("next", name.into()), ("other", other.into())])
        } else {
            because.to_owned()
        };
        let mut choice = Choice {
            employee: best.employee_id.clone(),
            territory: best.territory.clone(),
            reason,
            stands_in_for: None,
            told: vec![("candidates", Value::Array(ranked))],
        };
        if let Some(better) = ranking.better_full {
            choice.told.push(("better_but_full", pool.chooser.told(&better)));
        }
        if let Some(turns) = &mut pool.turns {
            choice.told.push(("turn", turns.serve(first.index).into()));
        }
        Some(choice)
    }

    /// The holder of the group's head, where the coverage keeps groups together or follows the parent.
    fn of_group(&self, pool: &PoolState, parent: Option<&str>, book: &Book) -> Option<Choice> {
        let routing = pool.routing();
        let follows_parent = routing.form == "same_as" && routing.territories.first().is_some_and(|of| of == "parent");
        if !routing.groups_together && !follows_parent {
            return None;
        }
        let parent = parent?;
        let of_role = || book.held_of_group(parent).iter().filter(|held| held.role == pool.role);
        let held = of_role().find(|held| held.product_line == pool.line).or_else(|| of_role().next())?;
        let holder = held.employee.as_str();
        // Together means within the pool: whoever holds the head for another segment has nothing to do with this one.
        if !follows_parent && !routing.staff.iter().any(|id| id == holder) {
            return None;
        }
        if !self.may_follow(pool, holder) {
            return None;
        }
        let because = self.texts().say("route-group", &[("parent", parent.into())]);
        let mut choice = self.asked(pool, holder, because)?;
        choice.told.push(("group", parent.into()));
        Some(choice)
    }

    /// Whoever holds the role that is followed, of the same account.
    fn following(&self, pool: &PoolState, assignments: &[NewAssignment]) -> Option<Choice> {
        let followed = pool.routing().territories.first().map_or("", String::as_str);
        let of_role = || assignments.iter().filter(|one| one.role.as_str() == followed);
        let held = of_role()
            .find(|one| one.product_line == pool.line)
            .or_else(|| of_role().find(|one| one.product_line.is_none()))
            .or_else(|| of_role().next())?;
        let holder = held.employee.as_str();
        if !self.may_follow(pool, holder) {
            return None;
        }
        let because = self.texts().say("why-follows", &[("role", self.policy.role_title(followed).into())]);
        let mut choice = self.asked(pool, holder, because)?;
        choice.told.push(("follows", followed.into()));
        Some(choice)
    }

    fn may_follow(&self, pool: &PoolState, holder: &str) -> bool {
        let row = self.staff.index_of(holder);
        pool.eligible.as_ref().is_none_or(|eligible| row.is_some_and(|row| eligible[row]))
    }

    /// Whoever has the unit.
    fn of_unit(&self, pool: &PoolState, view: &View) -> Option<Choice> {
        let unit = view.unit?;
        let holder = pool.units.get(unit)?;
        let mut choice = self.asked(pool, holder, self.texts().say("because-unit", &[("unit", unit.into())]))?;
        choice.told.push(("unit", unit.into()));
        choice.territory =
            pool.chooser.index_of(holder).and_then(|index| pool.routing().territories.get(index).cloned());
        Some(choice)
    }

    /// Somebody who is not chosen but given: themselves, or who stands in for them.
    fn asked(&self, pool: &PoolState, holder: &str, because: String) -> Option<Choice> {
        if self.is_at_work(holder) {
            let employee = holder.to_owned();
            return Some(Choice { employee, territory: None, reason: because, stands_in_for: None, told: vec![] });
        }
        self.standing_in(pool, holder, || because)
    }

    fn standing_in(&self, pool: &PoolState, holder: &str, because: impl FnOnce() -> String) -> Option<Choice> {
        let answering = self.answering(holder, pool).filter(|answering| answering.stands_in)?;
        let said = [("holder", self.person(holder).into()), ("because", because().into())];
        Some(Choice {
            employee: answering.employee,
            territory: None,
            reason: self.texts().say("because-stands-in", &said),
            stands_in_for: Some(holder.to_owned()),
            told: vec![("stands_in_for", holder.into())],
        })
    }

    /// A unit that nobody has goes with its first account.
    fn take_unit(&mut self, index: usize, laid: &Laid, row: usize, employee: &str) {
        let unit = laid.views[index].as_ref().and_then(|views| views.one(row).unit.map(str::to_owned));
        let pool = &mut self.pools[index];
        if let Some(unit) = unit.filter(|_| pool.routing().staff.iter().any(|id| id == employee)) {
            pool.units.entry(unit).or_insert_with(|| employee.to_owned());
        }
    }

    fn assignment(
        &self,
        arrival: &Arrival,
        pool: &PoolState,
        segment: &str,
        choice: &Choice,
    ) -> Result<NewAssignment, String> {
        Ok(NewAssignment {
            account: arrival.id.clone(),
            role: pool.role.clone(),
            product_line: pool.line.clone(),
            employee: EmployeeId::new(&choice.employee).map_err(|error| error.to_string())?,
            segment: segment.to_owned(),
            territory: choice.territory.clone(),
            rule: pool.routing().rule.clone(),
            reason: self.texts().say("route-arrival", &[("reason", choice.reason.as_str().into())]),
            why: Value::Null,
        })
    }

    fn assigned(&self, one: &NewAssignment, kept: bool, stands_in_for: Option<String>) -> Assigned {
        let employee = one.employee.as_str();
        let name = self.staff.index_of(employee).map_or(employee, |row| self.staff.names[row].as_str());
        Assigned {
            role: one.role.to_string(),
            product_line: one.product_line.as_ref().map(ToString::to_string),
            employee_id: employee.to_owned(),
            employee: name.to_owned(),
            rule: one.rule.clone(),
            reason: one.reason.clone(),
            kept,
            stands_in_for,
        }
    }

    /// The arrival as an account, with its principles and segment. What is known of it and was not sent stays as it is.
    fn record(&self, arrival: &Arrival, laid: &Laid, row: usize, book: &Book) -> Result<AccountRecord, String> {
        let known = book.account(arrival.id.as_str());
        let sent = |name: &str| arrival.row.get(name);
        let is_new = |name: &String| {
            let told = sent(name);
            told.is_some() && told != known.and_then(|known| known.attributes.get(name))
        };
        let fixed = ["account_id", "name", "parent_id"];
        let says_something = self.known.iter().any(|name| !fixed.contains(&name.as_str()) && is_new(name));
        let mut record = match known {
            Some(known) => known.clone(),
            None => AccountRecord {
                id: arrival.id.clone(),
                name: arrival.id.to_string(),
                parent: None,
                attributes: Map::new(),
            },
        };
        if known.is_none() || says_something {
            let derived = laid.classified.accounts.row(row);
            for (name, value) in derived {
                let source = self.known.contains(&name);
                if fixed.contains(&name.as_str()) || (source && known.is_some() && sent(&name).is_none()) {
                    continue;
                }
                record.attributes.insert(name, value);
            }
            let names = self.policy.segment_names();
            let segment = laid.classified.segment[row].map(|index| names[index as usize]);
            record.attributes.insert(String::from("segment"), segment.into());
        }
        for (name, value) in &arrival.row {
            match (name.as_str(), value) {
                ("account_id", _) => {}
                ("name", Value::Null) => {}
                ("name", Value::String(name)) => record.name.clone_from(name),
                ("name", other) => record.name = other.to_string(),
                ("parent_id", Value::Null) => record.parent = None,
                ("parent_id", value) => {
                    let id = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                    let id = id.trim();
                    let read = |id: &str| bailiwick_domain::id::AccountId::new(id).map_err(|error| error.to_string());
                    record.parent = if id.is_empty() { None } else { Some(read(id)?) };
                }
                (name, value) if !self.known.contains(name) => {
                    record.attributes.entry(name.to_owned()).or_insert_with(|| value.clone());
                }
                _ => {}
            }
        }
        Ok(record)
    }
}

/// What was sent, owners named by hand included, so that it can be decided again.
fn sent(arrival: &Arrival) -> Row {
    let mut row = arrival.row.clone();
    let names = |by_hand: &ByHand| match (&by_hand.role, &by_hand.product_line) {
        (Some(role), Some(line)) => format!("{role}/{line}"),
        (Some(role), None) => role.clone(),
        (None, _) => String::new(),
    };
    match arrival.by_hand.as_slice() {
        [] => {}
        [one] if one.role.is_none() => {
            row.insert(String::from(super::arrival::BY_HAND), one.employee.as_str().into());
        }
        several => {
            let roles: Map<String, Value> =
                several.iter().map(|one| (names(one), one.employee.as_str().into())).collect();
            row.insert(String::from(super::arrival::BY_HAND), Value::Object(roles));
        }
    }
    row
}

fn is_for(by_hand: &ByHand, pool: &PoolState) -> bool {
    by_hand.role.as_deref().is_none_or(|role| role == pool.role.as_str())
        && by_hand.product_line.as_deref().is_none_or(|line| pool.line.as_ref().is_some_and(|own| own.as_str() == line))
}

/// `sales-specialist in VIP (hardware)`.
fn title(pool: &PoolState) -> String {
    let routing = pool.routing();
    let line = routing.product_line.as_ref().map(|line| format!(" ({line})")).unwrap_or_default();
    format!("{} in {}{line}", routing.role, routing.segment)
}

fn in_words(error: &AppError) -> String {
    match error {
        AppError::Refused { findings, .. } => {
            findings.iter().map(|finding| finding.message.clone()).collect::<Vec<_>>().join("; ")
        }
        other => other.to_string(),
    }
}
