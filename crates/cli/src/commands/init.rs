//! `bailiwick init DIR`: a project to start from.

use bailiwick_app::AppError;
use bailiwick_app::project::POLICY_FILE;

use crate::arguments::Init;
use crate::output::{DONE, say};

const POLICY: &str = include_str!("../../assets/bailiwick.toml");
const FILES: [(&str, &str); 3] = [
    (POLICY_FILE, POLICY),
    ("accounts.csv", "account_id,name,parent_id,region,industry,latitude,longitude,revenue_12m,workload\n"),
    ("employees.csv", "employee_id,name,position,department,manager_id,region,latitude,longitude,capacity,skills\n"),
];

pub fn run(arguments: &Init) -> Result<u8, AppError> {
    let dir = &arguments.dir;
    if dir.exists() && std::fs::read_dir(dir).map_err(AppError::io("read", dir))?.next().is_some() {
        return Err(AppError::Usage {
            message: format!("{} is not empty", dir.display()),
            remedy: String::from("give a folder that does not exist yet"),
        });
    }
    std::fs::create_dir_all(dir).map_err(AppError::io("create", dir))?;
    for (name, content) in FILES {
        let path = dir.join(name);
        std::fs::write(&path, content).map_err(AppError::io("write", &path))?;
    }
    say(format!(
        "Started {}: fill accounts.csv and employees.csv, then `bailiwick check -p {0}` and `bailiwick plan -p {0} -o {0}/plan`",
        dir.display()
    ));
    Ok(DONE)
}
