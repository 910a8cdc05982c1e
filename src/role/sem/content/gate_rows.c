/* SPDX-License-Identifier: Apache-2.0 */
/* What the owner's gate leaves in the database: admissions, claims of AIDs, audit leaves. Stations 6 and 12.
 * Role. [capability S18] */
#include <stdio.h>
#include <stdlib.h>

#include "base/hex.h"
#include "role/sem/content/gate.h"

static enum tsm_err party_name(struct tx *tx, int64_t party, char out[80])
{
    ROWS r = {0};
    TRY(db_first(tx, &r, SQL_PARTY_BY_ID, party));
    snprintf(out, 80, "%.79s", db_text(&r, 0));
    return TSM_OK;
}

static enum tsm_err leaf(struct tx *tx, int64_t owner, struct bytes trace, const struct gate *g)
{
    char provider[80], package[33], hash[2 * SHA256_LEN + 1], *text;
    json_t *o;
    enum tsm_err e;
    TRY(party_name(tx, g->provider, provider));
    hex_text(BYTES_OF(g->aid[0], g->aid_len[0]), package);
    o = json_pack("{ss ss ss ss}", "provider", provider, "package", package, "hash",
                  hex_text(BYTES(g->hash), hash), "by", g->listed ? "allow-list" : "gate");
    if (!g->admitted) {
        json_object_set_new(o, "rule", json_string(g->rule));
        json_object_set_new(o, "text", json_string(g->text));
    }
    text = o ? json_text(o) : NULL;
    json_decref(o);
    NEED(text != NULL, NO_MEMORY);
    e = audit_add(tx, &(struct audit_leaf){owner, trace,
                                           g->admitted ? "load-file.admitted" : "load-file.refused", text});
    free(text);
    return e;
}

enum tsm_err owner_gate_write(struct tx *tx, int64_t owner, struct bytes trace, const struct gate *g)
{
    if (!g->judged)
        return TSM_OK;
    if (g->admitted) {
        TRY(db_exec(tx, SQL_ADMISSION_ADD, store_id(tx_store(tx)), owner, g->provider, BYTES(g->hash),
                    BYTES(g->terms), BYTES_OF(g->aid[0], g->aid_len[0]), (int64_t)g->listed, tx_now(tx)));
        TRY(db_exec(tx, SQL_ADMITTED_ADD, owner, BYTES(g->hash), g->content));
        for (size_t i = 0; i < g->aids; i++)
            TRY(db_exec(tx, SQL_CLAIM_ADD, owner, BYTES_OF(g->aid[i], g->aid_len[i]), g->provider,
                        tx_now(tx)));
    }
    return leaf(tx, owner, trace, g);
}

enum tsm_err gate_admitted(struct tx *tx, int64_t owner, int64_t provider, struct bytes hash)
{
    ROWS r = {0};
    enum tsm_err e = db_query(tx, &r, SQL_ADMISSION_OF_PROVIDER, owner, provider);
    while (e == TSM_OK && (e = db_next(&r)) == TSM_OK)
        if (bytes_equal(db_blob(&r, 0), hash))
            return TSM_OK;
    if (e != TSM_NOT_FOUND)
        return e;
    return FAIL_FIELD(NOT_ADMITTED, "hash",
                      "%s refused: the owner has not admitted a load file of this hash: send it first",
                      cap_rule_id(CAP_RULE_HASH));
}
