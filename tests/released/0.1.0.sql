BEGIN TRANSACTION;
CREATE TABLE admin_changes (
                    id INTEGER PRIMARY KEY AUTOINCREMENT, person INTEGER NOT NULL, action TEXT NOT NULL,
                    by INTEGER NOT NULL, at INTEGER NOT NULL) STRICT;
INSERT INTO "admin_changes" VALUES(1,7,'add',1,1712880000000000);
CREATE TABLE admins (
                    person INTEGER PRIMARY KEY, added_by INTEGER NOT NULL,
                    added_at INTEGER NOT NULL) STRICT;
INSERT INTO "admins" VALUES(7,1,1712880000000000);
CREATE TABLE announcement_deeds (
                    id INTEGER PRIMARY KEY, announcement INTEGER NOT NULL
                        REFERENCES announcements (id) ON DELETE CASCADE,
                    person INTEGER NOT NULL, what TEXT NOT NULL, at INTEGER NOT NULL) STRICT;
CREATE TABLE announcements (
                    id INTEGER PRIMARY KEY AUTOINCREMENT, number INTEGER NOT NULL, action TEXT NOT NULL,
                    of INTEGER REFERENCES announcements (id), author INTEGER NOT NULL,
                    origin INTEGER NOT NULL, content TEXT NOT NULL, digest TEXT NOT NULL,
                    lists TEXT NOT NULL, stage TEXT NOT NULL, note TEXT NOT NULL DEFAULT '',
                    due INTEGER, panel INTEGER NOT NULL DEFAULT 0, reported INTEGER NOT NULL DEFAULT 0,
                    created_at INTEGER NOT NULL, started_at INTEGER, finished_at INTEGER,
                    UNIQUE (author, origin, action)) STRICT;
INSERT INTO "announcements" VALUES(1,1,'send',NULL,1,1,'{"kind": "text", "text": "Họp lúc 8 giờ.", "entities": [], "origin": [0, 0], "items": [], "marks": [], "options": {}}','9c6d23f79f88945cd06da504046471b157d0bcbfe92ad376dcb18a87d7414bb6','[]','scheduled','',1712880000000000,0,0,1712880000000000,NULL,NULL);
CREATE TABLE asked (
                    id INTEGER PRIMARY KEY AUTOINCREMENT,
                    group_id INTEGER NOT NULL REFERENCES asked_groups (id) ON DELETE CASCADE,
                    key TEXT NOT NULL UNIQUE, text TEXT NOT NULL, form TEXT NOT NULL, kind TEXT NOT NULL,
                    count INTEGER NOT NULL, wrong INTEGER NOT NULL, last_on TEXT NOT NULL) STRICT;
INSERT INTO "asked" VALUES(1,1,'e60b7551af7dc35e','Cầu có đèn không?','cau co den khong','unanswered',1,0,'2024-04-12');
CREATE TABLE asked_groups (
                    id INTEGER PRIMARY KEY AUTOINCREMENT, status TEXT NOT NULL,
                    fact INTEGER NOT NULL) STRICT;
INSERT INTO "asked_groups" VALUES(1,'open',0);
CREATE TABLE counters (
                    day TEXT NOT NULL, name TEXT NOT NULL, count INTEGER NOT NULL,
                    PRIMARY KEY (day, name)) STRICT, WITHOUT ROWID;
CREATE TABLE deliveries (
                    id INTEGER PRIMARY KEY AUTOINCREMENT,
                    announcement INTEGER NOT NULL REFERENCES announcements (id),
                    recipient INTEGER NOT NULL, chat INTEGER NOT NULL, thread INTEGER NOT NULL,
                    state TEXT NOT NULL CHECK (state IN
                        ('queued', 'sending', 'sent', 'failed', 'blocked', 'moved', 'uncertain')),
                    attempts INTEGER NOT NULL DEFAULT 0, retry_at INTEGER NOT NULL DEFAULT 0,
                    messages TEXT NOT NULL DEFAULT '', reason TEXT NOT NULL DEFAULT '',
                    detail TEXT NOT NULL DEFAULT '', settled INTEGER NOT NULL DEFAULT 0, at INTEGER,
                    UNIQUE (announcement, chat, thread)) STRICT;
CREATE TABLE dialogs (
                    id INTEGER PRIMARY KEY AUTOINCREMENT, person INTEGER NOT NULL UNIQUE, kind TEXT NOT NULL,
                    step TEXT NOT NULL, data TEXT NOT NULL, changed_at INTEGER NOT NULL) STRICT;
CREATE TABLE digests (week TEXT PRIMARY KEY) STRICT;
CREATE TABLE documents (
                    id INTEGER PRIMARY KEY AUTOINCREMENT,
                    name TEXT NOT NULL UNIQUE,
                    title TEXT NOT NULL,
                    publisher TEXT NOT NULL,
                    printed_date TEXT NOT NULL,
                    text TEXT NOT NULL,
                    text_checksum TEXT NOT NULL,
                    active INTEGER NOT NULL CHECK (active IN (0, 1)),
                    loaded_at INTEGER NOT NULL,
                    checksum TEXT NOT NULL
                );
INSERT INTO "documents" VALUES(1,'cau','Khánh thành cầu Sông Lành','BAT','12/4','Khánh thành cầu Sông Lành

(BAT) - Sáng 12/4, UBND huyện Tân Hương tổ chức lễ khánh thành cầu Sông Lành. Cầu dài 120 mét.

Ông Trần Hữu Phước - Chủ tịch UBND huyện phát biểu. Có 45 hộ dân hiến đất làm đường.
','44e745a4ebaa37d35c98b775719bad422e66134cc8d9d29f15fd5784d6e5fe98',1,1712880000000000,'6e84bd15a4942002bbf755ca620c2845cb296b92f02bf2889aa82f74c6276b24');
CREATE TABLE fact_questions (
                    fact_id INTEGER NOT NULL REFERENCES facts (id) ON DELETE CASCADE,
                    position INTEGER NOT NULL,
                    text TEXT NOT NULL,
                    PRIMARY KEY (fact_id, position)
                ) WITHOUT ROWID;
INSERT INTO "fact_questions" VALUES(1,0,'Gửi xe ở đâu?');
CREATE TABLE facts (
                    id INTEGER PRIMARY KEY AUTOINCREMENT,
                    document_id INTEGER REFERENCES documents (id),
                    key TEXT NOT NULL,
                    topic TEXT NOT NULL,
                    answer TEXT NOT NULL,
                    quote TEXT NOT NULL,
                    source TEXT NOT NULL,
                    author TEXT NOT NULL,
                    created_at INTEGER NOT NULL,
                    changed_at INTEGER NOT NULL,
                    deleted_at INTEGER,
                    checksum TEXT NOT NULL
                );
INSERT INTO "facts" VALUES(1,NULL,'','','Cổng sau.','','','tg:1',1712880000000000,1712880000000000,NULL,'99a7fbabe83bd3f31fec8a046c5628469c76e00c7ec4d6acd60eb4b3842c2ead');
CREATE TABLE history (
                    id INTEGER PRIMARY KEY AUTOINCREMENT,
                    change INTEGER NOT NULL,
                    at INTEGER NOT NULL,
                    author TEXT NOT NULL,
                    action TEXT NOT NULL,
                    fact_id INTEGER,
                    document TEXT,
                    before TEXT,
                    after TEXT,
                    undoes INTEGER REFERENCES history (id),
                    previous TEXT NOT NULL,
                    checksum TEXT NOT NULL
                );
INSERT INTO "history" VALUES(1,1,1712880000000000,'seeds','load',NULL,'cau',NULL,'{"active": true, "document": {"checksum": "44e745a4ebaa37d35c98b775719bad422e66134cc8d9d29f15fd5784d6e5fe98", "name": "cau", "printed_date": "12/4", "publisher": "BAT", "sentences": [{"end": 25, "mentions": [{"detail": "", "end": 25, "kind": "place", "start": 12, "text": "cầu Sông Lành"}], "paragraph": 0, "start": 0, "text": "Khánh thành cầu Sông Lành"}, {"end": 104, "mentions": [{"detail": "", "end": 17, "kind": "date", "start": 13, "text": "12/4"}, {"detail": "", "end": 39, "kind": "organisation", "start": 19, "text": "UBND huyện Tân Hương"}, {"detail": "", "end": 39, "kind": "place", "start": 24, "text": "huyện Tân Hương"}, {"detail": "", "end": 76, "kind": "place", "start": 63, "text": "cầu Sông Lành"}], "paragraph": 1, "start": 27, "text": "(BAT) - Sáng 12/4, UBND huyện Tân Hương tổ chức lễ khánh thành cầu Sông Lành."}, {"end": 121, "mentions": [{"detail": "mét", "end": 15, "kind": "count", "start": 8, "text": "120 mét"}], "paragraph": 1, "start": 105, "text": "Cầu dài 120 mét."}, {"end": 174, "mentions": [{"detail": "Chủ tịch UBND huyện", "end": 18, "kind": "person", "start": 4, "text": "Trần Hữu Phước"}, {"detail": "", "end": 40, "kind": "organisation", "start": 30, "text": "UBND huyện"}], "paragraph": 2, "start": 123, "text": "Ông Trần Hữu Phước - Chủ tịch UBND huyện phát biểu."}, {"end": 207, "mentions": [{"detail": "hộ dân hiến đất", "end": 21, "kind": "count", "start": 3, "text": "45 hộ dân hiến đất"}], "paragraph": 2, "start": 175, "text": "Có 45 hộ dân hiến đất làm đường."}], "text": "Khánh thành cầu Sông Lành\n\n(BAT) - Sáng 12/4, UBND huyện Tân Hương tổ chức lễ khánh thành cầu Sông Lành. Cầu dài 120 mét.\n\nÔng Trần Hữu Phước - Chủ tịch UBND huyện phát biểu. Có 45 hộ dân hiến đất làm đường.\n", "title": "Khánh thành cầu Sông Lành"}, "loaded_at": 1712880000000000}',NULL,'','0b3d0832b1353221c49c711c054659f70a40697a11a6c82ca07b2c2f8cf62aa1');
INSERT INTO "history" VALUES(2,2,1712880000000000,'tg:1','add',1,NULL,NULL,'{"answer": "Cổng sau.", "author": "tg:1", "changed_at": 1712880000000000, "created_at": 1712880000000000, "deleted_at": null, "document": "", "id": 1, "key": "", "questions": ["Gửi xe ở đâu?"], "quote": "", "source": "", "topic": ""}',NULL,'0b3d0832b1353221c49c711c054659f70a40697a11a6c82ca07b2c2f8cf62aa1','838be4c0e595d493976b4374eea578a5e28a4c0af50955aa84786047f26f9c1e');
CREATE TABLE list_members (
                    list INTEGER NOT NULL REFERENCES lists (id) ON DELETE CASCADE,
                    recipient INTEGER NOT NULL REFERENCES recipients (id) ON DELETE CASCADE,
                    PRIMARY KEY (list, recipient)) STRICT, WITHOUT ROWID;
CREATE TABLE lists (
                    id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE COLLATE NOCASE) STRICT;
CREATE TABLE mentions (
                    sentence_id INTEGER NOT NULL REFERENCES sentences (id) ON DELETE CASCADE,
                    position INTEGER NOT NULL,
                    kind TEXT NOT NULL,
                    start INTEGER NOT NULL,
                    end INTEGER NOT NULL,
                    text TEXT NOT NULL,
                    detail TEXT NOT NULL,
                    PRIMARY KEY (sentence_id, position)
                ) WITHOUT ROWID;
INSERT INTO "mentions" VALUES(1,0,'place',12,25,'cầu Sông Lành','');
INSERT INTO "mentions" VALUES(2,0,'date',13,17,'12/4','');
INSERT INTO "mentions" VALUES(2,1,'organisation',19,39,'UBND huyện Tân Hương','');
INSERT INTO "mentions" VALUES(2,2,'place',24,39,'huyện Tân Hương','');
INSERT INTO "mentions" VALUES(2,3,'place',63,76,'cầu Sông Lành','');
INSERT INTO "mentions" VALUES(3,0,'count',8,15,'120 mét','mét');
INSERT INTO "mentions" VALUES(4,0,'person',4,18,'Trần Hữu Phước','Chủ tịch UBND huyện');
INSERT INTO "mentions" VALUES(4,1,'organisation',30,40,'UBND huyện','');
INSERT INTO "mentions" VALUES(5,0,'count',3,21,'45 hộ dân hiến đất','hộ dân hiến đất');
CREATE TABLE migrations (
    schema TEXT NOT NULL, number INTEGER NOT NULL, name TEXT NOT NULL, checksum TEXT NOT NULL,
    PRIMARY KEY (schema, number)
) WITHOUT ROWID;
INSERT INTO "migrations" VALUES('asked',1,'unanswered questions and who waits','022c720b6d4ae0df29f05824c7b360169326eaabe7bddbefe3b0544bfc751652');
INSERT INTO "migrations" VALUES('asked',2,'who is being told at this moment','c3191b1977085c442190c886ab835dd3c769dc56fd7e7dbbb1d00456ab440561');
INSERT INTO "migrations" VALUES('authority',1,'admins and who made them','41061cb0536cfd7f0f0fa54eed9c0e39094d36f3bd11618c9dad3084fd980da5');
INSERT INTO "migrations" VALUES('deeds',1,'who did what to an announcement','7b9f2353a29182103433613d4a77c84cd6bbeec386e9560697a3651cb4f982a7');
INSERT INTO "migrations" VALUES('dialogs',1,'one open dialog a person','44e2dc53cacf621c407f7496d935a2cf2da1a6e9efd146d5853ae22c98dbbcf6');
INSERT INTO "migrations" VALUES('inbox',1,'seen updates and quarantine','8a44055e157b81e041a27bc5e6ac45503918af77b1afa386bd67add781ca09dc');
INSERT INTO "migrations" VALUES('knowledge',1,'articles, facts and history','b685f250df858e363c5d385c66ad2c13930bedb1854e76a3817ccc5fccef0716');
INSERT INTO "migrations" VALUES('outbox',1,'announcements and deliveries','09c2451ca85f96698d526c1d0a2bb8ddcfb2d7e1c28bad9239c914a9130b65a0');
INSERT INTO "migrations" VALUES('recipients',1,'recipients and lists','5f9432908eca5b8db46c8ce902abfbeeb7a88665eb4a2b9071ed6b87f5b5b152');
INSERT INTO "migrations" VALUES('statistics',1,'counters by day','e09e40273cfe6ba629e94e2e5668ac689a532f2a7f64429f88584e42f002439f');
CREATE TABLE quarantine (
                    id INTEGER PRIMARY KEY, update_id INTEGER, kind TEXT NOT NULL, error TEXT NOT NULL,
                    at INTEGER NOT NULL) STRICT;
CREATE TABLE recipients (
                    id INTEGER PRIMARY KEY AUTOINCREMENT, chat INTEGER NOT NULL, thread INTEGER NOT NULL,
                    kind TEXT NOT NULL, title TEXT NOT NULL, consent TEXT NOT NULL,
                    gone TEXT NOT NULL DEFAULT '', at INTEGER NOT NULL, UNIQUE (chat, thread)) STRICT;
INSERT INTO "recipients" VALUES(1,50,0,'member','','yes','',1712880000000000);
CREATE TABLE seen (
                    update_id INTEGER PRIMARY KEY, mark INTEGER NOT NULL, at INTEGER NOT NULL) STRICT;
CREATE TABLE sentences (
                    id INTEGER PRIMARY KEY AUTOINCREMENT,
                    document_id INTEGER NOT NULL REFERENCES documents (id),
                    paragraph INTEGER NOT NULL,
                    start INTEGER NOT NULL,
                    end INTEGER NOT NULL,
                    text TEXT NOT NULL,
                    checksum TEXT NOT NULL,
                    UNIQUE (document_id, start)
                );
INSERT INTO "sentences" VALUES(1,1,0,0,25,'Khánh thành cầu Sông Lành','fc7f516098412689ccaf076a76c34a303ad12014a7d24e31ab291367b6dba1d6');
INSERT INTO "sentences" VALUES(2,1,1,27,104,'(BAT) - Sáng 12/4, UBND huyện Tân Hương tổ chức lễ khánh thành cầu Sông Lành.','5457f4b97abe25cd2ec01e4b72001c6025c5ad4ad9a258bcbbc00d0b4259f985');
INSERT INTO "sentences" VALUES(3,1,1,105,121,'Cầu dài 120 mét.','750ef190fa5434b9abab877711241ea9c8233a85c2a7ca754e2477c63389a9f6');
INSERT INTO "sentences" VALUES(4,1,2,123,174,'Ông Trần Hữu Phước - Chủ tịch UBND huyện phát biểu.','82a279e03d95a4fceca606c6c0e08fe11d43fe40e862e3164036a2c589f5349a');
INSERT INTO "sentences" VALUES(5,1,2,175,207,'Có 45 hộ dân hiến đất làm đường.','a06e32a456056c4e1a8cc883e3de1ce54cf00cd72622aac2414328d5b71aa8dd');
CREATE TABLE waiting (
                    asked INTEGER NOT NULL REFERENCES asked (id) ON DELETE CASCADE, person INTEGER NOT NULL, telling INTEGER NOT NULL DEFAULT 0 CHECK (telling IN (0, 1)),
                    PRIMARY KEY (asked, person)) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX facts_by_key ON facts (document_id, key) WHERE key <> '';
CREATE INDEX fact_questions_by_text ON fact_questions (text);
CREATE INDEX history_by_author ON history (author, id);
CREATE UNIQUE INDEX history_by_undone ON history (undoes) WHERE undoes IS NOT NULL;
CREATE INDEX seen_at ON seen (at);
CREATE INDEX asked_by_group ON asked (group_id);
CREATE INDEX announcements_stage ON announcements (stage);
CREATE INDEX deliveries_queue ON deliveries (announcement, state, retry_at, id);
CREATE INDEX deliveries_recipient ON deliveries (recipient);
CREATE INDEX announcement_deeds_announcement ON announcement_deeds (announcement);
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('documents',1);
INSERT INTO "sqlite_sequence" VALUES('sentences',5);
INSERT INTO "sqlite_sequence" VALUES('history',2);
INSERT INTO "sqlite_sequence" VALUES('facts',1);
INSERT INTO "sqlite_sequence" VALUES('asked_groups',1);
INSERT INTO "sqlite_sequence" VALUES('asked',1);
INSERT INTO "sqlite_sequence" VALUES('admin_changes',1);
INSERT INTO "sqlite_sequence" VALUES('recipients',1);
INSERT INTO "sqlite_sequence" VALUES('announcements',1);
COMMIT;
