-- A record that an import brought in goes again when the import is undone: only from the present ones, and only when its
-- state is in the history.

DROP TRIGGER accounts_stay ON accounts;
CREATE FUNCTION account_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM account_history AS h WHERE h.account_id = OLD.account_id AND h.recorded_by = OLD.recorded_by) THEN
        RAISE EXCEPTION 'accounts are never removed';
    END IF;
    RETURN OLD;
END $$;
CREATE TRIGGER accounts_stay BEFORE DELETE ON accounts FOR EACH ROW EXECUTE FUNCTION account_stays();
CREATE TRIGGER accounts_stay_all BEFORE TRUNCATE ON accounts FOR EACH STATEMENT
    EXECUTE FUNCTION append_only('accounts are never removed');
DROP TRIGGER employees_stay ON employees;
CREATE FUNCTION employee_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM employee_history AS h WHERE h.employee_id = OLD.employee_id AND h.recorded_by = OLD.recorded_by) THEN
        RAISE EXCEPTION 'employees are never removed';
    END IF;
    RETURN OLD;
END $$;
CREATE TRIGGER employees_stay BEFORE DELETE ON employees FOR EACH ROW EXECUTE FUNCTION employee_stays();
CREATE TRIGGER employees_stay_all BEFORE TRUNCATE ON employees FOR EACH STATEMENT
    EXECUTE FUNCTION append_only('employees are never removed');
GRANT DELETE ON accounts, employees TO CURRENT_USER;
