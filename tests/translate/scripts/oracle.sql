REM  the people schema
SET FEEDBACK 1
SET NUMWIDTH 10
SET DEFINE OFF
Prompt ******  Creating REGIONS table ....
WHENEVER SQLERROR EXIT SQL.SQLCODE
ALTER SESSION SET NLS_LANGUAGE=American;

CREATE TABLE regions
    ( region_id      NUMBER
       CONSTRAINT  region_id_nn NOT NULL
    , region_name    VARCHAR2(25)
    );

CREATE UNIQUE INDEX reg_id_pk
ON regions (region_id);

ALTER TABLE regions
ADD ( CONSTRAINT reg_id_pk
       		 PRIMARY KEY (region_id)
    ) ;

CREATE TABLE countries
    ( country_id      CHAR(2)
       CONSTRAINT  country_id_nn NOT NULL
    , country_name    VARCHAR2(40 BYTE)
    , region_id       NUMBER
    , CONSTRAINT     country_c_id_pk
        	     PRIMARY KEY (country_id) ENABLE
    )
    ORGANIZATION INDEX;

ALTER TABLE countries
ADD ( CONSTRAINT countr_reg_fk
        	 FOREIGN KEY (region_id)
          	  REFERENCES regions(region_id)
    ) ;

CREATE SEQUENCE departments_seq
 START WITH     280
 INCREMENT BY   10
 MAXVALUE       9990
 NOCACHE
 NOCYCLE;

CREATE TABLE "EMPLOYEES"
    ( "EMPLOYEE_ID"    NUMBER(6,0) NOT NULL ENABLE
    , first_name     VARCHAR2(20 CHAR)
    , last_name      VARCHAR2(25)
	 CONSTRAINT     emp_last_name_nn  NOT NULL
    , hire_date      DATE DEFAULT SYSDATE
	CONSTRAINT     emp_hire_date_nn  NOT NULL
    , salary         NUMBER(8,2)
    , commission_pct NUMBER(2,2)
    , manager_id     NUMBER(6)
    , photo          BLOB
    , resume         CLOB
    , seen           TIMESTAMP (6)
    , CONSTRAINT     emp_salary_min
                     CHECK (salary > 0)
    , CONSTRAINT     emp_email_uk
                     UNIQUE (last_name, first_name) USING INDEX PCTFREE 10 INITRANS 2 TABLESPACE USERS ENABLE
    ) SEGMENT CREATION IMMEDIATE
  PCTFREE 10 PCTUSED 40 INITRANS 1 MAXTRANS 255
 NOCOMPRESS LOGGING
  STORAGE(INITIAL 65536 NEXT 1048576 MINEXTENTS 1 MAXEXTENTS 2147483645
  PCTINCREASE 0 FREELISTS 1 FREELIST GROUPS 1)
  TABLESPACE "USERS" ;

CREATE UNIQUE INDEX emp_emp_id_pk
ON employees (employee_id) ;

ALTER TABLE employees
ADD ( CONSTRAINT     emp_emp_id_pk
                     PRIMARY KEY (employee_id)
    , CONSTRAINT     emp_manager_fk
                     FOREIGN KEY (manager_id)
                      REFERENCES employees
    ) ;

COMMENT ON TABLE employees IS 'employees table. Contains 107 rows; one per person.';
COMMENT ON COLUMN employees.salary
IS 'Monthly salary of the employee. Must be greater
than zero';

INSERT INTO regions VALUES 
        ( 1
        , 'Europe' 
        );
INSERT INTO countries VALUES ( 'IT', 'Italy & co', 1);
INSERT INTO employees (employee_id, first_name, last_name, hire_date, salary, manager_id, seen) VALUES
        ( 100, 'Steven', 'King', TO_DATE('17-06-2003', 'dd-MM-yyyy'), 24000, NULL, TIMESTAMP '2003-06-17 10:00:00');
INSERT INTO employees (employee_id, first_name, last_name, hire_date, salary, commission_pct, manager_id)
 VALUES (101, q'[Neena 'N']', 'Kochhar', to_date('21-SEP-2005', 'dd-MON-yyyy'), 17000, .25, 100);
COMMIT;

CREATE OR REPLACE FORCE VIEW emp_details_view
  (employee_id, last_name, boss)
AS SELECT
  e.employee_id,
  e.last_name,
  m.last_name
FROM employees e, employees m
WHERE e.manager_id = m.employee_id(+)
WITH READ ONLY;

GRANT SELECT ON employees TO PUBLIC
/
CREATE INDEX emp_name_ix
       ON employees (UPPER(last_name), first_name) TABLESPACE users;
CREATE TABLE parcels (
  parcel_id NUMBER(19,0) NOT NULL PRIMARY KEY,
  label VARCHAR2(20)
);
CREATE SEQUENCE parcels_seq START WITH 20 INCREMENT BY 1 NOMAXVALUE;
CREATE OR REPLACE TRIGGER parcels_key
  BEFORE INSERT OR UPDATE OF parcel_id ON parcels
  FOR EACH ROW
  BEGIN
    if ( :new.parcel_id = 0 or :new.parcel_id is null ) then
      SELECT parcels_seq.nextval into :new.parcel_id from dual;
    end if;
  END;
/
CREATE TABLE contents (
  content_id NUMBER(10) NOT NULL PRIMARY KEY,
  parcel_id NUMBER(10) NOT NULL REFERENCES parcels (parcel_id)
);
CREATE SEQUENCE "CONTENTS_SEQ";
CREATE TRIGGER contents_key BEFORE INSERT ON contents FOR EACH ROW
BEGIN
  :NEW."CONTENT_ID" := "CONTENTS_SEQ".NEXTVAL;
END;
/
CREATE INDEX contents_ix ON contents (parcel_id, 0);
INSERT INTO parcels (label) VALUES ('glass');
INSERT INTO contents (parcel_id) VALUES (20);
EXIT;
