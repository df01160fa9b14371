//! A statement as a page that prints well: one file, nothing loaded from elsewhere.

use std::fmt::Write;

use bailiwick_domain::policy::document::Language;
use rust_decimal::Decimal;

use super::statement::{PartStatement, PlanStatement, Statement};
use crate::lang::Texts;

const STYLE: &str = "body{font:11pt/1.4 system-ui,sans-serif;margin:2rem auto;max-width:60rem;color:#111;background:#fff}\
h1{font-size:1.5rem;margin:0}h2{font-size:1.1rem;margin:1.5rem 0 .3rem}p{margin:.2rem 0}\
table{border-collapse:collapse;width:100%;margin:.5rem 0}th,td{padding:.2rem .5rem;border-bottom:1px solid #ccc;text-align:left;vertical-align:top}\
td.n,th.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}tfoot td{font-weight:700;border-top:2px solid #111}\
.small{font-size:9pt;color:#444}.total{font-size:1.2rem;font-weight:700}\
@page{size:A4;margin:15mm}@media print{body{margin:0;max-width:none}h2{break-after:avoid}tr{break-inside:avoid}thead{display:table-header-group}}";

/// The page of one statement, or of several, each on a sheet of its own.
pub fn page(statements: &[Statement], company: &str, language: Language) -> String {
    let texts = Texts::of(language);
    let code = match language {
        Language::En => "en",
        Language::Bg => "bg",
    };
    let title = statements.first().map(|one| format!("{} {}", texts.say("statement-title", &[]), one.period));
    let mut html = format!(
        "<!doctype html>\n<html lang=\"{code}\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"><title>{}</title><style>{STYLE}</style></head><body>\n",
        escape(&title.unwrap_or_default())
    );
    for (place, statement) in statements.iter().enumerate() {
        let apart = if place > 0 { " style=\"break-before:page\"" } else { "" };
        let _ = writeln!(html, "<main{apart}>");
        write_statement(&mut html, statement, company, texts);
        html.push_str("</main>\n");
    }
    html.push_str("</body></html>\n");
    html
}

fn write_statement(html: &mut String, statement: &Statement, company: &str, texts: &Texts) {
    let say = |name: &str| escape(&texts.say(name, &[]));
    let _ = write!(
        html,
        "<header><p>{}</p><h1>{}: {}</h1><p>{} {} ({} – {}){}</p></header>\n<p class=\"total\">{}: ",
        escape(company),
        say("statement-title"),
        escape(&statement.name),
        say("statement-period"),
        statement.period,
        statement.from,
        statement.to,
        if statement.closed { format!(" · {}", say("statement-closed")) } else { String::new() },
        say("statement-pay"),
    );
    let pay: Vec<String> = statement
        .pay
        .iter()
        .map(|money| format!("{} {}", amount(texts, money.amount), escape(&money.currency)))
        .collect();
    let _ = writeln!(html, "{}</p>", if pay.is_empty() { amount(texts, Decimal::ZERO) } else { pay.join(" + ") });
    for plan in &statement.plans {
        write_plan(html, plan, texts);
    }
    if !statement.adjustments.is_empty() {
        let _ = writeln!(html, "<h2>{}</h2><table>", say("statement-adjustments"));
        for one in &statement.adjustments {
            let _ = writeln!(
                html,
                "<tr><td>{} {}</td><td>{}</td><td class=\"n\">{} {}</td></tr>",
                say("statement-dispute"),
                one.dispute,
                escape(&one.reason),
                amount(texts, one.amount),
                escape(&one.currency)
            );
        }
        html.push_str("</table>\n");
    }
    write_credits(html, statement, texts);
}

fn write_plan(html: &mut String, plan: &PlanStatement, texts: &Texts) {
    let say = |name: &str| escape(&texts.say(name, &[]));
    let _ = writeln!(
        html,
        "<h2>{} ({})</h2><table><thead><tr><th>{}</th><th class=\"n\">{}</th><th class=\"n\">{}</th><th>{}</th>\
         <th class=\"n\">{}</th></tr></thead><tbody>",
        escape(&plan.plan),
        escape(&plan.currency),
        say("statement-measure"),
        say("statement-reached"),
        say("statement-quota"),
        say("statement-how"),
        say("statement-pay")
    );
    for part in &plan.parts {
        let _ = writeln!(
            html,
            "<tr><td>{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td><td class=\"small\">{}</td><td class=\"n\">{}</td></tr>",
            escape(&part.name),
            amount(texts, part.value),
            part.quota.map(|quota| amount(texts, quota)).unwrap_or_default(),
            how(part, texts),
            amount(texts, part.earned.pay)
        );
    }
    html.push_str("</tbody><tfoot>");
    let extra = [("statement-guarantee", plan.guarantee), ("statement-cap", -plan.cap)];
    for (name, value) in extra.into_iter().filter(|(_, value)| !value.is_zero()) {
        let _ =
            write!(html, "<tr><td colspan=\"4\">{}</td><td class=\"n\">{}</td></tr>", say(name), amount(texts, value));
    }
    let _ = writeln!(
        html,
        "<tr><td colspan=\"4\">{}</td><td class=\"n\">{}</td></tr></tfoot></table>",
        say("statement-sum"),
        amount(texts, plan.pay)
    );
}

/// How a part's pay comes about, step by step.
fn how(part: &PartStatement, texts: &Texts) -> String {
    let mut lines = vec![];
    let by = match (part.rate, part.target) {
        (Some(rate), _) => rate.normalize().to_string(),
        (None, Some(target)) => format!("{} / {}", amount(texts, target), texts.say("statement-quota", &[])),
        _ => String::new(),
    };
    for step in &part.earned.steps {
        let times = if step.times == Decimal::ONE { String::new() } else { format!(" × {}", step.times.normalize()) };
        lines.push(format!("{} × {by}{times} = {}", amount(texts, step.units), amount(texts, step.pay)));
    }
    for bonus in &part.earned.bonuses {
        let at = (bonus.at * Decimal::ONE_HUNDRED).normalize();
        lines.push(format!("{} {at} %: {}", texts.say("statement-bonus", &[]), amount(texts, bonus.pay)));
    }
    if let Some(attainment) = part.earned.attainment {
        let percent = (attainment * Decimal::ONE_HUNDRED).normalize();
        lines.push(format!("{}: {percent} %", texts.say("statement-attainment", &[])));
    }
    if let Some(ramp) = part.ramp {
        lines.push(format!("{}: {}", texts.say("statement-ramp", &[]), ramp.normalize()));
    }
    if let Some(rate) = part.exchange_rate {
        lines.push(format!("{}: {}", texts.say("statement-rate", &[]), rate.normalize()));
    }
    lines.iter().map(|line| escape(line)).collect::<Vec<_>>().join("<br>")
}

fn write_credits(html: &mut String, statement: &Statement, texts: &Texts) {
    if statement.credits.is_empty() {
        return;
    }
    let say = |name: &str| escape(&texts.say(name, &[]));
    let _ = write!(html, "<h2>{}</h2><table><thead><tr>", say("statement-credits"));
    for name in ["order", "date", "account", "rule", "assignment"] {
        let _ = write!(html, "<th>{}</th>", say(&format!("statement-{name}")));
    }
    for name in ["line-amount", "share", "credit"] {
        let _ = write!(html, "<th class=\"n\">{}</th>", say(&format!("statement-{name}")));
    }
    html.push_str("</tr></thead><tbody>\n");
    for credit in &statement.credits {
        let kind = texts.say(&format!("credit-{}", credit.kind), &[]);
        let of = credit.reference.as_ref().map(|order| format!(" ({kind}: {order})")).unwrap_or_default();
        let why = texts.say(&format!("credit-{}", credit.why.word()), &[]);
        let overlay = if credit.overlay { format!(", {}", texts.say("credit-overlay", &[])) } else { String::new() };
        let _ = writeln!(
            html,
            "<tr><td>{}</td><td>{}</td><td>{}</td><td>{}<br><span class=\"small\">{}</span></td><td class=\"small\">{}</td>\
             <td class=\"n\">{}</td><td class=\"n\">{} %</td><td class=\"n\">{}</td></tr>",
            escape(&format!("{} / {}{of}", credit.order, credit.line)),
            credit.date,
            escape(&credit.account),
            escape(&credit.rule),
            escape(&format!("{why}{overlay}")),
            escape(credit.assignment.as_deref().or(credit.reason.as_deref()).unwrap_or_default()),
            amount(texts, credit.line_amount),
            (credit.share * Decimal::ONE_HUNDRED).normalize(),
            amount(texts, credit.amount)
        );
    }
    let _ = writeln!(
        html,
        "</tbody><tfoot><tr><td colspan=\"7\">{}</td><td class=\"n\">{}</td></tr></tfoot></table>",
        say("statement-sum"),
        amount(texts, statement.credited())
    );
}

/// A number with two digits at least, and thousands set apart, as the language writes them.
pub fn amount(texts: &Texts, value: Decimal) -> String {
    let mut value = value.normalize();
    if value.scale() < 2 {
        value.rescale(2);
    }
    let text = value.abs().to_string();
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let groups: Vec<&str> =
        whole.as_bytes().rchunks(3).rev().filter_map(|group| std::str::from_utf8(group).ok()).collect();
    let sign = if value.is_sign_negative() && !value.is_zero() { "−" } else { "" };
    format!(
        "{sign}{}{}{fraction}",
        groups.join(texts.say("thousands", &[]).trim_matches('|')),
        texts.say("decimal-sign", &[])
    )
}

/// Text as HTML.
pub fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            _ => safe.push(c),
        }
    }
    safe
}
