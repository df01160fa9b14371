//! `bailiwick export --format LAYOUT -o DIR`, `bailiwick import --format LAYOUT DIR`

use bailiwick_app::AppError;
use bailiwick_app::exchange::{self, Layout, Wish};
use bailiwick_domain::id::RoleName;
use bailiwick_store::{Ledger, Within};

use super::{Setting, actor};
use crate::arguments::{Export, Form, Import};
use crate::output::{DONE, say};

pub async fn export(arguments: &Export, setting: &Setting) -> Result<u8, AppError> {
    let layout = layout(setting.form)?;
    let ledger = Ledger::open_existing(&arguments.database.db).await?;
    let on = setting.day(arguments.on, &ledger).await?;
    let book = exchange::book(&ledger, Within::Everybody, on).await?;
    ledger.close().await;
    for path in exchange::write(layout, &book, &arguments.output)? {
        say(path.display());
    }
    Ok(DONE)
}

pub async fn import(arguments: &Import, setting: &Setting) -> Result<u8, AppError> {
    let layout = layout(setting.form)?;
    let role = arguments.role.as_deref().map(RoleName::new).transpose().map_err(|error| AppError::Usage {
        message: error.to_string(),
        remedy: String::from("give --role sales-specialist, or another role"),
    })?;
    let actor = actor();
    let ledger = Ledger::open(&arguments.database.db).await?;
    let wish = Wish {
        layout,
        dir: &arguments.dir,
        on: setting.day(arguments.on, &ledger).await?,
        role,
        skip_rejected: arguments.skip_rejected,
        actor: &actor,
        at: setting.now,
    };
    let done = exchange::import(&ledger, &wish).await;
    ledger.close().await;
    let done = done?;
    say(format!(
        "{} accounts, {} employees, {} assignments ({} new, {} moved, {} as before), {} new contacts, {} new needs",
        done.accounts, done.employees, done.assignments, done.opened, done.moved, done.kept, done.contacts, done.needs
    ));
    if let Some(file) = &done.rejected_file {
        eprintln!("{} rows were left out; each is in {} with its reason", done.rejected, file.display());
    }
    Ok(DONE)
}

fn layout(form: Form) -> Result<Layout, AppError> {
    match form {
        Form::Csv => Ok(Layout::Csv),
        Form::Xlsx => Ok(Layout::Xlsx),
        Form::Salesforce => Ok(Layout::Salesforce),
        Form::Hubspot => Ok(Layout::Hubspot),
        Form::Odoo => Ok(Layout::Odoo),
        Form::Erpnext => Ok(Layout::Erpnext),
        Form::Table | Form::Json | Form::Parquet | Form::Vcard => Err(AppError::Usage {
            message: String::from("the layout of the files is not said"),
            remedy: format!(
                "give --format {}",
                Layout::ALL.iter().map(|layout| layout.word()).collect::<Vec<_>>().join(", ")
            ),
        }),
    }
}
