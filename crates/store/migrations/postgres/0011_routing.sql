-- What an employee answers for, to our present knowledge.
CREATE INDEX assignments_of_employee ON assignments (employee_id, role, product_line) WHERE superseded_at IS NULL;
