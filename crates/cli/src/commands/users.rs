//! `bailiwick users`: who may come in, managed on the machine of the ledger. Passwords are read from standard input,
//! never from an argument, which other programs can see.

use std::io::{BufRead, IsTerminal};

use bailiwick_app::AppError;
use bailiwick_domain::access::UserRole;
use bailiwick_domain::id::EmployeeId;
use bailiwick_server::password;
use bailiwick_store::{Ledger, NewUser, UserChange, UserRecord, Within};
use serde_json::json;
use uuid::Uuid;

use super::{Setting, actor};
use crate::arguments::{AddUser, Format, Users, UsersCommand};
use crate::output::{self, DONE, say};

pub async fn run(arguments: Users, setting: &Setting) -> Result<u8, AppError> {
    let ledger = Ledger::open_existing(&arguments.db).await?;
    match &arguments.command {
        UsersCommand::Add(new) => add(&ledger, new, setting).await?,
        UsersCommand::List => list(&ledger, setting).await?,
        UsersCommand::Disable { name } => disable(&ledger, name, setting).await?,
        UsersCommand::Password { name } => {
            let user = find(&ledger, name).await?;
            let hash = read_password(&user.name).await?;
            ledger.change_password(user.id, &hash, None, &actor(), setting.now).await?;
            say(format!("{} has another password; all sessions of theirs have ended", user.name));
        }
    }
    ledger.close().await;
    Ok(DONE)
}

async fn add(ledger: &Ledger, new: &AddUser, setting: &Setting) -> Result<(), AppError> {
    let wrong = |message: String| AppError::Usage { message, remedy: String::from("see `bailiwick users add --help`") };
    let roles = new.role.iter().map(|word| {
        UserRole::from_word(word).ok_or_else(|| {
            let known: Vec<&str> = UserRole::ALL.iter().map(|role| role.word()).collect();
            wrong(format!("there is no role \"{word}\": give some of {}", known.join(", ")))
        })
    });
    let roles = roles.collect::<Result<_, _>>()?;
    let employee =
        new.employee.as_deref().map(EmployeeId::new).transpose().map_err(|error| wrong(error.to_string()))?;
    let name = new.name.trim().to_owned();
    if name.is_empty() || name.chars().count() > 100 || name.chars().any(char::is_control) {
        return Err(wrong(String::from("the name must have 1 to 100 characters, none of them a control character")));
    }
    let password_hash = read_password(&name).await?;
    let display_name = new.display_name.clone().unwrap_or_else(|| name.clone());
    let user = NewUser { id: Uuid::now_v7(), name, display_name, password_hash, roles, employee };
    let made = ledger.create_user(&user, &actor(), setting.now).await?;
    say(format!("{} may sign in now", made.name));
    Ok(())
}

async fn list(ledger: &Ledger, setting: &Setting) -> Result<(), AppError> {
    let users = ledger.users(Within::Everybody, None, u32::MAX).await?;
    let told = users.iter().map(|user| {
        let roles: Vec<&str> = user.roles.iter().map(|role| role.word()).collect();
        (user, roles)
    });
    if setting.format == Format::Json {
        let all: Vec<_> = told
            .map(|(user, roles)| {
                json!({
                    "name": user.name, "display_name": user.display_name, "roles": roles,
                    "employee_id": user.employee, "active": user.active,
                })
            })
            .collect();
        output::json(&all);
        return Ok(());
    }
    for (user, roles) in told {
        let employee = user.employee.as_ref().map(|employee| format!(" = {employee}")).unwrap_or_default();
        let state = if user.active { "" } else { " (disabled)" };
        say(format!("{}{employee}: {}{state}", user.name, roles.join(", ")));
    }
    Ok(())
}

async fn disable(ledger: &Ledger, name: &str, setting: &Setting) -> Result<(), AppError> {
    let user = find(ledger, name).await?;
    let change = UserChange {
        display_name: user.display_name.clone(),
        roles: user.roles.clone(),
        employee: user.employee.clone(),
        active: false,
    };
    ledger.change_user(user.id, user.version, &change, None, &actor(), setting.now).await?;
    say(format!("{} may not come in any more; all sessions of theirs have ended", user.name));
    Ok(())
}

async fn find(ledger: &Ledger, name: &str) -> Result<UserRecord, AppError> {
    ledger.user_named(name).await?.ok_or_else(|| AppError::Missing {
        message: format!("there is no user \"{name}\""),
        remedy: String::from("see `bailiwick users list`"),
    })
}

/// The hash of a password from standard input.
async fn read_password(name: &str) -> Result<String, AppError> {
    let input = std::io::stdin();
    let password = if input.is_terminal() {
        rpassword::prompt_password(format!("Password for {name} (at least {} characters): ", password::SHORTEST))
            .map_err(AppError::io("read", "the terminal"))?
    } else {
        let mut line = String::new();
        input.lock().read_line(&mut line).map_err(AppError::io("read", "standard input"))?;
        line.trim_end_matches(['\r', '\n']).to_owned()
    };
    password::hash(password, name).await.map_err(|message| AppError::Usage {
        message,
        remedy: String::from("give a password on standard input: some words only you would put together"),
    })
}
