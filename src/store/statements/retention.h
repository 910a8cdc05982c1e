/* SPDX-License-Identifier: Apache-2.0 */
/* What is over and old: found on a read connection, removed row by row by the writer. Ids ascend in time, so
 * that $1 bounds the age without an index. Audit and usage have no row here. */
S(JOB_OLD, "iii", "SELECT id FROM job WHERE id < $1 AND state > 3 AND due < $2 ORDER BY id LIMIT $3")
S(JOB_DELETE, "i", "DELETE FROM job WHERE id = $1 AND state > 3")
/* Before $2 no process that waits for a reply can still live. */
S(PARTNER_OLD, "iii",
  "SELECT id FROM partner_message WHERE id < $1 AND (state = 2 OR id < $2) ORDER BY id LIMIT $3")
S(PARTNER_DELETE, "i", "DELETE FROM partner_message WHERE id = $1")
S(SERAM_OLD, "ii", "SELECT id FROM seram_session WHERE expires < $1 LIMIT $2")
S(SERAM_DELETE, "ti", "DELETE FROM seram_session WHERE id = $1 AND expires < $2")
S(ORDER_OLD, "iii",
  "SELECT id, party, trace FROM orders WHERE id < $1 AND state > 1 AND updated < $2 ORDER BY id LIMIT $3")
S(ORDER_DELETE, "i", "DELETE FROM orders WHERE id = $1 AND state > 1")
S(EVENT_DELETE_OF, "ib", "DELETE FROM event WHERE party = $1 AND trace = $2")
S(EVENT_OLD, "ii", "SELECT id FROM event WHERE id < $1 ORDER BY id LIMIT $2")
S(EVENT_DELETE, "i", "DELETE FROM event WHERE id = $1")
/* A counter goes with its key set. */
S(COUNTER_DELETE, "iiii",
  "DELETE FROM counter WHERE keyset IN (SELECT id FROM keyset WHERE domain = $1 AND party = $2 AND protocol "
  "= "
  "$3 AND kvn = $4)")
S(COUNTER_DELETE_ALL, "ii",
  "DELETE FROM counter WHERE keyset IN (SELECT id FROM keyset WHERE domain = $1 AND party = $2)")
