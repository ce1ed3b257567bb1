-- emp
CREATE TABLE dept (deptno INTEGER NOT NULL PRIMARY KEY, dname VARCHAR(20) NOT NULL, loc VARCHAR(20));
CREATE TABLE emp (empno INTEGER NOT NULL PRIMARY KEY, ename VARCHAR(20) NOT NULL, job VARCHAR(20), mgr INTEGER, hired DATE, sal DECIMAL(10,2), comm DECIMAL(10,2), deptno INTEGER);
INSERT INTO dept (deptno, dname, loc) VALUES (10, 'Accounting', 'New York'), (20, 'Research', 'Dallas'), (30, 'Sales', 'Chicago'), (40, 'Operations', NULL);
INSERT INTO emp (empno, ename, job, mgr, hired, sal, comm, deptno) VALUES
 (1, 'King', 'President', NULL, '2001-11-17', 5000, NULL, 10),
 (2, 'Blake', 'Manager', 1, '2001-05-01', 2850, NULL, 30),
 (3, 'Clark', 'Manager', 1, '2001-06-09', 2450, NULL, 10),
 (4, 'Jones', 'Manager', 1, '2001-04-02', 2975, NULL, 20),
 (5, 'Scott', 'Analyst', 4, '2007-04-19', 3000, NULL, 20),
 (6, 'Ford', 'Analyst', 4, '2001-12-03', 3000, NULL, 20),
 (7, 'Allen', 'Salesman', 2, '2001-02-20', 1600, 300, 30),
 (8, 'Ward', 'Salesman', 2, '2001-02-22', 1250, 500, 30),
 (9, 'Martin', 'Salesman', 2, '2001-09-28', 1250, 1400, 30),
 (10, 'Turner', 'Salesman', 2, '2001-09-08', 1500, 0, 30),
 (11, 'Smith', 'Clerk', 6, '2000-12-17', 800, NULL, 20),
 (12, 'Adams', 'Clerk', 5, '2007-05-23', 1100, NULL, NULL);
-- t
CREATE TABLE t (id INTEGER NOT NULL PRIMARY KEY, a INTEGER, b INTEGER, s VARCHAR(20), d DATE, x DECIMAL(10,3));
INSERT INTO t (id, a, b, s, d, x) VALUES (1, 7, 2, 'alpha', '2020-01-31', 1.500), (2, -7, 2, 'Beta', '2020-02-29', -2.250), (3, NULL, 5, NULL, NULL, NULL), (4, 9, 0, 'a,b,c', '2019-12-30', 0.000), (5, 4, NULL, '  pad ', '2021-03-15', 10.125);
-- kv
CREATE TABLE kv (k INTEGER NOT NULL PRIMARY KEY, v VARCHAR(20), n INTEGER DEFAULT 5);
INSERT INTO kv (k, v, n) VALUES (1, 'one', 1), (2, 'two', 2);
