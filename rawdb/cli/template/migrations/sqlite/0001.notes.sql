CREATE TABLE notes (
    id INTEGER PRIMARY KEY,
    title VARCHAR(80) NOT NULL,
    body TEXT,
    is_done BOOLEAN NOT NULL DEFAULT FALSE,
    CONSTRAINT uniq_notes0title UNIQUE (title)
);
