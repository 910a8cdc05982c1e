/* SPDX-License-Identifier: Apache-2.0 */
/* The administration interface of TR-03165 clause 4.1: as statements.h. Kinds: 2 Service 3 Version 4 Flavor 5
 * SecureComponentProfile 6 ELF 7 EM 8 ApplicationConfig 9 PersonalizationScript 10 Certificate 11 SposConfig.
 */
S(TR_ADD, "iiiittit",
  "INSERT INTO tr_entity(id, party, kind, parent, uid, tag, published, body) VALUES($1, $2, $3, $4, $5, $6, "
  "$7, $8)")
S(TR_FIND, "tiii",
  "SELECT id, published, body FROM tr_entity WHERE uid = $1 AND party = $2 AND kind = $3 AND parent = $4")
S(TR_TAGGED, "iit",
  "SELECT id, published, body, uid FROM tr_entity WHERE party = $1 AND parent = $2 AND tag = $3 AND tag <> "
  "''")
S(TR_BY_ID, "i", "SELECT uid, published, body, party, kind, parent FROM tr_entity WHERE id = $1")
S(TR_ID_OF, "tii", "SELECT id, parent FROM tr_entity WHERE uid = $1 AND kind = $2 AND party IN (0, $3)")
S(TR_SET_BODY, "it", "UPDATE tr_entity SET body = $2 WHERE id = $1")
S(TR_PUBLISH, "it", "UPDATE tr_entity SET published = 1, body = $2 WHERE id = $1")
S(TR_DELETE, "i", "DELETE FROM tr_entity WHERE id = $1")
S(TR_CHILDREN, "i", "SELECT id, kind, uid, body FROM tr_entity WHERE parent = $1 AND parent <> 0 ORDER BY id")
S(TR_MODULES, "i", "SELECT id, uid, body FROM tr_entity WHERE parent = $1 AND kind = 7 ORDER BY id")
S(TR_LINK_ADD, "ii",
  "INSERT INTO tr_link(source, target) VALUES($1, $2) ON CONFLICT(source, target) DO NOTHING")
S(TR_LINKS_DELETE, "i", "DELETE FROM tr_link WHERE source = $1")
S(TR_PAIR_ADD, "iii",
  "INSERT INTO tr_pair(source, one, two) VALUES($1, $2, $3) ON CONFLICT(source, one, two) DO NOTHING")
S(TR_PAIRS_DELETE, "i", "DELETE FROM tr_pair WHERE source = $1")
S(TR_USER, "i",
  "SELECT e.kind, e.uid FROM tr_link l JOIN tr_entity e ON e.id = l.source WHERE l.target = $1 LIMIT 1")
/* A load file is used by who names one of its modules, too. */
S(TR_MODULE_USER, "i",
  "SELECT e.kind, e.uid FROM tr_entity m JOIN tr_link l ON l.target = m.id JOIN tr_entity e ON e.id = "
  "l.source "
  "WHERE m.parent = $1 AND m.kind = 7 LIMIT 1")
/* The published flavor that holds an entity fast: by a link of its own, or by one of its configurations. */
S(TR_PUBLISHED_USER, "i",
  "SELECT f.uid FROM tr_link l JOIN tr_entity f ON f.id = l.source WHERE l.target = $1 AND f.kind = 4 AND "
  "f.published = 1 LIMIT 1")
S(TR_TARGET_IDS, "ii",
  "SELECT e.id, e.uid, e.body FROM tr_link l JOIN tr_entity e ON e.id = l.target WHERE l.source = $1 AND "
  "e.kind = $2 ORDER BY e.id")
S(TR_SOURCE_IDS, "ii",
  "SELECT e.id, e.uid, e.body FROM tr_link l JOIN tr_entity e ON e.id = l.source WHERE l.target = $1 AND "
  "e.kind = $2 ORDER BY e.id")
S(TR_PAIR_PROFILES, "i",
  "SELECT DISTINCT s.id, s.uid, s.body FROM tr_pair p JOIN tr_entity s ON s.id = p.two WHERE p.one = $1 AND "
  "s.kind = 5 ORDER BY s.id")
S(TR_FILE_SET, "ibb",
  "INSERT INTO tr_file(entity, hash, content) VALUES($1, $2, $3) ON CONFLICT(entity) DO UPDATE SET hash = "
  "excluded.hash, content = excluded.content")
S(TR_FILE_GET, "i", "SELECT hash, content FROM tr_file WHERE entity = $1")
S(TR_FILE_DELETE, "i", "DELETE FROM tr_file WHERE entity = $1")
S(TR_SESSION_ADD, "bii", "INSERT INTO tr_session(hash, party, expires) VALUES($1, $2, $3)")
S(TR_SESSION_GET, "bi", "SELECT party FROM tr_session WHERE hash = $1 AND expires > $2")
S(TR_SESSIONS_OVER, "i", "DELETE FROM tr_session WHERE expires <= $1")

/* Listings. Each gives id and body; parameters: the party (or kind) and the entities of the path in their
 * order.
 */
S(TR_LIST, "ii", "SELECT id, body FROM tr_entity WHERE party = $1 AND kind = $2 ORDER BY id")
S(TR_LIST_CHILDREN, "ii",
  "SELECT id, body FROM tr_entity WHERE kind = $1 AND parent = $2 AND parent <> 0 ORDER BY id")
S(TR_LIST_TARGETS, "ii",
  "SELECT e.id, e.body FROM tr_link l JOIN tr_entity e ON e.id = l.target WHERE e.kind = $1 AND l.source = "
  "$2 "
  "ORDER BY e.id")
S(TR_LIST_SOURCES, "iii",
  "SELECT e.id, e.body FROM tr_link l JOIN tr_entity e ON e.id = l.source WHERE e.party = $1 AND e.kind = $2 "
  "AND "
  "l.target = $3 ORDER BY e.id")
S(TR_LIST_SOURCES_IN, "iiii",
  "SELECT e.id, e.body FROM tr_link l JOIN tr_entity e ON e.id = l.source WHERE e.party = $1 AND e.kind = $2 "
  "AND "
  "l.target = $3 AND e.parent = $4 ORDER BY e.id")
S(TR_LIST_SERVICES, "ii", /* of versions and flavors that hold the entity */
  "SELECT DISTINCT s.id, s.body FROM tr_link l JOIN tr_entity e ON e.id = l.source JOIN tr_entity s ON s.id "
  "= "
  "e.parent WHERE s.party = $1 AND l.target = $2 AND s.kind = 2 ORDER BY s.id")
S(TR_LIST_PROFILE_ELFS, "ii",
  "SELECT DISTINCT e.id, e.body FROM tr_pair p JOIN tr_link l ON l.source = p.one JOIN tr_entity e ON e.id = "
  "l.target WHERE e.party = $1 AND p.two = $2 AND e.kind = 6 ORDER BY e.id")
S(TR_LIST_PROFILE_FLAVORS, "iii",
  "SELECT DISTINCT f.id, f.body FROM tr_pair p JOIN tr_entity f ON f.id = p.one WHERE f.party = $1 AND p.two "
  "= "
  "$2 AND f.parent = $3 AND f.kind = 4 ORDER BY f.id")
S(TR_LIST_PAIR_PROFILES, "ii",
  "SELECT s.id, s.body FROM tr_pair p JOIN tr_entity s ON s.id = p.two WHERE p.source = $1 AND p.one = $2 "
  "ORDER BY "
  "s.id")
S(TR_LIST_ELF_VERSIONS, "iii",
  "SELECT DISTINCT v.id, v.body FROM tr_link a JOIN tr_link b ON b.target = a.source JOIN tr_entity v ON "
  "v.id "
  "= b.source WHERE v.party = $1 AND a.target = $2 AND v.parent = $3 AND v.kind = 3 ORDER BY v.id")
S(TR_LIST_ELF_PROFILES, "ii",
  "SELECT DISTINCT s.id, s.body FROM tr_link a JOIN tr_entity f ON f.id = a.source JOIN tr_pair p ON p.one = "
  "f.id JOIN tr_entity s ON s.id = p.two WHERE a.target = $1 AND f.parent = $2 AND s.kind = 5 ORDER BY s.id")
S(TR_LIST_EM_CONFIGS, "i",
  "SELECT DISTINCT c.id, c.body FROM tr_pair p JOIN tr_entity c ON c.id = p.two WHERE p.one = $1 AND c.kind "
  "= "
  "8 ORDER BY c.id")
S(TR_LIST_CONFIG_EMS, "i",
  "SELECT DISTINCT m.id, m.body FROM tr_pair p JOIN tr_entity m ON m.id = p.one WHERE p.two = $1 AND m.kind "
  "= "
  "7 ORDER BY m.id")
S(TR_LIST_FLAVORS_BY_CONFIG, "ii", /* flavors whose configurations hold the script or certificate */
  "SELECT DISTINCT f.id, f.body FROM tr_link a JOIN tr_link b ON b.target = a.source JOIN tr_entity f ON "
  "f.id "
  "= b.source WHERE f.party = $1 AND a.target = $2 AND f.kind = 4 ORDER BY f.id")
S(TR_LIST_SERVICES_BY_CONFIG, "ii", /* by a flavor's configuration, or by the SposConfig */
  "SELECT DISTINCT s.id, s.body FROM tr_link a JOIN tr_link b ON b.target = a.source JOIN tr_entity u ON "
  "u.id "
  "= b.source JOIN tr_entity s ON s.id = CASE WHEN u.kind = 2 THEN u.id ELSE u.parent END WHERE s.party = $1 "
  "AND a.target = $2 AND s.kind = 2 ORDER BY s.id")

/* What orders take, and what came there by other ways and has no entity yet. */
S(TR_SERVICE_NAME, "it", "UPDATE service SET name = $2 WHERE id = $1")
S(TR_SERVICE_ID_OF, "ti",
  "SELECT s.id, s.body FROM tr_entity e JOIN service s ON s.id = e.id WHERE e.uid = $1 AND e.party = $2")
S(TR_SERVICE_INSTANCE, "i", "SELECT id FROM service_instance WHERE service = $1 LIMIT 1")
S(TR_SERVICE_DELETE, "i", "DELETE FROM service WHERE id = $1")
S(TR_VERSION_DELETE, "i", "DELETE FROM service_version WHERE id = $1")
S(TR_SCRIPT_DELETE, "i", "DELETE FROM perso_script WHERE id = $1")
S(TR_SCRIPT_SET, "it", "UPDATE perso_script SET body = $2 WHERE id = $1")
S(TR_VERSION_OF_RANK, "ii", "SELECT name FROM service_version WHERE service = $1 AND rank = $2 LIMIT 1")
S(TR_VERSION_RANK, "ii", "UPDATE service_version SET rank = $2 WHERE id = $1")
S(TR_FLAVOR_ROW, "i", "SELECT version, name, body FROM flavor WHERE id = $1")
S(TR_FLAVOR_SET, "iitt", "UPDATE flavor SET version = $2, name = $3, body = $4 WHERE id = $1")
S(TR_FLAVOR_NEWEST, "i",
  "SELECT v.id FROM tr_link l JOIN service_version v ON v.id = l.source WHERE l.target = $1 ORDER BY v.rank "
  "DESC, v.id DESC LIMIT 1")
S(TR_PROFILES, "",
  "SELECT p.id, COALESCE(e.uid, ''), p.body, COALESCE(e.body, '') FROM se_profile p LEFT JOIN tr_entity e ON "
  "e.id = p.id WHERE p.name <> 'unidentified' ORDER BY p.id")
S(TR_NEW_LOAD_FILES, "i",
  "SELECT f.id, f.hash, f.content FROM executable_load_file f WHERE f.party = $1 AND NOT EXISTS (SELECT 1 "
  "FROM "
  "tr_file t JOIN tr_entity e ON e.id = t.entity WHERE t.hash = f.hash AND e.party = $1) ORDER BY f.id")
S(TR_NEW_SCRIPTS, "i",
  "SELECT s.id, s.name, s.body FROM perso_script s WHERE s.party = $1 AND NOT EXISTS (SELECT 1 FROM "
  "tr_entity e "
  "WHERE e.id = s.id) ORDER BY s.id")
S(TR_NEW_SERVICES, "i",
  "SELECT s.id, s.name FROM service s WHERE s.party = $1 AND NOT EXISTS (SELECT 1 FROM tr_entity e WHERE "
  "e.id "
  "= s.id) ORDER BY s.id")
S(TR_VERSIONS_OF, "i", "SELECT id, name FROM service_version WHERE service = $1 ORDER BY id")
S(TR_FLAVORS_OF, "i", "SELECT id, name, body FROM flavor WHERE version = $1 ORDER BY id")
S(TR_ELF_OF_AID, "it",
  "SELECT id, uid FROM tr_entity WHERE party = $1 AND kind = 6 AND body LIKE $2 ORDER BY id DESC LIMIT 1")
S(TR_ENTITY_OF_NAME, "it",
  "SELECT e.id, e.uid FROM perso_script s JOIN tr_entity e ON e.id = s.id WHERE s.party = $1 AND s.name = $2")
S(TR_PROFILE_OF_NAME, "t",
  "SELECT e.id, e.uid FROM se_profile p JOIN tr_entity e ON e.id = p.id WHERE p.name = $1")
S(TR_LOAD_FILE_BY_HASH, "ib",
  "SELECT id, hash, content, '' FROM load_file_revision WHERE party = $1 AND hash = $2")
S(TR_PROFILE_NAME, "i", "SELECT name FROM se_profile WHERE id = $1")
