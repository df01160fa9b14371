//! Every credit written down: its order line, its rule, the assignment it comes from, and its share.

use bailiwick_data::Codes;
use bailiwick_domain::credit::{NONE, Why, amounts, divide_by_hand, shares_of};
use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Ground;
use super::orders::{Kind, Orders};
use super::rules::NO_RULE;

/// What one person (or nobody) has of one order line.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Credit {
    /// Order id.
    pub order: String,
    /// Of the order, as it is called there, or its number within it.
    pub line: String,
    /// `order`, `return`, `cancellation`, or `correction` of a closed period.
    pub kind: String,
    /// The order that a return takes back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// Of the order.
    #[schema(value_type = String, format = Date)]
    pub date: Date,
    /// Account id.
    pub account: String,
    pub segment: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub product_line: Option<String>,
    /// Employee id; null: nobody held the role.
    pub employee: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stage: Option<String>,
    /// The credit rule of the policy that divides the line.
    pub rule: String,
    /// The assignment it comes from, and where that is written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assignment: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub territory: Option<String>,
    pub why: Why,
    /// Why it was divided by hand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Beside the hundred percent.
    pub overlay: bool,
    /// Of the line: a decimal; shared credits sum to 1.
    #[schema(value_type = String)]
    pub share: Decimal,
    /// A decimal in the company's currency; shared credits sum to the line.
    #[schema(value_type = String)]
    pub amount: Decimal,
    /// Of the line: a decimal in the company's currency.
    #[schema(value_type = String)]
    pub line_amount: Decimal,
    /// The same part of the line's cost: a decimal in the company's currency; absent where it is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub cost: Option<Decimal>,
    /// The order's own currency and this part of it, where that is another.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub original: Option<Original>,
    /// The account's first order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Date)]
    pub first_order: Option<Date>,
}

/// The same in another currency.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = CreditOriginal)]
pub struct Original {
    pub currency: String,
    /// A decimal.
    #[schema(value_type = String)]
    pub amount: Decimal,
}

/// Ids of orders and lines. Lines without a name are numbered within their order, as they come.
pub(crate) struct Lines {
    orders: Codes,
    lines: Vec<String>,
}

impl Lines {
    pub(crate) fn of(orders: &Orders) -> Lines {
        let ids = orders.table.codes("order_id");
        let mut count = vec![0u32; ids.names.len()];
        let named = orders.table.codes("line");
        let lines = ids.rows.iter().enumerate().map(|(row, id)| match named.names.get(named.rows[row] as usize) {
            Some(name) => name.clone(),
            None => {
                let count = count.get_mut(*id as usize);
                let place = count.map_or(1, |count| {
                    *count += 1;
                    *count
                });
                place.to_string()
            }
        });
        let lines = lines.collect();
        Lines { orders: ids, lines }
    }

    pub(crate) fn order(&self, row: usize) -> &str {
        self.orders.names.get(self.orders.rows[row] as usize).map_or("", String::as_str)
    }

    pub(crate) fn line(&self, row: usize) -> &str {
        &self.lines[row]
    }
}

/// Writes down every credit of lines from one day until before another, in the order of the lines.
///
/// # Errors
/// If the orders' own amounts cannot be read again.
pub fn trace(ground: &Ground, from: Date, to: Date) -> Result<Vec<Credit>, crate::AppError> {
    let orders = &ground.orders;
    let lines = Lines::of(orders);
    let own = if orders.currency.is_some() { orders.table.decimals("amount")? } else { vec![] };
    let mut credits = vec![];
    let (mut named, mut pieces) = (vec![], vec![]);
    for row in (0..orders.len()).filter(|row| from <= orders.date[*row] && orders.date[*row] < to) {
        let of = orders.day_row(row);
        let by_hand = ground.rules.split(lines.order(of), lines.line(of));
        let rule = match by_hand {
            Some((parts, _)) => {
                divide_by_hand(parts, &mut pieces);
                "divided by hand"
            }
            None => match ground.pieces(row, &mut named, &mut pieces) {
                Some(rule) => ground.rules.rules[rule].name.as_str(),
                None => NO_RULE,
            },
        };
        let account = orders.account[row];
        let line_amount = orders.amount[row];
        let given = amounts(&pieces, line_amount);
        let shares = shares_of(&pieces);
        let costs = orders.cost.get(row).copied().flatten().map(|cost| amounts(&pieces, cost));
        let original = foreign(ground, row).map(|currency| {
            let mut whole = own.get(row).copied().flatten().unwrap_or_default();
            if orders.kind[row] != Kind::Order {
                whole = -whole.abs();
            }
            (currency, amounts(&pieces, whole))
        });
        let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        for (place, piece) in pieces.iter().enumerate() {
            let held = ground.held(piece.assignment);
            credits.push(Credit {
                order: lines.order(row).to_owned(),
                line: lines.line(row).to_owned(),
                kind: orders.kind[row].word().to_owned(),
                reference: orders.origin.get(&(row as u32)).map(|origin| lines.order(*origin as usize).to_owned()),
                date: orders.date[row],
                account: ground.account_names.name(account).to_owned(),
                segment: ground.segment_name(ground.segment_of_row(row)).to_owned(),
                product_line: some(ground.product_lines.name(orders.product_line[row])),
                employee: (piece.employee != NONE).then(|| ground.employees.name(piece.employee).to_owned()),
                role: some(ground.roles.name(piece.role)),
                stage: some(ground.stages.name(piece.stage)),
                rule: rule.to_owned(),
                assignment: held.map(describe),
                territory: some(ground.territories.name(ground.territory_of(piece.assignment))),
                why: piece.why,
                reason: by_hand.map(|(_, reason)| reason.to_owned()),
                overlay: piece.overlay,
                share: shares[place],
                amount: given[place],
                line_amount,
                cost: costs.as_ref().map(|costs| costs[place]),
                original: original
                    .as_ref()
                    .map(|(currency, given)| Original { currency: (*currency).to_owned(), amount: given[place] }),
                first_order: ground.first_order(account),
            });
        }
    }
    Ok(credits)
}

/// The currency of a row, where it is not the company's.
fn foreign<'a>(ground: &'a Ground, row: usize) -> Option<&'a str> {
    let codes = ground.orders.currency.as_ref()?;
    let name = codes.names.get(codes.rows[row] as usize)?;
    (*name != *ground.policy.document.company.currency.get_ref()).then_some(name)
}

/// `C-7 × sales-specialist, from 2026-01-01 until 2026-03-01 (ledger entry 12)`.
fn describe(held: &super::holdings::Held) -> String {
    let mut text = held.account.clone();
    for part in [&held.role, &held.product_line].into_iter().flatten() {
        text.push_str(" × ");
        text.push_str(part);
    }
    if held.from != Date::MIN {
        text.push_str(&format!(", from {}", held.from));
    }
    if let Some(to) = held.to {
        text.push_str(&format!(" until {to}"));
    }
    text.push_str(&format!(" ({})", held.source));
    text
}
