//! A tiny town: twelve customers in three streets, three employees, a policy of a few lines. Change what the test is about
//! and write it to a folder.
//!
//! ```
//! let project = bailiwick_testkit::Town::tiny().account("A-03", "ownership", "public").write();
//! assert!(project.policy().exists());
//! ```
//!
//! ```text
//!   42.72  A-01 A-02 A-03 A-04   North   E-1
//!   42.70  A-05 A-06 A-07 A-08   Centre  E-2
//!   42.68  A-09 A-10 A-11 A-12   South   E-3
//!         23.30 … 23.36
//! ```

use std::path::PathBuf;

use tempfile::TempDir;

type Rows = Vec<Vec<String>>;

/// What will be written; every method changes one thing.
#[derive(Debug, Clone)]
pub struct Town {
    policy: String,
    accounts: Rows,
    employees: Rows,
    files: Vec<(String, Vec<u8>)>,
}

/// A written town; its folder is removed when this is dropped.
#[derive(Debug)]
pub struct Project {
    dir: TempDir,
}

impl Project {
    pub fn path(&self, file: &str) -> PathBuf {
        self.dir.path().join(file)
    }

    pub fn policy(&self) -> PathBuf {
        self.path("bailiwick.toml")
    }
}

const POLICY: &str = r#"[sources.accounts]
file = "accounts.csv"

[sources.employees]
file = "employees.csv"

[[coverage]]
role = "sales-specialist"
divide = { by = "street" }
"#;

impl Town {
    pub fn tiny() -> Town {
        let streets = [("North", 42.72), ("Centre", 42.70), ("South", 42.68)];
        let mut accounts = vec![row(&[
            "account_id",
            "name",
            "parent_id",
            "street",
            "ownership",
            "industry",
            "latitude",
            "longitude",
            "workload",
        ])];
        for number in 0..12 {
            let (street, latitude) = streets[number / 4];
            accounts.push(vec![
                format!("A-{:02}", number + 1),
                format!("{street} Shop {}", number % 4 + 1),
                String::new(),
                street.into(),
                "company".into(),
                ["food", "books", "tools"][number % 3].into(),
                latitude.to_string(),
                format!("{:.2}", 23.30 + 0.02 * (number % 4) as f64),
                (1 + number % 4).to_string(),
            ]);
        }
        let mut employees = vec![row(&[
            "employee_id",
            "name",
            "position",
            "department",
            "street",
            "latitude",
            "longitude",
            "skills",
            "capacity",
        ])];
        for (number, (street, latitude)) in streets.into_iter().enumerate() {
            let skill = ["food:3; books:1", "books:3; tools:1", "tools:3; food:1"][number];
            let (id, name) = (format!("E-{}", number + 1), ["Ada", "Ben", "Cy"][number]);
            employees.push(row(&[&id, name, "Seller", "Sales", street, &latitude.to_string(), "23.33", skill, "5"]));
        }
        Town { policy: POLICY.into(), accounts, employees, files: Vec::new() }
    }

    /// Another policy.
    pub fn policy(mut self, text: &str) -> Town {
        self.policy = text.into();
        self
    }

    /// Adds to the policy.
    pub fn and_policy(mut self, text: &str) -> Town {
        self.policy.push('\n');
        self.policy.push_str(text);
        self
    }

    /// Sets a value of an account; a column that is not there yet is added, empty for all others.
    pub fn account(mut self, id: &str, column: &str, value: &str) -> Town {
        set(&mut self.accounts, id, column, value);
        self
    }

    /// Sets a value of an employee.
    pub fn employee(mut self, id: &str, column: &str, value: &str) -> Town {
        set(&mut self.employees, id, column, value);
        self
    }

    pub fn without_account(mut self, id: &str) -> Town {
        self.accounts.retain(|row| row[0] != id);
        self
    }

    pub fn without_employee(mut self, id: &str) -> Town {
        self.employees.retain(|row| row[0] != id);
        self
    }

    pub fn without_account_column(mut self, column: &str) -> Town {
        drop_column(&mut self.accounts, column);
        self
    }

    pub fn without_employee_column(mut self, column: &str) -> Town {
        drop_column(&mut self.employees, column);
        self
    }

    /// Another file, or one of the town's own made quite different.
    pub fn file(mut self, name: &str, content: impl Into<Vec<u8>>) -> Town {
        self.files.push((name.into(), content.into()));
        self
    }

    pub fn write(&self) -> Project {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("bailiwick.toml"), &self.policy).unwrap();
        for (name, rows) in [("accounts.csv", &self.accounts), ("employees.csv", &self.employees)] {
            let mut table = csv::Writer::from_path(dir.path().join(name)).unwrap();
            rows.iter().for_each(|row| table.write_record(row).unwrap());
            table.flush().unwrap();
        }
        for (name, content) in &self.files {
            std::fs::write(dir.path().join(name), content).unwrap();
        }
        Project { dir }
    }
}

fn row(values: &[&str]) -> Vec<String> {
    values.iter().map(|value| (*value).to_owned()).collect()
}

fn set(rows: &mut Rows, id: &str, column: &str, value: &str) {
    let place = rows[0].iter().position(|name| name == column).unwrap_or_else(|| {
        rows[0].push(column.into());
        rows.iter_mut().skip(1).for_each(|row| row.push(String::new()));
        rows[0].len() - 1
    });
    let row = rows.iter_mut().find(|row| row[0] == id).unwrap_or_else(|| panic!("{id} is not in the town"));
    row[place] = value.into();
}

fn drop_column(rows: &mut Rows, column: &str) {
    let place = rows[0].iter().position(|name| name == column).unwrap_or_else(|| panic!("no column {column}"));
    rows.iter_mut().for_each(|row| drop(row.remove(place)));
}
