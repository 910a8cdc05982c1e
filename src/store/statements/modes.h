/* SPDX-License-Identifier: Apache-2.0 */
/* Statements of the management modes: terms of domains, delegation, tokens, shared content, works. */
S(DOMAIN_TERMS, "iiiiiiii",
  "UPDATE security_domain SET mode = $2, privileges = $3, nonvolatile = $4, volatile_room = $5, dap = $6, "
  "delegates = $7, hand_over = $8 WHERE id = $1")
S(DOMAIN_SET_PARENT, "ii", "UPDATE security_domain SET parent = $2 WHERE id = $1")
S(DOMAIN_SET_HOLDER, "ii", "UPDATE security_domain SET holder = $2 WHERE id = $1")
S(DOMAIN_TREE, "i", "SELECT aid, parent, se, holder, state, privileges FROM security_domain WHERE id = $1")
S(DOMAIN_LIST, "ii",
  "SELECT d.id, d.aid, d.parent, d.tar, d.mode, d.state, d.privileges, d.nonvolatile, d.volatile_room, "
  "d.dap, d.hand_over, p.name FROM security_domain d JOIN party p ON p.id = d.holder WHERE d.se = $1 AND "
  "d.party = $2 ORDER BY d.id")
S(DOMAIN_CHILD, "ii", "SELECT id FROM security_domain WHERE se = $1 AND parent = $2 AND id <> $2 LIMIT 1")
/* Domains of one provider on an element, and the owner's with Mandated DAP (privilege 010000). */
S(DOMAIN_OF_HOLDER, "iii",
  "SELECT aid FROM security_domain WHERE se = $1 AND party = $2 AND holder = $3 AND state >= 1")
S(DOMAIN_MANDATING, "ii",
  "SELECT aid FROM security_domain WHERE se = $1 AND party = $2 AND state >= 2 AND (privileges & 65536) <> 0")

S(DELEGATION_ADD, "iiibb",
  "INSERT INTO delegation(se, owner, receipt_id, receipt_key, unique_data, last, ready) VALUES($1, $2, $3, "
  "$4, "
  "$5, -1, 0)")
S(DELEGATION_GET, "i",
  "SELECT receipt_id, receipt_key, unique_data, last, ready FROM delegation WHERE se = $1")
S(DELEGATION_READY, "i", "UPDATE delegation SET ready = 1 WHERE se = $1")
S(DELEGATION_RECEIPT, "iib", "UPDATE delegation SET last = $2, unique_data = $3 WHERE se = $1")

S(DM_TOKEN_ADD, "iiiiibbii",
  "INSERT INTO dm_token(id, se, owner, domain, provider, trace, command, state, counter, at, settled) "
  "VALUES($1, $2, $3, $4, $5, $6, $7, $8, -1, $9, 0)")
S(DM_TOKEN_GET, "iii",
  "SELECT command, state, counter, domain FROM dm_token WHERE id = $1 AND se = $2 AND provider = $3")
S(DM_TOKEN_SET, "iiii", "UPDATE dm_token SET state = $2, counter = $3, settled = $4 WHERE id = $1")
S(DM_TOKEN_LIST, "iiii",
  "SELECT t.id, t.command, t.state, t.counter, t.at, t.settled, p.name, t.trace FROM dm_token t JOIN party p "
  "ON p.id = t.provider WHERE t.se = $1 AND t.owner = $2 AND t.id < $3 ORDER BY t.id DESC LIMIT $4")
S(DM_TOKEN_BY_COUNTER, "ii", "SELECT id FROM dm_token WHERE se = $1 AND counter = $2")
/* With which number the card began: of the first receipt that is known, less the commands before it that were
 * done (states 1 and 3). */
S(DM_TOKEN_BASE, "i",
  "SELECT t.counter - (SELECT COUNT(*) FROM dm_token d WHERE d.se = t.se AND d.id < t.id AND (d.state = 1 OR "
  "d.state = 3)) "
  "FROM dm_token t WHERE t.se = $1 AND t.counter >= 0 ORDER BY t.id LIMIT 1")

/* What stands on an element and by whom it is used. */
S(EXECUTABLE_WITH_DOMAIN, "ib",
  "SELECT e.id, e.domain, e.hash, e.bytes, COALESCE(d.aid, e.aid) FROM executable e LEFT JOIN "
  "security_domain d "
  "ON d.id = e.domain WHERE e.se = $1 AND e.aid = $2")
S(EXECUTABLE_USED, "ii", "SELECT 1 FROM application WHERE executable = $1 AND domain <> $2 LIMIT 1")
S(EXECUTABLE_SET_DOMAIN, "ibi", "UPDATE executable SET domain = $3 WHERE se = $1 AND aid = $2")
S(EXECUTABLE_OF_DOMAIN, "ii", "SELECT aid, id FROM executable WHERE se = $1 AND domain = $2")
S(EXECUTABLE_FOREIGN, "ii", "SELECT aid FROM executable WHERE se = $1 AND domain <> $2")
S(APPLICATION_OF_DOMAIN, "ii", "SELECT aid FROM application WHERE se = $1 AND domain = $2")
S(APPLICATION_FOREIGN, "ii", "SELECT aid FROM application WHERE se = $1 AND domain <> $2")
S(APPLICATION_SET_DOMAIN, "ibi", "UPDATE application SET domain = $3 WHERE se = $1 AND aid = $2")
S(DOMAIN_FOREIGN, "iii", "SELECT aid FROM security_domain WHERE se = $1 AND party = $2 AND id <> $3")

S(DIRECTORY_ADD, "ibbib",
  "INSERT INTO directory_entry(se, directory, application, domain, entry, listed) VALUES($1, $2, $3, $4, $5, "
  "0) "
  "ON CONFLICT(se, directory, application) DO UPDATE SET entry = excluded.entry, listed = 0")
S(DIRECTORY_GET, "ibb",
  "SELECT domain, listed FROM directory_entry WHERE se = $1 AND directory = $2 AND application = $3")
S(DIRECTORY_LIST, "ib",
  "SELECT application, entry, domain FROM directory_entry WHERE se = $1 AND directory = $2 AND listed < 2 "
  "ORDER "
  "BY application")
S(DIRECTORY_LEAVE, "ibb",
  "UPDATE directory_entry SET listed = 2 WHERE se = $1 AND directory = $2 AND application = $3")
S(DIRECTORY_WRITTEN, "ib",
  "UPDATE directory_entry SET listed = 1 WHERE se = $1 AND directory = $2 AND listed = 0")
S(DIRECTORY_LEFT, "ib", "DELETE FROM directory_entry WHERE se = $1 AND directory = $2 AND listed = 2")
S(DIRECTORY_FORGET, "ibb",
  "DELETE FROM directory_entry WHERE se = $1 AND directory = $2 AND application = $3 AND listed = 0")
S(DIRECTORY_OF_DOMAIN, "ii", "DELETE FROM directory_entry WHERE se = $1 AND domain = $2")

S(BOOKING_LIST, "iii",
  "SELECT b.id, p.name, b.ref, b.bytes, b.expires FROM space_booking b JOIN party p ON p.id = b.provider "
  "WHERE "
  "b.se = $1 AND b.id < $2 ORDER BY b.id DESC LIMIT $3")
S(BOOKING_BY_ID, "ii", "SELECT provider, ref, bytes, expires FROM space_booking WHERE id = $1 AND se = $2")
S(BOOKING_DELETE_ALL, "ii", "DELETE FROM space_booking WHERE se = $1 AND provider = $2")

S(WORK_GET, "ii",
  "SELECT state, se, trace, body, progress, deadline FROM job WHERE id = $1 AND party = $2 AND kind = 4")
S(APPLICATIONS_GONE, "ii", "DELETE FROM application WHERE se = $1 AND domain = $2")
S(EXECUTABLES_GONE, "ii", "DELETE FROM executable WHERE se = $1 AND domain = $2")
S(APPLICATION_STANDING, "ib", "SELECT domain, state, executable FROM application WHERE se = $1 AND aid = $2")
S(APPLICATION_SET_STATE, "ibi", "UPDATE application SET state = $3 WHERE se = $1 AND aid = $2")
S(EXECUTABLE_BY_ID, "i", "SELECT aid, domain FROM executable WHERE id = $1")
S(EXECUTABLE_USERS, "ib", "SELECT 1 FROM application WHERE executable = $1 AND aid <> $2 LIMIT 1")
S(KEYSET_STANDING, "ii",
  "SELECT COALESCE(SUM(CASE WHEN state = 1 THEN 1 ELSE 0 END), 0), COALESCE(SUM(CASE WHEN state = 0 THEN 1 "
  "ELSE "
  "0 END), 0) FROM keyset WHERE domain = $1 AND party = $2")
S(OWNER_DAP_GET, "ibb", "SELECT block FROM owner_dap WHERE owner = $1 AND domain = $2 AND hash = $3")
S(OWNER_DAP_ADD, "ibbb",
  "INSERT INTO owner_dap(owner, domain, hash, block) VALUES($1, $2, $3, $4) ON CONFLICT DO NOTHING")
