/* SPDX-License-Identifier: Apache-2.0 */
/* Pictures of cards: as statements.h. $1 is the party throughout. */
S(ART_ADD, "iitttiiiittb",
  "INSERT INTO card_art(party, id, hash, locale, service, width, height, bytes, created, type, title, "
  "content) "
  "VALUES($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)")
S(ART_FIND, "ittt", "SELECT id FROM card_art WHERE party = $1 AND hash = $2 AND locale = $3 AND service = $4")
S(ART_GET, "it", "SELECT type, content FROM card_art WHERE party = $1 AND hash = $2 ORDER BY id LIMIT 1")
S(ART_LIST, "ittii",
  "SELECT id, hash, locale, service, type, width, height, bytes, created, title FROM card_art WHERE party = "
  "$1 "
  "AND ($2 = '' OR service = $2) AND ($3 = '' OR locale IN ($3, '')) AND id < $4 ORDER BY id DESC LIMIT $5")
S(ART_DELETE, "it", "DELETE FROM card_art WHERE party = $1 AND hash = $2")
