PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE author(
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL COLLATE NOCASE,
    born DATE,
    rating REAL DEFAULT 0.5,
    active BOOLEAN NOT NULL DEFAULT TRUE,
    created DATETIME DEFAULT CURRENT_TIMESTAMP
);
INSERT INTO author VALUES(1,'Ann','1970-01-31',0.25,1,'2020-01-01 10:00:00');
INSERT INTO author VALUES(2,'Bob',NULL,NULL,0,'2020-01-02 10:00:00');
CREATE TABLE IF NOT EXISTS "book" (
    "id" integer NOT NULL PRIMARY KEY,
    "author_id" integer NOT NULL REFERENCES "author" ("id") DEFERRABLE INITIALLY DEFERRED,
    "title" varchar(200) NOT NULL UNIQUE,
    "price" decimal(10,2) CHECK ("price" >= 0),
    cover BLOB,
    untyped
) ;
INSERT INTO book VALUES(10,1,'One''s book',9.99,X'00ff','x');
INSERT INTO book VALUES(11,2,'Two',NULL,NULL,NULL);
DELETE FROM sqlite_sequence;
INSERT INTO sqlite_sequence VALUES('author',2);
CREATE INDEX book_author ON book(author_id);
CREATE UNIQUE INDEX "author_name" ON "author" (name, born) WHERE born IS NOT NULL;
CREATE VIEW titles AS SELECT b.title, a.name FROM book b JOIN author a ON a.id = b.author_id;
CREATE TABLE loan (
    book INTEGER UNSIGNED NOT NULL REFERENCES book,
    reader BIGINT NOT NULL REFERENCES reader,
    mark BLOB NOT NULL,
    lent DATETIME DEFAULT 0,
    back DATETIME NOT NULL DEFAULT '0000-00-00 00:00:00',
    PRIMARY KEY (book, mark)
);
CREATE TABLE reader (id INTEGER PRIMARY KEY AUTOINCREMENT, user TEXT NOT NULL);
INSERT INTO reader (user) VALUES ('ann');
INSERT INTO loan VALUES (10, 1, X'01', '2020-01-02 03:04:05', '2020-02-02 03:04:05');
COMMIT;
