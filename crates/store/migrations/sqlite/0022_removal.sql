-- A record that an import brought in goes again when the import is undone: only from the present ones, and only when its
-- state is in the history.

DROP TRIGGER accounts_stay;
CREATE TRIGGER accounts_stay BEFORE DELETE ON accounts
WHEN NOT EXISTS (SELECT 1 FROM account_history AS h WHERE h.account_id = OLD.account_id AND h.recorded_by = OLD.recorded_by)
BEGIN SELECT RAISE(ABORT, 'accounts are never removed'); END;
DROP TRIGGER employees_stay;
CREATE TRIGGER employees_stay BEFORE DELETE ON employees
WHEN NOT EXISTS (SELECT 1 FROM employee_history AS h WHERE h.employee_id = OLD.employee_id AND h.recorded_by = OLD.recorded_by)
BEGIN SELECT RAISE(ABORT, 'employees are never removed'); END;
