/* SPDX-License-Identifier: Apache-2.0 */
#include "site/atd_index_private.h"

/*
 * Times are microseconds since 1970, months numbers like 202506. `appears` and `ends` are a post's public span; a post that is
 * never public appears when no clock gets to. A shadowed row has a slug that a file before it has, too. What cannot be
 * understood has no data; where its last good state is known, that stays.
 */
const char atd_index_schema[] =
    "CREATE TABLE state(one INTEGER PRIMARY KEY CHECK(one = 1), content TEXT NOT NULL, complete INTEGER NOT NULL,"
    " digest INTEGER NOT NULL, portable INTEGER NOT NULL, mtime INTEGER NOT NULL, ctime INTEGER NOT NULL,"
    " scanned INTEGER NOT NULL, cost INTEGER NOT NULL, modified INTEGER NOT NULL,"
    " files INTEGER NOT NULL, waiting INTEGER NOT NULL);"
    "CREATE TABLE files(id INTEGER PRIMARY KEY, kind INTEGER NOT NULL, rank INTEGER NOT NULL, path TEXT NOT NULL "
    "UNIQUE,"
    " device INTEGER NOT NULL, inode INTEGER NOT NULL, size INTEGER NOT NULL, mtime INTEGER NOT NULL,"
    " ctime INTEGER NOT NULL, hash INTEGER NOT NULL, slug TEXT NOT NULL, shadowed INTEGER NOT NULL DEFAULT 0,"
    " appears INTEGER NOT NULL, ends INTEGER NOT NULL, featured INTEGER NOT NULL, priority INTEGER NOT NULL,"
    " date INTEGER NOT NULL, month INTEGER NOT NULL, modified INTEGER NOT NULL, feed INTEGER NOT NULL, series TEXT,"
    " part INTEGER NOT NULL, seen INTEGER NOT NULL, words INTEGER NOT NULL, summary TEXT, data BLOB);"
    "CREATE UNIQUE INDEX files_by_place ON files(rank, path);"
    "CREATE INDEX files_by_slug ON files(slug, kind, shadowed, appears, ends);"
    "CREATE INDEX files_by_home ON files(kind, shadowed, featured DESC, date DESC, priority DESC, path, appears, ends);"
    "CREATE INDEX files_by_date ON files(kind, shadowed, date DESC, path, appears, ends, feed);"
    "CREATE INDEX files_by_month ON files(kind, shadowed, month, appears, ends);"
    "CREATE INDEX files_by_series ON files(series, part) WHERE series IS NOT NULL;"
    "CREATE INDEX files_by_appearance ON files(appears);"
    "CREATE INDEX files_by_end ON files(ends);"
    "CREATE TABLE terms(kind INTEGER NOT NULL, slug TEXT NOT NULL, date INTEGER NOT NULL, file INTEGER NOT NULL,"
    " name TEXT NOT NULL, shadowed INTEGER NOT NULL DEFAULT 0, appears INTEGER NOT NULL, ends INTEGER NOT NULL,"
    " modified INTEGER NOT NULL, PRIMARY KEY(kind, slug, date, file)) WITHOUT ROWID;"
    "CREATE INDEX terms_by_file ON terms(file);"
    "CREATE TABLE aliases(address TEXT NOT NULL, file INTEGER NOT NULL, PRIMARY KEY(address, file)) WITHOUT ROWID;"
    "CREATE INDEX aliases_by_file ON aliases(file);"
    "CREATE TABLE former(slug TEXT NOT NULL, path TEXT NOT NULL, PRIMARY KEY(slug, path)) WITHOUT ROWID;"
    "CREATE INDEX former_by_path ON former(path);"
    "CREATE TABLE seen(hash INTEGER PRIMARY KEY, at INTEGER NOT NULL);"
    "CREATE TABLE texts(id INTEGER PRIMARY KEY, title TEXT, tags TEXT, headings TEXT, body TEXT);"
    "CREATE VIRTUAL TABLE words USING fts5(title, tags, headings, body, content='texts', content_rowid='id',"
    " tokenize='atd', prefix='2 3');";

#define POST "f.path, f.slug, f.data, f.words, f.summary, f.seen"
#define SHOWN "(:drafts OR (f.appears <= :now AND f.ends > :now))"
#define TERM_SHOWN "(:drafts OR (t.appears <= :now AND t.ends > :now))"
#define LISTED "f.kind = 0 AND f.shadowed = 0 AND "
#define PAGE " LIMIT :limit OFFSET :offset"

const char *const atd_index_sql[ATD_SQL_STATEMENTS] = {
    [ATD_SQL_BEGIN] = "BEGIN IMMEDIATE",
    [ATD_SQL_COMMIT] = "COMMIT",
    [ATD_SQL_ROLLBACK] = "ROLLBACK",
    [ATD_SQL_STATE] =
        "SELECT complete, digest, portable, mtime, ctime, scanned, cost, modified, files, waiting FROM state",
    [ATD_SQL_SET_STATE] =
        "INSERT OR REPLACE INTO state(one, content, complete, digest, portable, mtime, ctime, scanned, cost, modified,"
        " files, waiting) VALUES(1, :content, :complete, :digest, :portable, :mtime, :ctime, :scanned, :cost, "
        ":modified,"
        " :files, :waiting)",
    [ATD_SQL_MODIFIED] = "SELECT max(modified) FROM files",
    [ATD_SQL_FILES] = "SELECT id, path, kind, rank, device, inode, size, mtime, ctime, hash, slug FROM files"
                      " ORDER BY rank, path",
    [ATD_SQL_PUT_FILE] =
        "INSERT OR REPLACE INTO files(id, kind, rank, path, device, inode, size, mtime, ctime, hash, slug, appears, "
        "ends,"
        " featured, priority, date, month, modified, feed, series, part, seen, words, summary, data)"
        " VALUES(:id, :kind, :rank, :path, :device, :inode, :size, :mtime, :ctime, :hash, :slug, :appears, :ends,"
        " :featured, :priority, :date, :month, :modified, :feed, :series, :part, :seen, :words, :summary, :data)",
    [ATD_SQL_TOUCH_FILE] =
        "UPDATE files SET device = :device, inode = :inode, size = :size, mtime = :mtime, ctime = :ctime"
        " WHERE id = :id",
    [ATD_SQL_BREAK_FILE] =
        "UPDATE files SET device = :device, inode = :inode, size = :size, mtime = :mtime, ctime = :ctime,"
        " hash = :hash WHERE id = :id",
    [ATD_SQL_GET_FILE] = "SELECT id, data IS NOT NULL FROM files WHERE path = :path",
    [ATD_SQL_DELETE_FILE] = "DELETE FROM files WHERE id = :id",
    [ATD_SQL_PUT_TERM] = "INSERT OR IGNORE INTO terms(kind, slug, date, file, name, appears, ends, modified)"
                         " VALUES(:kind, :slug, :date, :id, :name, :appears, :ends, :modified)",
    [ATD_SQL_DELETE_TERMS] = "DELETE FROM terms WHERE file = :id",
    [ATD_SQL_PUT_ALIAS] = "INSERT OR IGNORE INTO aliases(address, file) VALUES(:address, :id)",
    [ATD_SQL_DELETE_ALIASES] = "DELETE FROM aliases WHERE file = :id",
    [ATD_SQL_PUT_FORMER] = "INSERT OR IGNORE INTO former(slug, path) VALUES(:slug, :path)",
    [ATD_SQL_MOVE_FORMER] = "UPDATE OR REPLACE former SET path = :path WHERE path = :old",
    [ATD_SQL_GET_SEEN] = "SELECT at FROM seen WHERE hash = :hash",
    [ATD_SQL_PUT_SEEN] = "INSERT OR IGNORE INTO seen(hash, at) VALUES(:hash, :at)",
    [ATD_SQL_PUT_TEXT] =
        "INSERT INTO texts(id, title, tags, headings, body) VALUES(:id, :title, :tags, :headings, :body)",
    [ATD_SQL_GET_TEXT] = "SELECT title, tags, headings, body FROM texts WHERE id = :id",
    [ATD_SQL_DELETE_TEXT] = "DELETE FROM texts WHERE id = :id",
    [ATD_SQL_PUT_WORDS] =
        "INSERT INTO words(rowid, title, tags, headings, body) VALUES(:id, :title, :tags, :headings, :body)",
    [ATD_SQL_DELETE_WORDS] = "INSERT INTO words(words, rowid, title, tags, headings, body)"
                             " VALUES('delete', :id, :title, :tags, :headings, :body)",
    [ATD_SQL_SET_WORDS] = "INSERT INTO words(words, rank) VALUES(:name, :number)",
    [ATD_SQL_WORDS_ARE_BULK] = "SELECT 1 FROM words_config WHERE k = 'automerge' AND v = 0",
    [ATD_SQL_HAS_ID] = "SELECT 1 FROM files WHERE id = :id",
    [ATD_SQL_SAME_SLUG] = "SELECT id, path, shadowed FROM files WHERE slug = :slug AND kind IN (0, 1, 4, 5)"
                          " ORDER BY rank, path",
    [ATD_SQL_SHADOW_FILE] = "UPDATE files SET shadowed = :shadowed WHERE id = :id",
    [ATD_SQL_SHADOW_TERMS] = "UPDATE terms SET shadowed = :shadowed WHERE file = :id",
    [ATD_SQL_FIND] = "SELECT path, seen FROM files WHERE slug = :slug AND kind IN (0, 1, 4, 5) AND shadowed = 0",
    [ATD_SQL_FIND_ALIAS] = "SELECT f.path, f.seen FROM aliases a JOIN files f ON f.id = a.file"
                           " WHERE a.address = :address AND f.shadowed = 0 ORDER BY f.rank, f.path LIMIT 1",
    [ATD_SQL_FIND_FORMER] = "SELECT f.path, f.seen FROM former o JOIN files f ON f.path = o.path"
                            " WHERE o.slug = :address AND f.shadowed = 0 ORDER BY f.rank, f.path LIMIT 1",
    /* Sorted before posts are read: a page far behind would else carry all that are before it along. */
    [ATD_SQL_LIST_ALL] =
        "SELECT " POST " FROM (SELECT id FROM files f WHERE " LISTED SHOWN
        " ORDER BY featured DESC, date DESC, priority DESC, path" PAGE ") l JOIN files f ON f.id = l.id"
        " ORDER BY featured DESC, date DESC, priority DESC, path",
    [ATD_SQL_LIST_RECENT] = "SELECT " POST " FROM files f WHERE " LISTED SHOWN " AND (:feed = 0 OR feed = 1)"
                            " ORDER BY date DESC, path" PAGE,
    [ATD_SQL_LIST_TERM] =
        "SELECT " POST " FROM (SELECT t.file AS id, t.date AS at, o.path AS place FROM terms t JOIN files o ON o.id = "
        "t.file WHERE t.kind = :term AND t.slug = :slug AND t.shadowed = 0 AND " TERM_SHOWN
        " AND (:feed = 0 OR o.feed = 1) ORDER BY at DESC, place" PAGE ") l JOIN files f ON f.id = l.id"
        " ORDER BY l.at DESC, l.place",
    [ATD_SQL_LIST_SERIES] =
        "SELECT " POST " FROM files f WHERE f.series = :slug AND " LISTED SHOWN " ORDER BY part, date, path" PAGE,
    [ATD_SQL_LIST_MONTHS] =
        "SELECT " POST " FROM (SELECT id FROM files f WHERE " LISTED "f.month BETWEEN :first AND :last AND " SHOWN
        " ORDER BY date DESC, path" PAGE ") l JOIN files f ON f.id = l.id ORDER BY date DESC, path",
    [ATD_SQL_LIST_PAGES] =
        "SELECT " POST " FROM files f WHERE f.kind = 1 AND f.shadowed = 0 AND " SHOWN " ORDER BY path" PAGE,
    [ATD_SQL_LIST_REDIRECTS] =
        "SELECT " POST " FROM files f WHERE f.kind = 4 AND f.shadowed = 0 AND " SHOWN " ORDER BY path" PAGE,
    [ATD_SQL_COUNT_ALL] = "SELECT count(*) FROM files f WHERE " LISTED SHOWN,
    [ATD_SQL_COUNT_TERM] =
        "SELECT count(*) FROM terms t WHERE t.kind = :term AND t.slug = :slug AND t.shadowed = 0 AND " TERM_SHOWN,
    [ATD_SQL_COUNT_SERIES] = "SELECT count(*) FROM files f WHERE f.series = :slug AND " LISTED SHOWN,
    [ATD_SQL_COUNT_MONTHS] = "SELECT count(*) FROM files f WHERE " LISTED "f.month BETWEEN :first AND :last AND " SHOWN,
    [ATD_SQL_COUNT_PAGES] = "SELECT count(*) FROM files f WHERE f.kind = 1 AND f.shadowed = 0 AND " SHOWN,
    [ATD_SQL_COUNT_REDIRECTS] = "SELECT count(*) FROM files f WHERE f.kind = 4 AND f.shadowed = 0 AND " SHOWN,
    [ATD_SQL_ALIASES] =
        "SELECT DISTINCT a.address FROM aliases a JOIN files f ON f.id = a.file WHERE f.shadowed = 0 AND"
        " a.address <> '' AND " SHOWN " ORDER BY a.address",
    [ATD_SQL_OLDER] = "SELECT " POST " FROM files f WHERE " LISTED
                      "date <= :date AND (date < :date OR path > :path) AND " SHOWN " ORDER BY date DESC, path LIMIT 1",
    [ATD_SQL_NEWER] = "SELECT " POST " FROM files f WHERE " LISTED
                      "date >= :date AND (date > :date OR path < :path) AND " SHOWN " ORDER BY date, path DESC LIMIT 1",
    [ATD_SQL_CARRIERS] =
        "SELECT t.file, t.date FROM terms t WHERE t.kind = :term AND t.slug = :slug AND t.shadowed = 0 AND " TERM_SHOWN
        " ORDER BY t.date DESC LIMIT :limit",
    [ATD_SQL_SUMMARY] = "SELECT " POST " FROM files f WHERE slug = :slug AND kind IN (0, 1) AND shadowed = 0",
    [ATD_SQL_POST] = "SELECT " POST " FROM files f WHERE id = :id",
    [ATD_SQL_TERMS] = "SELECT slug, name, count(*), max(modified) FROM terms t WHERE t.kind = :term AND t.shadowed = 0 "
                      "AND " TERM_SHOWN " GROUP BY slug ORDER BY slug",
    [ATD_SQL_TERM] =
        "SELECT slug, name, count(*), max(modified) FROM terms t WHERE t.kind = :term AND t.slug = :slug AND"
        " t.shadowed = 0 AND " TERM_SHOWN " GROUP BY slug",
    [ATD_SQL_MONTHS] = "SELECT month, count(*) FROM files f WHERE " LISTED "month > 0 AND " SHOWN
                       " GROUP BY month ORDER BY month DESC",
    [ATD_SQL_RECORD] = "SELECT path, slug, data FROM files WHERE kind = :kind AND slug = :slug AND data IS NOT NULL"
                       " ORDER BY path LIMIT 1",
    [ATD_SQL_RECORDS] =
        "SELECT path, slug, data FROM files WHERE kind = :kind AND data IS NOT NULL ORDER BY slug, path",
    [ATD_SQL_SLUGS] = "SELECT id, slug FROM files f INDEXED BY files_by_slug WHERE slug >= :from AND slug < :to AND "
                      "kind IN (0, 1) AND shadowed = 0 AND"
                      " length(slug) BETWEEN :shortest AND :longest AND " SHOWN " LIMIT :limit",
    [ATD_SQL_CHANGES] =
        "SELECT max((SELECT ifnull(max(appears), 0) FROM files WHERE appears <= :now),"
        " (SELECT ifnull(max(ends), 0) FROM files WHERE ends <= :now)),"
        " (SELECT min(at) FROM (SELECT min(appears) AS at FROM files WHERE appears > :now AND appears < :never"
        " UNION ALL SELECT min(ends) FROM files WHERE ends > :now AND ends < :never))",
    [ATD_SQL_NEWEST] = "SELECT max(f.modified, f.date) FROM files f WHERE " LISTED SHOWN " ORDER BY date DESC, path",
    [ATD_SQL_SEARCH] =
        "SELECT words.rowid, atd_rank(words.words, :twice) FROM words CROSS JOIN files f ON f.id = words.rowid"
        " WHERE words.words MATCH :match AND f.shadowed = 0 AND " SHOWN " ORDER BY words.rowid DESC LIMIT :limit",
};
